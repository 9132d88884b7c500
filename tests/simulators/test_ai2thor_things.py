"""What AI2-THOR says of its objects, houses and surfaces, as our scenes have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gsi_ray.language.lexicon import CHINESE_NOUNS
from gsi_ray.scenes.build import UnknownScene
from gsi_ray.scenes.scene import FLOOR
from gsi_ray.simulators.ai2thor import frames, houses, object_types, surfaces
from gsi_ray.simulators.ai2thor.pictures import Framing, resampled
from gsi_ray.simulators.ai2thor.things import can_be_stood_on, object_states, things_of
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

# All types of objects in iTHOR's and RoboTHOR's scenes, and what comes of them by cutting and breaking.
TYPES = """
AlarmClock AluminumFoil Apple AppleSliced ArmChair BaseballBat BasketBall Bathtub BathtubBasin Bed Blinds Book
Boots Bottle Bowl Box Bread BreadSliced ButterKnife CD Cabinet Candle Cart CellPhone Chair Cloth ClothesDryer
CoffeeMachine CoffeeTable CounterTop CreditCard Cup Curtains Desk DeskLamp Desktop DiningTable DishSponge DogBed
Drawer Dresser Dumbbell Egg EggCracked Faucet FloorLamp Footstool Fork Fridge GarbageBag GarbageCan HandTowel
HandTowelHolder HousePlant Kettle KeyChain Knife Ladle Laptop LaundryHamper Lettuce LettuceSliced LightSwitch
Microwave Mirror Mug Newspaper Ottoman Painting Pan PaperTowelRoll Pen Pencil PepperShaker Pillow Plate Plunger
Poster Pot Potato PotatoSliced RemoteControl RoomDecor Safe SaltShaker ScrubBrush Shelf ShelvingUnit
ShowerCurtain ShowerDoor ShowerGlass ShowerHead SideTable Sink SinkBasin SoapBar SoapBottle Sofa Spatula Spoon
SprayBottle Statue Stool StoveBurner StoveKnob TVStand TableTopDecor TeddyBear Television TennisRacket TissueBox
Toaster Toilet ToiletPaper ToiletPaperHanger Tomato TomatoSliced Towel TowelHolder VacuumCleaner Vase
WashingMachine Watch WateringCan Window WineBottle
""".split()  # noqa: SIM905


def unity(point: np.ndarray) -> dict[str, float]:
    return frames.vector_to_unity(point)


def metadata(object_id: str, box: OrientedBox, **told: Any) -> dict[str, Any]:
    """The entry of an object whose transform is at the bottom of its box."""
    pivot = box.pose.apply([0.0, 0.0, -box.size[2] / 2.0])
    corners = frames.to_world(box.corners).tolist()
    around = frames.to_world(OrientedBox.around(box.corners).corners).tolist()
    told = {"pickupable": True, "moveable": False, "receptacle": False, "parentReceptacles": None, **told}
    return {
        "objectId": object_id,
        "objectType": object_id.partition("|")[0],
        "name": object_id.lower(),
        "position": unity(pivot),
        "rotation": frames.rotation_to_unity(box.rotation),
        "axisAlignedBoundingBox": {"cornerPoints": around},
        "objectOrientedBoundingBox": {"cornerPoints": corners} if told["pickupable"] or told["moveable"] else None,
        **told,
    }


def box(center: tuple[float, ...], size: tuple[float, ...], yaw: float = 0.0) -> OrientedBox:
    return OrientedBox(np.array(center), np.array(size), rotations.about_z(yaw))


FIXED = {"pickupable": False, "receptacle": True}
TABLE = metadata("DiningTable|1", box((0.0, 0.0, 0.35), (1.4, 0.9, 0.7)), **FIXED)
SOFA = metadata("Sofa|1", box((3.0, 0.0, 0.4), (2.0, 0.9, 0.8), yaw=np.pi / 2.0), **FIXED)


def states(*listed: Mapping[str, Any], levels: Mapping[str, list[float]] = {}) -> Mapping[str, Any]:
    return {item.object_id: item for item in object_states(things_of(listed), listed, levels)}


class TestObjects:
    def test_boxes_are_those_told_though_transforms_are_elsewhere(self) -> None:
        mug = box((0.2, 0.1, 0.75), (0.08, 0.12, 0.1), yaw=0.7)
        found = states(TABLE, metadata("Mug|1", mug))["Mug|1"].box
        for name in ("center", "size", "rotation"):
            np.testing.assert_allclose(getattr(found, name), getattr(mug, name), atol=1e-9)

    def test_what_is_fixed_has_a_box_along_its_own_axes_where_these_are_square_to_the_world(self) -> None:
        sofa = states(SOFA)["Sofa|1"]
        np.testing.assert_allclose(sofa.box.size, [2.0, 0.9, 0.8], atol=1e-9)
        assert not sofa.movable

    def test_numbers_do_not_depend_on_the_order_of_the_list(self) -> None:
        mugs = [metadata(f"Mug|{number}", box((0.1 * number, 0.0, 0.75), (0.08, 0.08, 0.1))) for number in range(4)]
        first, again = things_of([TABLE, *mugs]), things_of([*reversed(mugs), TABLE])
        assert {name: thing.instance for name, thing in first.items()} == {
            name: thing.instance for name, thing in again.items()
        }
        assert sorted(thing.instance for thing in first.values()) == [1, 2, 3, 4, 5]

    def test_the_building_is_no_object(self) -> None:
        floor = metadata("Floor|1", box((0.0, 0.0, 0.0), (5.0, 5.0, 0.001)), **FIXED)
        wall = metadata("Wall|1", box((0.0, 2.5, 1.0), (5.0, 0.1, 2.0)), pickupable=False)
        assert list(states(floor, wall, TABLE)) == ["DiningTable|1"]

    def test_things_that_can_be_pushed_or_picked_up_can_be_moved(self) -> None:
        chair = metadata("Chair|1", box((1.5, 0.0, 0.45), (0.4, 0.4, 0.9)), pickupable=False, moveable=True)
        mug = metadata("Mug|1", box((0.0, 0.0, 0.75), (0.08, 0.08, 0.1)))
        found = states(TABLE, chair, mug)
        assert {name for name, item in found.items() if item.movable} == {"Chair|1", "Mug|1"}


class TestSupport:
    def test_the_smallest_of_what_bears_a_thing_is_its_support(self) -> None:
        book = metadata("Book|1", box((0.3, 0.0, 0.72), (0.2, 0.3, 0.04)), parentReceptacles=["DiningTable|1"])
        mug = metadata("Mug|1", box((0.3, 0.0, 0.79), (0.08, 0.08, 0.1)), parentReceptacles=["DiningTable|1"])
        bowl = metadata("Bowl|1", box((-0.3, 0.0, 0.74), (0.2, 0.2, 0.08)), receptacle=True)
        egg = metadata(
            "Egg|1", box((-0.3, 0.0, 0.745), (0.05, 0.05, 0.06)), parentReceptacles=["Bowl|1", "DiningTable|1"]
        )
        found = states(TABLE, book, mug, bowl, egg)
        assert found["Book|1"].supported_by == "DiningTable|1"
        assert found["Mug|1"].supported_by == "Book|1"  # which is no receptacle
        assert found["Egg|1"].supported_by == "Bowl|1"
        assert found["DiningTable|1"].supported_by == FLOOR

    def test_what_is_told_of_a_receptacle_far_below_is_not_believed(self) -> None:
        poking = metadata("Mug|1", box((2.0, 2.0, 0.05), (0.08, 0.08, 0.1)), parentReceptacles=["DiningTable|1"])
        hanging = metadata("Painting|1", box((0.0, 2.0, 1.5), (0.6, 0.02, 0.4)), pickupable=False)
        found = states(TABLE, poking, hanging)
        assert found["Mug|1"].supported_by == FLOOR
        assert found["Painting|1"].supported_by is None

    def test_a_seat_is_free_above(self) -> None:
        (solid,) = states(SOFA, levels={"Sofa|1": [0.45, 0.8]})["Sofa|1"].parts
        assert (solid.bottom, solid.top) == (pytest.approx(0.0), pytest.approx(0.45))
        np.testing.assert_allclose(solid.size[:2], [2.0, 0.9], atol=1e-9)

    def test_a_table_top_is_not(self) -> None:
        (solid,) = states(TABLE, levels={"DiningTable|1": [0.699]})["DiningTable|1"].parts
        np.testing.assert_array_equal(solid.size, states(TABLE)["DiningTable|1"].box.size)

    def test_nothing_is_put_into_what_is_shut(self) -> None:
        assert can_be_stood_on(TABLE)
        assert not can_be_stood_on({**TABLE, "receptacle": False})
        assert not can_be_stood_on({**TABLE, "openable": True, "isOpen": False})
        assert can_be_stood_on({**TABLE, "openable": True, "isOpen": True})


class TestWords:
    def test_every_type_has_a_noun_of_its_own_in_both_languages(self) -> None:
        nouns = [object_types.noun(name) for name in TYPES]
        assert len(set(nouns)) == len(nouns)
        assert [noun for noun in nouns if noun not in CHINESE_NOUNS] == []

    def test_where_a_chinese_word_ends_another_the_english_one_does_too(self) -> None:
        nouns = [object_types.noun(name) for name in TYPES]
        endings = [
            (noun, longer)
            for noun in nouns
            for longer in nouns
            if noun != longer and CHINESE_NOUNS[longer].endswith(CHINESE_NOUNS[noun])
        ]
        assert [(noun, longer) for noun, longer in endings if not longer.endswith(f" {noun}")] == []

    @pytest.mark.parametrize(
        ("name", "noun"),
        [
            ("Mug", "mug"),
            ("CoffeeTable", "coffee table"),
            ("TVStand", "tv stand"),
            ("CD", "CD"),
            ("ToyBlock", "toy block"),
        ],
    )
    def test_types_are_taken_apart_into_words(self, name: str, noun: str) -> None:
        assert object_types.noun(name) == noun

    def test_turns_of_round_things_do_not_show(self) -> None:
        assert [object_types.yaw_symmetry(name) for name in ("Plate", "Book", "Mug")] == [0, 2, 1]


class TestHouses:
    def test_no_house_is_in_two_splits(self) -> None:
        names = [name for listed in houses.HOUSES.values() for name in listed]
        assert len(set(names)) == len(names) == 4 * 30 + 12 * 5 + 3 * 5

    @pytest.mark.parametrize(
        ("place", "count", "some"),
        [
            (("room", "train"), 120, {"FloorPlan1", "FloorPlan220", "FloorPlan301", "FloorPlan_Train12_5"}),
            (("room", "val"), 30, {"FloorPlan21", "FloorPlan225", "FloorPlan_Val3_5"}),
            (("room", "test"), 15, {"FloorPlan26", "FloorPlan230", "FloorPlan326"}),
            (("bathroom", "train"), 20, {"FloorPlan401", "FloorPlan420"}),
            (("bathroom", "val"), 5, {"FloorPlan421", "FloorPlan425"}),
            (("bathroom", "test"), 5, {"FloorPlan426", "FloorPlan430"}),
        ],
    )
    def test_splits_are_those_of_the_makers(self, place: tuple[str, str], count: int, some: set[str]) -> None:
        assert len(houses.HOUSES[place]) == count
        assert some <= set(houses.HOUSES[place])

    @pytest.mark.parametrize("environment", houses.ENVIRONMENTS)
    @pytest.mark.parametrize("split", ["train", "val", "test"])
    @pytest.mark.parametrize("number", [0, 3, 19, 4321])
    def test_ids_are_unique_and_can_be_read_back(self, environment: str, split: str, number: int) -> None:
        name = houses.scene_id(environment, split, number)
        assert houses.parse(name) == (environment, split, number)
        scene = houses.build_scene(name)
        assert (scene.scene_id, scene.environment) == (name, environment)
        assert scene.arrangement == number // len(houses.HOUSES[environment, split])

    def test_a_few_scenes_in_a_row_are_of_all_kinds(self) -> None:
        first = [houses.scene_id("room", "train", number) for number in range(5)]
        assert first == [
            f"{name}-000000"
            for name in ("FloorPlan1", "FloorPlan201", "FloorPlan301", "FloorPlan_Train1_1", "FloorPlan2")
        ]

    @pytest.mark.parametrize("name", ["FloorPlan31-000000", "FloorPlan1", "room-train-000001", "FloorPlan1-1"])
    def test_what_is_no_scene_is_refused(self, name: str) -> None:
        with pytest.raises(UnknownScene, match="no scene of AI2-THOR"):
            houses.parse(name)

    def test_there_are_no_tabletops(self) -> None:
        with pytest.raises(UnknownScene, match="bathroom and room"):
            houses.scene_id("tabletop", "train", 0)


class TestSurfaces:
    """A table top with a board on it and a hole in it, from above, without a renderer."""

    outline = box((0.5, -0.2, 0.7), (1.2, 0.8, 0.02), yaw=0.3)

    def seen(self) -> tuple[Camera, np.ndarray, np.ndarray]:
        camera = surfaces.camera_above(self.outline)
        columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
        rays = camera.unproject(np.stack([columns, rows], axis=-1), np.ones(columns.shape)) - camera.position
        depth = np.zeros(columns.shape)
        for height, inside in ((0.71, self.on_table), (0.75, self.on_board)):
            reach = (height - camera.position[2]) / rays[..., 2]
            points = camera.position + reach[..., None] * rays
            depth = np.where(inside(points), reach, depth)
        noise = np.random.default_rng(0).normal(scale=1e-4, size=depth.shape)
        return camera, (depth + np.where(depth > 0.0, noise, 0.0)).astype(np.float32), depth > 0.0

    def local(self, points: np.ndarray) -> np.ndarray:
        return self.outline.pose.inverse().apply(points)

    def on_table(self, points: np.ndarray) -> np.ndarray:
        local = self.local(points)[..., :2]
        return np.all(np.abs(local) < [0.6, 0.4], axis=-1) & (np.linalg.norm(local - [0.35, 0.1], axis=-1) > 0.12)

    def on_board(self, points: np.ndarray, margin: float = 0.0) -> np.ndarray:
        return np.all(np.abs(self.local(points)[..., :2] + [0.3, 0.0]) < [0.15 - margin, 0.2 - margin], axis=-1)

    def test_all_of_a_thing_is_in_the_picture_from_above(self) -> None:
        camera = surfaces.camera_above(self.outline)
        pixels, depth = camera.project(self.outline.corners)
        assert np.all((pixels > 0.0) & (pixels < [camera.width, camera.height]))
        assert np.all(depth > 0.0)

    def test_every_level_is_found_at_its_height_and_without_its_holes(self) -> None:
        points = surfaces.level_points(*self.seen())
        assert sorted({round(float(height), 3) for height in points[:, 2]}) == [0.71, 0.75]
        table, board = points[points[:, 2] < 0.73], points[points[:, 2] > 0.73]
        assert self.on_table(table).mean() > 0.99
        assert not self.on_board(table, margin=0.03).any()  # one looks a little under its edges, as it has no sides
        assert self.on_board(board).mean() > 0.97

    def test_points_are_at_most_4_cm_apart_up_to_the_border(self) -> None:
        camera, depth, mask = self.seen()
        points = surfaces.level_points(camera, depth, mask)
        spots = np.random.default_rng(1).uniform([-0.6, -0.4], [0.6, 0.4], (4000, 2))
        world = self.outline.pose.apply(np.column_stack([spots, np.zeros(len(spots))]))
        nearest = np.linalg.norm(world[:, None, :2] - points[None, :, :2], axis=-1).min(axis=1)
        assert nearest[self.on_table(world)].max() < 0.04 / np.sqrt(2.0)

    def test_slopes_and_slivers_are_no_surfaces(self) -> None:
        camera, depth, mask = self.seen()
        columns = np.arange(camera.width)
        slope = (depth + 0.002 * columns).astype(np.float32)
        assert len(surfaces.level_points(camera, slope, mask)) == 0
        sliver = mask & (columns < 60)
        assert len(surfaces.level_points(camera, depth, sliver & (columns > 57))) == 0


class TestFraming:
    def test_a_centred_camera_is_unitys_own(self) -> None:
        camera = Camera.at([0.0, 0.0, 1.0], 0.3, -0.2, np.radians(60.0), 320, 240)
        framing = Framing.of(camera)
        assert (framing.width, framing.height, framing.left, framing.top) == (320, 240, 0, 0)
        assert framing.field_of_view_deg == pytest.approx(60.0)

    @pytest.mark.parametrize(("low", "high"), [([70, 50], [150, 110]), ([-60, -20], [100, 100]), ([300, 0], [400, 77])])
    def test_a_part_of_the_image_plane_is_cut_from_one_with_the_axis_in_its_middle(
        self, low: list[int], high: list[int]
    ) -> None:
        camera = Camera.at([0.0, 0.0, 1.0], 0.3, -0.2, 1.0, 320, 240).cropped(low, high)
        framing = Framing.of(camera)
        # The axis of the whole picture is where the camera has it.
        assert framing.width / 2.0 - framing.left == pytest.approx(camera.intrinsics[0, 2])
        assert framing.height / 2.0 - framing.top == pytest.approx(camera.intrinsics[1, 2])
        focal = framing.height / 2.0 / np.tan(np.radians(framing.field_of_view_deg) / 2.0)
        assert focal == pytest.approx(camera.intrinsics[0, 0])
        whole = np.arange(framing.width * framing.height).reshape(framing.height, framing.width)
        assert framing.cut(whole).shape == (camera.height, camera.width)

    def test_other_sizes_show_the_nearest_pixel(self) -> None:
        image = np.arange(12, dtype=np.uint16).reshape(3, 4)
        np.testing.assert_array_equal(resampled(image, 8, 6)[::2, ::2], image)
        np.testing.assert_array_equal(resampled(image, 2, 1), [[5, 7]])


def test_a_pose_is_told_in_degrees_about_unitys_axes() -> None:
    told = frames.pose_to_unity(RigidTransform(rotations.about_z(-np.pi / 2.0), np.array([1.0, 2.0, 3.0])))
    assert told["position"] == {"x": 1.0, "y": 3.0, "z": 2.0}
    assert told["rotation"]["y"] == pytest.approx(90.0)
