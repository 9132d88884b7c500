"""Boxes from masks and depth: what a known camera sees of a known box gives that box back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from gsi_ray.detection.oriented_boxes import Surfaces, distinct, outline, upright_box
from gsi_ray.spatial import Camera, OrientedBox, iou, rotations
from tests.detection.rendering import FLOOR, WALLS, render

lengths = st.floats(0.1, 0.6)
WIDTH, HEIGHT = 240, 180


@dataclass(frozen=True, eq=False)
class View:
    """A box on the floor of a room with two walls, and a camera that sees it from above."""

    box: OrientedBox
    camera: Camera

    def looked_at(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Depth (h, w), and the mask (h, w) of the box."""
        depth, shown = render([self.box, FLOOR, *WALLS], self.camera)
        return depth, shown == 0

    def in_world(self, box: OrientedBox) -> OrientedBox:
        return box.transformed(self.camera.pose)


@st.composite
def views(draw: st.DrawFn) -> View:
    size = np.array([draw(lengths) for _ in range(3)])
    box = OrientedBox([0.0, 0.0, size[2] / 2.0], size, rotations.about_z(draw(st.floats(0.0, np.pi))))
    yaw, pitch = draw(st.floats(0.0, np.pi / 2.0)), np.radians(draw(st.floats(20.0, 60.0)))
    forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)])
    position = box.center - draw(st.floats(1.2, 2.2)) * forward
    return View(box, Camera.at(position, yaw, -pitch, np.radians(50.0), WIDTH, HEIGHT))


@given(views())
def test_a_box_of_which_top_and_sides_are_seen_comes_back(view: View) -> None:
    depth, mask = view.looked_at()
    surfaces = Surfaces.of(depth, view.camera.intrinsics)
    # Up is where the floor and the walls say.
    assert np.degrees(np.arccos(min(1.0, surfaces.up @ view.camera.rotation[:, 2]))) < 0.5

    found = surfaces.box(mask)
    assert found is not None
    box = view.in_world(found)
    # To two pixels, which are 6 to 12 mm wide.
    assert np.linalg.norm(box.center - view.box.center) < 0.02
    assert box.size[1] == pytest.approx(view.box.size[2], abs=0.025)
    assert sorted(box.size[[0, 2]]) == pytest.approx(sorted(view.box.size[:2]), abs=0.025)
    assert iou(box, view.box) > 0.75

    # Its own axes are those of GSI-Bench: right, or as near to that as can be, down, and forward.
    x, y, z = found.rotation.T
    np.testing.assert_allclose(np.cross(x, y), z, atol=1e-9)
    assert y @ -view.camera.rotation[:, 2] > 0.999
    right = np.array([1.0, 0.0, 0.0]) - y[0] * y
    assert x @ right / np.linalg.norm(right) > np.cos(np.radians(45.5))


@pytest.mark.parametrize("yaw", [0.0, 0.4, 1.2])
def test_estimated_depth_with_blurred_edges_and_noise_gives_nearly_the_same_box(yaw: float) -> None:
    box = OrientedBox([0.0, 0.0, 0.15], [0.4, 0.25, 0.3], rotations.about_z(yaw))
    view = View(box, Camera.at([-1.5, 0.0, 1.1], 0.0, np.radians(-32.0), np.radians(50.0), WIDTH, HEIGHT))
    depth, mask = view.looked_at()
    noise = np.random.default_rng(0).normal(1.0, 0.002, depth.shape)
    found = Surfaces.of(ndimage.uniform_filter(depth, 5) * noise, view.camera.intrinsics).box(mask)
    assert found is not None
    assert iou(view.in_world(found), box) > 0.7


def test_what_lies_apart_in_depth_from_the_most_of_it_does_not_count() -> None:
    box = OrientedBox([0.0, 0.0, 0.2], [0.3, 0.2, 0.4], np.eye(3))
    camera = Camera.at([-1.5, 0.0, 0.9], 0.0, np.radians(-25.0), np.radians(50.0), WIDTH, HEIGHT)
    view = View(box, camera)
    depth, mask = view.looked_at()
    wall = np.zeros_like(mask)
    wall[:9, 75:165] = True
    surfaces = Surfaces.of(depth, camera.intrinsics)
    alone, with_wall = surfaces.box(mask), surfaces.box(mask | wall)
    assert depth[wall].min() > 1.3 * depth[mask].max()
    assert alone is not None and with_wall is not None
    np.testing.assert_allclose(with_wall.center, alone.center, atol=0.01)
    np.testing.assert_allclose(with_wall.size, alone.size, atol=0.01)


def test_a_camera_that_sees_one_wall_and_nothing_else_counts_as_level() -> None:
    surfaces = Surfaces.of(np.full((60, 80), 3.0), np.array([[80.0, 0.0, 40.0], [0.0, 80.0, 30.0], [0.0, 0.0, 1.0]]))
    np.testing.assert_allclose(surfaces.up, [0.0, -1.0, 0.0], atol=1e-6)


def test_nothing_is_made_up_behind_a_front() -> None:
    columns, rows = np.meshgrid(np.linspace(-0.2, 0.2, 30), np.linspace(-0.1, 0.3, 30))
    points = np.stack([columns.ravel(), rows.ravel(), np.full(900, 2.0)], axis=1)
    box = upright_box(points, np.array([0.0, -1.0, 0.0]))
    np.testing.assert_allclose(box.size, [0.4, 0.4, 0.0], atol=1e-6)
    np.testing.assert_allclose(box.center, [0.0, 0.1, 2.0], atol=1e-6)
    np.testing.assert_allclose(box.rotation, np.eye(3), atol=1e-6)


@pytest.mark.parametrize("pixels", [0, 15])
def test_a_handful_of_pixels_is_no_thing(pixels: int) -> None:
    mask = np.zeros((40, 40), dtype=np.bool_)
    mask[20, :pixels] = True
    assert Surfaces.of(np.full((40, 40), 2.0), np.diag([40.0, 40.0, 1.0])).box(mask) is None


def test_an_outline_is_round_whole_pixels() -> None:
    mask = np.zeros((6, 8), dtype=np.bool_)
    mask[1:3, 4:8] = True
    np.testing.assert_array_equal(outline(mask), [4, 1, 8, 3])


def test_of_masks_that_show_the_same_thing_the_best_stays() -> None:
    masks = np.zeros((4, 10, 10), dtype=np.bool_)
    masks[0, :5] = masks[1, :6] = masks[2, 6:] = True  # and the last shows nothing
    assert distinct(masks, np.array([0.5, 0.9, 0.7, 0.1]), 0.5) == [1, 2, 3]
    assert distinct(masks, np.array([0.5, 0.4, 0.7, 0.1]), 0.5) == [2, 0, 3]
    assert distinct(masks, np.array([0.5, 0.4, 0.7, 0.1]), 0.9) == [2, 0, 1, 3]
    assert distinct(masks[:0], np.zeros(0), 0.5) == []
