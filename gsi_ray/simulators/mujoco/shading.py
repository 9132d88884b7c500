"""What MuJoCo's renderer leaves out: contact shading where surfaces meet, and a film-like tone curve.

Both are functions of the picture and its depth alone, so they keep pictures reproducible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from gsi_ray.spatial import Camera

CONTACT_REACH_M = 0.15
"""A surface is darkened by what stands this near to it, and by nothing farther."""

_STRENGTH = 1.1
# Where neighbours are looked at: rings of this radius, and by how much of a step each is turned against the first.
_RINGS_OF_IMAGE_HEIGHT = {0.009: 0.0, 0.03: 0.5}
_DIRECTIONS = 6
# A surface does not shade itself: below this cosine a neighbour is as good as in the same plane.
_FLATNESS = 0.12


def finish(rgb: NDArray[np.uint8], depth: NDArray[np.float32], camera: Camera) -> NDArray[np.uint8]:
    """The finished picture (h, w, 3) of a raw rendering (h, w, 3) and its planar depth (h, w) in metres."""
    openness = ambient_openness(depth[::2, ::2], camera)
    openness = np.repeat(np.repeat(openness, 2, axis=0), 2, axis=1)[: rgb.shape[0], : rgb.shape[1]]
    shade = _TONE_CURVE[rgb].astype(np.float32) * openness[..., None]
    return (shade + 0.5).astype(np.uint8)


def ambient_openness(depth: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """Share (h, w) of ambient light that reaches each pixel's surface, from a depth image with every second pixel.

    Screen-space ambient occlusion: neighbours that rise above the surface's own plane take light away, less so the
    farther they are (after Mittring, "Finding next gen: CryEngine 2", 2007).
    """
    points = _view_points(depth, camera)
    normals = _view_normals(points)
    blocked = np.zeros(depth.shape, dtype=np.float32)
    for ring, turn in _RINGS_OF_IMAGE_HEIGHT.items():
        for angle in (np.arange(_DIRECTIONS) + turn) * 2.0 * np.pi / _DIRECTIONS:
            rows, columns = (round(2.0 * ring * depth.shape[0] * part) for part in (np.sin(angle), np.cos(angle)))
            here, there = _overlap(depth.shape, rows, columns)
            toward = points[:, *there] - points[:, *here]
            distance = np.sqrt(_dot(toward, toward)) + np.float32(1e-4)
            steepness = np.maximum(_dot(toward, normals[:, *here]) / distance - np.float32(_FLATNESS), 0.0)
            blocked[here] += steepness * np.maximum(1.0 - distance / np.float32(CONTACT_REACH_M), 0.0)
    samples = len(_RINGS_OF_IMAGE_HEIGHT) * _DIRECTIONS
    openness: NDArray[np.float32] = 1.0 - np.clip(gaussian_filter(blocked, 1.0) * (2.0 * _STRENGTH / samples), 0.0, 0.7)
    return openness


def _dot(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scalar products (h, w) of vectors (3, h, w)."""
    product: NDArray[np.float32] = first[0] * second[0] + first[1] * second[1] + first[2] * second[2]
    return product


def _view_points(depth: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """Points (3, h, w) in the camera frame under every second pixel."""
    rows = (np.arange(depth.shape[0], dtype=np.float32) * 2.0 + 0.5 - camera.intrinsics[1, 2]) / camera.intrinsics[1, 1]
    columns = (np.arange(depth.shape[1], dtype=np.float32) * 2.0 + 0.5 - camera.intrinsics[0, 2]) / camera.intrinsics[
        0, 0
    ]
    return np.stack([columns[None, :] * depth, rows[:, None] * depth, depth]).astype(np.float32)


def _view_normals(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit normals (3, h, w), towards the camera, of the surface through the points (3, h, w).

    Of the slopes to either neighbour the smaller is taken, which keeps edges of objects from bending the normals.
    """
    down, right = (_smaller_slope(points, axis) for axis in (1, 2))
    normals = np.cross(down, right, axis=0)
    length = np.sqrt(_dot(normals, normals)) + np.float32(1e-12)
    unit: NDArray[np.float32] = normals / length
    return unit


def _smaller_slope(points: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    step = np.diff(points, axis=axis)
    first, last = np.take(step, [0], axis=axis), np.take(step, [-1], axis=axis)
    ahead, behind = np.concatenate([step, last], axis=axis), np.concatenate([first, step], axis=axis)
    return np.where(np.abs(ahead[2]) < np.abs(behind[2]), ahead, behind)


def _overlap(shape: tuple[int, ...], rows: int, columns: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where pixels have a neighbour (rows, columns) away, and where those neighbours are."""

    def span(size: int, shift: int) -> tuple[slice, slice]:
        return slice(max(0, -shift), size - max(0, shift)), slice(max(0, shift), size + min(0, shift))

    here_rows, there_rows = span(shape[0], rows)
    here_columns, there_columns = span(shape[1], columns)
    return (here_rows, here_columns), (there_rows, there_columns)


def _tone_curve() -> NDArray[np.float32]:
    """Brightness out (256,) for brightness in: a gentle S that lifts the middle and rolls off the highlights."""
    x = np.linspace(0.0, 1.0, 256)
    lifted = x**0.86
    rolled = lifted * (1.0 + lifted * 0.12) / (1.0 + lifted * 0.16)
    curve: NDArray[np.float32] = (rolled / rolled[-1] * 250.0).astype(np.float32)
    return curve


_TONE_CURVE = _tone_curve()
