"""What the exact protocol promises: the truth scores 1, the picture before complies with nothing, and every mistake
costs the measure that is about it, the more the larger it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from gsi_ray.editors import create_editor
from gsi_ray.evaluation.exact import ExactScores, Truth, WrongSize, score_exactly
from gsi_ray.operations import OPERATIONS
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.simulators import create_simulator
from tests.drawn_samples import draw_samples

PIXELS = 256
MOVES = ("camera_movement", "object_placement", "receptacle_placement")
ON_THE_SPOT = ("object_rotation", "object_scaling")

Scored = Callable[[str], dict[str, ExactScores]]


def score(sample: Triplet, picture: NDArray[np.uint8]) -> ExactScores:
    return score_exactly(Truth.of(sample), picture, sample.after.camera.width)


@pytest.fixture(scope="module")
def samples() -> dict[str, Triplet]:
    """One of each operation: that which shows best."""
    simulator = create_simulator("mujoco")
    drawn = [
        sample
        for split in ("train", "val")
        for sample in draw_samples(simulator, "tabletop", split, dict.fromkeys(OPERATIONS, 1), pixels=PIXELS)
    ]
    simulator.close()
    drawn.sort(key=lambda sample: sample.quality.changed_fraction * contrast(sample))
    return {sample.operation: sample for sample in drawn}


def contrast(sample: Triplet) -> float:
    """How much, on the whole, the two pictures differ where they do."""
    difference = np.abs(sample.after.rgb.astype(int) - sample.before.rgb).max(axis=-1)
    return float(difference[difference > 6].mean())


@pytest.fixture(scope="module")
def scored(samples: dict[str, Triplet]) -> Scored:
    """The scores of an editor's edits, by operation; without those that it cannot make."""
    known: dict[str, dict[str, ExactScores]] = {}

    def scores(editor_name: str) -> dict[str, ExactScores]:
        if editor_name not in known:
            editor = create_editor(editor_name)
            edits = zip(samples.values(), editor.edit(list(samples.values())), strict=True)
            known[editor_name] = {
                sample.operation: score(sample, edit.rgb) for sample, edit in edits if edit.rgb is not None
            }
            editor.close()
        return known[editor_name]

    return scores


def test_there_is_a_sample_of_each_operation(samples: dict[str, Triplet]) -> None:
    assert set(samples) == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_truth_scores_one_in_everything(scored: Scored, operation: str) -> None:
    scores = scored("truth")[operation]
    known = [scores.compliance, scores.accuracy, scores.objects, scores.appearance, scores.region, scores.ssim]
    assert min(value for value in known if value is not None) > 0.99
    assert max(scores.pixel_error or 0.0, scores.mse or 0.0) < 0.2


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_picture_before_complies_with_nothing(scored: Scored, operation: str) -> None:
    scores = scored("identity")[operation]
    assert scores.compliance == 0.0
    assert scores.accuracy == 0.0
    assert scores.region in (0.0, None)


class TestATargetBesideItsGoal:
    @pytest.mark.parametrize("operation", MOVES)
    def test_is_found_as_far_from_it_as_it_is(self, scored: Scored, operation: str) -> None:
        for centimetres in (2, 4):
            error = scored(f"shifted-{centimetres}cm")[operation].position_error_m
            assert error == pytest.approx(centimetres / 100.0, abs=0.008)

    @pytest.mark.parametrize("operation", MOVES)
    def test_loses_accuracy_with_the_distance(self, scored: Scored, operation: str) -> None:
        accuracies = [scored(name)[operation].accuracy for name in ("truth", "shifted-2cm", "shifted-4cm")]
        assert sorted(accuracies, reverse=True) == accuracies
        assert accuracies[0] - accuracies[-1] > 0.2

    @pytest.mark.parametrize("operation", MOVES)
    def test_does_not_count_as_a_disturbance_of_others(self, scored: Scored, operation: str) -> None:
        assert scored("shifted-4cm")[operation].objects > 0.9

    @pytest.mark.parametrize("operation", MOVES)
    def test_complies_as_far_as_it_went(self, scored: Scored, operation: str) -> None:
        compliances = [scored(name)[operation].compliance for name in ("truth", "undershoot-25pct", "undershoot-75pct")]
        assert sorted(compliances, reverse=True) == compliances
        assert compliances[-1] < 0.5


class TestATargetTurnedOrResizedWrong:
    def test_a_wrong_angle_costs_compliance_and_accuracy(self, scored: Scored) -> None:
        turns = [scored(name)["object_rotation"] for name in ("truth", "turned-20deg", "turned-60deg")]
        assert turns[0].compliance > turns[1].compliance > turns[2].compliance
        assert turns[0].accuracy > turns[1].accuracy > turns[2].accuracy

    def test_a_wrong_factor_costs_accuracy(self, scored: Scored) -> None:
        sizes = [scored(name)["object_scaling"].accuracy for name in ("truth", "undershoot-25pct", "undershoot-75pct")]
        assert sizes[0] > sizes[1] > sizes[2]


