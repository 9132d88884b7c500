"""The judgements of one judge by one rubric, shard by shard: read, added to, and taken back."""

from __future__ import annotations

from collections.abc import Sequence

from gsi_ray.lake.paths import SHARD_SUFFIX, shard_folder, shard_key
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


def remove_judgement(lake: str, judge: str, rubric: str, shard: str, sample_id: str, editor: str | None) -> None:
    """Take back what a judge thinks of one sample, or of an editor's edit of it; a file left without rows goes too.

    Raises `DamagedShard`, `UnreadableLake`, `UnwritableLake` or `UnsupportedLake`.
    """
    rows = read_judgements(lake, judge, rubric, shard)
    kept = [row for row in rows if (row["sample_id"], row["editor"]) != (sample_id, editor)]
    partitions = {"judge": judge, "rubric": rubric}
    if kept:
        write_rows("judgements", kept, lake, shard, partitions)
    else:
        Store.open(lake).remove([shard_key(JUDGEMENTS, partitions, shard)])


def _about(row: Row) -> tuple[str, str]:
    """Sample and editor; the ground truth comes first."""
    return row["sample_id"], row["editor"] or ""
