"""Settings of all tests, and the one Ray that they share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import ray
from hypothesis import settings

from gsi_ray.pipelines.starting import start_ray

# The same examples on every run, and no time limit for any of them: machines differ.
settings.register_profile("suite", max_examples=30, deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def ray_here() -> Iterator[None]:
    """One Ray for all tests that generate; starting it takes longer than most of them."""
    start_ray(cpus=2)
    yield
    ray.shutdown()
