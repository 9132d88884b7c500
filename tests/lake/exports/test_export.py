"""What holds for every format: what is selected, where it goes, and what becomes of interruptions."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from gsi_ray.lake import DamagedShard, EmptyTable, Gate, GateError, ShardName, write_shard
from gsi_ray.lake.exports import FORMATS, Export, ExportError, Selection, format_named
from gsi_ray.lake.exports import export as exporting
from tests.lake.exports.exporting import SHARDS, by_id, export, judge, numbered
from tests.lake.object_store import ObjectStore
from tests.toy_triplets import toy_triplets


class Interrupted(Exception):
    """Stands for whatever ends a process."""


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _interrupted_export(lake: str, to: str, out: Path, after: int) -> None:
    """An export that ends after so many shards."""
    done = 0

    def report(samples: int, size: int) -> None:
        nonlocal done
        done += size > 0
        if done == after:
            raise Interrupted

    with pytest.raises(Interrupted):
        Export(lake, format_named(to), str(out), Selection(splits=("train", "test"))).write(report)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every shard is a part of its own."""
    monkeypatch.setattr(exporting, "PART_BYTES", 1)


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("after", [1, 2, 4])
def test_an_interrupted_export_goes_on_to_the_same_files(
    small_parts: None, lake: str, tmp_path: Path, to: str, after: int
) -> None:
    out = tmp_path / "out"
    export(lake, to, out, splits=("train", "test"))
    undisturbed = _contents(out)
    out.rename(tmp_path / "undisturbed")
    _interrupted_export(lake, to, out, after)
    assert not out.exists()
    export(lake, to, out, splits=("train", "test"))
    assert _contents(out) == undisturbed
    assert {path.name for path in tmp_path.iterdir()} == {"out", "undisturbed"}


