"""Whether an object has room to stand somewhere, and would be seen there."""

from __future__ import annotations

import numpy as np

from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import LEVEL_TOLERANCE_M, View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import OrientedBox, RigidTransform, clearance


def check_standing(view: View, moved: ObjectState, supporter: str) -> Rejection | None:
    """Why an object could not stand on `supporter` in the state `moved`; None when it can."""
    if not view.shows_whole(moved.box):
        return Rejection.LEAVES_VIEW
    if not is_supported(view, moved.box, supporter):
        return Rejection.NOT_SUPPORTED
    if collides(view, moved, supporter):
        return Rejection.COLLIDES
    if view.hidden_share(moved) > 1.0 - view.choices.min_target_visible:
        return Rejection.WOULD_BE_HIDDEN
    return None


def has_place(view: View, box: OrientedBox, supporter: str | None) -> bool:
    """Whether a box would be wholly in view and wholly on its support: places where it is worth looking for room."""
    return supporter is not None and view.shows_whole(box) and is_supported(view, box, supporter)


def is_supported(view: View, box: OrientedBox, supporter: str) -> bool:
    """Whether all of a box's footprint lies over a surface of `supporter` right under its bottom."""
    surface = view.surface(supporter, box.bottom)
    return surface is not None and surface.bears(box.footprint)


def collides(view: View, moved: ObjectState, supporter: str) -> bool:
    """Whether an object would come closer to anything than the clearance, or would cut into what bears it."""
    room = view.choices.clearance_m
    for other in view.state.others([moved.object_id, supporter]):
        apart = float(np.linalg.norm(other.box.center - moved.box.center))
        if apart < moved.box.radius + other.box.radius + room and clearance(moved.parts, other.parts) < room:
            return True
    if supporter not in view.state:
        return False
    lifted = moved.transformed(RigidTransform(translation=np.array([0.0, 0.0, LEVEL_TOLERANCE_M])))
    return clearance(lifted.parts, view.state[supporter].parts) <= 0.0
