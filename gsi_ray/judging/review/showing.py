"""What the page shows of a sample."""

from __future__ import annotations

from dataclasses import dataclass

from gsi_ray.judging.subjects import COLUMNS, Subject, subject_of
from gsi_ray.lake.derived import Samples
from gsi_ray.lake.paths import shard_key
from gsi_ray.lake.readers import read_columns
from gsi_ray.lake.schemas import EDITS
from gsi_ray.lake.stores import Store

_WORDS = ("instruction_zh", "operation", "scene_id")


@dataclass(frozen=True, eq=False)
class Shown:
    """A sample, or an edit of it, with its pictures, and what else of it helps to judge."""

    subject: Subject
    instruction_zh: str | None
    operation: str
    scene: str


def shown_in(lake: str, editor: str | None, samples: Samples) -> dict[str, Shown]:
    """By sample, what is shown of a shard, or of an editor's edits of it. Raises `DamagedShard`."""
    store = Store.open(lake)
    rows = read_columns(store, samples.key, [*COLUMNS, *_WORDS]).to_pylist()
    edits = {}
    if editor is not None:
        key = shard_key(EDITS, {"editor": editor}, samples.shard)
        for edit in read_columns(store, key, ["sample_id", "editor", "image", "error"]).to_pylist():
            if edit["error"] is None:
                edits[edit["sample_id"]] = edit
        rows = [row for row in rows if row["sample_id"] in edits]
    return {
        row["sample_id"]: Shown(
            subject_of(row, edits.get(row["sample_id"])), row["instruction_zh"], row["operation"], row["scene_id"]
        )
        for row in rows
    }
