"""What of a picture is recognised in others: SIFT."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# SIFT's own default of 0.04 finds too little in the plain walls of rooms.
_LEAST_CONTRAST = 0.02


@dataclass(frozen=True, eq=False)
class Features:
    """Points of a picture: `pixels` (n, 2), continuous, and their `descriptions` (n, 128)."""

    pixels: NDArray[np.float64]
    descriptions: NDArray[np.float32]

    @staticmethod
    def of(rgb: NDArray[np.uint8]) -> Features:
        """Those of a picture (h, w, 3)."""
        detector = cv2.SIFT.create(contrastThreshold=_LEAST_CONTRAST)
        points, descriptions = detector.detectAndCompute(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), None)
        # OpenCV counts from the middle of the first pixel.
        pixels = np.array([point.pt for point in points], dtype=np.float64).reshape(-1, 2) + 0.5
        return Features(pixels, np.zeros((0, 128), np.float32) if descriptions is None else descriptions)
