"""What every simulator promises (`gsi_ray.simulators.protocol`), held against each that is registered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from gsi_ray.scenes.scene import FLOOR, SceneState
from gsi_ray.simulators import SIMULATORS, simulator_class
from gsi_ray.simulators.protocol import ActionRejected, Change, Observation, Remove, SetPose, SetScale, Simulator
from gsi_ray.spatial import Camera, RigidTransform, polygons, rotations
from tests.simulators.conftest import SmallScenes
from tests.small_scene import ROOM_HALF, TABLE_SIZE, small_scene

TABLE = "dining_table_1"
THINGS = ["book_1", "lunch_box_1", "block_1", "block_2", "soup_can_1", "soup_can_2", "soup_can_3"]


def assert_same_state(one: SceneState, other: SceneState) -> None:
    assert [item.object_id for item in one.objects] == [item.object_id for item in other.objects]
    for left, right in zip(one.objects, other.objects, strict=True):
        assert (left.instance, left.supported_by) == (right.instance, right.supported_by)
        for field in ("center", "size", "rotation"):
            np.testing.assert_array_equal(getattr(left.box, field), getattr(right.box, field))


def assert_same_pixels(one: Observation, other: Observation) -> None:
    np.testing.assert_array_equal(one.rgb, other.rgb)
    np.testing.assert_array_equal(one.depth, other.depth)
    np.testing.assert_array_equal(one.instances, other.instances)
    assert dict(one.visible_fraction) == dict(other.visible_fraction)


def shift(simulator: Simulator, object_id: str, *offset: float, yaw: float = 0.0) -> SetPose:
    """The change that moves an object by a world offset, and turns it where it stands."""
    box = simulator.state()[object_id].box
    return SetPose(object_id, RigidTransform(rotations.about_z(yaw) @ box.rotation, box.center + np.array(offset)))


def points_of(camera: Camera, seen: Observation, instance: int) -> np.ndarray:
    """World points (n, 3) under the pixels of an instance."""
    rows, columns = np.nonzero(seen.instances == instance)
    return camera.unproject(np.stack([columns, rows], axis=1) + 0.5, seen.depth[rows, columns])


def resizes(backend: str) -> bool:
    return simulator_class(backend).can_scale


resizing_backends = pytest.mark.parametrize("backend", [name for name in SIMULATORS if resizes(name)], indirect=True)


def backends_with(argument: str, values: Sequence[Any], resizing: Collection[Any]) -> pytest.MarkDecorator:
    """Every simulator with every value of an argument, but for those values that take one that can resize."""
    pairs = [(name, value) for name in SIMULATORS for value in values if resizes(name) or value not in resizing]
    return pytest.mark.parametrize(("backend", argument), pairs, indirect=["backend"])


class TestState:
    def test_objects_keep_their_order_names_and_numbers(self, simulator: Simulator) -> None:
        state = simulator.state()
        assert sorted(item.object_id for item in state.objects) == sorted([TABLE, *THINGS])
        assert min(item.instance for item in state.objects) >= 1
        assert len({item.instance for item in state.objects}) == len(state.objects)
        simulator.settle(0.2)
        now = simulator.state()
        assert [item.object_id for item in now.objects] == [item.object_id for item in state.objects]
        assert [item.instance for item in now.objects] == [item.instance for item in state.objects]

    def test_what_was_built_is_what_is_there(self, simulator: Simulator, scenes: SmallScenes) -> None:
        state = simulator.state()
        assert (state.scene_id, state.environment) == (scenes.whole.scene_id, scenes.whole.environment)
        for built in small_scene().objects:
            item = state[built.object_id]
            np.testing.assert_allclose(item.box.size, built.asset.size, rtol=1e-4)
            np.testing.assert_allclose(item.box.center, built.pose.translation, atol=2e-3)
            assert rotations.angle_between(item.box.rotation, built.pose.rotation) < np.radians(0.5)
            assert (item.category, item.movable) == (built.asset.category, built.movable)
            assert item.color in (built.asset.color, "")  # not every simulator knows

    def test_after_loading_all_is_at_rest(self, simulator: Simulator) -> None:
        before = simulator.state()
        simulator.settle(1.0)
        for item in before.objects:
            now = simulator.state()[item.object_id].box
            np.testing.assert_allclose(now.center, item.box.center, atol=3e-4)
            assert rotations.angle_between(now.rotation, item.box.rotation) < np.radians(0.1)

    def test_things_are_supported_by_what_they_stand_on(self, simulator: Simulator) -> None:
        state = simulator.state()
        assert {state[name].supported_by for name in THINGS} == {TABLE}
        assert state[TABLE].supported_by == FLOOR
        simulator.apply(shift(simulator, "block_1", -0.35, 0.15, 0.04))
        simulator.settle()
        assert simulator.state()["block_1"].supported_by == "book_1"
        simulator.apply(shift(simulator, "block_1", 0.0, -1.2, -TABLE_SIZE[2] - 0.04))
        simulator.settle()
        assert simulator.state()["block_1"].supported_by == FLOOR

    def test_loading_again_gives_the_same(
        self, make_simulator: Callable[[], Simulator], scenes: SmallScenes, camera: Camera
    ) -> None:
        simulator = make_simulator()
        results = []
        for scene in (scenes.whole, scenes.book, scenes.whole):
            simulator.load(scene)
            simulator.look(camera)
            results.append((simulator.state(), simulator.render(["book_1"])))
        (first, first_view), (other, _), (again, again_view) = results
        assert {item.object_id for item in other.objects} == {TABLE, "book_1"}
        assert_same_state(first, again)
        assert_same_pixels(first_view, again_view)

    def test_two_simulators_agree_to_the_last_bit(
        self, simulator: Simulator, make_simulator: Callable[[], Simulator], scenes: SmallScenes, camera: Camera
    ) -> None:
        other = make_simulator()
        other.load(scenes.whole)
        other.look(camera)
        assert_same_state(simulator.state(), other.state())
        assert_same_pixels(simulator.render(THINGS), other.render(THINGS))

    def test_closing_twice_is_fine_and_so_is_loading_afterwards(
        self, make_simulator: Callable[[], Simulator], scenes: SmallScenes, camera: Camera
    ) -> None:
        simulator = make_simulator()
        simulator.close()
        simulator.load(scenes.whole)
        simulator.look(camera)
        first = simulator.render()
        simulator.close()
        simulator.close()
        simulator.load(scenes.whole)
        simulator.look(camera)
        assert_same_pixels(simulator.render(), first)


class TestPictures:
    def test_images_have_the_size_and_kind_that_is_promised(self, simulator: Simulator, camera: Camera) -> None:
        seen = simulator.render()
        assert (seen.rgb.shape, seen.rgb.dtype) == ((camera.height, camera.width, 3), np.uint8)
        assert (seen.depth.shape, seen.depth.dtype) == ((camera.height, camera.width), np.float32)
        assert (seen.instances.shape, seen.instances.dtype) == ((camera.height, camera.width), np.uint16)

    def test_depth_puts_every_seen_point_on_its_objects_box(self, simulator: Simulator, camera: Camera) -> None:
        seen = simulator.render()
        for item in simulator.state().objects:
            points = points_of(camera, seen, item.instance)
            assert len(points) > 40
            assert np.all(item.box.contains(points, margin=0.003))
            # And on its surface: none lies inside.
            assert not np.any(item.box.contains(points, margin=-0.003)) or item.category == "soup can"

    def test_depth_puts_the_floor_at_height_zero(self, simulator: Simulator, camera: Camera) -> None:
        points = points_of(camera, simulator.render(), 0)
        on_floor = np.all(np.abs(points[:, :2]) < ROOM_HALF - 0.05, axis=1) & (
            np.linalg.norm(points - camera.position, axis=1) > 0.1
        )
        assert np.count_nonzero(on_floor) > 500
        np.testing.assert_allclose(points[on_floor, 2], 0.0, atol=0.003)

    def test_masks_fill_the_projected_boxes(self, simulator: Simulator, camera: Camera) -> None:
        seen = simulator.render(THINGS)
        for item in simulator.state().objects:
            rows, columns = np.nonzero(seen.instances == item.instance)
            hull = polygons.convex_hull(camera.project(item.box.corners)[0])
            assert np.all(polygons.contains(hull, np.stack([columns, rows], axis=1) + 0.5, margin=-0.6))
            if item.category in ("toy block", "lunch box", "book"):
                assert len(rows) == pytest.approx(polygons.area(hull), rel=0.06)

    def test_where_there_is_nothing_there_is_no_depth(self, simulator: Simulator) -> None:
        simulator.look(Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 5.0], 0.8, 40, 30))
        seen = simulator.render()
        assert not seen.depth.any()
        assert not seen.instances.any()

    def test_pictures_of_any_size_and_shape_show_the_same_scene(self, simulator: Simulator, camera: Camera) -> None:
        reference = simulator.render(["block_1"])
        for width, height in ((77, 301), (500, 90), (384, 320)):
            view = Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 0.72], 1.2, width, height)
            simulator.look(view)
            seen = simulator.render(["block_1"])
            box = simulator.state()["block_1"].box
            column, row = camera_pixel(view, box.center)
            assert seen.instances[row, column] == simulator.state()["block_1"].instance
            assert np.all(box.contains(points_of(view, seen, simulator.state()["block_1"].instance), margin=0.003))
        simulator.look(camera)
        assert_same_pixels(simulator.render(["block_1"]), reference)

    def test_an_off_centre_crop_shows_the_same_pixels(self, simulator: Simulator, camera: Camera) -> None:
        whole = simulator.render()
        simulator.look(camera.cropped([70, 50], [150, 110]))
        crop = simulator.render()
        same = crop.instances == whole.instances[50:110, 70:150]
        assert np.mean(same) > 0.999
        np.testing.assert_allclose(crop.depth[same], whole.depth[50:110, 70:150][same], rtol=0.02)
        brightness = np.abs(crop.rgb.mean(axis=2) - whole.rgb[50:110, 70:150].mean(axis=2))
        assert np.median(brightness) < 4.0

    def test_a_crop_past_the_border_agrees_with_project(self, simulator: Simulator, camera: Camera) -> None:
        crop = camera.cropped([-60, -20], [100, 100])
        simulator.look(crop)
        seen = simulator.render()
        for name in ("soup_can_1", "book_1"):
            item = simulator.state()[name]
            points = points_of(crop, seen, item.instance)
            assert len(points) > 40
            assert np.all(item.box.contains(points, margin=0.003))

    def test_a_quick_look_shows_the_same_instances(self, simulator: Simulator, camera: Camera) -> None:
        whole = simulator.render().instances
        assert np.array_equal(simulator.render_instances(camera.width, camera.height), whole)
        finer = simulator.render_instances(3 * camera.width, 3 * camera.height)
        assert finer.shape == (3 * camera.height, 3 * camera.width)
        # The middle one of three by three pixels looks along the very ray of the pixel that they stand for.
        assert np.mean(finer[1::3, 1::3] == whole) > 0.999

    def test_what_is_in_full_view_is_visible_as_a_whole(self, simulator: Simulator) -> None:
        fractions = simulator.render(THINGS).visible_fraction
        assert sorted(fractions) == sorted(THINGS)
        for name in ("block_1", "soup_can_2", "lunch_box_1"):
            assert fractions[name] == pytest.approx(1.0, abs=0.01)

    def test_only_what_was_asked_about_is_measured(self, simulator: Simulator) -> None:
        assert not simulator.render().visible_fraction
        assert list(simulator.render(["book_1"]).visible_fraction) == ["book_1"]

    def test_what_stands_in_front_hides_its_share(self, simulator: Simulator) -> None:
        number = simulator.state()["block_1"].instance
        alone = np.count_nonzero(simulator.render().instances == number)
        simulator.apply(shift(simulator, "soup_can_2", 0.03, 0.18, 0.0))
        seen = simulator.render(["block_1", "soup_can_2"])
        hidden = np.count_nonzero(seen.instances == number)
        assert 0.15 * alone < hidden < 0.85 * alone
        assert seen.visible_fraction["block_1"] == pytest.approx(hidden / alone, abs=0.02)
        assert seen.visible_fraction["soup_can_2"] == pytest.approx(1.0, abs=0.01)

    def test_what_the_border_cuts_off_is_not_visible(self, simulator: Simulator, camera: Camera) -> None:
        item = simulator.state()["lunch_box_1"]
        alone = simulator.render().instances == item.instance
        middle = int(np.nonzero(alone)[1].mean())
        simulator.look(camera.cropped([0, 0], [middle, camera.height]))
        fraction = simulator.render(["lunch_box_1"]).visible_fraction["lunch_box_1"]
        assert fraction == pytest.approx(np.count_nonzero(alone[:, :middle]) / np.count_nonzero(alone), abs=0.02)

    def test_of_a_thing_larger_than_the_picture_a_part_is_visible(self, simulator: Simulator, camera: Camera) -> None:
        item = simulator.state()["lunch_box_1"]
        whole = np.count_nonzero(simulator.render().instances == item.instance)
        column, row = camera_pixel(camera, item.box.center)
        near = camera.cropped([column - 4, row - 4], [column + 4, row + 4])
        simulator.look(near)
        assert simulator.render(["lunch_box_1"]).visible_fraction["lunch_box_1"] == pytest.approx(64 / whole, rel=0.05)

    def test_what_is_out_of_view_is_not_visible_at_all(self, simulator: Simulator) -> None:
        simulator.look(Camera.looking_at([0.0, -1.5, 1.6], [-1.5, -0.2, 1.0], 0.5, 100, 100))
        assert simulator.render(["lunch_box_1"]).visible_fraction["lunch_box_1"] == 0.0


class TestChanges:
    @pytest.mark.parametrize("settled", [False, True])
    def test_a_pose_is_taken(self, simulator: Simulator, settled: bool) -> None:
        change = shift(simulator, "book_1", 0.15, -0.05, 0.0, yaw=0.8)
        simulator.apply(change)
        if settled:
            simulator.settle()
        box = simulator.state()["book_1"].box
        np.testing.assert_allclose(box.center, change.pose.translation, atol=1e-3 if settled else 1e-6)
        assert rotations.angle_between(box.rotation, change.pose.rotation) < np.radians(0.3 if settled else 1e-4)

    def test_a_thing_let_go_in_the_air_falls_and_comes_to_rest(self, simulator: Simulator) -> None:
        rest = simulator.state()["block_1"].box
        simulator.apply(shift(simulator, "block_1", 0.0, 0.0, 0.05))
        assert 0.05 < simulator.settle() < 5.0
        np.testing.assert_allclose(simulator.state()["block_1"].box.center, rest.center, atol=3e-3)

    @backends_with("how", ["removed", "moved", "shrunk"], resizing=["shrunk"])
    def test_what_loses_its_support_falls(self, simulator: Simulator, how: str) -> None:
        simulator.apply(shift(simulator, "block_1", -0.35, 0.15, 0.04))
        simulator.settle()
        assert simulator.state()["block_1"].box.bottom == pytest.approx(TABLE_SIZE[2] + 0.04, abs=1e-3)
        if how == "removed":
            simulator.apply(Remove("book_1"))
        elif how == "moved":
            simulator.apply(shift(simulator, "book_1", 0.3, 0.0, 0.0))
        else:
            simulator.apply(SetScale("book_1", 0.5))
        simulator.settle()
        block = simulator.state()["block_1"]
        assert block.box.bottom == pytest.approx(TABLE_SIZE[2] + (0.02 if how == "shrunk" else 0.0), abs=2e-3)
        assert block.supported_by == ("book_1" if how == "shrunk" else TABLE)

    @resizing_backends
    def test_what_grows_pushes_its_neighbour_away(self, simulator: Simulator) -> None:
        simulator.apply(shift(simulator, "block_2", -0.165, -0.2, 0.0))
        simulator.settle()
        before = simulator.state()["block_2"].box.center
        simulator.apply(SetScale("block_1", 1.3))
        simulator.settle()
        assert np.linalg.norm(simulator.state()["block_2"].box.center - before) > 2e-3

    def test_settling_for_a_time_takes_that_time(self, simulator: Simulator) -> None:
        assert simulator.settle(0.3) == pytest.approx(0.3)

    @resizing_backends
    @pytest.mark.parametrize("factor", [0.5, 1.5, 2.0])
    @pytest.mark.parametrize("name", ["block_2", "soup_can_3"])
    def test_scaling_keeps_the_support_point(self, simulator: Simulator, name: str, factor: float) -> None:
        ideal = simulator.state()[name].scaled(factor)
        simulator.apply(SetScale(name, factor))
        np.testing.assert_allclose(simulator.state()[name].box.corners, ideal.box.corners, atol=1e-9)
        simulator.settle()
        item = simulator.state()[name]
        np.testing.assert_allclose(item.box.size, ideal.box.size)
        np.testing.assert_allclose(item.box.center, ideal.box.center, atol=1e-3)
        assert item.box.bottom == pytest.approx(TABLE_SIZE[2], abs=1e-3)
        assert item.supported_by == TABLE

    @resizing_backends
    def test_a_scaled_thing_is_seen_at_its_new_size(self, simulator: Simulator, camera: Camera) -> None:
        simulator.render()
        simulator.apply(SetScale("soup_can_2", 1.5))
        seen, item = simulator.render(["soup_can_2"]), simulator.state()["soup_can_2"]
        points = points_of(camera, seen, item.instance)
        assert np.all(item.box.contains(points, margin=0.003))
        assert np.ptp(points[:, 2]) == pytest.approx(0.165, abs=0.01)
        assert seen.visible_fraction["soup_can_2"] == pytest.approx(1.0, abs=0.01)

    @resizing_backends
    def test_scales_multiply(self, simulator: Simulator) -> None:
        before = simulator.state()["block_2"].box
        simulator.apply(SetScale("block_2", 2.0))
        simulator.apply(SetScale("block_2", 0.5))
        np.testing.assert_allclose(simulator.state()["block_2"].box.corners, before.corners, atol=1e-12)

    def test_what_is_removed_is_gone_from_state_and_picture(self, simulator: Simulator) -> None:
        before, state = simulator.render(), simulator.state()
        simulator.apply(Remove("soup_can_1"))
        simulator.settle()
        after = simulator.render()
        assert "soup_can_1" not in simulator.state()
        assert len(simulator.state().objects) == len(state.objects) - 1
        uncovered = before.instances == state["soup_can_1"].instance
        assert not np.any(after.instances == state["soup_can_1"].instance)
        assert np.all(after.depth[uncovered] > before.depth[uncovered])
        for item in simulator.state().objects:
            assert item.instance == state[item.object_id].instance
            np.testing.assert_allclose(item.box.center, state[item.object_id].box.center, atol=3e-4)

    def test_what_could_carry_others_can_be_removed(
        self, make_simulator: Callable[[], Simulator], scenes: SmallScenes
    ) -> None:
        simulator = make_simulator()
        simulator.load(scenes.table)
        rest = simulator.snapshot()
        simulator.apply(Remove(TABLE))
        simulator.settle()
        assert TABLE not in simulator.state()
        simulator.restore(rest)
        assert len(simulator.support_points(TABLE)) > 100

    def test_another_thing_can_stand_where_one_was_removed(self, simulator: Simulator) -> None:
        place = simulator.state()["soup_can_1"].box.center
        simulator.apply(Remove("soup_can_1"))
        simulator.apply(SetPose("soup_can_2", RigidTransform(translation=place)))
        simulator.settle()
        np.testing.assert_allclose(simulator.state()["soup_can_2"].box.center, place, atol=1e-3)

    @pytest.mark.parametrize(
        "change",
        [
            SetPose(TABLE, RigidTransform()),
            SetScale(TABLE, 0.5),
            Remove(TABLE),
            SetPose("teapot_9", RigidTransform()),
            Remove("teapot_9"),
            Remove("soup_can_3"),
        ],
        ids=lambda change: f"{type(change).__name__}-{change.object_id}",
    )
    def test_a_refused_change_leaves_all_as_it_was(self, simulator: Simulator, change: Change) -> None:
        simulator.apply(Remove("soup_can_3"))
        before, picture = simulator.state(), simulator.render()
        with pytest.raises(ActionRejected, match=change.object_id):
            simulator.apply(change)
        assert_same_state(simulator.state(), before)
        assert_same_pixels(simulator.render(), picture)

    def test_what_is_not_there_cannot_be_asked_about(self, simulator: Simulator) -> None:
        with pytest.raises(ActionRejected, match="teapot_9"):
            simulator.support_points("teapot_9")


def moving(simulator: Simulator) -> list[Change]:
    return [shift(simulator, "block_1", 0.1, 0.0, 0.05, yaw=0.3)]


def removing(simulator: Simulator) -> list[Change]:
    return [Remove("soup_can_2")]


def scaling(simulator: Simulator) -> list[Change]:
    return [SetScale("block_2", 1.5)]


def moving_and_removing(simulator: Simulator) -> list[Change]:
    return [*removing(simulator), *moving(simulator)]


def all_together(simulator: Simulator) -> list[Change]:
    return [SetScale("soup_can_1", 0.5), Remove("soup_can_1"), *scaling(simulator), *moving(simulator)]


EDITS = [moving, removing, moving_and_removing, scaling, all_together]


class TestSnapshots:
    def look_and_run_on(self, simulator: Simulator) -> tuple[SceneState, Observation, SceneState, Observation]:
        now, picture = simulator.state(), simulator.render(["block_1"])
        simulator.settle(0.12)
        return now, picture, simulator.state(), simulator.render(["block_1"])

    def assert_restores(
        self, simulator: Simulator, snapshot: object, spoil: Callable[[], None], expected: tuple[object, ...]
    ) -> None:
        spoil()
        simulator.restore(snapshot)
        now, picture, later, later_picture = self.look_and_run_on(simulator)
        assert_same_state(now, expected[0])
        assert_same_pixels(picture, expected[1])
        assert_same_state(later, expected[2])
        assert_same_pixels(later_picture, expected[3])

    def drop(self, simulator: Simulator) -> None:
        """Something in motion, which only returns to its course if its velocity does."""
        simulator.apply(shift(simulator, "block_1", 0.05, 0.1, 0.06, yaw=0.5))
        simulator.settle(0.06)

    def test_looking_does_not_change_what_happens(self, simulator: Simulator) -> None:
        self.drop(simulator)
        snapshot = simulator.snapshot()
        simulator.settle(0.2)
        undisturbed = simulator.state()
        simulator.restore(snapshot)
        simulator.state()
        simulator.free_positions()
        simulator.support_points(TABLE)
        simulator.render(THINGS)
        simulator.render_instances(50, 40)
        simulator.snapshot()
        simulator.settle(0.2)
        assert_same_state(simulator.state(), undisturbed)

    @backends_with("edit", EDITS, resizing=[scaling, all_together])
    def test_an_edit_is_undone_to_the_last_bit(
        self, simulator: Simulator, edit: Callable[[Simulator], list[Change]]
    ) -> None:
        self.drop(simulator)
        snapshot = simulator.snapshot()
        expected = self.look_and_run_on(simulator)
        changes = edit(simulator)

        def spoil() -> None:
            for change in changes:
                simulator.apply(change)
            simulator.settle(0.3)

        self.assert_restores(simulator, snapshot, spoil, expected)
        self.assert_restores(simulator, snapshot, spoil, expected)

    @backends_with("edit", EDITS, resizing=[scaling, all_together])
    def test_an_edited_scene_comes_back_to_the_last_bit(
        self,
        simulator: Simulator,
        shared_simulator: tuple[Simulator, object],
        edit: Callable[[Simulator], list[Change]],
    ) -> None:
        for change in edit(simulator):
            simulator.apply(change)
        simulator.settle(0.06)
        snapshot = simulator.snapshot()
        expected = self.look_and_run_on(simulator)

        def spoil() -> None:
            simulator.restore(shared_simulator[1])
            simulator.apply(Remove("block_2"))
            simulator.settle(0.1)

        self.assert_restores(simulator, snapshot, spoil, expected)


class TestPlaces:
    def test_support_points_lie_on_the_surface_at_most_4_cm_apart(self, simulator: Simulator) -> None:
        points = simulator.support_points(TABLE)
        np.testing.assert_allclose(points[:, 2], TABLE_SIZE[2], atol=1e-3)
        half = np.array(TABLE_SIZE[:2]) / 2.0
        assert np.all(np.abs(points[:, :2]) <= half + 1e-3)
        spots = np.random.default_rng(0).uniform(-half, half, (2000, 2))
        distances, _ = cKDTree(points[:, :2]).query(spots)
        assert distances.max() <= 0.04 / np.sqrt(2.0)

    def test_the_floor_carries_wherever_there_is_floor(self, simulator: Simulator) -> None:
        points = simulator.support_points(FLOOR)
        np.testing.assert_allclose(points[:, 2], 0.0, atol=1e-3)
        np.testing.assert_allclose(
            [points.min(axis=0)[:2], points.max(axis=0)[:2]], [[-ROOM_HALF] * 2, [ROOM_HALF] * 2], atol=0.02
        )

    def test_what_carries_nothing_has_no_support_points(self, simulator: Simulator) -> None:
        assert simulator.support_points("block_1").shape == (0, 3)

    def test_support_points_go_with_what_carries(
        self, make_simulator: Callable[[], Simulator], scenes: SmallScenes
    ) -> None:
        simulator = make_simulator()
        simulator.load(scenes.table)
        turned = RigidTransform(rotations.about_z(0.4), np.array([0.3, -0.2, TABLE_SIZE[2] / 2.0]))
        before = simulator.support_points(TABLE)
        simulator.apply(SetPose(TABLE, turned))
        expected = turned.apply(before - [0.0, 0.0, TABLE_SIZE[2] / 2.0])
        np.testing.assert_allclose(simulator.support_points(TABLE), expected, atol=2e-3)
        if simulator.can_scale:
            simulator.apply(SetScale(TABLE, 0.5))
            points = simulator.support_points(TABLE)
            np.testing.assert_allclose(points[:, 2], TABLE_SIZE[2] / 2.0, atol=2e-3)
            hull = polygons.convex_hull(points[:, :2])
            assert polygons.area(hull) == pytest.approx(TABLE_SIZE[0] * TABLE_SIZE[1] / 4.0)

    def test_cameras_may_stand_where_there_is_room(self, simulator: Simulator) -> None:
        positions = simulator.free_positions()
        assert len(positions) > 100
        assert np.abs(positions).max() <= ROOM_HALF - 0.2
        table = simulator.state()[TABLE].box.footprint
        assert not np.any(polygons.contains(table, positions, margin=-0.2))
        # The way round the table is free on all sides.
        for side in ((0.0, -1.2), (0.0, 1.2), (-1.4, 0.0), (1.4, 0.0)):
            assert np.linalg.norm(positions - side, axis=1).min() < 0.15


def camera_pixel(camera: Camera, point: np.ndarray) -> tuple[int, int]:
    """Column and row of the pixel that shows a world point."""
    column, row = camera.project(point)[0].astype(int)
    return int(column), int(row)
