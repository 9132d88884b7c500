"""Samples of all operations as they are read from a lake: single ones, an inverse, and a chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gsi_ray.editors.stage import Stage
from gsi_ray.lake.rows import rows_of, triplet_of
from gsi_ray.operations import OPERATIONS
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.viewpoints import VIEW_SETTINGS


def draw_samples(
    simulator: Simulator, environment: str, split: str, quotas: dict[str, int], **settings: Any
) -> list[Triplet]:
    """So many samples with small pictures, written and read."""
    views = {environment: replace(VIEW_SETTINGS[environment], views=1)}
    sampler = Sampler(simulator, SamplingSettings("test", "0123456789ab", 128, views, **settings))
    plan = ShardPlan(0, "shard-0123456789ab-00000000", environment, split, quotas, 0, 3)
    return [triplet_of(row) for row in rows_of(sampler.sample_shard(plan).triplets)]


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
