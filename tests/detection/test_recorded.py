"""Detections that were recorded before, in the official form, whole and damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gsi_ray.detection import Detection, DetectorError, DetectorFailed, Picture, Side, create_detector
from gsi_ray.detection.recorded import RecordedDetections
from tests.evaluation.test_gsi_bench import CASES

CACHE = {
    "a_0": {
        "origin_result": {"detections": CASES[0]["detections_before"]},
        "new_result": {"detections": CASES[1]["detections_after"]},
    },
    "a_1": {"origin_result": {"detections": []}},
}


def picture(edit: str, side: Side = "before") -> Picture:
    return Picture(np.zeros((4, 4, 3), dtype=np.uint8), "cup", np.eye(3), edit, side)


def test_each_side_of_an_edit_has_its_own_record() -> None:
    before, after, nothing = RecordedDetections(CACHE).detect([picture("a_0"), picture("a_0", "after"), picture("a_1")])
    for answer, expected in ((before, CASES[0]["detections_before"]), (after, CASES[1]["detections_after"])):
        assert not isinstance(answer, DetectorFailed)
        assert [one.record for one in answer] == [Detection.parse(one).record for one in expected]
    assert nothing == ()


@pytest.mark.parametrize(
    ("cache", "complaint"),
    [
        ({}, 'the key "a_0" is missing'),
        ({"a_0": {}}, 'the key "origin_result" is missing'),
        ({"a_0": 3}, "a record is to be an object"),
        ({"a_0": {"origin_result": {}}}, 'the key "detections" is missing'),
        ({"a_0": {"origin_result": {"detections": 3}}}, '"detections" is no list'),
        ({"a_0": {"origin_result": {"detections": [{"label": "cup"}]}}}, 'the key "bbox_2d" is missing'),
    ],
)
def test_what_is_missing_or_damaged_is_named_with_its_edit(cache: Any, complaint: str) -> None:
    [answer] = RecordedDetections(cache).detect([picture("a_0")])
    assert isinstance(answer, DetectorFailed)
    assert "before" in str(answer) and '"a_0"' in str(answer) and complaint in str(answer)


def test_an_official_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "infer_cache.json").write_text(json.dumps(CACHE))
    [answer] = create_detector("recorded", {"file": tmp_path / "infer_cache.json"}).detect([picture("a_0")])
    assert not isinstance(answer, DetectorFailed) and len(answer) == len(CASES[0]["detections_before"])


@pytest.mark.parametrize(
    ("content", "complaint"), [(None, "cannot be read"), ("{", "is no JSON"), ("[]", "is no record of detections")]
)
def test_a_file_that_is_no_record_is_named(tmp_path: Path, content: str | None, complaint: str) -> None:
    file = tmp_path / "infer_cache.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(DetectorError, match=rf"infer_cache\.json.* {complaint}"):
        create_detector("recorded", {"file": file})
