"""Detectors to ask, and pictures to ask them about."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers.utils import logging

from gsi_ray.detection import Detector, Drawn, Picture, Side, create_detector
from gsi_ray.lake.rows import rows_of
from gsi_ray.sampling.triplet import Triplet
from tests.detection import tiny_models

STAND_IN = Path(__file__).parent / "detany3d_stand_in"


def picture_of(triplet: Triplet, label: str, side: Side = "before") -> Picture:
    """One side of a sample, with all that its simulator knows of it."""
    [row] = rows_of([triplet])
    frame = triplet.before if side == "before" else triplet.after
    drawn = Drawn(row[f"objects_{side}"], row[f"camera_{side}"])
    return Picture(frame.rgb, label, np.array(frame.camera.intrinsics), triplet.sample_id, side, drawn)


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the folders `finder`, `segmenter`, `depth` and `relative` of tiny models."""
    logging.disable_progress_bar()
    folder = tmp_path_factory.mktemp("models")
    tiny_models.save_finder(folder / "finder")
    tiny_models.save_segmenter(folder / "segmenter")
    tiny_models.save_depth(folder / "depth")
    tiny_models.save_depth(folder / "relative", metric=False)
    return folder


@pytest.fixture(scope="session")
def lifting(models: Path) -> Callable[..., Detector]:
    """Gives a detector of the tiny models, with settings of one's own; the same one for the same settings."""
    folders = {place: str(models / place) for place in ("finder", "segmenter", "depth")}

    @cache
    def made(**settings: Any) -> Detector:
        # So low that models which have learned nothing find something.
        return create_detector("lifting", {**folders, "box_threshold": 0.1, "text_threshold": 0.1, **settings})

    return made


@pytest.fixture
def detany3d() -> Callable[..., Detector]:
    """Makes a detector that runs the stand-in for the official code."""
    return lambda **settings: create_detector(
        "detany3d", {"checkout": STAND_IN, "python": sys.executable, "start_limit_s": 60, **settings}
    )
