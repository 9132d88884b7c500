"""A scene as it is built (`Scene`) and as it is at a moment (`SceneState`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.assets import Asset, Color, ConvexPart, VisualPart
from gsi_ray.spatial import OrientedBox, RigidTransform

Array = NDArray[np.float64]

FLOOR = "floor"
"""What stands on the ground is `supported_by` this; the floor itself is no object."""


@dataclass(frozen=True, eq=False)
class Light:
    """A lamp at `position` (3,) that shines along `direction` (3,): a wide, soft spot.

    `color` is its brightness per channel; a `directional` light is the sun: parallel rays, and `position` only says
    from where its shadows are drawn.
    """

    position: Array
    direction: Array
    color: Color
    directional: bool = False
    casts_shadow: bool = True


@dataclass(frozen=True, eq=False)
class SceneObject:
    """An asset standing at `pose` (asset frame to world). Fixed things (walls' cupboards, a bath) are not `movable`."""

    object_id: str
    asset: Asset
    pose: RigidTransform
    movable: bool

    @property
    def box(self) -> OrientedBox:
        """Its box in the world."""
        return OrientedBox(self.pose.translation, self.asset.size, self.pose.rotation)


@dataclass(frozen=True, eq=False)
class Structure:
    """Floor, walls, ceiling, windows: what is seen and collided with but is no object (instance 0). World frame."""

    visuals: tuple[VisualPart, ...]
    collisions: tuple[ConvexPart, ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything a simulator needs. `kind` is "kitchen", "dining"...; `floor` (n, 2) is the convex ground outline.

    `stage` is the object that the scene is about (the table of a tabletop), or None when it is the room itself.
    """

    scene_id: str
    environment: str
    kind: str
    structure: Structure
    objects: tuple[SceneObject, ...]
    lights: tuple[Light, ...]
    ambient: Color
    floor: Array
    stage: str | None = None


@dataclass(frozen=True)
class House:
    """A scene that a simulator brings along, under a `name` of its own.

    `arrangement` 0 is how its makers left it; any other number is the seed of a random arrangement of its things.
    """

    scene_id: str
    environment: str
    name: str
    arrangement: int
    stage: str | None = None


@dataclass(frozen=True, eq=False)
class ObjectState:
    """Where one object is now, and what never changes about it.

    `instance` is its number in instance images (1 and up); `parts` are boxes in the world around its convex parts,
    tighter than `box` for hollow things; `supported_by` is an object id, "floor", or None (hanging on a wall).
    """

    object_id: str
    category: str
    instance: int
    box: OrientedBox
    parts: tuple[OrientedBox, ...]
    supported_by: str | None
    movable: bool
    color: str
    yaw_symmetry: int

    def transformed(self, transform: RigidTransform) -> ObjectState:
        """The same object carried along by a rigid transform of the world."""
        return replace(
            self,
            box=self.box.transformed(transform),
            parts=tuple(part.transformed(transform) for part in self.parts),
        )

    def scaled(self, factor: float) -> ObjectState:
        """The same object resized about its support point: the middle of its underside stays where it is."""
        support_point = np.array([*self.box.center[:2], self.box.bottom])

        def grown(box: OrientedBox) -> OrientedBox:
            return OrientedBox(support_point + factor * (box.center - support_point), factor * box.size, box.rotation)

        return replace(self, box=grown(self.box), parts=tuple(grown(part) for part in self.parts))


@dataclass(frozen=True, eq=False)
class SceneState:
    """Every object of a scene at one moment, in a fixed order."""

    scene_id: str
    environment: str
    objects: tuple[ObjectState, ...]
    lights: tuple[Light, ...] = ()

    def __getitem__(self, object_id: str) -> ObjectState:
        for candidate in self.objects:
            if candidate.object_id == object_id:
                return candidate
        raise KeyError(object_id)

    def __contains__(self, object_id: object) -> bool:
        return any(candidate.object_id == object_id for candidate in self.objects)

    def others(self, object_ids: Iterable[str]) -> tuple[ObjectState, ...]:
        """All objects but the named ones."""
        left_out = frozenset(object_ids)
        return tuple(candidate for candidate in self.objects if candidate.object_id not in left_out)

    def resting_on(self, object_id: str) -> tuple[ObjectState, ...]:
        """What stands on, or in, the named object."""
        return tuple(candidate for candidate in self.objects if candidate.supported_by == object_id)

    def replacing(self, changed: ObjectState) -> SceneState:
        """The same moment with one object in another state."""
        return replace(
            self,
            objects=tuple(changed if one.object_id == changed.object_id else one for one in self.objects),
        )

    def without(self, object_id: str) -> SceneState:
        """The same moment with one object gone."""
        return replace(self, objects=self.others([object_id]))
