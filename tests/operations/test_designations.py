"""The words for an object fit it alone, as far as anyone can see in the picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gsi_ray.operations.designations import SUPERLATIVES, designate, designate_by_look, designate_by_place, rivals_of
from gsi_ray.operations.edits import Designation
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import Scene
from tests.operations.conftest import CAMERAS, SeeScene
from tests.small_scene import small_scene


def with_assets(**changes: dict[str, object]) -> Scene:
    """The small scene with some objects of another category, look or (by name only) colour."""
    scene = small_scene()
    objects = tuple(
        replace(item, asset=replace(item.asset, **changes.get(item.object_id, {}))) for item in scene.objects
    )
    return replace(scene, objects=objects)


def words(view: View, object_id: str) -> tuple[str, str | None, str | None] | None:
    found = designate(view, view.state[object_id])
    return (found.category, found.color, found.superlative) if found else None


def test_the_only_one_of_its_kind_needs_no_more_words(view: View) -> None:
    assert designate(view, view.state["book_1"]) == Designation("book_1", "book")


def test_two_of_a_kind_are_told_apart_by_colour(view: View) -> None:
    assert words(view, "block_1") == ("toy block", "red", None)
    assert words(view, "block_2") == ("toy block", "blue", None)


@pytest.mark.parametrize(("one", "other"), [("red", "orange"), ("blue", "purple"), ("red", "red"), ("red", "")])
def test_colours_that_people_confuse_single_nothing_out(see: SeeScene, one: str, other: str) -> None:
    view = see(with_assets(block_1={"color": one}, block_2={"color": other}))
    assert designate_by_look(view, view.state["block_1"]) is None
    assert words(view, "block_1") == ("toy block", None, "leftmost")


def test_a_colour_must_look_it_in_the_picture(see: SeeScene) -> None:
    painted_red = small_scene().objects[3].asset.visuals
    view = see(with_assets(block_2={"visuals": painted_red}))
    assert (view.state["block_1"].color, view.state["block_2"].color) == ("red", "blue")
    assert designate_by_look(view, view.state["block_1"]) is None


def test_alike_things_are_told_apart_by_place(view: View) -> None:
    assert words(view, "soup_can_1") == ("soup can", None, "leftmost")
    assert words(view, "soup_can_3") == ("soup can", None, "rightmost")
    assert words(view, "soup_can_2") is None


def test_left_and_right_are_the_cameras(views: tuple[View, ...]) -> None:
    from_behind = views[2]
    assert words(from_behind, "soup_can_1") == ("soup can", None, "rightmost")


def test_a_thing_alone_of_its_kind_is_the_most_of_nothing(view: View) -> None:
    assert designate_by_place(view, view.state["book_1"]) is None


@pytest.mark.parametrize(
    ("superlative", "choices"),
    [("leftmost", {"superlative_margin_image": 0.4}), ("farthest", {"superlative_margin_m": 0.5})],
)
def test_a_superlative_holds_by_a_margin_only(see: SeeScene, superlative: str, choices: dict[str, float]) -> None:
    leading = {"leftmost": "soup_can_1", "farthest": "block_2"}[superlative]
    for expected, view in ((True, see(small_scene())), (False, see(small_scene(), **choices))):
        item = view.state[leading]
        assert SUPERLATIVES[superlative].holds(view, item, rivals_of(view, item)) == expected


def test_words_also_fit_what_ends_in_them(see: SeeScene) -> None:
    view = see(with_assets(book_1={"category": "box"}, block_1={"category": "mailbox"}))

    def rivals(object_id: str) -> list[str]:
        return [rival.object_id for rival in rivals_of(view, view.state[object_id])]

    assert rivals("book_1") == ["lunch_box_1"]
    assert rivals("lunch_box_1") == []
    assert rivals("block_1") == []


def test_what_is_not_in_the_picture_is_no_rival(see: SeeScene) -> None:
    whole = see(small_scene())
    column = int(sum(whole.bounds(whole.state[name])[side] for name, side in (("block_1", 2), ("block_2", 0))) / 2.0)
    view = see(small_scene(), CAMERAS[0].cropped([0, 0], [column, CAMERAS[0].height]))
    assert words(view, "block_1") == ("toy block", None, None)
