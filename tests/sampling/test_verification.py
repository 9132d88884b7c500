"""An outcome is compared with the ideal, and bystanders with a control."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling.loaded_scene import SeenView
from gsi_ray.sampling.settings import Tolerances
from gsi_ray.sampling.verification import Deviation, achieved_transform, bystander_moved, check_target, deviation
from gsi_ray.scenes.scene import ObjectState, SceneState
from gsi_ray.spatial import RigidTransform, rotations
from tests.sampling.edits import move

TOLERANCES = Tolerances(position_m=0.005, rotation_deg=1.0, bystander_position_m=0.002, bystander_rotation_deg=0.5)


def displaced(item: ObjectState, millimetres: float = 0.0, degrees: float = 0.0) -> ObjectState:
    """An object shifted along y and turned about a level axis through its centre."""
    turn = rotations.about_axis([1.0, 0.0, 0.0], np.radians(degrees))
    center = item.box.center
    shift = center - turn @ center + [0.0, millimetres / 1000.0, 0.0]
    return item.transformed(RigidTransform(turn, shift))


def with_displaced(state: SceneState, object_id: str, millimetres: float, degrees: float) -> SceneState:
    return state.replacing(displaced(state[object_id], millimetres, degrees))


def test_deviation_is_in_metres_and_degrees(seen: SeenView) -> None:
    item = seen.view.state["book_1"]
    found = deviation(displaced(item, 3.0, 2.0), item)
    assert (found.position_m, found.rotation_deg) == (pytest.approx(0.003), pytest.approx(2.0))


@pytest.mark.parametrize(
    ("millimetres", "degrees", "accepted"),
    [(0.0, 0.0, True), (4.5, 0.0, True), (5.5, 0.0, False), (0.0, 0.9, True), (0.0, 1.1, False)],
)
def test_a_target_may_be_off_by_its_tolerances(
    seen: SeenView, millimetres: float, degrees: float, accepted: bool
) -> None:
    edit = move(seen.view, "block_1", 0.1, 0.0, 0.0)
    verdict = check_target(edit, with_displaced(edit.ideal, "block_1", millimetres, degrees), TOLERANCES)
    if accepted:
        assert isinstance(verdict, Deviation)
        assert verdict.position_m == pytest.approx(millimetres / 1000.0)
        assert verdict.rotation_deg == pytest.approx(degrees)
    else:
        assert verdict == Rejection.OFF_IDEAL


def test_a_target_must_stand_on_what_it_was_put_on(seen: SeenView) -> None:
    edit = move(seen.view, "block_1", 0.1, 0.0, 0.0)
    elsewhere = replace(edit.ideal["block_1"], supported_by="book_1")
    assert check_target(edit, edit.ideal.replacing(elsewhere), TOLERANCES) == Rejection.OFF_IDEAL


def test_a_removed_target_has_no_deviation(seen: SeenView) -> None:
    edit = replace(move(seen.view, "block_1", 0.1, 0.0, 0.0), ideal=seen.view.state.without("block_1"))
    assert check_target(edit, seen.view.state.without("block_1"), TOLERANCES) is None


@pytest.mark.parametrize(
    ("millimetres", "degrees", "moved"), [(1.5, 0.0, False), (2.5, 0.0, True), (0.0, 0.4, False), (0.0, 0.6, True)]
)
def test_bystanders_stay_where_the_control_has_them(
    seen: SeenView, millimetres: float, degrees: float, moved: bool
) -> None:
    edit = move(seen.view, "block_1", 0.1, 0.0, 0.0)
    control = with_displaced(seen.view.state, "book_1", 20.0, 5.0)  # it creeps with or without the edit
    actual = with_displaced(control.replacing(edit.ideal["block_1"]), "book_1", millimetres, degrees)
    assert bystander_moved(edit, actual, control, TOLERANCES) == moved


def test_the_achieved_transform_leads_to_where_the_target_came_to_rest(seen: SeenView) -> None:
    edit = move(seen.view, "block_1", 0.1, 0.0, 0.0)
    actual = with_displaced(edit.ideal, "block_1", 2.0, 0.5)
    achieved = achieved_transform(edit, seen.view.state, actual)
    assert achieved is not None
    before = seen.view.state["block_1"].box
    np.testing.assert_allclose(before.transformed(achieved).corners, actual["block_1"].box.corners, atol=1e-12)
