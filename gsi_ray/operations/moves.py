"""The edit that carries an object rigidly from where it stands to where it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.standing import check_standing
from gsi_ray.operations.view import View
from gsi_ray.simulators.protocol import SetPose
from gsi_ray.spatial import RigidTransform


def possible(attempts: Iterable[Edit | Rejection]) -> Iterator[Edit | Rejection]:
    """Those of the attempts that are edits; if none is, one rejection, the first, stands for all of them.

    For variations of one idea (the same object, another place), of which any that works will do. Where there is nothing
    to attempt, that is the rejection.
    """
    first: Rejection | None = None
    found_any = False
    for attempt in attempts:
        if isinstance(attempt, Rejection):
            first = first or attempt
        else:
            found_any = True
            yield attempt
    if not found_any:
        yield first or Rejection.NOWHERE_TO_GO


def rigid_edit(
    view: View,
    operation: str,
    parameters: Parameters,
    target: Designation,
    transform: RigidTransform,
    *,
    supporter: str | None,
    reference: Designation | None = None,
) -> Edit | Rejection:
    """The edit that applies a world transform to the target, which then stands on `supporter`; or why it cannot."""
    if supporter is None:
        return Rejection.NOT_SUPPORTED
    moved = replace(view.state[target.object_id].transformed(transform), supported_by=supporter)
    rejection = check_standing(view, moved, supporter)
    if rejection is not None:
        return rejection
    return Edit(
        operation=operation,
        parameters=replace(parameters, superlative=target.superlative),
        target=target,
        reference=reference,
        change=SetPose(target.object_id, moved.box.pose),
        camera=view.camera,
        ideal=view.state.replacing(moved),
        transform=transform,
    )
