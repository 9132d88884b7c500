from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake import EmptyTable, Receipt, WrittenShard, write_rows
from gsi_ray.lake.audit import AuditReport, audit
from gsi_ray.lake.auditing.balance import balance_findings
from gsi_ray.lake.auditing.gathering import Gathering
from gsi_ray.lake.auditing.sharing import TRACE, VIEW, Comparison, Traces
from gsi_ray.lake.rows import Row, rows_of
from gsi_ray.lake.runs import RunRecord
from tests.lake.object_store import ObjectStore
from tests.toy_triplets import toy_triplets


@pytest.fixture(scope="module")
def true_rows() -> list[Row]:
    return rows_of(toy_triplets())


@pytest.fixture
def rows(true_rows: list[Row]) -> list[Row]:
    """True samples of all operations, to be made false."""
    return deepcopy(true_rows)


def _write(lake: Path | str, rows: Sequence[Row], index: int = 0, split: str = "train") -> WrittenShard:
    partitions = {"split": split, "environment": "tabletop"}
    return write_rows("triplets", rows, str(lake), f"shard-abc-{index:08d}", partitions)


def _record(lake: Path | str, *written: WrittenShard, run: str = "toy-abc-1", finished: bool = True) -> None:
    record = RunRecord(str(lake), run)
    record.begin("name: toy\n")
    for file in written:
        record.add(Receipt(Path(file.path).stem, "train", "tabletop", "here/1", file))
    if finished:
        record.finish({})


def _found(lake: Path | str, **options: Any) -> Counter[str]:
    """How often each check found something."""
    return Counter({result.check: result.count for result in audit(str(lake), **options).results})


def _elsewhere(rows: Sequence[Row], split: str = "test", **changes: Any) -> list[Row]:
    """Samples of another split, with ids of their own, and whatever else is to differ."""
    return [{**row, "sample_id": row["sample_id"][::-1], "split": split, **changes} for row in deepcopy(list(rows))]


def _redraw(row: Row, column: str, change: Callable[[Image.Image], Image.Image]) -> None:
    file = io.BytesIO()
    change(Image.open(io.BytesIO(row[column]["bytes"]))).save(file, "PNG")
    row[column] = {"bytes": file.getvalue(), "path": None}


def _grow_everything(rows: Sequence[Row]) -> None:
    """Other things than before: another scene, by what is in it."""
    for row in rows:
        for entry in row["objects_before"]:
            entry["size"] = [1.1 * length for length in entry["size"]]


def test_true_samples_are_found_to_be_true(lake_url: str, rows: list[Row]) -> None:
    _record(lake_url, _write(lake_url, rows))

    report = audit(lake_url)

    assert report.results == ()
    assert (report.files, report.opened, report.without_receipt, report.samples) == (1, 1, 0, len(rows))


def _entry(row: Row, side: str, object_id: str) -> Row:
    return next(entry for entry in row[f"objects_{side}"] if entry["object_id"] == object_id)


def _narrow(row: Row) -> None:
    box = _entry(row, "after", "plate-1")["bbox_2d"]
    _entry(row, "after", "plate-1")["bbox_2d"] = [box[0] + 1, *box[1:]]


