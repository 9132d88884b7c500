"""SR: one of several alike objects, singled out by where it is, is removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gsi_ray.operations.designations import SUPERLATIVES, rivals_of
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.simulators.protocol import Remove


class SpatialRemoval:
    """Takes away the leftmost, closest, highest... of its kind."""

    name = "spatial_removal"
    code = "SR"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Clear objects that have others of their kind in view, with every superlative that holds for them."""
        alike = [(target, rivals) for target in view.targets if _are_alike(target, rivals := rivals_of(view, target))]
        if not alike:
            yield Rejection.NO_TARGET
        for target, rivals in shuffled(alike, rng):
            holding = [name for name, superlative in SUPERLATIVES.items() if superlative.holds(view, target, rivals)]
            if not holding:
                yield Rejection.AMBIGUOUS
            elif view.state.resting_on(target.object_id):
                yield Rejection.CARRIES_OTHERS
            else:
                name = shuffled(holding, rng)[0]
                yield Edit(
                    operation=self.name,
                    parameters=Parameters(superlative=name),
                    target=Designation(target.object_id, target.category, superlative=name),
                    reference=None,
                    change=Remove(target.object_id),
                    camera=view.camera,
                    ideal=view.state.without(target.object_id),
                    transform=None,
                )


def _are_alike(target: ObjectState, rivals: Sequence[ObjectState]) -> bool:
    """Whether one of its rivals is of its very kind: a gift box is a rival of a box, but not another box."""
    return any(rival.category == target.category for rival in rivals)
