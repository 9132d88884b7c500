"""The files as the official evaluation looks for them, and boxes as it projects them."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gsi_ray.lake.exports.gsi_bench import edit_of
from gsi_ray.lake.images import encode_rgb
from gsi_ray.lake.rows import rows_of
from gsi_ray.sampling.triplet import Frame, Triplet
from gsi_ray.spatial import Camera, rotations
from tests.lake.exports.exporting import SHARDS, by_id, export

ALWAYS = {"prompt", "target", "original_bbox_3d", "camera_intrinsics", "rotation_matrix"}
MOVED = ALWAYS | {"new_bbox_3d", "new_rotation_matrix"}


@pytest.fixture
def folder(lake: str, tmp_path: Path) -> Path:
    export(lake, "gsi-bench", tmp_path / "out")
    return tmp_path / "out" / "mesatask_dataset"


def _edits(folder: Path) -> Iterator[tuple[Triplet, str, str, dict[str, Any]]]:
    """For every edit file: its sample, the ids of image and query that its name gives, and its content."""
    for path in folder.glob("*_edit_*.json"):
        image_id, query_id = path.stem.split("_edit_")
        yield by_id(3)[query_id], image_id, query_id, json.loads(path.read_text())


def test_every_sample_of_the_test_split_is_an_edit_and_no_other(folder: Path) -> None:
    assert {query for _, _, query, _ in _edits(folder)} == set(by_id(3))
    assert sorted(path.name for path in folder.parent.iterdir() if path.is_dir()) == ["infer_cache", "mesatask_dataset"]


def test_the_evaluation_finds_the_picture_before_by_the_name_of_the_edit(folder: Path) -> None:
    for triplet, image, _, edit in _edits(folder):
        assert (folder / f"{image}.png").read_bytes() == encode_rgb(triplet.before.rgb)
        assert edit["prompt"] == triplet.instruction


def test_the_evaluation_finds_the_picture_after_for_edits_of_the_camera_only(folder: Path) -> None:
    for triplet, image, query, _ in _edits(folder):
        found = glob.glob(os.path.join(folder, f"{image}_*gtedit_{query}*.*"))
        if triplet.operation == "perspective_control":
            assert [Path(path).read_bytes() for path in found] == [encode_rgb(triplet.after.rgb)]
        else:
            assert not found


def test_edits_have_the_keys_of_the_official_ones(folder: Path) -> None:
    for triplet, _, _, edit in _edits(folder):
        moves_nothing = triplet.operation in ("perspective_control", "spatial_removal")
        assert set(edit) == (ALWAYS if moves_nothing else MOVED)
        assert np.shape(edit["original_bbox_3d"]) == (7,)
        assert np.shape(edit["rotation_matrix"]) == np.shape(edit["camera_intrinsics"]) == (3, 3)


def test_boxes_before_and_after_project_onto_what_is_seen_of_them(folder: Path) -> None:
    for triplet, _, _, edit in _edits(folder):
        if triplet.target is not None:
            sides = [(triplet.before, edit["original_bbox_3d"], edit["rotation_matrix"])]
            if "new_bbox_3d" in edit:
                sides.append((triplet.after, edit["new_bbox_3d"], edit["new_rotation_matrix"]))
            for frame, box, rotation in sides:
                seen, visible = _seen(frame, triplet.target.object_id)
                projected = _projected(np.array(box), np.array(rotation), np.array(edit["camera_intrinsics"]))
                if visible > 0.999:
                    np.testing.assert_allclose(projected, seen, atol=1.5)


def test_the_second_axis_of_a_standing_box_points_down(folder: Path) -> None:
    for triplet, _, _, edit in _edits(folder):
        down = triplet.before.camera.rotation @ [0.0, 0.0, -1.0]
        np.testing.assert_allclose(np.array(edit["rotation_matrix"])[:, 1], down, atol=1e-9)


@given(yaw=st.floats(-3.1, 3.1), heading=st.floats(-3.1, 3.1))
def test_for_a_level_camera_the_yaw_is_the_whole_rotation(yaw: float, heading: float) -> None:
    ahead = [np.cos(heading), np.sin(heading), 0.0]
    camera = Camera.looking_at([0.0, 0.0, 1.0], [ahead[0], ahead[1], 1.0], 1.0, 64, 64)
    record = {"object_id": "a", "category": "mug", "center": np.zeros(3), "size": [0.1, 0.2, 0.3]}
    row = {
        "instruction": "Remove the mug.",
        "target": {"object_id": "a"},
        "objects_before": [{**record, "rotation": rotations.about_z(yaw).ravel()}],
        "objects_after": [],
        "camera_before": {
            "intrinsics": camera.intrinsics.ravel(),
            "rotation": camera.rotation.ravel(),
            "translation": camera.translation,
        },
    }
    edit = edit_of(row)
    *_, width, height, length, turn = edit["original_bbox_3d"]
    assert (width, height, length) == (0.1, 0.3, 0.2)
    cosine, sine = np.cos(turn), np.sin(turn)
    about_y = [[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]]
    np.testing.assert_allclose(edit["rotation_matrix"], about_y, atol=1e-9)


def test_the_cache_holds_everything_of_the_targets_kind_that_is_in_view(folder: Path) -> None:
    cache = json.loads((folder.parent / "infer_cache" / "mesatask_dataset.json").read_text())
    for triplet, image, query, edit in _edits(folder):
        found = cache[f"{image}_{query}"]["origin_result"]["detections"]
        assert any(detection["bbox_3d"] == edit["original_bbox_3d"] for detection in found)
        alike = [one for one in triplet.before.objects if one.category == edit["target"] and one.bbox_2d is not None]
        assert len(found) == len(alike)


def test_pictures_before_that_differ_have_different_names(lake: str, tmp_path: Path) -> None:
    export(lake, "gsi-bench", tmp_path / "train", splits=("train",), environments=("room",))
    pictures = {path.read_bytes() for path in (tmp_path / "train" / "robothor_dataset").glob("*.png")}
    assert pictures == {encode_rgb(triplet.before.rgb) for triplet in SHARDS[2]}


def test_rows_of_triplets_become_the_same_edits_wherever_they_come_from() -> None:
    moved = rows_of(SHARDS[3])[0]
    shift = np.array(edit_of(moved)["new_bbox_3d"][:3]) - edit_of(moved)["original_bbox_3d"][:3]
    np.testing.assert_allclose(np.linalg.norm(shift), 0.15, atol=1e-9)


def _seen(frame: Frame, object_id: str) -> tuple[Any, float]:
    record = next(one for one in frame.objects if one.object_id == object_id)
    return record.bbox_2d, record.visible_fraction or 0.0


def _projected(
    box: NDArray[np.float64], rotation: NDArray[np.float64], intrinsics: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Box round the corners in the image: sizes lie along the columns of the rotation."""
    corners = np.array(list(product((-0.5, 0.5), repeat=3))) * box[3:6] @ rotation.T + box[:3]
    pixels = corners @ intrinsics.T
    pixels = pixels[:, :2] / pixels[:, 2:]
    return np.concatenate([pixels.min(axis=0), pixels.max(axis=0)])
