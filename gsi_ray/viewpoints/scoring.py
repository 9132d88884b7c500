"""How good a view is: how many things that can be acted on it shows well.

`expected_scores` guesses it from boxes alone, to shorten the list; `measured_score` reads it off an instance image,
where hidden things no longer count.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import Camera
from gsi_ray.viewpoints.positions import gaps
from gsi_ray.viewpoints.settings import ViewSettings

Array = NDArray[np.float64]

# A thing fills about this share of the rectangle round its projected box.
_FILLING = 0.55
# A thing has room to be moved when it is this far, in widths of the image, from the border.
_ROOM_TO_MOVE = 0.12
# What a thing that is cut by the border takes away, next to the 1 that a whole one brings.
_CUT_PENALTY = 0.3
# What a group of things alike brings when two of them are seen: one can be told from the other by its place.
_GROUP_BONUS = 0.8
# Something hides a thing when the rectangle round what is seen of it is below this share of the one round its box.
_LEAST_SEEN = 0.5
_NEAR_M = 0.5
_LARGEST_NEAR_SHARE = 0.4


@dataclass(frozen=True, eq=False)
class Targets:
    """The things that can be acted on: `corners` (n, 8, 3) of their boxes, their `instances` (n,) in instance images,
    and `alike` (k, n): of each category that comes more than once, which ones are of it."""

    corners: Array
    instances: NDArray[np.int64]
    alike: NDArray[np.bool_]

    @staticmethod
    def of(objects: Sequence[ObjectState]) -> Targets:
        """The movable ones of the objects."""
        movable = [item for item in objects if item.movable]
        several = [name for name, times in Counter(item.category for item in movable).items() if times > 1]
        alike = np.array([[item.category == name for item in movable] for name in several], dtype=bool)
        return Targets(
            np.array([item.box.corners for item in movable]).reshape(-1, 8, 3),
            np.array([item.instance for item in movable], dtype=np.int64),
            alike.reshape(len(several), len(movable)),
        )


@dataclass(frozen=True, eq=False)
class Looks:
    """Many level cameras at one `position` (3,): `yaws`, `pitches` and vertical `fields_of_view`, each (c,), as in
    `Camera.at`; `aspect` is width over height of their images."""

    position: Array
    yaws: Array
    pitches: Array
    fields_of_view: Array
    aspect: float

    def rectangles(self, points: Array) -> tuple[Array, Array]:
        """Upper left and lower right (c, n, 2) of the images of n bodies, given by k `points` (n, k, 3) each.

        In widths and heights of the image; nan where a body reaches behind the camera.
        """
        zero, cosine, sine = np.zeros_like(self.yaws), np.cos(self.yaws), np.sin(self.yaws)
        level, rise = np.cos(self.pitches), np.sin(self.pitches)
        right = np.stack([sine, -cosine, zero], axis=1)
        down = np.stack([rise * cosine, rise * sine, -level], axis=1)
        forward = np.stack([level * cosine, level * sine, rise], axis=1)
        x, y, depth = np.einsum("acd,nkd->acnk", np.stack([right, down, forward]), points - self.position)
        half_height = np.tan(self.fields_of_view / 2.0)[:, None, None] * np.where(depth > 0.0, depth, np.nan)
        places = 0.5 + 0.5 * np.stack([x / (self.aspect * half_height), y / half_height], axis=-1)
        return places.min(axis=2), places.max(axis=2)


def in_sight(positions: Array, targets: Targets, objects: Sequence[ObjectState]) -> NDArray[np.bool_]:
    """Which targets are not hidden from which of `positions` (p, 3): (p, t).

    A target's centre stands for the whole; it is hidden when a part of any other object is in between.
    """
    centers = targets.corners.mean(axis=1)
    visible = np.ones((len(positions), len(centers)), dtype=bool)
    for item in objects:
        others = targets.instances != item.instance
        for part in item.parts:
            visible &= ~(others & part.hit_by(positions[:, None, :], centers))
    return visible


def expected_scores(looks: Looks, targets: Targets, visible: NDArray[np.bool_], settings: ViewSettings) -> Array:
    """Scores (c,) of cameras by the projected boxes of the targets, of which those that are `visible` (n,) count."""
    low, high = looks.rectangles(targets.corners)
    in_image = np.all((high > 0.0) & (low < 1.0), axis=-1)
    share = np.where(visible & in_image, _FILLING * np.prod(high - low, axis=-1), 0.0)
    return _scores(share, _framing(low, high), targets, settings)[0]


def measured_score(
    camera: Camera, targets: Targets, instances: NDArray[np.uint16], settings: ViewSettings
) -> tuple[float, int]:
    """Score of a camera by what its instance image (h, w), of any size, shows of the targets, and how many it shows."""
    pixels, depth = camera.project(targets.corners)
    places = np.where(depth[..., None] > 0.0, pixels / [camera.width, camera.height], np.nan)
    low, high = places.min(axis=1), places.max(axis=1)
    last = int(targets.instances.max(initial=0))
    share = np.bincount(instances.ravel(), minlength=last + 1)[targets.instances] / instances.size
    seen = find_objects(instances.astype(np.int32), max_label=last)
    extent = np.array([_area(seen[number - 1]) for number in targets.instances]) / instances.size
    hidden = extent < _LEAST_SEEN * np.prod(np.minimum(high, 1.0) - np.maximum(low, 0.0), axis=1)
    value, shown = _scores(np.where(hidden, 0.0, share), _framing(low, high), targets, settings)
    return float(value), int(shown)


def _area(rectangle: tuple[slice, slice] | None) -> int:
    """Pixels in a rectangle of rows and columns, where there is one."""
    return 0 if rectangle is None else math.prod(span.stop - span.start for span in rectangle)


def _framing(low: Array, high: Array) -> Array:
    """How well rectangles (..., 2) sit in the image: 1 with room all round, half at the border, 0 where cut."""
    margin = np.minimum(low, 1.0 - high).min(axis=-1)
    return np.where(margin >= 0.0, 0.5 + 0.5 * np.minimum(margin / _ROOM_TO_MOVE, 1.0), 0.0)


def _scores(share: Array, framing: Array, targets: Targets, settings: ViewSettings) -> tuple[Array, NDArray[np.int64]]:
    """What the targets, by their `share` of the image and `framing` (..., n), count in sum, and how many are whole."""
    large_enough = share >= settings.smallest_target
    whole = large_enough & (framing > 0.0)
    worth = np.sum(framing * np.minimum(share / settings.full_target, 1.0) * whole, axis=-1)
    cut = np.sum(large_enough & ~whole, axis=-1)
    groups = np.sum(whole.astype(np.int64) @ targets.alike.T > 1, axis=-1)
    return worth - _CUT_PENALTY * cut + _GROUP_BONUS * groups, whole.sum(axis=-1)


def is_blocked(instances: NDArray[np.uint16], position: Array, objects: Sequence[ObjectState]) -> bool:
    """Whether one thing close to the camera at `position` (3,) fills much of the instance image (h, w)."""
    seen = np.bincount(instances.ravel(), minlength=1 + max(item.instance for item in objects)) / instances.size
    return any(
        seen[item.instance] > _LARGEST_NEAR_SHARE and gaps(item.box, position[None])[0] < _NEAR_M for item in objects
    )
