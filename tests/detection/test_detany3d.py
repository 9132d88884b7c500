"""The program that runs DetAny3D: a stand-in has its call surface, and checks what it is called with."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gsi_ray.detection import Detection, Detector, DetectorError, DetectorFailed, Picture, create_detector
from tests.detection.conftest import STAND_IN
from tests.detection.detany3d_stand_in.models.model import DEPTH_M, SIZE_M

Making = Callable[..., Detector]


def picture(width: int, height: int, label: str = "mug") -> tuple[Picture, np.ndarray, np.ndarray]:
    """A red mug, with where it is in the picture (4,) and in front of the camera (3,)."""
    box = np.array([width // 5, height // 2, width // 5 + width // 4, height // 2 + height // 5])
    rgb = np.full((height, width, 3), 200, dtype=np.uint8)
    rgb[box[1] : box[3], box[0] : box[2]] = (220, 20, 30)
    intrinsics = np.array([[0.9 * width, 0.0, 0.52 * width], [0.0, 0.9 * width, 0.47 * height], [0.0, 0.0, 1.0]])
    middle = (box[:2] + box[2:]) / 2.0
    place = np.linalg.inv(intrinsics) @ [*middle, 1.0] * DEPTH_M
    return Picture(rgb, label, intrinsics, "edit", "before"), box, place


def found(answer: tuple[Detection, ...] | DetectorFailed) -> Detection:
    assert not isinstance(answer, DetectorFailed), answer
    [one] = answer
    return one


def test_what_is_found_is_where_it_is_in_pictures_of_any_size(detany3d: Making) -> None:
    detector = detany3d()
    for width, height in ((896, 672), (512, 512), (1920, 1440), (300, 401), (128, 96)):
        asked, box, place = picture(width, height)
        [answer] = detector.detect([asked])
        one = found(answer)
        assert one.label == "mug"
        pixel = max(1.0, max(width, height) / 896.0)
        np.testing.assert_allclose(one.box_2d, box, atol=1.5 * pixel)
        np.testing.assert_allclose(one.box_3d, [*place, SIZE_M, SIZE_M, SIZE_M, 0.0], atol=0.01)
        np.testing.assert_array_equal(one.rotation, np.eye(3))


def test_in_its_own_frame_the_official_evaluation_and_this_are_the_same(detany3d: Making) -> None:
    asked, _, _ = picture(896, 672)
    [official], [own] = detany3d(official_frame=True).detect([asked]), detany3d().detect([asked])
    assert found(official).record == found(own).record


def test_in_the_official_frame_nothing_is_put_right(detany3d: Making) -> None:
    """Pixels are those that the network sees, and intrinsics are used for them as if they were theirs."""
    asked, box, _ = picture(512, 512)
    [answer] = detany3d(official_frame=True).detect([asked])
    one = found(answer)
    np.testing.assert_allclose(one.box_2d, box * 896 / 512, atol=1.5)
    middle = (one.box_2d[:2] + one.box_2d[2:]) / 2.0
    np.testing.assert_allclose(one.box_3d[:3], np.linalg.inv(asked.intrinsics) @ [*middle, 1.0] * DEPTH_M)


@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        ("ghost", "DetAny3D: RuntimeError: CUDA error: an illegal memory access was encountered"),
        ("fog", "what DetAny3D says cannot be used"),
        ("crash", r"DetAny3D has died \(exit status 139\): Segmentation fault"),
        ("statue", "DetAny3D took longer than 1 s"),
    ],
)
def test_a_picture_over_which_it_fails_is_the_only_one_that_does(detany3d: Making, label: str, complaint: str) -> None:
    mug, trouble = picture(512, 512)[0], picture(512, 512, label)[0]
    before, answer, after = detany3d(answer_limit_s=1).detect([mug, trouble, mug])
    assert isinstance(answer, DetectorFailed) and re.search(complaint, str(answer))
    assert found(before).record == found(after).record


def test_nothing_of_the_kind_is_an_empty_answer(detany3d: Making) -> None:
    assert detany3d().detect([picture(512, 512, "book")[0]]) == [()]


def test_the_program_ends_with_the_detector(detany3d: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_PROCESS", str(tmp_path / "process"))
    detector = detany3d()
    detector.detect([picture(128, 96)[0]])
    process = Path("/proc") / (tmp_path / "process").read_text()
    assert process.exists()
    del detector
    gc.collect()
    assert not process.exists()


class TestMissing:
    def test_a_folder_without_the_code_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(DetectorError, match=r"has no models/model\.py: give the folder 'evaluation'"):
            create_detector("detany3d", {"checkout": tmp_path, "python": sys.executable})

    def test_an_interpreter_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(DetectorError, match=r"python is no Python interpreter.*setup_gsi_env\.sh"):
            create_detector("detany3d", {"checkout": STAND_IN, "python": tmp_path / "python"})

    def test_an_environment_without_what_the_code_needs_stops_all(self, tmp_path: Path, detany3d: Making) -> None:
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "model.py").write_text("import mmcv_that_nobody_has\n")
        with pytest.raises(DetectorError, match=r"does not start \(ModuleNotFoundError: .*mmcv_that_nobody_has.*docs"):
            detany3d(checkout=tmp_path).detect([picture(128, 96)[0]])

    def test_a_program_that_does_not_get_ready_stops_all(self, tmp_path: Path, detany3d: Making) -> None:
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "model.py").write_text("import time\ntime.sleep(60)\n")
        with pytest.raises(DetectorError, match=r"does not start \(DetAny3D took longer than 1 s\)"):
            detany3d(checkout=tmp_path, start_limit_s=1).detect([picture(128, 96)[0]])

    def test_without_grounding_dino_it_does_not_say_that_there_is_nothing(
        self, detany3d: Making, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("STAND_IN_WITHOUT_DINO", "1")
        with pytest.raises(DetectorError, match=r"does not start \(RuntimeError: GroundingDINO"):
            detany3d().detect([picture(128, 96)[0]])


def test_the_program_needs_nothing_of_this_package(detany3d: Making, tmp_path: Path) -> None:
    """Official environments have none of it: here is a Python with numpy and pillow alone."""
    packages = Path(np.__file__).parents[1]
    site = tmp_path / "site"
    site.mkdir()
    for found_there in [*packages.glob("numpy*"), *packages.glob("PIL"), *packages.glob("pillow*")]:
        (site / found_there.name).symlink_to(found_there)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{site}" exec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    [answer] = detany3d(python=python).detect([picture(896, 672)[0]])
    assert found(answer).label == "mug"
