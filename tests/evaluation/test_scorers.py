"""What both protocols promise of a lake's rows: whatever is wrong with one changes no other's scores."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gsi_ray.detection import create_detector
from gsi_ray.editors import create_editor
from gsi_ray.evaluation.scorers import EditedSample, ExactScorer, GsiBenchScorer, Scorer, Scores
from gsi_ray.lake.images import encode_rgb
from gsi_ray.lake.rows import rows_of
from gsi_ray.pipelines.edit import edit_row
from tests.evaluation.backbone import loaded_lpips
from tests.toy_triplets import toy_triplets

Row = dict[str, Any]
SCORERS: dict[str, Callable[[], Scorer]] = {
    "exact": ExactScorer,
    "gsi-bench": lambda: GsiBenchScorer(create_detector("oracle"), None),
}
TRIPLETS = toy_triplets()[:3]


def edited(editor: str) -> list[EditedSample]:
    edits = create_editor(editor).edit(TRIPLETS)
    rows = [edit_row(editor, triplet, edit) for triplet, edit in zip(TRIPLETS, edits, strict=True)]
    return [
        EditedSample(copy.deepcopy(sample), (row, copy.deepcopy(row)))
        for sample, row in zip(rows_of(TRIPLETS), rows, strict=True)
    ]


@pytest.fixture(scope="module")
def expected() -> dict[str, list[list[Scores | str]]]:
    return {name: list(make().scores(edited("truth"))) for name, make in SCORERS.items()}


def _nan(objects: list[Row]) -> None:
    for one in objects:
        one["center"] = [float("nan"), *one["center"][1:]]


BAD_EDITS: dict[str, Callable[[Row], object]] = {
    "no picture": lambda edit: edit.update(image=None),
    "half a picture": lambda edit: edit["image"].update(bytes=edit["image"]["bytes"][:100]),
    "no image file": lambda edit: edit["image"].update(bytes=b"\x89PNG\r\n\x1a\n"),
}
BAD_SAMPLES: dict[str, Callable[[Row], object]] = {
    "a box that is no number": lambda sample: _nan(sample["objects_before"]),
    "a lens that is no number": lambda sample: sample["camera_after"].update(intrinsics=[float("inf")] * 9),
    "a picture cut short": lambda sample: sample["image_before"].update(bytes=sample["image_before"]["bytes"][:100]),
}


@pytest.mark.parametrize("protocol", SCORERS)
@pytest.mark.parametrize("kind", BAD_EDITS)
def test_a_bad_edit_has_a_reason_and_the_others_their_scores(
    expected: dict[str, list[list[Scores | str]]], protocol: str, kind: str
) -> None:
    samples = edited("truth")
    BAD_EDITS[kind](samples[1].edits[0])
    found = list(SCORERS[protocol]().scores(samples))
    assert isinstance(found[1][0], str)
    found[1][0] = expected[protocol][1][0]
    assert found == expected[protocol]


@pytest.mark.parametrize("protocol", SCORERS)
@pytest.mark.parametrize("kind", BAD_SAMPLES)
def test_a_bad_sample_costs_its_own_edits_only(
    expected: dict[str, list[list[Scores | str]]], protocol: str, kind: str
) -> None:
    samples = edited("truth")
    BAD_SAMPLES[kind](samples[1].sample)
    found = list(SCORERS[protocol]().scores(samples))
    assert all(isinstance(one, str) for one in found[1])
    assert [found[0], found[2]] == [expected[protocol][0], expected[protocol][2]]


def test_an_unknown_verb_is_one_edits_error_and_no_matter_to_the_exact_protocol() -> None:
    samples = edited("truth")
    samples[0].sample["instruction"] = "Teleport the mug to the left."
    gsi_bench, exact = (list(SCORERS[name]().scores(samples)) for name in ("gsi-bench", "exact"))
    assert '"Teleport" is no verb' in str(gsi_bench[0][0])
    assert not isinstance(gsi_bench[1][0], str)
    assert not isinstance(exact[0][0], str)


def test_what_was_drawn_with_a_box_that_is_no_number_cannot_be_detected() -> None:
    samples = edited("truth")
    _nan(samples[0].edits[0]["objects"])
    (first, second), *_ = SCORERS["gsi-bench"]().scores(samples)
    assert "not finite" in str(first)
    assert not isinstance(second, str)


def test_with_lpips_every_measure_is_known() -> None:
    scorer = GsiBenchScorer(create_detector("oracle"), loaded_lpips())
    for scores, _ in scorer.scores(edited("identity")):
        assert not isinstance(scores, str)
        assert None not in scores.values()
        assert scores["el_lpips"] == pytest.approx(0.0, abs=1e-6)


def test_rectangles_are_where_the_detector_would_see_them() -> None:
    """Boxes in pixels of a small picture leave out the same part of it as of the picture that is compared."""
    sample = edited("truth")[0]
    before, after = (np.array(image) for image in (TRIPLETS[0].before.rgb, TRIPLETS[0].after.rgb))
    target = next(one for one in TRIPLETS[0].before.objects if one.object_id == TRIPLETS[0].target.object_id)
    x0, y0, x1, y1 = (round(edge) for edge in target.bbox_2d)
    spoilt = before.copy()
    spoilt[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2] = 255 - spoilt[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2]
    edit = {**sample.edits[0], "image": {"bytes": encode_rgb(spoilt), "path": None}}
    (scores,), *_ = SCORERS["gsi-bench"]().scores([EditedSample(sample.sample, (edit,))])
    assert not np.array_equal(before, after)
    assert scores["el_mse"] == pytest.approx(0.0, abs=0.5)
