"""Generation as a job of a real head node: submitted, followed, measured, stopped, submitted again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from gsi_ray.lake import scan
from gsi_ray.recipes import fingerprint, load_recipe
from gsi_ray.reporting.status import RecipeStatus, lake_status
from tests.jobs.head import ENDED, Head, head, wait_until
from tests.judging.server import MAX_PIXELS, MODEL, JudgeServer

SECRET = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
SIX_SHARDS = {
    "name": "six-shards",
    "description": "Six small shards",
    "image_size": 64,
    "samples_per_shard": 1,
    "scenes_per_shard": 4,
    "views": {"per_scene": 2},
    "workers": {"scenes_per_process": 4},
    "cells": [
        {
            "environment": "tabletop",
            "split": "train",
            "operations": ["camera_movement"],
            "samples_per_operation": 6,
        }
    ],
}
BROKEN = {
    **SIX_SHARDS,
    "name": "broken",
    "simulator": "broken_simulator:BrokenSimulator",
    "cells": [{**SIX_SHARDS["cells"][0], "samples_per_operation": 1}],
}
BROKEN_SIMULATOR = """
import os

from gsi_ray.scenes import build

class BrokenSimulator:
    name, version, can_scale, scenes = "broken", "1", True, build

    def load(self, scene):
        os._exit(3)
