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
_LEAST_SHARE = 0.25


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

    Two things are asked of every place, both 1 where the thing is and nothing else has changed: how much of the squared
    difference between background and thing the thing explains,

        sum over the mask of |picture - background|^2 - |picture - thing|^2,  over  sum of |thing - background|^2,

    which is 0 or less where there is nothing but background, however alike other things are; and how little is left
    over, 1 - sum of |picture - thing|^2 over the same at the right place, which is 0 or less where something else has
    gone and left the thing's own background. The place is that where the lesser of the two is greatest. None where that
    is less than a quarter, as for a thing that hardly differs from its background.
    """
    rows, columns = np.nonzero(mask)
    top, left = int(rows.min()), int(columns.min())
    window = np.s_[top : rows.max() + 1, left : columns.max() + 1]
    inside = mask[window].astype(np.float32)
    sprite = thing[window] * inside[..., None]
    own = float(np.sum(sprite.astype(np.float64) ** 2))

    def squares_from_sprite(image: Lab) -> NDArray[np.float64]:
        return _correlation(np.sum(image * image, axis=-1), inside) - 2.0 * _correlation(image, sprite) + own

    seen = _LEAST_CONTRAST**2 * float(inside.sum())
    contrast, left_over = squares_from_sprite(background), squares_from_sprite(picture)
    at_goal = max(float(contrast[top, left]), 0.0)
    explained = _correlation(np.sum((picture - background) ** 2, axis=-1), inside) - left_over
    share = np.minimum(explained / (np.maximum(contrast, at_goal) + seen), (at_goal - left_over) / (at_goal + seen))
    row, column = (int(place) for place in np.unravel_index(int(np.argmax(share)), share.shape))
    if share[row, column] < _LEAST_SHARE:
        return None
    likeness = float(np.clip(explained[row, column] / contrast[row, column], 0.0, 1.0))
    return Found(column - left, row - top, likeness)


def _correlation(image: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sums of products at every place where the kernel lies within the image."""
    return cv2.matchTemplate(image, kernel, cv2.TM_CCORR).astype(np.float64)
