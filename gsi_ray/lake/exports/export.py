"""An export from its plan to its publication, in parts that are finished one by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

import pyarrow as pa

from gsi_ray import __version__
from gsi_ray.lake.exports.errors import ExportError
from gsi_ray.lake.exports.facts import Facts, merged
from gsi_ray.lake.exports.format import ExportFormat, FinishedPart, Part
from gsi_ray.lake.exports.source import Selection, Source, SourceShard
from gsi_ray.lake.exports.target import MANIFEST, Files, Target, WrittenFile

PART_BYTES = 400_000_000
"""What the shards of one part weigh together, if one alone does not weigh more."""


class Export:
    """The samples of a lake on their way into the files of a format.

    Raises ExportError, or what reading the lake raises. A part that is finished stays, whatever happens, until the
    lake or the selection changes.
    """

    def __init__(self, lake: str, form: ExportFormat, out: str, selection: Selection) -> None:
        self.selection = replace(selection, splits=selection.splits or form.splits)
        self.form = form
        self.source = Source(lake, self.selection)
        self.target = Target(out)
        self.parts = tuple(_parts(self.source.shards, form.groups))
        self._identity = self._fingerprint(lake)
        self._finished: list[FinishedPart] = []
        self.is_there = self.target.is_finished(self._identity)

    @property
    def source_bytes(self) -> int:
        """Size of the shards that are to be read."""
        return sum(part.bytes for part in self.parts)

    @property
    def finished(self) -> tuple[FinishedPart, ...]:
        """The parts that are written and hold samples, in order."""
        return tuple(part for part in self._finished if part.samples)

    @property
    def samples(self) -> int:
        """How many samples these hold."""
        return sum(part.samples for part in self._finished)

    @property
    def rejected(self) -> int:
        """How many of those asked for were left out because a judge, or the gate, has rejected them."""
        return sum(part.rejected for part in self._finished)

    @property
    def unjudged(self) -> int:
        """How many of those asked for were left out because the gate has no verdict on them."""
        return sum(part.unjudged for part in self._finished)

    @property
    def facts(self) -> dict[str, Any]:
        """What these samples are like, see `facts.merged`."""
        return merged([part.facts for part in self.finished if part.facts])

    def write(self, report: Callable[[int, int], None]) -> None:
        """Write every part that is not there yet; `report` is told of samples, and of bytes read, as they are done."""
        self.target.prepare(self._identity)
        records = self.target.records()
        for part in self.parts:
            record = records.get(part.number)
            if record is None:
                record = self._write(part, report)
            else:
                report(0, part.bytes)
            files = tuple(WrittenFile(**file) for file in record["files"])
            self._finished.append(FinishedPart(**{**record, "part": part, "files": files}))
        if not self.samples:
            self.target.discard()
            raise ExportError(
                f"No sample of {self.source.store.url} is left to export: ask for more, or see what judges have "
                "rejected, or have not judged yet."
            )

    def publish(self, card: dict[str, bytes]) -> None:
        """Add the files of the data card and what the format needs besides, and give the export its name."""
        rest = Files(self.target)
        self.form.finish(self.finished, self.target.location, rest)
        for path, content in card.items():
            rest.put(path, content)
        manifest = {
            "identity": self._identity,
            "format": self.form.name,
            "gsi_ray": __version__,
            "selection": asdict(self.selection),
            "samples": self.samples,
            "files": [asdict(file) for part in self._finished for file in part.files]
            + [asdict(file) for file in rest.written],
        }
        Files(self.target).put(MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
        self.target.finish()

    def _write(self, part: Part, report: Callable[[int, int], None]) -> dict[str, Any]:
        facts, files = Facts(), Files(self.target)
        notes = self.form.write(part, (self._observed(shard, facts, report) for shard in part.shards), files)
        record = {
            "samples": facts.samples,
            "files": [asdict(file) for file in files.written],
            "notes": notes,
            "rejected": facts.rejected,
            "unjudged": facts.unjudged,
            "facts": facts.record() if facts.samples else None,
        }
        self.target.record(part.number, record)
        return record

    def _observed(self, shard: SourceShard, facts: Facts, report: Callable[[int, int], None]) -> Iterator[pa.Table]:
        for chosen in self.source.chosen(shard):
            facts.rejected += chosen.rejected
            facts.unjudged += chosen.unjudged
            if len(chosen.table):
                facts.add(chosen.table, shard.key)
                yield chosen.table
                report(len(chosen.table), 0)
        report(0, shard.bytes)

    def _fingerprint(self, lake: str) -> str:
        """Changes whenever what would be written does: a file of the lake has one content only, and one size."""
        content = [
            __version__,
            self.form.name,
            lake,
            self.target.location,
            asdict(self.selection),
            [asdict(shard) for shard in self.source.shards],
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _parts(shards: tuple[SourceShard, ...], group_by: tuple[str, ...]) -> Iterator[Part]:
    def group_of(shard: SourceShard) -> tuple[str, ...]:
        return tuple(getattr(shard, name) for name in group_by)

    number = 0
    for values, members in groupby(sorted(shards, key=group_of), key=group_of):
        for index, together in enumerate(_bundles(members)):
            yield Part(number, dict(zip(group_by, values, strict=True)), index, together)
            number += 1


def _bundles(shards: Iterator[SourceShard]) -> Iterator[tuple[SourceShard, ...]]:
    """The shards in order, cut before those in a bundle weigh more than `PART_BYTES`."""
    bundle: list[SourceShard] = []
    for shard in shards:
        if bundle and sum(one.bytes for one in bundle) + shard.bytes > PART_BYTES:
            yield tuple(bundle)
            bundle = []
        bundle.append(shard)
    if bundle:
        yield tuple(bundle)
