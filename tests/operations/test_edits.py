"""Every operation's edits do in space what their words and numbers say, as the camera sees it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import islice

import numpy as np
import pytest

from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.edits import Edit
from gsi_ray.operations.receptacle_placement import PLACEMENTS
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import ObjectState
from gsi_ray.simulators.protocol import Remove, SetPose, SetScale
from gsi_ray.spatial import clearance, rotations
from tests.small_scene import TABLE_SIZE

EditsOf = Callable[[str], list[tuple[View, Edit]]]


@pytest.fixture(scope="module")
def edits_of(views: tuple[View, ...]) -> EditsOf:
    """The first edits that an operation finds in each of the views, with the view."""

    @cache
    def edits_of(name: str) -> list[tuple[View, Edit]]:
        found = []
        for number, view in enumerate(views):
            candidates = OPERATIONS[name].candidates(view, np.random.default_rng(number))
            edits = list(islice((one for one in candidates if isinstance(one, Edit)), 25))
            assert len(edits) >= 2
            found += [(view, edit) for edit in edits]
        return found

    return edits_of


def before_and_after(view: View, edit: Edit) -> tuple[ObjectState, ObjectState]:
    assert edit.target is not None
    return view.state[edit.target.object_id], edit.ideal[edit.target.object_id]


def in_view_of(view: View, offset: np.ndarray) -> np.ndarray:
    """A world offset as right, away from the camera, up."""
    right = view.camera.rotation[0] * [1.0, 1.0, 0.0]
    right = right / np.linalg.norm(right)
    return np.array([offset @ right, offset @ np.cross([0.0, 0.0, 1.0], right), offset[2]])


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_same_seed_gives_the_same_candidates(name: str, view: View) -> None:
    def described(seed: int) -> list[object]:
        candidates = islice(OPERATIONS[name].candidates(view, np.random.default_rng(seed)), 15)
        return [
            one if isinstance(one, Rejection) else (one.target, one.reference, one.parameters) for one in candidates
        ]

    assert described(3) == described(3)
    assert described(3) != described(4)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_edit_changes_nothing_but_its_target(name: str, edits_of: EditsOf) -> None:
    for view, edit in edits_of(name):
        target = edit.target.object_id if edit.target else None
        assert edit.operation == name
        assert (edit.change is None) == (target is None)
        assert edit.change is None or edit.change.object_id == target
        for item in view.state.objects:
            if item.object_id != target:
                assert edit.ideal[item.object_id] is item


@pytest.mark.parametrize(
    "name", ["camera_movement", "object_placement", "object_rotation", "receptacle_placement", "object_scaling"]
)
def test_the_outcome_stands_free_on_its_support_in_full_view(name: str, edits_of: EditsOf) -> None:
    half = np.array(TABLE_SIZE[:2]) / 2.0
    for view, edit in edits_of(name):
        _, after = before_and_after(view, edit)
        assert after.supported_by == "dining_table_1"
        assert after.box.bottom == pytest.approx(TABLE_SIZE[2], abs=0.003)
        assert np.all(np.abs(after.box.footprint) <= half)
        others = [item.box for item in edit.ideal.others([after.object_id, "dining_table_1"])]
        assert clearance([after.box], others) >= view.choices.clearance_m - 1e-9
        pixels, depth = edit.camera.project(after.box.corners)
        assert np.all(depth > 0.0)
        assert np.all((pixels >= 0.0) & (pixels <= [edit.camera.width, edit.camera.height]))


@pytest.mark.parametrize("name", ["camera_movement", "object_placement", "object_rotation", "receptacle_placement"])
def test_the_transform_carries_the_pose_before_to_the_one_asked_of_the_simulator(name: str, edits_of: EditsOf) -> None:
    for view, edit in edits_of(name):
        before, after = before_and_after(view, edit)
        assert edit.transform is not None
        assert isinstance(edit.change, SetPose)
        expected = (edit.transform @ before.box.pose).matrix
        np.testing.assert_allclose(after.box.pose.matrix, expected, atol=1e-12)
        np.testing.assert_allclose(edit.change.pose.matrix, expected, atol=1e-12)


def test_camera_movement_goes_the_distance_in_the_direction_seen(edits_of: EditsOf) -> None:
    axes = {"left": [-1, 0, 0], "right": [1, 0, 0], "forward": [0, 1, 0], "backward": [0, -1, 0]}
    seen = set()
    for view, edit in edits_of("camera_movement"):
        before, after = before_and_after(view, edit)
        moved = in_view_of(view, after.box.center - before.box.center)
        direction, distance = edit.parameters.direction, edit.parameters.distance_m
        assert distance in view.choices.movements_m
        np.testing.assert_allclose(moved, distance * np.array(axes[direction]), atol=1e-9)
        seen.add(direction)
    assert seen == set(axes)


def test_object_placement_puts_the_centre_at_the_distance_beside_the_reference(edits_of: EditsOf) -> None:
    axes = {"left_of": [-1, 0], "right_of": [1, 0], "in_front_of": [0, -1], "behind": [0, 1]}
    for view, edit in edits_of("object_placement"):
        _, after = before_and_after(view, edit)
        assert edit.reference is not None
        offset = in_view_of(view, after.box.center - view.state[edit.reference.object_id].box.center)
        expected = edit.parameters.distance_m * np.array(axes[edit.parameters.relation])
        np.testing.assert_allclose(offset[:2], expected, atol=1e-9)


def test_in_front_of_is_nearer_to_the_camera(edits_of: EditsOf) -> None:
    for view, edit in edits_of("object_placement"):
        _, after = before_and_after(view, edit)
        depths = [
            view.camera.project(one.box.center * [1, 1, 0])[1] for one in (after, view.state[edit.reference.object_id])
        ]
        if edit.parameters.relation in ("in_front_of", "behind"):
            assert (depths[0] < depths[1]) == (edit.parameters.relation == "in_front_of")


def test_object_rotation_turns_by_the_angle_as_seen_from_above_about_the_centre(edits_of: EditsOf) -> None:
    for view, edit in edits_of("object_rotation"):
        before, after = before_and_after(view, edit)
        np.testing.assert_allclose(after.box.center, before.box.center, atol=1e-12)
        turned = after.box.rotation @ before.box.rotation.T
        sign = {"clockwise": -1.0, "counterclockwise": 1.0}[edit.parameters.direction]
        angle = sign * np.radians(edit.parameters.angle_deg)
        assert rotations.angle_between(turned, rotations.about_z(angle)) < 1e-6


def test_object_rotation_shows_on_the_shape(edits_of: EditsOf) -> None:
    for view, edit in edits_of("object_rotation"):
        before, _ = before_and_after(view, edit)
        assert before.category != "soup can"
        assert not (before.yaw_symmetry == 2 and edit.parameters.angle_deg == 180.0)


def test_receptacle_placement_goes_to_the_spot_that_the_camera_sees(view: View, edits_of: EditsOf) -> None:
    for seen, edit in edits_of("receptacle_placement"):
        if seen is not view:
            continue
        _, after = before_and_after(view, edit)
        assert edit.reference is not None and edit.reference.category == "dining table"
        # From the near edge, right is x and away is y. At an edge the box all but touches it.
        for axis, side in enumerate(PLACEMENTS[edit.parameters.placement]):
            half = TABLE_SIZE[axis] / 2.0
            reach = float(np.ptp(after.box.footprint[:, axis])) / 2.0
            assert after.box.center[axis] == pytest.approx(side * (half - reach - 0.03), abs=1e-3)


def test_object_scaling_keeps_the_middle_of_the_underside(edits_of: EditsOf) -> None:
    for view, edit in edits_of("object_scaling"):
        before, after = before_and_after(view, edit)
        assert isinstance(edit.change, SetScale)
        assert edit.change.factor == edit.parameters.factor
        np.testing.assert_allclose(after.box.size, edit.parameters.factor * before.box.size)
        np.testing.assert_allclose(after.box.center[:2], before.box.center[:2], atol=1e-12)
        assert after.box.bottom == pytest.approx(before.box.bottom)


def test_spatial_removal_takes_the_one_that_leads_its_kind(edits_of: EditsOf) -> None:
    measures = {
        "leftmost": lambda view, item: -view.camera.project(item.box.center)[0][0],
        "rightmost": lambda view, item: view.camera.project(item.box.center)[0][0],
        "closest": lambda view, item: -np.linalg.norm(item.box.center - view.camera.position),
        "farthest": lambda view, item: np.linalg.norm(item.box.center - view.camera.position),
        "highest": lambda view, item: item.box.top,
        "lowest": lambda view, item: -item.box.bottom,
    }
    for view, edit in edits_of("spatial_removal"):
        assert edit.target is not None and isinstance(edit.change, Remove)
        assert edit.target.object_id not in edit.ideal
        assert edit.parameters.superlative == edit.target.superlative
        kind = [item for item in view.in_view if item.category == edit.target.category]
        assert len(kind) > 1
        best = max(kind, key=lambda item: measures[edit.parameters.superlative](view, item))
        assert best.object_id == edit.target.object_id


def test_perspective_control_moves_turns_and_tilts_the_camera_as_said(edits_of: EditsOf) -> None:
    steps = {"left": [-1, 0, 0], "right": [1, 0, 0], "forward": [0, 1, 0], "backward": [0, -1, 0]}
    axes = set()
    for view, edit in edits_of("perspective_control"):
        old, new, parameters = view.camera, edit.camera, edit.parameters
        axes.add(parameters.axis)
        np.testing.assert_array_equal(new.intrinsics, old.intrinsics)
        assert edit.transform is not None
        np.testing.assert_allclose((edit.transform @ old.pose).matrix, new.pose.matrix, atol=1e-12)
        assert new.rotation[0, 2] == pytest.approx(0.0, abs=1e-12)  # still level
        moved = in_view_of(view, new.position - old.position)
        if parameters.axis == "move":
            np.testing.assert_allclose(moved, parameters.distance_m * np.array(steps[parameters.direction]), atol=1e-9)
            np.testing.assert_allclose(new.rotation, old.rotation, atol=1e-12)
            continue
        np.testing.assert_allclose(moved, 0.0, atol=1e-9)
        assert np.degrees(rotations.angle_between(new.rotation, old.rotation)) == pytest.approx(parameters.angle_deg)
        # Where the old camera looked is now on the other side.
        pixel, _ = new.project(old.position + old.forward)
        shift = pixel - [new.width / 2.0, new.height / 2.0]
        axis, sign = {"left": (0, 1), "right": (0, -1), "up": (1, 1), "down": (1, -1)}[parameters.direction]
        assert sign * shift[axis] > 5.0
        if parameters.axis == "pitch":
            assert shift[0] == pytest.approx(0.0, abs=1e-6)
    assert axes == {"move", "yaw", "pitch"}
