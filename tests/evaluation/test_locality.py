"""Edit locality: the figures of the official code, and what it leaves out of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image

from gsi_ray.detection import Detection
from gsi_ray.evaluation.gsi_bench import EditRecord, Original
from gsi_ray.evaluation.gsi_bench.frames import framed, signed
from gsi_ray.evaluation.gsi_bench.locality import locality
from gsi_ray.lake.images import decode_rgb
from tests.evaluation.backbone import loaded_lpips
from tests.evaluation.test_gsi_bench import GOLDEN

CASES = json.loads((GOLDEN / "edit_locality.json").read_text())


def read(case: dict[str, Any]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], EditRecord]:
    before, after = (decode_rgb((GOLDEN / case[side]).read_bytes()) for side in ("before", "after"))
    # The official code brings pictures to one size before it looks at them.
    after = np.asarray(Image.fromarray(after).resize(before.shape[1::-1]))
    return before, after, EditRecord.parse(case["edit"])


def detections(case: dict[str, Any], side: str) -> list[Detection]:
    return [Detection.parse(one) for one in case[f"detections_{side}"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["before"])
def test_figures_are_those_of_the_official_code(case: dict[str, Any]) -> None:
    before, after, edit = read(case)
    found = locality(
        Original(before, loaded_lpips()), after, edit, detections(case, "before"), detections(case, "after")
    )
    assert found.ssim == pytest.approx(case["expected"]["ssim"], abs=1e-6)
    assert found.lpips == pytest.approx(case["expected"]["lpips"], abs=1e-6)
    assert found.mse == pytest.approx(case["expected"]["mse"], abs=1e-5)


def test_without_weights_all_but_lpips_is_the_same() -> None:
    before, after, edit = read(CASES[-1])
    sides = [detections(CASES[-1], side) for side in ("before", "after")]
    known = locality(Original(before, loaded_lpips()), after, edit, *sides)
    assert locality(Original(before, None), after, edit, *sides) == replace(known, lpips=None)


@pytest.mark.parametrize("shape", [(192, 256), (300, 200), (1000, 1300), (1024, 1024), (97, 31)])
def test_pictures_are_resized_to_the_digit_as_by_torch(shape: tuple[int, int]) -> None:
    height, width = shape
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    scale = 896 / max(shape)
    size = int(height * scale + 0.5), int(width * scale + 0.5)
    values = torch.from_numpy(rgb).permute(2, 0, 1)[None].float()
    resized = F.interpolate(values, size, mode="bilinear", antialias=True)[0].permute(1, 2, 0).numpy()[..., ::-1]
    top, left = (side // 2 - side // 14 * 7 for side in size)
    bottom, right = (first + side // 14 * 14 for first, side in zip((top, left), size, strict=True))
    found = framed(rgb)
    assert found.shape == (min(height, 896), min(width, 896), 3)
    cut = resized[top:bottom, left:right][: found.shape[0], : found.shape[1]]
    np.testing.assert_allclose(found[: cut.shape[0], : cut.shape[1]], cut, atol=1e-4)
    # What is left of the square is the detector's mean colour.
    beyond = np.concatenate([found[cut.shape[0] :].reshape(-1, 3), found[:, cut.shape[1] :].reshape(-1, 3)])
    np.testing.assert_allclose(beyond, np.broadcast_to([103.53, 116.28, 123.675], beyond.shape), rtol=1e-6)


def test_a_black_picture_is_not_taken_for_grey() -> None:
    assert np.all(signed(np.zeros((4, 4, 3), dtype=np.float32)) == -1.0)
    assert signed(np.full((4, 4, 3), 255.0, dtype=np.float32)) == pytest.approx(1.0)


class TestWhatIsLeftOut:
    edit = EditRecord.parse(CASES[0]["edit"])
    own = detections(CASES[0], "before")[0]
    original = Original(np.full((200, 200, 3), 100, dtype=np.uint8), None)

    def new(self, *rectangle: float) -> Detection:
        box = self.own.box_3d + np.array([0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
        return replace(self.own, box_2d=np.array(rectangle), box_3d=box)

    def found(self, before: list[Detection], after: list[Detection]) -> float | None:
        """The mean square where the left half of the picture, up to 100 px, has become darker by 10."""
        edited = self.original.rgb.copy()
        edited[:, :22] = 90  # in the frame, enlarged, 98.56 px
        return locality(self.original, edited, self.edit, before, after).mse

    def test_nothing_without_a_detection_of_the_target(self) -> None:
        stranger = self.new(0.0, 0.0, 110.0, 200.0)
        everything = self.found([], [])
        assert everything == pytest.approx(49.2, abs=1.0)
        assert self.found([stranger], []) == everything

    def test_the_rectangle_of_the_target_before(self) -> None:
        assert self.found([replace(self.own, box_2d=np.array([0.0, 0.0, 110.0, 200.0]))], []) == 0.0

    def test_the_last_new_rectangle_after_and_no_other(self) -> None:
        left, right = self.new(-20.0, -20.0, 110.9, 900.0), self.new(150.0, 0.0, 200.0, 200.0)
        assert self.found([], [right, left]) == 0.0
        assert self.found([], [left, right]) == pytest.approx(49.2 * 200 / 150, abs=2.0)
        # The target where it was is nothing new.
        assert self.found([], [left, replace(self.own, box_2d=right.box_2d)]) == 0.0

    def test_corners_are_cut_to_whole_pixels(self) -> None:
        assert self.found([], [self.new(0.9, 0.9, 110.0, 200.0)]) == 0.0

    def test_where_nothing_is_left_nothing_is_known(self) -> None:
        everywhere = [self.new(0.0, 0.0, 200.0, 200.0)]
        found = locality(self.original, self.original.rgb, self.edit, [], everywhere)
        assert (found.ssim, found.mse) == (None, None)
