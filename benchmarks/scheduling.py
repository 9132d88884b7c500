"""What the driver of a run can do, what it holds in memory meanwhile, and how soon a resumed run is under way.

python -m benchmarks.scheduling driver [N]   shards per second, and memory, over N shards that cost nothing (20,000)
python -m benchmarks.scheduling ray [N]      as many blocks of one row through Ray Data alone
python -m benchmarks.scheduling resume [N]   a run over N finished shards, with and without receipts

In `driver`, all is as in a real run (plans, Ray Data, progress, receipts in the lake), but that workers answer at once
with the receipt of a usual shard, instead of calling a simulator and writing a file.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import ray
from ray.data import DataContext
from rich.console import Console
from rich.table import Table

from benchmarks.rates import keep
from benchmarks.resident import resident_mb
from gsi_ray.lake import paths
from gsi_ray.lake.rows import rows_of
from gsi_ray.lake.runs import Receipt, RunRecord
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.shards import WrittenShard, parquet_bytes
from gsi_ray.pipelines.generate import generate
from gsi_ray.pipelines.starting import crew, start_ray
from gsi_ray.recipes import Recipe, Shards, load_recipe, sampling_settings, shards
from gsi_ray.recipes.recipe import Cell
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.simulators import create_simulator

SHARDS = 20_000
WORKERS = 8
PARTS = 4
"""How often memory and rate are looked at."""

OPERATIONS = ("camera_movement", "object_rotation", "perspective_control")


def recipe_of(count: int) -> Recipe:
    """So many shards, each with one sample of three operations."""
    cell = Cell(environment="bathroom", split="train", operations=OPERATIONS, samples_per_operation=count)
    return load_recipe("demo").model_copy(
        update={"cells": (cell,), "samples_per_shard": len(OPERATIONS), "image_size": 64, "scenes_per_shard": 4}
    )


class NoWork:
    """A worker that hands back receipts, and does nothing else."""

    def __init__(self, recipe: Recipe, lake: str, plans: Sequence[ShardPlan]) -> None:
        self._plans = plans

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """As `ShardWorker` does."""
        return {"receipt": [receipt(self._plans[int(index)]) for index in batch["shard"]]}


class _Echo:
    """A worker that knows nothing of shards."""

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return batch


def receipt(plan: ShardPlan) -> Receipt:
    """That of a shard in which everything went as usual."""
    return Receipt(
        plan.name,
        plan.split,
        plan.environment,
        "a-host/12345",
        WrittenShard(shard_key(plan), plan.samples, 40_000_000, "0" * 64),
        scenes=8,
        accepted=plan.quotas,
        rejected={(operation, f"reason_{number}"): 7 for operation in plan.quotas for number in range(6)},
        seconds={"total": 60.0, "physics": 20.0, "rendering": 30.0, "encoding": 5.0},
    )


def shard_key(plan: ShardPlan) -> str:
    """Where the shard's file lies in the lake."""
    return paths.shard_key(TRIPLETS, {"split": plan.split, "environment": plan.environment}, plan.name)


class Pace:
    """A table with a row each time that another part of the shards has come back."""

    def __init__(self, title: str, count: int) -> None:
        self.table = Table("shards", "shards/s", "driver CPU ms per shard", "resident MB", title=title)
        self.rate = 0.0
        self._count = count
        self._done = 0
        self._since, self._cpu_since = 0.0, 0.0

    def one_more(self) -> None:
        """One more came back. The clock starts with the first."""
        self._done += 1
        part = self._count // PARTS
        if self._done == 1:
            self._begin()
        elif self._done % part == 0:
            seconds, cpu = time.perf_counter() - self._since, time.process_time() - self._cpu_since
            self.rate = max(self.rate, part / seconds)
            self.table.add_row(
                f"{self._done:,}", f"{part / seconds:.0f}", f"{cpu / part * 1e3:.1f}", f"{resident_mb():.0f}"
            )
            self._begin()

    def _begin(self) -> None:
        self._since, self._cpu_since = time.perf_counter(), time.process_time()


def driver(count: int) -> Table:
    """The driver of a run with workers that do nothing; what it does per second goes into the rates of plans."""
    pace = Pace(f"Driver, {WORKERS} workers that do nothing", count)
    add = RunRecord.add

    def counted(record: RunRecord, receipt: Receipt) -> None:
        add(record, receipt)
        pace.one_more()

    start_ray(cpus=WORKERS)
    with (
        tempfile.TemporaryDirectory() as lake,
        patch("gsi_ray.pipelines.run.ShardWorker", NoWork),
        patch.object(RunRecord, "add", counted),
    ):
        generate(recipe_of(count), lake, workers=WORKERS, span=range(count))
    keep({"driver": {"shards_per_second": round(pace.rate, 1)}})
    return pace.table


def ray_alone(count: int) -> Table:
    """Ray Data, with the blocks and the workers of such a run, and nothing else."""
    pace = Pace(f"Ray Data alone, {WORKERS} workers that do nothing", count)
    start_ray(cpus=WORKERS)
    DataContext.get_current().enable_progress_bars = False
    resources = crew(load_recipe("demo").workers, WORKERS).resources(count)
    numbers = ray.data.from_items([{"shard": index} for index in range(count)], override_num_blocks=count)
    for _ in numbers.map_batches(_Echo, batch_size=1, batch_format="numpy", **resources).iter_rows():
        pace.one_more()
    return pace.table


def resume(count: int) -> Table:
    """A run that finds all done in a local lake: with no receipts, as if all were killed, and with all."""
    table = Table("", "seconds", title=f"Start of a run over {count:,} finished shards")
    recipe = recipe_of(count)
    plans = shards(recipe)
    with tempfile.TemporaryDirectory() as lake:
        content = _shard_content(recipe, plans)
        for plan in plans:
            file = Path(lake, shard_key(plan))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        table.add_row("without receipts", f"{_seconds_to_find_nothing_to_do(recipe, lake):.1f}")
        record = RunRecord(lake, "a-run")
        record.begin("")
        for plan in plans:
            record.add(receipt(plan))
        table.add_row("with receipts in parts", f"{_seconds_to_find_nothing_to_do(recipe, lake):.1f}")
        record.finish({})
        table.add_row("with receipts in one file", f"{_seconds_to_find_nothing_to_do(recipe, lake):.1f}")
    return table


def _shard_content(recipe: Recipe, plans: Shards) -> bytes:
    """A true shard of the recipe: all are of the same kind."""
    simulator = create_simulator(recipe.simulator)
    samples = Sampler(simulator, sampling_settings(recipe)).sample_shard(plans[0])
    simulator.close()
    return parquet_bytes(TRIPLETS, rows_of(samples.triplets))


def _seconds_to_find_nothing_to_do(recipe: Recipe, lake: str) -> float:
    start = time.perf_counter()
    assert generate(recipe, lake).run_id is None
    return time.perf_counter() - start


def main(names: list[str]) -> None:
    """Print the named tables, or all; a number says how many shards there are."""
    tables = {"driver": driver, "ray": ray_alone, "resume": resume}
    counts = [int(name) for name in names if name.isdigit()] or [SHARDS]
    for name in [name for name in names if not name.isdigit()] or tables:
        Console().print(tables[name](counts[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
