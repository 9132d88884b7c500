"""What a format has to know: how it writes a part of the samples, and what else its readers need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from gsi_ray.lake.exports.source import SourceShard
from gsi_ray.lake.exports.target import Files, WrittenFile

ShardTables = Iterator[Iterator[pa.Table]]
"""For each shard of a part, its samples in tables with all the columns of `triplets`."""


@dataclass(frozen=True)
class Part:
    """Shards that are exported together, about as many bytes in every part.

    `group` holds the values that they share in what the format does not mix; `index` counts the parts of a group.
    """

    number: int
    group: Mapping[str, str]
    index: int
    shards: tuple[SourceShard, ...]

    @property
    def bytes(self) -> int:
        """Size of its shards."""
        return sum(shard.bytes for shard in self.shards)


@dataclass(frozen=True)
class FinishedPart:
    """What became of a part: samples written, samples left out (`rejected`, or `unjudged` by the gate), and files.

    `notes` are the format's own; `facts` are those of `facts.Facts`, or None without samples.
    """

    part: Part
    samples: int
    rejected: int
    unjudged: int
    files: tuple[WrittenFile, ...]
    notes: dict[str, Any]
    facts: dict[str, Any] | None


class ExportFormat(Protocol):
    """One way of storing samples for other programs."""

    name: str
    groups: tuple[str, ...]
    """The partitions of the lake whose values are kept apart, in folders or files of their own."""
    splits: tuple[str, ...]
    """What is exported unless something else is asked for; all splits if empty."""

    def write(self, part: Part, shards: ShardTables, files: Files) -> dict[str, Any]:
        """Write the samples of a part, and return notes for `finish`."""

    def finish(self, parts: Sequence[FinishedPart], location: str, files: Files) -> None:
        """Write what is about all parts, none of them empty; `location` is the address of the finished export."""

    def front_matter(self, parts: Sequence[FinishedPart]) -> dict[str, Any]:
        """What the head of the data card says about the files."""

    def usage(self, parts: Sequence[FinishedPart], location: str) -> str:
        """How to read the export, in Markdown."""
