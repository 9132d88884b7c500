"""Many kills in a row, of whatever process chance chooses."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import ray

from gsi_ray.pipelines.generate import generate
from tests.faults.driver import driver, output_of
from tests.faults.lakes import require_same, shards_in
from tests.faults.processes import SIMULATOR, WORKER, left_over, processes
from tests.faults.recipe import RECIPE
from tests.faults.simulators import Orders

_KILLS = 20
_VICTIMS = {"simulator": 5, "worker": 4, "driver": 3}
_SHARDS_BETWEEN_KILLS = (0, 0, 1)
_LONGEST_DELAY_S = 0.8


def test_after_twenty_kills_at_random_the_lake_is_as_if_there_had_been_none(
    undisturbed: Path, lake: Path, orders: Orders
) -> None:
    rng = random.Random(20604)
    kills: Counter[str] = Counter()
    here = {"RAY_ADDRESS": ray.get_runtime_context().gcs_address}
    orders.slow_down()  # so that the lake is not full before the last kill
    while kills.total() < _KILLS:
        with driver(str(lake), orders, environment=here) as run:
            while run.poll() is None and kills.total() < _KILLS:
                _let_work(rng, lake, orders, run)
                kills.update(_kill(rng, orders, run))
            assert run.poll() in (None, -signal.SIGKILL), output_of(run)
    assert set(kills) == set(_VICTIMS)
    assert left_over(orders.folder, SIMULATOR) == []
    assert left_over(orders.folder, WORKER) == []
    assert 0 < len(shards_in(lake)) < len(shards_in(undisturbed))
    orders.clear()

    generate(RECIPE, str(lake))

    require_same(lake, undisturbed)
    assert left_over(orders.folder, SIMULATOR) == []


def _let_work(rng: random.Random, lake: Path, orders: Orders, run: subprocess.Popen[str]) -> None:
    """Wait until a simulator is at work, then for so many more shards as chance says, and for another moment."""
    while run.poll() is None and not processes(orders.folder, SIMULATOR):
        time.sleep(0.1)
    enough = len(shards_in(lake)) + rng.choice(_SHARDS_BETWEEN_KILLS)
    while run.poll() is None and len(shards_in(lake)) < enough:
        time.sleep(0.1)
    time.sleep(rng.uniform(0.0, _LONGEST_DELAY_S))


def _kill(rng: random.Random, orders: Orders, run: subprocess.Popen[str]) -> list[str]:
    """Kill a process of a kind that chance chooses, if there is one; returns the kind."""
    kind = rng.choices([*_VICTIMS], [*_VICTIMS.values()])[0]
    victims = {
        "simulator": [process.pid for process in processes(orders.folder, SIMULATOR)],
        "worker": [process.pid for process in processes(orders.folder, WORKER)],
        "driver": [run.pid],
    }[kind]
    if not victims:
        return []
    os.kill(rng.choice(victims), signal.SIGKILL)
    if kind == "driver":
        run.wait()
    return [kind]
