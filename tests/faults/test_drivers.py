"""Runs that are killed, told to stop, or not alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from gsi_ray.lake import scan
from gsi_ray.pipelines.generate import generate
from tests.faults.driver import driver, output_of, wait_until
from tests.faults.lakes import require_part, require_sound, shards_in
from tests.faults.processes import SIMULATOR, left_over, processes
from tests.faults.recipe import RECIPE
from tests.faults.simulators import Orders

SPAN = range(0, 8)
_SHARDS = ["--shards", f"{SPAN.start}:{SPAN.stop}"]


def test_a_run_that_is_killed_takes_all_its_processes_along_and_the_next_one_goes_on_from_there(
    lake: Path, own_orders: Orders, undisturbed: Path
) -> None:
    own_orders.give("writing", 3, "hang")
    with driver(str(lake), own_orders, *_SHARDS) as run:
        wait_until(own_orders, "writing", 3, "hang")
        assert processes(own_orders.folder, SIMULATOR)
        run.kill()
        run.wait()
        assert left_over(own_orders.folder) == []
    made = set(shards_in(lake))
    assert len(made) < len(SPAN)

    generation = generate(RECIPE, str(lake), span=SPAN)

    assert generation.shards_made == len(SPAN) - len(made)
    require_part(lake, undisturbed, SPAN)
    require_sound(lake)


@pytest.mark.parametrize("moment", ["starting", "rendering"])
def test_a_run_that_is_told_to_stop_says_what_it_has_done(
    moment: str, lake: Path, own_orders: Orders, undisturbed: Path
) -> None:
    own_orders.give("rendering", 3, "hang")
    with driver(str(lake), own_orders, *_SHARDS) as run:
        if moment == "rendering":
            wait_until(own_orders, "rendering", 3, "hang")
        while not list(lake.glob("runs/*/recipe.yaml")):
            time.sleep(0.05)
        run.terminate()
        output = output_of(run)
        assert run.returncode == 130, output
        assert "interrupted; what is finished is kept" in output
        assert "Traceback" not in output
        assert left_over(own_orders.folder) == []

    (folder,) = (lake / "runs").iterdir()
    assert json.loads((folder / "summary.json").read_text())["state"] == "unfinished"
    assert {file.name for file in folder.iterdir()} == {
        "recipe.yaml",
        "receipts.parquet",
        "rejections.parquet",
        "summary.json",
    }
    require_sound(lake)
    own_orders.clear()

    generate(RECIPE, str(lake), span=SPAN)
    require_part(lake, undisturbed, SPAN)


def test_two_runs_of_one_recipe_into_one_lake_at_once_both_succeed(
    lake: Path, own_orders: Orders, undisturbed: Path
) -> None:
    with driver(str(lake), own_orders, *_SHARDS) as one, driver(str(lake), own_orders, *_SHARDS) as another:
        outputs = [output_of(run) for run in (one, another)]
    assert [one.returncode, another.returncode] == [0, 0], outputs
    require_part(lake, undisturbed, SPAN)
    require_sound(lake)
    assert left_over(own_orders.folder) == []
    receipts = scan("receipts", str(lake)).collect()
    assert receipts["run_id"].n_unique() == 2
    assert receipts["shard"].n_unique() == len(SPAN)
