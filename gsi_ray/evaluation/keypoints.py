"""What of a picture is recognised in another one: SIFT (Lowe, 2004)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Lowe's test: the best match is to be nearer than this share of the second best.
_NEARER = 0.75
_OPENCVS_CONTRAST = 0.04

Places = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Keypoints:
    """SIFT keypoints of a picture: `places` (n, 2) in pixels, counted from the middle of the first one, `descriptors`
    (n, 128); `centre` is the picture's."""

    places: Places
    descriptors: NDArray[np.float32]
    centre: tuple[float, float]

    @staticmethod
    def of(rgb: NDArray[np.uint8], least_contrast: float = _OPENCVS_CONTRAST) -> Keypoints:
        """The keypoints of a picture (h, w, 3); with less contrast to ask for, more of them."""
        # OpenCV takes the order to be blue, green, red. So it is given to it in the official code of GSI-Bench, too.
        detector = cv2.SIFT.create(contrastThreshold=least_contrast)
        found, descriptors = detector.detectAndCompute(rgb, None)
        places = np.array([keypoint.pt for keypoint in found], dtype=np.float32).reshape(-1, 2)
        described = (
            np.zeros((0, 128), np.float32) if descriptors is None else descriptors.astype(np.float32, copy=False)
        )
        return Keypoints(places, described, (rgb.shape[1] / 2, rgb.shape[0] / 2))


def matched(first: Keypoints, second: Keypoints) -> tuple[Places, Places]:
    """Places (n, 2) in one picture and in another of what is the same in both, as far as that is clear."""
    if not len(first.places) or len(second.places) < 2:
        return first.places[:0], second.places[:0]
    pairs = cv2.BFMatcher().knnMatch(first.descriptors, second.descriptors, k=2)
    good = [best for best, other in pairs if best.distance < _NEARER * other.distance]
    return first.places[[match.queryIdx for match in good]], second.places[[match.trainIdx for match in good]]
