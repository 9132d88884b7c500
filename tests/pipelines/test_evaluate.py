"""From samples to edits to scores: all of them, once, whatever happens on the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from gsi_ray.editors import UnknownEditor
from gsi_ray.lake import scan, write_rows, write_shard
from gsi_ray.lake.derived import sample_shards
from gsi_ray.lake.errors import EmptyTable
from gsi_ray.lake.images import encode_rgb
from gsi_ray.lake.paths import ShardName
from gsi_ray.lake.readers import read_rows
from gsi_ray.lake.stores import Store
from gsi_ray.pipelines.derive import Job
from gsi_ray.pipelines.edit import EditMaker, edit
from gsi_ray.pipelines.evaluate import evaluate
from gsi_ray.pipelines.workers import ShardsFailed
from gsi_ray.recipes import EvaluationRecipe
from gsi_ray.reporting.evaluation import write_report
from tests.faults.processes import WORKER, processes
from tests.faults.simulators import ORDERS
from tests.lake.object_store import ObjectStore
from tests.toy_triplets import toy_triplets

pytestmark = pytest.mark.usefixtures("ray_here")

Row = dict[str, Any]

EDITORS = ("truth", "identity", "tinted-20pct")
RECIPE = EvaluationRecipe()
EXACT = EvaluationRecipe(protocols=("exact",))
SAMPLES = len(toy_triplets())
SHARDS = 3


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with some shards of the same samples under other ids, and nothing else."""
    lake = tmp_path_factory.mktemp("samples")
    for number in range(SHARDS):
        triplets = [replace(one, sample_id=f"{number}{one.sample_id[1:]}") for one in toy_triplets()]
        write_shard(triplets, str(lake), str(ShardName("abc", number)), split="train", environment="tabletop")
    return lake


