"""A simulator's process ends with its worker, whenever that dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.driver import ROOT, wait_until
from tests.faults.lakes import shards_in
from tests.faults.processes import SIMULATOR, left_over, processes
from tests.faults.simulators import ORDERS, Orders

_WORKER = """
import threading
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.recipes import shards
from tests.faults.recipe import RECIPE
worker = ShardWorker(RECIPE, {lake!r}, shards(RECIPE))
print("ready", flush=True)
worker.make_shard(shards(RECIPE)[0])
"""


@pytest.mark.parametrize("moment", ["starting", "rendering"])
def test_a_simulator_does_not_outlive_its_worker(moment: str, tmp_path: Path) -> None:
    orders = Orders(tmp_path)
    orders.give("rendering", 0, "hang_without_letting_go")
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER.format(lake=str(tmp_path / "lake"))],
        env={**os.environ, "PYTHONPATH": str(ROOT), ORDERS: str(orders.folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    if moment == "rendering":
        wait_until(orders, "rendering", 0, "hang_without_letting_go")
    else:
        while not processes(orders.folder, SIMULATOR):
            pass
    worker.kill()
    worker.communicate()

    assert left_over(orders.folder) == []
    assert shards_in(tmp_path / "lake") == {}
