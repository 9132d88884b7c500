"""An edit is carried out, compared with what was asked and with doing nothing, and undone."""

from __future__ import annotations

import numpy as np
import pytest

from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling.loaded_scene import LoadedScene, Outcome, SeenView
from gsi_ray.simulators.protocol import Simulator
from tests.sampling.edits import move


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_works_out_and_leaves_the_scene_as_it_was(
    name: str, loaded: LoadedScene, seen: SeenView, simulator: Simulator
) -> None:
    simulator.restore(seen.situation.snapshot)
    before = [(item.object_id, item.box.center.tolist(), item.box.size.tolist()) for item in simulator.state().objects]
    outcome, _ = loaded.attempt(seen, OPERATIONS[name], np.random.default_rng(1))
    assert isinstance(outcome, Outcome)
    assert outcome.edit.operation == name
    assert outcome.quality.changed_fraction > 0.0
    after = [(item.object_id, item.box.center.tolist(), item.box.size.tolist()) for item in simulator.state().objects]
    assert after == before


def test_an_outcome_is_the_same_whatever_was_tried_before(loaded: LoadedScene, seen: SeenView) -> None:
    edit = move(seen.view, "block_1", 0.05, 0.1, 0.0)
    first = loaded.carry_out(seen, edit)
    loaded.attempt(seen, OPERATIONS["object_scaling"], np.random.default_rng(2))
    loaded.attempt(seen, OPERATIONS["spatial_removal"], np.random.default_rng(2))
    again = loaded.carry_out(seen, edit)
    assert isinstance(first, Outcome) and isinstance(again, Outcome)
    np.testing.assert_array_equal(first.after.rgb, again.after.rgb)
    np.testing.assert_array_equal(first.after.depth, again.after.depth)
    assert (first.deviation, first.quality) == (again.deviation, again.quality)


def test_the_frame_after_shows_the_outcome(loaded: LoadedScene, seen: SeenView) -> None:
    outcome = loaded.carry_out(seen, move(seen.view, "block_1", 0.05, 0.1, 0.0))
    assert isinstance(outcome, Outcome)
    boxes = [
        next(record.box for record in frame.objects if record.object_id == "block_1")
        for frame in (seen.before, outcome.after)
    ]
    np.testing.assert_allclose(boxes[1].center - boxes[0].center, [0.05, 0.1, 0.0], atol=1e-3)


def test_what_falls_is_off_the_ideal(loaded: LoadedScene, seen: SeenView) -> None:
    assert loaded.carry_out(seen, move(seen.view, "block_1", 0.05, 0.1, 0.1)) == Rejection.OFF_IDEAL
    assert loaded.carry_out(seen, move(seen.view, "block_1", 0.0, 0.45, 0.0)) == Rejection.OFF_IDEAL


def test_what_pushes_something_else_aside_is_rejected(loaded: LoadedScene, seen: SeenView) -> None:
    assert loaded.carry_out(seen, move(seen.view, "block_1", 0.19, 0.2, 0.0)) == Rejection.BYSTANDER_MOVED


def test_what_the_simulator_refuses_is_rejected(loaded: LoadedScene, seen: SeenView) -> None:
    assert loaded.carry_out(seen, move(seen.view, "dining_table_1", 0.1, 0.0, 0.0)) == Rejection.ACTION_REFUSED


def test_what_hardly_changes_the_picture_is_rejected(loaded: LoadedScene, seen: SeenView) -> None:
    assert loaded.carry_out(seen, move(seen.view, "block_1", 0.0, 1e-4, 0.0)) == Rejection.HARDLY_CHANGED
