"""The official layout of files, whole and damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gsi_ray.evaluation.gsi_bench import folders
from gsi_ray.evaluation.gsi_bench.folders import BadCase
from tests.evaluation.test_gsi_bench import CASES

EDIT = CASES[0]["edit"]


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Two edits of one picture, and one of the camera with its true picture."""
    folder = tmp_path / "originals"
    folder.mkdir()
    for name in ("a_frame_000010.jpg", "a_frame_000010_edit_0_vis.jpg", "b[1].png", "b[1]_edit_2_gtedit_2.png"):
        (folder / name).touch()
    for name in ("a_frame_000010_edit_0", "a_frame_000010_edit_1", "b[1]_edit_2"):
        (folder / f"{name}.json").write_text(json.dumps(EDIT))
    return folder


@pytest.fixture
def edits(tmp_path: Path) -> Path:
    folder = tmp_path / "edits"
    folder.mkdir()
    for name in ("a_frame_000010_edit_0.png", "a_frame_000010_edit_1_rgb.jpg", "b[1]_edit_2.png", "notes.txt"):
        (folder / name).touch()
    return folder


def test_every_edited_picture_finds_what_belongs_to_it(originals: Path, edits: Path) -> None:
    cases = [folders.read_case(file, originals) for file in folders.edited_pictures(edits)]
    assert [(case.key, case.original.name, case.truth and case.truth.name) for case in cases] == [
        ("a_frame_000010_0", "a_frame_000010.jpg", None),
        ("a_frame_000010_1", "a_frame_000010.jpg", None),
        ("b[1]_2", "b[1].png", "b[1]_edit_2_gtedit_2.png"),
    ]
    assert cases[0].edit.prompt == EDIT["prompt"]
    np.testing.assert_array_equal(cases[0].edit.box_3d, EDIT["original_bbox_3d"])
    assert cases[1].edited.name == "a_frame_000010_edit_1_rgb.jpg"  # the file keeps its own name


def test_an_original_may_have_more_in_its_name(originals: Path, edits: Path) -> None:
    (originals / "a_frame_000010.jpg").rename(originals / "a_frame_000010_undistorted.jpg")
    assert folders.read_case(edits / "a_frame_000010_edit_0.png", originals).original.name.endswith("undistorted.jpg")


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda folder: (folder / "a_frame_000010.jpg").unlink(), "has no picture a_frame_000010.jpg"),
        (lambda folder: (folder / "a_frame_000010_edit_0.json").unlink(), "a_frame_000010_edit_0.json cannot be read"),
        (lambda folder: (folder / "a_frame_000010_edit_0.json").write_text("{"), "is no JSON"),
        (lambda folder: (folder / "a_frame_000010_edit_0.json").write_text("[]"), "an object with keys"),
        (
            lambda folder: (folder / "a_frame_000010_edit_0.json").write_text(json.dumps({**EDIT, "prompt": None})),
            'the key "prompt" is missing',
        ),
    ],
)
def test_what_is_missing_or_damaged_is_named(originals: Path, edits: Path, damage: Any, complaint: str) -> None:
    damage(originals)
    with pytest.raises(BadCase, match=complaint):
        folders.read_case(edits / "a_frame_000010_edit_0.png", originals)


@pytest.mark.parametrize("name", ["mug.png", "_edit_1.png", "mug_edit_.png"])
def test_a_picture_with_another_kind_of_name_is_refused(originals: Path, name: str) -> None:
    with pytest.raises(BadCase, match=r"is to be called <image>_edit_<query>\.png"):
        folders.read_case(originals / name, originals)


ENTRY = {
    "origin_result": {"detections": CASES[0]["detections_before"]},
    "new_result": {"detections": CASES[0]["detections_after"]},
}


class TestCache:
    def test_what_is_written_is_what_is_read(self) -> None:
        found = folders.cached_detections({"a_0": ENTRY}, "a_0")
        assert found is not None
        again = folders.cached_detections({"a_0": json.loads(json.dumps(folders.cache_entry(found)))}, "a_0")
        assert again is not None
        for one, other in zip([*found.before, *found.after], [*again.before, *again.after], strict=True):
            np.testing.assert_array_equal(one.box_3d, other.box_3d)
            np.testing.assert_array_equal(one.rotation, other.rotation)
            assert one.label == other.label

    def test_what_is_not_there_is_not_made_up(self, tmp_path: Path) -> None:
        assert folders.read_cache(tmp_path / folders.CACHE) == {}
        assert folders.cached_detections({}, "a_0") is None
        assert folders.cached_detections({"a_0": {"origin_result": {"detections": []}}}, "a_0") is None

    @pytest.mark.parametrize("content", ["", "[]", "{"])
    def test_a_damaged_cache_is_named(self, tmp_path: Path, content: str) -> None:
        (tmp_path / folders.CACHE).write_text(content)
        with pytest.raises(BadCase, match=folders.CACHE):
            folders.read_cache(tmp_path / folders.CACHE)

    @pytest.mark.parametrize("result", [{}, None, {"detections": 3}, {"detections": [{"label": "cup"}]}])
    def test_damaged_detections_are_named_by_their_edit(self, result: object) -> None:
        with pytest.raises(BadCase, match='the cached detections of "a_0" cannot be used'):
            folders.cached_detections({"a_0": {**ENTRY, "new_result": result}}, "a_0")
