"""Compares what the simulator did with what was asked of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gsi_ray.operations.edits import Edit
from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling.settings import Tolerances
from gsi_ray.scenes.scene import ObjectState, SceneState
from gsi_ray.simulators.protocol import SetPose
from gsi_ray.spatial import RigidTransform, rotations


@dataclass(frozen=True)
class Deviation:
    """How far apart two states of one object are: centres in metres, orientations in degrees."""

    position_m: float
    rotation_deg: float


def deviation(actual: ObjectState, expected: ObjectState) -> Deviation:
    """How far one state of an object is from another."""
    angle = rotations.angle_between(actual.box.rotation, expected.box.rotation)
    return Deviation(float(np.linalg.norm(actual.box.center - expected.box.center)), float(np.degrees(angle)))


def check_target(edit: Edit, actual: SceneState, tolerances: Tolerances) -> Rejection | Deviation | None:
    """The target's deviation from the ideal, or its rejection; None where no target is left to measure.

    A camera has none: it goes exactly where it is told.
    """
    if edit.target is None:
        return Deviation(0.0, 0.0)
    if edit.target.object_id not in edit.ideal:
        return None
    ideal, outcome = edit.ideal[edit.target.object_id], actual[edit.target.object_id]
    error = deviation(outcome, ideal)
    astray = error.position_m > tolerances.position_m or error.rotation_deg > tolerances.rotation_deg
    if astray or outcome.supported_by != ideal.supported_by:
        return Rejection.OFF_IDEAL
    return error


def achieved_transform(edit: Edit, before: SceneState, actual: SceneState) -> RigidTransform | None:
    """What took the target from its pose before to its actual one after; where nothing was posed, the edit's own."""
    if not isinstance(edit.change, SetPose):
        return edit.transform
    name = edit.change.object_id
    return actual[name].box.pose @ before[name].box.pose.inverse()


def bystander_moved(edit: Edit, actual: SceneState, control: SceneState, tolerances: Tolerances) -> bool:
    """Whether anything but the target is elsewhere than in the control, which settled as long with no action."""
    target = edit.target.object_id if edit.target is not None else ""
    errors = [deviation(actual[bystander.object_id], bystander) for bystander in control.others([target])]
    return any(
        error.position_m > tolerances.bystander_position_m or error.rotation_deg > tolerances.bystander_rotation_deg
        for error in errors
    )
