"""RP: the target is moved to a named spot of a receptacle, such as the far left corner of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from gsi_ray.operations.designations import address, designate_by_look
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.moves import possible, rigid_edit
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.standing import has_place
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import OrientedBox, RigidTransform, polygons

Array = NDArray[np.float64]

PLACEMENTS: dict[str, tuple[float, float]] = {
    "center": (0.0, 0.0),
    "near_edge": (0.0, -1.0),
    "far_edge": (0.0, 1.0),
    "left_edge": (-1.0, 0.0),
    "right_edge": (1.0, 0.0),
    "near_left_corner": (-1.0, -1.0),
    "near_right_corner": (1.0, -1.0),
    "far_left_corner": (-1.0, 1.0),
    "far_right_corner": (1.0, 1.0),
}
"""Spots of a surface: how far to the right and how far away from the camera, from -1 to 1."""

_TRIES_PER_TARGET = 16
_FROM_EDGE_M = 0.03
# Beyond this, people no longer agree which of a table's edges is the near one.
_LARGEST_SKEW_DEG = 30.0
# A spot off the centre lies beyond this share of the receptacle's half width or depth, or it would not be told from it.
_LEAST_OFFSET = 0.4
# And one that is named for its middle, below this share.
_MOST_OFF_CENTER = 0.3
# The share of its bounding rectangle that a surface fills, above which it has corners at all.
_RECTANGULAR = 0.95
# "The left edge of the toilet" means nothing: a receptacle is what its top spans at least this share of.
_SPANNING = 0.6


class ReceptaclePlacement:
    """Puts an object at a named spot of something that has one level surface."""

    name = "receptacle_placement"
    code = "RP"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Every clear object in turn, at spots that can be told apart of the receptacles in view."""
        tops = {item.object_id: top for item in view.in_view if (top := _top_of(view, item)) is not None}
        landmarks = {name: designate_by_look(view, view.state[name]) for name in tops}
        named = {name: landmark for name, landmark in landmarks.items() if landmark is not None}
        if not named:
            yield Rejection.AMBIGUOUS if tops else Rejection.NO_TARGET
            return
        found_any = False
        for target in shuffled(view.targets, rng):
            designation = address(view, target)
            if isinstance(designation, Rejection):
                yield designation
                continue
            attempts = islice(self._on_tops(view, target, designation, tops, named, rng), _TRIES_PER_TARGET)
            first = next(attempts, None)
            if first is not None:
                found_any = True
                yield from possible(chain([first], attempts))
        if not found_any:
            yield Rejection.NOWHERE_TO_GO

    def _on_tops(
        self,
        view: View,
        target: ObjectState,
        designation: Designation,
        tops: Mapping[str, _Top],
        named: Mapping[str, Designation],
        rng: np.random.Generator,
    ) -> Iterator[Edit | Rejection]:
        for receptacle in shuffled([name for name in named if name != target.object_id], rng):
            offsets = _offsets(view, target, receptacle, tops[receptacle])
            for placement in shuffled(list(offsets), rng):
                yield rigid_edit(
                    view,
                    self.name,
                    Parameters(placement=placement),
                    designation,
                    offsets[placement],
                    supporter=receptacle,
                    reference=named[receptacle],
                )


@dataclass(frozen=True, eq=False)
class _Top:
    """The level top of a receptacle: a rectangle with `right` and `away` (2,) along its sides, named as the camera sees
    them, and `half` (2,) its half extents along these; `receptacle_center` and `receptacle_half` (2,) are those of all
    of the receptacle."""

    center: Array
    right: Array
    away: Array
    half: Array
    receptacle_center: Array
    receptacle_half: Array
    height: float
    has_corners: bool
    skew_deg: float

    def placements_for(self, target: ObjectState) -> Iterator[str]:
        """Names of the spots that mean something for this object on this surface."""
        room = self.half - _reach(target.box, self.right, self.away) - _FROM_EDGE_M
        for name, offset in PLACEMENTS.items():
            off_center = np.abs(offset) > 0.0
            if np.any(room < 0.0) or not self._is_told_apart(name, target):
                continue
            if np.any(off_center) and self.skew_deg > _LARGEST_SKEW_DEG:
                continue
            if np.all(off_center) and not self.has_corners:
                continue
            yield name

    def _is_told_apart(self, placement: str, target: ObjectState) -> bool:
        """Whether a spot is where its name says on the whole receptacle, of which the top may be but a part."""
        from_center = self.spot(placement, target) - self.receptacle_center
        share = np.stack([self.right, self.away]) @ from_center / self.receptacle_half
        named = np.array(PLACEMENTS[placement])
        off_center = named != 0.0
        far_enough = share[off_center] * named[off_center] >= _LEAST_OFFSET
        return bool(np.all(far_enough) and np.all(np.abs(share[~off_center]) <= _MOST_OFF_CENTER))

    def spot(self, placement: str, target: ObjectState) -> Array:
        """World point (2,) for the object's centre, so that at an edge its box keeps a little distance from it."""
        offset = np.array(PLACEMENTS[placement]) * (
            self.half - _reach(target.box, self.right, self.away) - _FROM_EDGE_M
        )
        return self.center + offset[0] * self.right + offset[1] * self.away


def _reach(box: OrientedBox, right: Array, away: Array) -> Array:
    """Half extents (2,) in metres of a box along two horizontal unit vectors (2,)."""
    axes = np.column_stack([np.stack([right, away]), np.zeros(2)])
    extents: Array = np.abs(axes @ box.rotation) @ box.size / 2.0
    return extents


def _top_of(view: View, item: ObjectState) -> _Top | None:
    """The top of an object if it has exactly one level surface, all over it; None for shelves, basins and the like."""
    points = view.support_points.get(item.object_id, np.empty((0, 3)))
    if len(points) < 3 or np.ptp(points[:, 2]) > 1e-3:
        return None
    sides = [item.box.rotation[:2, axis] for axis in (0, 1)]
    sides = [sign * side / np.linalg.norm(side) for side in sides for sign in (-1.0, 1.0)]
    right = max(sides, key=lambda side: float(side @ view.camera.ground_right[:2]))
    away = np.array([-right[1], right[0]])
    outline = polygons.convex_hull(points[:, :2])
    if polygons.area(outline) < _SPANNING * polygons.area(item.box.footprint):
        return None
    across = points[:, :2] @ np.stack([right, away]).T
    low, high = across.min(axis=0), across.max(axis=0)
    filled = polygons.area(outline) / float(np.prod(high - low))
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    return _Top(
        center=middle[0] * right + middle[1] * away,
        right=right,
        away=away,
        half=half,
        receptacle_center=item.box.center[:2],
        receptacle_half=_reach(item.box, right, away),
        height=float(points[0, 2]),
        has_corners=filled > _RECTANGULAR,
        skew_deg=float(np.degrees(np.arccos(np.clip(right @ view.camera.ground_right[:2], -1.0, 1.0)))),
    )


def _offsets(view: View, target: ObjectState, receptacle: str, top: _Top) -> dict[str, RigidTransform]:
    """What takes the target to each spot that is on the receptacle, in the picture, and not where it already is."""
    offsets = {}
    standing_point = np.array([*target.box.center[:2], target.box.bottom])
    for placement in top.placements_for(target):
        offset = RigidTransform(translation=np.array([*top.spot(placement, target), top.height]) - standing_point)
        moves = np.linalg.norm(offset.translation) >= min(view.choices.movements_m)
        if moves and has_place(view, target.box.transformed(offset), receptacle):
            offsets[placement] = offset
    return offsets
