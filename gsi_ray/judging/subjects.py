"""What is judged: one sample of the lake, as it is or as an editor has made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in pixels of a stored picture."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A sample's instruction and its pictures, as PNG files; `editor` is None where `after` is the ground truth.

    The boxes are those of the thing that the instruction is about, None where it is not seen, gone, or no single thing.
    """

    sample_id: str
    editor: str | None
    instruction: str
    before: bytes
    after: bytes
    box_before: Box | None
    box_after: Box | None


COLUMNS = ("sample_id", "instruction", "target", "image_before", "image_after", "objects_before", "objects_after")
"""The columns of `triplets` that a subject is made of."""


def subject_of(sample: Row, edit: Row | None = None) -> Subject:
    """The subject of a row of `triplets`, or of an edit of it: a row of `edits` that has a picture.

    What an editor has done with a thing is not known: of its picture the box is where that thing should be.
    """
    return Subject(
        sample["sample_id"],
        None if edit is None else edit["editor"],
        sample["instruction"],
        sample["image_before"]["bytes"],
        (sample["image_after"] if edit is None else edit["image"])["bytes"],
        _box(sample, sample["objects_before"]),
        _box(sample, sample["objects_after"]),
    )


def _box(sample: Row, objects: Sequence[Row]) -> Box | None:
    if sample["target"] is None:
        return None
    boxes = (record["bbox_2d"] for record in objects if record["object_id"] == sample["target"]["object_id"])
    box = next(boxes, None)
    return None if box is None else tuple(box)
