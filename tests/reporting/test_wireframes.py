from __future__ import annotations

import numpy as np

from gsi_ray.reporting.wireframes import wireframe
from gsi_ray.spatial import Camera, OrientedBox

CAMERA = Camera.looking_at([0, 0, 0], [1, 0, 0], np.radians(60), 100, 100)


def test_the_edges_join_the_projected_corners() -> None:
    box = OrientedBox([3, 0.2, 0.1], [0.5, 0.8, 0.3], np.eye(3))
    segments = wireframe(box, CAMERA)
    corners, _ = CAMERA.project(box.corners)
    ends = segments.reshape(-1, 2)
    assert segments.shape == (12, 4)
    for corner in corners:
        assert (np.linalg.norm(ends - corner, axis=1) < 1e-9).sum() == 3


def test_edges_through_the_camera_plane_are_cut_in_front_of_it() -> None:
    around_us = OrientedBox([0, 0, -1], [4, 1, 1], np.eye(3))
    segments = wireframe(around_us, CAMERA)
    seen = OrientedBox([1.01, 0, -1], [1.98, 1, 1], np.eye(3))  # the part of it from 2 cm in front of the camera on
    cut, _ = CAMERA.project(seen.corners)
    assert len(segments) == 8
    assert np.isfinite(segments).all()
    for end in segments.reshape(-1, 2):
        assert np.linalg.norm(cut - end, axis=1).min() < 1e-6


def test_a_box_behind_the_camera_has_no_lines() -> None:
    assert wireframe(OrientedBox([-3, 0, 0], [1, 1, 1], np.eye(3)), CAMERA).shape == (0, 4)
