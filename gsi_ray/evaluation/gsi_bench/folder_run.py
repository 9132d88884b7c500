"""A run over folders in the official layout, which leaves the files that the official code leaves.

What is wrong with one edited picture costs that picture its scores, and nothing else: the run goes on, and says why.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gsi_ray.detection import BadRecord, Detector, DetectorFailed, Picture
from gsi_ray.errors import GsiRayError
from gsi_ray.evaluation.gsi_bench.evaluation import Evaluation, evaluate
from gsi_ray.evaluation.gsi_bench.folders import (
    CACHE,
    BadCase,
    Case,
    Detections,
    cache_entry,
    cached_detections,
    edited_pictures,
    read_cache,
    read_case,
)
from gsi_ray.evaluation.gsi_bench.operations import UnknownOperation, operation_of
from gsi_ray.evaluation.gsi_bench.originals import BadPicture, Original
from gsi_ray.evaluation.gsi_bench.results import write_json, write_results
from gsi_ray.lake.images import decode_rgb

if TYPE_CHECKING:
    from gsi_ray.evaluation.lpips import Lpips

Progress = Callable[[Literal["detected", "scored"], int, int], None]
"""Told what is being done to edited pictures, to how many of them it is done, and of how many."""

# A detector is asked about both pictures of so many edits at once.
_EDITS_AT_ONCE = 16

_BAD = (BadCase, BadPicture, BadRecord, UnknownOperation)


class NothingToScore(GsiRayError):
    """The folders hold nothing that could be scored, or a cache that cannot be read."""


@dataclass(frozen=True)
class FolderRun:
    """Scores by `<image>_<query>`, and why others have none, by the name of the edited picture's file."""

    evaluations: dict[str, Evaluation]
    errors: dict[str, str]


def evaluate_folders(
    originals: Path,
    edited: Path,
    output: Path,
    *,
    real: bool,
    lpips: Lpips | None,
    detector: Detector | None = None,
    progress: Progress = lambda doing, done, of: None,
) -> FolderRun:
    """Score all edited pictures of a folder, and write the official code's files for all its modes into `output`.

    What was detected is read from `infer_cache.json` in `output`; what is not in there the detector is asked for, and
    it is put there. `real` says that the pictures are of GSI-Real. Raises NothingToScore.
    """
    for folder in (originals, edited):
        if not folder.is_dir():
            raise NothingToScore(f"There is no folder {folder}: give the one with the pictures.")
    files = edited_pictures(edited)
    if not files:
        raise NothingToScore(f"The folder {edited} has no pictures: they are to be called <image>_edit_<query>.png.")
    try:
        cache = read_cache(output / CACHE)
    except BadCase as error:
        raise NothingToScore(f"{error}: repair it, or delete it to detect everything anew.") from error

    errors: dict[str, str] = {}
    cases = _read_cases(files, originals, errors)
    if detector:
        _detect(cases, cache, output / CACHE, detector, errors, progress)
    evaluations = _score(cases, cache, real, lpips, errors, progress)
    run = FolderRun(evaluations, {name: errors[name] for name in sorted(errors)})
    write_results(output, run.evaluations, run.errors)
    return run


def _read_cases(files: Sequence[Path], originals: Path, errors: dict[str, str]) -> list[Case]:
    cases: dict[str, Case] = {}
    for file in files:
        try:
            case = read_case(file, originals)
        except BadCase as error:
            errors[file.name] = str(error)
            continue
        if case.key in cases:
            errors[file.name] = f"{file.name} is the same edit as {cases[case.key].edited.name}"
        else:
            cases[case.key] = case
    return list(cases.values())


