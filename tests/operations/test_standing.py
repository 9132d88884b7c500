"""Where things may stand: room, support, and being seen there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gsi_ray.operations.designations import address
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.standing import check_standing, is_supported
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState, Scene, SceneObject
from gsi_ray.spatial import OrientedBox, RigidTransform, rotations
from tests.operations.conftest import SeeScene
from tests.small_scene import TABLE_SIZE, box_asset, small_scene

TABLE = "dining_table_1"
TOP = TABLE_SIZE[2]


def at(view: View, name: str, x: float, y: float, lift: float = 0.0) -> ObjectState:
    """An object with its centre over another point of the table."""
    offset = np.array([x, y, view.state[name].box.center[2] + lift]) - view.state[name].box.center
    return view.state[name].transformed(RigidTransform(translation=offset))


def with_thing(object_id: str, category: str, size: tuple[float, float, float], x: float, y: float, z: float) -> Scene:
    """The small scene with one more box, whose underside is at height z."""
    scene = small_scene()
    pose = RigidTransform(translation=np.array([x, y, z + size[2] / 2.0]))
    return replace(
        scene, objects=(*scene.objects, SceneObject(object_id, box_asset(category, size, "red"), pose, True))
    )


@pytest.mark.parametrize(
    ("x", "y", "lift", "expected"),
    [
        pytest.param(0.0, 0.15, 0.0, None, id="a free spot"),
        pytest.param(0.15, 0.165, 0.0, Rejection.COLLIDES, id="5 mm from the other block"),
        pytest.param(0.15, 0.15, 0.0, None, id="2 cm from the other block"),
        pytest.param(0.4, -0.2, 0.0, Rejection.COLLIDES, id="in the lunch box"),
        pytest.param(0.0, 0.43, 0.0, Rejection.NOT_SUPPORTED, id="over the far edge"),
        pytest.param(0.0, 0.15, 0.05, Rejection.NOT_SUPPORTED, id="in the air"),
        pytest.param(0.0, 0.15, -0.03, Rejection.NOT_SUPPORTED, id="in the table"),
        pytest.param(1.4, 0.0, 0.0, Rejection.LEAVES_VIEW, id="outside of the picture"),
    ],
)
def test_a_block_stands_where_there_is_room(
    view: View, x: float, y: float, lift: float, expected: Rejection | None
) -> None:
    assert check_standing(view, at(view, "block_1", x, y, lift), TABLE) == expected


def test_what_carries_something_stays(see: SeeScene) -> None:
    view = see(with_thing("toy_1", "toy car", (0.05, 0.05, 0.05), -0.45, 0.2, TOP + 0.04))
    assert view.state["toy_1"].supported_by == "book_1"
    assert address(view, view.state["book_1"]) == Rejection.CARRIES_OTHERS


def test_nothing_is_put_where_something_nearer_hides_it(see: SeeScene) -> None:
    view = see(with_thing("carton_1", "carton", (0.25, 0.08, 0.4), 0.0, -0.1, TOP))
    assert check_standing(view, at(view, "block_2", 0.0, 0.2), TABLE) == Rejection.WOULD_BE_HIDDEN
    assert check_standing(view, at(view, "block_2", 0.3, 0.2), TABLE) is None


class TestSupport:
    side = np.linspace(-0.4, 0.4, 21)
    grid = np.stack([*np.meshgrid(side, side), np.full((21, 21), 0.7)], axis=-1).reshape(-1, 3)

    def bears(self, view: View, points: np.ndarray, x: float, yaw: float = 0.0, bottom: float = 0.7) -> bool:
        """Whether a surface through the points bears a box, 10 cm wide and deep, with its underside at a height."""
        shelf = replace(view, support_points={"shelf_1": points})
        box = OrientedBox(np.array([x, 0.0, bottom + 0.05]), np.full(3, 0.1), rotations.about_z(yaw))
        return is_supported(shelf, box, "shelf_1")

    def test_the_whole_footprint_must_lie_on_the_surface(self, view: View) -> None:
        assert [self.bears(view, self.grid, x) for x in (0.0, 0.34, 0.36)] == [True, True, False]

    def test_a_turned_box_needs_more_room(self, view: View) -> None:
        assert [self.bears(view, self.grid, x, np.pi / 4.0) for x in (0.32, 0.34)] == [True, False]

    def test_the_surface_must_be_right_under_it(self, view: View) -> None:
        assert [self.bears(view, self.grid, 0.0, bottom=height) for height in (0.71, 0.704)] == [False, True]
        assert not self.bears(view, np.empty((0, 3)), 0.0)

    def test_each_board_of_a_shelf_bears(self, view: View) -> None:
        boards = np.concatenate([self.grid, self.grid - [0.0, 0.0, 0.3]])
        assert [self.bears(view, boards, 0.0, bottom=height) for height in (0.4, 0.55, 0.7)] == [True, False, True]

    def test_a_hole_in_the_surface_bears_nothing(self, view: View) -> None:
        around_a_sink = self.grid[np.abs(self.grid[:, :2]).max(axis=1) > 0.15]
        assert [self.bears(view, around_a_sink, x) for x in (0.0, 0.14, 0.28)] == [False, False, True]

    def test_what_was_asked_before_makes_no_difference(self, view: View) -> None:
        shelf = replace(view, support_points={"shelf_1": self.grid})
        heights = [0.7105, 0.7055, 0.7, 0.695, 0.693]
        asked = [shelf.surface("shelf_1", height) is not None for height in heights]
        afresh = [replace(shelf).surface("shelf_1", height) is not None for height in heights]
        assert asked == afresh == [False, True, True, True, False]
