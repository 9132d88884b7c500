"""The judgements of one judge by one rubric, shard by shard: read, and added to."""

from __future__ import annotations

from collections.abc import Sequence

from gsi_ray.lake.paths import SHARD_SUFFIX, shard_folder
from gsi_ray.lake.readers import read_rows
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import JUDGEMENTS
from gsi_ray.lake.shards import write_rows
from gsi_ray.lake.stores import Store


def read_judgements(lake: str, judge: str, rubric: str, shard: str) -> list[Row]:
    """What a judge thinks by a rubric of the samples of a shard, and of edits of them; nothing if it has not judged.

    Raises `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    folder, name = shard_folder(JUDGEMENTS, {"judge": judge, "rubric": rubric}), f"{shard}{SHARD_SUFFIX}"
    return read_rows(store, f"{folder}/{name}") if name in store.names(folder, name) else []


def add_judgements(lake: str, judge: str, rubric: str, shard: str, rows: Sequence[Row]) -> None:
    """Put rows among those that are there, each in the place of one about the same sample and editor.

    Two that add to one shard at the same moment do not see each other's rows: the last one's stay. Raises
    `DamagedShard`, `UnreadableLake`, `UnwritableLake` or `UnsupportedLake`.
    """
    known = {_about(row): row for row in read_judgements(lake, judge, rubric, shard)}
    known |= {_about(row): row for row in rows}
    ordered = [known[about] for about in sorted(known)]
    write_rows("judgements", ordered, lake, shard, {"judge": judge, "rubric": rubric})


def _about(row: Row) -> tuple[str, str]:
    """Sample and editor; the ground truth comes first."""
    return row["sample_id"], row["editor"] or ""