def _detect(
    cases: Sequence[Case],
    cache: dict[str, Any],
    file: Path,
    detector: Detector,
    errors: dict[str, str],
    progress: Progress,
) -> None:
    """Ask the detector for what the cache lacks, and keep the cache's file up to date."""
    lacking = [case for case in cases if _lacks(cache, case.key)]
    for start in range(0, len(lacking), _EDITS_AT_ONCE):
        some = lacking[start : start + _EDITS_AT_ONCE]
        asked: list[Case] = []
        pictures: list[Picture] = []
        for case in some:
            try:
                pictures += _pictures(case)
            except BadCase as error:
                errors[case.edited.name] = str(error)
            else:
                asked.append(case)
        answers = detector.detect(pictures) if pictures else []
        for case, before, after in zip(asked, answers[::2], answers[1::2], strict=True):
            if isinstance(before, DetectorFailed) or isinstance(after, DetectorFailed):
                failed = before if isinstance(before, DetectorFailed) else after
                errors[case.edited.name] = f"{detector.name} failed: {failed}"
            else:
                cache[case.key] = cache_entry(Detections(before, after))
        write_json(file, cache)
        progress("detected", start + len(some), len(lacking))


def _lacks(cache: dict[str, Any], key: str) -> bool:
    try:
        return cached_detections(cache, key) is None
    except BadCase:
        # It is there, and damaged: that is said when it is used.
        return False


def _pictures(case: Case) -> list[Picture]:
    """Both pictures of an edit, for a detector. Raises BadCase."""
    edit = case.edit
    return [
        Picture(_read_picture(case.original), edit.target, edit.intrinsics, case.key, "before"),
        Picture(_read_picture(case.edited), edit.target, edit.intrinsics, case.key, "after"),
    ]


def _score(
    cases: Sequence[Case],
    cache: dict[str, Any],
    real: bool,
    lpips: Lpips | None,
    errors: dict[str, str],
    progress: Progress,
) -> dict[str, Evaluation]:
    """Scores by edit. Each processor core has an original with all its edits to itself."""
    left = [case for case in cases if case.edited.name not in errors]
    groups = [list(group) for _, group in groupby(left, key=lambda case: case.original)]

    def score(group: list[Case]) -> list[tuple[Case, Evaluation | str]]:
        return list(_score_edits(group, cache, real, lpips))

    evaluations: dict[str, Evaluation] = {}
    done = 0
    cores = len(os.sched_getaffinity(0))
    threads = ThreadPoolExecutor(cores, initializer=lpips.keep_to_one_core if lpips else None)
    with _opencv_on_one_core(), threads:
        for scored in threads.map(score, groups):
            for case, outcome in scored:
                if isinstance(outcome, str):
                    errors[case.edited.name] = outcome
                else:
                    evaluations[case.key] = outcome
            done += len(scored)
            progress("scored", done, len(left))
    return evaluations


@contextmanager
def _opencv_on_one_core() -> Iterator[None]:
    """Where every core has a thread of ours, OpenCV's own would only be in their way."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _score_edits(
    group: Sequence[Case], cache: dict[str, Any], real: bool, lpips: Lpips | None
) -> Iterator[tuple[Case, Evaluation | str]]:
    """The scores of the edits of one original, or why one has none."""
    try:
        original = Original(_read_picture(group[0].original), lpips)
    except _BAD as error:
        yield from ((case, str(error)) for case in group)
        return
    for case in group:
        try:
            yield case, _score_edit(case, original, cache, real)
        except _BAD as error:
            yield case, str(error)


def _score_edit(case: Case, original: Original, cache: dict[str, Any], real: bool) -> Evaluation:
    found = cached_detections(cache, case.key)
    if found is None:
        raise BadCase(f'{CACHE} has no detections of "{case.key}", and there is no detector')
    is_view = operation_of(case.edit.prompt) == "view"
    if is_view and case.truth is None:
        raise BadCase(f"{case.original.parent} has no true picture of this edit of the camera, with gtedit in its name")
    return evaluate(
        original,
        _read_picture(case.edited),
        case.edit,
        found.before,
        found.after,
        truth=_read_picture(case.truth) if is_view and case.truth else None,
        real=real,
    )


def _read_picture(file: Path) -> NDArray[np.uint8]:
    """Raises BadCase."""
    try:
        return decode_rgb(file.read_bytes())
    # The last three are what Pillow says of some damaged files.
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadCase(f"{file} cannot be read as a picture: {error}") from error
