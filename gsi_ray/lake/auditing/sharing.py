"""What samples must not share: ids, scenes and pictures across splits, whole contents.

Files leave traces of their samples; traces that meet under one key are compared. They wait on disk, so that memory does
not grow with the number of samples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.lake.auditing.findings import Check, Finding, Severity
from gsi_ray.lake.auditing.gathering import Gathering, Records
from gsi_ray.lake.auditing.pictures import HASH_BITS, perceptual_hash
from gsi_ray.lake.rows import Row

DUPLICATE_ID = Check("duplicate_sample_id", Severity.ERROR, "Keep one of the two files, and remove the other.")
SCENE_IN_SPLITS = Check(
    "scene_in_two_splits",
    Severity.ERROR,
    "What is tested was trained on: leave the scene out of all splits but one.",
)
SAME_THINGS = Check(
    "same_scene_by_another_name",
    Severity.ERROR,
    "What is tested was trained on, under another name: leave the scene out of all splits but one.",
)
DUPLICATE_SAMPLE = Check("duplicate_sample", Severity.WARNING, "It counts twice in training: leave one of the two out.")
LOOKALIKE_IN_SPLITS = Check(
    "lookalike_in_two_splits",
    Severity.ERROR,
    "What is tested may have been trained on: see both (gsi-ray show), and leave one out if they are the same.",
)
LOOKALIKE = Check(
    "lookalike", Severity.WARNING, "Two scenes look alike: see both (gsi-ray show), and leave one out if they are one."
)

# Of 256 bits. Measured on 1,200 views of 300 scenes: two different ones are 84 apart or more, 128 +- 9 on average, so
# that even among 10^7 views chance brings none within 32. The same picture at half the size, as a JPEG of quality 20,
# or a tenth brighter is 14 apart at most; with something else in a 40th of it, 20 on average.
MOST_BITS_APART = 32

TRACE = np.dtype([("key", "u8"), ("sample", "S32"), ("scene", "S80"), ("split", "S16"), ("file", "u4")])
VIEW = np.dtype([("hash", "u8", HASH_BITS // 64), ("sample", "S32"), ("scene", "S80"), ("split", "S16")])
_BAND = np.dtype([("key", "u8"), ("view", "u8")])

# Two hashes are compared if all 20 bits of one of 12 bands agree: always, where they are at most 11 bits apart; 98 % of
# those 16 apart. With 10^7 views, ten share a band by chance; where very many do, each is compared with 512 of them.
_BANDS = 12
_BAND_BITS = 20
_MOST_COMPARED = 512
_MIXING = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Traces:
    """What the samples of one file leave behind: arrays of `TRACE`, and of `VIEW` if pictures were opened."""

    ids: Records
    scenes: Records
    inventories: Records
    contents: Records
    views: Records


class TraceCollector:
    """Takes the traces of the rows of one file, each scene and each view once."""

    def __init__(self) -> None:
        self._ids: list[tuple[Any, ...]] = []
        self._scenes: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._inventories: dict[int, tuple[Any, ...]] = {}
        self._contents: list[tuple[Any, ...]] = []
        self._views: dict[tuple[str, ...], tuple[Any, ...]] = {}

    def add(self, row: Row) -> None:
        """What a row says, apart from its pictures."""
        scene, split = row["scene_id"], row["split"]
        self._ids.append(_trace(_key(row["sample_id"]), row))
        if (scene, split) not in self._scenes:
            self._scenes[scene, split] = _trace(_key(scene), row)
        inventory = _key(*sorted(f"{item['category']} {_millimetres(item['size'])}" for item in row["objects_before"]))
        if inventory not in self._inventories:
            self._inventories[inventory] = _trace(inventory, row)

    def add_pictures(self, row: Row) -> None:
        """What the pictures of a row show: the view before and, if the camera moves, the one after."""
        before, after = row["image_before"]["bytes"], row["image_after"]["bytes"]
        self._contents.append(_trace(_key(before, after, row["instruction"]), row))
        self._add_view((row["scene_id"], row["view_id"]), before, row)
        if row["target"] is None:
            self._add_view((row["scene_id"], row["view_id"], row["sample_id"]), after, row)

    def _add_view(self, view: tuple[str, ...], png: bytes, row: Row) -> None:
        if view not in self._views:
            self._views[view] = (perceptual_hash(png), *_names(row))

    def traces(self) -> Traces:
        """Everything that was taken."""
        return Traces(
            ids=np.array(self._ids, TRACE),
            scenes=np.array(list(self._scenes.values()), TRACE),
            inventories=np.array(list(self._inventories.values()), TRACE),
            contents=np.array(self._contents, TRACE),
            views=np.array(list(self._views.values()), VIEW),
        )


class Comparison:
    """Gathers the traces of all files in a folder, and finds what samples share but must not."""

    def __init__(self, folder: Path) -> None:
        self._files: list[str] = []
        self._ids, self._scenes, self._inventories, self._contents = (
            Gathering(folder / name, TRACE) for name in ("ids", "scenes", "inventories", "contents")
        )
        self._bands = Gathering(folder / "bands", _BAND)
        self._views_path = folder / "views"
        self._views = 0

    def add(self, file: str, traces: Traces) -> None:
        """The traces of one more file."""
        for gathering, records in (
            (self._ids, traces.ids),
            (self._scenes, traces.scenes),
            (self._inventories, traces.inventories),
            (self._contents, traces.contents),
        ):
            records["file"] = len(self._files)
            gathering.add(records)
        self._files.append(file)
        with self._views_path.open("ab") as stored:
            stored.write(traces.views.tobytes())
        self._bands.add(_bands(traces.views["hash"], self._views))
        self._views += len(traces.views)

    def findings(self) -> Iterator[Finding]:
        """Everything that is shared and must not be."""
        yield from self._id_findings()
        yield from self._scene_findings()
        yield from self._content_findings()
        yield from self._view_findings()

    def _id_findings(self) -> Iterator[Finding]:
        for group in self._ids.groups():
            first = group[0]
            for other in group[1:][group["sample"][1:] == first["sample"]]:
                found = f"is also in {self._files[first['file']]}"
                yield DUPLICATE_ID.finding(f"sample {_text(other['sample'])} in {self._files[other['file']]}", found)

    def _scene_findings(self) -> Iterator[Finding]:
        for group in self._scenes.groups():
            splits = np.unique(group["split"])
            if len(splits) > 1:
                found = f"is in {_list(splits)}: {_list(group['sample'][:2])} show it"
                yield SCENE_IN_SPLITS.finding(f"scene {_text(group[0]['scene'])}", found)
        for group in self._inventories.groups():
            names = np.unique(group["scene"])
            if len(names) > 1 and len(np.unique(group["split"])) > 1:
                found = f"hold the same things, and are in {_list(np.unique(group['split']))}"
                yield SAME_THINGS.finding(f"scenes {_list(names)}", found)

    def _content_findings(self) -> Iterator[Finding]:
        for group in self._contents.groups():
            for other in group[1:]:
                found = f"has the pictures and the instruction of {_text(group[0]['sample'])}"
                yield DUPLICATE_SAMPLE.finding(f"sample {_text(other['sample'])}", found)

    def _view_findings(self) -> Iterator[Finding]:
        if not self._views:
            return
        views = np.memmap(self._views_path, VIEW, "r")
        for bands in self._bands.parts():
            for first, second, apart in _alike(views, bands):
                check = LOOKALIKE if first["split"] == second["split"] else LOOKALIKE_IN_SPLITS
                shown = f"nearly the same ({apart} of {HASH_BITS} bits differ)"
                yield check.finding(f"samples {_named(first)} and {_named(second)}", f"show {shown}")


def _alike(views: Records, bands: Records) -> Iterator[tuple[Any, Any, int]]:
    """Views of different scenes that share a band, and few bits of whose hashes differ; also says how many do.

    `bands` are in the order of their keys. A pair that shares several bands is only given for the first of them.
    """
    keys, numbers = bands["key"], bands["view"]
    for step in range(1, _MOST_COMPARED):
        here = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(here):
            return
        hashes = views["hash"][numbers[here]], views["hash"][numbers[here + step]]
        apart = np.bitwise_count(hashes[0] ^ hashes[1]).sum(axis=-1, dtype=np.int64)
        for pair in np.flatnonzero(apart <= MOST_BITS_APART):
            first, second = views[numbers[here[pair]]], views[numbers[here[pair] + step]]
            own, others = (_bands(one[pair : pair + 1], 0)["key"] for one in hashes)
            if first["scene"] != second["scene"] and own[np.argmax(own == others)] == keys[here[pair]]:
                yield first, second, int(apart[pair])


def _bands(hashes: NDArray[np.uint64], first_view: int) -> Records:
    """For every hash (n, 4) one record for each band, n by n; the views are numbered from `first_view` on."""
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8), axis=-1)[:, : _BANDS * _BAND_BITS]
    # Neighbouring bits are of neighbouring frequencies: dealing them out gives every band some of all.
    bands = bits.reshape(-1, _BAND_BITS, _BANDS).transpose(0, 2, 1) @ (1 << np.arange(_BAND_BITS, dtype=np.uint64))
    records = np.empty(bands.shape, _BAND)
    records["key"] = (bands + (np.arange(_BANDS, dtype=np.uint64) << np.uint64(_BAND_BITS))) * _MIXING
    records["view"] = np.arange(first_view, first_view + len(hashes), dtype=np.uint64)[:, None]
    return records.ravel()


def _key(*parts: str | bytes) -> int:
    """64 bits that stand for some texts: any two of 10^7 have the same by chance in one of 300,000 lakes."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return int.from_bytes(digest.digest(), "little")


def _trace(key: int, row: Row) -> tuple[Any, ...]:
    return (key, *_names(row), 0)


def _names(row: Row) -> tuple[bytes, bytes, bytes]:
    return row["sample_id"].encode(), row["scene_id"].encode(), row["split"].encode()


def _millimetres(lengths: list[float]) -> str:
    return " ".join(f"{1000.0 * length:.0f}" for length in lengths)


def _text(name: bytes) -> str:
    return name.decode(errors="replace")


def _named(view: Any) -> str:
    return f"{_text(view['sample'])} ({_text(view['split'])})"


def _list(names: NDArray[np.bytes_]) -> str:
    return ", ".join(map(_text, names[:3])) + (" ..." if len(names) > 3 else "")
