"""What GSI-Bench's JSON files hold of edits, checked. Boxes are as in `detection.records`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gsi_ray.detection.records import Array, given, numbers


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
            prompt=str(given(record, "prompt")),
            target=str(given(record, "target")),
            box_3d=numbers(record, "original_bbox_3d", (7,)),
            rotation=numbers(record, "rotation_matrix", (3, 3)),
            intrinsics=numbers(record, "camera_intrinsics", (3, 3)),
            new_box_3d=_optional_numbers(record, "new_bbox_3d", (7,)),
            new_rotation=_optional_numbers(record, "new_rotation_matrix", (3, 3)),
        )


def _optional_numbers(record: Mapping[str, Any], key: str, shape: tuple[int, ...]) -> Array | None:
    return None if record.get(key) is None else numbers(record, key, shape)
