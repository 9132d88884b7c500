"""How edits are to be evaluated: a small recipe of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from gsi_ray.recipes.recipe import Workers

Protocol = Literal["exact", "gsi-bench"]
PROTOCOLS: tuple[str, ...] = get_args(Protocol)


class EvaluationRecipe(BaseModel):
    """What to score edits by.

    The protocol gsi-bench asks `detector` (see docs/detectors.md for each one's `detector_settings`) what is in the
    pictures, and needs AlexNet's weights for LPIPS: `alexnet` is their file, in place of the one in torch hub's cache.
    `workers` says what a worker needs, such as a GPU for its detector.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocols: tuple[Protocol, ...] = Field(default=("exact", "gsi-bench"), min_length=1)
    detector: str = "oracle"
    detector_settings: dict[str, Any] = Field(default_factory=dict)
    alexnet: Path | None = None
    workers: Workers = Workers()
