"""Edits of the camera: where is the camera that took the edited picture, and does it show the same scene?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from gsi_ray.evaluation.exact.colors import Lab, difference, disturbance, lab
from gsi_ray.evaluation.exact.truth import LEAST_CONTRAST, Side, Truth
from gsi_ray.evaluation.keypoints import Keypoints, matched
from gsi_ray.spatial import Camera

Array = NDArray[np.float64]

_LEAST_MATCHES = 12
_INLIER_PIXELS = 3.0
# Points at which poses are compared lie so many pixels apart.
_GRID_PIXELS = 8
# Poses are known to about a tenth of a pixel.
_LEAST_MOTION_PIXELS = 0.3
# A point is hidden by another that is this much nearer, so many pixels around.
_HIDING_PIXELS = 2
_HIDING_DEPTH = 1.05


@dataclass(frozen=True, eq=False)
class ViewScores:
    """`compliance`, `accuracy` and `appearance` from 0 to 1, and the camera's error.

    `rectified` (h, w, 3) is the edited picture as it looks from where the camera should be. It and the errors are None
    where nothing tells where the camera is.
    """

    compliance: float
    accuracy: float
    appearance: float
    pixel_error: float | None
    position_error_m: float | None
    rectified: Lab | None


def score_view(truth: Truth, rgb: NDArray[np.uint8]) -> ViewScores:
    """Score an edited picture (h, w, 3) of a sample whose camera is moved, turned or tilted.

    All points of the scene that both true pictures show go some way in the image. `compliance` is how much of that way
    they have gone, `accuracy` is 1 less their distance from where they should be over the way's length.
    """
    camera = _camera_of(rgb, truth)
    if camera is None:
        return ViewScores(0.0, 0.0, 0.0, None, None, None)
    points = _shared_points(truth)
    start, goal, end = (one.project(points)[0] for one in (truth.before.camera, truth.after.camera, camera))
    asked, made = goal - start, end - start
    astray, has_moved = _length(end - goal), _length(made) > _LEAST_MOTION_PIXELS
    rectified = lab(_rectified(rgb, camera, truth.after))
    return ViewScores(
        compliance=float(np.clip(np.sum(made * asked) / np.sum(asked * asked), 0.0, 1.0)) if has_moved else 0.0,
        accuracy=max(0.0, 1.0 - astray / _length(asked)) if has_moved else 0.0,
        appearance=1.0 - float(disturbance(difference(rectified, truth.after.lab)).mean()),
        pixel_error=astray,
        position_error_m=float(np.linalg.norm(camera.position - truth.after.camera.position)),
        rectified=rectified,
    )


def _length(ways: Array) -> float:
    """The mean length of some ways (n, 2)."""
    return float(np.linalg.norm(ways, axis=1).mean())


def _camera_of(rgb: NDArray[np.uint8], truth: Truth) -> Camera | None:
    """The camera, with the lens of the true one, that took a picture; None where too little is recognised.

    What is recognised of either true picture lies at a known place in the world, which gives the pose (PnP, RANSAC).
    """
    seen = Keypoints.of(rgb, LEAST_CONTRAST)
    pairs = [_matches(side, seen) for side in (truth.before, truth.after)]
    points, pixels = (np.concatenate(part) for part in zip(*pairs, strict=True))
    if len(points) < _LEAST_MATCHES:
        return None
    known = truth.after.camera
    held, turn, shift, inliers = cv2.solvePnPRansac(
        points, pixels, known.intrinsics, None, iterationsCount=1000, reprojectionError=_INLIER_PIXELS, confidence=0.999
    )
    if not held or inliers is None or len(inliers) < _LEAST_MATCHES:
        return None
    chosen = inliers[:, 0]
    turn, shift = cv2.solvePnPRefineLM(points[chosen], pixels[chosen], known.intrinsics, None, turn, shift)
    return Camera(known.width, known.height, known.intrinsics, cv2.Rodrigues(turn)[0], shift[:, 0])


def _matches(side: Side, seen: Keypoints) -> tuple[Array, Array]:
    """World points (n, 3) of one true picture, and where a picture shows them, (n, 2)."""
    # Our pixels are counted from the corner of the first one.
    here, there = (places.astype(np.float64) + 0.5 for places in matched(side.keypoints, seen))
    columns, rows = here.astype(int).T
    depth = side.depth[rows, columns]
    near = depth > 0.0
    return side.camera.unproject(here[near], depth[near]), there[near]


def _shared_points(truth: Truth) -> Array:
    """World points (n, 3) on a grid of the picture after that the picture before shows as well.

    Where none is shared, as after a wide turn, all points of the grid that lie before both cameras.
    """
    side = truth.after
    points = side.surface[_GRID_PIXELS // 2 :: _GRID_PIXELS, _GRID_PIXELS // 2 :: _GRID_PIXELS]
    points = points[np.isfinite(points).all(axis=-1)]
    pixels, depth = truth.before.camera.project(points)
    inside = np.all((pixels >= 0.0) & (pixels < [truth.before.camera.width, truth.before.camera.height]), axis=1)
    shared = inside & (depth > 0.0)
    return points[shared] if shared.any() else points[depth > 0.0]


def _rectified(rgb: NDArray[np.uint8], camera: Camera, side: Side) -> NDArray[np.uint8]:
    """A picture taken by one camera as it looks from another; what it does not show is as it should be."""
    pixels, depth = camera.project(np.nan_to_num(side.surface))
    inside = np.all((pixels >= 0.0) & (pixels < [camera.width, camera.height]), axis=-1)
    inside &= np.isfinite(side.surface).all(axis=-1) & (depth > 0.0)
    shown = inside.copy()
    shown[inside] = _is_in_front(pixels[inside], depth[inside], camera)
    places = np.where(shown[..., None], pixels - 0.5, 0.0).astype(np.float32)
    seen = cv2.remap(rgb, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.where(shown[..., None], seen, side.rgb)


def _is_in_front(pixels: Array, depth: Array, camera: Camera) -> NDArray[np.bool_]:
    """Which of the points at some pixels (n, 2) and depths (n,) no other one hides, as far as these points go."""
    columns, rows = (pixels // _HIDING_PIXELS).astype(int).T
    nearest = np.full((camera.height // _HIDING_PIXELS + 1, camera.width // _HIDING_PIXELS + 1), np.inf)
    np.minimum.at(nearest, (rows, columns), depth)
    around: Array = minimum_filter(nearest, size=3)
    return depth < _HIDING_DEPTH * around[rows, columns]
