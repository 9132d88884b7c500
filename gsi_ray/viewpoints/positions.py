"""Where to stand: free floor positions, thinned out to a few that lie as far apart as they can."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import OrientedBox

Array = NDArray[np.float64]

# Positions lie on a 10 cm grid: neighbours, also across a corner, belong together; a tiny pocket does not count.
_NEIGHBOR_M = 0.16
_FEWEST_NEIGHBORS = 4


def dispersed_positions(positions: Array, count: int, rng: np.random.Generator) -> Array:
    """About `count` of the floor positions (n, 2), dispersed within each part of the floor that hangs together.

    The parts are clusters by DBSCAN (Ester et al. 1996), each with its share of `count`, but at least one position.
    """
    from sklearn.cluster import DBSCAN  # takes seconds to import, which those who only read recipes need not wait for

    if len(positions) == 0:
        return positions
    labels = DBSCAN(eps=_NEIGHBOR_M, min_samples=_FEWEST_NEIGHBORS).fit_predict(positions)
    clusters = [positions[labels == label] for label in range(labels.max() + 1)]
    in_clusters = sum(len(cluster) for cluster in clusters)
    shares = [max(1, round(count * len(cluster) / in_clusters)) for cluster in clusters]
    chosen = [cluster[farthest_points(cluster, share, rng)] for cluster, share in zip(clusters, shares, strict=True)]
    return np.concatenate(chosen) if chosen else positions[farthest_points(positions, count, rng)]


def farthest_points(points: Array, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of at most `count` of the `points` (n, d): a random first, then always the farthest from those chosen.

    Within a factor of two of the best possible spacing: Gonzalez, "Clustering to minimize the maximum intercluster
    distance", 1985.
    """
    chosen = [int(rng.integers(len(points)))]
    distances = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(np.argmax(distances)))
        distances = np.minimum(distances, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return np.array(chosen)


def gaps(box: OrientedBox, points: Array) -> Array:
    """Distances (n,) in metres of `points` (n, 3) from an oriented box; 0 inside."""
    outside = np.maximum(np.abs(box.pose.inverse().apply(points)) - box.size / 2.0, 0.0)
    distances: Array = np.linalg.norm(outside, axis=1)
    return distances


def clear(points: Array, boxes: Sequence[OrientedBox], margin: float) -> NDArray[np.bool_]:
    """Which of `points` (n, 3) keep at least `margin` metres from all boxes."""
    free = np.ones(len(points), dtype=bool)
    for box in boxes:
        free &= gaps(box, points) >= margin
    return free
