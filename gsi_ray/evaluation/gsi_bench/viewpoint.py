"""Whether an edit left the camera where it was, without which a rotation counts nothing in GSI-Bench."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Lowe's test: the best match is to be nearer than this share of the second best.
_NEARER = 0.75
_FEWEST_MATCHES = 10
_FOCAL_PX = 1000.0
_LARGEST_TURN_DEG = 10.0


@dataclass(frozen=True, eq=False)
class Keypoints:
    """SIFT keypoints of a picture: `places` (n, 2) in pixels, `descriptors` (n, 128); `centre` is the picture's."""

    places: NDArray[np.float32]
    descriptors: NDArray[np.float32]
    centre: tuple[float, float]

    @staticmethod
    def of(rgb: NDArray[np.uint8]) -> Keypoints:
        """The keypoints of a picture (h, w, 3)."""
        # The official code gives OpenCV red, green, blue where it takes the order to be the reverse.
        found, descriptors = cv2.SIFT.create().detectAndCompute(rgb, None)
        places = np.array([keypoint.pt for keypoint in found], dtype=np.float32).reshape(-1, 2)
        described = (
            np.zeros((0, 128), np.float32) if descriptors is None else descriptors.astype(np.float32, copy=False)
        )
        return Keypoints(places, described, (rgb.shape[1] / 2, rgb.shape[0] / 2))


def turn_deg(before: Keypoints, after: Keypoints) -> float | None:
    """Degrees by which the camera turned; None where the pictures have too little in common to tell.

    The essential matrix is that of a camera with a focal length of 1000 px, and is taken apart as if that were 1: odd,
    but what the official code does.
    """
    if min(len(before.places), len(after.places)) < 2:
        return None
    pairs = cv2.BFMatcher().knnMatch(before.descriptors, after.descriptors, k=2)
    good = [best for best, second in pairs if best.distance < _NEARER * second.distance]
    if len(good) < _FEWEST_MATCHES:
        return None
    first = before.places[[match.queryIdx for match in good]]
    second = after.places[[match.trainIdx for match in good]]
    essential, _ = cv2.findEssentialMat(
        first, second, focal=_FOCAL_PX, pp=before.centre, method=cv2.RANSAC, prob=0.999, threshold=1.0
    )
    if essential is None:
        return None
    _, rotation, _, _ = cv2.recoverPose(essential, first, second)
    # Rounding can take the cosine of no turn at all past 1.
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1.0) / 2.0, -1.0, 1.0))))


def is_unchanged(before: Keypoints, after: Keypoints) -> bool:
    """Whether the camera turned by less than 10 degrees. Pictures with too little in common are of two viewpoints."""
    turn = turn_deg(before, after)
    return turn is not None and turn < _LARGEST_TURN_DEG
