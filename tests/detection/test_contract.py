"""What every detector promises, on pictures of one scene."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gsi_ray.detection import DETECTORS, Detection, Detector, DetectorFailed, Picture, create_detector
from tests.detection.conftest import picture_of
from tests.toy_triplets import toy_triplets

LABELS = ("mug", "book", "mug", "bottle")


def pictures() -> list[Picture]:
    return [picture_of(triplet, label) for triplet, label in zip(toy_triplets(), LABELS, strict=False)]


def record(folder: Path) -> Path:
    """The truth about these pictures, in the official form."""
    found = create_detector("oracle").detect(pictures())
    cache = {
        picture.edit: {"origin_result": {"detections": [one.record for one in answer]}}
        for picture, answer in zip(pictures(), found, strict=True)
        if not isinstance(answer, DetectorFailed)
    }
    file = folder / "infer_cache.json"
    file.write_text(json.dumps(cache))
    return file


# For each detector, what makes a picture one about which nothing can be said.
SPOILT: Mapping[str, Mapping[str, Any]] = {
    "recorded": {"edit": "never seen"},
    "oracle": {"drawn": None},
    "lifting": {"intrinsics": np.zeros((3, 3))},
    "detany3d": {"label": "ghost"},
}


@pytest.fixture(params=DETECTORS)
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def detector(
    name: str, tmp_path: Path, lifting: Callable[..., Detector], detany3d: Callable[..., Detector]
) -> Detector:
    if name == "recorded":
        return create_detector(name, {"file": record(tmp_path)})
    return {"oracle": lambda: create_detector("oracle"), "lifting": lifting, "detany3d": detany3d}[name]()


def found(answer: tuple[Detection, ...] | DetectorFailed) -> tuple[Detection, ...]:
    assert not isinstance(answer, DetectorFailed), answer
    return answer


def values(answer: tuple[Detection, ...] | DetectorFailed) -> list[list[float]]:
    return [[*one.box_2d, *one.box_3d, *one.rotation.ravel()] for one in found(answer)]


def test_a_detector_has_the_name_by_which_it_is_asked_for(name: str, detector: Detector) -> None:
    assert detector.name == name


def test_every_picture_has_an_answer_in_its_place(detector: Detector) -> None:
    asked = pictures()
    together = detector.detect(asked)
    assert len(together) == len(asked)
    assert any(found(answer) for answer in together)
    for picture, answer in zip(asked, together, strict=True):
        [alone] = detector.detect([picture])
        np.testing.assert_allclose(values(answer), values(alone), atol=1e-4)
    backwards = detector.detect(asked[::-1])
    for answer, other in zip(together, backwards[::-1], strict=True):
        np.testing.assert_allclose(values(answer), values(other), atol=1e-4)


def test_no_pictures_have_no_answers(detector: Detector) -> None:
    assert detector.detect([]) == []


def test_what_is_found_is_a_box_that_can_be_scored(detector: Detector) -> None:
    for picture, answer in zip(pictures(), detector.detect(pictures()), strict=True):
        height, width = picture.rgb.shape[:2]
        for one in found(answer):
            assert one.label == picture.label
            assert one.box_2d.shape == (4,) and one.box_3d.shape == (7,) and one.rotation.shape == (3, 3)
            assert np.isfinite(one.box_3d).all() and (one.box_3d[3:6] >= 0).all()
            x0, y0, x1, y1 = one.box_2d
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
            np.testing.assert_allclose(one.rotation @ one.rotation.T, np.eye(3), atol=1e-6)
            assert np.linalg.det(one.rotation) > 0


def test_a_picture_that_fails_says_why_and_leaves_the_others_alone(name: str, detector: Detector) -> None:
    asked = pictures()
    expected = detector.detect(asked)
    asked[1] = replace(asked[1], **SPOILT[name])
    answers = detector.detect(asked)
    assert isinstance(answers[1], DetectorFailed) and str(answers[1])
    for number in (0, 2, 3):
        np.testing.assert_allclose(values(answers[number]), values(expected[number]), atol=1e-4)
