"""Edit locality (EL): how far an edit left alone what lies outside of the target, where it was and where it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from gsi_ray.detection import Detection
from gsi_ray.evaluation.gsi_bench.boxes import projected, same
from gsi_ray.evaluation.gsi_bench.frames import framed, signed
from gsi_ray.evaluation.gsi_bench.originals import Original
from gsi_ray.evaluation.gsi_bench.records import EditRecord
from gsi_ray.evaluation.ssim import Windows, similarity

if TYPE_CHECKING:
    from gsi_ray.evaluation.lpips import Lpips

_SAME_BOX = 0.1
_SAME_RECTANGLE = 100.0


@dataclass(frozen=True)
class Locality:
    """SSIM up to 1, LPIPS from 0, and the mean square of the differences of values from 0 to 255.

    None is not known: LPIPS where its weights are not at hand, the others where there is nothing outside the target.
    """

    ssim: float | None
    lpips: float | None
    mse: float | None


def locality(
    original: Original,
    edited: NDArray[np.uint8],
    edit: EditRecord,
    before: Sequence[Detection],
    after: Sequence[Detection],
) -> Locality:
    """How like the original an edited picture (h, w, 3), of the same size, is outside of the target's rectangles.

    Those are of the detection that is the edit's own box, and of the last that is new: neither that box nor its outline
    in the image. They count pixels of the frame of the detector (`frames`).
    """
    found = framed(edited)
    was = next((one.box_2d for one in before if same(one.box_3d, edit.box_3d, _SAME_BOX)), None)
    outline = projected(edit.box_3d, edit.rotation, edit.intrinsics)
    new = [
        one.box_2d
        for one in after
        if not (same(one.box_3d, edit.box_3d, _SAME_BOX) or same(one.box_2d, outline, _SAME_RECTANGLE))
    ]
    kept = np.ones(found.shape[:2], dtype=np.bool_)
    for rectangle in [was, *new[-1:]]:
        if rectangle is not None:
            _leave_out(kept, rectangle)
    lpips = None
    if original.lpips and original.features:
        [lpips] = original.lpips.distances(original.features, original.lpips.features(signed(found)[None]), kept[None])
    if not kept.any():
        return Locality(None, lpips, None)
    squares = cv2.norm(original.windows.picture, found, cv2.NORM_L2SQR, kept.view(np.uint8))
    mse = squares / (3 * np.count_nonzero(kept))
    return Locality(_ssim(original.windows, Windows.of(found), kept), lpips, float(mse))


def view_likeness(edited: NDArray[np.uint8], truth: NDArray[np.uint8], lpips: Lpips) -> tuple[float, float]:
    """SSIM and LPIPS of an edited picture and the true one (h, w, 3), of the same size: pixel for pixel, all over."""
    first, second = edited.astype(np.float32), truth.astype(np.float32)
    everything = np.ones(truth.shape[:2], dtype=np.bool_)
    features, true_features = (lpips.features(signed(picture)[None]) for picture in (first, second))
    [distance] = lpips.distances(features, true_features, everything[None])
    return _ssim(Windows.of(first), Windows.of(second), everything), distance


def _ssim(first: Windows, second: Windows, kept: NDArray[np.bool_]) -> float:
    value_range = float(second.picture.max() - second.picture.min())
    channels = cv2.mean(similarity(first, second, value_range), kept.view(np.uint8))
    return float(np.mean(channels[:3]))


def _leave_out(kept: NDArray[np.bool_], rectangle: NDArray[np.float64]) -> None:
    """Corners are cut to whole pixels. Those past the far side of the picture are brought back, but not those that are
    before the near one, which numpy then counts from the far side: so does the official code."""
    x0, y0 = (int(max(0.0, value)) for value in rectangle[:2])
    x1, y1 = int(min(kept.shape[1], rectangle[2])), int(min(kept.shape[0], rectangle[3]))
    kept[y0:y1, x0:x1] = False
