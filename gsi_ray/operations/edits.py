"""What an edit is: T = <R, A, Phi>, the referents, the action with its words and numbers, and the 3D outcome."""

from __future__ import annotations

from dataclasses import dataclass

from gsi_ray.scenes.scene import SceneState
from gsi_ray.simulators.protocol import Change
from gsi_ray.spatial import Camera, RigidTransform


@dataclass(frozen=True)
class Parameters:
    """The words and numbers of an instruction; None where the operation does not use one.

    `direction`: left, right, forward, backward; up, down; clockwise, counterclockwise. `axis`: move, yaw, pitch.
    `relation`: left_of, right_of, in_front_of, behind. `placement`: center, near_edge, far_edge, left_edge, right_edge,
    near_left_corner, near_right_corner, far_left_corner, far_right_corner. `superlative`: leftmost, rightmost, closest,
    farthest, highest, lowest. `angle_deg` is positive: the direction carries the sign.
    """

    direction: str | None = None
    relation: str | None = None
    placement: str | None = None
    superlative: str | None = None
    axis: str | None = None
    distance_m: float | None = None
    angle_deg: float | None = None
    factor: float | None = None


@dataclass(frozen=True)
class Designation:
    """How an object is singled out: by its category alone, or also by its colour, or also by where it is in view."""

    object_id: str
    category: str
    color: str | None = None
    superlative: str | None = None


@dataclass(frozen=True, eq=False)
class Edit:
    """One edit that passed the geometric checks, ready to be carried out.

    `change` is None when only the camera moves. `camera` is the camera afterwards, `ideal` the state afterwards if
    nothing but the edit happened. `transform` takes the target's (or the camera's) pose before to the one after, in the
    world; it is None for a removal and the identity for a scaling.
    """

    operation: str
    parameters: Parameters
    target: Designation | None
    reference: Designation | None
    change: Change | None
    camera: Camera
    ideal: SceneState
    transform: RigidTransform | None
