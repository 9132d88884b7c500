"""The doctor's smoke test: what keeps its promises passes, and every promise that is broken is seen."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from gsi_ray.doctor import smoke
from gsi_ray.doctor.smoke import Broken, Look
from gsi_ray.scenes.scene import House, Scene
from gsi_ray.simulators import SIMULATORS
from gsi_ray.simulators.ai2thor import houses
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.simulators.mujoco.simulator import mujoco
from gsi_ray.simulators.protocol import ActionRejected, Change, Observation, Remove
from gsi_ray.spatial import Camera
from tests.small_scene import small_scene

CHECKS = [smoke.geometry, smoke.other_lens, smoke.rest, smoke.restoring, smoke.removal, smoke.loading_again]


class MasksAside(MujocoSimulator):
    def render(self, focus: Sequence[str] = ()) -> Observation:
        seen = super().render(focus)
        return replace(seen, instances=np.roll(seen.instances, 40, axis=1))


class DepthTooShort(MujocoSimulator):
    def render(self, focus: Sequence[str] = ()) -> Observation:
        seen = super().render(focus)
        return replace(seen, depth=seen.depth * np.float32(0.95))


class StaleLens(MujocoSimulator):
    """Depth and instances keep the first lens, as those of AI2-THOR do if nothing is done about it."""

    first: Camera | None = None

    def render(self, focus: Sequence[str] = ()) -> Observation:
        seen = super().render(focus)
        camera = self._camera
        self.first = self.first or camera
        self.look(replace(camera, intrinsics=self.first.intrinsics))
        stale = super().render()
        self.look(camera)
        return replace(seen, depth=stale.depth, instances=stale.instances)


def shift_first_thing(simulator: MujocoSimulator, by_m: float) -> None:
    """Move the first thing that can be moved, behind the simulator's back."""
    simulator._data.qpos[0] += by_m
    mujoco.mj_forward(simulator._model, simulator._data)


class Creeping(MujocoSimulator):
    def settle(self, seconds: float | None = None) -> float:
        elapsed = super().settle(seconds)
        if seconds is not None:
            shift_first_thing(self, 0.005 * seconds)
        return elapsed


class Sloppy(MujocoSimulator):
    def restore(self, snapshot: object) -> None:
        super().restore(snapshot)
        shift_first_thing(self, 1e-7)


class Hoarding(MujocoSimulator):
    def apply(self, change: Change) -> None:
        if not isinstance(change, Remove):
            super().apply(change)


class Moody(MujocoSimulator):
    def load(self, scene: Scene | House) -> None:
        assert isinstance(scene, Scene)
        self.__dict__["times"] = self.__dict__.get("times", 0) + 1
        super().load(replace(scene, ambient=(0.3 + 0.1 * self.__dict__["times"],) * 3))


class Individual(MujocoSimulator):
    """Every one of them sees another brightness."""

    born = count()

    def __init__(self) -> None:
        super().__init__()
        self._number = next(self.born)

    def render(self, focus: Sequence[str] = ()) -> Observation:
        seen = super().render(focus)
        return replace(seen, rgb=np.minimum(seen.rgb, 250) + np.uint8(self._number % 5))


class Careless(MujocoSimulator):
    """Has a program of its own, and never asks after it."""

    def __init__(self) -> None:
        super().__init__()
        self.program = subprocess.Popen(["sleep", "1000"])


class Refusing(MujocoSimulator):
    def apply(self, change: Change) -> None:
        raise ActionRejected("I would rather not.")


@pytest.fixture
def started() -> Iterator[Callable[[type[MujocoSimulator]], MujocoSimulator]]:
    simulators: list[MujocoSimulator] = []

    def start(kind: type[MujocoSimulator]) -> MujocoSimulator:
        simulators.append(kind())
        return simulators[-1]

    yield start
    for simulator in simulators:
        simulator.close()


Start = Callable[[type[MujocoSimulator]], MujocoSimulator]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_simulator_that_keeps_its_promises_passes(started: Start, check: Callable[[Look], str]) -> None:
    assert check(smoke.look_at(started(MujocoSimulator), small_scene()))


@pytest.mark.parametrize(
    ("check", "liar", "complaint"),
    [
        (smoke.geometry, MasksAside, "outside of its box"),
        (smoke.geometry, DepthTooShort, "of the depth of .* is outside of its box"),
        (smoke.other_lens, StaleLens, "outside of its box"),
        (smoke.rest, Creeping, r"moves by 5\.\d mm in a second"),
        (smoke.restoring, Sloppy, "is not where it was"),
        (smoke.removal, Hoarding, "is still there"),
        (smoke.loading_again, Moody, "of the rgb picture is not as it was"),
    ],
)
def test_a_promise_that_is_broken_is_seen(
    started: Start, check: Callable[[Look], str], liar: type[MujocoSimulator], complaint: str
) -> None:
    with pytest.raises(Broken, match=complaint):
        check(smoke.look_at(started(liar), small_scene()))


def test_samples_that_depend_on_the_process_are_seen(started: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIMULATORS, "individual", "tests.test_smoke:Individual")
    monkeypatch.setattr(smoke, "_OPERATIONS", ("camera_movement",))
    with pytest.raises(Broken, match="another process does not give the same samples"):
        smoke.edits(started(Individual), "individual")


def test_a_simulator_that_does_not_miss_its_program_is_seen(started: Start) -> None:
    mine = subprocess.Popen(["sleep", "1000"])
    others = smoke.programs()
    careless = started(Careless)
    careless.load(small_scene())
    with pytest.raises(Broken, match="did not notice"):
        smoke.death(careless, smoke.programs() - others)
    assert careless.program.wait() != 0
    assert mine.poll() is None  # what others have started lives on
    mine.kill()
    mine.wait()


def test_ai2thor_with_the_player_that_stands_in_passes_all_of_it(
    thor_player: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "_scenes", lambda simulator: [houses.build_scene("FloorPlan426-000001")])
    monkeypatch.setattr(smoke, "_OPERATIONS", ("camera_movement", "spatial_removal"))
    monkeypatch.setattr(houses, "ENVIRONMENTS", ("bathroom",))
    findings = list(smoke.smoke("ai2thor"))
    assert [finding for finding in findings if not finding.works] == []
    names = [finding.name.strip() for finding in findings]
    assert names == ["FloorPlan426-000001", *(check.__name__ for check in CHECKS), "edits", "death"]


def test_a_refusal_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIMULATORS, "refusing", "tests.test_smoke:Refusing")
    monkeypatch.setattr(smoke, "_scenes", lambda simulator: [small_scene()])
    monkeypatch.setattr(smoke, "_OPERATIONS", ("perspective_control",))  # which asks nothing of physics
    broken = [finding for finding in smoke.smoke("refusing") if not finding.works]
    assert [(finding.name.strip(), finding.found) for finding in broken] == [
        ("restoring", "I would rather not."),
        ("removal", "I would rather not."),
    ]


def test_a_player_that_does_not_start_is_one_finding(thor_player: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GSI_RAY_THOR_PLAYER", "/bin/false")
    (finding,) = smoke.smoke("ai2thor")
    assert not finding.works
    assert "ended with status 1" in finding.found
