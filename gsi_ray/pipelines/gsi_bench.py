"""GSI-Bench's own folders, scored while a bar shows how far it is."""

from __future__ import annotations

from pathlib import Path

from gsi_ray.detection import create_detector
from gsi_ray.evaluation.backbone import load_lpips
from gsi_ray.evaluation.gsi_bench.folder_run import FolderRun
from gsi_ray.evaluation.gsi_bench.folder_run import evaluate_folders as run
from gsi_ray.pipelines.progress import work_progress
from gsi_ray.recipes import EvaluationRecipe


def evaluate_folders(
    original: Path, edited: Path, output: Path, recipe: EvaluationRecipe, *, real: bool, detect: bool
) -> tuple[FolderRun, str | None]:
    """Score a folder of edited pictures, as `folder_run.evaluate_folders` says; what is not in its cache is looked for
    only to `detect`.

    Also returns why LPIPS, and what needs it, is not known, if so. Raises NothingToScore, DetectorError or NoLpips.
    """
    lpips, lacks = load_lpips(recipe.alexnet)
    detector = create_detector(recipe.detector, recipe.detector_settings) if detect else None
    done_before = {"detected": 0, "scored": 0}
    with work_progress("edits") as bar:

        def progress(doing: str, done: int, of: int) -> None:
            if not done_before[doing]:
                bar.expect(of)
            bar.add(done - done_before[doing], f"{doing}, ")
            done_before[doing] = done

        return run(original, edited, output, real=real, lpips=lpips, detector=detector, progress=progress), lacks
