"""Views of the small scene, as operations get them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gsi_ray.operations.choices import Choices
from gsi_ray.operations.view import View
from gsi_ray.sampling.loaded_scene import LoadedScene
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.scenes.scene import Scene
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.spatial import Camera
from gsi_ray.viewpoints import Viewpoint
from tests.small_scene import small_scene

SETTINGS = SamplingSettings("test", "0123456789", 160, {})

# From the near edge, from a corner, and from the far edge high above.
CAMERAS = (
    Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 0.72], 1.05, 160, 160),
    Camera.looking_at([1.2, -1.0, 1.5], [0.0, 0.0, 0.72], 1.05, 160, 160),
    Camera.looking_at([-0.4, 1.3, 1.9], [0.0, 0.0, 0.72], 1.05, 160, 160),
)

SeeScene = Callable[..., View]


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    started = create_simulator("mujoco")
    yield started
    started.close()


@pytest.fixture(scope="session")
def views(simulator: Simulator) -> tuple[View, ...]:
    """The small scene, seen from several sides."""
    loaded = LoadedScene(simulator, small_scene(), SETTINGS)
    return tuple(loaded.see(Viewpoint("test", camera, 0.0)).view for camera in CAMERAS)


@pytest.fixture
def view(views: tuple[View, ...]) -> View:
    """From the near edge: the world's x is to the right, y is away."""
    return views[0]


@pytest.fixture(scope="session")
def see(simulator: Simulator) -> SeeScene:
    """Looks at any scene, from the near edge unless told otherwise."""

    def see(scene: Scene, camera: Camera = CAMERAS[0], **choices: object) -> View:
        settings = replace(SETTINGS, choices=replace(Choices(), **choices))
        return LoadedScene(simulator, scene, settings).see(Viewpoint("test", camera, 0.0)).view

    return see
