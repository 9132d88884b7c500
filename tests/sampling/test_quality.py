"""The pictures must show the edit, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling import quality
from gsi_ray.sampling.loaded_scene import LoadedScene, Outcome, SeenView
from gsi_ray.sampling.settings import QualityLimits
from gsi_ray.sampling.triplet import Frame, Quality
from tests.sampling.edits import move

LIMITS = QualityLimits()


@pytest.fixture(scope="module")
def after(loaded: LoadedScene, seen: SeenView) -> Frame:
    """The red block moved away from the camera, out of its own shadow."""
    outcome = loaded.carry_out(seen, move(seen.view, "block_1", 0.0, 0.15, 0.0))
    assert isinstance(outcome, Outcome)
    return outcome.after


def measured(seen: SeenView, after: Frame) -> Quality:
    return quality.measure(seen.before, after, "block_1", seen.view.state.lights)


def test_the_target_its_shading_and_its_shadow_explain_all_that_changes(seen: SeenView, after: Frame) -> None:
    found = measured(seen, after)
    number = seen.view.state["block_1"].instance
    masks = (seen.before.instances == number) | (after.instances == number)
    changed = np.abs(seen.before.rgb.astype(int) - after.rgb).max(axis=2) > 6
    assert found.changed_fraction == pytest.approx(changed.mean())
    assert (changed & ~masks).mean() > 0.001  # the shadow did move
    assert found.outside_change == pytest.approx(0.0, abs=2e-4)
    assert quality.check(found, after, LIMITS) is None


def test_a_change_elsewhere_is_found(seen: SeenView, after: Frame) -> None:
    rgb = after.rgb.copy()
    rgb[-20:, :20] = 255 - rgb[-20:, :20]  # on the floor in the corner, far from the block
    found = measured(seen, replace(after, rgb=rgb))
    assert found.outside_change == pytest.approx(400 / after.instances.size, rel=0.1)
    assert quality.check(found, after, LIMITS) == Rejection.CHANGED_ELSEWHERE


def test_differences_too_small_to_see_do_not_count(seen: SeenView) -> None:
    shade = np.clip(seen.before.rgb.astype(int) + 5, 0, 255).astype(np.uint8)
    found = measured(seen, replace(seen.before, rgb=shade))
    assert found.changed_fraction == 0.0
    assert quality.check(found, seen.before, LIMITS) == Rejection.HARDLY_CHANGED


def test_target_pixels_and_visibility_are_those_of_the_frames(seen: SeenView, after: Frame) -> None:
    found = measured(seen, after)
    number = seen.view.state["block_1"].instance
    assert found.target_pixels_before == np.count_nonzero(seen.before.instances == number)
    assert found.target_pixels_after == np.count_nonzero(after.instances == number)
    assert found.target_visible_before == pytest.approx(1.0, abs=0.02)


def test_a_removed_target_has_no_figures_afterwards(seen: SeenView, after: Frame) -> None:
    gone = tuple(record for record in after.objects if record.object_id != "block_1")
    found = measured(seen, replace(after, objects=gone))
    assert (found.target_pixels_after, found.target_visible_after) == (None, None)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, None),
        ({"changed_fraction": 0.0001}, Rejection.HARDLY_CHANGED),
        ({"target_pixels_after": 3}, Rejection.TARGET_SMALL),
        ({"target_visible_after": 0.3}, Rejection.TARGET_HIDDEN),
        ({"outside_change": 0.1}, Rejection.CHANGED_ELSEWHERE),
    ],
)
def test_each_limit_has_its_rejection(after: Frame, figures: dict[str, float], expected: Rejection | None) -> None:
    good = Quality(0.05, 400, 400, 1.0, 0.9, 0.0)
    assert quality.check(replace(good, **figures), after, LIMITS) == expected


class TestCameraMoves:
    def test_only_the_change_as_a_whole_is_measured(self, seen: SeenView, after: Frame) -> None:
        found = quality.measure(seen.before, after, None, seen.view.state.lights)
        assert found.changed_fraction > 0.0
        assert (found.target_pixels_before, found.target_visible_after, found.outside_change) == (None, None, None)

    def test_a_view_must_not_be_filled_by_something_near(self, after: Frame) -> None:
        moved = Quality(0.5, None, None, None, None, None)
        assert quality.check(moved, after, LIMITS) is None
        depth = after.depth.copy()
        depth[:, :60] = 0.2
        assert quality.check(moved, replace(after, depth=depth), LIMITS) == Rejection.VIEW_BLOCKED

    def test_a_view_must_show_a_few_things(self, after: Frame) -> None:
        moved = Quality(0.5, None, None, None, None, None)
        assert quality.check(moved, replace(after, objects=after.objects[:2]), LIMITS) == Rejection.VIEW_BLOCKED
