"""An edit that takes another back: found by geometry, done by the simulator, and ending at the very beginning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.camera_movement import CameraMovement
from gsi_ray.operations.designations import address
from gsi_ray.operations.directions import DIRECTIONS, OPPOSITES
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.moves import rigid_edit
from gsi_ray.operations.operation import Invertible
from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling.loaded_scene import LoadedScene, Outcome, SeenView
from gsi_ray.spatial import RigidTransform

INVERTIBLE = ["camera_movement", "object_rotation", "object_scaling", "perspective_control"]


def carried_out(loaded: LoadedScene, seen: SeenView, name: str, seed: int = 1) -> Outcome:
    outcome, _ = loaded.attempt(seen, OPERATIONS[name], np.random.default_rng(seed))
    assert outcome is not None
    return outcome


def carried_out_reversibly(loaded: LoadedScene, seen: SeenView, name: str) -> Outcome:
    """By numbers that can be said backwards, as not every factor can; and so that the target still shows."""
    outcomes = (carried_out(loaded, seen, name, seed) for seed in range(1, 20))
    return next(outcome for outcome in outcomes if outcome.edit.parameters.factor in (None, 2.0))


def taken_back(loaded: LoadedScene, seen: SeenView, outcome: Outcome) -> Outcome | Rejection:
    operation = OPERATIONS[outcome.edit.operation]
    assert isinstance(operation, Invertible)
    return loaded.take_back(seen, operation, outcome, loaded.see_after(seen, outcome))


def slid(seen: SeenView, object_id: str, direction: str, distance: float) -> Edit:
    """A movement as the operation makes it, by any distance."""
    target = address(seen.view, seen.view.state[object_id])
    assert isinstance(target, Designation)
    edit = rigid_edit(
        seen.view,
        "camera_movement",
        Parameters(direction=direction, distance_m=distance),
        target,
        RigidTransform(translation=distance * DIRECTIONS[direction](seen.view.camera)),
        supporter="dining_table_1",
    )
    assert isinstance(edit, Edit)
    return edit


def test_the_operations_whose_numbers_can_be_said_backwards_are_invertible() -> None:
    assert [name for name, operation in OPERATIONS.items() if isinstance(operation, Invertible)] == [
        "camera_movement",
        "object_rotation",
        "perspective_control",
        "object_scaling",
    ]


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_next_edit_starts_from_the_same_pixels_and_state(name: str, loaded: LoadedScene, seen: SeenView) -> None:
    outcome = carried_out(loaded, seen, name)
    left = loaded.see_after(seen, outcome)
    for image in ("rgb", "depth", "instances"):
        np.testing.assert_array_equal(getattr(left.before, image), getattr(outcome.after, image))
    assert left.before.camera == outcome.after.camera
    assert [record.box for record in left.before.objects] == [record.box for record in outcome.after.objects]
    assert left.view.state is outcome.moment.state


@pytest.mark.parametrize("name", INVERTIBLE)
def test_an_inverse_leads_back_to_the_very_scene_and_picture(name: str, loaded: LoadedScene, seen: SeenView) -> None:
    done = carried_out_reversibly(loaded, seen, name)
    back = taken_back(loaded, seen, done)
    assert isinstance(back, Outcome)
    assert back.edit.operation == name
    assert back.after is seen.before
    assert back.edit.camera == seen.view.camera
    there, again = done.edit.parameters, back.edit.parameters
    if name == "object_scaling":
        assert there.factor is not None and again.factor == pytest.approx(1.0 / there.factor)
    else:
        assert again.direction == OPPOSITES[there.direction or ""]
        assert (again.axis, again.distance_m, again.angle_deg) == (there.axis, there.distance_m, there.angle_deg)
    assert done.transform is not None and back.transform is not None
    np.testing.assert_allclose((back.transform @ done.transform).matrix, np.eye(4), atol=1e-9)


@pytest.mark.parametrize("name", INVERTIBLE)
def test_the_figures_of_an_inverse_are_those_of_its_own_sides(name: str, loaded: LoadedScene, seen: SeenView) -> None:
    done = carried_out_reversibly(loaded, seen, name)
    back = taken_back(loaded, seen, done)
    assert isinstance(back, Outcome)
    assert back.quality.changed_fraction == done.quality.changed_fraction
    assert back.quality.target_pixels_before == done.quality.target_pixels_after
    assert back.quality.target_pixels_after == done.quality.target_pixels_before
    assert back.deviation is not None and back.deviation.position_m <= 0.005
    if back.edit.target is not None:
        ideal, actual = back.edit.ideal, seen.view.state
        name = back.edit.target.object_id
        apart = np.linalg.norm(ideal[name].box.center - actual[name].box.center)
        assert back.deviation.position_m == pytest.approx(float(apart))


def test_an_inverse_names_its_target_by_where_it_is_then(loaded: LoadedScene, seen: SeenView) -> None:
    done = loaded.carry_out(seen, slid(seen, "soup_can_3", "left", 0.75))
    assert isinstance(done, Outcome)
    back = taken_back(loaded, seen, done)
    assert isinstance(back, Outcome)
    assert done.edit.target == Designation("soup_can_3", "soup can", superlative="rightmost")
    assert back.edit.target == Designation("soup_can_3", "soup can", superlative="leftmost")


def test_what_no_words_single_out_any_more_is_not_taken_back(loaded: LoadedScene, seen: SeenView) -> None:
    done = loaded.carry_out(seen, slid(seen, "soup_can_3", "left", 0.4))
    assert isinstance(done, Outcome)
    assert taken_back(loaded, seen, done) == Rejection.AMBIGUOUS


def test_a_scaling_whose_reciprocal_cannot_be_said_is_not_taken_back(loaded: LoadedScene, seen: SeenView) -> None:
    outcomes = (carried_out(loaded, seen, "object_scaling", seed) for seed in range(20))
    outcome = next(outcome for outcome in outcomes if outcome.edit.parameters.factor == 1.5)
    assert taken_back(loaded, seen, outcome) == Rejection.NO_INVERSE


def test_a_return_that_ends_elsewhere_is_rejected(loaded: LoadedScene, seen: SeenView) -> None:
    edit = slid(seen, "block_1", "left", 0.1)
    done = loaded.carry_out(seen, replace(edit, parameters=replace(edit.parameters, distance_m=0.15)))
    assert isinstance(done, Outcome)
    left = loaded.see_after(seen, done)
    assert isinstance(CameraMovement().inverse(seen.view, done.edit, left.view), Edit)
    assert taken_back(loaded, seen, done) == Rejection.OFF_IDEAL
