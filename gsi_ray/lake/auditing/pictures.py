"""Opens the pictures of a sample: they must decode, have the size of their camera and the right kind of pixels."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from scipy.ndimage import find_objects

from gsi_ray.lake.auditing.findings import Check, Finding, Severity
from gsi_ray.lake.rows import Row

UNDECODABLE = Check("undecodable_picture", Severity.ERROR, "gsi-ray repair removes the file; then make it again.")
WRONG_PICTURE = Check(
    "wrong_picture",
    Severity.ERROR,
    "A picture has its camera's size, 8 bits a colour, or 16 for depth and instances: remove the file, make it again.",
)
FALSE_BOUNDS = Check(
    "false_bbox_2d",
    Severity.ERROR,
    "Boxes and instance masks tell of different pictures: remove the file and make it again, or report its simulator.",
)

HASH_BITS = 256
_HASH_SIDE = 16

_SIDES = ("before", "after")
_KINDS = {
    "image": ("8-bit RGB", np.uint8, (3,)),
    "depth": ("16-bit", np.uint16, ()),
    "instances": ("16-bit", np.uint16, ()),
}
"""What the pixels of each kind of picture are called, their type, and how many channels they have."""

_UNDECODABLE = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)
"""Pillow's ways of saying that a file is no picture, or a broken one."""


@lru_cache(maxsize=16)  # edits of one view share its pictures
def opened(png: bytes) -> NDArray[Any]:
    """The pixels of a picture as they are stored. Raises many things for a broken one."""
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image)


@lru_cache(maxsize=16)
def perceptual_hash(png: bytes) -> NDArray[np.uint64]:
    """What a picture looks like in `HASH_BITS` bits, (4,): which of its lowest frequencies are strong (pHash)."""
    bits: NDArray[np.bool_] = imagehash.phash(Image.fromarray(opened(png)), hash_size=_HASH_SIDE).hash
    return np.packbits(bits.ravel()).view(np.uint64)


@lru_cache(maxsize=16)
def _bounds(png: bytes) -> dict[int, list[float]]:
    """x0, y0, x1, y1 round the pixels of every instance in a picture, x1 and y1 exclusive."""
    patches = enumerate(find_objects(opened(png)), start=1)
    return {
        instance: [patch[1].start, patch[0].start, patch[1].stop, patch[0].stop]
        for instance, patch in patches
        if patch is not None
    }


def opening_findings(row: Row, columns: Sequence[str], where: str) -> Iterator[Finding]:
    """Which pictures in these columns of a row cannot be opened."""
    for column in columns:
        if row[column] is None or row[column]["bytes"] is None:
            yield UNDECODABLE.finding(where, f"{column} is missing")
            continue
        try:
            opened(row[column]["bytes"])
        except UnidentifiedImageError:
            yield UNDECODABLE.finding(where, f"{column} is no picture")
        except _UNDECODABLE as error:
            yield UNDECODABLE.finding(where, f"{column} is broken: {error}")


def picture_findings(row: Row, where: str) -> Iterator[Finding]:
    """What is wrong with the pictures of a row of the table `triplets`."""
    for side in _SIDES:
        columns = [f"{kind}_{side}" for kind in _KINDS]
        found = list(opening_findings(row, columns, where)) or list(_kind_findings(row, side, where))
        yield from found or _bounds_findings(row, side, where)


def _kind_findings(row: Row, side: str, where: str) -> Iterator[Finding]:
    camera = row[f"camera_{side}"]
    for kind, (name, dtype, channels) in _KINDS.items():
        pixels = opened(row[f"{kind}_{side}"]["bytes"])
        if pixels.dtype != dtype or pixels.shape[2:] != channels:
            yield WRONG_PICTURE.finding(where, f"{kind}_{side} is not {name}")
        if pixels.shape[:2] != (camera["height"], camera["width"]):
            sizes = f"{pixels.shape[1]} x {pixels.shape[0]}, its camera {camera['width']} x {camera['height']}"
            yield WRONG_PICTURE.finding(where, f"{kind}_{side} is {sizes}")


def _bounds_findings(row: Row, side: str, where: str) -> Iterator[Finding]:
    seen = _bounds(row[f"instances_{side}"]["bytes"])
    objects = {record["instance"]: record for record in row[f"objects_{side}"]}
    for stranger in seen.keys() - objects.keys():
        yield FALSE_BOUNDS.finding(where, f"instance {stranger} of instances_{side} is no object of objects_{side}")
    for instance, record in objects.items():
        if record["bbox_2d"] != seen.get(instance):
            found = f"bbox_2d {record['bbox_2d']}, its pixels span {seen.get(instance)}"
            yield FALSE_BOUNDS.finding(where, f"{record['object_id']} {side} has {found}")
