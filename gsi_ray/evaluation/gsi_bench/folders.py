"""The official layout of files: who used the official code keeps folders, names and caches.

In the folder of originals are `<image>.jpg` (or .jpeg, .png), `<image>_edit_<query>.json`, and for edits of the camera
the true picture, with `gtedit_<query>` in its name; in the folder of edits is `<image>_edit_<query>.png` (or .jpg). The
file `infer_cache.json` has what a detector found, by `<image>_<query>`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi_ray.detection import BadRecord, Detection
from gsi_ray.evaluation.gsi_bench.records import EditRecord

CACHE = "infer_cache.json"

_PICTURES = (".jpg", ".png")
_ORIGINALS = (".jpg", ".jpeg", ".png")
_BEFORE, _AFTER = "origin_result", "new_result"


class BadCase(ValueError):
    """An edited picture that cannot be scored, for want of a file or because of one; the text says which and why."""


@dataclass(frozen=True)
class Case:
    """One edited picture with all that belongs to it; `truth` is there for edits of the camera."""

    key: str
    original: Path
    edited: Path
    edit: EditRecord
    truth: Path | None


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector found of the target's kind in the original and in the edited picture."""

    before: tuple[Detection, ...]
    after: tuple[Detection, ...]


def edited_pictures(folder: Path) -> list[Path]:
    """The edited pictures in a folder, in the order of their names."""
    return sorted(file for file in folder.iterdir() if file.suffix in _PICTURES)


def read_case(edited: Path, originals: Path) -> Case:
    """An edited picture's case. Raises BadCase."""
    # Some editors leave the name of their format in that of the file.
    image, separator, query = edited.stem.replace("_rgb", "").partition("_edit_")
    if not separator or not image or not query:
        raise BadCase(f"{edited.name} is to be called <image>_edit_<query>{edited.suffix}")
    record = originals / f"{image}_edit_{query}.json"
    return Case(
        key=f"{image}_{query}",
        original=_original(originals, image),
        edited=edited,
        edit=_read_edit(record),
        truth=next(iter(sorted(originals.glob(f"{_literal(image)}_*gtedit_{_literal(query)}*.*"))), None),
    )


def read_cache(file: Path) -> dict[str, Any]:
    """What is in a cache of detections, as it stands there; nothing where there is none. Raises BadCase."""
    if not file.exists():
        return {}
    cache = _read_json(file)
    if not isinstance(cache, dict):
        raise BadCase(f"{file} is no cache of detections: it is to be an object with one key for each edit")
    return cache


def cached_detections(cache: Mapping[str, Any], key: str) -> Detections | None:
    """What a cache has of an edit; None where it lacks one of the two pictures. Raises BadCase."""
    entry = cache.get(key)
    if not isinstance(entry, Mapping) or _BEFORE not in entry or _AFTER not in entry:
        return None
    try:
        return Detections(*(tuple(_detections(entry[side])) for side in (_BEFORE, _AFTER)))
    except BadRecord as error:
        raise BadCase(f'the cached detections of "{key}" cannot be used: {error}') from error


def cache_entry(detections: Detections) -> dict[str, Any]:
    """The same as the cache has it."""
    return {
        side: {"detections": [one.record for one in found]}
        for side, found in ((_BEFORE, detections.before), (_AFTER, detections.after))
    }


def _original(folder: Path, image: str) -> Path:
    """The picture of that very name, or else the first whose name begins so and that is no edit."""
    exact = [folder / f"{image}{ending}" for ending in _ORIGINALS]
    similar = sorted(
        file
        for file in folder.glob(f"{_literal(image)}*")
        if file.suffix in _ORIGINALS and "_edit_" not in file.name and "gtedit_" not in file.name
    )
    found = next((file for file in [*exact, *similar] if file.exists()), None)
    if found is None:
        raise BadCase(f"{folder} has no picture {image}.jpg, .jpeg or .png")
    return found


def _read_edit(file: Path) -> EditRecord:
    try:
        return EditRecord.parse(_read_json(file))
    except BadRecord as error:
        raise BadCase(f"{file}: {error}") from error


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadCase(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadCase(f"{file} is no JSON: {error}") from error


def _detections(result: Any) -> Iterator[Detection]:
    listed = result.get("detections") if isinstance(result, Mapping) else None
    if not isinstance(listed, Sequence):
        raise BadRecord('there is no list "detections"')
    return map(Detection.parse, listed)


def _literal(name: str) -> str:
    """A name in a pattern of files, where brackets would mean something else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
