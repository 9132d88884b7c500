"""`gsi-ray export` as a user runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import datasets
import pytest
from typer.testing import CliRunner, Result

from gsi_ray.cli import app
from gsi_ray.lake import ShardName, write_shard
from tests.judgements import judge, verdict
from tests.toy_triplets import toy_triplets

TRIPLETS = toy_triplets()
GATE = ("--judge", "strict", "--rubric", "quality")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("lake"))
    write_shard(TRIPLETS, folder, str(ShardName("abc", 0)), split="train", environment="tabletop")
    return folder


def _export(lake: str, to: str, out: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["export", "--lake", lake, "--to", to, "--out", str(out), *options])


def test_an_export_with_its_card_loads_with_datasets(lake: str, tmp_path: Path) -> None:
    result = _export(lake, "huggingface", tmp_path / "out", "--operation", "perspective_control")
    assert result.exit_code == 0
    assert f"3 samples are in {tmp_path / 'out'}" in result.stdout
    assert (tmp_path / "out" / "README.md").is_file()
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert loaded["train"].num_rows == 3


def test_an_export_through_a_gate_says_what_that_left_out(lake: str, tmp_path: Path) -> None:
    judged = shutil.copytree(lake, tmp_path / "lake")
    said = [verdict(TRIPLETS[0].sample_id, True), verdict(TRIPLETS[1].sample_id, False)]
    judge(str(judged), str(ShardName("abc", 0)), said)
    result = _export(str(judged), "webdataset", tmp_path / "out", *GATE)
    assert f"1 samples are in {tmp_path / 'out'}" in result.stdout
    assert f"Left out: 1 that strict (quality) has rejected, {len(TRIPLETS) - 2} it has not judged.\n" in result.stdout


def test_again_there_is_nothing_to_do(lake: str, tmp_path: Path) -> None:
    _export(lake, "bagel", tmp_path / "out")
    assert _export(lake, "bagel", tmp_path / "out").stdout == f"Nothing to do: this export is in {tmp_path / 'out'}.\n"


@pytest.mark.parametrize(
    ("to", "options", "sentence"),
    [
        ("parquet", (), 'There is no export format "parquet"'),
        ("huggingface", ("--split", "trian"), 'There is no split "trian" to export (did you mean "train"?)'),
        ("gsi-bench", (), 'There is no split "test" to export: there are train.'),
        ("bagel", ("--judge", "strict"), "Only a judge and a rubric together are a gate: give both, or neither."),
        ("bagel", (*GATE, "--with-rejected"), "A gate leaves out what it rejects"),
        ("bagel", GATE, "The lake "),
    ],
)
def test_bad_input_ends_with_one_sentence(
    lake: str, tmp_path: Path, to: str, options: tuple[str, ...], sentence: str
) -> None:
    result = _export(lake, to, tmp_path / "out", *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"gsi-ray: {sentence}")
    assert result.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_an_empty_selection_ends_with_one_sentence_and_leaves_nothing(lake: str, tmp_path: Path) -> None:
    empty = str(tmp_path / "lake")
    write_shard([], empty, str(ShardName("abc", 0)), split="train", environment="tabletop")
    result = _export(empty, "webdataset", tmp_path / "out")
    assert result.exit_code == 2
    assert "is left to export" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]
