"""One edited picture, scored completely: instruction compliance, spatial accuracy, edit locality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gsi_ray.detection import Detection
from gsi_ray.evaluation.gsi_bench.locality import Locality, locality, view_likeness
from gsi_ray.evaluation.gsi_bench.operations import Operation, operation_of
from gsi_ray.evaluation.gsi_bench.originals import BadPicture, Original
from gsi_ray.evaluation.gsi_bench.records import EditRecord
from gsi_ray.evaluation.gsi_bench.scoring import NOTHING, Score, is_local, score, view_score
from gsi_ray.evaluation.gsi_bench.viewpoint import is_unchanged
from gsi_ray.evaluation.keypoints import Keypoints


@dataclass(frozen=True)
class Evaluation:
    """The scores of one edit, by the names of the table `scores`; None is not known."""

    operation: Operation
    ic: float | None
    sa: float | None
    el_ssim: float | None
    el_lpips: float | None
    el_mse: float | None


def evaluate(
    original: Original,
    edited: NDArray[np.uint8],
    edit: EditRecord,
    before: Sequence[Detection],
    after: Sequence[Detection],
    *,
    truth: NDArray[np.uint8] | None,
    real: bool,
) -> Evaluation:
    """Score an edited picture (h, w, 3), which is brought to the size of the original if it has another.

    `before` and `after` are what a detector found of the target's kind in the two pictures. `truth` (h, w, 3) is the
    true picture, for edits of the camera: without it they have no `ic` and `sa`. `real` says that the edit is of
    GSI-Real. Without LPIPS, `ic` and `sa` are known where SSIM alone shows that the edit is local, or is not.

    Raises UnknownOperation, BadRecord where the edit does not say where its target is to be, and BadPicture where the
    true picture is not of the original's size.
    """
    operation = operation_of(edit.prompt)
    height, width = original.rgb.shape[:2]
    if edited.shape != original.rgb.shape:
        edited = np.asarray(Image.fromarray(edited).resize((width, height)))
    found = locality(original, edited, edit, before, after)
    if operation == "view":
        scored = _view(original, edited, truth)
    else:
        scored = _gated(operation, score(operation, edit, before, after), found, original, edited, real)
    ic, sa = (scored.compliance, scored.accuracy) if scored else (None, None)
    return Evaluation(operation, ic, sa, found.ssim, found.lpips, found.mse)


def _view(original: Original, edited: NDArray[np.uint8], truth: NDArray[np.uint8] | None) -> Score | None:
    if truth is None:
        return None
    if truth.shape != original.rgb.shape:
        raise BadPicture(
            f"the true picture is to have the shape of the original, {original.rgb.shape}, and has {truth.shape}"
        )
    if original.lpips is None:
        return None
    return view_score(*view_likeness(edited, truth, original.lpips))


def _gated(
    operation: Operation, scored: Score, found: Locality, original: Original, edited: NDArray[np.uint8], real: bool
) -> Score | None:
    """A score as far as the edit is local and, for a rotation, its viewpoint that of the original."""
    # Nothing kept to compare is not alike. An unknown LPIPS may be as near as can be, or as far.
    ssim = 0.0 if found.ssim is None else found.ssim
    distances = (0.0, 1.0) if found.lpips is None else (found.lpips,)
    local = {is_local(ssim, distance, real=real) for distance in distances}
    if len(local) == 2:
        return None
    if not local.pop():
        return NOTHING
    # Keypoints take longer than all the rest: nothing is looked for where nothing could come of it.
    if operation == "rotate" and scored != NOTHING:
        return scored if is_unchanged(original.keypoints, Keypoints.of(edited)) else NOTHING
    return scored
