"""Whether an edit left the camera where it was, without which a rotation counts nothing in GSI-Bench."""

from __future__ import annotations

import cv2
import numpy as np

from gsi_ray.evaluation.keypoints import Keypoints, matched

_FEWEST_MATCHES = 10
_FOCAL_PX = 1000.0
_LARGEST_TURN_DEG = 10.0


def turn_deg(before: Keypoints, after: Keypoints) -> float | None:
    """Degrees by which the camera turned; None where the pictures have too little in common to tell.

    The essential matrix is that of a camera with a focal length of 1000 px, and is taken apart as if that were 1: odd,
    but what the official code does.
    """
    first, second = matched(before, after)
    if len(first) < _FEWEST_MATCHES:
        return None
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
