"""What stands on what, and where something could stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy

import mujoco
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes.scene import FLOOR, ObjectState
from gsi_ray.spatial import polygons

Array = NDArray[np.float64]

_GRID_M = 0.04
_CAMERA_GRID_M = 0.1
_CAMERA_CLEARANCE_M = 0.25
# A rug is walked over; anything higher is walked round.
_STEP_HEIGHT_M = 0.05
# A contact supports when its normal is this close to the vertical.
_SUPPORTING_SLOPE = 0.5
_TOUCHING_M = 0.01


def supporters(model: mujoco.MjModel, data: mujoco.MjData, names: Mapping[int, str]) -> dict[str, str]:
    """By object id, what bears each free object: of all that touch it from below, the one that pushes hardest.

    `names` are the object ids of bodies. What rests on a part of the building (a window sill) is not in the result.
    """
    data = _with_all_contacts(model, data)
    strongest: dict[str, tuple[float, str]] = {}
    force = np.empty(6)
    for number in range(data.ncon):
        contact = data.contact[number]
        first, second = (int(model.geom_bodyid[geom]) for geom in (contact.geom1, contact.geom2))
        upward = float(contact.frame[2])  # the normal points from the first geom to the second
        if abs(upward) < _SUPPORTING_SLOPE:
            continue
        below, above = (first, second) if upward > 0 else (second, first)
        mujoco.mj_contactForce(model, data, number, force)
        on_floor = below not in names and contact.pos[2] < _STEP_HEIGHT_M
        supporter = FLOOR if on_floor else names.get(below)
        if above in names and supporter and force[0] > strongest.get(names[above], (0.0, ""))[0]:
            strongest[names[above]] = (float(force[0]), supporter)
    return {name: supporter for name, (_, supporter) in strongest.items()}


def _with_all_contacts(model: mujoco.MjModel, data: mujoco.MjData) -> mujoco.MjData:
    """The same moment with the contacts of sleeping things too, which MuJoCo leaves out."""
    awake = copy(data)
    flags = model.opt.enableflags
    model.opt.enableflags = flags & ~int(mujoco.mjtEnableBit.mjENBL_SLEEP)
    mujoco.mj_forward(model, awake)
    model.opt.enableflags = flags
    return awake


def support_grid(outline: ArrayLike, height: float) -> Array:
    """Points (n, 3), at most 4 cm apart, over a convex outline (k, 2) at one height, its border included."""
    corners = np.asarray(outline, dtype=np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y = (
        np.linspace(start, end, int(np.ceil((end - start) / _GRID_M)) + 1) for start, end in zip(low, high, strict=True)
    )
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    inside = grid[polygons.contains(corners, grid, margin=-1e-9)]
    edges = np.concatenate(
        [_along(start, end) for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    )
    points = np.concatenate([inside, edges])
    return np.column_stack([points, np.full(len(points), height)])


def _along(start: Array, end: Array) -> Array:
    steps = int(np.ceil(np.linalg.norm(end - start) / _GRID_M)) + 1
    return np.linspace(start, end, steps, endpoint=False)


def floor_positions(floor: ArrayLike, objects: Iterable[ObjectState]) -> Array:
    """Positions (n, 2) on a 10 cm grid of the convex floor (k, 2), 25 cm from walls and from what stands there."""
    corners = np.asarray(floor, dtype=np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y = (np.arange(start, end, _CAMERA_GRID_M) for start, end in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    free = polygons.contains(corners, grid, margin=_CAMERA_CLEARANCE_M)
    for item in objects:
        if item.box.top > _STEP_HEIGHT_M and item.supported_by == FLOOR:
            free &= ~polygons.contains(item.box.footprint, grid, margin=-_CAMERA_CLEARANCE_M)
    return grid[free]


def supporter_of_fixed(item: ObjectState, others: Iterable[ObjectState]) -> str | None:
    """What bears an object that is fixed in place, which physics does not tell: the floor, a thing right under it, or
    nothing, when it hangs on a wall."""
    if item.box.bottom < _TOUCHING_M:
        return FLOOR
    for other in others:
        touching = any(abs(part.top - item.box.bottom) < _TOUCHING_M for part in other.parts)
        if touching and polygons.contains(other.box.footprint, item.box.center[None, :2])[0]:
            return other.object_id
    return None
