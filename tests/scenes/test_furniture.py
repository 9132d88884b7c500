"""Furniture, bathroom fixtures and the room itself keep what layouts and simulators rely on."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pytest

from gsi_ray.scenes.assets import Asset, BoxPart, CylinderPart
from gsi_ray.scenes.catalog.fixtures import FIXTURES
from gsi_ray.scenes.catalog.furniture import FURNITURE
from gsi_ray.scenes.catalog.kitchen import kitchen_counter
from gsi_ray.scenes.catalog.tables import dining_table
from gsi_ray.scenes.materials import COLORS
from gsi_ray.scenes.structure import WALL_YAWS, Shell, room_shell
from gsi_ray.spatial import polygons, rotations

MAKERS = {**FURNITURE, **FIXTURES}
SEEDS = range(5)
ROOM = (4.2, 3.6, 2.6)

# Heights in metres between which such a thing's top lies, from furniture catalogues.
HEIGHTS = {
    "dining table": (0.7, 0.8), "coffee table": (0.35, 0.5), "desk": (0.7, 0.8), "workbench": (0.8, 0.95),
    "kitchen counter": (0.85, 1.25), "nightstand": (0.4, 0.65), "sofa": (0.7, 0.95), "bed": (0.8, 1.2),
    "dining chair": (0.75, 1.0), "bar stool": (0.6, 0.8), "toilet": (0.7, 0.85), "bathtub": (0.5, 0.75),
    "refrigerator": (1.5, 1.9), "wardrobe": (1.8, 2.2), "rug": (0.0, 0.01), "bath mat": (0.0, 0.01),
}  # fmt: skip


@cache
def made(category: str) -> list[Asset]:
    return [MAKERS[category](np.random.default_rng(seed)) for seed in SEEDS]


def sample_points(outline: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Points (60, 2) well inside a convex outline."""
    weights = rng.dirichlet(np.ones(len(outline)), 60)
    return 0.98 * (weights @ outline) + 0.02 * outline.mean(axis=0)


def solid_below(asset: Asset, points: np.ndarray, height: float) -> np.ndarray:
    """Which of the points (n, 2) have a part whose level top is at `height` right under them."""
    covered = np.zeros(len(points), dtype=bool)
    for part in asset.collisions:
        if not isinstance(part, BoxPart | CylinderPart) or part.pose.rotation[2, 2] < 1.0 - 1e-9:
            continue
        if abs(part.box.top - height) > 1e-6:
            continue
        offsets = part.pose.inverse().apply(np.column_stack([points, np.full(len(points), height)]))[:, :2]
        if isinstance(part, CylinderPart):
            covered |= np.hypot(*offsets.T) <= part.radius + 1e-6
        else:
            covered |= np.all(np.abs(offsets) <= part.size[:2] / 2.0 + 1e-6, axis=1)
    return covered


@pytest.mark.parametrize("category", MAKERS)
def test_the_makers_name_is_the_category(category: str) -> None:
    assert {asset.category for asset in made(category)} == {category}


@pytest.mark.parametrize("category", MAKERS)
def test_support_surfaces_lie_on_solid_tops_within_the_box(category: str) -> None:
    rng = np.random.default_rng(7)
    for asset in made(category):
        for surface in asset.supports:
            assert np.all(np.abs(surface.outline) <= asset.size[:2] / 2.0 + 1e-6)
            assert polygons.area(surface.outline) > 0.0
            assert solid_below(asset, sample_points(surface.outline, rng), surface.height).all()


@pytest.mark.parametrize("category", MAKERS)
def test_support_surfaces_are_where_the_eye_sees_a_top(category: str) -> None:
    for asset in made(category):
        vertices = np.concatenate([part.mesh.vertices for part in asset.visuals])
        normals = np.concatenate([part.mesh.normals for part in asset.visuals])
        tops = vertices[normals[:, 2] > 0.99, 2]
        for surface in asset.supports:
            assert np.abs(tops - surface.height).min() < 1e-6


