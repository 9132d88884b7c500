"""MuJoCo behind the simulator protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

import mujoco
import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes import build as procedural_scenes
from gsi_ray.scenes.scene import FLOOR, House, ObjectState, Scene, SceneObject, SceneState
from gsi_ray.simulators.mujoco import shading
from gsi_ray.simulators.mujoco.model import TIMESTEP_S, compile_scene
from gsi_ray.simulators.mujoco.renderer import Renderer
from gsi_ray.simulators.mujoco.resizing import Resizer
from gsi_ray.simulators.mujoco.support import floor_positions, support_grid, supporter_of_fixed, supporters
from gsi_ray.simulators.protocol import ActionRejected, Change, Observation, Remove, SetPose, SetScale, SimulatorDied
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

Array = NDArray[np.float64]
T = TypeVar("T")

_CHECK_INTERVAL_S = 0.1
_LONGEST_SETTLING_S = 5.0
_WAKING_SPEED = 1e-9
# Removed bodies are parked here, each below the last, out of reach of everything.
_PARKING_DEPTH_M = 100.0


@dataclass(frozen=True, eq=False)
class _Snapshot:
    data: mujoco.MjData
    scales: tuple[float, ...]
    removed: frozenset[str]


class MujocoSimulator:
    """The embedded simulator. See `gsi_ray.simulators.protocol.Simulator` for what the methods promise."""

    name = "mujoco"
    version = mujoco.__version__
    can_scale = True
    scenes = procedural_scenes

    def __init__(self) -> None:
        self._renderer: Renderer | None = None

    def load(self, scene: Scene | House) -> None:
        assert isinstance(scene, Scene)
        self.close()
        self._scene = scene
        self._compiled = compile_scene(scene)
        self._model = self._compiled.model
        self._data = mujoco.MjData(self._model)
        self._resizer = Resizer(self._model)
        self._sizes = tuple(item.asset.size for item in scene.objects)
        self._removed: frozenset[str] = frozenset()
        self._index = {item.object_id: number for number, item in enumerate(scene.objects)}
        self.settle()
        self._fixed = self._states_of_fixed()

    def state(self) -> SceneState:
        supported_by = self._supporters()
        objects = tuple(
            self._fixed.get(item.object_id) or self._object_state(number, item, supported_by.get(item.object_id))
            for number, item in enumerate(self._scene.objects)
            if item.object_id not in self._removed
        )
        return SceneState(self._scene.scene_id, self._scene.environment, objects, self._scene.lights)

    def free_positions(self) -> Array:
        return floor_positions(self._scene.floor, self.state().objects)

    def support_points(self, receptacle: str) -> Array:
        if receptacle == FLOOR:
            return support_grid(self._scene.floor, 0.0)
        number = self._number_of(receptacle)
        scale, pose = self._scale(number), self._pose(number)
        grids = [
            support_grid(surface.outline * scale, surface.height * scale)
            for surface in self._scene.objects[number].asset.supports
        ]
        return pose.apply(np.concatenate(grids)) if grids else np.empty((0, 3))

    def look(self, camera: Camera) -> None:
        self._camera = camera

    def apply(self, change: Change) -> None:
        number = self._number_of(change.object_id)
        if not self._scene.objects[number].movable:
            raise ActionRejected(f"{change.object_id} is fixed in place.")
        if isinstance(change, SetPose):
            self._set_pose(number, change.pose)
        elif isinstance(change, SetScale):
            self._set_scale(number, change.factor)
        else:
            self._remove(change)
        mujoco.mj_forward(self._model, self._data)

    def settle(self, seconds: float | None = None) -> float:
        elapsed = self._run_until_still() if seconds is None else self._run(seconds)
        if not np.all(np.isfinite(self._data.qpos)) or self._data.warning[mujoco.mjtWarning.mjWARN_BADQACC].number:
            # Not a death: the process is sound, and a snapshot from before brings back everything.
            raise ActionRejected(f"MuJoCo's physics became unstable in scene {self._scene.scene_id}.")
        mujoco.mj_forward(self._model, self._data)  # steps leave the poses and contacts of the moment before
        return elapsed

    def snapshot(self) -> object:
        scales = tuple(self._scale(number) for number in self._index.values())
        return _Snapshot(copy(self._data), scales, self._removed)

    def restore(self, snapshot: object) -> None:
        assert isinstance(snapshot, _Snapshot)
        for number, scale in enumerate(snapshot.scales):
            self._resize(number, scale)
        for object_id in self._removed ^ snapshot.removed:
            self._set_collisions(self._index[object_id], enabled=object_id not in snapshot.removed)
        self._removed = snapshot.removed
        mujoco.mj_copyData(self._data, self._model, snapshot.data)

    def render(self, focus: Sequence[str] = ()) -> Observation:
        return self._drawing(lambda renderer: self._observe(renderer, focus))

    def render_instances(self, width: int, height: int) -> NDArray[np.uint16]:
        camera = self._camera.resized(width, height)
        return self._drawing(lambda renderer: renderer.geometry(self._data, camera)[1])

    def close(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def _drawing(self, draw: Callable[[Renderer], T]) -> T:
        try:
            if self._renderer is None:
                self._renderer = Renderer(self._compiled, self._camera.width, self._camera.height)
            return draw(self._renderer)
        except (mujoco.FatalError, RuntimeError) as failure:
            raise SimulatorDied(f"MuJoCo's renderer failed: {failure}") from failure

    def _observe(self, renderer: Renderer, focus: Sequence[str]) -> Observation:
        depth, instances = renderer.geometry(self._data, self._camera)
        rgb = shading.finish(renderer.color(self._data, self._camera), depth, self._camera)
        visible_fraction = {}
        for object_id in focus:
            number = self._number_of(object_id)
            body = self._compiled.body_ids[number]
            alone = renderer.silhouette_pixels(self._data, self._camera, self._box(number), body)
            if alone is not None:
                seen = float(np.count_nonzero(instances == number + 1))
                visible_fraction[object_id] = min(1.0, seen / alone) if alone else 0.0
        return Observation(rgb, depth, instances, visible_fraction)

    def _run(self, seconds: float) -> float:
        # Whatever sleeps may have lost its support: a touch of speed, too small to move anything, wakes it.
        self._data.qvel[:] += _WAKING_SPEED
        mujoco.mj_step(self._model, self._data, round(seconds / TIMESTEP_S))
        return seconds

    def _run_until_still(self) -> float:
        elapsed = self._run(_CHECK_INTERVAL_S)
        # What has been removed falls for ever, and never sleeps.
        while self._data.ntree_awake > len(self._removed) and elapsed < _LONGEST_SETTLING_S:
            mujoco.mj_step(self._model, self._data, round(_CHECK_INTERVAL_S / TIMESTEP_S))
            elapsed += _CHECK_INTERVAL_S
        return elapsed

    def _number_of(self, object_id: str) -> int:
        if object_id not in self._index or object_id in self._removed:
            raise ActionRejected(f"There is no object {object_id} in scene {self._scene.scene_id}.")
        return self._index[object_id]

    def _scale(self, number: int) -> float:
        return self._resizer.scale_of(self._compiled.body_ids[number])

    def _coordinate_address(self, number: int) -> int:
        return int(self._model.jnt_qposadr[self._model.body_jntadr[self._compiled.body_ids[number]]])

    def _velocity_address(self, number: int) -> int:
        return int(self._model.body_dofadr[self._compiled.body_ids[number]])

    def _pose(self, number: int) -> RigidTransform:
        body = self._compiled.body_ids[number]
        return RigidTransform(self._data.xmat[body].reshape(3, 3), self._data.xpos[body])

    def _box(self, number: int) -> OrientedBox:
        pose = self._pose(number)
        return OrientedBox(pose.translation, self._scale(number) * self._sizes[number], pose.rotation)

    def _object_state(self, number: int, item: SceneObject, supporter: str | None) -> ObjectState:
        pose, scale = self._pose(number), self._scale(number)
        boxes = tuple(part.box for part in item.asset.collisions)
        parts = tuple(
            OrientedBox(scale * box.center, scale * box.size, box.rotation).transformed(pose) for box in boxes
        )
        return ObjectState(
            object_id=item.object_id,
            category=item.asset.category,
            instance=number + 1,
            box=self._box(number),
            parts=parts,
            supported_by=supporter,
            movable=item.movable,
            color=item.asset.color,
            yaw_symmetry=item.asset.yaw_symmetry,
        )

    def _supporters(self) -> dict[str, str]:
        names = {body: item.object_id for body, item in zip(self._compiled.body_ids, self._scene.objects, strict=True)}
        return supporters(self._model, self._data, names)

    def _states_of_fixed(self) -> dict[str, ObjectState]:
        """States of what cannot move, which never change."""
        states = [self._object_state(number, item, None) for number, item in enumerate(self._scene.objects)]
        return {
            item.object_id: replace(item, supported_by=supporter_of_fixed(item, states))
            for item in states
            if not item.movable
        }

    def _set_pose(self, number: int, pose: RigidTransform) -> None:
        address = self._coordinate_address(number)
        self._data.qpos[address : address + 3] = pose.translation
        self._data.qpos[address + 3 : address + 7] = rotations.to_quaternion(pose.rotation)
        velocity = self._velocity_address(number)
        self._data.qvel[velocity : velocity + 6] = 0.0
        self._data.qacc_warmstart[velocity : velocity + 6] = 0.0

    def _set_scale(self, number: int, factor: float) -> None:
        box = self._box(number)
        lift = np.array([0.0, 0.0, (factor - 1.0) * (box.center[2] - box.bottom)])
        self._resize(number, self._scale(number) * factor)
        self._set_pose(number, RigidTransform(box.rotation, box.center + lift))

    def _resize(self, number: int, scale: float) -> None:
        for mesh_id in self._resizer.resize(self._compiled.body_ids[number], scale):
            if self._renderer is not None:
                self._renderer.upload_mesh(mesh_id)

    def _remove(self, change: Remove) -> None:
        number = self._index[change.object_id]
        self._set_collisions(number, enabled=False)
        self._set_pose(number, RigidTransform(translation=np.array([0.0, 0.0, -_PARKING_DEPTH_M - 10.0 * number])))
        self._removed = self._removed | {change.object_id}

    def _set_collisions(self, number: int, *, enabled: bool) -> None:
        body = self._compiled.body_ids[number]
        solid = (self._model.geom_bodyid == body) & (self._model.geom_condim == 6)
        self._model.geom_contype[solid] = self._model.geom_conaffinity[solid] = int(enabled)
        # MuJoCo keeps a copy by body, which it refreshes only when something is resized.
        self._model.body_contype[body] = self._model.body_conaffinity[body] = int(enabled)
