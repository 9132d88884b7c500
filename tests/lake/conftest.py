from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from gsi_ray.sampling.triplet import Triplet
from tests.triplets import make_triplets


@pytest.fixture
def triplets() -> Sequence[Triplet]:
    return make_triplets()


@pytest.fixture(params=["local", "memory"])
def lake_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty lake, once on the disk and once in an object store."""
    return str(tmp_path / "lake") if request.param == "local" else f"memory://{uuid.uuid4().hex}"