def test_finished_parts_are_not_made_again(small_parts: None, lake: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _interrupted_export(lake, "huggingface", out, 2)
    first = tmp_path / "out.unfinished" / "data" / "room" / "train-00000.parquet"
    made = first.stat().st_mtime_ns
    export(lake, "huggingface", out, splits=("train", "test"))
    assert (out / "data" / "room" / "train-00000.parquet").stat().st_mtime_ns == made


def test_an_interrupted_export_begins_anew_when_the_lake_has_more(small_parts: None, lake: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _interrupted_export(lake, "webdataset", out, 2)
    more = numbered(toy_triplets()[:2], 9, "train", "bathroom")
    write_shard(more, lake, str(ShardName("abc", 9)), split="train", environment="bathroom")
    assert export(lake, "webdataset", out, splits=("train", "test")).samples == len(by_id(0, 1, 2, 3)) + 2
    export(lake, "webdataset", tmp_path / "undisturbed", splits=("train", "test"))
    assert _contents(out)["train/shard-000000.tar"] == _contents(tmp_path / "undisturbed")["train/shard-000000.tar"]


def test_the_manifest_lists_every_file_with_its_hash(lake: str, tmp_path: Path) -> None:
    export(lake, "gsi-bench", tmp_path / "out")
    found = _contents(tmp_path / "out")
    manifest = json.loads(found.pop("export.json"))
    listed = {file["path"]: (file["bytes"], file["sha256"]) for file in manifest["files"]}
    assert listed == {path: (len(data), hashlib.sha256(data).hexdigest()) for path, data in found.items()}


def test_the_same_export_again_has_nothing_to_do(lake: str, tmp_path: Path) -> None:
    assert not export(lake, "bagel", tmp_path / "out").is_there
    assert Export(lake, format_named("bagel"), str(tmp_path / "out"), Selection()).is_there


def test_another_export_is_not_overwritten(lake: str, tmp_path: Path) -> None:
    export(lake, "bagel", tmp_path / "out")
    with pytest.raises(ExportError, match=r"holds another export: name another folder"):
        export(lake, "huggingface", tmp_path / "out")


@pytest.mark.parametrize("folder", ["out", "out.unfinished"])
def test_what_is_no_export_is_refused_and_left_alone(lake: str, tmp_path: Path, folder: str) -> None:
    thesis = tmp_path / folder / "thesis.tex"
    thesis.parent.mkdir()
    thesis.write_text("years of work")
    with pytest.raises(ExportError, match=r"holds something that is no export|is in the way"):
        export(lake, "bagel", tmp_path / "out")
    assert _contents(tmp_path) == {f"{folder}/thesis.tex": b"years of work"}


def test_a_target_that_cannot_be_written_is_named(lake: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match=r"file/out cannot be written to \(.*\): check address"):
        export(lake, "bagel", tmp_path / "file" / "out")


def test_a_bucket_itself_is_no_target(lake: str) -> None:
    with pytest.raises(ExportError, match=r"such as memory://bucket/data"):
        export(lake, "bagel", "memory://bucket")


@pytest.mark.parametrize("to", FORMATS)
def test_an_export_to_an_object_store_has_the_same_files(lake: str, tmp_path: Path, to: str) -> None:
    export(lake, to, tmp_path / "out")
    export(lake, to, f"{lake}-out")
    _require_same(_contents(tmp_path / "out"), f"{lake}-out")


def test_exports_go_from_bucket_to_bucket(object_store: ObjectStore, lake: str, tmp_path: Path) -> None:
    bucket = object_store.new_lake()
    (_, here), (s3, there) = (fsspec.core.url_to_fs(url) for url in (lake, bucket))
    for path in MemoryFileSystem().find(here):
        s3.pipe_file(path.replace(here, there), MemoryFileSystem().cat_file(path))
    export(lake, "huggingface", tmp_path / "out")
    export(bucket, "huggingface", f"{bucket}-out")
    _require_same(_contents(tmp_path / "out"), f"{bucket}-out")
    assert not s3.exists(f"{bucket}-out.unfinished")


def _require_same(here: dict[str, bytes], there: str) -> None:
    """The same files, and the same bytes in those that do not speak of their place."""
    file_system, root = fsspec.core.url_to_fs(there)
    found = {path.removeprefix(f"{root}/"): path for path in file_system.find(root)}
    assert set(found) == set(here)
    for path in here:
        if path.endswith((".png", ".tar", ".parquet")):
            assert file_system.cat_file(found[path]) == here[path]


def test_an_export_interrupted_while_objects_get_their_names_is_finished_by_the_next(
    lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, copy = f"{lake}-out", MemoryFileSystem.cp_file
    copied = 0

    def cp_file(self: MemoryFileSystem, *places: str, **options: object) -> None:
        nonlocal copied
        copied += 1
        if copied == 3:
            raise OSError("connection lost")
        copy(self, *places, **options)

    with monkeypatch.context() as broken, pytest.raises(ExportError, match="connection lost"):
        broken.setattr(MemoryFileSystem, "cp_file", cp_file)
        export(lake, "gsi-bench", out)
    assert not MemoryFileSystem().exists(f"{out}/export.json")
    export(lake, "gsi-bench", out)
    assert Export(lake, format_named("gsi-bench"), out, Selection()).is_there
    assert not MemoryFileSystem().exists(f"{out}.unfinished")


def test_only_what_is_selected_is_exported(lake: str, tmp_path: Path) -> None:
    job = export(lake, "huggingface", tmp_path / "out", environments=("tabletop",), operations=("object_rotation",))
    assert job.samples == 2
    assert {path for path in _contents(tmp_path / "out") if path.startswith("data/")} == {
        "data/tabletop/test-00000.parquet",
        "data/tabletop/train-00000.parquet",
    }


@pytest.mark.parametrize(
    ("selection", "sentence"),
    [
        ({"splits": ("tests",)}, r'no split "tests" to export \(did you mean "test"\?\): there are test, train\.'),
        ({"environments": ("kitchen",)}, r'no environment "kitchen" to export.*there are room, tabletop\.'),
        (
            {"operations": ("object_rotate",)},
            r'no operation "object_rotate" to export \(did you mean "object_rotation"',
        ),
    ],
)
def test_a_misspelt_selection_is_answered_with_what_there_is(
    lake: str, tmp_path: Path, selection: dict[str, tuple[str, ...]], sentence: str
) -> None:
    with pytest.raises(ExportError, match=sentence):
        export(lake, "huggingface", tmp_path / "out", **selection)
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ExportError, match=r'no export format "hugging-face" \(did you mean "huggingface"\?\)'):
        format_named("hugging-face")


def test_a_lake_without_samples_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmptyTable, match="has no triplets"):
        export(str(tmp_path / "nothing"), "huggingface", tmp_path / "out")


def test_a_file_that_is_no_shard_is_named(lake: str, tmp_path: Path) -> None:
    memory, path = fsspec.core.url_to_fs(f"{lake}/triplets/v1/notes.parquet")
    memory.pipe_file(path, b"")
    with pytest.raises(ExportError, match=r"triplets/v1/notes\.parquet in memory.* is no shard of triplets"):
        export(lake, "huggingface", tmp_path / "out")


def test_a_damaged_shard_ends_the_export_and_its_repair_continues_it(
    small_parts: None, lake: str, tmp_path: Path
) -> None:
    shard = ShardName("abc", 3)
    memory, path = fsspec.core.url_to_fs(f"{lake}/triplets/v1/split=test/environment=tabletop/{shard}.parquet")
    whole = memory.cat_file(path)
    memory.pipe_file(path, whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(DamagedShard, match=str(shard)):
        export(lake, "huggingface", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    memory.pipe_file(path, whole)
    assert export(lake, "huggingface", tmp_path / "out").samples == len(by_id(0, 1, 2, 3))


def test_what_a_judge_rejects_is_left_out_unless_wanted(lake: str, tmp_path: Path) -> None:
    rejected, accepted = (triplet.sample_id for triplet in SHARDS[3][:2])
    judge(lake, {rejected: False, accepted: True}, shard=3)
    job = export(lake, "webdataset", tmp_path / "out", splits=("test",))
    assert (job.samples, job.rejected) == (len(SHARDS[3]) - 1, 1)
    assert job.source.judges() == ["strict (quality)"]
    assert export(lake, "webdataset", tmp_path / "all", splits=("test",), with_rejected=True).samples == len(SHARDS[3])


def test_judgements_of_an_editors_work_say_nothing_about_the_sample(lake: str, tmp_path: Path) -> None:
    judge(lake, {SHARDS[3][0].sample_id: False}, shard=3, editor="some-editor")
    assert export(lake, "webdataset", tmp_path / "out", splits=("test",)).samples == len(SHARDS[3])


def _gated(lake: str) -> tuple[str, Gate]:
    """One sample passes the gate, one is rejected, one has an error, and the rest of the split has no verdict."""
    passed, rejected, failed, other = (triplet.sample_id for triplet in SHARDS[3][:4])
    judge(lake, {passed: True, rejected: False, failed: None}, shard=3)
    judge(lake, {passed: False, rejected: True, other: True}, shard=3, rubric="another")
    return passed, Gate("strict", "quality")


def test_with_a_gate_just_what_it_has_passed_is_exported_and_the_rest_is_counted(lake: str, tmp_path: Path) -> None:
    passed, gate = _gated(lake)
    job = export(lake, "webdataset", tmp_path / "out", splits=("test",), gate=gate)
    assert (job.samples, job.rejected, job.unjudged) == (1, 1, len(SHARDS[3]) - 2)
    with tarfile.open(tmp_path / "out" / "test" / "shard-000000.tar") as tar:
        assert {name.split(".")[0] for name in tar.getnames()} == {passed}


def test_only_what_was_asked_for_counts_as_left_out(lake: str, tmp_path: Path) -> None:
    _, gate = _gated(lake)
    operations = (SHARDS[3][0].operation, SHARDS[3][2].operation)
    job = export(lake, "webdataset", tmp_path / "out", splits=("test",), operations=operations, gate=gate)
    assert (job.samples, job.rejected, job.unjudged) == (1, 0, 1)


def test_an_export_through_a_gate_goes_on_with_its_own_parts_and_with_no_others(
    small_parts: None, lake: str, tmp_path: Path
) -> None:
    _, gate = _gated(lake)
    out = tmp_path / "out"
    _interrupted_export(lake, "webdataset", out, 4)
    assert export(lake, "webdataset", out, splits=("train", "test"), gate=gate).samples == 1
    assert Export(lake, format_named("webdataset"), str(out), Selection(splits=("train", "test"), gate=gate)).is_there
    with pytest.raises(ExportError, match="holds another export"):
        export(lake, "webdataset", out, splits=("train", "test"), gate=Gate("strict", "another"))


@pytest.mark.parametrize(
    ("selection", "kind", "sentence"),
    [
        ({"gate": Gate("strict", "quality"), "with_rejected": True}, ExportError, "but not for both"),
        ({"gate": Gate("strict", "qualty")}, GateError, r'did you mean "strict \(quality\)"'),
        ({"gate": Gate("strict", "quality"), "splits": ("train",)}, ExportError, r"or have not judged yet\.$"),
    ],
)
def test_a_gate_that_nothing_can_come_through_is_told(
    lake: str, tmp_path: Path, selection: dict[str, object], kind: type[Exception], sentence: str
) -> None:
    _gated(lake)
    with pytest.raises(kind, match=sentence):
        export(lake, "huggingface", tmp_path / "out", **selection)
    assert not list(tmp_path.iterdir())


def test_facts_add_up_over_parts(small_parts: None, lake: str, tmp_path: Path) -> None:
    facts = export(lake, "huggingface", tmp_path / "out").facts
    samples = [row for row in facts["counts"] if row["measure"] == "samples"]
    assert sum(row["count"] for row in samples) == len(by_id(0, 1, 2, 3))
    angles = {
        row["bin"] * 15: row["count"]
        for row in facts["counts"]
        if row["measure"] == "angle" and row["split"] == "train"
    }
    assert angles == {15: 2, 45: 1}
    assert facts["scenes"] == len(SHARDS)
    assert {(one["environment"], one["operation"]) for one in facts["examples"]} == {
        (triplet.environment, triplet.operation) for triplet in by_id(0, 1, 2, 3).values()
    }


def test_an_export_that_is_killed_is_finished_by_the_next(lake: str, tmp_path: Path) -> None:
    local = str(tmp_path / "lake")
    memory, root = fsspec.core.url_to_fs(lake)
    memory.get(root, local, recursive=True)
    export(local, "webdataset", tmp_path / "undisturbed")
    exporter = subprocess.Popen(
        [sys.executable, "-c", SLOW_EXPORT, local, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True
    )
    assert exporter.stdout is not None
    with exporter, exporter.stdout:
        assert [exporter.stdout.readline() for _ in range(2)] == ["a shard\n"] * 2
        exporter.kill()
    assert not (tmp_path / "out").exists()
    export(local, "webdataset", tmp_path / "out")
    tars = [
        {path: data for path, data in _contents(tmp_path / name).items() if path.endswith(".tar")}
        for name in ("out", "undisturbed")
    ]
    assert tars[0] == tars[1]


SLOW_EXPORT = """
import sys
import time
from gsi_ray.lake.exports import Export, Selection, format_named

def report(samples, size):
    if size:
        print("a shard", flush=True)
        time.sleep(1)

Export(sys.argv[1], format_named("webdataset"), sys.argv[2], Selection()).write(report)
"""
