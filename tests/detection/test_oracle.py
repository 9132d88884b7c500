"""What a simulator knows of its pictures, as detections."""

from __future__ import annotations

import numpy as np
import pytest

from gsi_ray.detection import DetectorFailed, Drawn, create_detector
from gsi_ray.lake.exports.gsi_bench import edit_of
from gsi_ray.lake.rows import rows_of
from gsi_ray.sampling.triplet import Triplet
from tests.detection.conftest import picture_of
from tests.toy_triplets import toy_triplets

MOVES = [triplet for triplet in toy_triplets() if triplet.target and triplet.operation != "spatial_removal"]


@pytest.mark.parametrize("triplet", MOVES, ids=lambda triplet: triplet.operation)
def test_the_target_is_where_the_exported_edit_says_that_it_is_and_goes(triplet: Triplet) -> None:
    assert triplet.target is not None
    [row] = rows_of([triplet])
    edit = edit_of(row)
    sides = [picture_of(triplet, triplet.target.category, side) for side in ("before", "after")]
    before, after = create_detector("oracle").detect(sides)
    assert not isinstance(before, DetectorFailed) and not isinstance(after, DetectorFailed)
    for found, state in ((before, "original"), (after, "new")):
        assert len(found) == 1
        np.testing.assert_array_equal(found[0].box_3d, edit[f"{state}_bbox_3d"])
        prefix = "new_" if state == "new" else ""
        np.testing.assert_array_equal(found[0].rotation, edit[f"{prefix}rotation_matrix"])


def test_all_of_a_kind_are_found_and_what_is_removed_is_not() -> None:
    removal = next(triplet for triplet in toy_triplets() if triplet.operation == "spatial_removal")
    before, after = create_detector("oracle").detect(
        [picture_of(removal, "bottle", "before"), picture_of(removal, "bottle", "after")]
    )
    assert not isinstance(before, DetectorFailed) and not isinstance(after, DetectorFailed)
    assert (len(before), len(after)) == (2, 1)


def test_what_nothing_is_seen_of_is_not_found() -> None:
    picture = picture_of(toy_triplets()[0], "bottle")
    assert picture.drawn is not None
    unseen = [{**one, "bbox_2d": None} if one["object_id"] == "bottle-1" else one for one in picture.drawn.objects]
    hidden = type(picture)(
        picture.rgb, "bottle", picture.intrinsics, picture.edit, "before", Drawn(unseen, picture.drawn.camera)
    )
    [found] = create_detector("oracle").detect([hidden])
    assert not isinstance(found, DetectorFailed) and len(found) == 1


def test_a_picture_that_nobody_drew_has_failed() -> None:
    picture = picture_of(toy_triplets()[0], "mug")
    [answer] = create_detector("oracle").detect(
        [type(picture)(picture.rgb, "mug", picture.intrinsics, "edit-7", "after")]
    )
    assert isinstance(answer, DetectorFailed)
    assert 'no simulator drew the picture after the edit "edit-7"' in str(answer)