@pytest.mark.parametrize("category", MAKERS)
def test_nothing_reaches_into_the_clear_space_above_a_surface(category: str) -> None:
    for asset in made(category):
        for surface in asset.supports:
            inner = 0.9 * surface.outline + 0.1 * surface.outline.mean(axis=0)
            for part in asset.collisions:
                if part.box.bottom > surface.height + 1e-6 and len(polygons.clip(inner, part.box.footprint)):
                    assert part.box.bottom >= surface.height + surface.clearance_m - 1e-6


@pytest.mark.parametrize("category", MAKERS)
def test_what_collides_stands_where_the_visible_foot_stands(category: str) -> None:
    for asset in made(category):
        half = asset.size / 2.0
        assert min(part.box.bottom for part in asset.collisions) == pytest.approx(-half[2], abs=1e-6)
        corners = np.concatenate([part.box.corners for part in asset.collisions])
        assert np.all(np.abs(corners) <= half + 0.015)


@pytest.mark.parametrize("category", MAKERS)
def test_the_origin_is_the_middle_of_what_is_visible(category: str) -> None:
    for asset in made(category):
        vertices = np.concatenate([part.mesh.vertices for part in asset.visuals])
        assert (vertices.min(axis=0) + vertices.max(axis=0)) / 2.0 == pytest.approx(np.zeros(3), abs=1e-9)


@pytest.mark.parametrize("category", MAKERS)
def test_the_same_seed_makes_the_same_thing(category: str) -> None:
    first, second = (MAKERS[category](np.random.default_rng(3)) for _ in range(2))
    assert (first.color, first.material, first.mass_kg) == (second.color, second.material, second.mass_kg)
    for one, other in zip(first.visuals, second.visuals, strict=True):
        assert np.array_equal(one.mesh.vertices, other.mesh.vertices)
        assert one.material.color == other.material.color


@pytest.mark.parametrize("category", MAKERS)
def test_meshes_stay_small_and_their_normals_are_unit(category: str) -> None:
    for asset in made(category):
        assert sum(len(part.mesh.faces) for part in asset.visuals) <= 3600
        for part in asset.visuals:
            assert np.linalg.norm(part.mesh.normals, axis=1) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("category", MAKERS)
def test_colors_are_words_that_people_use(category: str) -> None:
    assert {asset.color for asset in made(category)} <= {*COLORS, ""}


@pytest.mark.parametrize("category", HEIGHTS)
def test_sizes_are_those_of_real_furniture(category: str) -> None:
    low, high = HEIGHTS[category]
    for asset in made(category):
        assert low <= asset.size[2] <= high


def test_a_counter_is_as_long_as_asked() -> None:
    for style in ("plain", "sink", "hob"):
        counter = kitchen_counter(np.random.default_rng(0), length=2.2, style=style)
        assert counter.size[0] == pytest.approx(2.2)


def test_a_counter_with_a_sink_offers_the_worktop_beside_it() -> None:
    counter = kitchen_counter(np.random.default_rng(0), length=2.2, style="sink")
    widths = sorted(float(np.ptp(surface.outline[:, 0])) for surface in counter.supports)
    assert len(widths) == 2
    assert sum(widths) == pytest.approx(2.2 - 0.52)


def test_a_table_has_the_shape_and_width_asked_for() -> None:
    table = dining_table(np.random.default_rng(0), width=1.1, shape="round")
    assert table.size[:2] == pytest.approx([1.1, 1.1], abs=1e-3)
    assert dining_table(np.random.default_rng(0), width=1.5, depth=0.9, shape="oblong").yaw_symmetry == 2


@lru_cache(maxsize=1)
def shells() -> list[Shell]:
    styles = ("living", "kitchen", "bathroom", "workshop")
    return [room_shell(*ROOM, np.random.default_rng(seed), styles[seed % 4]) for seed in range(8)]


