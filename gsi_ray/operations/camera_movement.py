"""CM: the target is moved a metric distance in a direction as the camera sees it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from gsi_ray.operations.designations import address
from gsi_ray.operations.directions import DIRECTIONS
from gsi_ray.operations.edits import Edit, Parameters
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
            offsets = {
                (direction, distance): RigidTransform(translation=distance * DIRECTIONS[direction](view.camera))
                for direction, distance in product(DIRECTIONS, view.choices.movements_m)
            }
            actions = [
                action
                for action, offset in offsets.items()
                if has_place(view, target.box.transformed(offset), target.supported_by)
            ]
            yield from possible(
                rigid_edit(
                    view,
                    self.name,
                    Parameters(direction=direction, distance_m=distance),
                    designation,
                    offsets[direction, distance],
                    supporter=target.supported_by,
                )
                for direction, distance in shuffled(actions, rng)[:_TRIES_PER_TARGET]
            )
