"""Where a worker's time goes, how many samples come out, and whether its memory stays flat.

python -m benchmarks.generation phases     share of physics, rendering, encoding and the rest, at 512 px
python -m benchmarks.generation workers    accepted samples per second with one and with two workers
python -m benchmarks.generation memory     resident memory of one worker over 500 scenes
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ.setdefault("LP_NUM_THREADS", "1")

from rich.console import Console
from rich.table import Table

from gsi_ray.pipelines.generate import generate
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.recipes import Recipe, load_recipe, revised, shards, with_samples
from gsi_ray.scenes.build import ENVIRONMENTS, build_scene, scene_id
from gsi_ray.simulators import create_simulator
from gsi_ray.spatial import Camera

PHASES = ("physics", "rendering", "encoding")
SCENES = 500


def production_recipe() -> Recipe:
    """Every operation in every environment of the demo, with shards and views as in production."""
    return revised(with_samples(load_recipe("demo"), 20), samples_per_shard=60, views={"per_scene": 5})


def phases() -> Table:
    """One worker that has drawn its textures already, every environment: what its busy time goes into."""
    table = Table("environment", "samples", "samples/s", *PHASES, "other", title="One worker, 512 px, shards of 60")
    with tempfile.TemporaryDirectory() as lake:
        recipe = production_recipe()
        worker = ShardWorker(recipe, lake)
        for environment in ENVIRONMENTS:
            seconds: Counter[str] = Counter()
            samples = 0
            first, *others = (plan for plan in shards(recipe) if plan.environment == environment)
            worker.make_shard(first)
            for plan in others:
                receipt = worker.make_shard(plan)
                seconds.update(receipt.seconds)
                samples += sum(receipt.accepted.values())
            shares = [seconds[phase] / seconds["total"] for phase in PHASES]
            cells = [f"{share:.1%}" for share in [*shares, 1.0 - sum(shares)]]
            table.add_row(environment, str(samples), f"{samples / seconds['total']:.2f}", *cells)
    return table


def workers() -> Table:
    """One and two workers, start-up left out."""
    table = Table(
        "workers", "samples", "seconds", "samples/s", "against one", title="Whole pipeline, 512 px, shards of 60"
    )
    rates: list[float] = []
    for count in (1, 2):
        with tempfile.TemporaryDirectory() as lake:
            generation = generate(production_recipe(), lake, workers=count)
        busy: Counter[str] = Counter()
        for receipt in generation.receipts:
            busy[receipt.worker] += receipt.seconds["total"]
        wall = max(busy.values())  # from the start of the first shard to the end of the last: start-up is left out
        samples = sum(sum(receipt.accepted.values()) for receipt in generation.receipts)
        rates.append(samples / wall)
        table.add_row(str(count), str(samples), f"{wall:.1f}", f"{rates[-1]:.2f}", f"{rates[-1] / rates[0]:.2f}")
    return table


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


def resident_mb() -> float:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(names: list[str]) -> None:
    """Print the named tables, or all."""
    tables = {"phases": phases, "workers": workers, "memory": memory}
    for name in names or tables:
        Console().print(tables[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
