"""One side of a triplet: the records of objects agree with the pictures."""

from __future__ import annotations

import numpy as np

from gsi_ray.sampling.frames import frame_of
from gsi_ray.sampling.loaded_scene import LoadedScene, SeenView
from gsi_ray.simulators.protocol import Observation
from gsi_ray.spatial import Camera
from gsi_ray.viewpoints import Viewpoint


def test_bounds_are_tight_round_the_visible_pixels(seen: SeenView) -> None:
    for record in seen.before.objects:
        rows, columns = np.nonzero(seen.before.instances == record.instance)
        assert record.bbox_2d == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_every_object_is_recorded_in_view_or_not(loaded: LoadedScene, seen: SeenView) -> None:
    aside = Camera.looking_at([0.0, -1.5, 1.6], [0.4, -0.2, 0.75], 0.3, 96, 96)
    frame = loaded.see(Viewpoint("aside", aside, 0.0)).before
    assert [record.object_id for record in frame.objects] == [item.object_id for item in seen.view.state.objects]
    unseen = {record.object_id for record in frame.objects if record.bbox_2d is None}
    assert {"book_1", "soup_can_1"} <= unseen
    assert "lunch_box_1" not in unseen


def test_what_was_not_measured_is_unknown(seen: SeenView) -> None:
    size = (seen.view.camera.height, seen.view.camera.width)
    empty = Observation(
        np.zeros((*size, 3), np.uint8), np.zeros(size, np.float32), np.zeros(size, np.uint16), {"book_1": 0.0}
    )
    records = {record.object_id: record for record in frame_of(seen.view.state, seen.view.camera, empty).objects}
    assert {record.bbox_2d for record in records.values()} == {None}
    assert records["book_1"].visible_fraction == 0.0
    assert records["block_1"].visible_fraction is None


def test_records_say_what_the_state_says(seen: SeenView) -> None:
    for record, item in zip(seen.before.objects, seen.view.state.objects, strict=True):
        assert (record.object_id, record.category, record.instance) == (item.object_id, item.category, item.instance)
        assert (record.box, record.supported_by) == (item.box, item.supported_by)
