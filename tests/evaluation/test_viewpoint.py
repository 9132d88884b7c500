"""Whether the camera turned, by points of a made-up space and by pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gsi_ray.evaluation.gsi_bench.viewpoint import is_unchanged, turn_deg
from gsi_ray.evaluation.keypoints import Keypoints

SIDE = 512
INTRINSICS = np.array([[1000.0, 0.0, SIDE / 2], [0.0, 1000.0, SIDE / 2], [0.0, 0.0, 1.0]])


def turned(degrees: float) -> NDArray[np.float64]:
    return cv2.Rodrigues(np.array([0.0, np.radians(degrees), 0.0]))[0]


def seen(points: NDArray[np.float64], rotation: NDArray[np.float64], shift: tuple[float, ...]) -> Keypoints:
    """Points of space as a camera sees them that turned and moved; each has a look of its own."""
    pixels = (points @ rotation.T + shift) @ INTRINSICS.T
    looks = np.random.default_rng(1).uniform(0.0, 100.0, (len(points), 128)).astype(np.float32)
    return Keypoints((pixels[:, :2] / pixels[:, 2:]).astype(np.float32), looks, (SIDE / 2, SIDE / 2))


@pytest.mark.parametrize("degrees", [0.0, 3.0, 9.0, 11.0, 25.0, -25.0])
def test_the_turn_of_a_camera_is_told_from_what_it_sees(degrees: float) -> None:
    points = np.random.default_rng(0).uniform((-1.0, -1.0, 3.0), (1.0, 1.0, 6.0), (80, 3))
    before, after = seen(points, np.eye(3), (0.0, 0.0, 0.0)), seen(points, turned(degrees), (0.3, 0.0, 0.0))
    turn = turn_deg(before, after)
    assert turn == pytest.approx(abs(degrees), abs=0.3)
    assert is_unchanged(before, after) == (abs(degrees) < 10.0)


def scene(seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    layers = [cv2.resize(rng.normal(0.0, 1.0, (size, size, 3)), (SIDE, SIDE)) for size in (16, 64, 128)]
    return np.clip(128.0 + 40.0 * np.sum(layers, axis=0), 0.0, 255.0).astype(np.uint8)


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    return scene(0)


def test_an_edit_of_an_object_leaves_the_viewpoint(picture: NDArray[np.uint8]) -> None:
    edited = picture.copy()
    edited[100:200, 150:300] = 90
    before = Keypoints.of(picture)
    assert is_unchanged(before, before)
    assert is_unchanged(before, Keypoints.of(edited))


def test_a_picture_from_elsewhere_is_of_another_viewpoint(picture: NDArray[np.uint8]) -> None:
    homography = INTRINSICS @ turned(15.0) @ np.linalg.inv(INTRINSICS)
    elsewhere = cv2.warpPerspective(picture, homography, (SIDE, SIDE)).astype(np.uint8)
    assert not is_unchanged(Keypoints.of(picture), Keypoints.of(elsewhere))


def test_with_fewer_than_ten_points_in_common_nothing_is_known_and_so_not_unchanged(
    picture: NDArray[np.uint8],
) -> None:
    flat = Keypoints.of(np.full((SIDE, SIDE, 3), 128, dtype=np.uint8))
    other = Keypoints.of(scene(1))
    for after in (flat, other):
        assert turn_deg(Keypoints.of(picture), after) is None
        assert not is_unchanged(Keypoints.of(picture), after)
    assert turn_deg(flat, flat) is None
