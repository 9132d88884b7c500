"""GSI-Bench's protocol: the figures of the official code, and what it says of records that are no good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.detection import BadRecord, Detection
from gsi_ray.evaluation.gsi_bench import (
    EditRecord,
    SampleScores,
    UnknownOperation,
    appearance_score,
    averages,
    is_local,
    operation_of,
    score,
)
from gsi_ray.evaluation.gsi_bench.boxes import iou_3d, projected
from gsi_ray.evaluation.gsi_bench.scoring import NOTHING, view_score

ROOT = Path(__file__).parents[2]
# All that the official code was asked; a clone on its own has some two of each kind.
FOLDERS = [ROOT.parent / "shared/golden/gsi_bench", ROOT / "tests/data/gsi_bench"]
GOLDEN = next(folder for folder in FOLDERS if folder.is_dir())
CASES = [json.loads(line) for line in (GOLDEN / "ic_sa_cases.jsonl").read_text().splitlines()]


def read(case: dict[str, Any]) -> tuple[EditRecord, list[Detection], list[Detection]]:
    before, after = ([Detection.parse(one) for one in case[f"detections_{side}"]] for side in ("before", "after"))
    return EditRecord.parse(case["edit"]), before, after


def test_the_cases_are_of_every_operation_and_of_every_turn_of_events() -> None:
    assert {case["operation"] for case in CASES} == {"move", "rotate", "remove", "scale"}
    assert len({(case["operation"], case["scenario"]) for case in CASES}) == 32


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['operation']}-{case['scenario']}-{case['id']}")
def test_compliance_and_accuracy_are_those_of_the_official_code(case: dict[str, Any]) -> None:
    edit, before, after = read(case)
    found, expected = score(case["operation"], edit, before, after), case["expected"]
    assert found.compliance == expected["ic_ungated"]
    assert found.accuracy == pytest.approx(expected["sa_ungated"], abs=1e-6)

    local = is_local(case["ssim"], case["lpips"], real=case["dataset"] == "GSI-Real")
    assert local == expected["locality_ok"]
    gated = found if local else NOTHING
    assert (gated.compliance, gated.accuracy) == (expected["ic"], pytest.approx(expected["sa"], abs=1e-6))


@pytest.mark.parametrize("case", json.loads((GOLDEN / "operations.json").read_text()), ids=lambda case: case["prompt"])
def test_operations_are_read_off_prompts_as_in_the_official_code(case: dict[str, str]) -> None:
    assert operation_of(case["prompt"]) == case["operation"]


@pytest.mark.parametrize("prompt", ["Juggle the mug.", "Please", "", "please juggle the mug to the left"])
def test_a_prompt_without_a_verb_that_is_known_is_refused(prompt: str) -> None:
    with pytest.raises(UnknownOperation, match="is no verb of GSI-Bench"):
        operation_of(prompt)


def test_averages_are_those_of_the_official_code() -> None:
    golden = json.loads((GOLDEN / "aggregate.json").read_text())
    appearance = {one["meta"]["index"]: appearance_score(one["prediction"]) for one in golden["ac_predictions"]}

    def sample(key: str) -> SampleScores:
        image, _, query = key.rpartition("_")
        names = [f"{image}_edit_{query}{ending}" for ending in ("", ".jpg", ".png")]
        locality = golden["edit_locality"].get(key, {})
        return SampleScores(
            golden["instruction_compliance"][key]["compliance"],
            golden["spatial_accuracy"][key]["edit_score"],
            locality.get("ssim"),
            locality.get("lpips"),
            next((appearance[name] for name in names if name in appearance), None),
        )

    found = averages([sample(key) for key in golden["instruction_compliance"]])
    assert (
        found.compliance,
        found.accuracy,
        found.locality_ssim,
        found.locality_lpips,
        found.appearance,
        found.overall,
    ) == pytest.approx([golden["expected"][name] for name in ("ic", "sa", "el_ssim", "el_lpips", "ac", "average")])


def test_no_samples_have_averages_of_nothing() -> None:
    assert averages([]).overall == 0.0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('So. ||V^=^V||{"score": 7, "reasoning": "same"}||V^=^V||', 7.0),
        ('||V^=^V||\n{"score": "8.5"}\n||V^=^V|| and more', 8.5),
        ('{"score": 7}', None),
        ('||V^=^V|| {"score": null} ||V^=^V||', None),
        ('||V^=^V|| {"mark": 7} ||V^=^V||', None),
        ("||V^=^V|| seven ||V^=^V||", None),
        ("", None),
    ],
)
def test_answers_of_a_judge_are_read_where_they_can_be(answer: str, expected: float | None) -> None:
    assert appearance_score(answer) == expected


def test_views_are_scored_by_likeness_alone() -> None:
    found = view_score(ssim=0.8, lpips=0.3)
    assert found.compliance == found.accuracy == pytest.approx(0.75)


class TestRecords:
    edit = CASES[0]["edit"]
    detection = CASES[0]["detections_before"][0]

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"original_bbox_3d": [0.0] * 6}, r'"original_bbox_3d" is to have the shape \(7,\), and has \(6,\)'),
            ({"original_bbox_3d": [0.0] * 6 + [float("nan")]}, '"original_bbox_3d" holds a number that is not finite'),
            ({"camera_intrinsics": "wide"}, '"camera_intrinsics" does not hold numbers only'),
            ({"rotation_matrix": [[1.0, 0.0], [0.0]]}, '"rotation_matrix" does not hold numbers only'),
            ({"target": None}, 'the key "target" is missing'),
            ({"new_bbox_3d": [[1.0]]}, '"new_bbox_3d" is to have the shape'),
        ],
    )
    def test_an_edit_that_is_no_good_says_what_is_wrong(self, change: dict[str, Any], complaint: str) -> None:
        with pytest.raises(BadRecord, match=complaint):
            EditRecord.parse({**self.edit, **change})

    @pytest.mark.parametrize("record", [None, [], 3, "cup"])
    def test_what_is_no_record_is_refused(self, record: object) -> None:
        with pytest.raises(BadRecord, match="an object with keys"):
            Detection.parse(record)

    def test_a_detection_with_a_broken_box_is_refused(self) -> None:
        with pytest.raises(BadRecord, match="bbox_2d"):
            Detection.parse({**self.detection, "bbox_2d": [1, 2, 3, float("inf")]})

    @pytest.mark.parametrize(("operation", "key"), [("move", "new_bbox_3d"), ("rotate", "new_rotation_matrix")])
    def test_an_edit_without_its_goal_cannot_be_scored(self, operation: Any, key: str) -> None:
        case = next(one for one in CASES if one["operation"] == operation and one["scenario"] == "good")
        edit, before, after = read({**case, "edit": {**case["edit"], key: None}})
        with pytest.raises(BadRecord, match=key):
            score(operation, edit, before, after)


boxes = st.tuples(*[st.floats(-3.0, 3.0)] * 3, *[st.floats(0.05, 2.0)] * 3, st.floats(-np.pi, np.pi)).map(np.array)


class TestBoxes:
    @given(boxes)
    def test_a_box_is_wholly_in_itself(self, box: np.ndarray) -> None:
        assert iou_3d(box, box) == pytest.approx(1.0)

    @given(boxes, boxes)
    def test_overlap_is_mutual_and_a_share(self, first: np.ndarray, second: np.ndarray) -> None:
        assert iou_3d(first, second) == pytest.approx(iou_3d(second, first), abs=1e-9)
        assert 0.0 <= iou_3d(first, second) <= 1.0 + 1e-9

    @given(boxes, st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
    def test_overlap_does_not_depend_on_where_one_stands(self, box: np.ndarray, x: float, z: float) -> None:
        other = box + [0.1, 0.05, -0.1, 0.0, 0.0, 0.0, 0.3]
        shift = np.array([x, 0.5, z, 0.0, 0.0, 0.0, 0.0])
        assert iou_3d(box + shift, other + shift) == pytest.approx(iou_3d(box, other), abs=1e-9)

    def test_half_of_a_box_is_half_of_it(self) -> None:
        box = np.array([0.0, 0.0, 2.0, 1.0, 1.0, 1.0, 0.0])
        assert iou_3d(box, box + [0.5, 0, 0, 0, 0, 0, 0]) == pytest.approx(1.0 / 3.0)
        assert iou_3d(box, box + [0, 0.5, 0, 0, 0, 0, 0]) == pytest.approx(1.0 / 3.0)
        assert iou_3d(box, box + [0, 0, 2.0, 0, 0, 0, 0]) == 0.0

    def test_a_flat_box_overlaps_nothing(self) -> None:
        assert (
            iou_3d(np.array([0.0, 0.0, 2.0, 0.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 2.0, 1.0, 1.0, 1.0, 0.0])) == 0.0
        )

    def test_a_box_in_front_projects_about_the_axis(self) -> None:
        intrinsics = np.array([[100.0, 0.0, 50.0], [0.0, 100.0, 40.0], [0.0, 0.0, 1.0]])
        box = np.array([0.0, 0.0, 2.5, 1.0, 0.5, 1.0, 0.0])
        np.testing.assert_allclose(projected(box, np.eye(3), intrinsics), [25.0, 27.5, 75.0, 52.5])
