"""Oriented boxes as line drawings over an image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import Camera, OrientedBox

_NEAR_M = 0.02

# Pairs of corners (own z varies fastest, then y, then x) that differ in one coordinate only.
_EDGES = np.array([(start, start | bit) for bit in (1, 2, 4) for start in range(8) if not start & bit])


def wireframe(box: OrientedBox, camera: Camera) -> NDArray[np.float64]:
    """The edges of a box as segments (n, 4) in pixels: x0, y0, x1, y1.

    Edges that run behind the camera end just in front of it; those wholly behind it are left out, so n is at most 12.
    """
    local = camera.pose.inverse().apply(box.corners)
    starts, ends = local[_EDGES[:, 0]], local[_EDGES[:, 1]]
    in_front = (starts[:, 2] > _NEAR_M) | (ends[:, 2] > _NEAR_M)
    starts, ends = starts[in_front], ends[in_front]
    pixels = [camera.project(camera.pose.apply(points))[0] for points in (_cut(starts, ends), _cut(ends, starts))]
    return np.concatenate(pixels, axis=1)


def _cut(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Camera-frame points (n, 3), those behind the near plane slid towards `others` until they are on it."""
    rise = others[:, 2] - points[:, 2]
    behind = points[:, 2] < _NEAR_M
    share = np.where(behind, (_NEAR_M - points[:, 2]) / np.where(behind, rise, 1.0), 0.0)
    slid: NDArray[np.float64] = points + share[:, None] * (others - points)
    return slid
