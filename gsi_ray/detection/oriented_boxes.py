"""From a mask and metric depth to an upright oriented box, under known intrinsics.

Everything is in the camera frame (OpenCV, metres). Depth is planar: the z of each pixel's point. Pixel (column, row)
covers [column, column + 1) x [row, row + 1), and its point lies on the ray through its middle.

A box is what its visible points span: nothing is made up for what nothing is seen of. So the box of something of which
only the front is seen has next to no depth, and that of something half hidden is the smaller for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import OrientedBox, polygons

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Up, for a camera that is held level.
_LEVEL = np.array([0.0, -1.0, 0.0])

# Shares of the depth: a surface rises by less from each pixel to the next, and a thing has no gap that is wider.
_STEEP = 0.03
_APART = 0.05
# This share of the points, at either end of each axis, are stray.
_STRAY = 0.0025
_FEWEST_POINTS = 16

# Cameras are expected to look from 20 degrees above the horizon to 70 below it, and to lean by 30 at most. What lies
# outside of that is most likely a wall taken for the floor.
_PITCHES = np.radians([0.0, 30.0, 60.0])
_HIGHEST, _LOWEST, _LEANING = np.radians([-20.0, 70.0, 30.0])
_NORMALS_ACROSS = 160


@dataclass(frozen=True, eq=False)
class Surfaces:
    """What is seen of the surfaces in a picture, once for all things in it.

    `depth` (h, w), `points` (h, w, 3) of the pixels, `sound` (h, w) where they lie on a surface, and `up` (3,), of unit
    length.
    """

    depth: NDArray[np.floating]
    points: Array
    sound: Mask
    up: Array

    @staticmethod
    def of(depth: NDArray[np.floating], intrinsics: Array) -> Surfaces:
        """Of metric depth (h, w), seen by a camera with `intrinsics` (3, 3)."""
        columns, rows = np.meshgrid(np.arange(depth.shape[1]) + 0.5, np.arange(depth.shape[0]) + 0.5)
        pixels = np.stack([columns, rows, np.ones(depth.shape)], axis=-1)
        points = pixels @ np.linalg.inv(intrinsics).T * depth[..., None]
        return Surfaces(depth, points, _steepness(depth) <= _STEEP * depth, up_direction(points))

    def box(self, mask: Mask) -> OrientedBox | None:
        """The box round what a mask (h, w) covers; None where that is too little to tell.

        With true depth, what stands clear and shows its top comes back to within two pixels' width on each side.
        Left out is what lies on no surface, as the pixels that estimated depth runs through at an edge, smoothly, from
        what is in front to what is behind; and whatever lies apart in depth from the most of it, as the wall that a
        mask has run over to does.
        """
        if np.count_nonzero(mask) < _FEWEST_POINTS:
            return None
        kept = mask & self.sound
        if np.count_nonzero(kept) < _FEWEST_POINTS:  # too thin to have a surface
            kept = mask
        depth, points = self.depth[kept], self.points[kept]
        ordered = np.sort(depth)
        gaps = np.flatnonzero(np.diff(ordered) > _APART * ordered[:-1]) + 1
        first, end = max(pairwise([0, *gaps, len(ordered)]), key=lambda part: part[1] - part[0])
        return upright_box(points[(depth >= ordered[first]) & (depth <= ordered[end - 1])], self.up)


def up_direction(points: Array) -> Array:
    """Up (3,), of unit length, as the points (h, w, 3) of a picture have it: most surfaces lie flat or stand upright.

    From a first guess, it is the direction to which the normals that are nearly parallel to it are most parallel, and
    those nearly square to it most square (Gupta, Arbelaez and Malik, "Perceptual organization and recognition of indoor
    scenes from RGB-D images", CVPR 2013). Of three guesses, level and looking down by 30 and 60 degrees, the one that
    explains most normals wins. Where none comes to what is likely of a camera, it counts as held level.
    """
    normals = _normals(points)
    found = [_settled(normals, np.array([0.0, -np.cos(pitch), -np.sin(pitch)])) for pitch in _PITCHES]
    likely = [up for up in found if _HIGHEST <= np.arcsin(-up[2]) <= _LOWEST and abs(up[0]) <= np.sin(_LEANING)]
    return max(likely, key=lambda up: _explained(normals, up), default=_LEVEL)


def upright_box(points: Array, up: Array) -> OrientedBox:
    """The smallest box round `points` (n, 3) that stands upright, stray points aside, in GSI-Bench's axes.

    Its own y axis points down; of the four turns that the same box has, its x and z axes have the one that is nearest
    to right and forward. A side of the smallest rectangle round points lies on a side of their convex hull (Freeman and
    Shapira, "Determining the minimum-area encasing rectangle for an arbitrary closed curve", 1975).
    """
    forward = np.array([0.0, 0.0, 1.0]) - up[2] * up
    forward /= np.linalg.norm(forward)
    right = np.cross(-up, forward)
    turn = _turn(points @ np.stack([right, forward], axis=1))
    x = np.cos(turn) * right + np.sin(turn) * forward
    rotation = np.stack([x, -up, np.cross(x, -up)], axis=1)
    low, high = np.quantile(points @ rotation, [_STRAY, 1.0 - _STRAY], axis=0)
    return OrientedBox(rotation @ (low + high) / 2.0, high - low, rotation)


def outline(mask: Mask) -> Array:
    """x0, y0, x1, y1 (4,) in pixels round a mask (h, w) that has some, x1 and y1 exclusive."""
    rows, columns = np.nonzero(mask)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], dtype=np.float64)


def distinct(masks: NDArray[np.bool_], scores: NDArray[np.floating], most_overlap: float) -> list[int]:
    """Which of `masks` (n, h, w) show things of their own, the best score first.

    A mask whose intersection over union with a better one is above `most_overlap` shows the same thing once more.
    """
    kept: list[int] = []
    for one in np.argsort(-scores, kind="stable").tolist():
        if all(_overlap(masks[one], masks[other]) <= most_overlap for other in kept):
            kept.append(one)
    return kept


def _overlap(first: Mask, second: Mask) -> float:
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 0.0


def _steepness(depth: NDArray[np.floating]) -> Array:
    """How much depth (h, w) changes to the nearer of two opposite neighbours: little at a clean edge, much on a slope.

    The larger one of across and along the picture.
    """
    padded = np.pad(depth, 1, mode="reflect")
    middle = padded[1:-1, 1:-1]
    across = np.minimum(np.abs(middle - padded[1:-1, :-2]), np.abs(middle - padded[1:-1, 2:]))
    along = np.minimum(np.abs(middle - padded[:-2, 1:-1]), np.abs(middle - padded[2:, 1:-1]))
    return np.maximum(across, along)


def _normals(points: Array) -> Array:
    """Unit normals (n, 3) of the surfaces in a picture, about as many across its shorter side as is enough."""
    step = max(1, min(points.shape[:2]) // _NORMALS_ACROSS)
    some = points[::step, ::step]
    along = some[:-2, 2:] - some[:-2, :-2]
    down = some[2:, :-2] - some[:-2, :-2]
    normals = np.cross(along, down).reshape(-1, 3)
    lengths = np.linalg.norm(normals, axis=1)
    return normals[lengths > 0.0] / lengths[lengths > 0.0, None]


def _settled(normals: Array, up: Array) -> Array:
    """The direction that a first guess comes to, upwards."""
    start = up
    for within in np.radians([45.0] * 5 + [15.0] * 5):
        towards = np.abs(normals @ up)
        flat, upright = normals[towards > np.cos(within)], normals[towards < np.sin(within)]
        # The guess itself counts a little, to decide where the surfaces leave it open.
        spread = upright.T @ upright - flat.T @ flat - 1e-3 * len(normals) * np.outer(start, start)
        up = np.linalg.eigh(spread).eigenvectors[:, 0]
        up = up if up[1] <= 0.0 else -up
    return up


def _explained(normals: Array, up: Array) -> int:
    """How many normals lie within 15 degrees of a direction, or of being square to it."""
    towards = np.abs(normals @ up)
    return int(np.count_nonzero((towards > np.cos(np.radians(15.0))) | (towards < np.sin(np.radians(15.0)))))


def _turn(footprint: Array) -> float:
    """The angle, from -45 to 45 degrees in radians, of the smallest rectangle round points (n, 2)."""
    corners = polygons.convex_hull(footprint)
    if len(corners) == 0:  # all on one line
        along = footprint[:, np.argmax(np.ptp(footprint, axis=0))]
        corners = footprint[[np.argmin(along), np.argmax(along)]]
    edges = np.roll(corners, -1, axis=0) - corners
    angles = (np.arctan2(edges[:, 1], edges[:, 0]) + np.pi / 4.0) % (np.pi / 2.0) - np.pi / 4.0
    cosines, sines = np.cos(angles), np.sin(angles)
    areas = np.ptp(corners @ np.stack([cosines, sines]), axis=0) * np.ptp(corners @ np.stack([-sines, cosines]), axis=0)
    return float(angles[np.argmin(areas)])
