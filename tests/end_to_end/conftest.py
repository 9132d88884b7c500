"""A lake as a user makes it, generated once for all tests that look into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import load_recipe, revised, with_samples


@pytest.fixture(scope="session")
def generated_lake(ray_here: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's operations and environments, with 17 samples of each at 256 pixels: a good 300."""
    lake = tmp_path_factory.mktemp("generated-lake")
    generate(revised(with_samples(load_recipe("demo"), 17), image_size=256), str(lake))
    return lake
