"""How long the scores of GSI-Bench take, ours and in the official way: python -m benchmarks.evaluation [SAMPLES].

Made-up pictures of 1024 px and recorded detections, as many of each as GSI-Real has, or SAMPLES edits. Weights of
AlexNet are drawn at random, since only time is measured here, but are as many as there are.

The official way is to load LPIPS for each picture, and to work out locality anew for each of three metrics. It is
measured on a handful of samples, of every operation, with the libraries that the official code uses. Of those,
torchvision is not needed here otherwise: its AlexNet is put together as `lpips` has it do, classifier and all.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table
from skimage.metrics import structural_similarity
from torch import Tensor, nn

from benchmarks.resident import resident_mb
from gsi_ray.evaluation.gsi_bench.folder_run import evaluate_folders
from gsi_ray.evaluation.gsi_bench.viewpoint import turn_deg
from gsi_ray.evaluation.keypoints import Keypoints
from gsi_ray.evaluation.lpips import Lpips

SAMPLES = 441
ORIGINALS = 211
"""Of GSI-Real."""

SIDE = 1024
FRAME = 896

OFFICIAL_SAMPLES = 6
METRICS = ("instruction-compliance", "spatial-accuracy", "edit-locality")

PROMPTS = ("Move the cup 40 centimeters to the right.", "Rotate the cup 90 degrees clockwise.", "Remove the cup.")

Locality = dict[str, tuple[float | None, float | None, float | None]]
"""SSIM, LPIPS and mean square by edit."""

IDENTITY = np.eye(3).tolist()
QUARTER = [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]]


class AlexNet(nn.Module):
    """As torchvision puts it together."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, 4, 2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, 1000),
        )


