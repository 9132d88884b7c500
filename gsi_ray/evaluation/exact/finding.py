"""Finds a thing whose look is known in a picture whose background is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gsi_ray.evaluation.exact.colors import Lab, Mask

# A thing is told from its background by this difference of colour at least; below, noise would find it anywhere.
_LEAST_CONTRAST = 3.0
# Less of a thing than this, and it is not there.
_LEAST_SHARE = 0.35


@dataclass(frozen=True)
class Found:
    """Where a thing was found: so many pixels right of and below where it should be.

    `likeness` is from 0, as if it were not there, to 1, just as it should look.
    """

    right: int
    down: int
    likeness: float

    @property
    def distance(self) -> float:
        """How far that is, in pixels."""
        return float(np.hypot(self.right, self.down))


def find(picture: Lab, thing: Lab, mask: Mask, background: Lab) -> Found | None:
    """Where in `picture` a thing is that should look as in `thing` at the pixels of `mask`; all are (h, w, 3).

    Of every place, it is asked how much of the squared difference between background and thing the thing explains,

        sum over the mask of |picture - background|^2 - |picture - thing|^2,  over  sum of |thing - background|^2,

    which is 1 where the thing is, and 0 or less where there is nothing but background, however alike other things
    are. The place is the one that explains most, over what there is to explain there or at the right place, whichever
    is more. None where that is hardly a third, as for a thing that hardly differs from its background.
    """
    rows, columns = np.nonzero(mask)
    top, left = int(rows.min()), int(columns.min())
    window = np.s_[top : rows.max() + 1, left : columns.max() + 1]
    inside = mask[window].astype(np.float32)
    sprite = thing[window] * inside[..., None]
    own = float(np.sum(sprite.astype(np.float64) ** 2))
    behind = _correlation(np.sum(background * background, axis=-1), inside)
    gain = (
        behind
        - 2.0 * _correlation(np.sum(picture * background, axis=-1), inside)
        + 2.0 * _correlation(picture, sprite)
        - own
    )
    contrast = own - 2.0 * _correlation(background, sprite) + behind
    share = gain / (np.maximum(contrast, contrast[top, left]) + _LEAST_CONTRAST**2 * inside.sum())
    row, column = np.unravel_index(int(np.argmax(share)), share.shape)
    if share[row, column] < _LEAST_SHARE:
        return None
    likeness = float(np.clip(gain[row, column] / contrast[row, column], 0.0, 1.0))
    return Found(int(column) - left, int(row) - top, likeness)


def _correlation(image: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sums of products at every place where the kernel lies within the image."""
    return cv2.matchTemplate(image, kernel, cv2.TM_CCORR).astype(np.float64)
