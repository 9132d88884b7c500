"""Pictures in the frame in which GSI-Bench compares them: that of its detector, DetAny3D.

The official code hands a picture to the detector's own preparation, and works on what comes back: the longest side is
896 pixels, the sides are cut to multiples of 14 about the middle, the rest of a square is filled with the detector's
mean colour, and of all that remains as much as the picture itself was high and wide. So of a small picture, enlarged,
only the upper left part is compared; and of one that is no square, some of the filling.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

_SIDE = 896
_PATCH = 14
_MEAN_BGR = (103.53, 116.28, 123.675)


def framed(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A picture (h, w, 3) in that frame: (min(h, 896), min(w, 896), 3), blue first, from 0 to 255."""
    height, width = rgb.shape[:2]
    scale = _SIDE / max(height, width)
    resized = _resized(rgb, int(height * scale + 0.5), int(width * scale + 0.5))
    cut = resized[_middle(resized.shape[0]), _middle(resized.shape[1])]
    below, beside = _SIDE - cut.shape[0], _SIDE - cut.shape[1]
    square = cv2.copyMakeBorder(cut, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=_MEAN_BGR)
    return np.ascontiguousarray(square[:height, :width], dtype=np.float32)


def signed(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture with values from -1 to 1, as LPIPS takes it.

    One whose values are all 1 or less counts as if they were from 0 to 1 already; so in the official code.
    """
    return picture * np.float32(2.0 / 255.0 if picture.max() > 1.0 else 2.0) - np.float32(1.0)


def _middle(length: int) -> slice:
    """The middle of a side, as much of it as is a multiple of the patch."""
    kept = length // _PATCH * _PATCH
    start = length // 2 - kept // 2
    return slice(start, start + kept)


def _resized(rgb: NDArray[np.uint8], height: int, width: int) -> NDArray[np.float32]:
    """Bilinear, and with a wider filter where the picture becomes smaller, as torch does it with `antialias`."""
    blue_first = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR).astype(np.float32)
    # One direction, then the other, with a turn between them: rows are quicker to add up than columns.
    return _turned(_resized_rows(_turned(_resized_rows(blue_first, height)), width))


def _resized_rows(picture: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    flat = picture.reshape(len(picture), -1)
    return (_weights(len(picture), rows) @ flat).reshape(rows, *picture.shape[1:])


def _turned(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return cv2.transpose(picture).astype(np.float32, copy=False)


@lru_cache(maxsize=64)
def _weights(before: int, after: int) -> sparse.csr_array:
    """What each of the rows before (columns) counts in each of the rows after (rows).

    In single precision, as in torch, which differs from the exact weights in the fifth decimal.
    """
    one = np.float32(1.0)
    scale = np.float32(before) / np.float32(after)
    reach = max(scale, one)
    centre = scale * (np.arange(after, dtype=np.float32) + np.float32(0.5))
    first = np.maximum((centre - reach + np.float32(0.5)).astype(np.int64), 0)
    last = np.minimum((centre + reach + np.float32(0.5)).astype(np.int64), before)
    taps = np.arange((last - first).max())
    columns = first[:, None] + taps
    away = np.abs(((columns - centre[:, None]).astype(np.float32) + np.float32(0.5)) * (one / reach))
    weights = np.where(columns < last[:, None], np.maximum(one - away, 0.0), 0.0).astype(np.float32)
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.broadcast_to(np.arange(after)[:, None], columns.shape)
    return sparse.csr_array((weights.ravel(), (rows.ravel(), np.minimum(columns, before - 1).ravel())), (after, before))
