"""Convex polygons: hulls, areas, containment, clipping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gsi_ray.spatial import polygons

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])

# A tenth of a millimetre apart at least: closer corners are one to every user, and only exercise rounding.
clouds = arrays(np.float64, (9, 2), elements=st.integers(-10000, 10000).map(lambda n: n / 10000.0))
polygons_ = clouds.map(polygons.convex_hull).filter(lambda hull: polygons.area(hull) > 1e-3)


@given(polygons_)
def test_hulls_run_counterclockwise_and_hold_every_point(hull: np.ndarray) -> None:
    assert polygons.area(hull) > 0.0
    assert np.all(polygons.edge_distances(hull, hull) >= -1e-9)


@given(clouds)
def test_no_point_lies_outside_of_its_hull(cloud: np.ndarray) -> None:
    hull = polygons.convex_hull(cloud)
    if len(hull):
        assert np.all(polygons.contains(hull, cloud, margin=-1e-9))


def test_points_on_a_line_have_no_hull() -> None:
    assert polygons.convex_hull([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]).shape == (0, 2)
    assert polygons.area(np.empty((0, 2))) == 0.0


def test_areas_are_positive_counterclockwise_only() -> None:
    assert polygons.area(2.0 * SQUARE) == pytest.approx(4.0)
    assert polygons.area(SQUARE[::-1]) == pytest.approx(-1.0)


def test_a_margin_is_a_distance_from_the_edges() -> None:
    points = [[0.5, 0.5], [0.95, 0.5], [1.0, 1.0], [1.05, 0.5], [1.2, 0.5]]
    assert polygons.contains(SQUARE, points).tolist() == [True, True, True, False, False]
    assert polygons.contains(SQUARE, points, margin=0.1).tolist() == [True, False, False, False, False]
    assert polygons.contains(SQUARE, points, margin=-0.1).tolist() == [True, True, True, True, False]


@given(polygons_, polygons_)
def test_a_clipped_polygon_is_what_both_contain(subject: np.ndarray, clipper: np.ndarray) -> None:
    clipped = polygons.clip(subject, clipper)
    samples = np.random.default_rng(0).uniform(-1.0, 1.0, (4000, 2))
    shared = polygons.contains(subject, samples) & polygons.contains(clipper, samples)
    assert polygons.area(clipped) == pytest.approx(4.0 * np.mean(shared), abs=0.12)
    if polygons.area(clipped) > 1e-6:
        hull = polygons.convex_hull(clipped)
        assert polygons.area(hull) == pytest.approx(polygons.area(clipped), abs=1e-9)
        np.testing.assert_array_equal(polygons.contains(hull, samples, margin=1e-6) & ~shared, False)


@given(polygons_, polygons_)
def test_clipping_does_not_mind_which_polygon_comes_first(first: np.ndarray, second: np.ndarray) -> None:
    one, other = polygons.clip(first, second), polygons.clip(second, first)
    assert polygons.area(one) == pytest.approx(polygons.area(other), abs=1e-9)


def test_shifted_squares_share_the_product_of_their_overlaps() -> None:
    assert polygons.area(polygons.clip(SQUARE, SQUARE + [0.25, 0.5])) == pytest.approx(0.375)


def test_polygons_apart_share_nothing() -> None:
    assert polygons.clip(SQUARE, SQUARE + [1.5, 0.0]).shape == (0, 2)
