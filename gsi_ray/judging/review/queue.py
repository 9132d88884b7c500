"""What is to be reviewed, in the order of the lake. Pictures are not read for it, so it may be as long as a lake is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gsi_ray.errors import did_you_mean
from gsi_ray.judging.review.errors import ReviewError
from gsi_ray.lake.derived import Samples, editors, sample_shards, shard_names
from gsi_ray.lake.judgements import read_judgements
from gsi_ray.lake.paths import shard_key
from gsi_ray.lake.readers import read_columns
from gsi_ray.lake.schemas import EDITS
from gsi_ray.lake.stores import Store
from gsi_ray.lake.verdicts import Gate, unknown_gate

_SHARDS_AT_ONCE = 8


@dataclass(frozen=True)
class Selection:
    """Which samples to review: all, or those of some splits and environments; their truth, or an editor's edits.

    Of these, with `rejected_by`, only those that this judge has rejected, or has an error about in place of a verdict.
    """

    editor: str | None = None
    rejected_by: str | None = None
    splits: Sequence[str] = ()
    environments: Sequence[str] = ()


@dataclass(frozen=True)
class Entry:
    """One sample to review, the shard that it is in, and what the judge who rejected it has said."""

    samples: Samples
    sample_id: str
    doubt: str | None


def read_queue(lake: str, rubric: str, selection: Selection) -> list[Entry]:
    """All that is to be reviewed. `rubric` is the name of that by which `rejected_by` has judged.

    Raises `ReviewError` where there is nothing, or what `sample_shards`, `read_columns` and `read_judgements` do.
    """
    shards = sample_shards(lake, selection.splits, selection.environments)
    if selection.editor is not None:
        edited = shard_names(lake, "edits", {"editor": selection.editor})
        if not edited:
            raise _unknown_editor(lake, selection.editor)
        shards = [samples for samples in shards if samples.shard in edited]
    if selection.rejected_by is not None:
        judged = shard_names(lake, "judgements", {"judge": selection.rejected_by, "rubric": rubric})
        if not judged:
            raise unknown_gate(Store.open(lake), Gate(selection.rejected_by, rubric))
        shards = [samples for samples in shards if samples.shard in judged]
    with ThreadPoolExecutor(_SHARDS_AT_ONCE) as pool:
        parts = pool.map(lambda samples: _entries(lake, rubric, selection, samples), shards)
        queue = [entry for part in parts for entry in part]
    if not queue:
        raise ReviewError(f"There is nothing to review in {lake!r}: {_why_nothing(selection)}.")
    return queue


def _entries(lake: str, rubric: str, selection: Selection, samples: Samples) -> list[Entry]:
    store = Store.open(lake)
    sample_ids = read_columns(store, samples.key, ["sample_id"])["sample_id"].to_pylist()
    if selection.editor is not None:
        key = shard_key(EDITS, {"editor": selection.editor}, samples.shard)
        edits = read_columns(store, key, ["sample_id", "error"]).to_pylist()
        edited = {row["sample_id"] for row in edits if row["error"] is None}
        sample_ids = [sample_id for sample_id in sample_ids if sample_id in edited]
    if selection.rejected_by is None:
        return [Entry(samples, sample_id, None) for sample_id in sample_ids]
    judgements = read_judgements(lake, selection.rejected_by, rubric, samples.shard)
    doubts = {
        row["sample_id"]: f"{selection.rejected_by}: {row['error'] or row['reasoning'] or 'rejected, without a reason'}"
        for row in judgements
        if row["editor"] == selection.editor and not row["accept"]
    }
    return [Entry(samples, sample_id, doubts[sample_id]) for sample_id in sample_ids if sample_id in doubts]


def _unknown_editor(lake: str, editor: str) -> ReviewError:
    known = editors(lake)
    there = f"there are those of {', '.join(known)}" if known else "there are none yet, 'gsi-ray edit' makes some"
    return ReviewError(f"The lake {lake!r} has no edits by {editor}{did_you_mean(editor, known)}: {there}.")


def _why_nothing(selection: Selection) -> str:
    options = [
        *(f"--split {split}" for split in selection.splits),
        *(f"--environment {environment}" for environment in selection.environments),
        *([f"--editor {selection.editor}"] if selection.editor else []),
        *([f"--rejected-by {selection.rejected_by}"] if selection.rejected_by else []),
    ]
    if not options:
        return "its shards are empty, so generate samples first"
    return f"no sample is left with {' '.join(options)}, so leave some of that out"
