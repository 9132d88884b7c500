"""What every thing in the catalogue keeps to, so that layouts, physics and words can rely on it."""

from itertools import permutations

import numpy as np
import pytest
from scipy.spatial import KDTree

from gsi_ray.scenes.assets import Asset, CylinderPart, HullPart
from gsi_ray.scenes.catalog import CATALOG, SMALL_THINGS
from gsi_ray.scenes.materials import COLORS
from gsi_ray.spatial.rotations import about_z

SEEDS = range(2)


@pytest.fixture(scope="module")
def assets() -> dict[str, list[Asset]]:
    return {name: [make(np.random.default_rng(seed)) for seed in SEEDS] for name, make in SMALL_THINGS.items()}


def visible_points(asset: Asset) -> np.ndarray:
    return np.concatenate([part.mesh.vertices for part in asset.visuals])


def collision_points(asset: Asset) -> np.ndarray:
    clouds = []
    for part in asset.collisions:
        if isinstance(part, CylinderPart):
            angles = np.linspace(0.0, 2.0 * np.pi, 48)
            rim = part.radius * np.stack([np.cos(angles), np.sin(angles), np.zeros(48)], axis=-1)
            ends = np.concatenate([rim + [0.0, 0.0, part.height / 2.0], rim - [0.0, 0.0, part.height / 2.0]])
            clouds.append(part.pose.apply(ends))
        else:
            clouds.append(part.points if isinstance(part, HullPart) else part.box.corners)
    return np.concatenate(clouds)


def test_there_are_small_things_enough_for_varied_scenes() -> None:
    assert len(SMALL_THINGS) >= 60
    assert set(SMALL_THINGS) <= set(CATALOG)


def test_no_category_ends_in_the_words_of_another() -> None:
    for name, other in permutations(CATALOG, 2):
        assert name.split()[-len(other.split()) :] != other.split(), f'"{name}" ends in "{other}"'


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_it_bears_the_name_of_its_category_and_a_known_color(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        assert asset.category == name
        assert asset.color in {"", *COLORS}


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_its_origin_is_the_middle_of_its_box(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        points = visible_points(asset)
        np.testing.assert_allclose(points.max(axis=0), -points.min(axis=0), atol=1e-9)


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_its_size_and_mass_are_those_of_a_household_thing(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        assert 0.03 <= asset.size.max() <= 0.65
        assert asset.size.min() >= 0.008
        assert 0.02 <= asset.mass_kg <= 8.0


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_it_stands_on_its_visible_foot_and_collides_only_where_it_is_seen(
    name: str, assets: dict[str, list[Asset]]
) -> None:
    for asset in assets[name]:
        half, points = asset.size / 2.0, collision_points(asset)
        assert points[:, 2].min() == pytest.approx(-half[2], abs=5e-4)
        assert np.max(np.abs(points) - half) < 3e-3


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_its_weight_rests_well_inside_its_foot(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        volumes = np.array([part.box.volume for part in asset.collisions])
        middle = volumes @ np.array([part.box.center[:2] for part in asset.collisions]) / volumes.sum()
        points = collision_points(asset)
        foot = points[points[:, 2] < points[:, 2].min() + 1e-3, :2]
        assert np.all(middle > foot.min(axis=0) + 5e-3)
        assert np.all(middle < foot.max(axis=0) - 5e-3)


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_its_meshes_are_whole_and_light_enough_to_draw(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        assert sum(len(part.mesh.faces) for part in asset.visuals) <= 3500
        for part in asset.visuals:
            mesh = part.mesh
            assert mesh.faces.min() >= 0
            assert mesh.faces.max() < len(mesh.vertices)
            assert len(mesh.normals) == len(mesh.uv) == len(mesh.vertices)
            assert np.all(np.isfinite(mesh.uv))
            np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-6)


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_what_stands_on_it_stands_within_it(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        for surface in asset.supports:
            assert np.all(np.abs(surface.outline) <= asset.size[:2] / 2.0)
            assert abs(surface.height) <= asset.size[2] / 2.0


@pytest.mark.parametrize("name", [name for name in SMALL_THINGS])
def test_the_same_seed_makes_the_same_thing(name: str, assets: dict[str, list[Asset]]) -> None:
    again = SMALL_THINGS[name](np.random.default_rng(SEEDS[0]))
    first = assets[name][0]
    assert (again.mass_kg, again.color, again.yaw_symmetry) == (first.mass_kg, first.color, first.yaw_symmetry)
    for one, other in zip(first.visuals, again.visuals, strict=True):
        np.testing.assert_array_equal(one.mesh.vertices, other.mesh.vertices)
        assert one.material.color == other.material.color
        if one.material.texture is not None:
            np.testing.assert_array_equal(one.material.texture.pixels, other.material.texture.pixels)


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_another_seed_makes_another_variation(name: str, assets: dict[str, list[Asset]]) -> None:
    first, second = assets[name]
    assert not np.allclose(first.size, second.size, atol=1e-5)


@pytest.mark.parametrize("name", SMALL_THINGS)
def test_a_turn_by_its_symmetry_leaves_its_outline_as_it_was(name: str, assets: dict[str, list[Asset]]) -> None:
    for asset in assets[name]:
        if asset.yaw_symmetry == 1:
            continue
        turn = 2.0 * np.pi / asset.yaw_symmetry if asset.yaw_symmetry else 1.0
        points = visible_points(asset)
        distances, _ = KDTree(points).query(points @ about_z(turn).T)
        assert np.quantile(distances, 0.98) < 0.08 * asset.size.max()
