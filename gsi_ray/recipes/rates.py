"""What samples cost, as benchmarks measured it (see `benchmarks/rates.py` and `benchmarks/scheduling.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

RATES_FILE = Path(str(resources.files("gsi_ray.recipes"))) / "rates.json"


class _Measured(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Found(_Measured):
    """How many samples of an operation a scene gives if it is tried in all its views, and their standard `deviation`.

    That is about the same for pictures of all sizes.
    """

    accepted_per_scene: float
    deviation: float


class OperationRates(_Measured):
    """What one operation costs.

    `attempt_seconds`: trying it in a view, whether or not a sample comes of it. `sample_seconds`, `sample_bytes`:
    storing a sample, without the pictures before, which the samples of a view share.
    """

    attempt_seconds: float
    sample_seconds: float
    sample_bytes: float


class SizeRates(_Measured):
    """What pictures of one size cost; seconds are those of one core.

    A scene is built and settled, and its views are chosen; a view is looked at; one that gave samples is stored.
    """

    scene_seconds: float
    view_seconds: float
    stored_view_seconds: float
    stored_view_bytes: float
    operations: Mapping[str, OperationRates]


class EnvironmentRates(_Measured):
    """One environment: what was found, by operation, and what it cost, by image size."""

    found: Mapping[str, Found]
    sizes: Mapping[int, SizeRates]

    def at(self, image_size: int) -> SizeRates:
        """What pictures of any size cost.

        Between two measured sizes, and beyond the largest, all figures change in proportion to the number of pixels;
        below the smallest they stay what they are there.
        """
        sizes = sorted(self.sizes)
        if len(sizes) == 1:
            return self.sizes[sizes[0]]
        small, large = next((pair for pair in pairwise(sizes) if image_size <= pair[1]), (sizes[-2], sizes[-1]))
        share = max(0.0, (image_size**2 - small**2) / (large**2 - small**2))
        return SizeRates.model_validate(_blend(self.sizes[small].model_dump(), self.sizes[large].model_dump(), share))


class Driver(_Measured):
    """How many shards a second one driver hands out, and takes the receipts of."""

    shards_per_second: float


class Rates(_Measured):
    """All that was measured: where (`machine`), when (`date`), with which version and simulator.

    `views_per_scene` is how many views were looked at.
    """

    machine: str
    date: str
    version: str
    simulator: str
    views_per_scene: int
    driver: Driver
    environments: Mapping[str, EnvironmentRates]


def measured_rates() -> Rates:
    """Those that come with the package."""
    return Rates.model_validate(json.loads(RATES_FILE.read_text(encoding="utf-8")))


def _blend(low: Any, high: Any, share: float) -> Any:
    """All the numbers of two alike trees, weighted."""
    if isinstance(low, dict):
        return {key: _blend(low[key], high[key], share) for key in low}
    return max(0.0, low + (high - low) * share)
