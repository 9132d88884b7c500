"""Samples of all operations as they are read from a lake: single ones, an inverse, and a chain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gsi_ray.editors.stage import Stage
from gsi_ray.operations import OPERATIONS
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.simulators import create_simulator
from tests.drawn_samples import draw_samples


@pytest.fixture(scope="session")
def samples() -> list[Triplet]:
    """One of each operation, a turn and its inverse, and a chain that goes on after a removal and a resizing."""
    simulator = create_simulator("mujoco")
    chain = ["spatial_removal", "object_scaling", "object_placement"]
    made = [
        *draw_samples(
            simulator, "tabletop", "test", dict.fromkeys(OPERATIONS, 1) | {"object_rotation": 2}, inverses=True
        ),
        *draw_samples(simulator, "tabletop", "val", dict.fromkeys(chain, 1), chain_length=3),
    ]
    simulator.close()
    return made


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """A place to draw the scenes of the samples."""
    opened = Stage(create_simulator("mujoco"))
    yield opened
    opened.close()
