"""Brings records together that share a key, however many records there are: they wait on disk, not in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]
"""A structured array (n,) with a field `key`, uint64, whose first bits are evenly spread."""

_PART_BITS = np.uint64(56)
_WAITING_BYTES = 32_000_000


class Gathering:
    """Records in a folder of its own, dealt out over 256 files by the first byte of their key.

    One file at a time is read back, so memory holds a 256th of the records.
    """

    def __init__(self, folder: Path, dtype: np.dtype[Any]) -> None:
        folder.mkdir()
        self._folder = folder
        self._dtype = dtype
        self._waiting: list[Records] = []
        self._waiting_bytes = 0

    def add(self, records: Records) -> None:
        """Take in more records."""
        self._waiting.append(records)
        self._waiting_bytes += records.nbytes
        if self._waiting_bytes > _WAITING_BYTES:
            self._put_down()

    def parts(self) -> Iterator[Records]:
        """All records, part by part: in the order of their keys, those of one key in the order they came in."""
        self._put_down()
        for part in sorted(self._folder.iterdir()):
            records = np.fromfile(part, self._dtype)
            yield records[np.argsort(records["key"], kind="stable")]

    def groups(self) -> Iterator[Records]:
        """The records of each key that more than one has."""
        for records in self.parts():
            starts = np.flatnonzero(np.diff(records["key"], prepend=~records["key"][:1]))
            ends = np.append(starts[1:], len(records))
            for group in np.flatnonzero(ends - starts > 1):
                yield records[starts[group] : ends[group]]

    def _put_down(self) -> None:
        if not self._waiting:
            return
        records = np.concatenate(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        parts = records["key"] >> _PART_BITS
        for part in np.unique(parts):
            with (self._folder / f"{part:03d}").open("ab") as file:
                file.write(records[parts == part].tobytes())
