"""One edit, scored completely: how locality, viewpoint and the true picture decide what counts."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gsi_ray.detection import Detection
from gsi_ray.evaluation.gsi_bench import (
    BadPicture,
    EditRecord,
    Evaluation,
    Original,
    UnknownOperation,
    evaluate,
    score,
)
from tests.evaluation.backbone import loaded_lpips

RNG = np.random.default_rng(0)
SIDE = 160


def scene(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    layers = [cv2.resize(rng.normal(0.0, 1.0, (size, size, 3)), (SIDE, SIDE)) for size in (8, 20, 40)]
    return np.clip(128.0 + 40.0 * np.sum(layers, axis=0), 0.0, 255.0).astype(np.uint8)


ORIGINAL = scene(0)
ALIKE = cv2.add(ORIGINAL, RNG.integers(0, 4, ORIGINAL.shape, dtype=np.uint8)).astype(np.uint8)
STRANGE = scene(1)


BOX = np.array([0.0, 0.0, 2.0, 0.3, 0.3, 0.3, 0.0])
CUP = Detection("cup", np.array([65.0, 65.0, 95.0, 95.0]), BOX, np.eye(3))
QUARTER = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
MOVED = replace(CUP, box_2d=CUP.box_2d + [40.0, 0.0, 40.0, 0.0], box_3d=BOX + [0.4, 0, 0, 0, 0, 0, 0])
TURNED = replace(CUP, box_2d=CUP.box_2d + [-8.0, 0.0, 8.0, 0.0], box_3d=BOX + [0.1, 0, 0, 0, 0, 0, 0], rotation=QUARTER)
INTRINSICS = np.array([[200.0, 0.0, 80.0], [0.0, 200.0, 80.0], [0.0, 0.0, 1.0]])
EDIT = EditRecord("Move the cup.", "cup", BOX, np.eye(3), INTRINSICS, MOVED.box_3d, QUARTER)

Case = tuple[EditRecord, list[Detection], list[Detection]]
MOVE: Case = (EDIT, [CUP], [MOVED])
ROTATE: Case = (replace(EDIT, prompt="Rotate the cup 90 degrees."), [CUP], [TURNED])
REMOVE: Case = (replace(EDIT, prompt="Remove the cup."), [CUP], [])


def evaluated(
    case: Case,
    edited: NDArray[np.uint8],
    *,
    real: bool,
    with_lpips: bool = False,
    truth: NDArray[np.uint8] | None = None,
) -> Evaluation:
    original = Original(ORIGINAL, loaded_lpips() if with_lpips else None)
    return evaluate(original, edited, *case, truth=truth, real=real)


def test_a_good_edit_that_is_local_has_all_scores() -> None:
    found = evaluated(MOVE, ALIKE, real=False, with_lpips=True)
    expected = score("move", *MOVE)
    assert (found.operation, found.ic, found.sa) == ("move", expected.compliance, expected.accuracy)
    assert found.el_ssim is not None and found.el_ssim > 0.9
    assert found.el_lpips is not None and 0.0 < found.el_lpips < 0.1
    assert found.el_mse is not None and 0.0 < found.el_mse < 9.0


@pytest.mark.parametrize(
    ("edited", "real", "counts"),
    [(ALIKE, True, True), (ALIKE, False, None), (STRANGE, True, None), (STRANGE, False, False)],
    ids=["alike real", "alike synthetic", "strange real", "strange synthetic"],
)
def test_without_lpips_an_edit_counts_where_ssim_alone_decides(
    edited: NDArray[np.uint8], real: bool, counts: bool | None
) -> None:
    found = evaluated(MOVE, edited, real=real)
    expected = score("move", *MOVE)
    whole = {True: (expected.compliance, expected.accuracy), False: (0.0, 0.0), None: (None, None)}
    assert (found.ic, found.sa) == whole[counts]
    assert found.el_ssim is not None and found.el_lpips is None


def test_a_rotation_counts_only_from_the_same_viewpoint() -> None:
    assert evaluated(ROTATE, ALIKE, real=True).ic == 1.0
    # Nothing to find the viewpoint by.
    flat = cv2.GaussianBlur(ORIGINAL, (0, 0), 9.0).astype(np.uint8)
    original = Original(flat, None)
    assert evaluate(original, flat, *MOVE, truth=None, real=True).ic == 1.0
    assert evaluate(original, flat, *ROTATE, truth=None, real=True).ic == 0.0


class TestViews:
    view = (replace(MOVE[0], prompt="Move the camera to the left by 0.2 meters."), [], [])

    def test_a_view_is_scored_by_the_true_picture_alone(self) -> None:
        same = evaluated(self.view, STRANGE, real=False, with_lpips=True, truth=STRANGE)
        assert (same.operation, same.ic, same.sa) == ("view", 1.0, 1.0)
        other = evaluated(self.view, STRANGE, real=False, with_lpips=True, truth=ORIGINAL)
        assert other.ic == other.sa and other.ic is not None and other.ic < 0.9
        # Locality is still told against the original.
        assert other.el_ssim == same.el_ssim

    @pytest.mark.parametrize(("with_lpips", "truth"), [(True, None), (False, STRANGE)])
    def test_without_lpips_or_the_true_picture_it_has_no_score(
        self, with_lpips: bool, truth: NDArray[np.uint8] | None
    ) -> None:
        found = evaluated(self.view, STRANGE, real=False, with_lpips=with_lpips, truth=truth)
        assert (found.ic, found.sa) == (None, None)
        assert found.el_ssim is not None

    def test_a_true_picture_of_another_size_is_refused(self) -> None:
        with pytest.raises(
            BadPicture, match=r"to have the shape of the original, \(160, 160, 3\), and has \(80, 160, 3\)"
        ):
            evaluated(self.view, STRANGE, real=False, truth=STRANGE[::2])


def test_an_edited_picture_of_another_size_is_brought_to_that_of_the_original() -> None:
    larger = cv2.resize(ORIGINAL, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    found = evaluated(REMOVE, larger, real=True)
    assert found.ic == 1.0
    assert found.el_ssim is not None and found.el_ssim > 0.95


def test_a_black_answer_scores_nothing() -> None:
    found = evaluated(MOVE, np.zeros_like(ORIGINAL), real=False, with_lpips=True)
    assert (found.ic, found.sa, found.el_ssim) == (0.0, 0.0, 0.0)


def test_edits_of_one_original_score_as_each_does_alone() -> None:
    original = Original(ORIGINAL, loaded_lpips())
    for edited in (ALIKE, STRANGE, ALIKE):
        together = evaluate(original, edited, *ROTATE, truth=None, real=True)
        assert together == evaluated(ROTATE, edited, real=True, with_lpips=True)


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(UnknownOperation):
        evaluated((replace(MOVE[0], prompt="Juggle the mug."), *MOVE[1:]), ALIKE, real=True)
    with pytest.raises(BadPicture, match=r"31 pixels a side, and has \(30, 160\)"):
        Original(ORIGINAL[:30], None)