FALSEHOODS: dict[str, tuple[str, Callable[[Row], object], str]] = {
    "a picture cut off": (
        "object_rotation",
        lambda row: row["image_after"].update(bytes=row["image_after"]["bytes"][:500]),
        "undecodable_picture",
    ),
    "no picture": ("object_rotation", lambda row: row.update(depth_after=None), "undecodable_picture"),
    "a small picture": (
        "object_rotation",
        lambda row: _redraw(row, "depth_after", lambda image: image.resize((64, 64))),
        "wrong_picture",
    ),
    "depth in 8 bits": (
        "object_rotation",
        lambda row: _redraw(row, "depth_before", lambda image: Image.new("L", image.size)),
        "wrong_picture",
    ),
    "a grey image": (
        "object_rotation",
        lambda row: _redraw(row, "image_before", lambda image: image.convert("L")),
        "wrong_picture",
    ),
    "a 2D box one pixel too narrow": ("camera_movement", _narrow, "false_bbox_2d"),
    "an instance that is no object": (
        "camera_movement",
        lambda row: row["objects_before"].remove(_entry(row, "before", "book-1")),
        "false_bbox_2d",
    ),
    "a transform that leads elsewhere": (
        "camera_movement",
        lambda row: row.update(transform=np.eye(4).ravel().tolist()),
        "false_transform",
    ),
    "a camera that is not where its transform leads": (
        "perspective_control",
        lambda row: row["camera_after"].update(translation=[0.0, 0.0, 1.0]),
        "false_transform",
    ),
    "a removed thing that is still there": (
        "spatial_removal",
        lambda row: row["objects_after"].append(_entry(row, "before", "bottle-1") | {"bbox_2d": None, "instance": 99}),
        "false_transform",
    ),
    "a thing gone that was to be moved": (
        "camera_movement",
        lambda row: _entry(row, "after", "mug-1").update(object_id="mug-2"),
        "false_transform",
    ),
    "a thing scaled by something else": (
        "object_scaling",
        lambda row: _entry(row, "after", "mug-1").update(size=_entry(row, "before", "mug-1")["size"]),
        "false_transform",
    ),
    "another number in English": (
        "camera_movement",
        lambda row: row.update(instruction=row["instruction"].replace("15", "25")),
        "false_numbers",
    ),
    "another number in Chinese": (
        "object_rotation",
        lambda row: row.update(instruction_zh=row["instruction_zh"].replace("45", "90")),
        "false_numbers",
    ),
    "no number": ("camera_movement", lambda row: row.update(instruction="Move the mug."), "false_numbers"),
    "a number too many": (
        "receptacle_placement",
        lambda row: row.update(instruction=row["instruction"][:-1] + ", turned by 90 degrees."),
        "false_numbers",
    ),
    "a camera that moves with the mug": (
        "camera_movement",
        lambda row: row["camera_after"].update(translation=[0.0, 0.0, 1.0]),
        "false_camera",
    ),
    "an odd id": ("camera_movement", lambda row: row.update(sample_id="mug"), "malformed_sample_id"),
    "another split than the folder's": ("camera_movement", lambda row: row.update(split="val"), "wrong_place"),
}


@pytest.mark.parametrize("falsehood", FALSEHOODS)
def test_a_false_sample_is_found_by_the_check_for_it(tmp_path: Path, rows: list[Row], falsehood: str) -> None:
    operation, falsify, check = FALSEHOODS[falsehood]
    row = next(row for row in rows if row["operation"] == operation)
    falsify(row)
    _write(tmp_path, [row])

    assert set(_found(tmp_path)) == {check}


def test_an_id_that_is_taken_is_found_with_both_files(tmp_path: Path, rows: list[Row]) -> None:
    first, second = _write(tmp_path, rows[:3]), _write(tmp_path, rows[2:4], index=1)

    (result,) = (result for result in audit(str(tmp_path)).results if result.check == "duplicate_sample_id")

    assert result.count == 1
    assert result.examples[0].where == f"sample {rows[2]['sample_id']} in {second.path}"
    assert first.path in result.examples[0].what


def test_a_scene_in_two_splits_is_found(tmp_path: Path, rows: list[Row]) -> None:
    _write(tmp_path, rows[:2])
    _write(tmp_path, _elsewhere(rows[2:4]), index=1, split="test")

    assert _found(tmp_path) == {"scene_in_two_splits": 1}


def test_a_scene_in_another_split_under_another_name_is_found_by_what_is_in_it(tmp_path: Path, rows: list[Row]) -> None:
    others = _elsewhere(rows[2:3], scene_id="tabletop-test-000007")
    _redraw(others[0], "image_before", lambda image: image.transpose(Image.Transpose.ROTATE_90))
    _write(tmp_path, rows[:2])
    _write(tmp_path, others, index=1, split="test")

    assert _found(tmp_path) == {"same_scene_by_another_name": 1}


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image,
        lambda image: image.point(lambda value: min(255, int(1.1 * value))),
        lambda image: image.resize((64, 64)).resize(image.size),
    ],
    ids=["the same", "brighter", "coarser"],
)
def test_a_picture_in_another_split_is_found_though_it_was_changed_a_little(
    tmp_path: Path, rows: list[Row], change: Callable[[Image.Image], Image.Image]
) -> None:
    others = _elsewhere(rows[2:3], scene_id="tabletop-test-000007")
    _grow_everything(others)
    _redraw(others[0], "image_before", change)
    _write(tmp_path, rows[:2])
    _write(tmp_path, others, index=1, split="test")

    found = _found(tmp_path)

    assert found["lookalike_in_two_splits"] == 1
    assert not found["lookalike"]


