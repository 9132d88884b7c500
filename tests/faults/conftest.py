from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gsi_ray.pipelines.generate import generate
from tests.faults.recipe import RECIPE
from tests.faults.simulators import Orders


@pytest.fixture(scope="session")
def undisturbed(ray_here: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake that every other one must be equal to."""
    lake = tmp_path_factory.mktemp("undisturbed")
    generate(RECIPE, str(lake))
    return lake


@pytest.fixture
def orders(orders_folder: Path) -> Iterator[Orders]:
    """What is to go wrong in the workers of the Ray that all tests share."""
    given = Orders(orders_folder)
    yield given
    given.clear()


@pytest.fixture
def own_orders(tmp_path: Path) -> Orders:
    """Orders for a run with a Ray of its own."""
    folder = tmp_path / "orders"
    folder.mkdir()
    return Orders(folder)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Where a test's lake will be."""
    return tmp_path / "lake"
