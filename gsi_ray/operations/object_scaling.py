"""OS: the target is resized in place, still standing on its support."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gsi_ray.operations.designations import address, address_again
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.moves import possible
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.standing import check_standing
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.simulators.protocol import SetScale
from gsi_ray.spatial import RigidTransform

# Reciprocals that are no round numbers in binary are still the same factor.
_SAME_FACTOR = 1e-9


class ObjectScaling:
    """Makes an object larger or smaller about the middle of its underside."""

    name = "object_scaling"
    code = "OS"
    resizes = True

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Every clear object in turn, with all factors."""
        for target in shuffled(view.targets, rng):
            designation = address(view, target)
            if isinstance(designation, Rejection):
                yield designation
                continue
            yield from possible(
                self._scaling(view, target, designation, factor) for factor in shuffled(view.choices.scale_factors, rng)
            )

    def inverse(self, before: View, done: Edit, after: View) -> Edit | Rejection:
        """By the reciprocal factor, where that is one that instructions may name: 2 for 0.5, but none for 0.75."""
        designation = address_again(after, done)
        if isinstance(designation, Rejection):
            return designation
        assert done.parameters.factor is not None
        back = 1.0 / done.parameters.factor
        factor = next((one for one in after.choices.scale_factors if abs(one / back - 1.0) < _SAME_FACTOR), None)
        if factor is None:
            return Rejection.NO_INVERSE
        return self._scaling(after, after.state[designation.object_id], designation, factor)

    def _scaling(self, view: View, target: ObjectState, designation: Designation, factor: float) -> Edit | Rejection:
        if target.supported_by is None:
            return Rejection.NOT_SUPPORTED
        scaled = target.scaled(factor)
        return check_standing(view, scaled, target.supported_by) or Edit(
            operation=self.name,
            parameters=Parameters(factor=factor, superlative=designation.superlative),
            target=designation,
            reference=None,
            change=SetScale(target.object_id, factor),
            camera=view.camera,
            ideal=view.state.replacing(scaled),
            transform=RigidTransform(),
        )
