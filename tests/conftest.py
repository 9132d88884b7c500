"""Settings of all tests, and the one Ray that they share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import ray
from hypothesis import settings

# The same examples on every run, and no time limit for any of them: machines differ.
settings.register_profile("suite", max_examples=30, deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def ray_here() -> Iterator[None]:
    """One Ray for all tests that generate; starting it takes longer than most of them."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()
