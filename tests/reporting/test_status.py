"""What `gsi-ray status` tells of lakes as runs leave them, or are just filling them."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake import Receipt, RunRecord, scan, write_shard
from gsi_ray.lake.paths import RunId
from gsi_ray.lake.top_ups import add_round
from gsi_ray.recipes import Recipe, RecipeError, fingerprint, revised, shards
from gsi_ray.reporting.status import RecipeStatus, UnplannedRecipe, lake_status
from gsi_ray.sampling.shard_plan import Batch
from tests.judgements import judge, verdict
from tests.triplets import make_triplet

RECIPE = Recipe.model_validate(
    {
        "name": "eight-shards",
        "description": "",
        "samples_per_shard": 2,
        "cells": [
            {
                "environment": "tabletop",
                "split": "train",
                "operations": ["camera_movement", "object_rotation"],
                "samples_per_operation": 8,
            }
        ],
    }
)
NAME = f"{RECIPE.name}-{fingerprint(RECIPE)}"
PLANS = shards(RECIPE)
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def began_run(lake: Path, tag: str = "0001", recipe: Recipe = RECIPE, began: datetime = BEGAN) -> RunRecord:
    name = f"{recipe.name}-{fingerprint(recipe)}"
    record = RunRecord(str(lake), str(RunId(name, began, tag)))
    record.begin(yaml.safe_dump(recipe.model_dump(mode="json")))
    return record


def made(lake: Path, index: int, minutes: float, operations: str = "camera_movement object_rotation") -> Receipt:
    """A shard is written; its receipt says that it was done so long after the run began."""
    plan, rng = PLANS[index], np.random.default_rng(index)
    samples = [replace(make_triplet(rng, size=8), operation=operation) for operation in operations.split()]
    file = write_shard(samples, str(lake), plan.name, split=plan.split, environment=plan.environment)
    return Receipt(
        plan.name,
        plan.split,
        plan.environment,
        "host/1",
        file,
        accepted=Counter(operations.split()),
        rejected={("camera_movement", "collides"): 2, ("object_rotation", "hidden"): 1},
        finished_at=BEGAN + timedelta(minutes=minutes),
    )


def failed(index: int, minutes: float, error: str = "its process was killed by SIGSEGV") -> Receipt:
    plan, when = PLANS[index], BEGAN + timedelta(minutes=minutes)
    return Receipt(plan.name, plan.split, plan.environment, "host/1", error=error, finished_at=when)


def only(lake: Path, minutes: float) -> RecipeStatus:
    (status,) = lake_status(str(lake), BEGAN + timedelta(minutes=minutes))
    assert isinstance(status, RecipeStatus)
    return status


@pytest.fixture
def record(tmp_path: Path, monkeypatch: Any) -> RunRecord:
    """A run that has just begun, and stores every receipt at once."""
    monkeypatch.setattr("gsi_ray.lake.runs.PART_RECEIPTS", 1)
    return began_run(tmp_path)


def test_a_run_that_goes_on_is_told_with_its_rate_and_the_time_that_is_left(tmp_path: Path, record: RunRecord) -> None:
    for index, minutes in enumerate([2.0, 4.0, 6.0, 8.0]):
        record.add(made(tmp_path, index, minutes))

    status = only(tmp_path, minutes=9.0)

    assert [run.state for run in status.runs] == ["running"]
    assert (status.planned, status.missing.tolist()) == (8, [4, 5, 6, 7])
    assert status.cells.rows() == [
        ("tabletop", "train", "camera_movement", 8, 4, 0),
        ("tabletop", "train", "object_rotation", 8, 4, 0),
    ]
    assert status.rate_of_late == pytest.approx(8 / (8 * 60))
    assert status.time_left == timedelta(minutes=8)
    assert status.rejections.rows() == [
        ("tabletop", "camera_movement", "collides", 8),
        ("tabletop", "object_rotation", "hidden", 4),
    ]


def test_the_rate_of_late_leaves_out_what_was_long_ago(tmp_path: Path, record: RunRecord) -> None:
    for index, minutes in enumerate([10.0, 20.0, 30.0, 58.0, 60.0]):
        record.add(made(tmp_path, index, minutes))

    status = only(tmp_path, minutes=60.0)

    assert status.rate_of_late == pytest.approx(4 / (10 * 60))
    assert status.rate_overall == pytest.approx(10 / (60 * 60))


def test_a_run_that_stores_nothing_any_more_is_silent_and_nobody_is_at_work(tmp_path: Path, record: RunRecord) -> None:
    record.add(made(tmp_path, 0, 1.0))

    status = only(tmp_path, minutes=30.0)

    assert [run.state for run in status.runs] == ["silent"]
    assert status.rate_of_late is None
    assert status.time_left is None


def test_samples_of_shards_that_no_receipt_tells_of_are_counted_in_the_shards(tmp_path: Path) -> None:
    began_run(tmp_path)
    made(tmp_path, 3, 1.0, operations="camera_movement camera_movement")

    status = only(tmp_path, minutes=2.0)

    assert status.cells["accepted"].to_list() == [2, 0]
    assert status.missing.tolist() == [0, 1, 2, 4, 5, 6, 7]


def test_failures_are_told_by_reason_until_their_shards_are_made(tmp_path: Path, record: RunRecord) -> None:
    for receipt in [failed(0, 1.0), failed(1, 1.0), failed(0, 2.0), failed(2, 2.0, "no space left"), failed(3, 3.0)]:
        record.add(receipt)
    record.add(made(tmp_path, 3, 4.0))
    record.finish({"state": "unfinished"})

    status = only(tmp_path, minutes=5.0)

    assert status.failures.rows() == [
        ("its process was killed by SIGSEGV", 2, PLANS[0].name),
        ("no space left", 1, PLANS[2].name),
    ]
    assert [(run.state, run.shards, run.failed) for run in status.runs] == [("unfinished", 1, 5)]


def test_shards_that_two_runs_made_count_once(tmp_path: Path, record: RunRecord) -> None:
    other = began_run(tmp_path, "0002", began=BEGAN + timedelta(minutes=3))
    for run in (record, other):
        run.add(made(tmp_path, 0, 4.0))
        run.finish({"state": "finished"})

    status = only(tmp_path, minutes=5.0)

    assert status.cells["accepted"].to_list() == [1, 1]
    assert [run.state for run in status.runs] == ["finished", "finished"]
    assert status.rate_overall == pytest.approx(4 / (4 * 60))


def test_what_judges_have_rejected_is_lacking_again(tmp_path: Path, record: RunRecord) -> None:
    shard = f"shard-{fingerprint(RECIPE)}-00000000"
    samples = [replace(make_triplet(np.random.default_rng(i), size=8), recipe=NAME) for i in range(3)]
    write_shard(samples, str(tmp_path), shard, split="train", environment="tabletop")
    verdicts = [verdict(sample.sample_id, accept) for sample, accept in zip(samples, [True, False, False], strict=True)]
    judge(str(tmp_path), shard, verdicts)

    status = only(tmp_path, minutes=1.0)

    assert status.cells.row(0) == ("tabletop", "train", "camera_movement", 8, 3, 2)
    assert status.lacking == 8 - 3 + 2 + 8


def test_of_a_recipe_with_a_gate_only_what_that_rejects_is_lacking_again(tmp_path: Path) -> None:
    began_run(tmp_path, recipe=revised(RECIPE, gate={"judge": "strict", "rubric": "quality"}))
    made(tmp_path, 0, 1.0, operations="camera_movement camera_movement camera_movement camera_movement")
    ids = scan("triplets", str(tmp_path)).select("sample_id").collect()["sample_id"]
    judge(str(tmp_path), PLANS[0].name, [verdict(ids[0], True), verdict(ids[1], False), verdict(ids[2], None)])
    judge(str(tmp_path), PLANS[0].name, [verdict(one, False) for one in ids], judge="grumpy")

    status = only(tmp_path, minutes=2.0)

    assert status.cells.row(0) == ("tabletop", "train", "camera_movement", 8, 4, 1)
    assert (status.passed, status.waiting, status.lacking) == (1, 2, 8 - 4 + 1 + 8)
    printed = CliRunner().invoke(app, ["status", "--lake", str(tmp_path)]).stdout
    assert "strict (quality) has passed 1, rejected 1; 2 wait for it" in printed


def test_further_rounds_of_shards_are_planned_too(tmp_path: Path, record: RunRecord) -> None:
    add_round(str(tmp_path), NAME, 1, [Batch("tabletop", "train", {"object_rotation": 3}, 3)])

    assert only(tmp_path, minutes=1.0).planned == 8 + 3


def test_a_recipe_that_this_version_plans_otherwise_is_told_and_the_others_are_not_lost(tmp_path: Path) -> None:
    began_run(tmp_path)
    old = RunId("older-0123456789ab", BEGAN, "0001")
    RunRecord(str(tmp_path), str(old)).begin(yaml.safe_dump({**RECIPE.model_dump(mode="json"), "name": "older"}))

    first, second = lake_status(str(tmp_path), BEGAN)

    assert isinstance(first, RecipeStatus)
    assert second == UnplannedRecipe("older-0123456789ab", "It was planned by another version of gsi_ray.")


def test_one_recipe_can_be_asked_for_by_its_name(tmp_path: Path) -> None:
    began_run(tmp_path)
    began_run(tmp_path, recipe=revised(RECIPE, name="another"))

    (status,) = lake_status(str(tmp_path), BEGAN, "eight")
    assert status.name == NAME
    with pytest.raises(RecipeError, match=r'No recipe "nine".*another-\w+, eight-shards-\w+'):
        lake_status(str(tmp_path), BEGAN, "nine")


def test_a_run_may_end_while_its_lake_is_looked_at(tmp_path: Path, record: RunRecord) -> None:
    """The parts of its receipts go while they are read; what is told never shrinks."""

    def run() -> None:
        for index in range(len(PLANS)):
            record.add(made(tmp_path, index, index))
        record.finish({"state": "finished"})

    runner = threading.Thread(target=run)
    runner.start()
    counts = []
    while runner.is_alive():
        counts.append(only(tmp_path, minutes=8.0).cells["accepted"].sum())
    runner.join()

    assert counts == sorted(counts)
    assert only(tmp_path, minutes=8.0).cells["accepted"].sum() == 16


def test_the_command_prints_all_that(tmp_path: Path, record: RunRecord) -> None:
    record.add(made(tmp_path, 0, 1.0))
    record.add(failed(5, 2.0))

    result = CliRunner().invoke(app, ["status", "--lake", str(tmp_path)])

    assert result.exit_code == 0
    printed = " ".join(result.stdout.split())
    for words in (
        NAME,
        "1 of 8 (12%)",
        "2 of 16 (12%)",
        "3 candidates: 2 collides, 1 hidden",
        "7 shards: 1-7",
        "1 x its process was killed by SIGSEGV, such as shard-",
        "camera_movement 1/8",
    ):
        assert words in printed


def test_a_lake_without_runs_is_told_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["status", "--lake", str(tmp_path / "nothing")])

    assert result.exit_code == 0
    assert result.stdout.startswith("No run was begun in")
    assert result.stdout.count("\n") == 1
