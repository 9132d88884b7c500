"""Scenes as they are built: what holds for every one of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cache

import numpy as np
import pytest

from gsi_ray.scenes.build import ENVIRONMENTS, SPLITS, SceneName, UnknownScene, build_scene, parse, scene_id
from gsi_ray.scenes.layout import Blocks, gaps
from gsi_ray.scenes.scene import Scene, SceneObject
from gsi_ray.spatial import OrientedBox, polygons

SCENES = [scene_id(environment, SPLITS[number % 3], number) for environment in ENVIRONMENTS for number in range(16)]
every_scene = pytest.mark.parametrize("name", SCENES)


@cache
def scene(name: str) -> Scene:
    return build_scene(name)


def fingerprint(built: Scene) -> str:
    digest = hashlib.sha256()
    for item in built.objects:
        digest.update(item.object_id.encode())
        digest.update(item.pose.matrix.tobytes())
        for visual in item.asset.visuals:
            digest.update(visual.mesh.vertices.tobytes())
    for light in built.lights:
        digest.update(np.array([light.position, light.direction, light.color]).tobytes())
    return digest.hexdigest()


def parts(item: SceneObject) -> Blocks:
    return Blocks.of([part.box.transformed(item.pose) for part in item.asset.collisions])


def tops(built: Scene) -> list[tuple[str, float, np.ndarray]]:
    """(owner, height, outline) of every support surface, in the world."""
    surfaces = []
    for item in built.objects:
        for surface in item.asset.supports:
            outline = item.pose.apply(np.column_stack([surface.outline, np.zeros(len(surface.outline))]))[:, :2]
            surfaces.append((item.object_id, float(item.pose.translation[2]) + surface.height, outline))
    return surfaces


def stands_on(built: Scene, item: SceneObject) -> str | None:
    """What an object rests on, from geometry alone."""
    if item.box.bottom == pytest.approx(0.0, abs=1e-6):
        return "floor"
    middle = item.pose.translation[None, :2]
    for owner, height, outline in tops(built):
        if height == pytest.approx(item.box.bottom, abs=1e-6) and polygons.contains(outline, middle)[0]:
            return owner
    for other in built.objects:  # the upper one of a stack
        level = other.box.top == pytest.approx(item.box.bottom, abs=1e-6)
        if level and polygons.contains(other.box.footprint, middle)[0]:
            return other.object_id
    return None


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_one_id_is_one_scene(environment: str) -> None:
    name = scene_id(environment, "train", 7)
    assert fingerprint(build_scene(name)) == fingerprint(build_scene(name))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_scenes_of_other_splits_and_numbers_are_others(environment: str) -> None:
    names = [scene_id(environment, split, number) for split in SPLITS for number in range(3)]
    assert len({fingerprint(scene(name)) for name in names}) == len(names)


def test_building_a_scene_leaves_global_randomness_alone() -> None:
    np.random.seed(5)
    first = fingerprint(build_scene("room-train-000001"))
    expected = np.random.default_rng(0).random(), np.random.RandomState(5).random()
    assert (np.random.default_rng(0).random(), np.random.random()) == expected
    assert fingerprint(build_scene("room-train-000001")) == first


def test_a_scene_id_tells_what_it_is_made_of() -> None:
    assert scene_id("room", "val", 12) == "room-val-000012"
    assert parse("room-val-000012") == SceneName("room", "val", 12)


@pytest.mark.parametrize("name", ["garage-train-000001", "room-dev-000001", "room-train-1", "room-train--00001", ""])
def test_an_id_of_no_scene_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownScene, match=r"garage|dev|no scene id"):
        build_scene(name)


def test_an_unknown_environment_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownScene, match="bathroom, room, tabletop"):
        scene_id("garage", "train", 1)


@every_scene
def test_no_two_things_are_inside_each_other(name: str) -> None:
    built = scene(name)
    solids = [(item, parts(item)) for item in built.objects if item.asset.collisions]
    for index, (item, own) in enumerate(solids):
        for other, others in solids[:index]:
            horizontal, vertical = gaps(own, others)
            assert np.maximum(horizontal, vertical).min() > -1e-3, f"{item.object_id} is inside {other.object_id}"


@every_scene
def test_movable_things_touch_only_what_they_stand_on(name: str) -> None:
    built = scene(name)
    movable = [item for item in built.objects if item.movable]
    for index, item in enumerate(movable):
        for other in movable[:index]:
            if stands_on(built, item) != other.object_id:
                horizontal, vertical = gaps(parts(item), parts(other))
                assert np.maximum(horizontal, vertical).min() > 1e-3, f"{item.object_id} touches {other.object_id}"


@every_scene
def test_everything_is_inside_the_room(name: str) -> None:
    built = scene(name)
    for item in built.objects:
        assert polygons.contains(built.floor, item.box.corners[:, :2], margin=-1e-6).all(), item.object_id
        assert item.box.bottom > -1e-6


@every_scene
def test_everything_movable_rests_on_something(name: str) -> None:
    built = scene(name)
    for item in built.objects:
        if item.movable:
            assert stands_on(built, item) is not None, item.object_id


@every_scene
def test_ids_are_category_and_number(name: str) -> None:
    counted: Counter[str] = Counter()
    for item in scene(name).objects:
        counted[item.asset.category] += 1
        assert item.object_id == f"{item.asset.category.replace(' ', '_')}_{counted[item.asset.category]}"


@every_scene
def test_a_scene_is_neither_bare_nor_too_much_for_the_physics(name: str) -> None:
    built = scene(name)
    assert 10 <= len(built.objects) <= 45
    assert 6 <= sum(item.movable for item in built.objects) <= 32
    assert sum(light.casts_shadow for light in built.lights) <= 2


@every_scene
def test_most_small_things_can_be_named_by_their_category(name: str) -> None:
    kinds = Counter(item.asset.category for item in scene(name).objects if item.movable)
    assert sum(count == 1 for count in kinds.values()) >= 3


@pytest.mark.parametrize("name", [name for name in SCENES if name.startswith("tabletop")])
def test_a_tabletop_has_six_to_twenty_things_on_its_stage(name: str) -> None:
    built = scene(name)
    assert built.stage is not None
    on_stage = [item for item in built.objects if item.movable and stands_on(built, item) == built.stage]
    assert 6 <= len(on_stage) <= 20


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_most_scenes_have_things_of_one_kind_well_apart(environment: str) -> None:
    names = [name for name in SCENES if parse(name).environment == environment]
    with_group = 0
    for name in names:
        small = [item for item in scene(name).objects if item.movable]
        pairs = [
            np.linalg.norm(one.pose.translation - two.pose.translation)
            for number, one in enumerate(small)
            for two in small[:number]
            if one.asset.category == two.asset.category
        ]
        with_group += any(distance > 0.12 for distance in pairs)
    assert with_group >= 0.9 * len(names)


def test_every_kind_of_scene_comes_up() -> None:
    kinds = {scene(name).kind for name in SCENES}
    assert kinds == {
        "bathroom", "kitchen", "living_room", "bedroom", "office", "dining", "coffee", "vanity", "counter", "workbench",
    }  # fmt: skip


def test_furniture_on_the_floor_is_upright() -> None:
    for name in SCENES:
        for item in scene(name).objects:
            assert item.pose.rotation[2] == pytest.approx([0.0, 0.0, 1.0])
            assert isinstance(item.box, OrientedBox)
