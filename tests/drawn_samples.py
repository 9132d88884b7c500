"""Samples that a simulator has really drawn, with small pictures, as they are read from a lake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gsi_ray.lake.rows import rows_of, triplet_of
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.viewpoints import VIEW_SETTINGS


def draw_samples(
    simulator: Simulator, environment: str, split: str, quotas: dict[str, int], *, pixels: int = 128, **settings: Any
) -> list[Triplet]:
    """So many samples of each operation, written and read."""
    views = {environment: replace(VIEW_SETTINGS[environment], views=1)}
    sampler = Sampler(simulator, SamplingSettings("test", "0123456789ab", pixels, views, **settings))
    plan = ShardPlan(0, "shard-0123456789ab-00000000", environment, split, quotas, 0, 3)
    return [triplet_of(row) for row in rows_of(sampler.sample_shard(plan).triplets)]
