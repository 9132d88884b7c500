"""The things of a scene as Unity has them: with a transform of its own each, and flags that say what can be done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from gsi_ray.scenes.scene import Scene, SceneObject
from gsi_ray.spatial import OrientedBox, RigidTransform, rotations
from tests.thor_player import houses, unity

FLOOR = "Floor|+00.00|+00.00|+00.00"

_LARGEST_PICKUPABLE_M = 0.5

Pose = tuple[unity.Single, unity.Single]
"""Position (3,) and quaternion (4,) of a transform, in Unity's frame."""


@dataclass(eq=False)
class Thing:
    """One thing. Its transform sits at `pivot` (3,) of the frame of its asset, whose origin is its box's centre.

    `velocity` (6,) is as MuJoCo has it. What is not `active` is neither seen nor touched; what is `kinematic` is not
    moved by physics. `moving` is whether its speed was just changing.
    """

    item: SceneObject
    object_id: str
    object_type: str
    pivot: unity.Double
    pose: Pose = (np.zeros(3, dtype=np.float32), np.zeros(4, dtype=np.float32))
    velocity: unity.Double = field(default_factory=lambda: np.zeros(6))
    active: bool = True
    kinematic: bool = False
    solid: bool = True
    moving: bool = False

    def __post_init__(self) -> None:
        self.take(self.item.pose.translation, rotations.to_quaternion(self.item.pose.rotation))

    @property
    def name(self) -> str:
        """What `SetObjectPoses` calls it."""
        return f"{self.object_type}_{hashlib.md5(self.object_id.encode()).hexdigest()[:8]}"

    @property
    def pickupable(self) -> bool:
        """Whether the agent could take it into its hand."""
        return self.item.movable and float(self.item.asset.size.max()) <= _LARGEST_PICKUPABLE_M

    @property
    def moveable(self) -> bool:
        """Whether the agent could push it, though not take it."""
        return self.item.movable and not self.pickupable

    @property
    def is_loose(self) -> bool:
        """Whether it is either."""
        return self.item.movable

    @property
    def receptacle(self) -> bool:
        """Whether things can be put on it."""
        return bool(self.item.asset.supports)

    @property
    def position(self) -> unity.Single:
        """Of its transform."""
        return self.pose[0]

    @property
    def quaternion(self) -> unity.Double:
        """How it is turned in the world."""
        return unity.swapped_turn(self.pose[1])

    @property
    def center(self) -> unity.Double:
        """Its box's centre in the world."""
        center: unity.Double = unity.swapped(self.position) - unity.matrix(self.quaternion) @ self.pivot
        return center

    @property
    def box(self) -> OrientedBox:
        """Its box in the world."""
        return OrientedBox(self.center, self.item.asset.size, unity.matrix(self.quaternion))

    @property
    def frame(self) -> RigidTransform:
        """Takes the frame of its asset to the world."""
        return RigidTransform(unity.matrix(self.quaternion), self.center)

    def put(self, position: unity.Single, quaternion: unity.Single) -> None:
        """Set its transform, at rest."""
        self.pose = (position, quaternion)
        self.velocity = np.zeros(6)
        self.moving = False

    def take(self, center: unity.Double, quaternion: unity.Double) -> None:
        """Set its transform from where its box is in the world, as precisely as Unity can."""
        position = unity.swapped(center + unity.matrix(quaternion) @ self.pivot)
        self.pose = (position.astype(np.float32), unity.swapped_turn(quaternion).astype(np.float32))


def things_of(scene: Scene, name: str) -> list[Thing]:
    """All things of a scene, under the names that they have in AI2-THOR's scene `name`."""
    things: list[Thing] = []
    taken = {FLOOR}
    for number, item in enumerate(scene.objects):
        kind = houses.object_type(item.asset.category)
        thing = Thing(item, item.object_id, kind, _pivot(item, number))
        if not houses.keeps_names(name):
            thing.object_id = _object_id(kind, thing.position, taken)
            taken.add(thing.object_id)
        things.append(thing)
    return things


def _pivot(item: SceneObject, number: int) -> unity.Double:
    """Somewhere in the underside: in its middle, or up to a fifth of its size beside it."""
    aside = 0.1 * (number % 3)
    pivot: unity.Double = item.asset.size * np.array([aside, -aside / 2.0, -0.5])
    return pivot


def _object_id(kind: str, position: unity.Single, taken: set[str]) -> str:
    object_id = "|".join([kind, *(f"{coordinate:+06.2f}" for coordinate in position.tolist())])
    if object_id not in taken:
        return object_id
    return next(each for count in range(1, len(taken) + 2) if (each := f"{object_id}|{count}") not in taken)
