"""A mistake has exactly its size, and nothing else is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gsi_ray.editors.arrangement import Arrangement, CannotEdit
from gsi_ray.editors.mistakes import MISTAKES
from gsi_ray.editors.stage import Stage
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.spatial import Camera, OrientedBox, rotations

Made = tuple[Triplet, Arrangement, Arrangement]


def mistaken(samples: list[Triplet], stage: Stage, form: str, amount: float) -> list[Made]:
    """The samples in which a mistake can be made, with the truth and what comes of the mistake."""

    def made() -> Iterator[Made]:
        for sample in samples:
            stage.enter(sample.scene_id)
            try:
                yield sample, Arrangement.of(sample.after), MISTAKES[form](sample, stage.rest, amount)
            except CannotEdit:
                continue

    found = list(made())
    assert len(found) >= 5
    return found


def of_target(made: list[Made]) -> list[tuple[Made, str]]:
    return [(one, one[0].target.object_id) for one in made if one[0].target is not None]


def of_camera(made: list[Made]) -> list[Made]:
    found = [one for one in made if one[0].target is None]
    assert found
    return found


def elsewhere(truth: Arrangement, other: Arrangement) -> set[str]:
    """The objects that are not in both, or not in the same box, to the bit."""
    names = truth.boxes.keys() | other.boxes.keys()
    return {name for name in names if not same(truth.boxes.get(name), other.boxes.get(name))}


def same(one: OrientedBox | None, other: OrientedBox | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in ("center", "size", "rotation"))


def turn_between(one: Camera, other: Camera) -> float:
    return rotations.angle_between(one.rotation, other.rotation)


@pytest.mark.parametrize("distance", [0.02, 0.05, 0.5])
def test_shifted_is_the_target_so_far_to_a_side(samples: list[Triplet], stage: Stage, distance: float) -> None:
    made = mistaken(samples, stage, "shifted-Ncm", distance)
    for (_, truth, mistake), name in of_target(made):
        assert elsewhere(truth, mistake) == {name}
        assert mistake.camera is truth.camera
        right, there = mistake.boxes[name], truth.boxes[name]
        offset = right.center - there.center
        np.testing.assert_allclose(np.abs(offset @ truth.camera.ground_right), distance, atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(offset), distance, atol=1e-12)
        np.testing.assert_array_equal(right.rotation, there.rotation)
        np.testing.assert_array_equal(right.size, there.size)
    for _, truth, mistake in of_camera(made):
        assert_camera_is_off(truth, mistake, distance, 0.0)


@pytest.mark.parametrize("angle", [0.1, 1.0, np.pi])
def test_turned_is_the_target_turned_so_far_on_the_spot(samples: list[Triplet], stage: Stage, angle: float) -> None:
    made = mistaken(samples, stage, "turned-Ndeg", angle)
    for (_, truth, mistake), name in of_target(made):
        assert elsewhere(truth, mistake) == {name}
        right, there = mistake.boxes[name], truth.boxes[name]
        assert rotations.angle_between(right.rotation, there.rotation) == pytest.approx(angle)
        np.testing.assert_allclose(right.rotation[2], there.rotation[2], atol=1e-12)
        np.testing.assert_array_equal(right.center, there.center)
    for _, truth, mistake in of_camera(made):
        assert_camera_is_off(truth, mistake, 0.0, angle)


@pytest.mark.parametrize("share", [0.1, 1.0])
def test_resized_is_the_target_too_large_or_too_small(samples: list[Triplet], stage: Stage, share: float) -> None:
    for (_, truth, mistake), name in of_target(mistaken(samples, stage, "resized-Npct", share)):
        assert elsewhere(truth, mistake) == {name}
        right, there = mistake.boxes[name], truth.boxes[name]
        ratios = right.size / there.size
        assert ratios == pytest.approx(1.0 + share) or 1.0 / ratios == pytest.approx(1.0 + share)
        assert right.bottom == pytest.approx(there.bottom)
        np.testing.assert_array_equal(right.center[:2], there.center[:2])


@pytest.mark.parametrize(("form", "distance"), [("floating-Ncm", 0.08), ("floating-Ncm", 0.3), ("sunk-Ncm", -0.03)])
def test_floating_and_sunk_are_one_thing_so_much_too_high_or_low(
    samples: list[Triplet], stage: Stage, form: str, distance: float
) -> None:
    for sample, truth, mistake in mistaken(samples, stage, form, abs(distance)):
        (name,) = elsewhere(truth, mistake)
        if sample.target is not None and sample.target.object_id in truth.boxes:
            assert name == sample.target.object_id
        assert stage_has_movable(stage, sample, name)
        assert mistake.camera is truth.camera
        wrong, right = mistake.boxes[name], truth.boxes[name]
        np.testing.assert_allclose(wrong.center - right.center, [0.0, 0.0, distance], atol=1e-12)
        np.testing.assert_array_equal(wrong.rotation, right.rotation)
        np.testing.assert_array_equal(wrong.size, right.size)
        assert wrong.top - right.bottom > 0.24 * (right.top - right.bottom)


def test_every_sample_has_something_that_can_float(samples: list[Triplet], stage: Stage) -> None:
    assert len(mistaken(samples, stage, "floating-Ncm", 0.08)) == len(samples)


def test_what_is_too_flat_does_not_sink(samples: list[Triplet], stage: Stage) -> None:
    sample = next(one for one in samples if one.operation == "camera_movement")
    assert sample.target is not None
    box = Arrangement.of(sample.after).boxes[sample.target.object_id]
    height = box.top - box.bottom
    stage.enter(sample.scene_id)
    MISTAKES["sunk-Ncm"](sample, stage.rest, 0.74 * height)
    with pytest.raises(CannotEdit, match="tall enough"):
        MISTAKES["sunk-Ncm"](sample, stage.rest, 0.76 * height)


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_undershoot_lacks_that_share_of_the_way(samples: list[Triplet], stage: Stage, share: float) -> None:
    made = mistaken(samples, stage, "undershoot-Npct", share)
    for (sample, truth, mistake), name in of_target(made):
        assert elsewhere(truth, mistake) == {name}
        before, there, after = Arrangement.of(sample.before).boxes[name], mistake.boxes[name], truth.boxes[name]
        for part in (lambda box: box.center[:2], lambda box: box.bottom, lambda box: np.log(box.size)):
            np.testing.assert_allclose(part(there) - part(after), share * (part(before) - part(after)), atol=1e-9)
        turn = rotations.angle_between(before.rotation, after.rotation)
        assert rotations.angle_between(there.rotation, after.rotation) == pytest.approx(share * turn, abs=1e-7)
    for sample, truth, mistake in of_camera(made):
        way = sample.before.camera.position - truth.camera.position
        np.testing.assert_allclose(mistake.camera.position - truth.camera.position, share * way, atol=1e-12)
        turn = turn_between(sample.before.camera, truth.camera)
        assert turn_between(mistake.camera, truth.camera) == pytest.approx(share * turn, abs=1e-7)


def test_opposite_is_as_far_the_other_way(samples: list[Triplet], stage: Stage) -> None:
    made = mistaken(samples, stage, "opposite", 0.0)
    for (sample, truth, mistake), name in of_target(made):
        assert elsewhere(truth, mistake) == {name}
        assert mistake.camera is truth.camera
        before, wrong, right = Arrangement.of(sample.before).boxes[name], mistake.boxes[name], truth.boxes[name]
        if sample.reference is not None:
            middle = truth.boxes[sample.reference.object_id].center
            np.testing.assert_allclose((wrong.center - middle)[:2], (middle - right.center)[:2], atol=1e-12)
            assert wrong.bottom == pytest.approx(right.bottom)
            np.testing.assert_allclose(wrong.rotation, right.rotation, atol=1e-12)
            continue
        for part in (lambda box: box.center[:2], lambda box: box.bottom, lambda box: np.log(box.size)):
            np.testing.assert_allclose(part(wrong) - part(before), part(before) - part(right), atol=1e-9)
        turn, back = right.rotation @ before.rotation.T, wrong.rotation @ before.rotation.T
        np.testing.assert_allclose(back, turn.T, atol=1e-9)
    for sample, truth, mistake in of_camera(made):
        assert_camera_went_the_other_way(sample, truth, mistake)


@pytest.mark.parametrize(
    ("operation", "changed", "reason"),
    [
        ("object_rotation", {"angle_deg": 180.0}, "looks the same"),
        ("receptacle_placement", {"placement": "center"}, "no opposite place"),
    ],
)
def test_what_has_no_opposite_is_an_error(
    samples: list[Triplet], stage: Stage, operation: str, changed: dict[str, Any], reason: str
) -> None:
    sample = next(one for one in samples if one.operation == operation)
    stage.enter(sample.scene_id)
    with pytest.raises(CannotEdit, match=reason):
        MISTAKES["opposite"](replace(sample, parameters=replace(sample.parameters, **changed)), stage.rest, 0.0)


def test_the_wrong_object_is_edited_in_place_of_the_target(samples: list[Triplet], stage: Stage) -> None:
    made = mistaken(samples, stage, "wrong-object", 0.0)
    for (sample, truth, mistake), name in of_target(made):
        before = Arrangement.of(sample.before).boxes
        assert same(mistake.boxes[name], before[name])
        assert mistake.camera is truth.camera
        (other,) = elsewhere(truth, mistake) - {name}
        assert stage_has_movable(stage, sample, other)
        assert sample.reference is None or other != sample.reference.object_id
        if sample.operation == "spatial_removal":
            assert other not in mistake.boxes
            assert category(sample, other) == category(sample, name)
        elif sample.parameters.relation or sample.parameters.placement:
            assert mistake.boxes[other].bottom == pytest.approx(truth.boxes[name].bottom)
            np.testing.assert_allclose(mistake.boxes[other].center[:2], truth.boxes[name].center[:2], atol=1e-12)
        else:
            for part in (lambda box: box.center[:2], lambda box: box.bottom, lambda box: np.log(box.size)):
                done, due = (
                    part(mistake.boxes[other]) - part(truth.boxes[other]),
                    part(truth.boxes[name]) - part(before[name]),
                )
                np.testing.assert_allclose(done, due, atol=1e-9)
    for sample, truth, mistake in of_camera(made):
        assert_camera_went_the_other_way(sample, truth, mistake)


def assert_camera_went_the_other_way(sample: Triplet, truth: Arrangement, mistake: Arrangement) -> None:
    assert elsewhere(truth, mistake) == set()
    position = sample.before.camera.position
    np.testing.assert_allclose(mistake.camera.position - position, position - truth.camera.position, atol=1e-12)
    turn = truth.camera.pose.rotation @ sample.before.camera.rotation
    np.testing.assert_allclose(mistake.camera.pose.rotation @ sample.before.camera.rotation, turn.T, atol=1e-9)


@pytest.mark.parametrize("distance", [0.05, 0.2])
def test_a_bystander_is_off_and_nothing_else(samples: list[Triplet], stage: Stage, distance: float) -> None:
    for sample, truth, mistake in mistaken(samples, stage, "bystander-Ncm", distance):
        (other,) = elsewhere(truth, mistake)
        assert other not in [mention.object_id for mention in (sample.target, sample.reference) if mention]
        assert stage_has_movable(stage, sample, other)
        assert all(record.supported_by != other for record in sample.after.objects)
        offset = mistake.boxes[other].center - truth.boxes[other].center
        np.testing.assert_allclose(np.abs(offset @ truth.camera.ground_right), distance, atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(offset), distance, atol=1e-12)
        assert mistake.camera is truth.camera


@pytest.mark.parametrize(("form", "distance", "angle"), [("camera-Ncm", 0.1, 0.0), ("camera-Ndeg", 0.0, 0.2)])
def test_the_camera_is_off_and_nothing_else(
    samples: list[Triplet], stage: Stage, form: str, distance: float, angle: float
) -> None:
    made = mistaken(samples, stage, form, distance + angle)
    assert len(made) == len(samples)
    for _, truth, mistake in made:
        assert_camera_is_off(truth, mistake, distance, angle)


def assert_camera_is_off(truth: Arrangement, mistake: Arrangement, distance: float, angle: float) -> None:
    assert elsewhere(truth, mistake) == set()
    offset = mistake.camera.position - truth.camera.position
    np.testing.assert_allclose(np.abs(offset @ truth.camera.ground_right), distance, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(offset), distance, atol=1e-12)
    assert turn_between(mistake.camera, truth.camera) == pytest.approx(angle, abs=1e-7)
    assert mistake.camera.rotation[2, 2] == pytest.approx(truth.camera.rotation[2, 2])


def stage_has_movable(stage: Stage, sample: Triplet, object_id: str) -> bool:
    stage.enter(sample.scene_id)
    return stage.rest[object_id].movable


def category(sample: Triplet, object_id: str) -> str:
    return next(record.category for record in sample.before.objects if record.object_id == object_id)


def sides_taken(sample: Triplet, stage: Stage, distance: float) -> set[float]:
    """1 or -1, for right and left, of a target that is shifted in samples that are alike but for their ids."""
    stage.enter(sample.scene_id)
    assert sample.target is not None
    truth, sides = Arrangement.of(sample.after), set()
    for number in range(8):
        mistake = MISTAKES["shifted-Ncm"](replace(sample, sample_id=f"{number:032x}"), stage.rest, distance)
        offset = mistake.boxes[sample.target.object_id].center - truth.boxes[sample.target.object_id].center
        sides.add(float(np.sign(offset @ truth.camera.ground_right)))
    return sides


def test_a_mistake_goes_either_way_unless_only_one_keeps_its_object_in_view(
    samples: list[Triplet], stage: Stage
) -> None:
    sample = samples[0]
    assert sample.target is not None
    assert sides_taken(sample, stage, 0.001) == {-1.0, 1.0}
    camera, box = sample.after.camera, Arrangement.of(sample.after).boxes[sample.target.object_id]

    def fits(offset: float) -> bool:
        pixels, _ = camera.project(box.corners + offset * camera.ground_right)
        return bool(np.all((pixels >= 0.0) & (pixels <= camera.width)))

    distance = next(step for step in np.arange(0.0, 3.0, 0.02) if fits(step) != fits(-step))
    assert sides_taken(sample, stage, distance) == {1.0 if fits(distance) else -1.0}
