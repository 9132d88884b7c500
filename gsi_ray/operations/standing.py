"""Whether an object has room to stand somewhere, and would be seen there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import OrientedBox, RigidTransform, clearance, polygons

Array = NDArray[np.float64]

# Things sink a fraction of a millimetre into what bears them, and a surface may be a little uneven.
_SAME_LEVEL_M = 0.006
# Grids of support points are at most 4 cm apart, so a point of the surface has one within half the diagonal.
_GRID_REACH_M = 0.03
_FROM_EDGE_M = 0.005


def check_standing(view: View, moved: ObjectState, supporter: str) -> Rejection | None:
    """Why an object could not stand on `supporter` in the state `moved`; None when it can."""
    if view.state.resting_on(moved.object_id):
        return Rejection.CARRIES_OTHERS
    if not view.shows_whole(moved.box):
        return Rejection.LEAVES_VIEW
    if not is_supported(moved.box, view.support_points.get(supporter, np.empty((0, 3)))):
        return Rejection.NOT_SUPPORTED
    if collides(view, moved, supporter):
        return Rejection.COLLIDES
    if view.hidden_share(moved) > 1.0 - view.choices.min_target_visible:
        return Rejection.WOULD_BE_HIDDEN
    return None


def is_supported(box: OrientedBox, support_points: Array) -> bool:
    """Whether all of a box's footprint lies over a surface, given by grid points (n, 3), right under its bottom."""
    level = level_at(support_points, box.bottom)
    outline = polygons.convex_hull(level) if len(level) >= 3 else np.empty((0, 2))
    footprint = box.footprint
    if len(outline) == 0 or not np.all(polygons.contains(outline, footprint, margin=_FROM_EDGE_M)):
        return False
    # A hull spans gaps (the bowl of a sink in a worktop); the grid does not.
    gaps = np.linalg.norm(footprint[:, None] - level[None], axis=2).min(axis=1)
    return bool(np.all(gaps <= _GRID_REACH_M))


def level_at(support_points: Array, height: float) -> Array:
    """The support points, as (n, 2), whose surface is at a height."""
    return support_points[np.abs(support_points[:, 2] - height) <= _SAME_LEVEL_M, :2]


def collides(view: View, moved: ObjectState, supporter: str) -> bool:
    """Whether an object would come closer to anything than the clearance, or would cut into what bears it."""
    around = moved.box.inflated(view.choices.clearance_m)
    near = [
        other
        for other in view.state.others([moved.object_id])
        if other.object_id != supporter and clearance([around], [other.box]) <= 0.0
    ]
    for other in near:
        if clearance(moved.parts, other.parts) < view.choices.clearance_m:
            return True
    if supporter not in view.state:
        return False
    lifted = moved.transformed(RigidTransform(translation=np.array([0.0, 0.0, _SAME_LEVEL_M])))
    return clearance(lifted.parts, view.state[supporter].parts) <= 0.0
