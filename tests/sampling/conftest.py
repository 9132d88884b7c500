"""The small scene in a simulator, and one view of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gsi_ray.sampling.loaded_scene import LoadedScene, SeenView
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.spatial import Camera
from gsi_ray.viewpoints import Viewpoint
from tests.small_scene import small_scene


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    started = create_simulator("mujoco")
    yield started
    started.close()


@pytest.fixture(scope="session")
def loaded(simulator: Simulator) -> LoadedScene:
    return LoadedScene(simulator, small_scene(), SamplingSettings("test", "0123456789", 192, {}))


@pytest.fixture(scope="session")
def seen(loaded: LoadedScene) -> SeenView:
    """From the near edge: the world's x is to the right, y is away."""
    camera = Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 0.72], 1.05, 192, 192)
    return loaded.see(Viewpoint("view-00", camera, 1.0))
