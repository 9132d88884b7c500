"""Where the time of a generation goes, how many samples come out, and whether a worker's memory stays flat.

python -m benchmarks.generation phases     share of physics, rendering, encoding and all the rest, Ray included
python -m benchmarks.generation workers    accepted samples per second of two workers against one
python -m benchmarks.generation memory     resident memory of one worker over 500 scenes
"""

from __future__ import annotations

import os
import sys
import tempfile

os.environ.setdefault("LP_NUM_THREADS", "1")

import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.resident import resident_mb
from gsi_ray.lake import scan
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import Recipe, load_recipe, revised, with_samples
from gsi_ray.scenes.build import ENVIRONMENTS, build_scene, scene_id
from gsi_ray.simulators import create_simulator
from gsi_ray.spatial import Camera

PHASES = ("physics", "rendering", "encoding")
SCENES = 500


def production_recipe() -> Recipe:
    """Every operation in every environment of the demo, with shards and views as in production."""
    return revised(with_samples(load_recipe("demo"), 60), samples_per_shard=60, views={"per_scene": 5})


def phases() -> Table:
    """The whole pipeline with one worker: what the time from its first shard to its last goes into.

    What Ray and the driver cost is in it, and what happens once in the life of a worker: it draws all its textures.
    """
    times = shard_times(1)
    table = Table("", "shards", "samples", "seconds", *PHASES, "other", title="One worker, 512 px, shards of 60")
    for (environment,), shards in times.group_by("environment", maintain_order=True):
        table.add_row(environment, *shares(shards, shards["total"].sum()))
    table.add_row("from first to last", *shares(times, wall_seconds(times)))
    return table


def workers() -> Table:
    """One worker, then two, each time from the start of the first shard to the end of the last."""
    table = Table("workers", "samples", "seconds", "samples/s", "against one", title="512 px, shards of 60")
    rates: list[float] = []
    for count in (1, 2):
        times = shard_times(count)
        samples, wall = times["rows"].sum(), wall_seconds(times)
        rates.append(samples / wall)
        table.add_row(str(count), str(samples), f"{wall:.1f}", f"{rates[-1]:.2f}", f"{rates[-1] / rates[0]:.2f}")
    return table


def shard_times(count: int) -> pl.DataFrame:
    """Generate with so many workers; one row for each shard, with its seconds by phase and when it began and ended."""
    with tempfile.TemporaryDirectory() as lake:
        generate(production_recipe(), lake, workers=count)
        receipts = scan("receipts", lake).collect()
    seconds = receipts.explode("seconds").unnest("seconds").pivot("phase", index="shard", values="seconds")
    return (
        receipts.select("shard", "environment", "worker", "rows", end="finished_at")
        .join(seconds, "shard")
        .with_columns(start=pl.col("end") - pl.duration(seconds="total"))
    )


def wall_seconds(times: pl.DataFrame) -> float:
    """From the start of the first shard to the end of the last."""
    return float((times["end"].max() - times["start"].min()).total_seconds())


def shares(times: pl.DataFrame, wall: float) -> list[str]:
    """Cells of a table: shards, samples, seconds, and what share of them each phase takes."""
    parts = [times[phase].sum() / wall for phase in PHASES]
    return [
        str(len(times)),
        str(times["rows"].sum()),
        f"{wall:.1f}",
        *(f"{part:.1%}" for part in [*parts, 1 - sum(parts)]),
    ]


def memory() -> Table:
    """Load and look at scene after scene in one process."""
    table = Table("scenes", "resident MB", title="Memory of one worker")
    simulator = create_simulator("mujoco")
    for number in range(SCENES + 1):
        environment = list(ENVIRONMENTS)[number % len(ENVIRONMENTS)]
        simulator.load(build_scene(scene_id(environment, "train", number)))
        simulator.look(Camera.looking_at([1.0, 1.0, 1.5], [0.0, 0.0, 0.5], 1.0, 512, 512))
        simulator.render()
        if number % 50 == 0:
            table.add_row(str(number), f"{resident_mb():.0f}")
    return table


def main(names: list[str]) -> None:
    """Print the named tables, or all."""
    tables = {"phases": phases, "workers": workers, "memory": memory}
    for name in names or tables:
        Console().print(tables[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
