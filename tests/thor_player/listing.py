"""What the metadata say of the objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gsi_ray.spatial import OrientedBox, polygons
from tests.thor_player import unity
from tests.thor_player.things import FLOOR, Thing

# The corners of a box by the signs of its axes x, y, z, as Unity counts them: of an object's own box, and of the box
# along the axes of the world.
_OWN_CORNERS = np.array(
    [[1, -1, 1], [-1, -1, 1], [-1, -1, -1], [1, -1, -1], [1, 1, 1], [-1, 1, 1], [-1, 1, -1], [1, 1, -1]]
)
_WORLD_CORNERS = np.array([[x, y, z] for x in (1, -1) for y in (1, -1) for z in (1, -1)])

# How far above a surface a thing counts as being on it.
_ABOVE_M, _BELOW_M = 0.15, 0.02
_ON_FLOOR_M = 0.05


def entry(
    thing: Thing, parents: Sequence[str], children: Sequence[str], agent: unity.Single, visible_within: float
) -> dict[str, Any]:
    """The metadata of one object."""
    distance = float(np.linalg.norm(thing.position - agent))
    return {
        "objectId": thing.object_id,
        "objectType": thing.object_type,
        "name": thing.name,
        "assetId": "",
        "position": unity.written(thing.position),
        "rotation": unity.written(unity.to_euler(thing.pose[1])),
        "visible": thing.active and distance <= visible_within,
        "isInteractable": False,
        "receptacle": thing.receptacle,
        "toggleable": False,
        "isToggled": False,
        "breakable": False,
        "openable": False,
        "isOpen": False,
        "openness": 0.0,
        "pickupable": thing.pickupable,
        "moveable": thing.moveable,
        "isPickedUp": False,
        "mass": float(np.float32(thing.item.asset.mass_kg)) if thing.is_loose else 0.0,
        "salientMaterials": [thing.item.asset.material.capitalize()] if thing.is_loose else None,
        "parentReceptacles": list(parents) or None,
        "receptacleObjectIds": list(children) if thing.receptacle else None,
        "axisAlignedBoundingBox": _box_along_world(thing.box),
        "objectOrientedBoundingBox": {"cornerPoints": _own_corners(thing.box)} if thing.is_loose else None,
        "isMoving": thing.moving,
        "distance": distance,
    }


def floor_entry(outline: unity.Double, children: Sequence[str], agent: unity.Single) -> dict[str, Any]:
    """The metadata of the floor, which is an object as well."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    box = OrientedBox(np.array([*(low + high) / 2.0, 0.0]), np.array([*high - low, 0.0]), np.eye(3))
    return {
        "objectId": FLOOR,
        "objectType": "Floor",
        "name": "Floor",
        "assetId": "",
        "position": unity.written(np.zeros(3)),
        "rotation": unity.written(np.zeros(3)),
        "visible": True,
        "isInteractable": False,
        "receptacle": True,
        "toggleable": False,
        "isToggled": False,
        "breakable": False,
        "openable": False,
        "isOpen": False,
        "openness": 0.0,
        "pickupable": False,
        "moveable": False,
        "isPickedUp": False,
        "mass": 0.0,
        "salientMaterials": None,
        "parentReceptacles": None,
        "receptacleObjectIds": list(children),
        "axisAlignedBoundingBox": _box_along_world(box),
        "objectOrientedBoundingBox": None,
        "isMoving": False,
        "distance": float(np.linalg.norm(agent)),
    }


def parents_of(things: Sequence[Thing]) -> dict[str, list[str]]:
    """By object id, the receptacles that each active thing is in or on, the highest surface first, the floor last.

    As in the real player it is a matter of place alone: what is close above a surface is on it, whatever bears it.
    """
    there = [thing for thing in things if thing.active]
    feet = np.array([[*thing.box.center[:2], thing.box.bottom] for thing in there]).reshape(-1, 3)
    found: Mapping[str, list[tuple[float, str]]] = {thing.object_id: [] for thing in there}
    for receptacle in there:
        for surface in receptacle.item.asset.supports:
            local = receptacle.frame.inverse().apply(feet)
            above = local[:, 2] - surface.height
            inside = polygons.contains(surface.outline, local[:, :2])
            for number in np.flatnonzero(inside & (above > -_BELOW_M) & (above < min(_ABOVE_M, surface.clearance_m))):
                if there[number] is not receptacle:
                    height = float(feet[number, 2] - above[number])
                    found[there[number].object_id].append((-height, receptacle.object_id))
    for thing, bottom in zip(there, feet[:, 2], strict=True):
        if bottom < _ON_FLOOR_M:
            found[thing.object_id].append((0.0, FLOOR))
    return {name: list(dict.fromkeys(each for _, each in sorted(entries))) for name, entries in found.items()}


def spawn_points(receptacle: Thing) -> unity.Double:
    """Points (n, 3), Unity's, over the surfaces of a receptacle: 21 by 21 over each, in the air above it."""
    along = np.linspace(0.0, 1.0, 21)
    grid = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)
    points = []
    for surface in receptacle.item.asset.supports:
        low, high = surface.outline.min(axis=0), surface.outline.max(axis=0)
        height = surface.height + min(_ABOVE_M, surface.clearance_m)
        points.append(np.column_stack([low + grid * (high - low), np.full(len(grid), height)]))
    return unity.swapped(receptacle.frame.apply(np.concatenate(points)))


def _own_corners(box: OrientedBox) -> Any:
    # The signs are of Unity's axes, of which the second is up.
    return unity.rounded(unity.swapped(box.pose.apply(unity.swapped(_OWN_CORNERS) * box.size / 2.0)))


def _box_along_world(box: OrientedBox) -> dict[str, Any]:
    around = OrientedBox.around(unity.swapped(box.corners))
    return {
        "cornerPoints": unity.rounded(around.center + _WORLD_CORNERS * around.size / 2.0),
        "center": unity.written(around.center),
        "size": unity.written(around.size),
    }