"""


@dataclass(frozen=True)
class Scraped:
    """What was seen while jobs ran: the last values of counters, all values of gauges, the states of the fine job."""

    counters: pl.DataFrame
    gauges: pl.DataFrame
    statuses: list[RecipeStatus]

    def total(self, name: str, **labels: str) -> float:
        rows = self.counters.filter(name=name, **labels)
        return float(rows["value"].sum())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jobs")
    for recipe in (SIX_SHARDS, BROKEN):
        (folder / f"{recipe['name']}.yaml").write_text(yaml.safe_dump(recipe))
    (folder / "broken_simulator.py").write_text(BROKEN_SIMULATOR)
    return folder


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Head]:
    secrets = {"AWS_SECRET_ACCESS_KEY": SECRET, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}
    with head({"PYTHONPATH": str(folder), **secrets}) as started:
        yield started


@pytest.fixture(scope="module")
def scraped(cluster: Head, folder: Path) -> Scraped:
    """Three jobs have run at once and have ended: one is fine, the shard of one fails, one has a misspelt recipe."""
    jobs = {
        "fine": [str(folder / "six-shards.yaml"), "--lake", str(folder / "fine"), "--workers", "1"],
        "broken": [str(folder / "broken.yaml"), "--lake", str(folder / "broken"), "--workers", "1"],
        "misspelt": ["gsi-syn-rom", "--lake", str(folder / "misspelt")],
    }
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: cluster.submit(name, *jobs[name]), jobs))
    counters: dict[Any, float] = {}
    gauges: set[Any] = set()
    statuses: list[RecipeStatus] = []

    def all_have_ended() -> bool:
        ended = all(cluster.job(name)["status"] in ENDED for name in jobs)
        for sample in cluster.metrics():
            key = (sample.name, json.dumps(sample.labels))
            if sample.name.endswith("_total"):
                counters[key] = sample.value
            else:
                gauges.add((*key, sample.value))
        found = lake_status(str(folder / "fine"), datetime.now(UTC))
        statuses.extend(status for status in found if isinstance(status, RecipeStatus))
        return ended

    wait_until(all_have_ended, "the jobs")
    return Scraped(
        _frame([(*key, value) for key, value in counters.items()]),
        _frame(sorted(gauges)),
        statuses,
    )


def _frame(series: list[Any]) -> pl.DataFrame:
    rows = [{"name": name, "value": value, **json.loads(labels)} for name, labels, value in series]
    return pl.DataFrame(rows, infer_schema_length=None)


def _shards(lake: Path) -> dict[str, bytes]:
    return {str(file.relative_to(lake)): file.read_bytes() for file in sorted(lake.glob("triplets/**/*.parquet"))}


def _summary(lake: Path) -> dict[str, Any]:
    (file,) = lake.glob("runs/*/summary.json")
    summary: dict[str, Any] = json.loads(file.read_text())
    return summary


def _recipe_name(folder: Path, name: str) -> str:
    return f"{name}-{fingerprint(load_recipe(str(folder / f'{name}.yaml')))}"


def test_a_job_makes_the_recipe_and_its_log_tells_how_far_it_is(cluster: Head, scraped: Scraped, folder: Path) -> None:
    job, log = cluster.job("fine"), cluster.log("fine")

    assert (job["status"], job["driver_exit_code"]) == ("SUCCEEDED", 0)
    assert _summary(folder / "fine")["state"] == "finished"
    assert len(_shards(folder / "fine")) == 6
    assert re.search(r"\d\d:\d\d:\d\d six-shards-\w+-\w+-\w+: 6 shards to be made, 0 done before, by 1 worker", log)
    assert "Samples (share of candidates accepted)" in log


def test_a_job_with_shards_that_fail_ends_with_status_1_and_names_them(cluster: Head, scraped: Scraped) -> None:
    job, log = cluster.job("broken"), cluster.log("broken")

    assert (job["status"], job["driver_exit_code"]) == ("FAILED", 1)
    assert re.search(r"shard-\w+-00000000 failed on .*: its process ended with status 3", log)
    assert re.search(r"gsi-ray: 1 shard could not be made \(shard-\w+-00000000\)", log)
    assert "Traceback" not in log


def test_a_misspelt_recipe_ends_with_status_2_and_one_sentence_in_the_log(cluster: Head, scraped: Scraped) -> None:
    job, log = cluster.job("misspelt"), cluster.log("misspelt")

    assert (job["status"], job["driver_exit_code"]) == ("FAILED", 2)
    assert 'gsi-ray: There is no recipe "gsi-syn-rom" (did you mean "gsi-syn-room"?)' in job["message"]
    assert log.splitlines()[-1].startswith("gsi-ray: There is no recipe")


def test_a_stopped_job_records_its_run_and_submitted_again_it_makes_the_rest_of_the_same_bytes(
    cluster: Head, scraped: Scraped, folder: Path
) -> None:
    lake = folder / "stopped"
    arguments = [str(folder / "six-shards.yaml"), "--lake", str(lake), "--workers", "1"]
    cluster.submit("stopped", *arguments)
    wait_until(lambda: bool(_shards(lake)), "the first shard")
    cluster.stop("stopped")

    assert cluster.ended("stopped")["status"] == "STOPPED"
    assert _summary(lake)["state"] == "unfinished"
    assert "interrupted" in cluster.log("stopped")
    assert 1 <= len(_shards(lake)) < 6

    cluster.submit("again", *arguments)
    assert cluster.ended("again")["status"] == "SUCCEEDED"
    assert _shards(lake) == _shards(folder / "fine")


def test_status_follows_a_job_while_it_works(scraped: Scraped, folder: Path) -> None:
    states = [status.runs[-1].state for status in scraped.statuses]
    accepted = [int(status.cells["accepted"].sum()) for status in scraped.statuses]

    assert (states[0], states[-1]) == ("running", "finished")
    assert {status.name for status in scraped.statuses} == {_recipe_name(folder, "six-shards")}
    assert {status.planned for status in scraped.statuses} == {6}
    assert accepted == sorted(accepted)
    assert accepted[-1] == 6
    assert len(set(accepted)) > 2


def test_what_is_exported_to_prometheus_agrees_with_the_receipts(scraped: Scraped, folder: Path) -> None:
    receipts = scan("receipts", str(folder / "fine")).collect()
    rejected = receipts.select("rejected").explode("rejected").unnest("rejected").drop_nulls()
    # A worker reports every half second, and what it counted after its last report is not told.
    largest = receipts["bytes"].max()

    assert (
        receipts["bytes"].sum() - largest <= scraped.total("ray_gsi_ray_shard_bytes_total") <= receipts["bytes"].sum()
    )
    accepted = scraped.total("ray_gsi_ray_samples_accepted_total", operation="camera_movement", environment="tabletop")
    assert 5 <= accepted <= 6
    counted = scraped.counters.filter(name="ray_gsi_ray_candidates_rejected_total")
    assert set(counted["rejection"]) <= set(rejected["rejection"])
    assert 1 <= counted["value"].sum() <= rejected["count"].sum()
    seconds = {
        phase: scraped.total("ray_gsi_ray_phase_seconds_total", phase=phase)
        for phase in ("physics", "rendering", "encoding", "total")
    }
    assert 0 < seconds["physics"] + seconds["rendering"] + seconds["encoding"] < seconds["total"]


def test_restarts_failures_and_what_is_left_are_exported_to_prometheus(scraped: Scraped, folder: Path) -> None:
    assert scraped.total("ray_gsi_ray_worker_restarts_total", reason="died") >= 3
    assert scraped.total("ray_gsi_ray_worker_restarts_total", reason="worn_out") >= 1
    assert scraped.total("ray_gsi_ray_shards_failed_total", recipe=_recipe_name(folder, "broken")) == 1
    left = scraped.gauges.filter(name="ray_gsi_ray_shards_left", recipe=_recipe_name(folder, "six-shards"))["value"]
    assert set(left) <= set(range(7))
    assert len(set(left)) > 1


def test_a_workers_log_tells_the_story_of_each_shard(cluster: Head, scraped: Scraped) -> None:
    first = _events(cluster, "fine").filter(pl.col("shard").str.ends_with("-00000000")).head(2)
    failed = _events(cluster, "broken").filter(pl.col("reason").str.contains("status 3"))

    assert first["event"].to_list() == ["shard begun", "shard made"]
    assert first["attempt"].to_list() == [1, 1]
    assert first["worker"].n_unique() == 2  # the simulator's process, and the one that watches it
    assert failed.filter(event="attempt failed")["attempt"].unique().sort().to_list() == [1, 2, 3]
    assert failed.filter(event="shard given up")["shard"].str.ends_with("-00000000").all()


def _events(cluster: Head, job: str) -> pl.DataFrame:
    """What the workers of a job have logged."""
    files = cluster.logs.glob(f"worker-*-{cluster.job(job)['job_id']}-*.err")
    lines = [line for file in files for line in file.read_text().splitlines()]
    return pl.DataFrame([json.loads(line) for line in lines if line.startswith("{")], infer_schema_length=None)


def test_no_secret_is_in_any_log(cluster: Head, scraped: Scraped) -> None:
    logs = [file for file in cluster.logs.rglob("*") if file.is_file()]

    assert any("job-driver" in file.name for file in logs)
    assert [file for file in logs if SECRET.encode() in file.read_bytes()] == []


def test_only_code_is_sent_to_the_cluster(cluster: Head, scraped: Scraped) -> None:
    sent = cluster.folder / "session_latest" / "runtime_resources" / "working_dir_files"
    copies = [entry for entry in sent.iterdir() if entry.is_dir()]

    assert copies
    for copy in copies:
        assert {entry.name for entry in copy.iterdir() if entry.is_dir()} == {"gsi_ray", "jobs"}
        assert sum(file.stat().st_size for file in copy.rglob("*")) < 5_000_000


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Path]:
    """The file of a judge behind a server."""
    server = JudgeServer(tmp_path).start()
    settings = {"name": "fake", "model": MODEL, "server": server.address, "max_pixels": MAX_PIXELS}
    file = tmp_path.with_suffix(".yaml")
    file.write_text(yaml.safe_dump(settings))
    yield file
    server.kill()


def test_edits_scores_judgements_and_a_report_are_jobs_too(
    cluster: Head, scraped: Scraped, folder: Path, judge: Path
) -> None:
    options = {
        "judge": ["--judge", str(judge)],
        "edit": ["--editor", "truth", "--workers", "1"],
        "evaluate": ["--protocol", "exact", "--workers", "1"],
        "report": ["--out", str(folder / "report")],
    }
    for job, more in options.items():
        cluster.submit(f"{job}-fine", "--lake", str(folder / "fine"), *more, job=job)
        assert cluster.ended(f"{job}-fine")["driver_exit_code"] == 0, cluster.log(f"{job}-fine")
    scores = scan("scores", str(folder / "fine")).select("ic", "error").collect()
    assert (scores["ic"].to_list(), scores["error"].null_count()) == ([pytest.approx(1.0)] * 6, 6)
    judgements = scan("judgements", str(folder / "fine")).select("judge", "rubric", "error").collect()
    assert judgements.unique().rows() == [("fake", "plausibility", None)]
    assert len(judgements) == 6
    assert (folder / "report" / "index.html").exists()
