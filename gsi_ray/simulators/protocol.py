"""What every simulator offers, and the two ways in which it may fail."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.build import SceneName
from gsi_ray.scenes.scene import House, Scene, SceneState
from gsi_ray.spatial import Camera, RigidTransform


class ActionRejected(Exception):
    """The simulator will not do this, or it went wrong when done: restore the scene, and try the next candidate."""


class SimulatorDied(Exception):
    """The simulator can no longer be trusted. Throw its process away and replay the shard from its seed."""


@dataclass(frozen=True, eq=False)
class SetPose:
    """Put an object's box at `pose` (box frame to world), at rest."""

    object_id: str
    pose: RigidTransform


@dataclass(frozen=True, eq=False)
class SetScale:
    """Resize an object by `factor` about its support point: the middle of its underside stays where it is."""

    object_id: str
    factor: float


@dataclass(frozen=True, eq=False)
class Remove:
    """Take an object out of the scene."""

    object_id: str


Change = SetPose | SetScale | Remove


@dataclass(frozen=True, eq=False)
class Observation:
    """One look through the camera.

    `rgb` (h, w, 3) uint8; `depth` (h, w) float32, planar, in metres, 0 where there is nothing; `instances` (h, w)
    uint16, 0 for floor, walls and whatever is no object. `visible_fraction` tells for the objects that were asked
    about: seen pixels over the pixels there would be with nothing in front and no image border.
    """

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    instances: NDArray[np.uint16]
    visible_fraction: Mapping[str, float]


class SceneSource(Protocol):
    """Where a simulator's scenes come from; a module can be one."""

    ENVIRONMENTS: Collection[str]

    def scene_id(self, environment: str, split: str, number: int) -> str:
        """The id of a scene, unique among those of all sources; raises UnknownScene where there is none."""

    def parse(self, scene_id: str) -> SceneName:
        """Undoes `scene_id`."""

    def build_scene(self, scene_id: str) -> Scene | House:
        """What a simulator loads."""


class Simulator(Protocol):
    """One scene at a time, in world conventions, with stable object ids.

    A method raises `ActionRejected` or `SimulatorDied`, nothing else. The same calls from the same scene give the
    same states and the same pixels, on one machine, in any process.
    """

    name: str
    version: str
    can_scale: bool
    scenes: SceneSource

    def load(self, scene: Scene | House) -> None:
        """Build the scene in place of the last one, and let it settle."""

    def state(self) -> SceneState:
        """Where everything is now."""

    def free_positions(self) -> NDArray[np.float64]:
        """Floor positions (n, 2) where a camera has room to stand."""

    def support_points(self, receptacle: str) -> NDArray[np.float64]:
        """A grid of points (n, 3), at most 4 cm apart, on every level surface of an object (or of the floor)
        where something could stand, whether or not something already does."""

    def look(self, camera: Camera) -> None:
        """Render from this camera from now on."""

    def apply(self, change: Change) -> None:
        """Change one object at once; physics does not run until `settle`."""

    def settle(self, seconds: float | None = None) -> float:
        """Run physics until all is still, or for exactly `seconds`; returns the simulated seconds it ran."""

    def snapshot(self) -> object:
        """All that `restore` needs to return to this very moment, bit for bit."""

    def restore(self, snapshot: object) -> None:
        """Return to a snapshot of the scene now loaded."""

    def render(self, focus: Sequence[str] = ()) -> Observation:
        """Look through the camera; `focus` are the objects whose visible fraction is wanted."""

    def render_instances(self, width: int, height: int) -> NDArray[np.uint16]:
        """Only the instance image (height, width), at another size over the same field of view: a quick look."""

    def close(self) -> None:
        """Free everything. May be called twice."""
