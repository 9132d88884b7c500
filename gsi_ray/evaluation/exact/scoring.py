"""The exact protocol: an edited picture of a synthetic sample against all that is known of the sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gsi_ray.evaluation.exact.colors import Lab, Mask, lab
from gsi_ray.evaluation.exact.locality import region_overlap, undisturbed
from gsi_ray.evaluation.exact.objects import score_object
from gsi_ray.evaluation.exact.truth import EDGE_PIXELS, Side, Truth, grown
from gsi_ray.evaluation.exact.views import score_view
from gsi_ray.evaluation.ssim import Windows, similarity


@dataclass(frozen=True)
class ExactScores:
    """All from 0 to 1, but for the errors and `mse` (of channels from 0 to 255); None does not apply or is not known.

    `compliance` (IC): did what was asked for happen? `accuracy` (SA): how precisely? `objects`, `region`, `ssim` and
    `mse` (EL): did anything else? `appearance` (AC): does the target, or the scene, look the same? `pixel_error` is in
    pixels of the sample's own pictures. docs/evaluation.md defines each.
    """

    compliance: float
    accuracy: float
    objects: float
    region: float | None
    ssim: float | None
    mse: float | None
    appearance: float
    pixel_error: float | None
    position_error_m: float | None


def score_exactly(truth: Truth, rgb: NDArray[np.uint8], own_width: int) -> ExactScores:
    """Score an edited picture (h, w, 3); `own_width` is that of the sample's pictures. Raises WrongSize."""
    rgb = truth.fitted(rgb)
    scale = own_width / truth.after.camera.width
    return _score_view(truth, rgb, scale) if truth.target is None else _score_object(truth, rgb, scale)


def _score_object(truth: Truth, rgb: NDArray[np.uint8], scale: float) -> ExactScores:
    picture = lab(rgb)
    scores = score_object(truth, picture, matched=lab(truth.untinted(rgb)))
    kept = ~grown(scores.edited, EDGE_PIXELS)
    return ExactScores(
        compliance=scores.compliance,
        accuracy=scores.accuracy,
        objects=undisturbed(picture, truth.after, scores.edited),
        region=region_overlap(truth, rgb),
        ssim=_similarity(rgb, truth.after, kept),
        mse=_squared_error(rgb, truth.after.rgb, kept),
        appearance=scores.appearance,
        pixel_error=_scaled(scores.pixel_error, scale),
        position_error_m=scores.position_error_m,
    )


def _score_view(truth: Truth, rgb: NDArray[np.uint8], scale: float) -> ExactScores:
    scores = score_view(truth, rgb)
    picture: Lab = lab(rgb) if scores.rectified is None else scores.rectified
    return ExactScores(
        compliance=scores.compliance,
        accuracy=scores.accuracy,
        objects=undisturbed(picture, truth.after, np.zeros(picture.shape[:2], np.bool_)),
        region=None,
        ssim=None,
        mse=None,
        appearance=scores.appearance,
        pixel_error=_scaled(scores.pixel_error, scale),
        position_error_m=scores.position_error_m,
    )


def _similarity(rgb: NDArray[np.uint8], truth: Side, where: Mask) -> float | None:
    """Mean SSIM (Wang et al. 2004) of the pixels of a mask; None where there are none."""
    values = similarity(Windows.of(rgb.astype(np.float32)), truth.windows, 255.0)
    return float(values[where].mean()) if where.any() else None


def _squared_error(first: NDArray[np.uint8], second: NDArray[np.uint8], where: Mask) -> float | None:
    return float(np.mean((first[where].astype(np.float64) - second[where]) ** 2)) if where.any() else None


def _scaled(pixels: float | None, scale: float) -> float | None:
    return None if pixels is None else scale * pixels
