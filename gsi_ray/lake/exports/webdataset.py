"""For WebDataset: tar files whose members are named after their sample::

<split>/shard-<number>.tar      <sample_id>.before.png, .after.png, .before.depth.png, ..., .json
<split>/sizes.json              how many samples each of them holds
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import polars as pl
import pyarrow as pa

from gsi_ray.lake.exports.features import feature
from gsi_ray.lake.exports.format import FinishedPart, Part, ShardTables
from gsi_ray.lake.exports.target import Files
from gsi_ray.lake.schemas import IMAGE, TRIPLETS

_PICTURES = [field.name for field in TRIPLETS.schema if field.type == IMAGE]
_SUFFIXES = {
    f"{kind}_{side}": f"{side}.png" if kind == "image" else f"{side}.{kind}.png"
    for kind, side in (name.split("_") for name in _PICTURES)
}


_BUFFER = 2**20


class WebDataset:
    """Pictures as PNG files, everything else as one JSON file."""

    name = "webdataset"
    groups: tuple[str, ...] = ("split",)
    splits: tuple[str, ...] = ()

    def write(self, part: Part, shards: ShardTables, files: Files) -> dict[str, Any]:
        """One tar file. Its members have no date and no owner, so that the same samples are the same bytes."""
        tables = chain.from_iterable(shards)
        first = next(tables, None)
        if first is not None:
            with (
                files.create(_path(part)) as file,
                tarfile.open(fileobj=file, mode="w|", format=tarfile.USTAR_FORMAT, bufsize=_BUFFER) as tar,
            ):
                for table in chain([first], tables):
                    for name, content in _members(table):
                        member = tarfile.TarInfo(name)
                        member.size = len(content)
                        tar.addfile(member, io.BytesIO(content))
        return {}

    def finish(self, parts: Sequence[FinishedPart], location: str, files: Files) -> None:
        """Sizes of the shards of every split."""
        for split in sorted({part.part.group["split"] for part in parts}):
            sizes = {
                _path(part.part).split("/")[1]: part.samples for part in parts if part.part.group["split"] == split
            }
            files.put(f"{split}/sizes.json", (json.dumps(sizes, indent=1) + "\n").encode())

    def front_matter(self, parts: Sequence[FinishedPart]) -> dict[str, Any]:
        """Which files belong to which split, and what the members of a sample are."""
        splits = sorted({part.part.group["split"] for part in parts})
        data_files = [{"split": split, "path": f"{split}/*.tar"} for split in splits]
        facts = [field for field in TRIPLETS.schema if field.name not in _PICTURES]
        members = {
            **dict.fromkeys(_SUFFIXES.values(), IMAGE),
            "json": pa.struct(facts),
            **dict.fromkeys(("__key__", "__url__"), pa.string()),
        }
        features = [feature(name, data_type) for name, data_type in members.items()]
        return {
            "configs": [{"config_name": "default", "data_files": data_files}],
            "dataset_info": [{"config_name": "default", "features": features}],
        }

    def usage(self, parts: Sequence[FinishedPart], location: str) -> str:
        """With `webdataset`, taking care of pictures with 16 bits."""
        split = parts[0].part.group["split"]
        last = max(part.part.index for part in parts if part.part.group["split"] == split)
        return f"""\
```python
import io

import numpy as np
import webdataset
from PIL import Image


def numbers(png):  # depth in millimetres and instance numbers have 16 bits, which "pil" would cut to 8
    return np.array(Image.open(io.BytesIO(png)))


shards = "{split}/shard-{{000000..{last:06d}}}.tar"
data = webdataset.WebDataset(shards, shardshuffle=False).decode(
    webdataset.handle_extension("depth.png", numbers), webdataset.handle_extension("instances.png", numbers), "pil"
)
for sample in data:
    print(sample["json"]["instruction"], sample["before.png"].size, sample["before.depth.png"].max())
```

`{split}/sizes.json` says how many samples each of the tar files holds.
"""


def _path(part: Part) -> str:
    return f"{part.group['split']}/shard-{part.index:06d}.tar"


def _members(table: pa.Table) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files of some samples, sample by sample."""
    facts = pl.from_arrow(table.drop_columns(_PICTURES))
    assert isinstance(facts, pl.DataFrame)
    lines = facts.write_ndjson().splitlines()
    for row, sample_id in enumerate(table["sample_id"].to_pylist()):
        for column, suffix in _SUFFIXES.items():
            yield f"{sample_id}.{suffix}", table[column][row]["bytes"].as_py()
        yield f"{sample_id}.json", lines[row].encode()
