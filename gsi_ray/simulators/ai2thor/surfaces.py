"""Where something could stand on a receptacle: its level surfaces, as a camera right above it sees them.

AI2-THOR itself only tells a grid of points that hover above what its receptacles are for, at no known height.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion

from gsi_ray.spatial import Camera, OrientedBox

Array = NDArray[np.float64]

PICTURE_PIXELS = 400
FIELD_OF_VIEW = np.radians(60.0)

# The border of the picture stays free.
_ROOM = 1.05
_CLOSEST_M = 0.5
_GRID_M = 0.035
# From one pixel to the next a level surface rises by no more than this, whatever the depth's noise.
_LARGEST_SLOPE = 0.05
_NOISE_M = 1e-3
# Two surfaces are apart by more than this; one is at least so large.
_LEVEL_M = 0.006
_SMALLEST_M2 = 0.004


def camera_above(box: OrientedBox) -> Camera:
    """A camera that looks straight down on all of an object from above; nothing else must be in its way."""
    reach = float(np.abs(box.footprint - box.center[:2]).max())
    height = max(_CLOSEST_M, _ROOM * reach / np.tan(FIELD_OF_VIEW / 2.0))
    position = np.array([*box.center[:2], box.top + height])
    return Camera.at(position, np.pi / 2.0, -np.pi / 2.0, float(FIELD_OF_VIEW), PICTURE_PIXELS, PICTURE_PIXELS)


def level_points(camera: Camera, depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> Array:
    """A grid of points (n, 3) on the level surfaces of what a camera right above sees under a mask (h, w).

    At most 4 cm apart, with the borders of the surfaces, and all those of one surface at one height.
    """
    rows, columns = np.indices(depth.shape)
    points = camera.unproject(np.stack([columns, rows], axis=-1) + 0.5, depth)
    heights = points[..., 2]
    found = [np.empty((0, 3))]
    for level in _levels(heights[_flat(heights, mask, _pitch(camera, depth, mask))]):
        on_level = mask & (np.abs(heights - level) <= _LEVEL_M / 2.0)
        pitch = float((camera.position[2] - level) / camera.intrinsics[0, 0])
        if np.count_nonzero(on_level) * pitch**2 < _SMALLEST_M2:
            continue
        step = max(1, int(_GRID_M / pitch))
        kept = on_level & ((rows % step == 0) & (columns % step == 0) | ~binary_erosion(on_level))
        found.append(np.column_stack([points[kept][:, :2], np.full(np.count_nonzero(kept), level)]))
    return np.concatenate(found)


def _pitch(camera: Camera, depth: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    """How far apart two pixels are on what is seen under the mask, in metres, at most."""
    return float(depth[mask].max(initial=0.0) / camera.intrinsics[0, 0])


def _flat(heights: Array, mask: NDArray[np.bool_], pitch: float) -> NDArray[np.bool_]:
    """The pixels of a mask whose neighbours on all sides are in it and about as high."""
    flat = binary_erosion(mask)
    limit = max(_NOISE_M, _LARGEST_SLOPE * pitch)
    for axis in (0, 1):
        for side in (-1, 1):
            flat &= np.abs(heights - np.roll(heights, side, axis=axis)) < limit
    return flat


def _levels(heights: Array) -> list[float]:
    """The heights, from the lowest up, about which `heights` (n,) gather, the most crowded ones first to be chosen."""
    levels: list[float] = []
    left = heights
    while len(left):
        bins = np.round((left - left.min()) / (_LEVEL_M / 3.0)).astype(int)
        crowded = left[bins == np.bincount(bins).argmax()]
        level = float(np.median(crowded))
        levels.append(level)
        left = left[np.abs(left - level) > _LEVEL_M]
    return sorted(levels)
