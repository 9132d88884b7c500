"""Draws the world as third-party cameras see it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.scene import Scene
from gsi_ray.simulators.mujoco.model import VISIBLE_GROUP, CompiledScene
from gsi_ray.simulators.mujoco.renderer import Renderer
from gsi_ray.spatial import Camera
from tests.thor_player import unity
from tests.thor_player.game import FAR_M, NEAR_M
from tests.thor_player.things import FLOOR

_HIDDEN_GROUP = 5
_STRUCTURE = "StandardWallSize.002|0.00|1.50|0.00"
"""How the rest of the building is called in pictures of ids: by a name like an object's, though it is none."""


class Studio:
    """A renderer of a compiled scene. `object_ids` are those of its objects, in their order."""

    def __init__(self, scene: Scene, compiled: CompiledScene, object_ids: Sequence[str]) -> None:
        self._model = compiled.model
        self._bodies = compiled.body_ids
        self._visible = self._model.geom_group == VISIBLE_GROUP
        self._model.vis.map.znear, self._model.vis.map.zfar = NEAR_M, FAR_M
        self._model.vis.quality.shadowsize = 512  # coarse, but drawn by a processor in a fraction of the time
        names = [_STRUCTURE, *object_ids, FLOOR]
        self.colors = {name: color_of(name) for name in names}
        self._color_of_instance = np.array([self.colors[name] for name in names], dtype=np.uint8)
        self._floor = len(names) - 1
        self._compiled = replace(compiled, instance_of_geom=self._with_floor(scene, compiled, self._floor))
        self._renderer: Renderer | None = None

    def show(self, bodies: Sequence[bool], *, building: bool, floor: bool) -> None:
        """Which objects are drawn from now on, whether the building is, and whether its floor is."""
        shown = np.full(self._model.nbody, building)
        shown[list(self._bodies)] = bodies
        drawn = np.where(self._compiled.instance_of_geom == self._floor, floor, shown[self._model.geom_bodyid])
        group = np.where(drawn, VISIBLE_GROUP, _HIDDEN_GROUP)
        self._model.geom_group[self._visible] = group[self._visible]

    def color(self, data: mujoco.MjData, camera: Camera, channels: int) -> bytes:
        """A picture (h, w, channels), bottom row first."""
        pixels = np.full((camera.height, camera.width, channels), 255, dtype=np.uint8)
        pixels[..., :3] = self._drawing(camera).color(data, camera)
        return pixels[::-1].tobytes()

    def geometry(self, data: mujoco.MjData, camera: Camera) -> tuple[bytes, bytes]:
        """Depth (h, w) float32 and ids (h, w, 4), bottom row first.

        Depth is short by the share that the near plane is of the far plane, as it is in the real player.
        """
        depth, instances = self._drawing(camera).geometry(data, camera)
        ids = np.full((*instances.shape, 4), 255, dtype=np.uint8)
        ids[..., :3] = self._color_of_instance[instances]
        ids[depth == 0.0, :3] = 0
        reach = np.where(depth == 0.0, FAR_M, depth)
        return (reach[::-1] * (FAR_M - NEAR_M) / FAR_M).astype(np.float32).tobytes(), ids[::-1].tobytes()

    def close(self) -> None:
        """Give the graphics memory back."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def _drawing(self, camera: Camera) -> Renderer:
        if self._renderer is None:
            self._renderer = Renderer(self._compiled, camera.width, camera.height)
        return self._renderer

    def _with_floor(self, scene: Scene, compiled: CompiledScene, floor: int) -> NDArray[np.uint16]:
        """The numbers of geoms in id pictures, with a number of its own for the floor."""
        instances = compiled.instance_of_geom.copy()
        visuals = np.flatnonzero(self._visible & (self._model.geom_bodyid == 0))
        for geom, part in zip(visuals, scene.structure.visuals, strict=True):
            if part.mesh.vertices[:, 2].max() < 0.02:
                instances[geom] = floor
        return instances


def color_of(name: str) -> list[int]:
    """The colour of what has this name, in every picture of ids."""
    return list(hashlib.md5(name.encode()).digest()[:3])


def camera_at(position: unity.Single, angles: unity.Single, width: int, height: int, field_of_view: float) -> Camera:
    """A camera of Unity's, which looks along its z axis with its y axis up; `field_of_view` is vertical, in degrees."""
    right, up, forward = unity.swapped(unity.matrix(unity.from_euler(angles)).T)
    rotation = np.stack([right, -up, forward])
    focal = height / 2.0 / np.tan(np.deg2rad(field_of_view) / 2.0)
    intrinsics = np.array([[focal, 0.0, width / 2.0], [0.0, focal, height / 2.0], [0.0, 0.0, 1.0]])
    return Camera(width, height, intrinsics, rotation, -rotation @ unity.swapped(position))