def test_every_line_of_sight_from_inside_ends_on_the_room() -> None:
    rng = np.random.default_rng(5)
    directions = rng.normal(size=(150, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for shell in shells()[:4]:
        triangles = np.concatenate([part.mesh.vertices[part.mesh.faces] for part in shell.structure.visuals])
        assert all(hits_front(triangles, np.array([0.3, -0.2, 1.3]), direction) for direction in directions)


def hits_front(triangles: np.ndarray, origin: np.ndarray, direction: np.ndarray) -> bool:
    """Whether a ray meets the front of any of the triangles (n, 3, 3), by Moeller and Trumbore (1997)."""
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    across = np.cross(direction, second)
    determinant = np.einsum("ij,ij->i", first, across)
    facing = determinant > 1e-9
    first, second, across, determinant = first[facing], second[facing], across[facing], determinant[facing]
    offset = origin - triangles[facing, 0]
    u = np.einsum("ij,ij->i", offset, across) / determinant
    along = np.cross(offset, first)
    v = along @ direction / determinant
    distance = np.einsum("ij,ij->i", second, along) / determinant
    return bool(np.any((u >= -1e-6) & (v >= -1e-6) & (u + v <= 1.0 + 1e-6) & (distance > 0.0)))


def test_floor_and_walls_hold_what_is_in_the_room() -> None:
    width, depth, height = ROOM
    for shell in shells():
        boxes = [part.box for part in shell.structure.collisions]
        for point in ([0.0, 0.0, -0.01], [width / 2 + 0.01, 0, 1], [-width / 2 - 0.01, 0, 1], [0, depth / 2 + 0.01, 1]):
            assert any(box.contains(point) for box in boxes)
        inside = np.array([width, depth, height]) / 2.0 - 0.02
        grid = np.random.default_rng(0).uniform(-1.0, 1.0, (200, 3)) * inside + [0.0, 0.0, height / 2.0]
        assert not any(box.contains(grid).any() for box in boxes)


def test_the_floor_is_level_at_zero_and_the_room_centred() -> None:
    width, _, height = ROOM
    for shell in shells():
        vertices = np.concatenate([part.mesh.vertices for part in shell.structure.visuals])
        level = vertices[np.abs(vertices[:, 2]) < 1e-9]
        assert level[:, 0].max() == pytest.approx(width / 2.0, abs=0.2)
        assert vertices[:, 2].min() == pytest.approx(0.0, abs=1e-9)
        assert vertices[:, 2].max() == pytest.approx(height, abs=1e-9)


def test_windows_and_doors_lie_in_their_walls_apart_from_each_other() -> None:
    width, depth, height = ROOM
    for shell in shells():
        assert sorted(opening.kind for opening in shell.openings) == ["door", "window"]
        assert len({opening.yaw for opening in shell.openings}) == 2
        for opening in shell.openings:
            length = width if WALL_YAWS.index(opening.yaw) % 2 == 0 else depth
            assert abs(opening.along) + opening.width / 2.0 <= length / 2.0
            assert 0.0 <= opening.bottom < opening.top <= height


def test_a_window_is_seen_where_its_opening_says() -> None:
    width, depth, _ = ROOM
    for shell in shells():
        window = next(opening for opening in shell.openings if opening.kind == "window")
        distance = depth / 2.0 if WALL_YAWS.index(window.yaw) % 2 == 0 else width / 2.0
        middle = rotations.about_z(window.yaw) @ [window.along, distance, (window.bottom + window.top) / 2.0]
        outside = next(part for part in shell.structure.visuals if part.material.name == "outdoors")
        assert outside.mesh.vertices.mean(axis=0) == pytest.approx(middle, abs=0.13)


def test_the_same_seed_builds_the_same_room() -> None:
    first, second = (room_shell(*ROOM, np.random.default_rng(4), "living") for _ in range(2))
    assert first.openings == second.openings
    for one, other in zip(first.structure.visuals, second.structure.visuals, strict=True):
        assert np.array_equal(one.mesh.vertices, other.mesh.vertices)
