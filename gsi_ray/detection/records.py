"""What a detector found, as GSI-Bench writes it down, and the reading of such JSON.

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
            label=str(given(record, "label")),
            box_2d=numbers(record, "bbox_2d", (4,)),
            box_3d=numbers(record, "bbox_3d", (7,)),
            rotation=numbers(record, "rotation_matrix", (3, 3)),
        )

    @property
    def record(self) -> dict[str, Any]:
        """The JSON of it."""
        return {
            "label": self.label,
            "bbox_2d": self.box_2d.tolist(),
            "bbox_3d": self.box_3d.tolist(),
            "rotation_matrix": self.rotation.tolist(),
        }


def given(record: Any, key: str) -> Any:
    """What a record has under a key. Raises BadRecord where it has nothing, or is no record."""
    if not isinstance(record, Mapping):
        raise BadRecord(f"a record is to be an object with keys, and this is {type(record).__name__}")
    if record.get(key) is None:
        raise BadRecord(f'the key "{key}" is missing')
    return record[key]


def numbers(record: Any, key: str, shape: tuple[int, ...]) -> Array:
    """The numbers, of this shape, that a record has under a key. Raises BadRecord."""
    try:
        array = np.asarray(given(record, key), dtype=np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, BadRecord):
            raise
        raise BadRecord(f'"{key}" does not hold numbers only') from error
    if array.shape != shape:
        raise BadRecord(f'"{key}" is to have the shape {shape}, and has {array.shape}')
    if not np.all(np.isfinite(array)):
        raise BadRecord(f'"{key}" holds a number that is not finite')
    return array
