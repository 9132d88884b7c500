"""Between Unity's conventions and ours: round trips, and what is known of single cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from gsi_ray.simulators.ai2thor import frames
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

coordinates = st.floats(-20.0, 20.0)
points = st.tuples(coordinates, coordinates, coordinates).map(np.array)
angles = st.floats(-np.pi, np.pi)
turns = st.tuples(angles, angles, angles).map(lambda euler: Rotation.from_euler("zxy", euler).as_matrix())
sizes = st.tuples(*[st.floats(0.01, 3.0)] * 3).map(np.array)


def unity(x: float, y: float, z: float) -> dict[str, float]:
    return {"x": x, "y": y, "z": z}


def camera_rotation(angles: dict[str, float]) -> np.ndarray:
    """The rotation (3, 3) of the OpenCV camera that is Unity's with these angles: y down, where Unity has it up."""
    exchanged = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    axes = frames.rotation_to_world(angles) @ exchanged
    return axes * [1.0, -1.0, 1.0]


class TestSingleCases:
    def test_up_is_up_and_forward_is_away(self) -> None:
        np.testing.assert_array_equal(frames.vector_to_world(unity(1.0, 2.0, 3.0)), [1.0, 3.0, 2.0])

    @pytest.mark.parametrize(
        ("angles", "axis", "leads_to"),
        [
            (unity(0, 0, 0), unity(0, 0, 1), unity(0, 0, 1)),
            (unity(0, 90, 0), unity(0, 0, 1), unity(1, 0, 0)),  # yaw 90 looks along x
            (unity(0, 180, 0), unity(0, 0, 1), unity(0, 0, -1)),
            (unity(30, 0, 0), unity(0, 0, 1), unity(0, -0.5, np.sqrt(0.75))),  # a positive pitch looks down
            (unity(0, 0, 90), unity(1, 0, 0), unity(0, 1, 0)),
            (unity(90, 90, 0), unity(0, 1, 0), unity(1, 0, 0)),  # about x first, then about y
            (unity(0, 90, 90), unity(1, 0, 0), unity(0, 1, 0)),  # about z before y
            (unity(90, 0, 90), unity(1, 0, 0), unity(0, 0, 1)),  # about z before x
        ],
    )
    def test_angles_turn_as_unity_does(
        self, angles: dict[str, float], axis: dict[str, float], leads_to: dict[str, float]
    ) -> None:
        turned = frames.rotation_to_world(angles) @ frames.vector_to_world(axis)
        np.testing.assert_allclose(turned, frames.vector_to_world(leads_to), atol=1e-12)

    def test_a_turn_to_the_right_is_clockwise_from_above(self) -> None:
        np.testing.assert_allclose(frames.rotation_to_world(unity(0, 30, 0)), rotations.about_z(-np.radians(30.0)))

    def test_a_camera_that_looks_north_and_down(self) -> None:
        camera = Camera.at([1.0, 2.0, 1.5], np.pi / 2.0, -np.radians(20.0), 1.0, 64, 48)
        told = frames.camera_to_unity(camera)
        assert told["position"] == pytest.approx(unity(1.0, 1.5, 2.0))
        assert told["rotation"] == pytest.approx(unity(20.0, 0.0, 0.0), abs=1e-9)

    def test_a_camera_that_looks_east(self) -> None:
        told = frames.camera_to_unity(Camera.at([0.0, 0.0, 1.0], 0.0, 0.0, 1.0, 64, 48))
        assert told["rotation"] == pytest.approx(unity(0.0, 90.0, 0.0), abs=1e-9)

    def test_the_field_of_view_is_the_vertical_one(self) -> None:
        camera = Camera.at([0.0, 0.0, 1.0], 0.0, 0.0, np.radians(60.0), 640, 360)
        assert frames.field_of_view_deg(360, camera.intrinsics[1, 1]) == pytest.approx(60.0)
        assert camera.intrinsics[0, 0] == pytest.approx(180.0 / np.tan(np.radians(30.0)))


class TestRoundTrips:
    @given(points)
    def test_points(self, point: np.ndarray) -> None:
        np.testing.assert_array_equal(frames.vector_to_world(frames.vector_to_unity(point)), point)
        np.testing.assert_array_equal(frames.to_world(frames.to_world(point)), point)

    @given(turns)
    def test_rotations(self, turn: np.ndarray) -> None:
        again = frames.rotation_to_world(frames.rotation_to_unity(turn))
        np.testing.assert_allclose(again, turn, atol=1e-9)
        assert np.linalg.det(again) == pytest.approx(1.0)

    @given(points, turns)
    def test_poses(self, point: np.ndarray, turn: np.ndarray) -> None:
        told = frames.pose_to_unity(RigidTransform(turn, point))
        again = frames.pose_to_world(told["position"], told["rotation"])
        np.testing.assert_allclose(again.matrix, RigidTransform(turn, point).matrix, atol=1e-9)

    @given(points, angles, st.floats(-1.5, 1.5))
    def test_cameras_which_stay_level(self, position: np.ndarray, yaw: float, pitch: float) -> None:
        camera = Camera.at(position, yaw, pitch, 1.0, 64, 48)
        told = frames.camera_to_unity(camera)
        np.testing.assert_allclose(camera_rotation(told["rotation"]), camera.pose.rotation, atol=1e-9)
        assert told["rotation"]["z"] == pytest.approx(0.0, abs=1e-6)
        assert told["rotation"]["x"] == pytest.approx(-np.degrees(pitch), abs=1e-6)


class TestBoxes:
    @given(points, sizes, turns, st.permutations(range(8)))
    def test_the_corners_tell_the_box_in_any_order(
        self, center: np.ndarray, size: np.ndarray, turn: np.ndarray, order: list[int]
    ) -> None:
        box = OrientedBox(center, size, turn)
        found = frames.box_of_corners(box.corners[order], turn)
        np.testing.assert_allclose(found.center, center, atol=1e-9)
        np.testing.assert_allclose(found.size, size, atol=1e-9)
        np.testing.assert_array_equal(found.rotation, turn)

    @given(points, sizes, st.floats(0.05, 0.7), st.permutations(range(8)))
    def test_a_box_along_other_axes_keeps_its_own(
        self, center: np.ndarray, size: np.ndarray, turned: float, order: list[int]
    ) -> None:
        """As of a thing that only has a box along the world's axes, and stands askew."""
        box = OrientedBox(center, size, np.eye(3))
        found = frames.box_of_corners(box.corners[order], rotations.about_z(turned))
        np.testing.assert_allclose(np.sort(found.corners, axis=0), np.sort(box.corners, axis=0), atol=2e-3)
        assert np.linalg.det(found.rotation) == pytest.approx(1.0)

    @given(points, sizes, turns)
    def test_single_precision_is_enough(self, center: np.ndarray, size: np.ndarray, turn: np.ndarray) -> None:
        corners = OrientedBox(center, size, turn).corners.astype(np.float32)
        np.testing.assert_allclose(frames.box_of_corners(corners, turn).size, size, atol=1e-5)

    def test_what_is_no_box_is_refused(self) -> None:
        corners = OrientedBox(np.zeros(3), np.ones(3), np.eye(3)).corners
        with pytest.raises(frames.NotABox):
            frames.box_of_corners(corners * (1.0 + 0.1 * np.arange(8))[:, None], np.eye(3))
