"""OP: the target is placed at a metric offset from a reference object, centre to centre."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import numpy as np

from gsi_ray.operations.designations import address, designate_by_look
from gsi_ray.operations.directions import DIRECTIONS, RELATIONS
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.moves import possible, rigid_edit
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.standing import has_place
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import RigidTransform

_TRIES_PER_TARGET = 16
_TRIES_PER_REFERENCE = 4


class ObjectPlacement:
    """Puts an object beside another, on the surface on which that other stands."""

    name = "object_placement"
    code = "OP"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Every clear object in turn, beside others that can be moved too, with room between the two."""
        for target in shuffled(view.targets, rng):
            designation = address(view, target)
            if isinstance(designation, Rejection):
                yield designation
                continue
            yield from possible(islice(self._beside_others(view, target, designation, rng), _TRIES_PER_TARGET))

    def _beside_others(
        self, view: View, target: ObjectState, designation: Designation, rng: np.random.Generator
    ) -> Iterator[Edit | Rejection]:
        others = [item for item in view.targets if item is not target]
        for reference in shuffled(others, rng):
            landmark = designate_by_look(view, reference)
            if landmark is None:
                yield Rejection.AMBIGUOUS
                continue
            offsets = _offsets(view, target, reference)
            for relation, distance in shuffled(list(offsets), rng)[:_TRIES_PER_REFERENCE]:
                yield rigid_edit(
                    view,
                    self.name,
                    Parameters(relation=relation, distance_m=distance),
                    designation,
                    offsets[relation, distance],
                    supporter=reference.supported_by,
                    reference=landmark,
                )


def _offsets(view: View, target: ObjectState, reference: ObjectState) -> dict[tuple[str, float], RigidTransform]:
    """What takes the target to each of its places beside the reference, by relation and distance.

    Across the floor it goes by centres, in height by undersides. Left out are places where the two would overlap, that
    are off the surface or out of the picture, or where the target hardly moves.
    """
    offsets = {}
    for relation, distance in product(RELATIONS, view.choices.placements_m):
        direction = DIRECTIONS[RELATIONS[relation]](view.camera)
        reach = sum(float(np.abs(direction @ one.box.rotation) @ one.box.size) / 2.0 for one in (target, reference))
        offset = reference.box.center + distance * direction - target.box.center
        offset[2] = reference.box.bottom - target.box.bottom
        transform = RigidTransform(translation=offset)
        apart = distance >= reach + view.choices.clearance_m
        moves = np.linalg.norm(offset) >= min(view.choices.movements_m)
        if apart and moves and has_place(view, target.box.transformed(transform), reference.supported_by):
            offsets[relation, distance] = transform
    return offsets
