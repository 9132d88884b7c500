"""Cameras: what projects where, and how a camera moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gsi_ray.spatial import Camera
from tests.spatial.shapes import cameras, points

UP = np.array([0.0, 0.0, 1.0])
pixels = arrays(np.float64, (5, 2), elements=st.floats(-300.0, 900.0))
depths = arrays(np.float64, 5, elements=st.floats(0.1, 20.0))


def level_camera() -> Camera:
    """At the origin, looking along y: the world's x is to its right."""
    return Camera.at([0.0, 0.0, 0.0], np.pi / 2.0, 0.0, np.pi / 2.0, 200, 100)


@given(cameras, pixels, depths)
def test_unprojecting_undoes_projecting(camera: Camera, pixels: np.ndarray, depths: np.ndarray) -> None:
    projected, depth = camera.project(camera.unproject(pixels, depths))
    np.testing.assert_allclose(projected, pixels, atol=1e-6)
    np.testing.assert_allclose(depth, depths, atol=1e-9)


@given(points, points, st.integers(16, 600), st.integers(16, 600))
def test_what_a_camera_looks_at_is_in_the_middle_of_its_image(
    position: np.ndarray, target: np.ndarray, width: int, height: int
) -> None:
    distance = np.linalg.norm(target - position)
    assume(distance > 0.05)
    camera = Camera.looking_at(position, target, 1.0, width, height)
    pixel, depth = camera.project(target)
    np.testing.assert_allclose(pixel, [width / 2.0, height / 2.0], atol=1e-6)
    assert depth == pytest.approx(distance)


def test_right_of_the_image_is_right_up_is_up_and_pixels_are_by_the_field_of_view() -> None:
    camera = level_camera()
    np.testing.assert_allclose(camera.project([1.0, 1.0, 0.0])[0], [150.0, 50.0])
    np.testing.assert_allclose(camera.project([0.0, 1.0, 1.0])[0], [100.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(camera.project([0.5, 2.0, -1.0])[0], [112.5, 75.0])


def test_points_behind_a_camera_have_no_positive_depth() -> None:
    assert level_camera().project([0.0, -1.0, 0.0])[1] == pytest.approx(-1.0)
    assert level_camera().project([3.0, 0.0, 1.0])[1] == pytest.approx(0.0)


@given(cameras)
def test_rotation_and_translation_are_the_extrinsics(camera: Camera) -> None:
    np.testing.assert_allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.rotation) == pytest.approx(1.0)
    np.testing.assert_allclose(camera.rotation @ camera.position + camera.translation, 0.0, atol=1e-12)
    np.testing.assert_allclose(camera.pose.apply([0.0, 0.0, 1.0]), camera.position + camera.forward, atol=1e-12)


@given(cameras)
def test_ground_directions_are_level_unit_and_square(camera: Camera) -> None:
    right, forward = camera.ground_right, camera.ground_forward
    np.testing.assert_allclose([right[2], forward[2], right @ forward], 0.0, atol=1e-12)
    np.testing.assert_allclose([right @ right, forward @ forward], 1.0)
    np.testing.assert_allclose(np.cross(right, forward), UP, atol=1e-12)
    assert forward @ camera.forward > 0.0
    assert right @ camera.rotation[0] == pytest.approx(1.0)


@given(cameras, points)
def test_a_moved_camera_stands_elsewhere_and_looks_the_same_way(camera: Camera, offset: np.ndarray) -> None:
    moved = camera.moved(offset)
    np.testing.assert_allclose(moved.position - camera.position, offset, atol=1e-12)
    np.testing.assert_allclose(moved.rotation, camera.rotation, atol=1e-12)


@given(cameras, st.floats(-3.0, 3.0))
def test_a_turned_camera_stays_level_and_turns_by_the_angle_to_its_left(camera: Camera, yaw: float) -> None:
    turned = camera.turned(yaw)
    np.testing.assert_allclose(turned.position, camera.position, atol=1e-12)
    np.testing.assert_allclose([turned.rotation[0, 2], turned.forward[2]], [0.0, camera.forward[2]], atol=1e-12)
    left = -camera.ground_right
    expected = np.cos(yaw) * camera.ground_forward + np.sin(yaw) * left
    np.testing.assert_allclose(turned.ground_forward, expected, atol=1e-12)


@given(cameras, st.floats(-1.5, 1.5))
def test_a_tilted_camera_stays_level_and_tilts_by_the_angle(camera: Camera, tilt: float) -> None:
    pitch = float(np.arcsin(camera.forward[2]))
    assume(abs(pitch + tilt) < 1.5)
    tilted = camera.tilted(tilt)
    np.testing.assert_allclose(tilted.position, camera.position, atol=1e-12)
    np.testing.assert_allclose(tilted.rotation[0], camera.rotation[0], atol=1e-12)
    np.testing.assert_allclose(tilted.ground_forward, camera.ground_forward, atol=1e-12)
    assert float(np.arcsin(tilted.forward[2])) == pytest.approx(pitch + tilt, abs=1e-9)


@given(cameras, pixels, depths, st.integers(10, 900), st.integers(10, 900))
def test_a_resized_image_shows_the_same_at_other_pixels(
    camera: Camera, pixels: np.ndarray, depths: np.ndarray, width: int, height: int
) -> None:
    resized = camera.resized(width, height)
    there, depth = resized.project(camera.unproject(pixels, depths))
    assert (resized.width, resized.height) == (width, height)
    np.testing.assert_allclose(there, pixels * [width / camera.width, height / camera.height], atol=1e-6)
    np.testing.assert_allclose(depth, depths, atol=1e-9)


@given(cameras, pixels, depths, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 99), st.integers(1, 99))
def test_a_crop_shows_the_same_from_its_own_corner_on(
    camera: Camera, pixels: np.ndarray, depths: np.ndarray, column: int, row: int, width: int, height: int
) -> None:
    crop = camera.cropped([column, row], [column + width, row + height])
    there, _ = crop.project(camera.unproject(pixels, depths))
    assert (crop.width, crop.height) == (width, height)
    np.testing.assert_allclose(there, pixels - [column, row], atol=1e-6)
