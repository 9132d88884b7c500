"""What an operation works from: one scene at rest, seen from one camera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from gsi_ray.operations.choices import Choices
from gsi_ray.scenes.scene import ObjectState, SceneState
from gsi_ray.simulators.protocol import Observation
from gsi_ray.spatial import Camera, OrientedBox, polygons

Array = NDArray[np.float64]
Bounds = tuple[float, float, float, float]

# A point is behind what the picture shows there if it is farther than that by more than this.
_DEPTH_SLACK_M = 0.01
# Things sink a fraction of a millimetre into what bears them, and a surface may be a little uneven.
LEVEL_TOLERANCE_M = 0.006
# Grids of support points are at most 4 cm apart, so a point of the surface has one within half the diagonal.
_GRID_REACH_M = 0.03
_FROM_EDGE_M = 0.005


@dataclass(frozen=True, eq=False)
class Surface:
    """A level place to stand on, at a `height` in metres, as grid points and the convex polygon (n, 2) round them."""

    height: float
    grid: KDTree
    outline: Array

    def bears(self, footprint: Array) -> bool:
        """Whether all of a footprint (n, 2) lies on the surface, a little inside of its edge."""
        if not np.all(polygons.contains(self.outline, footprint, margin=_FROM_EDGE_M)):
            return False
        # An outline spans gaps (the bowl of a basin in its counter); the grid does not.
        gaps, _ = self.grid.query(footprint)
        return bool(np.all(gaps <= _GRID_REACH_M))


@dataclass(frozen=True, eq=False)
class View:
    """A scene at rest, the camera, what it sees, and what may be chosen.

    `support_points` has for each object that can carry others, and for "floor", a grid (n, 3) of world points.
    """

    state: SceneState
    camera: Camera
    observation: Observation
    support_points: Mapping[str, Array]
    choices: Choices
    _surfaces: dict[str, tuple[Surface, ...]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def pixels(self) -> Mapping[int, int]:
        """Visible pixels by instance number, of the instances that have any."""
        numbers, counts = np.unique(self.observation.instances, return_counts=True)
        return {int(number): int(count) for number, count in zip(numbers, counts, strict=True) if number}

    @cached_property
    def in_view(self) -> tuple[ObjectState, ...]:
        """Every object with at least one pixel in the picture."""
        return tuple(item for item in self.state.objects if item.instance in self.pixels)

    @cached_property
    def clear(self) -> tuple[ObjectState, ...]:
        """Objects that a person would readily see: large enough, hardly hidden, not cut off by the picture's border."""
        return tuple(item for item in self.in_view if self._is_clear(item))

    @cached_property
    def targets(self) -> tuple[ObjectState, ...]:
        """Clear objects that can be moved."""
        return tuple(item for item in self.clear if item.movable)

    def surface(self, supporter: str, height: float) -> Surface | None:
        """The surface of `supporter` (an object id or "floor") at a height in metres; None if it has none there."""
        if supporter not in self._surfaces:
            points = self.support_points.get(supporter, np.empty((0, 3)))
            self._surfaces[supporter] = tuple(_surfaces_through(points))
        surfaces = self._surfaces[supporter]
        return next((one for one in surfaces if abs(one.height - height) <= LEVEL_TOLERANCE_M), None)

    def _is_clear(self, item: ObjectState) -> bool:
        enough = self.choices.min_target_pixels * self.camera.width * self.camera.height
        visible = self.observation.visible_fraction.get(item.object_id, 0.0)
        return (
            self.pixels[item.instance] >= enough
            and visible >= self.choices.min_target_visible
            and self.shows_whole(item.box)
        )

    def shows_whole(self, box: OrientedBox) -> bool:
        """Whether no corner of a box falls outside the picture."""
        pixels, depth = self.camera.project(box.corners)
        inside = (pixels >= 0.0) & (pixels <= [self.camera.width, self.camera.height])
        return bool(np.all(depth > 0.0) and np.all(inside))

    def bounds(self, item: ObjectState) -> Bounds:
        """x0, y0, x1, y1 in pixels round an object's visible pixels; x1 and y1 exclusive."""
        rows, columns = np.nonzero(self.observation.instances == item.instance)
        return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)

    def mean_color(self, item: ObjectState) -> Array:
        """Mean red, green and blue (3,), 0 to 255, of an object's visible pixels."""
        mean: Array = self.observation.rgb[self.observation.instances == item.instance].mean(axis=0)
        return mean

    def hidden_share(self, moved: ObjectState) -> float:
        """Share of a box that what is now in the picture, the object itself left out, would cover.

        Judged at 27 points of the box, a little inside of its faces.
        """
        steps = np.array([-0.4, 0.0, 0.4])
        grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
        pixels, depth = self.camera.project(moved.box.pose.apply(grid * moved.box.size))
        columns, rows = np.clip(pixels.astype(int), 0, [self.camera.width - 1, self.camera.height - 1]).T
        seen, instance = self.observation.depth[rows, columns], self.observation.instances[rows, columns]
        covered = (seen > 0.0) & (seen < depth - _DEPTH_SLACK_M) & (instance != moved.instance)
        return float(np.mean(covered))


def _surfaces_through(points: Array) -> Iterator[Surface]:
    """The level surfaces, from the lowest up, that grid points (n, 3) lie on."""
    ascending = points[np.argsort(points[:, 2], kind="stable")]
    steps = np.flatnonzero(np.diff(ascending[:, 2]) > LEVEL_TOLERANCE_M) + 1
    for level in np.split(ascending, steps):
        outline = polygons.convex_hull(level[:, :2]) if len(level) >= 3 else np.empty((0, 2))
        if len(outline):
            yield Surface(float(level[:, 2].mean()), KDTree(level[:, :2]), outline)
