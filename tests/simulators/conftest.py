"""Every registered simulator, in turn, with the small scene loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gsi_ray.simulators import SIMULATORS, create_simulator
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.spatial import Camera
from tests.small_scene import small_scene

MakeSimulator = Callable[[], Simulator]


@pytest.fixture(scope="session")
def camera() -> Camera:
    """Looks down at the small scene's table over its near edge (-y), so that the world's x is to the right."""
    return Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 0.72], 1.0, 192, 160)


@pytest.fixture(scope="session", params=sorted(SIMULATORS))
def make_simulator(request: pytest.FixtureRequest) -> Iterator[MakeSimulator]:
    """Starts one more simulator of the backend under test; all are closed in the end."""
    started: list[Simulator] = []

    def make() -> Simulator:
        started.append(create_simulator(request.param))
        return started[-1]

    yield make
    for simulator in started:
        simulator.close()


@pytest.fixture(scope="session")
def shared_simulator(make_simulator: MakeSimulator) -> tuple[Simulator, object]:
    """A simulator with the small scene loaded, and the snapshot of it at rest."""
    simulator = make_simulator()
    simulator.load(small_scene())
    return simulator, simulator.snapshot()


@pytest.fixture
def simulator(shared_simulator: tuple[Simulator, object], camera: Camera) -> Simulator:
    """The shared simulator, put back to rest and looking at the table."""
    shared, rest = shared_simulator
    shared.restore(rest)
    shared.look(camera)
    return shared