def test_the_same_picture_of_two_scenes_of_one_split_is_only_a_warning(tmp_path: Path, rows: list[Row]) -> None:
    others = _elsewhere(rows[2:3], "train", scene_id="tabletop-train-000007")
    _write(tmp_path, [*rows[:2], *others])

    report = audit(str(tmp_path))

    assert [(result.check, result.severity.value) for result in report.results] == [("lookalike", "warning")]


def test_a_sample_that_is_there_twice_under_two_ids_is_found(tmp_path: Path, rows: list[Row]) -> None:
    _write(tmp_path, rows[:3])
    _write(tmp_path, _elsewhere(rows[2:3], "train"), index=1)

    assert _found(tmp_path) == {"duplicate_sample": 1}


def test_a_file_cut_short_is_found(tmp_path: Path, rows: list[Row]) -> None:
    file = tmp_path / _write(tmp_path, rows[:2]).path
    file.write_bytes(file.read_bytes()[:-100])

    assert _found(tmp_path) == {"damaged_file": 1}
    assert _found(tmp_path, pictures=0.0) == {"damaged_file": 1}


def test_a_file_that_is_not_what_its_run_wrote_is_found(tmp_path: Path, rows: list[Row]) -> None:
    _record(tmp_path, _write(tmp_path, rows[:2]))
    _write(tmp_path, rows[1:3])

    assert _found(tmp_path) == {"altered_file": 1}


def test_without_its_pictures_a_file_must_still_have_the_bytes_and_the_rows_of_its_receipt(
    tmp_path: Path, rows: list[Row]
) -> None:
    longer, other = _write(tmp_path, rows[:2]), _write(tmp_path, rows[2:4], index=1)
    _record(tmp_path, replace(longer, bytes=longer.bytes - 1), replace(other, rows=3))

    assert _found(tmp_path, pictures=0.0) == {"altered_file": 1, "wrong_receipt": 1}


def test_a_file_that_any_of_its_runs_wrote_is_good(tmp_path: Path, rows: list[Row]) -> None:
    _record(tmp_path, _write(tmp_path, rows[:2]), run="toy-abc-1")
    _record(tmp_path, _write(tmp_path, rows[1:3]), run="toy-abc-2")

    assert not _found(tmp_path)


def test_receipts_of_a_run_that_goes_on_count_and_files_without_are_counted_too(
    tmp_path: Path, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gsi_ray.lake.runs.PART_RECEIPTS", 1)
    _record(tmp_path, _write(tmp_path, rows[:2]), finished=False)
    _write(tmp_path, rows[2:4], index=1)
    assert len(list(tmp_path.glob("runs/*/receipts-*.parquet"))) == 1

    report = audit(str(tmp_path))

    assert report.results == ()
    assert report.without_receipt == 1


def test_a_file_that_is_gone_is_a_warning(tmp_path: Path, rows: list[Row]) -> None:
    gone = _write(tmp_path, rows[:2])
    _record(tmp_path, gone, _write(tmp_path, rows[2:4], index=1))
    (tmp_path / gone.path).unlink()

    (result,) = audit(str(tmp_path)).results

    assert (result.check, result.severity.value, result.examples[0].where) == ("missing_file", "warning", gone.path)


def test_a_damaged_record_of_a_run_is_found_and_does_not_hide_the_samples(tmp_path: Path, rows: list[Row]) -> None:
    _record(tmp_path, _write(tmp_path, rows[:2]))
    (tmp_path / "runs/toy-abc-1/receipts.parquet").write_bytes(b"PAR1")
    (tmp_path / "runs/toy-abc-1/summary.json").write_bytes(b"{")

    report = audit(str(tmp_path))

    assert [(result.check, result.count) for result in report.results] == [("damaged_record", 2)]
    assert (report.samples, report.without_receipt) == (2, 1)


def test_files_that_do_not_belong_there_are_told_apart(tmp_path: Path, rows: list[Row]) -> None:
    folder = (tmp_path / _write(tmp_path, rows[:2]).path).parent
    (folder / "copy.parquet").write_bytes(b"PAR1")
    (folder / "notes.txt").write_text("mine")
    (folder / ".shard-abc-00000003.parquet.0123.unfinished").write_bytes(b"PAR1")

    assert _found(tmp_path) == {"stray_table_file": 1, "stray_file": 1, "leftover": 1}


def _rewrite(file: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.read_table(file, partitioning=None)), file)


