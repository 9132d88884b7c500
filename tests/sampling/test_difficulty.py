"""How hard an edit is, told from what is stored of it alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.lake.rows import rows_of, triplet_of
from gsi_ray.sampling.difficulty import PLACES, Ingredients, difficulty, ingredients, score
from gsi_ray.sampling.triplet import ObjectRecord, Triplet
from gsi_ray.spatial import RigidTransform
from tests.toy_triplets import toy_triplets

AMOUNTS = st.floats(0.0, 1000.0)


def toy(operation: str) -> Triplet:
    return next(sample for sample in toy_triplets() if sample.operation == operation)


def with_records(sample: Triplet, side: str, change: Callable[[ObjectRecord], ObjectRecord]) -> Triplet:
    frame = getattr(sample, side)
    return replace(sample, **{side: replace(frame, objects=tuple(map(change, frame.objects)))})


def of_target(
    sample: Triplet, change: Callable[[ObjectRecord], ObjectRecord]
) -> Callable[[ObjectRecord], ObjectRecord]:
    assert sample.target is not None
    name = sample.target.object_id
    return lambda record: change(record) if record.object_id == name else record


def moved_farther(sample: Triplet) -> Triplet:
    right = RigidTransform(translation=0.1 * sample.before.camera.ground_right)
    return with_records(
        sample, "after", of_target(sample, lambda record: replace(record, box=record.box.transformed(right)))
    )


def half_hidden(sample: Triplet) -> Triplet:
    return with_records(sample, "before", of_target(sample, lambda record: replace(record, visible_fraction=0.5)))


def with_fewer_pixels(sample: Triplet) -> Triplet:
    assert sample.quality.target_pixels_after is not None
    return replace(sample, quality=replace(sample.quality, target_pixels_after=sample.quality.target_pixels_after // 2))


def with_a_neighbour(sample: Triplet) -> Triplet:
    """Something that was far away in the picture now shows right beside the target."""
    assert sample.target is not None
    bounds = next(one.bbox_2d for one in sample.before.objects if one.object_id == sample.target.object_id)
    return with_records(
        sample, "before", lambda record: replace(record, bbox_2d=bounds) if record.category == "bottle" else record
    )


def with_another_of_its_kind(sample: Triplet) -> Triplet:
    return with_records(
        sample, "before", lambda record: replace(record, category="mug") if record.category == "book" else record
    )


HARDER: dict[str, tuple[str, Callable[[Triplet], Triplet]]] = {
    "it goes farther": ("distance", moved_farther),
    "it is half hidden": ("occlusion", half_hidden),
    "it shows smaller": ("smallness", with_fewer_pixels),
    "something else is near": ("clutter", with_a_neighbour),
    "there is another one": ("ambiguity", with_another_of_its_kind),
}


@pytest.mark.parametrize("sample", toy_triplets(), ids=lambda sample: sample.instruction)
def test_difficulty_is_between_0_and_1_and_only_made_of_what_is_stored(sample: Triplet) -> None:
    found = difficulty(sample)
    assert 0.0 <= found <= 1.0
    (row,) = rows_of([sample])
    assert difficulty(triplet_of(row)) == found


@pytest.mark.parametrize("harder", HARDER)
def test_an_edit_is_harder_if(harder: str) -> None:
    ingredient, change = HARDER[harder]
    sample = toy("camera_movement")
    changed = change(sample)
    differing = {
        field.name
        for field in fields(Ingredients)
        if getattr(ingredients(sample), field.name) != getattr(ingredients(changed), field.name)
    }
    assert differing == {ingredient}
    assert difficulty(changed) > difficulty(sample)


@given(st.tuples(*[AMOUNTS] * 5), st.integers(0, 4), st.floats(0.01, 100.0))
def test_more_of_an_ingredient_never_makes_it_easier(amounts: tuple[float, ...], index: int, more: float) -> None:
    harder = [amount + more * (number == index) for number, amount in enumerate(amounts)]
    assert 0.0 <= score(Ingredients(*amounts)) < score(Ingredients(*harder)) < 1.0


def test_a_rival_that_is_told_apart_by_little_makes_it_harder() -> None:
    sample = toy("spatial_removal")

    def nearer(record: ObjectRecord) -> ObjectRecord:
        if record.object_id != "bottle-2" or record.bbox_2d is None:
            return record
        left, top, right, bottom = record.bbox_2d
        return replace(record, bbox_2d=(left - 30.0, top, right - 30.0, bottom))

    assert ingredients(with_records(sample, "before", nearer)).ambiguity > ingredients(sample).ambiguity
    assert difficulty(with_records(sample, "before", nearer)) > difficulty(sample)


def test_a_camera_that_goes_farther_makes_it_harder() -> None:
    sample = next(one for one in toy_triplets() if one.parameters.axis == "yaw")
    farther = replace(sample, after=replace(sample.after, camera=sample.after.camera.turned(np.radians(15))))
    assert ingredients(farther).distance > ingredients(sample).distance
    assert astuple(ingredients(farther))[3:] == (0.0, 0.0)
    assert difficulty(farther) > difficulty(sample)


def test_an_operation_that_is_not_listed_has_its_place_among_all() -> None:
    sample = replace(toy("object_rotation"), operation="about_face")
    assert "about_face" not in PLACES
    assert 0.0 <= difficulty(sample) <= 1.0
