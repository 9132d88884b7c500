"""What operations leave alone, and by which name they count it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.edits import Edit
from gsi_ray.operations.object_rotation import shows_on
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.assets import Asset, SupportSurface
from gsi_ray.scenes.scene import Scene, SceneObject
from gsi_ray.spatial import Camera, RigidTransform, rotations
from tests.operations.conftest import SeeScene
from tests.small_scene import TABLE_SIZE, box_asset, can_asset, small_scene


def run(name: str, view: View, seeds: int = 1) -> tuple[list[Edit], Counter[Rejection]]:
    """All edits of an operation in a view, and the count of its rejections."""
    edits: list[Edit] = []
    rejections: Counter[Rejection] = Counter()
    for seed in range(seeds):
        for candidate in OPERATIONS[name].candidates(view, np.random.default_rng(seed)):
            if isinstance(candidate, Edit):
                edits.append(candidate)
            else:
                rejections[candidate] += 1
    return edits, rejections


def only(*object_ids: str) -> Scene:
    """The small scene with nothing but these on its table."""
    scene = small_scene()
    keep = ("dining_table_1", *object_ids)
    return replace(scene, objects=tuple(item for item in scene.objects if item.object_id in keep))


def on_table(asset: Asset, x: float, y: float, yaw: float = 0.0, table: Asset | None = None) -> Scene:
    """A table, turned by `yaw`, with one thing on it."""
    stand = table or small_scene().objects[0].asset
    center = np.array([0.0, 0.0, stand.size[2] / 2.0])
    place = np.array([x, y, stand.size[2] + asset.size[2] / 2.0])
    return replace(
        small_scene(),
        objects=(
            SceneObject("dining_table_1", stand, RigidTransform(rotations.about_z(yaw), center), False),
            SceneObject("thing_1", asset, RigidTransform(translation=place), True),
        ),
    )


def test_round_cans_are_not_turned(see: SeeScene) -> None:
    edits, rejections = run("object_rotation", see(only("soup_can_2")))
    assert (edits, dict(rejections)) == ([], {Rejection.ROTATION_INVISIBLE: 1})


@pytest.mark.parametrize(
    ("symmetry", "angle", "shows"),
    [(1, 180.0, True), (2, 180.0, False), (4, 90.0, False), (4, 45.0, True), (0, 45.0, False)],
)
def test_a_turn_shows_unless_the_shape_repeats(symmetry: int, angle: float, shows: bool) -> None:
    assert shows_on(symmetry, angle) == shows


@pytest.mark.parametrize("name", ["camera_movement", "object_scaling", "object_placement"])
def test_the_can_in_the_middle_of_three_has_no_words(name: str, see: SeeScene) -> None:
    edits, rejections = run(name, see(only("soup_can_1", "soup_can_2", "soup_can_3", "book_1")))
    assert rejections[Rejection.AMBIGUOUS] > 0
    assert "soup_can_2" not in {edit.target.object_id for edit in edits if edit.target}


def test_nothing_is_removed_where_nothing_is_alike(see: SeeScene) -> None:
    edits, rejections = run("spatial_removal", see(only("book_1", "block_1")))
    assert (edits, dict(rejections)) == ([], {Rejection.NO_TARGET: 1})


def test_of_things_that_only_share_a_word_none_is_removed(see: SeeScene) -> None:
    scene = only("block_1", "lunch_box_1")
    box = replace(scene.objects[1], object_id="box_1", asset=replace(scene.objects[1].asset, category="box"))
    edits, rejections = run("spatial_removal", see(replace(scene, objects=(scene.objects[0], box, scene.objects[2]))))
    assert (edits, dict(rejections)) == ([], {Rejection.NO_TARGET: 1})


def test_what_carries_others_is_not_removed(see: SeeScene) -> None:
    scene = only("block_1", "block_2")
    pose = RigidTransform(translation=scene.objects[1].pose.translation + [0.0, 0.0, 0.065])
    toy = SceneObject("toy_1", box_asset("toy car", (0.04, 0.04, 0.05), "green"), pose, True)
    edits, rejections = run("spatial_removal", see(replace(scene, objects=(*scene.objects, toy))))
    assert {edit.target.object_id for edit in edits if edit.target} == {"block_2"}
    assert rejections == {Rejection.CARRIES_OTHERS: 1}


def test_what_leaves_the_table_or_the_room_between_things_is_not_done(see: SeeScene) -> None:
    edits, rejections = run("camera_movement", see(only("block_1"), movements_m=(1.2,)))
    assert (edits, dict(rejections)) == ([], {Rejection.NOWHERE_TO_GO: 1})
    scene = small_scene()
    beside = RigidTransform(translation=scene.objects[3].pose.translation + [0.1, 0.0, 0.0])
    pair = (scene.objects[0], scene.objects[3], replace(scene.objects[4], pose=beside))
    edits, _ = run("camera_movement", see(replace(scene, objects=pair), movements_m=(0.05, 0.1)), seeds=4)
    moves = {(edit.target.object_id, edit.parameters.direction) for edit in edits if edit.target}
    assert ("block_1", "left") in moves
    assert ("block_1", "right") not in moves


def test_an_object_does_not_grow_into_its_neighbours_or_past_the_edge(see: SeeScene) -> None:
    tray = on_table(box_asset("tray", (0.5, 0.4, 0.05), "red"), 0.0, 0.0)
    edits, rejections = run("object_scaling", see(tray, scale_factors=(1.5, 2.5)))
    assert [edit.parameters.factor for edit in edits] == [1.5]
    assert not rejections
    edits, rejections = run("object_scaling", see(tray, scale_factors=(2.5,)))
    assert not edits
    assert sum(rejections.values()) == 1


def test_one_rejection_stands_for_all_variations_that_fail(see: SeeScene) -> None:
    tray = on_table(box_asset("tray", (0.5, 0.4, 0.05), "red"), 0.0, 0.0)
    _, rejections = run("object_scaling", see(tray, scale_factors=(2.5, 3.0, 3.5)))
    assert sum(rejections.values()) == 1


def test_an_object_does_not_slide_into_its_neighbour(see: SeeScene) -> None:
    scene = small_scene()
    block = scene.objects[3]
    tile = box_asset("floor tile", (0.08, 0.08, 0.02), "green")
    down = (tile.size[2] - block.asset.size[2]) / 2.0
    hemmed_in = [
        SceneObject(f"tile_{side}", tile, RigidTransform(translation=block.pose.translation + [*offset, down]), True)
        for side, offset in enumerate([(0.1, 0.0), (-0.1, 0.0), (0.0, 0.1), (0.0, -0.1)])
    ]
    objects = (scene.objects[0], block, *hemmed_in)
    _, rejections = run("camera_movement", see(replace(scene, objects=objects), movements_m=(0.05,)))
    assert rejections[Rejection.COLLIDES] > 0


class TestReceptacles:
    def placements(self, view: View) -> set[str]:
        edits, _ = run("receptacle_placement", view, seeds=12)
        return {str(edit.parameters.placement) for edit in edits}

    def test_spots_of_a_turned_table_lie_along_its_own_sides(self, see: SeeScene) -> None:
        block = box_asset("toy block", (0.08, 0.08, 0.08), "red")
        yaw = np.radians(20.0)
        edits, _ = run("receptacle_placement", see(on_table(block, 0.05, 0.05, yaw)), seeds=12)
        corners = {edit.parameters.placement: edit.ideal["thing_1"].box.center for edit in edits}
        reach = 0.04 * (np.cos(yaw) + np.sin(yaw))
        expected = np.array([0.7 - reach - 0.03, reach + 0.03 - 0.45])
        own = rotations.about_z(-yaw) @ corners["near_right_corner"]
        np.testing.assert_allclose(own[:2], expected, atol=1e-3)

    def test_of_a_table_seen_cornerwise_only_the_centre_has_a_name(self, see: SeeScene) -> None:
        block = box_asset("toy block", (0.08, 0.08, 0.08), "red")
        assert self.placements(see(on_table(block, 0.2, 0.1, np.radians(45.0)))) == {"center"}

    def test_a_round_table_has_edges_but_no_corners(self, see: SeeScene) -> None:
        angles = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
        top = SupportSurface(0.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1), TABLE_SIZE[2] / 2.0)
        table = replace(can_asset("dining table", 0.5, TABLE_SIZE[2], "green"), supports=(top,))
        block = box_asset("toy block", (0.08, 0.08, 0.08), "red")
        found = self.placements(see(on_table(block, 0.1, 0.1, table=table)))
        assert found == {"center", "near_edge", "far_edge", "left_edge", "right_edge"}

    def test_a_large_thing_has_no_edge_to_go_to(self, see: SeeScene) -> None:
        tray = box_asset("tray", (0.5, 0.5, 0.05), "red")
        assert self.placements(see(on_table(tray, 0.15, 0.0))) <= {"center", "left_edge", "right_edge"}

    def test_an_edge_is_one_of_the_whole_receptacle_not_of_its_top_alone(self, see: SeeScene) -> None:
        outline = np.array([[-0.65, -0.15], [0.65, -0.15], [0.65, 0.15], [-0.65, 0.15]])
        table = replace(
            box_asset("dining table", (1.4, 0.4, TABLE_SIZE[2]), ""),
            supports=(SupportSurface(outline, TABLE_SIZE[2] / 2.0),),
        )
        block = box_asset("toy block", (0.1, 0.1, 0.1), "red")
        found = self.placements(see(on_table(block, 0.2, 0.0, table=table)))
        assert found == {"center", "left_edge", "right_edge"}

    def test_what_is_there_already_is_not_put_there(self, see: SeeScene) -> None:
        block = box_asset("toy block", (0.08, 0.08, 0.08), "red")
        assert "center" in self.placements(see(on_table(block, 0.1, 0.1)))
        assert "center" not in self.placements(see(on_table(block, 0.0, 0.0)))


class TestCameras:
    def test_the_camera_does_not_back_into_a_wall(self, see: SeeScene) -> None:
        camera = Camera.looking_at([0.0, -1.75, 1.6], [0.0, 0.0, 0.72], 1.05, 160, 160)
        edits, rejections = run("perspective_control", see(small_scene(), camera, camera_moves_m=(0.15,)))
        assert rejections[Rejection.CAMERA_BLOCKED] == 1
        moves = {edit.parameters.direction for edit in edits if edit.parameters.axis == "move"}
        assert moves == {"left", "right", "forward"}

    def test_the_camera_does_not_go_into_things(self, see: SeeScene) -> None:
        scene = small_scene()
        pose = RigidTransform(translation=np.array([0.6, -1.5, 0.9]))
        wardrobe = SceneObject("wardrobe_1", box_asset("wardrobe", (0.5, 0.5, 1.8), "green"), pose, False)
        view = see(replace(scene, objects=(*scene.objects, wardrobe)), camera_moves_m=(0.3,))
        edits, rejections = run("perspective_control", view)
        assert rejections[Rejection.CAMERA_BLOCKED] == 1
        assert "right" not in {edit.parameters.direction for edit in edits if edit.parameters.axis == "move"}

    def test_the_camera_does_not_turn_away_from_everything(self, see: SeeScene) -> None:
        view = see(small_scene(), camera_turns_deg=(120.0,), camera_tilts_deg=(80.0,), camera_moves_m=(0.1,))
        edits, rejections = run("perspective_control", view)
        assert {edit.parameters.axis for edit in edits} == {"move"}
        assert rejections == {Rejection.SCENE_LEAVES_VIEW: 4}
