"""Rotations: quaternions, axes and angles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.spatial import rotations
from tests.spatial.shapes import angles, any_rotation, points, quaternions


@given(any_rotation)
def test_a_rotation_survives_the_way_to_a_quaternion_and_back(rotation: np.ndarray) -> None:
    np.testing.assert_allclose(rotations.from_quaternion(rotations.to_quaternion(rotation)), rotation, atol=1e-12)


@given(quaternions, st.floats(0.5, 2.0))
def test_the_length_of_a_quaternion_does_not_matter(quaternion: np.ndarray, length: float) -> None:
    np.testing.assert_allclose(
        rotations.from_quaternion(length * quaternion), rotations.from_quaternion(quaternion), atol=1e-12
    )


def test_quaternions_have_their_real_part_first() -> None:
    np.testing.assert_allclose(np.abs(rotations.to_quaternion(np.eye(3))), [1.0, 0.0, 0.0, 0.0])


@given(any_rotation)
def test_rotations_are_proper(rotation: np.ndarray) -> None:
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


@given(angles)
def test_turning_about_the_vertical_is_turning_about_the_z_axis(angle: float) -> None:
    np.testing.assert_allclose(rotations.about_z(angle), rotations.about_axis([0.0, 0.0, 3.0], angle), atol=1e-12)


def test_a_quarter_turn_about_the_vertical_is_counterclockwise_from_above() -> None:
    np.testing.assert_allclose(rotations.about_z(np.pi / 2.0) @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], atol=1e-15)


@given(any_rotation, points.filter(lambda p: np.linalg.norm(p) > 0.1), st.floats(0.0, np.pi))
def test_the_angle_between_two_rotations_is_the_one_turned_by(
    rotation: np.ndarray, axis: np.ndarray, angle: float
) -> None:
    turned = rotations.about_axis(axis, angle) @ rotation
    # Near half a turn the chord hardly grows with the angle any more.
    assert rotations.angle_between(rotation, turned) == pytest.approx(angle, abs=1e-12 if angle < 3.0 else 1e-6)


def test_tiny_angles_are_not_lost() -> None:
    assert rotations.angle_between(np.eye(3), rotations.about_z(1e-9)) == pytest.approx(1e-9, rel=1e-6)
