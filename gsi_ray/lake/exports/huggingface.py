"""For the Hugging Face Hub: Parquet files that `datasets.load_dataset` and the viewer take as they are.

A configuration for every environment, and one, the default, with all of them::

    data/<environment>/<split>-<number>.parquet
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from gsi_ray.lake.exports.features import feature
from gsi_ray.lake.exports.format import FinishedPart, Part, ShardTables
from gsi_ray.lake.exports.target import Files
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.shards import parquet_writer

DEFAULT = "default"


class HuggingFace:
    """The columns of the lake, unchanged."""

    name = "huggingface"
    groups: tuple[str, ...] = ("environment", "split")
    splits: tuple[str, ...] = ()

    def write(self, part: Part, shards: ShardTables, files: Files) -> dict[str, Any]:
        """One Parquet file."""
        tables = chain.from_iterable(shards)
        first = next(tables, None)
        if first is not None:
            path = f"data/{part.group['environment']}/{part.group['split']}-{part.index:05d}.parquet"
            with files.create(path) as file, parquet_writer(TRIPLETS, file) as writer:
                for table in chain([first], tables):
                    writer.write_table(table, row_group_size=len(table))
        return {}

    def finish(self, parts: Sequence[FinishedPart], location: str, files: Files) -> None:
        """The data card says everything."""

    def front_matter(self, parts: Sequence[FinishedPart]) -> dict[str, Any]:
        """Which files belong to which configuration and split, how many samples they hold, and the columns."""
        environments = sorted({part.part.group["environment"] for part in parts})
        configurations = [DEFAULT, *environments]
        splits = {name: _splits(_members(parts, name)) for name in configurations}
        return {
            "configs": [
                {
                    "config_name": name,
                    "data_files": [
                        {"split": split, "path": f"data/{'*' if name == DEFAULT else name}/{split}-*.parquet"}
                        for split in splits[name]
                    ],
                    **({"default": True} if name == DEFAULT else {}),
                }
                for name in configurations
            ],
            "dataset_info": [
                {
                    "config_name": name,
                    **(
                        {"features": [feature(field.name, field.type) for field in TRIPLETS.schema]}
                        if name == DEFAULT
                        else {}
                    ),
                    "splits": [
                        {"name": split, "num_bytes": size, "num_examples": samples}
                        for split, (samples, size) in splits[name].items()
                    ],
                    "download_size": sum(size for _, size in splits[name].values()),
                    "dataset_size": sum(size for _, size in splits[name].values()),
                }
                for name in configurations
            ],
        }

    def usage(self, parts: Sequence[FinishedPart], location: str) -> str:
        """With `datasets`, and up to the Hub."""
        split, name = parts[0].part.group["split"], location.rsplit("/", 1)[-1]
        return f"""\
```python
import datasets

data = datasets.load_dataset("{name}", split="{split}")  # this folder, or the name of the data set on the Hub
print(data[0]["instruction"])
data[0]["image_before"].show()  # images are images right away
```

To put it on the Hub: `hf upload <your name>/{name} {name} . --repo-type dataset`.
"""


def _members(parts: Iterable[FinishedPart], configuration: str) -> list[FinishedPart]:
    return [part for part in parts if configuration in (DEFAULT, part.part.group["environment"])]


def _splits(parts: Iterable[FinishedPart]) -> dict[str, tuple[int, int]]:
    """Samples and bytes of every split."""
    samples: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for part in parts:
        split = part.part.group["split"]
        samples[split] += part.samples
        size[split] += sum(file.bytes for file in part.files)
    return {split: (samples[split], size[split]) for split in ("train", "val", "test") if split in samples}
