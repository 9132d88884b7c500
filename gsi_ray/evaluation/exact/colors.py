"""Differences of colour as people see them, in CIELAB, where a difference of 2 or 3 is just noticed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Lab = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Pictures are compared a little blurred: an edge that is half a pixel off is no difference.
_BLUR_PIXELS = 1.0
# What colours may be stretched by to take a tint away. Beyond this a picture is another one.
_MOST_STRETCH = 2.0
_EVERY = 4
_AS_GOOD_AS_ANY = np.float32(12.0)


def lab(rgb: NDArray[np.uint8] | NDArray[np.float32]) -> Lab:
    """A picture (h, w, 3) in CIELAB, slightly blurred: L from 0 to 100, a and b about -100 to 100.

    Channels are from 0 to 255, or, in floating point, from 0 to 1.
    """
    colors: Lab = cv2.cvtColor(rgb if rgb.dtype == np.float32 else rgb.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
    blurred: Lab = cv2.GaussianBlur(colors, (0, 0), _BLUR_PIXELS)
    return blurred


def difference(first: Lab, second: Lab) -> NDArray[np.float32]:
    """How different two pictures are at each pixel, (h, w): Delta E of CIE 1976."""
    distance: NDArray[np.float32] = np.linalg.norm(first - second, axis=-1)
    return distance


def without_tint(rgb: NDArray[np.uint8], truth: NDArray[np.uint8], where: Mask) -> NDArray[np.float32]:
    """A picture (h, w, 3) with the linear change of its colours, and shift, that bring it nearest to the truth at some
    pixels; channels from 0 to 1."""
    chosen = where[::_EVERY, ::_EVERY]
    have, want = (_smooth(picture)[::_EVERY, ::_EVERY][chosen] for picture in (rgb, truth))
    colors = rgb.astype(np.float32) / np.float32(255.0)
    if not len(have):
        return colors
    middle, goal = have.mean(axis=0), want.mean(axis=0)
    change = np.linalg.lstsq(have - middle, want - goal, rcond=None)[0]
    left, stretches, right = np.linalg.svd(change)
    change = left * np.clip(stretches, 1.0 / _MOST_STRETCH, _MOST_STRETCH) @ right
    return np.clip((colors - middle) @ change + goal, 0.0, 1.0).astype(np.float32)


def _smooth(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Without its noise, which would make all colours look alike."""
    smooth: NDArray[np.float32] = cv2.blur(rgb, (_EVERY, _EVERY)).astype(np.float32) / np.float32(255.0)
    return smooth


def disturbance(differences: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much pixels with these differences have changed, each from 0 to 1.

    What is hardly seen counts next to nothing, and a difference of 12, as between a thing and what is behind it, is as
    good as any greater one.
    """
    return np.minimum(differences / _AS_GOOD_AS_ANY, np.float32(1.0)) ** 2
