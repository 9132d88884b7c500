"""Why a candidate edit was not taken. Every rejection has one of these names, and is counted by it."""

from __future__ import annotations

from enum import StrEnum


class Rejection(StrEnum):
    """Names of rejections, in the order in which a candidate meets them."""

    # Found by geometry, before the simulator is asked.
    NO_TARGET = "no_target"
    """Nothing in view can be the object of this operation."""
    AMBIGUOUS = "ambiguous"
    """No words single the object out."""
    NOWHERE_TO_GO = "nowhere_to_go"
    """No place that the recipe's numbers reach is both on the surface and in the picture."""
    CARRIES_OTHERS = "carries_others"
    """Other things stand on it or in it, and would come along."""
    NOT_SUPPORTED = "not_supported"
    """It would stand over an edge, or on nothing."""
    COLLIDES = "collides"
    """It would touch something else."""
    LEAVES_VIEW = "leaves_view"
    """It would not be wholly in the picture."""
    WOULD_BE_HIDDEN = "would_be_hidden"
    """Something nearer to the camera would cover it."""
    ROTATION_INVISIBLE = "rotation_invisible"
    """Its shape looks the same after such a turn."""
    CAMERA_BLOCKED = "camera_blocked"
    """The camera would stand in a wall or a thing."""
    SCENE_LEAVES_VIEW = "scene_leaves_view"
    """Too little of what was in view would still be."""
    NO_INVERSE = "no_inverse"
    """The number that would take the edit back is none that the recipe lets instructions name."""
    # Found by the simulator.
    ACTION_REFUSED = "action_refused"
    """The simulator would not do it."""
    OFF_IDEAL = "off_ideal"
    """The target did not come to rest where it should."""
    BYSTANDER_MOVED = "bystander_moved"
    """Something else moved that stays still without the edit."""
    # Found in the pictures.
    HARDLY_CHANGED = "hardly_changed"
    """Too few pixels changed."""
    TARGET_HIDDEN = "target_hidden"
    """Too little of the target shows afterwards."""
    TARGET_SMALL = "target_small"
    """The target covers too few pixels afterwards."""
    CHANGED_ELSEWHERE = "changed_elsewhere"
    """The picture changed where neither the target nor its shadow is."""
    VIEW_BLOCKED = "view_blocked"
    """The new view is filled by something close, or shows too few things."""
    # Found in the end.
    CHAIN_BROKEN = "chain_broken"
    """Nothing could be done after it: it would have been the only edit of its chain."""
