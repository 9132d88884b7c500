"""What every editor promises (`gsi_ray.editors.editor`), held against each that is registered."""

from __future__ import annotations

import numpy as np
import pytest

from gsi_ray.editors import EDITORS, Edited, create_editor
from gsi_ray.sampling.triplet import ObjectRecord, Triplet
from gsi_ray.spatial import Camera

NAMES = [form.replace("N", "10") for form in EDITORS]
# Of a removal, no target is left to be wrong.
WITHOUT_TARGET = {
    "spatial_removal": {"shifted-10cm", "turned-10deg", "resized-10pct", "undershoot-10pct", "opposite", "occluded"},
    "perspective_control": {"occluded"},
}
WITHOUT_SIZE = {"perspective_control": {"resized-10pct"}}
# What depends on the shapes and places of things in the sample.
NOT_THERE = ("after such a turn", "no opposite place", "is out of view", "is tall enough", "would hide the target")


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def edits(name: str, samples: list[Triplet]) -> list[Edited]:
    """What the editor makes of all samples."""
    editor = create_editor(name)
    made = list(editor.edit(samples))
    editor.close()
    return made


def assert_same(one: Edited, other: Edited) -> None:
    assert one.error == other.error
    if one.rgb is not None and other.rgb is not None:
        np.testing.assert_array_equal(one.rgb, other.rgb)
    for left, right in zip(one.objects or (), other.objects or (), strict=True):
        assert (left.object_id, left.bbox_2d, left.supported_by) == (right.object_id, right.bbox_2d, right.supported_by)
        for field in ("center", "size", "rotation"):
            np.testing.assert_array_equal(getattr(left.box, field), getattr(right.box, field))


def test_it_has_the_name_that_it_was_asked_for_by(name: str) -> None:
    editor = create_editor(name)
    assert editor.name == name
    editor.close()
    editor.close()


def test_every_sample_gets_a_picture_of_its_size_or_an_error(
    name: str, samples: list[Triplet], edits: list[Edited]
) -> None:
    assert len(edits) == len(samples)
    for sample, edited in zip(samples, edits, strict=True):
        if edited.rgb is None:
            assert edited.error is not None and edited.error.endswith(".")
        else:
            assert edited.error is None
            assert (edited.rgb.shape, edited.rgb.dtype) == (sample.before.rgb.shape, np.uint8)


def test_there_is_an_error_where_the_mistake_has_no_meaning_and_nowhere_else(
    name: str, samples: list[Triplet], edits: list[Edited]
) -> None:
    for sample, edited in zip(samples, edits, strict=True):
        meaningless = name in WITHOUT_TARGET.get(sample.operation, ()) or name in WITHOUT_SIZE.get(sample.operation, ())
        not_there = edited.error is not None and any(reason in edited.error for reason in NOT_THERE)
        assert (edited.rgb is None) == (meaningless or not_there), edited.error


def test_the_same_sample_gives_the_same_bytes_in_any_order(
    name: str, samples: list[Triplet], edits: list[Edited]
) -> None:
    editor = create_editor(name)
    chosen = list(range(0, len(samples), 4))[::-1]
    again = list(editor.edit([samples[number] for number in chosen]))
    editor.close()
    for number, edited in zip(chosen, again, strict=True):
        assert_same(edited, edits[number])


def test_boxes_lie_round_what_shows_of_their_objects(edits: list[Edited]) -> None:
    seen = 0
    for edited in edits:
        for record in edited.objects or ():
            assert edited.camera is not None
            bounds = projected(edited.camera, record)
            if record.bbox_2d is not None and bounds is not None:
                seen += 1
                left, top, right, bottom = bounds
                assert left - 1.5 <= record.bbox_2d[0] and record.bbox_2d[2] <= right + 1.5
                assert top - 1.5 <= record.bbox_2d[1] and record.bbox_2d[3] <= bottom + 1.5
    assert seen > 30


def test_what_differs_from_the_truth_is_where_boxes_do(name: str, samples: list[Triplet], edits: list[Edited]) -> None:
    if name in ("tinted-10pct", "recoloured"):
        return
    for sample, edited in zip(samples, edits, strict=True):
        if edited.rgb is None:
            continue
        assert edited.objects is not None and edited.camera is not None
        differs = np.abs(edited.rgb.astype(int) - sample.after.rgb).max(axis=-1) > 6
        if np.abs(edited.camera.pose.matrix - sample.after.camera.pose.matrix).max() > 1e-9:
            assert differs.mean() > 0.05
            continue
        near = np.zeros_like(differs)
        for record in disagreeing(sample.after.objects, edited.objects):
            bounds = projected(edited.camera, record)
            assert bounds is not None
            left, top, right, bottom = (int(edge) for edge in bounds)
            reach = 10 + (right - left) // 3  # of shadows
            near[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach] = True
        assert np.count_nonzero(differs & near) >= 0.9 * np.count_nonzero(differs)
        assert near.any() == differs.any()


def projected(camera: Camera, record: ObjectRecord) -> tuple[float, float, float, float] | None:
    """Bounds in pixels of a box; None where part of it is behind the camera."""
    pixels, depth = camera.project(record.box.corners)
    if np.any(depth <= 0.0):
        return None
    return (*pixels.min(axis=0), *pixels.max(axis=0))


def disagreeing(one: tuple[ObjectRecord, ...], other: tuple[ObjectRecord, ...]) -> list[ObjectRecord]:
    """Records of the objects that are elsewhere, or of another size, or only there, in one of the two."""
    records = {record.object_id: record for record in one}, {record.object_id: record for record in other}
    found = []
    for name in records[0].keys() | records[1].keys():
        both = [side[name] for side in records if name in side]
        if len(both) == 1 or np.abs(both[0].box.corners - both[1].box.corners).max() > 0.003:
            found += both
    return found
