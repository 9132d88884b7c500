"""Convex polygons in a plane, as (n, 2) arrays of corners in counterclockwise order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import ConvexHull, QhullError

Array = NDArray[np.float64]


def convex_hull(points: ArrayLike) -> Array:
    """Corners (k, 2), counterclockwise, of the smallest convex polygon round `points` (n, 2).

    Points that all lie on one line have no polygon: the result is then empty, (0, 2).
    """
    cloud = np.asarray(points, dtype=np.float64)
    try:
        corners: Array = cloud[ConvexHull(cloud).vertices]
    except QhullError:
        return np.empty((0, 2))
    return corners


def area(polygon: ArrayLike) -> float:
    """Area of a polygon (n, 2) by the shoelace formula: positive when counterclockwise, 0 when empty."""
    corners = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    x, y = corners[:, 0], corners[:, 1]
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def edge_distances(polygon: ArrayLike, points: ArrayLike) -> Array:
    """Signed distances (n, k) of `points` (n, 2) from the lines through the k edges: positive is inside."""
    corners = np.asarray(polygon, dtype=np.float64)
    edges = np.roll(corners, -1, axis=0) - corners
    inward = np.stack([-edges[:, 1], edges[:, 0]], axis=1) / np.linalg.norm(edges, axis=1, keepdims=True)
    offsets: Array = np.asarray(points, dtype=np.float64) @ inward.T - np.sum(corners * inward, axis=1)
    return offsets


def contains(polygon: ArrayLike, points: ArrayLike, margin: float = 0.0) -> NDArray[np.bool_]:
    """Which of `points` (n, 2) lie inside the convex polygon (k, 2), at least `margin` metres from its edges."""
    inside: NDArray[np.bool_] = np.all(edge_distances(polygon, points) >= margin, axis=1)
    return inside


def clip(subject: ArrayLike, clipper: ArrayLike) -> Array:
    """Intersection (k, 2) of two convex polygons, counterclockwise; (0, 2) when they share no area.

    Sutherland and Hodgman, "Reentrant polygon clipping", 1974.
    """
    result = np.asarray(subject, dtype=np.float64)
    corners = np.asarray(clipper, dtype=np.float64)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        direction = end - start
        heights = direction[0] * (result[:, 1] - start[1]) - direction[1] * (result[:, 0] - start[0])
        result = clip_by_heights(result, heights)
        if len(result) == 0:
            break
    return result


def clip_by_heights(polygon: Array, heights: Array) -> Array:
    """The part of a convex polygon (n, d) where a linear function is >= 0, from its `heights` (n,) at the corners."""
    kept: list[Array] = []
    for corner, following, height, next_height in zip(
        polygon, np.roll(polygon, -1, axis=0), heights, np.roll(heights, -1), strict=True
    ):
        if height >= 0:
            kept.append(corner)
        if (height >= 0) != (next_height >= 0):
            kept.append(corner + (following - corner) * (height / (height - next_height)))
    return np.array(kept).reshape(-1, polygon.shape[1])
