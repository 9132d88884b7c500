"""Depth and masks of boxes in a bare room, ray-cast in numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import Camera, OrientedBox

_THICK = 0.2
FLOOR = OrientedBox([0.0, 0.0, -_THICK / 2.0], [20.0, 20.0, _THICK], np.eye(3))
WALLS = (
    OrientedBox([4.0, 0.0, 2.0], [_THICK, 20.0, 4.0], np.eye(3)),
    OrientedBox([0.0, 3.0, 2.0], [20.0, _THICK, 4.0], np.eye(3)),
)


def render(boxes: Sequence[OrientedBox], camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Planar depth (h, w) in metres, and which of the boxes each pixel (h, w) shows; all rays are to meet one."""
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    rays = camera.unproject(np.stack([columns, rows], axis=-1), np.ones(columns.shape)) - camera.position
    entries = np.stack([_entry(box, camera.position, rays) for box in boxes])
    depth = entries.min(axis=0)
    assert np.all(np.isfinite(depth)), "the camera sees past the boxes"
    return depth, entries.argmin(axis=0)


def _entry(box: OrientedBox, origin: NDArray[np.float64], rays: NDArray[np.float64]) -> NDArray[np.float64]:
    """Depth (h, w) at which rays enter a box, infinite where they miss it."""
    start, along = (origin - box.center) @ box.rotation, rays @ box.rotation
    first, second = (-box.size / 2.0 - start) / along, (box.size / 2.0 - start) / along
    entry = np.minimum(first, second).max(axis=-1)
    leave = np.maximum(first, second).min(axis=-1)
    return np.where((entry <= leave) & (entry > 0.0), entry, np.inf)