def test_columns_that_came_later_may_be_missing_and_columns_of_later_versions_may_be_there(
    tmp_path: Path, rows: list[Row]
) -> None:
    older, newer = (tmp_path / _write(tmp_path, rows[index : index + 1], index).path for index in range(2))
    _rewrite(older, lambda table: table.drop_columns(["difficulty", "chain_id"]))
    _rewrite(newer, lambda table: table.append_column("mood", pa.array(["good"])))

    report = audit(str(tmp_path))

    assert (report.results, report.samples) == ((), 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop_columns(["scene_id"]), "no column scene_id"),
        (lambda table: table.set_column(table.schema.names.index("seed"), "seed", pa.array([7.0])), "seed is double"),
        (lambda table: table.rename_columns([f"{name}_" for name in table.schema.names]), "no column sample_id"),
        (lambda table: table.rename_columns({"difficulty": "difficulti"}), "no column difficulty"),
    ],
    ids=["a column less", "another type", "other names", "a name misspelt"],
)
def test_a_file_with_other_columns_is_found(
    tmp_path: Path, rows: list[Row], change: Callable[[pa.Table], pa.Table], said: str
) -> None:
    _rewrite(tmp_path / _write(tmp_path, rows[:1]).path, change)

    (result,) = audit(str(tmp_path)).results

    assert result.check == "foreign_file"
    assert said in result.examples[0].what


def test_pictures_of_editors_must_open_too_and_may_be_missing(tmp_path: Path, rows: list[Row]) -> None:
    edit = {"editor": "copy", "error": None, "seconds": 0.5}
    edits = [
        {"sample_id": rows[0]["sample_id"], "image": rows[0]["image_before"], **edit},
        {"sample_id": rows[1]["sample_id"], "image": None, **edit, "error": "it did not want to"},
    ]
    write_rows("edits", edits, str(tmp_path), "shard-abc-00000000", {"editor": "copy"})
    assert not _found(tmp_path)

    edits[0]["image"] = {"bytes": b"\x89PNG", "path": None}
    write_rows("edits", edits, str(tmp_path), "shard-abc-00000000", {"editor": "copy"})
    assert _found(tmp_path) == {"undecodable_picture": 1}


def test_without_pictures_all_else_is_still_looked_at(tmp_path: Path, rows: list[Row]) -> None:
    rows[0]["image_after"]["bytes"] = b"\x89PNG"
    rows[1]["transform"] = np.eye(4).ravel().tolist()
    _write(tmp_path, [*rows[:2], rows[1]])

    assert _found(tmp_path, pictures=0.0) == {"duplicate_sample_id": 1, "false_transform": 2}


def test_a_share_of_the_files_is_always_the_same_one(tmp_path: Path, rows: list[Row]) -> None:
    rows[0]["image_after"]["bytes"] = b"\x89PNG"
    for index in range(20):
        _write(tmp_path, _elsewhere(rows[:1], "train", sample_id=f"{index:032x}"), index)

    reports = [audit(str(tmp_path), pictures=share) for share in (0.3, 0.3, 0.7)]

    assert 0 < reports[0].opened < reports[2].opened < 20
    assert reports[0].results == reports[1].results
    assert [_count(report, "undecodable_picture") for report in reports] == [report.opened for report in reports]


def _count(report: AuditReport, check: str) -> int:
    return sum(result.count for result in report.results if result.check == check)


def test_several_processes_find_what_one_finds_in_an_object_store_too(
    object_store: ObjectStore, rows: list[Row]
) -> None:
    lake = object_store.new_lake()
    for index in range(3):
        _write(lake, rows[index : index + 2], index)

    alone, together = audit(lake), audit(lake, workers=2)

    assert alone.results == together.results != ()
    assert alone.counts == together.counts


def test_a_lake_with_nothing_in_it_cannot_be_audited(tmp_path: Path) -> None:
    with pytest.raises(EmptyTable, match="nothing to audit"):
        audit(str(tmp_path))


def _findings(counts: dict[tuple[str, ...], int]) -> list[tuple[str, str]]:
    return [(finding.check, finding.what) for finding in balance_findings(Counter(counts))]


def test_opposite_words_must_be_about_as_frequent() -> None:
    counts = {
        ("word", "camera_movement", "direction", "left"): 100,
        ("word", "camera_movement", "direction", "right"): 40,
        ("word", "camera_movement", "direction", "forward"): 55,
        ("word", "camera_movement", "direction", "backward"): 100,
        ("word", "object_rotation", "direction", "clockwise"): 30,
    }
    assert _findings(counts) == [
        ("uneven_words", "100 times left, 40 times right"),
        ("uneven_words", "30 times clockwise, 0 times counterclockwise"),
    ]


