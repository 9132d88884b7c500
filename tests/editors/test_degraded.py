from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gsi_ray.editors import create_editor
from gsi_ray.editors.arrangement import Arrangement
from gsi_ray.editors.mistakes import MISTAKES
from gsi_ray.editors.names import parse
from gsi_ray.editors.stage import Stage
from gsi_ray.sampling.triplet import Frame, Triplet
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import ActionRejected
from gsi_ray.spatial import RigidTransform
from tests.drawn_samples import draw_samples


def assert_drawn_again(stage: Stage, frame: Frame) -> None:
    drawn = stage.draw(Arrangement.of(frame), ())
    np.testing.assert_array_equal(drawn.rgb, frame.rgb)
    np.testing.assert_array_equal(drawn.instances, frame.instances)
    for one, other in zip(drawn.objects, frame.objects, strict=True):
        assert (one.object_id, one.bbox_2d, one.supported_by) == (other.object_id, other.bbox_2d, other.supported_by)
        np.testing.assert_allclose(one.box.corners, other.box.corners, atol=1e-12)


def test_without_a_mistake_both_pictures_come_out_again_to_the_byte(samples: list[Triplet], stage: Stage) -> None:
    for sample in samples:
        stage.enter(sample.scene_id)
        assert_drawn_again(stage, sample.before)
        assert_drawn_again(stage, sample.after)


def test_what_is_recorded_of_a_picture_is_what_was_drawn(samples: list[Triplet], stage: Stage) -> None:
    name = parse("shifted-5cm")
    editor = create_editor(name.text)
    edits = list(editor.edit(samples[:2]))
    editor.close()
    for sample, edited in zip(samples, edits, strict=False):
        stage.enter(sample.scene_id)
        meant = MISTAKES[name.form](sample, stage.rest, name.amount)
        assert edited.camera is meant.camera and edited.objects is not None and sample.target is not None
        records = {record.object_id: record for record in edited.objects}
        assert records.keys() == meant.boxes.keys()
        assert records[sample.target.object_id].visible_fraction is not None
        for object_id, record in records.items():
            np.testing.assert_allclose(record.box.corners, meant.boxes[object_id].corners, atol=1e-12)


def brighter(sample: Triplet) -> Triplet:
    """As a scene that another version has lit otherwise."""
    rgb = np.clip(sample.before.rgb.astype(int) + 20, 0, 255).astype(np.uint8)
    return replace(sample, before=replace(sample.before, rgb=rgb))


def refurnished(sample: Triplet) -> Triplet:
    """As a scene in which another version has put the table, which is fixed, elsewhere."""
    table = max(sample.before.objects, key=lambda record: record.box.volume)
    moved = replace(table, box=table.box.transformed(RigidTransform(translation=np.array([0.1, 0.0, 0.0]))))
    objects = tuple(moved if record is table else record for record in sample.before.objects)
    return replace(sample, before=replace(sample.before, objects=objects))


def with_more(sample: Triplet) -> Triplet:
    """As a scene to which another version has given one more object."""
    extra = replace(sample.before.objects[-1], object_id="unicorn_1")
    return replace(sample, before=replace(sample.before, objects=(*sample.before.objects, extra)))


NO_LONGER = "no longer comes out as it is in the sample"
BAD: list[tuple[Callable[[Triplet], Triplet], str]] = [
    (lambda sample: replace(sample, simulator="scannetpp"), '"scannetpp" cannot draw the scene again'),
    (lambda sample: replace(sample, simulator="os:system"), '"os:system" cannot draw the scene again'),
    (lambda sample: replace(sample, scene_id="castle-test-000000"), 'unknown environment "castle"'),
    (brighter, NO_LONGER),
    (refurnished, NO_LONGER),
    (with_more, NO_LONGER),
]


def test_a_sample_that_cannot_be_drawn_again_is_an_error_and_the_others_are_not_concerned(
    samples: list[Triplet],
) -> None:
    given = [samples[0]]
    for spoil, _ in BAD:
        given += [spoil(samples[1]), samples[0]]
    editor = create_editor("camera-5cm")
    edits = list(editor.edit(given))
    editor.close()
    for edited, (_, error) in zip(edits[1::2], BAD, strict=True):
        assert edited.rgb is None and edited.error is not None and error in edited.error
    for edited in edits[::2]:
        assert edited.rgb is not None
        np.testing.assert_array_equal(edited.rgb, edits[0].rgb)


def test_houses_of_ai2thor_are_drawn_again_too_but_their_things_not_resized(thor_player: None) -> None:
    simulator = create_simulator("ai2thor")
    (sample,) = draw_samples(simulator, "room", "test", {"object_rotation": 1})
    stage = Stage(simulator)
    stage.enter(sample.scene_id)
    assert_drawn_again(stage, sample.before)
    assert_drawn_again(stage, sample.after)
    with pytest.raises(ActionRejected, match="cannot resize"):
        stage.draw(MISTAKES["resized-Npct"](sample, stage.rest, 0.1), ())
    assert_drawn_again(stage, sample.after)
    stage.close()
