"""Oriented boxes: what they cover, share, and keep from each other."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.spatial import (
    OrientedBox,
    RigidTransform,
    clearance,
    intersection_volume,
    iou,
    polygons,
    rotations,
    separation,
)
from tests.spatial.shapes import boxes, points, transforms

UNIT = OrientedBox(np.zeros(3), np.ones(3), np.eye(3))
few_boxes = st.lists(boxes, min_size=1, max_size=3)


def shifted(box: OrientedBox, *offset: float) -> OrientedBox:
    return box.transformed(RigidTransform(translation=np.array(offset)))


def samples_in(box: OrientedBox, count: int) -> np.ndarray:
    return box.pose.apply(np.random.default_rng(0).uniform(-0.5, 0.5, (count, 3)) * box.size)


@given(boxes)
def test_corners_are_those_of_the_size_about_the_centre(box: OrientedBox) -> None:
    corners = box.corners
    np.testing.assert_allclose(corners.mean(axis=0), box.center, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(corners - box.center, axis=1), np.linalg.norm(box.size) / 2.0)
    np.testing.assert_allclose(corners[1] - corners[0], box.rotation[:, 2] * box.size[2], atol=1e-12)
    np.testing.assert_allclose(corners[4] - corners[0], box.rotation[:, 0] * box.size[0], atol=1e-12)


@given(boxes)
def test_bottom_top_and_footprint_bound_all_corners(box: OrientedBox) -> None:
    assert box.bottom == pytest.approx(box.corners[:, 2].min())
    assert box.top == pytest.approx(box.corners[:, 2].max())
    assert np.all(polygons.contains(box.footprint, box.corners[:, :2], margin=-1e-9))


def test_an_upright_box_covers_its_own_base() -> None:
    box = OrientedBox(np.zeros(3), np.array([2.0, 1.0, 5.0]), rotations.about_z(0.3))
    assert polygons.area(box.footprint) == pytest.approx(2.0)
    assert box.volume == pytest.approx(10.0)


@given(boxes)
def test_the_box_around_points_holds_them_tightly(box: OrientedBox) -> None:
    around = OrientedBox.around(box.corners)
    assert np.all(around.contains(box.corners, margin=1e-9))
    assert around.bottom == pytest.approx(box.bottom)
    assert around.top == pytest.approx(box.top)


@given(boxes, points)
def test_a_box_contains_what_lies_within_its_extents(box: OrientedBox, share: np.ndarray) -> None:
    # Points at a known share of the half extents: 1 is on a face.
    depth = float(np.max(np.abs(share)))
    point = box.pose.apply(share * box.size / 2.0)
    if abs(depth - 1.0) > 1e-6:
        assert bool(box.contains(point)) == (depth < 1.0)


def test_a_margin_widens_a_box() -> None:
    outside = np.array([[0.6, 0.0, 0.0], [0.55, 0.55, 0.55]])
    assert UNIT.contains(outside).tolist() == [False, False]
    assert UNIT.contains(outside, margin=0.06).tolist() == [False, True]
    assert UNIT.inflated(0.06).contains(outside).tolist() == [False, True]
    assert UNIT.inflated(-0.7).volume == 0.0


@given(boxes, transforms)
def test_a_transformed_box_has_transformed_corners(box: OrientedBox, transform: RigidTransform) -> None:
    np.testing.assert_allclose(box.transformed(transform).corners, transform.apply(box.corners), atol=1e-12)


@given(boxes)
def test_a_box_overlaps_itself_wholly(box: OrientedBox) -> None:
    assert iou(box, box) == pytest.approx(1.0)
    assert intersection_volume(box, box) == pytest.approx(box.volume)


@given(boxes, boxes, transforms)
def test_overlap_is_symmetric_and_the_same_wherever_the_pair_stands(
    first: OrientedBox, second: OrientedBox, transform: RigidTransform
) -> None:
    overlap = iou(first, second)
    assert 0.0 <= overlap <= 1.0
    assert iou(second, first) == pytest.approx(overlap, abs=1e-9)
    assert iou(first.transformed(transform), second.transformed(transform)) == pytest.approx(overlap, abs=1e-9)


@given(points.map(lambda p: p / 2.0))
def test_shifted_cubes_share_the_product_of_their_overlaps(offset: np.ndarray) -> None:
    shared = float(np.prod(np.maximum(1.0 - np.abs(offset), 0.0)))
    assert intersection_volume(UNIT, shifted(UNIT, *offset)) == pytest.approx(shared, abs=1e-9)
    assert iou(UNIT, shifted(UNIT, *offset)) == pytest.approx(shared / (2.0 - shared), abs=1e-9)


def test_a_square_and_one_turned_by_45_degrees_share_an_octagon() -> None:
    turned = UNIT.transformed(RigidTransform(rotations.about_z(np.pi / 4.0)))
    assert intersection_volume(UNIT, turned) == pytest.approx(2.0 * np.sqrt(2.0) - 2.0)


@given(boxes, boxes)
def test_shared_volume_is_what_random_points_find(first: OrientedBox, second: OrientedBox) -> None:
    expected = first.volume * float(np.mean(second.contains(samples_in(first, 8000))))
    assert intersection_volume(first, second) == pytest.approx(expected, abs=0.03 * first.volume)


def test_a_box_inside_another_shares_its_own_volume() -> None:
    inner = OrientedBox(np.array([0.1, 0.0, -0.1]), np.full(3, 0.4), rotations.about_axis([1.0, 2.0, 3.0], 0.7))
    assert intersection_volume(UNIT, inner) == pytest.approx(inner.volume)


@given(boxes, boxes)
def test_boxes_are_separate_where_they_share_nothing(first: OrientedBox, second: OrientedBox) -> None:
    gap = separation(first, second)
    if abs(gap) > 1e-4:
        assert (gap < 0.0) == (intersection_volume(first, second) > 1e-13)


@given(boxes, boxes)
def test_separation_is_how_far_to_move_to_touch(first: OrientedBox, second: OrientedBox) -> None:
    gap = separation(first, second)
    assert separation(second, first) == pytest.approx(gap, abs=1e-9)
    if gap > 0.0:  # grown by less than half the gap, they are still apart
        assert separation(first.inflated(0.28 * gap), second.inflated(0.28 * gap)) > 0.0


def test_the_separation_of_cubes_in_a_row_is_the_gap_between_them() -> None:
    assert separation(UNIT, shifted(UNIT, 1.25, 0.0, 0.0)) == pytest.approx(0.25)
    assert separation(UNIT, shifted(UNIT, 0.0, 0.9, 0.0)) == pytest.approx(-0.1)


def test_boxes_edge_to_edge_are_told_apart_along_the_normal_of_both_edges() -> None:
    lower = UNIT.transformed(RigidTransform(rotations.about_axis([1.0, 0.0, 0.0], np.pi / 4.0)))
    upper = UNIT.transformed(RigidTransform(rotations.about_axis([0.0, 1.0, 0.0], np.pi / 4.0)))
    assert separation(lower, shifted(upper, 0.0, 0.0, np.sqrt(2.0) + 0.05)) == pytest.approx(0.05)


@given(few_boxes, few_boxes)
def test_the_clearance_of_groups_is_that_of_their_closest_pair(
    first: list[OrientedBox], second: list[OrientedBox]
) -> None:
    closest = min(separation(one, other) for one, other in product(first, second))
    assert clearance(first, second) == pytest.approx(closest, abs=1e-9)


def test_nothing_is_infinitely_clear() -> None:
    assert clearance([], [UNIT]) == float("inf")


@given(boxes, points, points)
def test_a_segment_hits_a_box_where_a_point_of_it_lies_inside(
    box: OrientedBox, origin: np.ndarray, end: np.ndarray
) -> None:
    along = origin + np.linspace(0.0, 1.0, 2001)[:, None] * (end - origin)
    hit = bool(box.hit_by(origin[None], end)[0])
    if np.any(box.contains(along, margin=-1e-6)):
        assert hit
    elif not np.any(box.contains(along, margin=4e-3)):  # the samples are 3 mm apart at most
        assert not hit


def test_segments_along_the_axes_hit_what_they_pass_through_only() -> None:
    origins = np.array([[-2.0, 0.0, 0.0], [-2.0, 0.6, 0.0], [-2.0, 0.0, 0.0], [0.1, 0.1, 0.1]])
    ends = np.array([[2.0, 0.0, 0.0], [2.0, 0.6, 0.0], [-0.6, 0.0, 0.0], [0.1, 0.1, 0.1]])
    assert UNIT.hit_by(origins, ends).tolist() == [True, False, False, True]
