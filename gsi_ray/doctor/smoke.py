"""Proves on this very machine what a simulator promises: real scenes, real physics, real pictures, in some minutes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.doctor.findings import Finding
from gsi_ray.errors import GsiRayError
from gsi_ray.lake.rows import rows_of
from gsi_ray.operations import OPERATIONS
from gsi_ray.recipes import Recipe, sampling_settings, shards
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.scenes.build import SPLITS
from gsi_ray.scenes.scene import House, ObjectState, Scene, SceneState
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import ActionRejected, Observation, Remove, SetPose, Simulator, SimulatorDied
from gsi_ray.spatial import Camera, RigidTransform, polygons, rotations
from gsi_ray.viewpoints import VIEW_SETTINGS, choose_views

_PIXELS = 384
# In a simulator that arranges its scenes at random, so far along they have been through all of them as they were built.
_LATER_SCENE = 1000
# What may be off by the roundness of things, the borders of their masks, and boxes that are a little loose or tight.
_ON_BOX_M = 0.02
_ON_HULL_PIXELS = 2.0
_ASTRAY = 0.02
_STILL_M = 0.002
_DEATH_LIMIT_S = 20.0
_OPERATIONS = tuple(name for name, operation in OPERATIONS.items() if not operation.resizes)


class Broken(Exception):
    """A promise that is not kept."""


@dataclass(frozen=True, eq=False)
class Look:
    """A loaded scene at rest, as its best view shows it."""

    simulator: Simulator
    scene: Scene | House
    state: SceneState
    snapshot: object
    camera: Camera
    seen: Observation

    @property
    def clear(self) -> list[ObjectState]:
        """What is hardly hidden."""
        return [item for item in self.state.objects if self.seen.visible_fraction.get(item.object_id, 0.0) > 0.8]

    @property
    def target(self) -> ObjectState:
        """Something that can be moved. Raises Broken where the best view shows nothing of the kind."""
        for item in self.clear:
            if item.movable and not self.state.resting_on(item.object_id):
                return item
        raise Broken("nothing that can be moved is seen well")

    def require_as_before(self) -> None:
        """Raises Broken unless state and picture are those of the look, to the last bit."""
        now = self.simulator.state()
        for item in self.state.objects:
            if item.object_id not in now or not np.array_equal(now[item.object_id].box.corners, item.box.corners):
                raise Broken(f"{item.object_id} is not where it was")
        self.simulator.look(self.camera)
        again = self.simulator.render()
        for name in ("rgb", "depth", "instances"):
            other = np.mean(getattr(again, name) != getattr(self.seen, name))
            if other:
                raise Broken(f"{other:.2%} of the {name} picture is not as it was")


def smoke(name: str) -> Iterator[Finding]:
    """Check what a simulator promises on some of its scenes; each finding says what was seen."""
    simulator: Simulator | None = None
    try:
        began = time.perf_counter()
        others = programs()
        simulator = create_simulator(name)
        for scene in _scenes(simulator):
            look = look_at(simulator, scene)
            yield Finding(f"{scene.scene_id}", True, True, f"loaded and seen, {time.perf_counter() - began:.1f} s")
            for check in (geometry, other_lens, rest, restoring, removal, loading_again):
                yield _finding(check, look)
            began = time.perf_counter()
        yield _finding(edits, simulator, name)
        yield _finding(death, simulator, programs() - others)
    except (ActionRejected, SimulatorDied, GsiRayError) as error:
        yield Finding(name, True, False, str(error), f"Run 'gsi-ray doctor --simulator {name}' for what is missing.")
    finally:
        if simulator is not None:
            simulator.close()


def geometry(look: Look) -> str:
    """Masks and depth lie where the boxes are."""
    checked = 0
    for item in look.clear:
        rows, columns = np.nonzero(look.seen.instances == item.instance)
        pixels = np.stack([columns, rows], axis=1) + 0.5
        points = look.camera.unproject(pixels, look.seen.depth[rows, columns])
        hull = polygons.convex_hull(look.camera.project(item.box.corners)[0])
        for what, inside in (
            ("depth", item.box.contains(points, margin=_ON_BOX_M)),
            ("mask", polygons.contains(hull, pixels, margin=-_ON_HULL_PIXELS)),
        ):
            if np.mean(~inside) > _ASTRAY:
                raise Broken(f"{np.mean(~inside):.0%} of the {what} of {item.object_id} is outside of its box")
        checked += 1
    if not checked:
        raise Broken("nothing is seen well")
    return f"masks and depth of {checked} things lie within their boxes"


def other_lens(look: Look) -> str:
    """The same holds through a narrower lens, and the first one shows the same as before."""
    focal = 1.4 * look.camera.intrinsics[1, 1]
    angle = 2.0 * np.arctan(look.camera.height / 2.0 / focal)
    narrow = Camera.looking_at(look.camera.position, look.target.box.center, float(angle), _PIXELS, _PIXELS)
    geometry(_seen(look.simulator, look.scene, narrow))
    look.require_as_before()
    return "pictures of another field of view are true as well"


def rest(look: Look) -> str:
    """Nothing moves by itself."""
    look.simulator.settle(1.0)
    now = look.simulator.state()
    moved = {item.object_id: _distance(item, now[item.object_id]) for item in look.state.objects}
    worst = max(moved, key=lambda name: moved[name])
    look.simulator.restore(look.snapshot)
    if moved[worst] > _STILL_M:
        raise Broken(f"{worst} moves by {1000.0 * moved[worst]:.1f} mm in a second")
    return f"in a second nothing moves by more than {1000.0 * moved[worst]:.2f} mm"


def restoring(look: Look) -> str:
    """What was moved, and all that it may have pushed, is put back to the last bit."""
    pose = look.target.box.pose
    aloft = RigidTransform(rotations.about_z(0.6) @ pose.rotation, pose.translation + [0.0, 0.0, 0.1])
    look.simulator.apply(SetPose(look.target.object_id, aloft))
    began = time.perf_counter()
    fell_for = look.simulator.settle()
    took = time.perf_counter() - began
    fallen = look.simulator.state()[look.target.object_id].box.center[2] - pose.translation[2]
    look.simulator.restore(look.snapshot)
    look.require_as_before()
    if fallen > 0.09:
        raise Broken(f"{look.target.object_id} hangs in the air after {fell_for:.1f} s")
    return f"{look.target.category} fell for {fell_for:.1f} s, which took {took:.2f} s, and is back"


def removal(look: Look) -> str:
    """What is removed is gone, and comes back."""
    look.simulator.apply(Remove(look.target.object_id))
    look.simulator.settle()
    gone = look.target.object_id not in look.simulator.state()
    look.simulator.look(look.camera)
    left = np.count_nonzero(look.simulator.render().instances == look.target.instance)
    look.simulator.restore(look.snapshot)
    look.require_as_before()
    if not gone or left:
        raise Broken(f"{look.target.object_id} is still there")
    return f"{look.target.category} was gone, and is back"


def loading_again(look: Look) -> str:
    """A scene is the same whenever it is loaded."""
    look.simulator.load(look.scene)
    look.require_as_before()
    return "loaded again, it is the same to the last bit"


def edits(simulator: Simulator, name: str) -> str:
    """Samples of all operations, made twice, the second time by a simulator of their own, are the same."""
    cells = [
        {"environment": place, "split": "train", "operations": _OPERATIONS, "samples_per_operation": 1}
        for place in simulator.scenes.ENVIRONMENTS
        if place != "tabletop"  # which has no receptacles
    ]
    recipe = Recipe.model_validate(
        {"name": "smoke", "description": "A few edits", "simulator": name, "image_size": _PIXELS, "cells": cells}
    )
    began = time.perf_counter()
    first = _samples(simulator, recipe)
    took = time.perf_counter() - began
    other = create_simulator(name)
    try:
        again = _samples(other, recipe)
    finally:
        other.close()
    missing = [operation for operation in _OPERATIONS if operation not in {row["operation"] for row in first}]
    if missing:
        raise Broken(f"no sample of {' and '.join(missing)} was found")
    if first != again:
        raise Broken("another process does not give the same samples")
    return f"{len(first)} samples of {len(_OPERATIONS)} operations in {took:.0f} s, and the same in another process"


def death(simulator: Simulator, its_programs: set[int]) -> str:
    """When a program that the simulator has started dies, that shows at once, and nothing is left of it."""
    if not its_programs:
        return "it runs in this process alone"
    for pid in its_programs:
        os.kill(pid, signal.SIGKILL)
    began = time.perf_counter()
    with suppress(SimulatorDied):
        simulator.settle()
        raise Broken("it did not notice that its program was killed")
    took = time.perf_counter() - began
    simulator.close()
    if took > _DEATH_LIMIT_S:
        raise Broken(f"it took {took:.0f} s to notice that its program was killed")
    return f"its program was killed, which it noticed within {took:.1f} s"


def _scenes(simulator: Simulator) -> Iterator[Scene | House]:
    """Some scenes of every environment, from all splits."""
    source = simulator.scenes
    for environment in source.ENVIRONMENTS:
        for number, split in zip((0, 1, _LATER_SCENE), SPLITS, strict=True):
            yield source.build_scene(source.scene_id(environment, split, number))


def look_at(simulator: Simulator, scene: Scene | House) -> Look:
    """Load a scene, and look at it from its best viewpoint. Raises SimulatorDied where there is none."""
    simulator.load(scene)
    snapshot = simulator.snapshot()
    settings = VIEW_SETTINGS[scene.environment]
    rng = np.random.default_rng(0)
    views = choose_views(simulator, settings, rng, width=_PIXELS, height=_PIXELS, stage=scene.stage)
    simulator.restore(snapshot)
    if not views:
        raise SimulatorDied(f"scene {scene.scene_id} has no view from which anything can be seen")
    return _seen(simulator, scene, views[0].camera)


def _seen(simulator: Simulator, scene: Scene | House, camera: Camera) -> Look:
    simulator.look(camera)
    state = simulator.state()
    numbers = set(np.unique(simulator.render_instances(_PIXELS // 4, _PIXELS // 4)).tolist())
    seen = simulator.render([item.object_id for item in state.objects if item.instance in numbers])
    return Look(simulator, scene, state, simulator.snapshot(), camera, seen)


def _samples(simulator: Simulator, recipe: Recipe) -> list[dict[str, Any]]:
    sampler = Sampler(simulator, sampling_settings(recipe))
    return [row for plan in shards(recipe) for row in rows_of(sampler.sample_shard(plan).triplets)]


def _distance(one: ObjectState, other: ObjectState) -> float:
    corners: NDArray[np.float64] = one.box.corners - other.box.corners
    return float(np.linalg.norm(corners, axis=1).max())


def programs() -> set[int]:
    """The processes that this one has started, by pid; the system lists them with the thread that did."""
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def _finding(check: Callable[..., str], *about: Any) -> Finding:
    try:
        return Finding(f"  {check.__name__}", True, True, check(*about))
    except (ActionRejected, Broken) as broken:
        return Finding(f"  {check.__name__}", True, False, str(broken), (check.__doc__ or "").splitlines()[0])
