"""For the official training code of BAGEL: the layout of its data for image editing::

<split>/edits-<number>.parquet      image_list: the pictures of a row of edits, instruction_list: the words between
parquet_info/<split>.json           row groups of each file, by the path under which the trainer finds it
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gsi_ray.lake.exports.format import FinishedPart, Part, ShardTables
from gsi_ray.lake.exports.target import Files
from gsi_ray.lake.rows import Row

SCHEMA = pa.schema(
    [
        pa.field("image_list", pa.list_(pa.binary())),
        pa.field("instruction_list", pa.list_(pa.list_(pa.string()))),
    ]
)
"""Entry i of `instruction_list` holds wordings of the edit that leads from image i to image i + 1."""

ROWS_PER_GROUP = 16
"""The trainer deals out row groups, and every worker of every rank needs one: small ones serve many."""

_COLUMNS = ["sample_id", "instruction", "image_before", "image_after", "chain_id", "chain_step"]


class Bagel:
    """Every edit is a row of two images; a chain of edits is one row of as many images as it has states."""

    name = "bagel"
    groups: tuple[str, ...] = ("split",)
    splits: tuple[str, ...] = ()

    def write(self, part: Part, shards: ShardTables, files: Files) -> dict[str, Any]:
        """One Parquet file; notes how many rows and row groups it has."""
        rows = (row for tables in shards for row in _rows(tables))
        first = next(rows, None)
        count = groups = 0
        if first is not None:
            with files.create(_path(part)) as file, pq.ParquetWriter(file, SCHEMA, compression="none") as writer:
                for group in _batches(first, rows):
                    writer.write_table(pa.Table.from_pylist(group, schema=SCHEMA), row_group_size=len(group))
                    count += len(group)
                    groups += 1
        return {"rows": count, "row_groups": groups}

    def finish(self, parts: Sequence[FinishedPart], location: str, files: Files) -> None:
        """The row groups of the files of every split."""
        for split, members in _by_split(parts).items():
            info = {
                f"{location}/{_path(part.part)}": {
                    "num_row_groups": part.notes["row_groups"],
                    "num_rows": part.notes["rows"],
                }
                for part in members
            }
            files.put(f"parquet_info/{split}.json", (json.dumps(info, indent=1) + "\n").encode())

    def front_matter(self, parts: Sequence[FinishedPart]) -> dict[str, Any]:
        """Which files belong to which split."""
        data_files = [{"split": split, "path": f"{split}/*.parquet"} for split in _by_split(parts)]
        return {"configs": [{"config_name": "default", "data_files": data_files}]}

    def usage(self, parts: Sequence[FinishedPart], location: str) -> str:
        """What to tell the trainer."""
        entries = {
            f"gsi_syn_{split}": {
                "data_dir": f"{location}/{split}",
                "num_files": len(members),
                "num_total_samples": sum(part.notes["rows"] for part in members),
                "parquet_info_path": f"{location}/parquet_info/{split}.json",
            }
            for split, members in _by_split(parts).items()
        }
        return f"""\
For BAGEL's `data/dataset_info.py`, under `unified_edit`:

```python
{json.dumps(entries, indent=4)[2:-2]}
```

The trainer finds row groups by the path of their file. If this folder moves, replace its old place by the new one in
`data_dir`, in `parquet_info_path`, and inside `parquet_info/*.json`.
"""


def _path(part: Part) -> str:
    return f"{part.group['split']}/edits-{part.index:05d}.parquet"


def _by_split(parts: Sequence[FinishedPart]) -> dict[str, list[FinishedPart]]:
    members: dict[str, list[FinishedPart]] = defaultdict(list)
    for part in parts:
        members[part.part.group["split"]].append(part)
    return members


def _rows(tables: Iterator[pa.Table]) -> Iterator[Row]:
    """The rows of one shard: single edits as they come, chains after them."""
    chains: dict[str, list[Row]] = defaultdict(list)
    for table in tables:
        for edit in table.select(_COLUMNS).to_pylist():
            if edit["chain_id"] is None:
                yield _row([edit])
            else:
                chains[edit["chain_id"]].append(edit)
    for edits in chains.values():
        for run in _unbroken(sorted(edits, key=lambda edit: edit["chain_step"])):
            yield _row(run)


def _unbroken(edits: list[Row]) -> Iterator[list[Row]]:
    """A chain without the steps that were left out is several."""
    run = edits[:1]
    for edit in edits[1:]:
        if edit["chain_step"] != run[-1]["chain_step"] + 1:
            yield run
            run = []
        run.append(edit)
    yield run


def _row(edits: list[Row]) -> Row:
    """Edits of which each begins where the one before has ended."""
    return {
        "image_list": [edits[0]["image_before"]["bytes"], *(edit["image_after"]["bytes"] for edit in edits)],
        "instruction_list": [[edit["instruction"]] for edit in edits],
    }


def _batches(first: Row, rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch = [first]
    for row in rows:
        if len(batch) == ROWS_PER_GROUP:
            yield batch
            batch = []
        batch.append(row)
    yield batch
