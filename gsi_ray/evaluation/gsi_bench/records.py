"""What GSI-Bench's JSON files hold, checked: edits, and what a detector found.

Boxes are in the camera's frame (OpenCV). `box_3d` is x, y, z of the centre in metres, the extents along the box's own
x, y and z, and the yaw about y in radians; `box_2d` is x0, y0, x1, y1 in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class BadRecord(ValueError):
    """A record that lacks something, or has no numbers where numbers belong; the text says what and where."""


@dataclass(frozen=True, eq=False)
class Detection:
    """One object that a detector found: `box_2d` (4,), `box_3d` (7,), `rotation` (3, 3) of the box to the camera."""

    label: str
    box_2d: Array
    box_3d: Array
    rotation: Array

    @staticmethod
    def parse(record: Any) -> Detection:
        """From the JSON of a detection. Raises BadRecord."""
        return Detection(
            label=str(_given(record, "label")),
            box_2d=_numbers(record, "bbox_2d", (4,)),
            box_3d=_numbers(record, "bbox_3d", (7,)),
            rotation=_numbers(record, "rotation_matrix", (3, 3)),
        )


@dataclass(frozen=True, eq=False)
class EditRecord:
    """An edit that was asked for: where the target was, `box_3d` (7,) and `rotation` (3, 3), and where it is to be.

    What the edit leaves as it is, is None: `new_box_3d` of a rotation, `new_rotation` of all others, both of a removal.
    """

    prompt: str
    target: str
    box_3d: Array
    rotation: Array
    intrinsics: Array
    new_box_3d: Array | None
    new_rotation: Array | None

    @staticmethod
    def parse(record: Any) -> EditRecord:
        """From the JSON of an edit. Raises BadRecord."""
        return EditRecord(
            prompt=str(_given(record, "prompt")),
            target=str(_given(record, "target")),
            box_3d=_numbers(record, "original_bbox_3d", (7,)),
            rotation=_numbers(record, "rotation_matrix", (3, 3)),
            intrinsics=_numbers(record, "camera_intrinsics", (3, 3)),
            new_box_3d=_optional_numbers(record, "new_bbox_3d", (7,)),
            new_rotation=_optional_numbers(record, "new_rotation_matrix", (3, 3)),
        )


def _given(record: Any, key: str) -> Any:
    if not isinstance(record, Mapping):
        raise BadRecord(f"a record is to be an object with keys, and this is {type(record).__name__}")
    if record.get(key) is None:
        raise BadRecord(f'the key "{key}" is missing')
    return record[key]


def _numbers(record: Any, key: str, shape: tuple[int, ...]) -> Array:
    try:
        array = np.asarray(_given(record, key), dtype=np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, BadRecord):
            raise
        raise BadRecord(f'"{key}" does not hold numbers only') from error
    if array.shape != shape:
        raise BadRecord(f'"{key}" is to have the shape {shape}, and has {array.shape}')
    if not np.all(np.isfinite(array)):
        raise BadRecord(f'"{key}" holds a number that is not finite')
    return array


def _optional_numbers(record: Mapping[str, Any], key: str, shape: tuple[int, ...]) -> Array | None:
    return None if record.get(key) is None else _numbers(record, key, shape)
