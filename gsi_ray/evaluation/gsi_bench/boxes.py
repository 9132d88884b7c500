"""How GSI-Bench measures boxes: their likeness, their overlap, and their outline in the image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import polygons

Array = NDArray[np.float64]

_SIGNS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


def same(first: Array, second: Array, threshold: float) -> bool:
    """Whether the sum of the squared differences of all numbers, whatever their units, is under a threshold."""
    return bool(np.sum((first - second) ** 2) < threshold)


def iou_3d(first: Array, second: Array) -> float:
    """Intersection over union of two boxes (7,), as if they stood upright: by their yaws alone."""
    footprints = [_footprint(box) for box in (first, second)]
    areas = [polygons.area(footprint) for footprint in footprints]
    if min(areas) <= 0.0:
        return 0.0
    low = max(box[1] - abs(box[4]) / 2.0 for box in (first, second))
    high = min(box[1] + abs(box[4]) / 2.0 for box in (first, second))
    shared = polygons.area(polygons.clip(*footprints)) * max(0.0, high - low)
    total = sum(area * abs(box[4]) for area, box in zip(areas, (first, second), strict=True)) - shared
    return float(shared / total) if total > 0.0 else 0.0


def projected(box_3d: Array, rotation: Array, intrinsics: Array) -> Array:
    """x0, y0, x1, y1 (4,) in pixels round the projected corners of a box (7,) that is turned by `rotation` (3, 3)."""
    corners = (_SIGNS * box_3d[3:6]) @ rotation.T + box_3d[:3]
    homogeneous = corners @ intrinsics.T
    pixels = homogeneous[:, :2] / homogeneous[:, 2:]
    return np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])


def _footprint(box: Array) -> Array:
    """Corners (4, 2), counterclockwise, of a box (7,) as seen along y, in the plane of z and x."""
    width, length, yaw = box[3], box[5], box[6]
    cosine, sine = np.cos(yaw), np.sin(yaw)
    across = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * np.abs([length, width])
    # Yaw turns z towards x.
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return across @ turn.T + box[[2, 0]]
