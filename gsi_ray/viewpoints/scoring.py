"""How good a view is: how many things that can be acted on it shows well.

`expected_score` guesses it from boxes alone, thousands a second, to shorten the list; `measured_score` reads it off an
instance image, where hidden things no longer count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import Camera
from gsi_ray.viewpoints.positions import gaps
from gsi_ray.viewpoints.settings import ViewSettings

Array = NDArray[np.float64]

# A thing fills about this share of the rectangle round its projected box.
_FILLING = 0.55
# What a thing that is cut by the border takes away, next to the 1 that a whole one brings.
_CUT_PENALTY = 0.3
# Something hides a thing when the rectangle round what is seen of it is below this share of the one round its box.
_LEAST_SEEN = 0.5
_NEAR_M = 0.5
_LARGEST_NEAR_SHARE = 0.4


@dataclass(frozen=True)
class Score:
    """`value` is the sum of what the targets count, less what is cut; `targets` is how many there are."""

    value: float
    targets: int


def in_sight(
    positions: Array, targets: Sequence[ObjectState], objects: Sequence[ObjectState]
) -> NDArray[np.bool_]:
    """Which targets are not hidden from which of `positions` (p, 3): (p, t).

    A target's centre stands for the whole; it is hidden when a part of any other object is in between.
    """
    centers = np.array([target.box.center for target in targets]).reshape(1, -1, 3)
    visible = np.ones((len(positions), len(targets)), dtype=bool)
    for item in objects:
        others = np.array([target.object_id != item.object_id for target in targets], dtype=bool)
        for part in item.parts:
            visible &= ~(others & part.hit_by(positions[:, None, :], centers))
    return visible


def expected_score(camera: Camera, corners: Array, visible: NDArray[np.bool_], settings: ViewSettings) -> float:
    """Score of a view by the projected boxes, given as `corners` (n, 8, 3), of the targets and which are in sight."""
    low, high = _rectangles(camera, corners)
    share = _FILLING * np.prod(high - low, axis=1) / (camera.width * camera.height)
    whole = _whole(low, high, camera)
    partly = ~whole & np.all((high > 0.0) & (low < [camera.width, camera.height]), axis=1)
    return _score(share, whole & visible, partly & visible, settings).value


def measured_score(
    camera: Camera, corners: Array, instances: NDArray[np.uint16], numbers: NDArray[np.int64], settings: ViewSettings
) -> Score:
    """Score of a view by what its instance image (h, w), of any size, shows of the boxes of the targets.

    `corners` (n, 8, 3) and instance `numbers` (n,) are the targets'.
    """
    low, high = _rectangles(camera, corners)
    whole = _whole(low, high, camera)
    scale = np.array([camera.width, camera.height]) / instances.shape[::-1]
    seen = np.array([_seen_extent(instances == number) for number in numbers]).reshape(-1, 2) * scale
    uncovered = np.prod(seen, axis=1) >= _LEAST_SEEN * np.prod(high - low, axis=1)
    share = np.bincount(instances.ravel(), minlength=int(numbers.max(initial=0)) + 1)[numbers] / instances.size
    return _score(share, whole & uncovered, ~whole, settings)


def _rectangles(camera: Camera, corners: Array) -> tuple[Array, Array]:
    """Upper left and lower right pixel (n, 2) of each projected box; nan where it reaches behind the camera."""
    pixels, depth = camera.project(corners)
    pixels[np.any(depth <= 0.0, axis=1)] = np.nan
    return pixels.min(axis=1), pixels.max(axis=1)


def _whole(low: Array, high: Array, camera: Camera) -> NDArray[np.bool_]:
    """Which rectangles the border of the image does not cut."""
    inside: NDArray[np.bool_] = np.all((low >= 0.0) & (high <= [camera.width, camera.height]), axis=1)
    return inside


def _seen_extent(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Width and height in pixels of the rectangle round a mask (h, w); 0 for an empty one."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return (float(np.ptp(columns)) + 1.0, float(np.ptp(rows)) + 1.0) if len(columns) else (0.0, 0.0)


def _score(share: Array, whole: NDArray[np.bool_], cut: NDArray[np.bool_], settings: ViewSettings) -> Score:
    large_enough = share >= settings.smallest_target
    counted = np.minimum(share / settings.full_target, 1.0)[whole & large_enough]
    value = float(counted.sum()) - _CUT_PENALTY * int(np.count_nonzero(cut & large_enough))
    return Score(value, len(counted))


def is_blocked(instances: NDArray[np.uint16], position: Array, objects: Sequence[ObjectState]) -> bool:
    """Whether one thing close to the camera at `position` (3,) fills much of the instance image (h, w)."""
    seen = np.bincount(instances.ravel(), minlength=1 + max(item.instance for item in objects)) / instances.size
    return any(
        seen[item.instance] > _LARGEST_NEAR_SHARE and gaps(item.box, position[None])[0] < _NEAR_M for item in objects
    )
