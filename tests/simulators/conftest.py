"""Every registered simulator, in turn, with the small scene loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from gsi_ray.scenes.scene import House, Scene
from gsi_ray.simulators import SIMULATORS, create_simulator
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.spatial import Camera
from tests.small_scene import small_scene

MakeSimulator = Callable[[], Simulator]


@dataclass(frozen=True)
class SmallScenes:
    """`small_scene()`, its table with the book alone, and its table, movable and bare; as a simulator loads them."""

    whole: Scene | House
    book: Scene | House
    table: Scene | House


def _procedural() -> SmallScenes:
    scene = small_scene()
    table = replace(scene.objects[0], movable=True)
    return SmallScenes(scene, replace(scene, objects=scene.objects[:2]), replace(scene, objects=(table,)))


def _houses() -> SmallScenes:
    """Those that the player of `tests.thor_player` has under these names."""
    names = ("FloorPlan901", "FloorPlan902", "FloorPlan903")
    return SmallScenes(*(House(f"{name}-000000", "room", name, 0) for name in names))


SCENES = {"ai2thor": _houses, "mujoco": _procedural}


@pytest.fixture(scope="session")
def camera() -> Camera:
    """Looks down at the small scene's table over its near edge (-y), so that the world's x is to the right."""
    return Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 0.72], 1.0, 192, 160)


@pytest.fixture(scope="session", params=sorted(SIMULATORS))
def backend(request: pytest.FixtureRequest, thor_player: None) -> str:
    """The name of the simulator under test."""
    return str(request.param)


@pytest.fixture(scope="session")
def scenes(backend: str) -> SmallScenes:
    """The test scenes as that simulator loads them."""
    return SCENES[backend]()


@pytest.fixture(scope="session")
def make_simulator(backend: str) -> Iterator[MakeSimulator]:
    """Starts one more simulator of the backend under test; all are closed in the end."""
    started: list[Simulator] = []

    def make() -> Simulator:
        started.append(create_simulator(backend))
        return started[-1]

    yield make
    for simulator in started:
        simulator.close()


@pytest.fixture(scope="session")
def shared_simulator(make_simulator: MakeSimulator, scenes: SmallScenes) -> tuple[Simulator, object]:
    """A simulator with the small scene loaded, and the snapshot of it at rest."""
    simulator = make_simulator()
    simulator.load(scenes.whole)
    return simulator, simulator.snapshot()


@pytest.fixture
def simulator(shared_simulator: tuple[Simulator, object], camera: Camera) -> Simulator:
    """The shared simulator, put back to rest and looking at the table."""
    shared, rest = shared_simulator
    shared.restore(rest)
    shared.look(camera)
    return shared
