from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake import read_sample, scan
from gsi_ray.lake.top_ups import read_rounds
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import Recipe, RecipeError, fingerprint, revised, sampling_settings, shards
from gsi_ray.reporting.status import lake_status
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.simulators import SIMULATORS, create_simulator
from gsi_ray.simulators.mujoco import MujocoSimulator
from tests.judgements import judge, verdict

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
    assert generation.shards_made == 0
    assert {file: file.stat().st_mtime_ns for file in finished_lake.rglob("*") if file.is_file()} == before


def test_one_worker_writes_the_same_bytes_as_two(finished_lake: Path, tmp_path: Path) -> None:
    generate(SMALL, str(tmp_path), workers=1)

    assert shard_bytes(tmp_path) == shard_bytes(finished_lake)


def test_a_run_that_lost_a_shard_makes_just_that_one_again(finished_lake: Path, tmp_path: Path) -> None:
    generate(SMALL, str(tmp_path))
    lost = sorted(tmp_path.glob("triplets/**/*.parquet"))[1]
    lost.unlink()

    generation = generate(SMALL, str(tmp_path))

    receipts = scan("receipts", str(tmp_path)).filter(run_id=generation.run_id).collect()
    assert receipts["shard"].to_list() == [lost.stem]
    assert shard_bytes(tmp_path) == shard_bytes(finished_lake)


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
    monkeypatch.setitem(SIMULATORS, "rigid", "tests.pipelines.test_generate:RigidSimulator")
    cells = [{**SMALL.cells[0].model_dump(), "operations": ["object_scaling"]}]

    with pytest.raises(RecipeError, match=r"object_scaling.*rigid cannot resize"):
        generate(revised(SMALL, simulator="rigid", cells=cells), str(tmp_path / "lake"))
    assert not (tmp_path / "lake" / "triplets").exists()


def test_a_recipe_that_asks_for_scenes_that_the_simulator_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"environment tabletop.*ai2thor has only bathroom and room"):
        generate(revised(SMALL, simulator="ai2thor"), str(tmp_path / "lake"))
    assert not (tmp_path / "lake" / "triplets").exists()


class RigidSimulator(MujocoSimulator):
    """A simulator that cannot resize things."""

    can_scale = False


def test_what_the_planned_shards_do_not_give_further_ones_make_up_for(tmp_path: Path) -> None:
    scarce = scarce_recipe("receptacle_placement")
    lake = str(tmp_path)

    generation = generate(scarce, lake)

    assert generation.lacking == {}
    assert scan("triplets", lake).select(pl.len()).collect().item() == scarce.samples
    assert generation.shards_planned == generation.shards_made > len(shards(scarce))
    rounds = read_rounds(lake, f"scarce-{fingerprint(scarce)}")
    assert generation.shards_planned == len(shards(scarce, [batch for batches in rounds for batch in batches]))

    first = shard_bytes(tmp_path)
    for file in sorted(tmp_path.glob("triplets/**/*.parquet"))[-2:]:
        file.unlink()
    generate(scarce, lake)
    assert shard_bytes(tmp_path) == first


def test_what_cannot_be_had_is_told_and_a_second_run_tells_it_again_without_trying(tmp_path: Path) -> None:
    impossible = revised(scarce_recipe("camera_movement"), choices={"movements_m": [9.0]})

    first = generate(impossible, str(tmp_path))
    second = generate(impossible, str(tmp_path))

    assert first.lacking == second.lacking == {("bathroom", "test", "camera_movement"): 4}
    assert second.run_id is None


def test_samples_that_a_judge_does_not_accept_are_made_up_for(finished_lake: Path, tmp_path: Path) -> None:
    shutil.copytree(finished_lake, tmp_path, dirs_exist_ok=True)
    lake = str(tmp_path)
    move, *_ = samples_of_first_shard(tmp_path)
    judge(lake, shards(SMALL)[0].name, [verdict(move, False)])

    generation = generate(SMALL, lake)

    assert generation.shards_made == 1
    moves = scan("triplets", lake).filter(operation="camera_movement").select(pl.len()).collect().item()
    assert moves == 4
    assert generate(SMALL, lake).run_id is None


def test_with_a_gate_just_what_that_rejects_is_made_up_for_and_told_is_what_waits(
    finished_lake: Path, tmp_path: Path
) -> None:
    lake, first = str(shutil.copytree(finished_lake, tmp_path / "lake")), shards(SMALL)[0].name
    gated = revised(SMALL, gate={"judge": "strict", "rubric": "quality"})
    one, other, *_ = samples_of_first_shard(tmp_path / "lake")
    judge(lake, first, [verdict(one, False), verdict(other, False)], judge="grumpy")
    assert generate(gated, lake).waiting == SMALL.samples
    judge(lake, first, [verdict(one, False), verdict(other, None)])

    generation = generate(gated, lake)

    assert generation.shards_made == 1
    assert generation.waiting == SMALL.samples
    judge(lake, first, [verdict(one, False), verdict(other, True)])
    recipe = tmp_path / "small.yaml"
    recipe.write_text(yaml.safe_dump(gated.model_dump(mode="json")))
    told = CliRunner().invoke(app, ["generate", str(recipe), "--lake", lake]).stdout
    assert "Nothing to do" in told
    assert f"{SMALL.samples - 1} samples wait" in told
    assert f"gsi-ray judge --lake {lake} --judge strict --rubric quality" in told
    (status,) = lake_status(lake, datetime.now(UTC))
    assert (status.passed, status.waiting, status.lacking) == (1, SMALL.samples - 1, 0)


def samples_of_first_shard(lake: Path) -> list[str]:
    """Movements of objects first."""
    (file,) = lake.glob(f"triplets/**/{shards(SMALL)[0].name}.parquet")
    return pl.read_parquet(file, columns=["sample_id", "operation"]).sort("operation")["sample_id"].to_list()


def test_two_runs_share_a_recipe_by_ranges_of_shards(finished_lake: Path, tmp_path: Path) -> None:
    generate(SMALL, str(tmp_path), span=range(0, 2))
    assert len(shard_bytes(tmp_path)) == 2
    generate(SMALL, str(tmp_path), span=range(2, len(shards(SMALL))))

    assert shard_bytes(tmp_path) == shard_bytes(finished_lake)


@pytest.mark.parametrize("span", [range(0, 0), range(2, 4), range(3, 4)])
def test_a_range_that_the_recipe_has_no_shards_for_is_refused(span: range, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="give a part of 0:3"):
        generate(SMALL, str(tmp_path), span=span)


def scarce_recipe(operation: str) -> Recipe:
    """Four samples of an operation, to be found in two views each of two scenes."""
    cell = {"environment": "bathroom", "split": "test", "operations": [operation], "samples_per_operation": 4}
    changes = {"name": "scarce", "scenes_per_shard": 2, "image_size": 96, "cells": [cell]}
    return revised(SMALL, **changes)