def test_operations_of_a_split_must_be_about_as_frequent() -> None:
    counts = {
        ("operation", "room", "train", "camera_movement"): 1000,
        ("operation", "room", "train", "spatial_removal"): 100,
        ("operation", "room", "test", "spatial_removal"): 100,
        ("operation", "room", "test", "camera_movement"): 120,
    }
    assert _findings(counts) == [("uneven_operations", "1000 samples of camera_movement, 100 of spatial_removal")]


def test_a_category_must_not_be_all_there_is() -> None:
    counts = {("category", "room", "mug"): 60, ("category", "room", "jar"): 40, ("category", "tabletop", "mug"): 7}
    assert _findings(counts) == [("dominant_category", "60 of 100 targets are a mug")]


def test_a_few_samples_are_uneven_by_chance() -> None:
    counts = {("word", "object_rotation", "direction", "clockwise"): 5, ("category", "room", "mug"): 5}
    assert _findings(counts) == []


@given(st.lists(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=20), max_size=8))
def test_records_with_a_key_in_common_come_together(tmp_path_factory: pytest.TempPathFactory, batches: Any) -> None:
    gathering = Gathering(tmp_path_factory.mktemp("gathering") / "records", np.dtype([("key", "u8"), ("number", "u8")]))
    numbers = iter(range(1000))
    expected: dict[int, list[int]] = {}
    for batch in batches:
        records = np.array([(key, next(numbers)) for key in batch], [("key", "u8"), ("number", "u8")])
        gathering.add(records)
        gathering._put_down()
        for key, number in records:
            expected.setdefault(key, []).append(number)

    groups = {int(group["key"][0]): group["number"].tolist() for group in gathering.groups()}

    assert groups == {key: numbers for key, numbers in expected.items() if len(numbers) > 1}


def _views(hashes: np.ndarray) -> Traces:
    views = np.zeros(len(hashes), VIEW)
    views["hash"] = hashes
    views["sample"] = [f"{number:032x}" for number in range(len(hashes))]
    views["scene"] = [f"scene-{number}" for number in range(len(hashes))]
    views["split"] = np.where(np.arange(len(hashes)) % 2, b"test", b"train")
    nothing = np.empty(0, TRACE)
    return Traces(nothing, nothing, nothing, nothing, views)


def test_hashes_up_to_eleven_bits_apart_are_all_found_once_and_no_others(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (3000, 256), dtype=np.uint8)
    for number in range(0, 400, 2):  # the first 200 pairs are alike
        bits[number + 1] = bits[number]
        bits[number + 1, rng.choice(256, number % 12, replace=False)] ^= 1
    comparison = Comparison(tmp_path)
    for part in np.array_split(np.packbits(bits, axis=1).view(np.uint64), 7):
        comparison.add("file", _views(part))

    found = Counter(finding.check for finding in comparison.findings())

    assert found["lookalike_in_two_splits"] + found["lookalike"] == 200


def test_the_command_prints_what_was_found_and_what_to_do_and_ends_with_status_1(
    tmp_path: Path, rows: list[Row]
) -> None:
    rows[0]["transform"] = np.eye(4).ravel().tolist()
    _write(tmp_path / "lake", rows)
    out = tmp_path / "report.json"

    result = CliRunner().invoke(app, ["audit", "--lake", str(tmp_path / "lake"), "--workers", "1", "--out", str(out)])

    said = re.sub(r"\s+", " ", result.stdout)
    assert result.exit_code == 1
    assert "error false_transform (1)" in said
    assert f"sample {rows[0]['sample_id']}" in said
    assert "Do not train on these samples" in said
    assert "1 files not covered by a receipt: 1 errors, 0 warnings" in said
    (stored,) = json.loads(out.read_text())["results"]
    assert (stored["check"], stored["severity"], stored["count"]) == ("false_transform", "error", 1)


def test_the_command_ends_with_status_0_when_there_are_only_warnings(tmp_path: Path, rows: list[Row]) -> None:
    _write(tmp_path, rows)
    (tmp_path / "notes.txt").write_text("mine")

    result = CliRunner().invoke(app, ["audit", "--lake", str(tmp_path), "--workers", "1"])

    assert result.exit_code == 0
    assert "0 errors, 1 warnings" in result.stdout
