"""OP: the target is placed at a metric offset from a reference object, centre to centre."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from gsi_ray.operations.designations import designate, designate_by_look
from gsi_ray.operations.directions import DIRECTIONS, RELATIONS
from gsi_ray.operations.edits import Edit, Parameters
from gsi_ray.operations.moves import rigid_edit
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.spatial import RigidTransform

_TRIES_PER_PAIR = 3


class ObjectPlacement:
    """Puts an object beside another, on the surface on which that other stands."""

    name = "object_placement"
    code = "OP"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Pairs of clear objects, with a few distances and relations that leave room between the two."""
        pairs = [
            (target, reference)
            for target, reference in product(view.targets, view.clear)
            if target.object_id != reference.object_id and reference.supported_by is not None
        ]
        for target, reference in shuffled(pairs, rng):
            designation, landmark = designate(view, target), designate_by_look(view, reference)
            if designation is None or landmark is None:
                yield Rejection.AMBIGUOUS
                continue
            for relation, distance in shuffled(list(self._actions(view, target, reference)), rng)[:_TRIES_PER_PAIR]:
                offset = _offset(view, target, reference, relation, distance)
                if np.linalg.norm(offset.translation) < min(view.choices.movements_m):
                    yield Rejection.HARDLY_MOVES
                    continue
                parameters = Parameters(relation=relation, distance_m=distance)
                yield rigid_edit(
                    view,
                    self.name,
                    parameters,
                    designation,
                    offset,
                    supporter=reference.supported_by,
                    reference=landmark,
                )

    def _actions(self, view: View, target: ObjectState, reference: ObjectState) -> Iterator[tuple[str, float]]:
        """Relations and distances at which the two boxes do not overlap."""
        for relation, distance in product(RELATIONS, view.choices.placements_m):
            direction = DIRECTIONS[RELATIONS[relation]](view.camera)
            reach = sum(float(np.abs(direction @ one.box.rotation) @ one.box.size) / 2.0 for one in (target, reference))
            if distance >= reach + view.choices.clearance_m:
                yield relation, distance


def _offset(view: View, target: ObjectState, reference: ObjectState, relation: str, distance: float) -> RigidTransform:
    """What takes the target to its place: across the floor by centres, in height by undersides."""
    offset = reference.box.center + distance * DIRECTIONS[RELATIONS[relation]](view.camera) - target.box.center
    offset[2] = reference.box.bottom - target.box.bottom
    return RigidTransform(translation=offset)
