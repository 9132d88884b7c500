from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gsi_ray.lake import read_sample, scan
from gsi_ray.pipelines.generate import GenerationFailed, generate
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.recipes import Recipe, RecipeError, fingerprint, revised, sampling_settings, shards
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.simulators import SIMULATORS, create_simulator
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.simulators.protocol import SimulatorDied

pytestmark = pytest.mark.usefixtures("ray_here")

SMALL = Recipe.model_validate(
    {
        "name": "small",
        "description": "Three shards with small pictures",
        "image_size": 128,
        "samples_per_shard": 4,
        "scenes_per_shard": 4,
        "views": {"per_scene": 2},
        "cells": [
            {
                "environment": "tabletop",
                "split": "train",
                "operations": ["camera_movement", "perspective_control"],
                "samples_per_operation": 3,
            },
            {
                "environment": "bathroom",
                "split": "test",
                "operations": ["perspective_control"],
                "samples_per_operation": 2,
            },
        ],
    }
)


def shard_bytes(lake: Path) -> dict[str, bytes]:
    return {str(file.relative_to(lake)): file.read_bytes() for file in sorted(lake.glob("triplets/**/*.parquet"))}


@pytest.fixture(scope="module")
def finished_lake(tmp_path_factory: pytest.TempPathFactory, ray_here: None) -> Path:
    lake = tmp_path_factory.mktemp("lake")
    generate(SMALL, str(lake), workers=2)
    return lake


def test_every_cell_of_the_recipe_gets_its_samples(finished_lake: Path) -> None:
    cells = scan("triplets", str(finished_lake)).group_by("environment", "split", "operation").len().collect()

    assert sorted(cells.rows()) == [
        ("bathroom", "test", "perspective_control", 2),
        ("tabletop", "train", "camera_movement", 3),
        ("tabletop", "train", "perspective_control", 3),
    ]


def test_a_second_run_of_a_finished_recipe_does_nothing(finished_lake: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in finished_lake.rglob("*") if file.is_file()}

    generation = generate(SMALL, str(finished_lake))

    assert generation.run_id is None
    assert generation.receipts == ()
    assert {file: file.stat().st_mtime_ns for file in finished_lake.rglob("*") if file.is_file()} == before


def test_one_worker_writes_the_same_bytes_as_two(finished_lake: Path, tmp_path: Path) -> None:
    generate(SMALL, str(tmp_path), workers=1)

    assert shard_bytes(tmp_path) == shard_bytes(finished_lake)


def test_a_run_that_lost_a_shard_makes_just_that_one_again(finished_lake: Path, tmp_path: Path) -> None:
    generate(SMALL, str(tmp_path))
    lost = sorted(tmp_path.glob("triplets/**/*.parquet"))[1]
    lost.unlink()

    generation = generate(SMALL, str(tmp_path))

    assert [receipt.shard for receipt in generation.receipts] == [lost.stem]
    assert shard_bytes(tmp_path) == shard_bytes(finished_lake)


def test_a_killed_worker_costs_time_but_no_shard(finished_lake: Path, tmp_path: Path, monkeypatch: Any) -> None:
    mark = tmp_path / "killed"
    monkeypatch.setitem(SIMULATORS, "mujoco", SIMULATORS["mujoco"])
    monkeypatch.setattr("gsi_ray.pipelines.generate.ShardWorker", _killed_once(mark))

    generate(SMALL, str(tmp_path / "lake"))

    assert mark.exists()
    assert shard_bytes(tmp_path / "lake") == shard_bytes(finished_lake)


def test_a_simulator_that_dies_is_replaced_and_its_shard_begun_again(finished_lake: Path, tmp_path: Path) -> None:
    worker = ShardWorker(SMALL, str(tmp_path))
    worker._simulator = _DiesOnce()

    receipt = worker.make_shard(shards(SMALL)[0])

    assert receipt.error is None
    assert receipt.file is not None
    assert (tmp_path / receipt.file.path).read_bytes() == (finished_lake / receipt.file.path).read_bytes()


def test_the_record_of_a_run_says_what_was_made_and_what_was_rejected(finished_lake: Path) -> None:
    (run,) = (finished_lake / "runs").iterdir()
    summary = json.loads((run / "summary.json").read_text())
    receipts = pl.read_parquet(run / "receipts.parquet")

    assert summary["fingerprint"] == fingerprint(SMALL)
    assert summary["samples"] == SMALL.samples == receipts["rows"].sum()
    assert summary["failed"] == {}
    phases = {entry["phase"] for entry in receipts["seconds"][0]}
    assert phases == {"total", "physics", "rendering", "encoding"}


def test_a_sample_comes_out_of_its_seed_again(finished_lake: Path) -> None:
    simulator = create_simulator("mujoco")
    sampler = Sampler(simulator, sampling_settings(SMALL))
    ids = scan("triplets", str(finished_lake)).select("sample_id").collect()["sample_id"].sort()

    for sample_id in ids.gather_every(3):
        stored = read_sample(sample_id, str(finished_lake))
        again = sampler.replay(stored)
        assert again.instruction == stored.instruction
        assert (again.after.rgb == stored.after.rgb).all()
        assert (again.after.instances == stored.after.instances).all()
        assert [item.box.center.tolist() for item in again.after.objects] == [
            item.box.center.tolist() for item in stored.after.objects
        ]
    simulator.close()


def test_a_recipe_that_asks_for_what_the_simulator_cannot_do_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(SIMULATORS, "rigid", f"{__name__}:RigidSimulator")
    monkeypatch.setattr("gsi_ray.pipelines.generate.create_simulator", lambda name: RigidSimulator())
    cells = [{**SMALL.cells[0].model_dump(), "operations": ["object_scaling"]}]

    with pytest.raises(RecipeError, match=r"object_scaling.*rigid cannot resize"):
        generate(revised(SMALL, simulator="rigid", cells=cells), str(tmp_path / "lake"))
    assert not (tmp_path / "lake" / "triplets").exists()


def test_shards_that_fail_for_good_are_named_and_the_others_are_kept(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("gsi_ray.pipelines.generate.ShardWorker", FailsOnFirstShard)

    with pytest.raises(GenerationFailed, match=shards(SMALL)[0].name):
        generate(SMALL, str(tmp_path))

    assert len(shard_bytes(tmp_path)) == len(shards(SMALL)) - 1


class RigidSimulator(MujocoSimulator):
    """A simulator that cannot resize things."""

    name = "rigid"
    can_scale = False


class _DiesOnce(MujocoSimulator):
    """Stands for a simulator whose process is gone."""

    def render(self, focus: Any = ()) -> Any:
        raise SimulatorDied("the player is gone")


class FailsOnFirstShard(ShardWorker):
    """A worker on whose machine the first shard always fails."""

    def _sampled_and_written(self, plan: Any) -> Any:
        if plan.index == 0:
            raise SimulatorDied("it always dies here")
        return super()._sampled_and_written(plan)


def _killed_once(mark: Path) -> type[ShardWorker]:
    class KilledOnce(ShardWorker):
        """Kills its own process, as the system does when memory is short, while at its first shard."""

        def _sampled_and_written(self, plan: Any) -> Any:
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super()._sampled_and_written(plan)

    return KilledOnce
