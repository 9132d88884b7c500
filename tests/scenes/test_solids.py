"""Hollow things collide at their walls and floor, and leave room inside."""

import numpy as np
import pytest

from gsi_ray.scenes.assets import ConvexPart, CylinderPart
from gsi_ray.scenes.solids import box_part, crate, cylinder_part, vessel
from gsi_ray.spatial.rotations import about_z


def solid_at(parts: tuple[ConvexPart, ...], point: tuple[float, float, float]) -> bool:
    for part in parts:
        assert not hasattr(part, "points")
        local = part.pose.inverse().apply(point)
        if isinstance(part, CylinderPart):
            if np.hypot(local[0], local[1]) <= part.radius and abs(local[2]) <= part.height / 2.0:
                return True
        elif np.all(np.abs(local) <= part.size / 2.0):
            return True
    return False


@pytest.mark.parametrize("foot", [None, 0.05])
def test_a_vessel_has_a_floor_and_walls_and_is_empty_inside(foot: float | None) -> None:
    parts = vessel(0.08, 0.074, 0.07, 0.006, foot_radius=foot)
    assert solid_at(parts, (0.0, 0.0, 0.003))
    assert not solid_at(parts, (0.0, 0.0, 0.05))
    assert not solid_at(parts, (0.04, 0.0, 0.05))
    middle = 0.08 if foot is None else 0.065
    for angle in np.linspace(0.0, 2.0 * np.pi, 30):
        ray = np.linspace(0.6, 1.0, 80) * middle
        assert any(solid_at(parts, (r * np.cos(angle), r * np.sin(angle), 0.035)) for r in ray)


@pytest.mark.parametrize("foot", [None, 0.05])
def test_a_vessel_stands_level_and_stays_within_its_rim(foot: float | None) -> None:
    parts = vessel(0.08, 0.074, 0.07, 0.006, foot_radius=foot)
    walls = np.concatenate([part.box.corners for part in parts[1:]])
    assert min(part.box.bottom for part in parts) == pytest.approx(0.0, abs=1e-9)
    assert max(part.box.top for part in parts) <= 0.07 + 1e-9
    assert np.hypot(walls[:, 0], walls[:, 1]).max() <= 0.08


def test_a_crate_is_open_at_the_top_and_as_large_as_asked() -> None:
    parts = crate([0.4, 0.3, 0.2], 0.01, 0.008)
    corners = np.concatenate([part.box.corners for part in parts])
    np.testing.assert_allclose(corners.min(axis=0), [-0.2, -0.15, 0.0], atol=1e-12)
    np.testing.assert_allclose(corners.max(axis=0), [0.2, 0.15, 0.2], atol=1e-12)
    assert solid_at(parts, (0.1, 0.1, 0.004))
    assert not solid_at(parts, (0.1, 0.1, 0.02))
    assert solid_at(parts, (0.195, 0.0, 0.19))
    assert solid_at(parts, (0.0, -0.145, 0.19))


def test_single_parts_stand_where_they_are_put() -> None:
    box = box_part([0.4, 0.2, 0.1], [1.0, 2.0, 3.0], about_z(np.pi / 2.0))
    np.testing.assert_allclose(np.ptp(box.box.corners, axis=0), [0.2, 0.4, 0.1], atol=1e-12)
    cylinder = cylinder_part(0.1, 0.3, [0.0, 0.0, 0.15])
    assert (cylinder.box.bottom, cylinder.box.top) == (pytest.approx(0.0), pytest.approx(0.3))
