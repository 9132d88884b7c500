"""The open-vocabulary lifter, with models of the real classes that have learned nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import SamImageProcessorPil

from gsi_ray.detection import Detection, Detector, DetectorError, DetectorFailed, Picture
from gsi_ray.detection.lifting import Lifting
from gsi_ray.detection.settings import LiftingSettings

INTRINSICS = np.array([[90.0, 0.0, 48.0], [0.0, 90.0, 32.0], [0.0, 0.0, 1.0]])
Making = Callable[..., Detector]


def picture(seed: int, label: str = "mug", width: int = 96, height: int = 64) -> Picture:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Picture(rgb, label, INTRINSICS, f"edit-{seed}", "before")


def values(answer: tuple[Detection, ...] | DetectorFailed) -> list[list[float]]:
    assert not isinstance(answer, DetectorFailed), answer
    return [[*one.box_2d, *one.box_3d, *one.rotation.ravel()] for one in answer]


# One of them finds nothing, and the others unlike numbers of things: see the test of that.
PICTURES = [picture(0), picture(1, "book"), picture(2, "red mug"), picture(3, "bookshelf"), picture(4, "unheard of")]


@pytest.mark.parametrize("batch_size", [2, 5])
def test_what_else_is_in_a_batch_changes_nothing(lifting: Making, batch_size: int) -> None:
    together = lifting(batch_size=batch_size).detect(PICTURES)
    alone = lifting()
    for picture, answer in zip(PICTURES, together, strict=True):
        [expected] = alone.detect([picture])
        np.testing.assert_allclose(values(answer), values(expected), atol=1e-4)


def test_pictures_have_unlike_numbers_of_things_and_one_has_none(lifting: Making) -> None:
    counts = [len(values(answer)) for answer in lifting().detect(PICTURES)]
    assert 0 in counts and len(set(counts)) > 2


def test_pictures_of_different_sizes_are_answered_in_their_order(lifting: Making) -> None:
    asked = [picture(0), picture(1, width=64, height=80), picture(2), picture(3, width=64, height=80)]
    detector = lifting()
    for one, answer in zip(asked, detector.detect(asked), strict=True):
        [expected] = detector.detect([one])
        np.testing.assert_allclose(values(answer), values(expected), atol=1e-4)


def test_nothing_above_the_threshold_is_an_empty_answer(lifting: Making) -> None:
    assert lifting(box_threshold=1.0).detect(PICTURES) == [()] * len(PICTURES)


def test_a_higher_threshold_finds_no_more(lifting: Making) -> None:
    counts = [
        sum(len(values(answer)) for answer in lifting(box_threshold=threshold).detect(PICTURES))
        for threshold in (0.1, 0.9, 1.0)
    ]
    assert counts[0] > counts[1] > counts[2] == 0


@pytest.mark.parametrize("label", ["Mug", "mug.", " mug "])
def test_how_a_label_is_written_does_not_matter_but_is_kept(lifting: Making, label: str) -> None:
    [plain, other] = lifting().detect([picture(0), picture(0, label)])
    np.testing.assert_allclose(values(other), values(plain), atol=1e-4)
    assert not isinstance(other, DetectorFailed) and {one.label for one in other} == {label}


def test_a_full_stop_is_no_sighting_of_a_thing(lifting: Making) -> None:
    """With a threshold for words that none reaches, a box has no word of the label to it."""
    assert lifting(text_threshold=1.0).detect([picture(0)]) == [()]


def test_boxes_lie_where_intrinsics_and_depth_say(lifting: Making) -> None:
    one, wider = lifting().detect(
        [picture(0), replace(picture(0), intrinsics=INTRINSICS * [[0.5, 1.0, 1.0], [1.0, 0.5, 1.0], [1.0, 1.0, 1.0]])]
    )
    assert not isinstance(one, DetectorFailed) and not isinstance(wider, DetectorFailed) and one
    for near, far in zip(one, wider, strict=True):
        np.testing.assert_array_equal(near.box_2d, far.box_2d)
        # Half the focal length: what covers as many pixels at the same depth is twice as wide.
        assert far.box_3d[3] * far.box_3d[5] > 1.5 * near.box_3d[3] * near.box_3d[5]
        assert 0.0 < near.box_3d[2] < 20.0


def test_the_models_are_where_the_pictures_go(lifting: Making) -> None:
    detector = lifting()
    assert isinstance(detector, Lifting)
    assert detector.device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    for model in (detector._finder, detector._segmenter, detector._depth):
        assert {weights.device.type for weights in model.parameters()} == {detector.device.type}
        assert not model.training


def test_the_segmenter_sees_pictures_as_its_family_prepares_them(lifting: Making) -> None:
    """SAM 2 has no preparation without torchvision; SAM's own is the same for square pictures."""
    detector = lifting()
    assert isinstance(detector, Lifting)
    image = Image.fromarray(picture(0, width=96, height=96).rgb)
    expected = SamImageProcessorPil(size={"longest_edge": 64}, do_pad=False)([image], return_tensors="pt").pixel_values
    difference = detector._squares([image], 64).cpu() - expected
    assert difference.abs().max() < 1.5 / 255.0 / 0.224  # rounding, here to one step of 255


class TestMissing:
    def test_a_model_that_is_not_there_is_named_with_the_way_to_get_it(self, lifting: Making) -> None:
        with pytest.raises(DetectorError, match=r'"/no/such/model" is not on this machine.*hf download /no/such/model'):
            lifting(segmenter="/no/such/model")

    def test_a_name_on_the_hub_without_a_network_is_named_too(
        self, lifting: Making, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        default = LiftingSettings().depth
        with pytest.raises(DetectorError, match=f'"{default}" is not on this machine.*hf download {default}'):
            lifting(depth=default)

    def test_weights_that_are_pickled_are_not_loaded(self, lifting: Making, models: Path, tmp_path: Path) -> None:
        pickled = tmp_path / "pickled"
        shutil.copytree(models / "depth", pickled)
        torch.save(load_file(pickled / "model.safetensors"), pickled / "pytorch_model.bin")
        (pickled / "model.safetensors").unlink()
        with pytest.raises(DetectorError, match=r"with its weights as safetensors"):
            lifting(depth=str(pickled))

    def test_depth_that_is_no_metres_is_refused(self, lifting: Making, models: Path) -> None:
        with pytest.raises(DetectorError, match=r"does not say how many metres away things are"):
            lifting(depth=str(models / "relative"))

    @pytest.mark.parametrize(
        ("place", "other"), [("finder", "depth"), ("segmenter", "finder"), ("segmenter", "depth"), ("depth", "finder")]
    )
    def test_a_model_of_another_kind_is_refused(self, lifting: Making, models: Path, place: str, other: str) -> None:
        with pytest.raises(DetectorError, match=r"is not of the kind that its place is for"):
            lifting(**{place: str(models / other)})


def test_depth_that_is_no_number_fails_the_picture(lifting: Making) -> None:
    detector = lifting(batch_size=3)  # one that no other test asks for
    assert isinstance(detector, Lifting)
    with torch.no_grad():
        detector._depth.head.conv3.bias.fill_(float("nan"))
    [answer] = detector.detect([picture(0)])
    assert isinstance(answer, DetectorFailed) and "gave no number" in str(answer)
