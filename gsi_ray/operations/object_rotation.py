"""OR: the target is turned about the vertical axis through the centre of its box."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from gsi_ray.operations.designations import address, address_again
from gsi_ray.operations.directions import OPPOSITES
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.moves import possible, rigid_edit
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import RigidTransform, rotations

SENSES = {"clockwise": -1.0, "counterclockwise": 1.0}
"""Sign of the rotation about the world's z axis: clockwise is as seen from above."""


class ObjectRotation:
    """Turns an object where it stands, by an angle that its shape lets one see."""

    name = "object_rotation"
    code = "OR"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Every clear object in turn, with all angles that show on it."""
        for target in shuffled(view.targets, rng):
            actions = [
                (sense, angle)
                for sense, angle in product(SENSES, view.choices.rotations_deg)
                if shows_on(target.yaw_symmetry, angle)
            ]
            if not actions:
                yield Rejection.ROTATION_INVISIBLE
                continue
            designation = address(view, target)
            if isinstance(designation, Rejection):
                yield designation
                continue
            yield from possible(self._turn(view, designation, sense, angle) for sense, angle in shuffled(actions, rng))

    def inverse(self, before: View, done: Edit, after: View) -> Edit | Rejection:
        """As far in the opposite sense."""
        designation = address_again(after, done)
        if isinstance(designation, Rejection):
            return designation
        assert done.parameters.direction is not None and done.parameters.angle_deg is not None
        return self._turn(after, designation, OPPOSITES[done.parameters.direction], done.parameters.angle_deg)

    def _turn(self, view: View, designation: Designation, sense: str, angle: float) -> Edit | Rejection:
        target = view.state[designation.object_id]
        return rigid_edit(
            view,
            self.name,
            Parameters(direction=sense, angle_deg=angle),
            designation,
            _turn_in_place(target, SENSES[sense] * np.deg2rad(angle)),
            supporter=target.supported_by,
        )


def shows_on(yaw_symmetry: int, angle_deg: float) -> bool:
    """Whether a turn by `angle_deg` changes the look of a shape that looks the same `yaw_symmetry` times per full turn.

    0 stands for round: no turn shows.

    >>> shows_on(2, 90.0), shows_on(2, 180.0), shows_on(0, 90.0)
    (True, False, False)
    """
    return yaw_symmetry != 0 and (angle_deg * yaw_symmetry) % 360.0 != 0.0


def _turn_in_place(target: ObjectState, angle: float) -> RigidTransform:
    """The world transform (metres, radians) that turns an object about the vertical through its box centre."""
    rotation = rotations.about_z(angle)
    return RigidTransform(rotation, target.box.center - rotation @ target.box.center)
