"""CM: the target is moved a metric distance in a direction as the camera sees it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from gsi_ray.operations.designations import address, address_again
from gsi_ray.operations.directions import DIRECTIONS, OPPOSITES
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.moves import possible, rigid_edit
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.standing import has_place
from gsi_ray.operations.view import View
from gsi_ray.spatial import RigidTransform

_TRIES_PER_TARGET = 4


class CameraMovement:
    """Slides an object over the surface that it stands on."""

    name = "camera_movement"
    code = "CM"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Every clear object in turn, with a few distances and directions."""
        for target in shuffled(view.targets, rng):
            designation = address(view, target)
            if isinstance(designation, Rejection):
                yield designation
                continue
            actions = [
                (direction, distance)
                for direction, distance in product(DIRECTIONS, view.choices.movements_m)
                if has_place(view, target.box.transformed(_offset(view, direction, distance)), target.supported_by)
            ]
            yield from possible(
                self._slide(view, designation, direction, distance)
                for direction, distance in shuffled(actions, rng)[:_TRIES_PER_TARGET]
            )

    def inverse(self, before: View, done: Edit, after: View) -> Edit | Rejection:
        """As far in the opposite direction."""
        designation = address_again(after, done)
        if isinstance(designation, Rejection):
            return designation
        assert done.parameters.direction is not None and done.parameters.distance_m is not None
        return self._slide(after, designation, OPPOSITES[done.parameters.direction], done.parameters.distance_m)

    def _slide(self, view: View, target: Designation, direction: str, distance: float) -> Edit | Rejection:
        return rigid_edit(
            view,
            self.name,
            Parameters(direction=direction, distance_m=distance),
            target,
            _offset(view, direction, distance),
            supporter=view.state[target.object_id].supported_by,
        )


def _offset(view: View, direction: str, distance: float) -> RigidTransform:
    return RigidTransform(translation=distance * DIRECTIONS[direction](view.camera))
