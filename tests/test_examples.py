from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from s3fs import S3FileSystem

from examples import balance, cost, hardest, magnitudes, rejections
from gsi_ray import lake
from gsi_ray.lake import runs
from tests.lake.faulty_proxy import Fault, FaultyProxy, first
from tests.lake.object_store import ObjectStore, storage_settings
from tests.toy_triplets import toy_triplets
from tests.triplets import make_frame, make_triplet

QUESTIONS = [balance, magnitudes, hardest, rejections, cost]
SAMPLES = [replace(triplet, difficulty=index % 4 / 4) for index, triplet in enumerate(toy_triplets())]


@pytest.fixture(scope="module")
def patched() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patched:
        yield patched


@pytest.fixture(scope="module")
def lake_in_s3(object_store: ObjectStore, patched: pytest.MonkeyPatch) -> str:
    """Three shards, and the receipts of a run that goes on."""
    url = object_store.new_lake()
    record = lake.RunRecord(url, "run")
    record.begin("")
    patched.setattr(runs, "PART_RECEIPTS", 1)
    for index, (start, environment) in enumerate([(0, "tabletop"), (3, "tabletop"), (6, "room")]):
        name = str(lake.ShardName("ab", index))
        samples = [replace(triplet, environment=environment) for triplet in SAMPLES[start : start + 3]]
        file = lake.write_shard(samples, url, name, split="train", environment=environment)
        counts = {("object_rotation", "rotation_invisible"): 3 + index, ("camera_movement", "collides"): 4}
        seconds = {"total": 3.0, "physics": 1.0 + index, "rendering": 0.5, "encoding": 0.25}
        record.add(lake.Receipt(name, "train", environment, "here:1", file, rejected=counts, seconds=seconds))
    return url


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_polars_and_duckdb_agree(lake_in_s3: str, question: ModuleType) -> None:
    answer = question.with_polars(lake_in_s3)
    assert_frame_equal(answer, question.with_duckdb(lake_in_s3), check_dtypes=False)


def test_the_answers_are_true(lake_in_s3: str) -> None:
    assert balance.with_polars(lake_in_s3)["samples"].sum() == 9
    assert hardest.with_polars(lake_in_s3)["difficulty"].to_list()[:2] == [0.75, 0.75]
    assert rejections.with_polars(lake_in_s3).rows() == [
        ("camera_movement", "collides", 12),
        ("object_rotation", "rotation_invisible", 12),
    ]
    assert cost.with_polars(lake_in_s3).select("environment", "samples", "total_s", "physics_s").rows() == [
        ("room", 3, 1.0, 1.0),
        ("tabletop", 6, 1.0, 0.5),
    ]
    turned = magnitudes.with_polars(lake_in_s3).row(by_predicate=pl.col("operation") == "object_rotation", named=True)
    assert turned["longest_m"] is None and turned["largest_deg"] > 0


def test_a_question_fetches_what_it_asks_for_and_no_pictures(object_store: ObjectStore) -> None:
    url, rng = object_store.new_lake(), np.random.default_rng(1)
    triplets = [make_triplet(rng, make_frame(rng, size=256), size=256) for _ in range(3)]
    shards = [
        lake.write_shard(triplets, url, str(lake.ShardName("ab", index)), split="train", environment="room")
        for index in range(3)
    ]
    for answer in (balance.with_polars, balance.with_duckdb):
        with (
            FaultyProxy(object_store.endpoint, first()).running() as proxy,
            storage_settings(AWS_ENDPOINT_URL=proxy.endpoint),
        ):
            S3FileSystem.clear_instance_cache()
            assert answer(url)["samples"].to_list() == [9]
        S3FileSystem.clear_instance_cache()
        assert proxy.bytes_sent < sum(shard.bytes for shard in shards) / 5


def test_an_example_is_a_script_that_prints_both_answers(lake_in_s3: str) -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "examples.balance", lake_in_s3]
    printed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert printed.count("camera_movement") == 2


def test_answers_while_a_run_goes_on_are_of_whole_shards(object_store: ObjectStore) -> None:
    url, stuck = object_store.new_lake(), Event()
    program = (
        "from gsi_ray import lake; from tests.toy_triplets import toy_triplets; samples = toy_triplets()[:3]\n"
        "for index in range(3): lake.write_shard(\n"
        f"    samples, {url!r}, str(lake.ShardName('ab', index)), split='train', environment='room')"
    )
    fates = first(None, None, Fault.STALL)

    def fate(method: str, path: str) -> Fault | None:
        """Nobody reads on in the middle of the third shard."""
        chosen = fates(method, path)
        if chosen:
            stuck.set()
        return chosen

    with FaultyProxy(object_store.endpoint, fate).running() as proxy:
        environment = {**os.environ, "AWS_ENDPOINT_URL": proxy.endpoint}
        root = Path(__file__).parents[1]
        with subprocess.Popen([sys.executable, "-c", program], cwd=root, env=environment) as writer:
            assert stuck.wait(60)
            for answer in (balance.with_polars, balance.with_duckdb):
                assert answer(url)["samples"].sum() == 6
            proxy.closing.set()
            assert writer.wait() == 0
    for answer in (balance.with_polars, balance.with_duckdb):
        assert answer(url)["samples"].sum() == 9