@pytest.fixture(scope="module")
def edited(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with edits."""
    lake = tmp_path_factory.mktemp("edited") / "lake"
    shutil.copytree(samples, lake)
    edit(str(lake), EDITORS, workers=2)
    return lake


@pytest.fixture(scope="module")
def scored(edited: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with scores."""
    lake = tmp_path_factory.mktemp("scored") / "lake"
    shutil.copytree(edited, lake)
    evaluate(str(lake), RECIPE, workers=2)
    return lake


def files(lake: Path, table: str) -> dict[str, bytes]:
    return {str(file.relative_to(lake)): file.read_bytes() for file in sorted(lake.glob(f"{table}/**/*.parquet"))}


def copied(lake: Path, folder: Path) -> Path:
    return Path(shutil.copytree(lake, folder / "lake"))


def change_edit(lake: Path, change: Callable[[Row], None]) -> str:
    """Change one edit of the truth; returns its sample's id."""
    shard = str(ShardName("abc", 0))
    rows = read_rows(Store.open(str(lake)), f"edits/v1/editor=truth/{shard}.parquet")
    change(rows[1])
    write_rows("edits", rows, str(lake), shard, {"editor": "truth"})
    return str(rows[1]["sample_id"])


def scores(lake: Path) -> pl.DataFrame:
    return scan("scores", str(lake)).collect().sort("editor", "protocol", "sample_id")


class TestEditing:
    def test_every_sample_has_one_edit_by_every_editor(self, edited: Path) -> None:
        counts = scan("edits", str(edited)).group_by("editor").len().collect()
        assert dict(counts.iter_rows()) == dict.fromkeys(EDITORS, SHARDS * SAMPLES)

    def test_a_copy_of_the_truth_is_the_truth_to_the_byte(self, edited: Path) -> None:
        frames = [
            scan(table, str(edited)).select("sample_id", pl.col(image).struct.field("bytes").alias("image"))
            for table, image in (("triplets", "image_after"), ("edits", "image"))
        ]
        edits = scan("edits", str(edited)).filter(editor="truth").select("sample_id")
        both = frames[0].join(frames[1].join(edits, "sample_id", "semi"), ["sample_id", "image"], "semi").collect()
        assert both.height == SHARDS * SAMPLES

    def test_what_is_edited_is_not_edited_again(self, edited: Path, tmp_path: Path) -> None:
        lake = copied(edited, tmp_path)
        assert edit(str(lake), EDITORS).shards == 0
        missing = lake / f"edits/v1/editor=identity/{ShardName('abc', 1)}.parquet"
        content = missing.read_bytes()
        missing.unlink()
        assert edit(str(lake), EDITORS).shards == 1
        assert missing.read_bytes() == content

    def test_an_edit_that_cannot_be_made_is_a_row_that_says_why(self, samples: Path, tmp_path: Path) -> None:
        lake = copied(samples, tmp_path)
        done = edit(str(lake), ["shifted-5cm"], workers=1)
        rows = scan("edits", str(lake)).collect()
        assert (done.rows, done.errors) == (rows.height, rows["error"].is_not_null().sum())
        assert rows.filter(pl.col("error").is_not_null())["image"].is_null().all()
        assert done.errors > 0  # no simulator has ever drawn these samples

    def test_an_unknown_editor_is_refused_before_anything_is_written(self, samples: Path, tmp_path: Path) -> None:
        lake = copied(samples, tmp_path)
        with pytest.raises(UnknownEditor, match="did you mean"):
            edit(str(lake), ["truth", "identiti"])
        assert not (lake / "edits").exists()

    def test_only_the_split_that_is_asked_for_is_edited(self, samples: Path, tmp_path: Path) -> None:
        with pytest.raises(EmptyTable, match="no triplets of val"):
            edit(str(copied(samples, tmp_path)), ["truth"], splits=["val"])


class TestScoring:
    def test_every_edit_has_one_score_by_every_protocol(self, scored: Path) -> None:
        counts = scores(scored).group_by("editor", "protocol").len()
        assert counts.height == len(EDITORS) * 2
        assert set(counts["len"]) == {SHARDS * SAMPLES}

    def test_the_truth_is_best_and_the_picture_before_complies_with_nothing(self, scored: Path) -> None:
        exact = scores(scored).filter(protocol="exact")
        assert exact.filter(editor="truth")["ic"].min() == pytest.approx(1.0, abs=0.01)
        assert exact.filter(editor="identity")["ic"].max() == 0.0

    def test_without_alexnet_what_needs_lpips_is_null(self, scored: Path) -> None:
        rows = scores(scored).filter(protocol="gsi-bench")
        assert rows["el_lpips"].is_null().all()
        assert rows["el_ssim"].is_not_null().all()
        assert rows["error"].is_null().all()

    def test_what_is_scored_is_not_scored_again_but_a_new_editor_is(self, scored: Path, tmp_path: Path) -> None:
        lake = copied(scored, tmp_path)
        assert evaluate(str(lake), RECIPE).shards == 0
        edit(str(lake), ["tinted-10pct"], workers=1)
        assert evaluate(str(lake), EXACT, workers=1).rows == SHARDS * SAMPLES
        kept = {name: content for name, content in files(lake, "scores").items() if "tinted-10pct" not in name}
        assert kept == files(scored, "scores")

    def test_again_scores_all_of_it_to_the_same_bytes(self, scored: Path, tmp_path: Path) -> None:
        lake = copied(scored, tmp_path)
        done = evaluate(str(lake), EXACT, editors=["truth"], again=True, workers=1)
        assert done.rows == SHARDS * SAMPLES
        assert files(lake, "scores") == files(scored, "scores")

    def test_edits_of_nobody_known_are_refused(self, edited: Path, samples: Path) -> None:
        with pytest.raises(EmptyTable, match="no edits by nobody: there are those of identity"):
            evaluate(str(edited), RECIPE, editors=["nobody"])
        with pytest.raises(EmptyTable, match="has no edits"):
            evaluate(str(samples), RECIPE)


def _noise(row: Row, shape: tuple[int, ...]) -> None:
    row["image"]["bytes"] = encode_rgb(np.zeros(shape, np.uint8))


BAD: dict[str, tuple[Callable[[Row], None], str]] = {
    "no picture": (lambda row: row.update(image=None, error="the server was down"), "the server was down"),
    "no image file": (lambda row: row["image"].update(bytes=b"GIF89a"), "cannot be read"),
    "half an image file": (lambda row: row["image"].update(bytes=row["image"]["bytes"][:200]), "cannot be read"),
    "another shape": (lambda row: _noise(row, (64, 200, 3)), "another shape"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_edit_is_one_row_with_its_reason_and_changes_no_other_score(
    edited: Path, scored: Path, tmp_path: Path, kind: str
) -> None:
    change, reason = BAD[kind]
    lake = copied(edited, tmp_path)
    sample = change_edit(lake, change)

    done = evaluate(str(lake), EXACT, editors=["truth"], workers=1)

    mine = scores(lake)
    row = mine.row(by_predicate=pl.col("error").is_not_null(), named=True)
    assert (row["sample_id"], row["ic"], done.errors) == (sample, None, 1)
    assert reason in row["error"]
    undisturbed = scores(scored).filter(pl.col("sample_id") != sample, editor="truth", protocol="exact")
    assert mine.filter(pl.col("sample_id") != sample).equals(undisturbed)


def test_of_a_picture_that_nobody_drew_the_oracle_says_so(edited: Path, tmp_path: Path) -> None:
    lake = copied(edited, tmp_path)
    change_edit(lake, lambda row: row.update(objects=None, camera=None))
    evaluate(str(lake), EvaluationRecipe(protocols=("gsi-bench",)), editors=["truth"], workers=1)
    assert scores(lake)["error"].drop_nulls().str.contains("no simulator drew the picture").to_list() == [True]


def test_a_damaged_file_of_edits_is_named_and_the_others_are_scored(edited: Path, tmp_path: Path) -> None:
    lake = copied(edited, tmp_path)
    damaged = lake / f"edits/v1/editor=truth/{ShardName('abc', 1)}.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-300])
    with pytest.raises(ShardsFailed, match=rf"of 1 shard could not be made \({ShardName('abc', 1)}\)"):
        evaluate(str(lake), EXACT, editors=["truth", "identity"], workers=1)
    counts = dict(scores(lake).group_by("editor").len().iter_rows())
    assert counts == {"truth": (SHARDS - 1) * SAMPLES, "identity": SHARDS * SAMPLES}


def test_a_worker_that_is_killed_costs_nothing(edited: Path, scored: Path, tmp_path: Path) -> None:
    lake = copied(edited, tmp_path)
    program = Path(sys.executable).with_name("gsi-ray")
    command = [program, "evaluate", "--lake", lake, "--protocol", "exact", "--workers", "2"]
    environment = {**os.environ, ORDERS: str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as run:
        while not (workers := processes(tmp_path, WORKER)):
            assert run.poll() is None
            time.sleep(0.02)
        os.kill(workers[0].pid, signal.SIGKILL)
        output, _ = run.communicate(timeout=180)
    assert run.returncode == 0, output
    expected = {name: content for name, content in files(scored, "scores").items() if "protocol=exact" in name}
    assert files(lake, "scores") == expected


def test_a_lake_in_an_object_store_gets_the_same_scores(
    object_store: ObjectStore, scored: Path, tmp_path: Path
) -> None:
    lake = object_store.new_lake()
    shard = str(ShardName("abc", 0))
    triplets = [replace(one, sample_id=f"0{one.sample_id[1:]}") for one in toy_triplets()]
    write_shard(triplets, lake, shard, split="train", environment="tabletop")
    [samples] = sample_shards(lake)
    EditMaker(lake)(Job(samples, ("truth",)))
    run = subprocess.run(
        [
            Path(sys.executable).with_name("gsi-ray"),
            "evaluate",
            "--lake",
            lake,
            "--protocol",
            "exact",
            "--workers",
            "1",
        ],
        env={**os.environ, **object_store.environment},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    key = f"scores/v1/editor=truth/protocol=exact/{shard}.parquet"
    assert Store.open(lake).read(key) == (scored / key).read_bytes()
    assert write_report(lake, tmp_path).scores == SAMPLES
