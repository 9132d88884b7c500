"""What is hidden is counted in pixels of the picture that was drawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from gsi_ray.editors import Edited, create_editor
from gsi_ray.editors.arrangement import Arrangement
from gsi_ray.editors.stage import Stage
from gsi_ray.sampling.triplet import ObjectRecord, Triplet


@pytest.fixture(scope="module")
def occluded(samples: list[Triplet]) -> list[tuple[Triplet, Edited]]:
    """The samples of which the target could be hidden."""
    editor = create_editor("occluded")
    made = [(sample, edited) for sample, edited in zip(samples, editor.edit(samples), strict=True) if not edited.error]
    editor.close()
    assert len(made) >= 3
    return made


def targets(sample: Triplet, edited: Edited) -> Iterator[ObjectRecord]:
    assert sample.target is not None and edited.objects is not None
    for records in (sample.after.objects, edited.objects):
        yield next(record for record in records if record.object_id == sample.target.object_id)


def test_most_of_what_was_seen_of_the_target_is_hidden(occluded: list[tuple[Triplet, Edited]], stage: Stage) -> None:
    for sample, edited in occluded:
        assert edited.objects is not None and edited.camera is not None
        stage.enter(sample.scene_id)
        boxes = {record.object_id: record.box for record in edited.objects}
        drawn = stage.draw(Arrangement(boxes, edited.camera), ())
        right, wrong = targets(sample, edited)
        shown = np.count_nonzero(sample.after.instances == right.instance)
        assert np.count_nonzero(drawn.instances == wrong.instance) <= 0.4 * shown
        assert right.visible_fraction is not None and wrong.visible_fraction is not None
        assert wrong.visible_fraction <= 0.41 * right.visible_fraction


def test_one_other_thing_stands_as_high_as_the_target_and_nearer_to_the_camera(
    occluded: list[tuple[Triplet, Edited]],
) -> None:
    for sample, edited in occluded:
        assert edited.objects is not None and edited.camera is not None and sample.target is not None
        there = {record.object_id: record.box for record in sample.after.objects}
        now = {record.object_id: record.box for record in edited.objects}
        assert there.keys() == now.keys()
        assert edited.camera is sample.after.camera
        (other,) = [name for name in there if np.abs(there[name].corners - now[name].corners).max() > 1e-9]
        assert other not in [mention.object_id for mention in (sample.target, sample.reference) if mention]
        target, position = there[sample.target.object_id], edited.camera.position
        assert now[other].bottom == pytest.approx(target.bottom)
        np.testing.assert_allclose(now[other].rotation, there[other].rotation, atol=1e-12)
        np.testing.assert_allclose(now[other].size, there[other].size, atol=1e-12)
        assert np.linalg.norm((now[other].center - position)[:2]) < np.linalg.norm((target.center - position)[:2])