@pytest.mark.parametrize("operation", [*MOVES, *ON_THE_SPOT, "spatial_removal"])
def test_doing_it_to_another_thing_does_not_comply_and_disturbs(scored: Scored, operation: str) -> None:
    if operation not in scored("wrong-object"):
        pytest.fail(f"no other thing could be taken for {operation}: choose another sample")
    scores = scored("wrong-object")[operation]
    assert scores.compliance < 0.2
    assert scores.objects < 0.7


@pytest.mark.parametrize("operation", [*MOVES, *ON_THE_SPOT, "spatial_removal"])
def test_a_bystander_that_moves_costs_locality_and_nothing_else(scored: Scored, operation: str) -> None:
    names = ("truth", "bystander-2cm", "bystander-10cm")
    results = [scored(name)[operation] for name in names]
    localities = [result.objects for result in results]
    assert sorted(localities, reverse=True) == localities
    assert localities[-1] < 0.5
    assert min(result.compliance for result in results) > 0.85
    assert min(result.accuracy for result in results) > 0.6


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_tint_costs_locality_and_appearance_but_hardly_compliance(scored: Scored, operation: str) -> None:
    results = [scored(name)[operation] for name in ("truth", "tinted-5pct", "tinted-15pct", "tinted-40pct")]
    for measure in ("objects", "appearance"):
        values = [getattr(result, measure) for result in results]
        assert sorted(values, reverse=True) == values
        assert values[-1] < 0.75
    assert results[2].compliance > 0.8


class TestAView:
    def test_a_camera_beside_its_goal_is_found_there(self, scored: Scored) -> None:
        for centimetres in (2, 10):
            error = scored(f"camera-{centimetres}cm")["perspective_control"].position_error_m
            assert error == pytest.approx(centimetres / 100.0, abs=0.01)

    def test_accuracy_falls_with_the_cameras_error(self, scored: Scored) -> None:
        names = ("truth", "camera-2cm", "camera-10cm")
        accuracies = [scored(name)["perspective_control"].accuracy for name in names]
        assert accuracies[0] > accuracies[1] > accuracies[2]

    def test_compliance_is_the_share_of_the_way(self, scored: Scored) -> None:
        for percent in (25, 75):
            compliance = scored(f"undershoot-{percent}pct")["perspective_control"].compliance
            assert compliance == pytest.approx(1.0 - percent / 100.0, abs=0.07)

    def test_the_other_way_is_no_compliance(self, scored: Scored) -> None:
        assert scored("wrong-object")["perspective_control"].compliance == 0.0

    def test_a_moved_thing_disturbs_it_too(self, scored: Scored) -> None:
        still, moved = (scored(name)["perspective_control"] for name in ("truth", "bystander-10cm"))
        assert moved.objects < still.objects - 0.2
        assert moved.accuracy > 0.95

    def test_a_picture_of_something_else_scores_nothing(self, samples: dict[str, Triplet]) -> None:
        sample = samples["perspective_control"]
        noise = np.random.default_rng(0).integers(0, 256, sample.after.rgb.shape, dtype=np.uint8)
        scores = score(sample, noise)
        assert (scores.compliance, scores.accuracy, scores.pixel_error) == (0.0, 0.0, None)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_editors_noise_is_borne(samples: dict[str, Triplet], operation: str) -> None:
    sample = samples[operation]
    noise = np.random.default_rng(0).normal(0.0, 5.0, sample.after.rgb.shape)
    scores = score(sample, np.clip(sample.after.rgb + noise, 0, 255).astype(np.uint8))
    assert scores.compliance > 0.85
    assert scores.accuracy > 0.8
    assert scores.objects > 0.95


@pytest.mark.parametrize("operation", ["camera_movement", "perspective_control"])
def test_pictures_of_another_size_are_compared_at_the_samples(samples: dict[str, Triplet], operation: str) -> None:
    sample = samples[operation]
    doubled = sample.after.rgb.repeat(2, axis=0).repeat(2, axis=1)
    assert score(sample, doubled).compliance > 0.97


def test_a_picture_of_another_shape_is_refused(samples: dict[str, Triplet]) -> None:
    with pytest.raises(WrongSize, match="128x256 pixels"):
        score(samples["camera_movement"], np.zeros((256, 128, 3), np.uint8))


def test_errors_are_in_pixels_of_the_samples_own_pictures(samples: dict[str, Triplet]) -> None:
    sample = samples["camera_movement"]
    truth, picture = Truth.of(sample), sample.before.rgb
    once, twice = (score_exactly(truth, picture, width).pixel_error for width in (PIXELS, 2 * PIXELS))
    assert once is not None
    assert twice == pytest.approx(2 * once)
