"""LPIPS: what it says of pictures, and of weights that are missing or wrong. Its figures: see `test_locality`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gsi_ray.evaluation.lpips import BACKBONE, BACKBONE_URL, Lpips, NoLpips
from tests.evaluation.backbone import WEIGHTS, loaded_lpips

PICTURES = np.random.default_rng(0).uniform(-1.0, 1.0, (3, 48, 64, 3)).astype(np.float32)
EVERYWHERE = np.ones((1, 48, 64), dtype=np.bool_)


def test_a_picture_is_no_distance_from_itself_and_some_from_another() -> None:
    lpips = loaded_lpips()
    first, second = (lpips.features(picture[None]) for picture in PICTURES[:2])
    assert lpips.distances(first, first, EVERYWHERE) == [0.0]
    assert lpips.distances(first, second, EVERYWHERE)[0] > 0.01


def test_many_pictures_at_once_are_as_far_from_one_as_each_is_alone() -> None:
    lpips = loaded_lpips()
    first = lpips.features(PICTURES[:1])
    alone = [lpips.distances(first, lpips.features(picture[None]), EVERYWHERE)[0] for picture in PICTURES]
    together = lpips.distances(first, lpips.features(PICTURES), EVERYWHERE.repeat(3, axis=0))
    assert together == pytest.approx(alone, abs=1e-6)


def test_only_what_is_kept_counts() -> None:
    lpips = loaded_lpips()
    wide = np.tile(PICTURES[:1], (1, 1, 6, 1))
    changed = wide.copy()
    changed[:, :, 300:] = 0.0
    kept = np.zeros((1, 48, 384), dtype=np.bool_)
    distances = []
    for columns in (slice(0, 100), slice(300, 384), slice(0)):
        kept[:] = False
        kept[:, :, columns] = True
        distances += lpips.distances(lpips.features(wide), lpips.features(changed), kept)
    far, near, nowhere = distances
    assert far < 1e-6 < 0.01 < near
    assert nowhere == 0.0


def test_weights_are_found_where_torch_keeps_its_downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / "hub" / "checkpoints" / BACKBONE
    file.parent.mkdir(parents=True)
    classifier = {"classifier.6.bias": torch.zeros(1000)}
    torch.save(load_file(WEIGHTS) | classifier, file)
    found, given = Lpips(), loaded_lpips()
    first, second = PICTURES[:1], PICTURES[1:2]
    assert found.distances(found.features(first), found.features(second), EVERYWHERE) == given.distances(
        given.features(first), given.features(second), EVERYWHERE
    )


def test_without_weights_one_sentence_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(NoLpips) as raised:
        Lpips()
    assert str(raised.value) == (
        f"LPIPS needs the weights of AlexNet, and there is no {tmp_path}/hub/checkpoints/{BACKBONE}: download "
        f"{BACKBONE_URL} to that place, or give its path with --alexnet."
    )
    with pytest.raises(NoLpips, match=r"there is no elsewhere\.pth"):
        Lpips(Path("elsewhere.pth"))


def cut_short(file: Path) -> None:
    shutil.copyfile(WEIGHTS, file)
    with file.open("r+b") as opened:
        opened.truncate(100_000)


def of_another_network(file: Path) -> None:
    weights = {"features.0.weight": torch.zeros(64, 3, 3, 3)}
    save_file(weights, file) if file.suffix == ".safetensors" else torch.save(weights, file)


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda file: file.write_bytes(b""), "cannot be read"),
        (lambda file: file.write_text("<html>Not found</html>"), "cannot be read"),
        (cut_short, "cannot be read"),
        (of_another_network, r'does not hold torchvision\'s AlexNet \(there is no "features.0.weight"'),
    ],
)
def test_a_file_that_is_damaged_or_another_is_named_in_one_sentence(
    tmp_path: Path, ending: str, spoil: Callable[[Path], object], complaint: str
) -> None:
    file = tmp_path / f"alexnet{ending}"
    spoil(file)
    with pytest.raises(NoLpips, match=complaint) as raised:
        Lpips(file)
    assert str(file) in str(raised.value) and BACKBONE_URL in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "alexnet.pth"
    torch.save({"features.0.weight": Path("/")}, file)
    with pytest.raises(NoLpips, match="cannot be read"):
        Lpips(file)
