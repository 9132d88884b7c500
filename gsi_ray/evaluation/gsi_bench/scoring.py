"""Instruction compliance and spatial accuracy of one edit, from what a detector found before and after it.

The constants and the order of things are the protocol's, odd as some are; see the official code of GSI-Bench.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gsi_ray.detection import BadRecord, Detection
from gsi_ray.evaluation.gsi_bench.boxes import iou_3d, projected, same
from gsi_ray.evaluation.gsi_bench.operations import Operation
from gsi_ray.evaluation.gsi_bench.records import EditRecord

Array = NDArray[np.float64]

_TINY = 1e-5
_SAME_BOX = 0.1
_SAME_BOX_STRICTLY = 1e-3
_SAME_RECTANGLE = 100.0
_SAME_ROTATION = 1e-4
# A candidate's rectangle has moved by more than this share of the way that the true one would.
_LEAST_SHARE_OF_SHIFT = 0.2
_FARTHEST_TURNED_M = 0.5
_OVERLAPPING_IOU = 0.1


@dataclass(frozen=True)
class Score:
    """`compliance` (IC) is 0 or 1, of views anything between; `accuracy` (SA) is from 0 to 1."""

    compliance: float
    accuracy: float


NOTHING = Score(0.0, 0.0)


def is_local(ssim: float, lpips: float, *, real: bool) -> bool:
    """Whether an edit left the rest of the picture alone, without which it scores nothing. `real` is of GSI-Real."""
    alike, near = ssim > 0.6, lpips < 0.3
    return alike or near if real else alike and near


def score(operation: Operation, edit: EditRecord, before: Sequence[Detection], after: Sequence[Detection]) -> Score:
    """Score a local edit of an object, by what was found of its kind before and after.

    It counts only where `is_local` says so, and a rotation only where the viewpoint is as it was. For an edit of the
    camera see `view_score`. Raises BadRecord where the edit does not say where its target is to be.
    """
    original = next((one for one in before if same(one.box_3d, edit.box_3d, _SAME_BOX)), None)
    if original is None or (not after and operation != "remove"):
        return NOTHING
    return _SCORERS[operation](edit, original, before, after)


def view_score(ssim: float, lpips: float) -> Score:
    """Score an edit of the camera by how like the true picture it is."""
    likeness = 0.5 * ssim + 0.5 * (1.0 - lpips)
    return Score(likeness, likeness)


def _move(edit: EditRecord, original: Detection, before: Sequence[Detection], after: Sequence[Detection]) -> Score:
    goal = _goal(edit)
    expected = projected(goal, edit.rotation, edit.intrinsics)
    found = _candidate(goal, expected, original, before, after, _SAME_BOX)
    overlap = iou_3d(goal, found.box_3d) if found else 0.0
    way = _distance(edit.box_3d, found.box_3d) if found else 0.0
    ratio = way / (_distance(edit.box_3d, goal) + _TINY)
    accuracy = 0.3 * overlap + 0.7 * _agreement(np.sqrt(ratio))
    if len(after) != len(before):
        accuracy *= 0.5
    return Score(float(accuracy > 0.05), accuracy)


def _rotate(edit: EditRecord, original: Detection, before: Sequence[Detection], after: Sequence[Detection]) -> Score:
    if edit.new_rotation is None:
        raise BadRecord('the key "new_rotation_matrix" is missing')
    expected = projected(edit.box_3d, edit.new_rotation, edit.intrinsics)
    found = _candidate(edit.box_3d, expected, original, before, after, _SAME_BOX_STRICTLY)
    if found is None:
        return NOTHING
    accuracy = 0.0
    if _distance(found.box_3d, edit.box_3d) < _FARTHEST_TURNED_M:
        ratio = _angle(edit.rotation, found.rotation) / (_angle(edit.rotation, edit.new_rotation) + _TINY)
        astray = _angle(edit.new_rotation, found.rotation)
        accuracy = 0.5 * _agreement(ratio) + 0.5 * float(np.exp(-astray))
    return Score(float(not same(edit.rotation, found.rotation, _SAME_ROTATION)), accuracy)


def _remove(edit: EditRecord, original: Detection, before: Sequence[Detection], after: Sequence[Detection]) -> Score:
    is_there = any(
        iou_3d(edit.box_3d, one.box_3d) > _OVERLAPPING_IOU or same(original.box_2d, one.box_2d, _SAME_RECTANGLE)
        for one in after
    )
    accuracy = 0.0 if is_there else float(np.clip(1.0 - 0.3 * (len(before) - len(after) - 1), 0.0, 1.0))
    return Score(float(accuracy >= 0.5), accuracy)


def _scale(edit: EditRecord, original: Detection, before: Sequence[Detection], after: Sequence[Detection]) -> Score:
    goal = _goal(edit)
    expected = projected(goal, edit.rotation, edit.intrinsics)
    found = _candidate(goal, expected, original, before, after, _SAME_BOX_STRICTLY)
    extents = edit.box_3d[3:6] + _TINY
    scale = found.box_3d[3:6] / extents if found else np.ones(3)
    ratio = scale / (goal[3:6] / extents + _TINY)
    accuracy = float(np.exp(-np.mean(np.log(ratio + _TINY) ** 2)))
    return Score(float(np.linalg.norm(scale - 1.0) > 0.2), accuracy)


def _candidate(
    goal: Array,
    expected_2d: Array,
    original: Detection,
    before: Sequence[Detection],
    after: Sequence[Detection],
    same_box: float,
) -> Detection | None:
    """Of what was found after the edit, was not there before, and has moved enough in the image: nearest the goal."""
    shift = float(np.linalg.norm(expected_2d - original.box_2d)) + _TINY
    new = [
        one
        for one in after
        if not any(
            same(one.box_3d, old.box_3d, same_box) or same(one.box_2d, old.box_2d, _SAME_RECTANGLE) for old in before
        )
        and np.linalg.norm(one.box_2d - original.box_2d) / shift > _LEAST_SHARE_OF_SHIFT
    ]
    return min(new, key=lambda one: _distance(one.box_3d, goal), default=None)


def _goal(edit: EditRecord) -> Array:
    if edit.new_box_3d is None:
        raise BadRecord('the key "new_bbox_3d" is missing')
    return edit.new_box_3d


def _distance(first: Array, second: Array) -> float:
    """Metres between the centres of two boxes (7,)."""
    return float(np.linalg.norm(first[:3] - second[:3]))


def _angle(first: Array, second: Array) -> float:
    """Radians between two rotations (3, 3), by the trace."""
    return float(np.arccos(np.clip((np.trace(first.T @ second) - 1.0) / 2.0, -1.0, 1.0)))


def _agreement(ratio: float) -> float:
    """1 where a ratio is 1, less the farther it is from that, as much above as below."""
    return float(np.exp(-(np.log(ratio + _TINY) ** 2)))


_SCORERS: dict[str, Callable[[EditRecord, Detection, Sequence[Detection], Sequence[Detection]], Score]] = {
    "move": _move,
    "rotate": _rotate,
    "remove": _remove,
    "scale": _scale,
}
