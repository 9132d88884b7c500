"""What AI2-THOR says of its objects, as objects of a scene."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.scene import FLOOR, ObjectState
from gsi_ray.simulators.ai2thor import frames, object_types
from gsi_ray.spatial import OrientedBox, RigidTransform, polygons

Array = NDArray[np.float64]
Metadata = Mapping[str, Any]
"""One entry of the `objects` in AI2-THOR's metadata."""

_TOUCHING_M = 0.015
_ON_FLOOR_M = 0.03
# Below the top of a receptacle by more than this, its surface is a seat or a shelf, with the rest of it around.
_SUNK_M = 0.02


@dataclass(frozen=True, eq=False)
class Thing:
    """What never changes about an object: its number in instance images, and its `box` in its own frame."""

    object_id: str
    category: str
    instance: int
    box: OrientedBox
    movable: bool
    yaw_symmetry: int

    def box_at(self, pose: RigidTransform) -> OrientedBox:
        """Its box in the world."""
        return self.box.transformed(pose)


def things_of(objects: Iterable[Metadata]) -> dict[str, Thing]:
    """All objects but those that are part of the building, by their ids; numbered in the order of these.

    The order in which the player lists them may be another in every process.
    """
    listed = sorted((item for item in objects if not is_structure(item)), key=lambda item: str(item["objectId"]))
    return {str(item["objectId"]): _thing(item, number) for number, item in enumerate(listed, start=1)}


def is_structure(item: Metadata) -> bool:
    """Whether an object is part of the building."""
    return item["objectType"] in object_types.STRUCTURE


def pose_of(item: Metadata) -> RigidTransform:
    """Takes an object's own frame to the world."""
    return frames.pose_to_world(item["position"], item["rotation"])


def box_around(item: Metadata) -> OrientedBox:
    """An object's box in the world, along its own axes where those are known or upright, else along the world's."""
    boxes = [item.get(name) for name in ("objectOrientedBoundingBox", "axisAlignedBoundingBox")]
    corners = next(box["cornerPoints"] for box in boxes if box)
    return frames.box_of_corners(frames.to_world(corners), pose_of(item).rotation)


def can_be_stood_on(item: Metadata) -> bool:
    """Whether things can be put on an object, or into it as it is now."""
    return bool(item["receptacle"]) and (not item.get("openable") or bool(item.get("isOpen")))


def object_states(
    things: Mapping[str, Thing], objects: Sequence[Metadata], levels: Mapping[str, Collection[float]]
) -> tuple[ObjectState, ...]:
    """The states of those of `things` that are there, in their order.

    `levels` are the heights in metres at which receptacles, by their ids, can be stood on.
    """
    there = {str(item["objectId"]): item for item in objects}
    names = [name for name in things if name in there]
    boxes = [things[name].box_at(pose_of(there[name])) for name in names]
    supporters = _supporters(names, boxes, [there[name] for name in names])
    return tuple(
        ObjectState(
            object_id=name,
            category=things[name].category,
            instance=things[name].instance,
            box=box,
            parts=(_solid(box, levels.get(name, ())),),
            supported_by=supporter,
            movable=things[name].movable,
            color="",
            yaw_symmetry=things[name].yaw_symmetry,
        )
        for name, box, supporter in zip(names, boxes, supporters, strict=True)
    )


def _thing(item: Metadata, instance: int) -> Thing:
    return Thing(
        object_id=str(item["objectId"]),
        category=object_types.noun(item["objectType"]),
        instance=instance,
        box=box_around(item).transformed(pose_of(item).inverse()),
        movable=bool(item["pickupable"] or item["moveable"]),
        yaw_symmetry=object_types.yaw_symmetry(item["objectType"]),
    )


def _solid(box: OrientedBox, levels: Collection[float]) -> OrientedBox:
    """The part of an upright box that nothing can be in: below the lowest level at which things stand in it."""
    lowest = min(levels, default=box.top)
    height = lowest - box.bottom
    if lowest > box.top - _SUNK_M or height <= 0.0:
        return box
    # All receptacles stand upright: of the box's own axes one is the vertical.
    vertical = int(np.argmax(np.abs(box.rotation[2])))
    size = box.size.copy()
    size[vertical] = height
    center = np.array([*box.center[:2], box.bottom + height / 2.0])
    return OrientedBox(center, size, box.rotation)


def _supporters(names: Sequence[str], boxes: Sequence[OrientedBox], listed: Sequence[Metadata]) -> list[str | None]:
    """What bears each object: of what it touches from above, and of the receptacles that it is in, the smallest.

    The player itself tells only of receptacles, and names all of them: the bowl as well as the table under it.
    """
    tops = np.array([box.top for box in boxes])
    heights = np.array([box.center[2] for box in boxes])
    bearing: list[str | None] = []
    for box, item in zip(boxes, listed, strict=True):
        within = set(item.get("parentReceptacles") or ())
        below = heights < box.center[2]
        near = below & ((np.abs(tops - box.bottom) < _TOUCHING_M) | np.array([name in within for name in names]))
        found = [
            number
            for number in np.flatnonzero(near).tolist()
            if polygons.contains(boxes[number].footprint, box.center[None, :2])[0]
        ]
        smallest = min(found, key=lambda number: (boxes[number].volume, names[number]), default=None)
        if smallest is not None:
            bearing.append(names[smallest])
        else:
            bearing.append(FLOOR if box.bottom < _ON_FLOOR_M else None)
    return bearing
