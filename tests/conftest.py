"""Settings of all tests, and the one Ray that they share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
from hypothesis import settings

from gsi_ray.pipelines.starting import start_ray
from tests.lake.object_store import object_store as object_store  # for all tests

# The same examples on every run, and no time limit for any of them: machines differ.
settings.register_profile("suite", max_examples=30, deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def orders_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where workers of the Ray below look for what is to go wrong, if their simulator is that of `tests.faults`."""
    folder = tmp_path_factory.mktemp("orders")
    os.environ["GSI_RAY_TEST_ORDERS"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def thor_orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where that player looks for what is to go wrong, and writes which processes it has been."""
    return tmp_path_factory.mktemp("thor-orders")


@pytest.fixture(scope="session")
def thor_player(thor_orders: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """AI2-THOR has a player on this machine: the one of `tests.thor_player`, which stands in for the real one."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GSI_RAY_THOR_PLAYER", str(Path(__file__).parent / "thor_player" / "player"))
        environment.setenv("GSI_RAY_THOR_HOME", str(tmp_path_factory.mktemp("thor-home")))
        environment.setenv("GSI_RAY_TEST_PYTHON", sys.executable)
        environment.setenv("GSI_RAY_TEST_THOR_ORDERS", str(thor_orders))
        environment.setenv("GSI_RAY_THOR_START_LIMIT_S", "30")
        environment.setenv("GSI_RAY_THOR_ANSWER_LIMIT_S", "25")
        yield


@pytest.fixture(scope="session")
def ray_here(orders_folder: Path, thor_player: None) -> Iterator[None]:
    """One Ray for all tests that generate; starting it takes longer than most of them."""
    start_ray(cpus=2)
    yield
    ray.shutdown()
