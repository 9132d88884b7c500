"""Simulators and workers that die, hang, exit and leak, in runs on the Ray that all tests share."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake import scan
from gsi_ray.pipelines.generate import generate
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.recipes import revised, shards
from tests.faults.lakes import require_part, require_sound, shards_in
from tests.faults.processes import SIMULATOR, WORKER, left_over
from tests.faults.recipe import RECIPE, recipe_file
from tests.faults.simulators import Orders

FAULTS = [
    ("rendering", "kill_simulator"),
    ("rendering", "segfault"),
    ("loading", "sys_exit"),
    ("writing", "os_exit"),
    ("rendering", "error"),
    ("rendering", "say_that_it_died"),
    ("loading", "kill_simulator"),
    ("writing", "kill_simulator"),
    ("written", "kill_simulator"),
    ("rendering", "kill_worker"),
    ("writing", "kill_worker"),
    ("written", "kill_worker"),
    ("rendering", "hang"),
    ("loading", "hang_without_letting_go"),
    ("rendering", "hang_with_a_program"),
    ("rendering", "hang_while_it_ends"),
]
"""Moment and fault: each befalls the shard whose number is its place in the list."""


@pytest.fixture(scope="module")
def lake_with_faults(ray_here: None, orders_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake that one run has made, in spite of everything."""
    lake = tmp_path_factory.mktemp("lake")
    for shard, (moment, fault) in enumerate(FAULTS):
        Orders(orders_folder).give(moment, shard, fault)
    generate(revised(RECIPE, workers={"stall_limit_s": 8}), str(lake), workers=2, span=range(len(FAULTS)))
    return lake


@pytest.mark.parametrize(("shard", "moment", "fault"), [(shard, *fault) for shard, fault in enumerate(FAULTS)])
def test_whatever_befalls_a_shard_it_comes_out_the_same(
    lake_with_faults: Path, undisturbed: Path, orders_folder: Path, shard: int, moment: str, fault: str
) -> None:
    assert Orders(orders_folder).were_carried_out(moment, shard, fault)
    require_part(lake_with_faults, undisturbed, range(shard, shard + 1))


def test_such_a_run_says_what_it_made_and_leaves_nothing_else_behind(
    lake_with_faults: Path, orders_folder: Path
) -> None:
    require_sound(lake_with_faults)
    receipts = scan("receipts", str(lake_with_faults)).collect()
    assert sorted(receipts["shard"]) == [plan.name for plan in shards(RECIPE)[: len(FAULTS)]]
    assert receipts["error"].null_count() == len(receipts)
    assert left_over(orders_folder, SIMULATOR) == []
    assert left_over(orders_folder, WORKER) == []
    assert left_over(orders_folder, "sleep 1000000") == []


def test_a_shard_that_always_fails_is_named_and_the_others_are_kept_and_it_is_made_when_all_is_well_again(
    undisturbed: Path, tmp_path: Path, orders: Orders
) -> None:
    lake = tmp_path / "lake"
    command = ["generate", str(recipe_file(tmp_path)), "--lake", str(lake), "--shards", "0:3"]
    orders.give("rendering", 1, "segfault", times="always")

    run = CliRunner().invoke(app, command)

    assert run.exit_code == 1
    failed = shards(RECIPE)[1].name
    assert f"1 shard could not be made ({failed}): its process was killed by SIGSEGV" in run.stderr
    assert [file for file in shards_in(lake) if failed in file] == []
    assert len(shards_in(lake)) == 2
    require_sound(lake)

    orders.clear()
    assert CliRunner().invoke(app, command).exit_code == 0
    require_part(lake, undisturbed, range(3))


@pytest.mark.parametrize("leak", ["leak", "leak_elsewhere"])
def test_a_simulator_that_has_grown_too_big_or_has_been_through_its_scenes_makes_way_for_a_new_one(
    undisturbed: Path, tmp_path: Path, orders: Orders, leak: str
) -> None:
    orders.give("rendering", 0, leak)
    worker = ShardWorker(
        revised(RECIPE, workers={"memory_limit_gb": 0.8, "scenes_per_process": 2}), str(tmp_path), shards(RECIPE)
    )

    processes = [worker.make_shard(plan).worker for plan in shards(RECIPE)[:4]]
    worker.close()

    assert processes[0] != processes[1] == processes[2] != processes[3]
    require_part(tmp_path, undisturbed, range(4))
    assert left_over(orders.folder, SIMULATOR) == []


def test_a_simulator_lives_as_long_as_its_worker(undisturbed: Path) -> None:
    own = [plan.name for plan in shards(RECIPE)]
    receipts = scan("receipts", str(undisturbed)).filter(pl.col("shard").is_in(own)).collect()
    assert len(receipts) == len(own)
    assert receipts["worker"].n_unique() <= 2