def make(folder: Path, samples: int) -> None:
    """A folder of originals, one of edits, and detections by which one edit in three is as it should be."""
    rng = np.random.default_rng(0)
    originals, edits, output = (folder / name for name in ("originals", "edits", "output"))
    for place in (originals, edits, output):
        place.mkdir()
    scene = picture(rng)
    cache = {}
    with ThreadPoolExecutor() as threads:
        for index in range(samples):
            # Two edits of most originals, as in GSI-Real.
            image, query = f"scene_{index * ORIGINALS // SAMPLES:05d}", index
            if not (originals / f"{image}.jpg").exists():
                scene = np.roll(scene, 1 + index, axis=1)
                threads.submit(Image.fromarray(scene).save, originals / f"{image}.jpg", quality=95)
            edited = cv2.add(scene, rng.integers(0, 8, (SIDE, SIDE, 1), dtype=np.uint8).repeat(3, axis=2))
            edited[430:600, 640:800] = edited[430:600, 430:590]
            threads.submit(Image.fromarray(edited).save, edits / f"{image}_edit_{query}.png", compress_level=1)
            (originals / f"{image}_edit_{query}.json").write_text(json.dumps(edit(PROMPTS[index % 3])))
            cache[f"{image}_{query}"] = detections(PROMPTS[index % 3], does_as_told=index // 3 % 3 == 0)
    (output / "infer_cache.json").write_text(json.dumps(cache))


def picture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shapes of all sizes, with some texture: enough keypoints to find a viewpoint by."""
    layers = [
        cv2.resize(rng.normal(0.0, 1.0, (size, size, 3)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) * size**-0.5
        for size in (8, 32, 128, 512)
    ]
    values = np.sum(layers, axis=0)
    return np.clip(128.0 + 60.0 * values / values.std(), 0.0, 255.0).astype(np.uint8)


def edit(prompt: str) -> dict[str, Any]:
    """The record of an edit: of a cup that is two metres away."""
    box = [0.0, 0.0, 2.0, 0.3, 0.3, 0.3, 0.0]
    return {
        "prompt": prompt,
        "target": "cup",
        "original_bbox_3d": box,
        "new_bbox_3d": [0.4, *box[1:]],
        "camera_intrinsics": [[FRAME, 0.0, FRAME / 2], [0.0, FRAME, FRAME / 2], [0.0, 0.0, 1.0]],
        "rotation_matrix": IDENTITY,
        "new_rotation_matrix": QUARTER,
    }


def detections(prompt: str, *, does_as_told: bool) -> dict[str, Any]:
    """What a detector finds before the edit and after it: the same, if it does not do as told."""
    box = edit(prompt)["original_bbox_3d"]
    cup = {"label": "cup", "bbox_2d": [380.0, 380.0, 520.0, 520.0], "bbox_3d": box, "rotation_matrix": IDENTITY}
    moved = cup | {"bbox_2d": [560.0, 380.0, 700.0, 520.0], "bbox_3d": [0.4, *box[1:]], "rotation_matrix": QUARTER}
    as_told = [] if prompt.startswith("Remove") else [moved]
    after = as_told if does_as_told else [cup]
    return {"origin_result": {"detections": [cup]}, "new_result": {"detections": after}}


@dataclass(frozen=True)
class Run:
    """Ours: seconds of a whole run over a folder, the most memory that each half of it took, and locality by edit."""

    seconds: float
    memory_mb: tuple[float, float]
    locality: Locality


def ours(folder: Path, weights: Path) -> Run:
    """A run from files to files, reading weights and writing results included."""
    memory: list[float] = []
    started = time.perf_counter()
    run = evaluate_folders(
        folder / "originals",
        folder / "edits",
        folder / "output",
        real=True,
        lpips=Lpips(weights),
        progress=lambda doing, done, of: memory.append(resident_mb()),
    )
    seconds = time.perf_counter() - started
    assert not run.errors, run.errors
    half = len(memory) // 2
    locality = {key: (one.el_ssim, one.el_lpips, one.el_mse) for key, one in run.evaluations.items()}
    return Run(seconds, (max(memory[:half]), max(memory[half:])), locality)


def official(folder: Path, weights: Path, edits: list[Path]) -> tuple[float, Locality]:
    """Seconds for some edits the official way, and their locality."""
    found: Locality = {}
    cache = json.loads((folder / "output" / "infer_cache.json").read_text())
    started = time.perf_counter()
    for file in edits:
        image, _, query = file.stem.partition("_edit_")
        prompt = json.loads((folder / "originals" / f"{file.stem}.json").read_text())["prompt"]
        for metric in METRICS:
            Image.open(file).convert("RGB")  # it is read twice, at first to see that it can be
            before, after = (
                np.array(Image.open(path).convert("RGB")) for path in (folder / "originals" / f"{image}.jpg", file)
            )
            key = f"{image}_{query}"
            found[key] = official_locality(before, after, cache[key], weights)
            if prompt.startswith("Rotate") and metric != "edit-locality":
                turn_deg(Keypoints.of(before), Keypoints.of(after))
    return time.perf_counter() - started, found


def official_locality(
    before: NDArray[np.uint8], after: NDArray[np.uint8], found: dict[str, Any], weights: Path
) -> tuple[float, float, float]:
    """SSIM, LPIPS and mean squared difference outside of the target, with all that is worked out on the way."""
    first, second = official_frame(before), official_frame(after)
    kept = np.ones((FRAME, FRAME), dtype=np.bool_)
    # All that the recorded detections have is the target, before and after.
    for one in found["origin_result"]["detections"] + found["new_result"]["detections"]:
        x0, y0, x1, y1 = map(int, one["bbox_2d"])
        kept[y0:y1, x0:x1] = False
    for picture in (first, second):  # copies to look at, which nobody does
        picture.copy()[~kept] = 0.0
    _, ssim = structural_similarity(first, second, data_range=second.max() - second.min(), channel_axis=-1, full=True)
    distances = official_lpips(first, second, weights)
    mask = torch.from_numpy(kept)
    lpips = float((distances * mask).sum() / mask.sum())
    return float(ssim[kept].mean()), lpips, float(((first - second) ** 2)[kept].mean())


def official_frame(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A picture as the detector takes it, made square and brought to its scale, and back."""
    mean, spread = torch.tensor([123.675, 116.28, 103.53]), torch.tensor([58.395, 57.12, 57.375])
    values = torch.from_numpy(rgb).permute(2, 0, 1).float()[None]
    values = F.interpolate(values, (FRAME, FRAME), mode="bilinear", antialias=True)[0]
    values = F.pad((values - mean[:, None, None]) / spread[:, None, None], (0, 0, 0, 0))
    values = spread[:, None, None] * values + mean[:, None, None]
    return cv2.cvtColor(values.permute(1, 2, 0).numpy(), cv2.COLOR_RGB2BGR)


def official_lpips(first: NDArray[np.float32], second: NDArray[np.float32], weights: Path) -> Tensor:
    """Distances at every pixel (1, 1, h, w), gradients kept track of, as `lpips` goes about it."""
    alexnet = AlexNet()
    alexnet.load_state_dict(torch.load(weights, weights_only=True))
    learnt = torch.load(
        str(files("torchmetrics") / "functional/image/lpips_models/alex.pth"), map_location="cpu", weights_only=True
    )
    mean, spread = torch.tensor([-0.030, -0.088, -0.188]), torch.tensor([0.458, 0.448, 0.450])

    def layers(picture: NDArray[np.float32]) -> list[Tensor]:
        values = torch.from_numpy(picture / 255.0).permute(2, 0, 1)[None] * 2.0 - 1.0
        values = (values - mean[:, None, None]) / spread[:, None, None]
        found = []
        for layer in alexnet.features[:-1]:
            # An activation in place would change what was kept.
            values = F.relu(values) if isinstance(layer, nn.ReLU) else layer(values)
            if isinstance(layer, nn.ReLU):
                found.append(values)
        return found

    total = torch.zeros(1)
    for index, (one, other) in enumerate(zip(layers(first), layers(second), strict=True)):
        one, other = (
            values / (torch.sqrt(torch.sum(values**2, dim=1, keepdim=True)) + 1e-10) for values in (one, other)
        )
        distance = F.conv2d((one - other) ** 2, learnt[f"lin{index}.model.1.weight"])
        total = total + F.interpolate(distance, first.shape[:2], mode="bilinear", align_corners=False)
    return total.detach()


def compare(samples: int) -> Table:
    """Both ways on one folder; the official one before ours and after it, lest a busy machine favour either."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        weights = folder / "alexnet.pth"
        torch.save(AlexNet().state_dict(), weights)
        make(folder, samples)
        edits = sorted((folder / "edits").iterdir())
        chosen = edits[:: len(edits) // OFFICIAL_SAMPLES][:OFFICIAL_SAMPLES]
        official(folder, weights, chosen[:1])  # so that what is done once for all is done
        seconds, expected = official(folder, weights, chosen[::2])
        run = ours(folder, weights)
        more_seconds, more_expected = official(folder, weights, chosen[1::2])
    expected |= more_expected
    each = (seconds + more_seconds) / len(expected)
    apart = np.abs([np.subtract(run.locality[key], figures) for key, figures in expected.items()]).max(axis=0)
    table = Table(
        "way",
        "seconds a sample",
        f"{samples} samples",
        "times as fast",
        "memory, first half",
        "second half",
        title=f"IC, SA and EL of {samples} edits of {SIDE} px, on {len(os.sched_getaffinity(0))} cores",
        caption=f"Official: {len(expected)} samples measured, and scaled; LPIPS is built and loaded for each of three "
        f"metrics. Ours: the whole run, from folder to results. Figures differ by at most {apart[0]:.1e} (SSIM), "
        f"{apart[1]:.1e} (LPIPS), {apart[2]:.1e} (mean square). One edit in three does as told, as BAGEL's do. "
        "Memory is the process's, with what the official way left in it.",
    )
    table.add_row("official", f"{each:.3f}", f"{each * samples:,.0f} s", "1", "", "")
    table.add_row(
        "ours",
        f"{run.seconds / samples:.3f}",
        f"{run.seconds:,.0f} s",
        f"{each * samples / run.seconds:.1f}",
        *(f"{memory:.0f} MB" for memory in run.memory_mb),
    )
    return table


def main(arguments: list[str]) -> None:
    """Print the table."""
    Console().print(compare(int(arguments[0]) if arguments else SAMPLES))


if __name__ == "__main__":
    main(sys.argv[1:])
