"""Views show things to act on, from where a camera can stand, each a new one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Asset, Material, SupportSurface, VisualPart
from gsi_ray.scenes.scene import Light, ObjectState, Scene, SceneObject, Structure
from gsi_ray.scenes.solids import box_part
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform
from gsi_ray.viewpoints import VIEW_SETTINGS, Viewpoint, choose_views
from gsi_ray.viewpoints.choice import different
from gsi_ray.viewpoints.positions import dispersed_positions, farthest_points
from gsi_ray.viewpoints.scoring import Looks, Targets, in_sight, measured_score

TABLE_TOP_M = 0.75
SIDE = 160


def block(category: str, size: tuple[float, float, float], color: tuple[float, float, float]) -> Asset:
    visual = VisualPart(meshes.box(size), Material(category, color))
    outline = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * np.array(size[:2]) / 2.0
    top = SupportSurface(outline, size[2] / 2.0)
    return Asset.build(category, [visual], [box_part(size)], 1.0, supports=[top])


def standing(object_id: str, asset: Asset, x: float, y: float, ground: float, *, movable: bool) -> SceneObject:
    return SceneObject(object_id, asset, RigidTransform(translation=[x, y, ground + asset.size[2] / 2.0]), movable)


def workshop() -> Scene:
    """A bare room of 5 x 4 m with a table of eight boxes, and one tall cupboard to bump into."""
    ground = VisualPart(meshes.sheet(5.0, 4.0), Material("ground", (0.5, 0.5, 0.5)))
    table = standing("table", block("table", (1.4, 0.8, TABLE_TOP_M), (0.6, 0.4, 0.2)), 0.0, 0.0, 0.0, movable=False)
    cupboard = standing("cupboard", block("cupboard", (0.8, 0.5, 2.0), (0.8, 0.8, 0.8)), 2.0, 1.6, 0.0, movable=False)
    box = block("box", (0.09, 0.09, 0.12), (0.8, 0.1, 0.1))
    boxes = [
        standing(f"box-{row}-{column}", box, -0.45 + 0.3 * column, -0.15 + 0.3 * row, TABLE_TOP_M, movable=True)
        for row in range(2)
        for column in range(4)
    ]
    lamp = Light(np.array([0.0, 0.0, 2.4]), np.array([0.0, 0.0, -1.0]), (0.8, 0.8, 0.8))
    floor = np.array([[-2.5, -2.0], [2.5, -2.0], [2.5, 2.0], [-2.5, 2.0]])
    return Scene(
        "workshop", "tabletop", "workshop",
        Structure((ground,), (box_part((5.0, 4.0, 0.1), (0.0, 0.0, -0.05)),)),
        (table, cupboard, *boxes), (lamp,), (0.4, 0.4, 0.4), floor, stage="table",
    )  # fmt: skip


@pytest.fixture(scope="module")
def simulator():  # type: ignore[no-untyped-def]
    simulator = MujocoSimulator()
    simulator.load(workshop())
    yield simulator
    simulator.close()


def chosen(simulator: MujocoSimulator, seed: int = 0, *, stage: str | None = "table", **changes: object):  # type: ignore[no-untyped-def]
    environment = "room" if stage is None else "tabletop"
    settings = replace(VIEW_SETTINGS[environment], **changes)  # type: ignore[arg-type]
    return choose_views(simulator, settings, np.random.default_rng(seed), width=SIDE, height=SIDE, stage=stage)


def test_views_of_a_table_show_most_of_its_things_whole(simulator: MujocoSimulator) -> None:
    views = chosen(simulator)
    assert len(views) == VIEW_SETTINGS["tabletop"].views
    for view in views:
        simulator.look(view.camera)
        shown = simulator.render_instances(SIDE, SIDE)
        border = np.concatenate([shown[0], shown[-1], shown[:, 0], shown[:, -1]])
        whole = [
            item.object_id
            for item in simulator.state().objects
            if item.movable and np.mean(shown == item.instance) > 0.0012 and item.instance not in border
        ]
        assert len(whole) >= 5


@pytest.mark.parametrize("stage", ["table", None])
def test_a_camera_stands_clear_of_walls_and_everything_else(simulator: MujocoSimulator, stage: str | None) -> None:
    for view in chosen(simulator, stage=stage, randomised=True):
        assert np.all(np.abs(view.camera.position[:2]) <= np.array([2.5, 2.0]) - 0.25)
        for item in simulator.state().objects:
            assert not any(part.contains(view.camera.position, margin=0.14) for part in item.parts)


def test_a_camera_in_a_room_stands_at_the_height_of_a_person_and_without_roll(simulator: MujocoSimulator) -> None:
    views = chosen(simulator, stage=None)
    assert views
    for view in views:
        assert 1.3 <= view.camera.position[2] <= 1.7
        assert view.camera.rotation[0, 2] == pytest.approx(0.0, abs=1e-12)
        assert -35.0 - 1e-6 <= np.degrees(np.arcsin(view.camera.forward[2])) <= -5.0 + 1e-6


def test_views_are_named_by_rank_and_the_best_comes_first(simulator: MujocoSimulator) -> None:
    views = chosen(simulator)
    assert [view.view_id for view in views] == [f"view-{rank:02d}" for rank in range(len(views))]
    assert [view.score for view in views] == sorted((view.score for view in views), reverse=True)


def test_the_same_seed_gives_the_same_views_and_another_gives_others(simulator: MujocoSimulator) -> None:
    def matrices(seed: int) -> list[list[float]]:
        return [view.camera.pose.matrix.ravel().tolist() for view in chosen(simulator, seed)]

    assert matrices(3) == matrices(3)
    assert matrices(3) != matrices(4)


def test_randomised_views_differ_in_field_of_view_and_others_share_one(simulator: MujocoSimulator) -> None:
    def focal_lengths(*, randomised: bool) -> set[float]:
        return {view.camera.intrinsics[1, 1] for view in chosen(simulator, stage=None, randomised=randomised)}

    assert len(focal_lengths(randomised=False)) == 1
    assert len(focal_lengths(randomised=True)) > 1


def test_a_scene_with_nothing_to_move_has_no_views(simulator: MujocoSimulator) -> None:
    scene = workshop()
    empty = MujocoSimulator()
    empty.load(replace(scene, objects=scene.objects[:2]))
    try:
        assert chosen(empty) == ()
    finally:
        empty.close()


def test_what_stands_behind_a_cupboard_is_out_of_sight(simulator: MujocoSimulator) -> None:
    objects = simulator.state().objects
    behind, beside = np.array([2.3, 1.95, 1.0]), np.array([0.0, -1.5, 1.5])
    visible = in_sight(np.stack([behind, beside]), Targets.of(objects), objects)
    assert visible.tolist() == [[False] * 8, [True] * 8]


BOX = np.array([[x, y, z] for x in (-0.1, 0.1) for y in (-0.1, 0.1) for z in (1.9, 2.1)])
AHEAD = Camera(100, 100, [[100.0, 0.0, 50.0], [0.0, 100.0, 50.0], [0.0, 0.0, 1.0]], np.eye(3), np.zeros(3))


def target_at(x: float, y: float, instance: int, category: str) -> ObjectState:
    box = OrientedBox.around(BOX + [x, y, 0.0])
    return ObjectState(category, category, instance, box, (box,), None, True, "", 1)


def score_of(instances: np.ndarray, *targets: ObjectState) -> float:
    return measured_score(AHEAD, Targets.of(targets), instances, VIEW_SETTINGS["room"])[0]


@given(st.floats(-3.1, 3.1), st.floats(-1.2, 1.2), st.floats(0.5, 1.5), st.integers(40, 90), st.integers(40, 90))
def test_many_looks_at_once_see_what_single_cameras_see(
    yaw: float, pitch: float, field_of_view: float, width: int, height: int
) -> None:
    position, bodies = np.array([0.3, -0.2, 1.5]), np.stack([BOX, BOX + [2.0, 1.0, -1.0], BOX - [0.0, 3.0, 1.0]])
    yaws, pitches, fields = np.array([0.0, yaw]), np.array([0.0, pitch]), np.array([1.0, field_of_view])
    looks = Looks(position, yaws, pitches, fields, width / height)
    low, high = looks.rectangles(bodies)
    pixels, depth = Camera.at(position, yaw, pitch, field_of_view, width, height).project(bodies)
    for number in np.flatnonzero(np.all(depth > 1e-6, axis=1)):
        assert low[1, number] * [width, height] == pytest.approx(pixels[number].min(axis=0), rel=1e-6, abs=1e-6)
        assert high[1, number] * [width, height] == pytest.approx(pixels[number].max(axis=0), rel=1e-6, abs=1e-6)


def test_a_target_in_full_view_counts_one_and_a_mostly_hidden_one_nothing() -> None:
    target = target_at(0.0, 0.0, 1, "mug")
    whole, hidden = np.zeros((2, 100, 100), dtype=np.uint16)
    whole[45:55, 45:55] = 1
    hidden[45:55, 45:48] = 1
    assert score_of(whole, target) == pytest.approx(1.0)
    assert score_of(hidden, target) == 0.0


def test_a_target_that_the_border_cuts_counts_against_a_view() -> None:
    shown = np.zeros((100, 100), dtype=np.uint16)
    shown[45:55, 45:55] = 1
    shown[0:5, 45:55] = 2
    assert score_of(shown, target_at(0.0, 0.0, 1, "mug"), target_at(0.0, -1.0, 2, "jar")) < 1.0


def test_two_of_a_kind_are_worth_more_than_two_of_different_kinds() -> None:
    shown = np.zeros((100, 100), dtype=np.uint16)
    shown[45:55, 30:40] = 1
    shown[45:55, 60:70] = 2

    def score(*categories: str) -> float:
        return score_of(shown, target_at(-0.3, 0.0, 1, categories[0]), target_at(0.3, 0.0, 2, categories[1]))

    assert score("mug", "mug") > score("mug", "jar")


points = arrays(
    np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-10.0, 10.0, width=32), unique=True
)


@given(points, st.integers(1, 12), st.integers(0, 100))
def test_farthest_points_are_different_and_no_point_left_out_is_farther_away(
    cloud: np.ndarray, count: int, seed: int
) -> None:
    chosen = farthest_points(cloud, count, np.random.default_rng(seed))
    assert len(set(chosen.tolist())) == min(count, len(cloud))
    between = np.linalg.norm(cloud[chosen][:, None] - cloud[chosen][None], axis=2)
    nearest_pair = np.min(between[~np.eye(len(chosen), dtype=bool)], initial=np.inf)
    to_chosen = np.min(np.linalg.norm(cloud[:, None] - cloud[chosen][None], axis=2), axis=1)
    assert np.all(to_chosen <= nearest_pair + 1e-9)


def test_every_part_of_the_floor_that_is_large_enough_to_stand_on_is_visited() -> None:
    side = np.arange(0.0, 1.0, 0.1)
    hall = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    closet = hall[:30] + np.array([5.0, 0.0])
    pocket = np.array([[20.0, 0.0]])
    spots = dispersed_positions(np.concatenate([hall, closet, pocket]), 8, np.random.default_rng(0))
    assert np.count_nonzero(spots[:, 0] < 2.0) == 6
    assert np.count_nonzero((spots[:, 0] >= 5.0) & (spots[:, 0] < 10.0)) == 2
    assert len(spots) == 8


cameras = st.builds(
    lambda x, y, yaw, score: Viewpoint("", Camera.at((x, y, 1.5), yaw, -0.3, 1.1, 64, 64), score),
    st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(-3.1, 3.1), st.floats(0.0, 9.0),
)  # fmt: skip


@given(st.lists(cameras, max_size=25), st.integers(1, 6))
def test_kept_views_differ_and_each_one_left_out_has_a_better_twin(views: list[Viewpoint], count: int) -> None:
    kept = different(views, count, 0.6, np.radians(45.0))

    def alike(one: Viewpoint, other: Viewpoint) -> bool:
        close = np.linalg.norm(one.camera.position - other.camera.position) < 0.6
        return bool(close and one.camera.forward @ other.camera.forward > np.cos(np.radians(45.0)))

    assert not any(alike(one, other) for place, one in enumerate(kept) for other in kept[:place])
    if len(kept) < count:
        for view in views:
            assert any(view is one or (alike(view, one) and one.score >= view.score) for one in kept)
