"""A cluster of which one node is lost: all its processes at once, as when its plug is pulled."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

from tests.faults.driver import driver
from tests.faults.lakes import require_part, require_sound
from tests.faults.processes import SIMULATOR, left_over, processes
from tests.faults.simulators import ORDERS, Orders

SPAN = range(0, 8)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, own_orders: Orders) -> Iterator[Cluster]:
    """A head without workers. It gives up a node that has been silent for three seconds rather than fifteen."""
    monkeypatch.setenv("RAY_health_check_period_ms", "1000")
    monkeypatch.setenv("RAY_health_check_failure_threshold", "3")
    monkeypatch.setenv(ORDERS, str(own_orders.folder))
    started = Cluster(initialize_head=True, connect=False, head_node_args={"num_cpus": 0, "include_dashboard": False})
    yield started
    started.shutdown()


def test_a_run_goes_on_without_a_node_that_is_lost(
    cluster: Cluster, lake: Path, own_orders: Orders, undisturbed: Path, tmp_path: Path
) -> None:
    doomed = Orders(tmp_path / "doomed")
    doomed.folder.mkdir()
    for shard in SPAN:
        doomed.give("rendering", shard, "hang")
    for orders in (own_orders, doomed):
        cluster.add_node(wait=False, num_cpus=1, env_vars={ORDERS: str(orders.folder)})

    with driver(str(lake), own_orders, "--shards", "0:8", environment={"RAY_ADDRESS": cluster.address}) as run:
        while not list(doomed.folder.glob("done-*")):
            assert run.poll() is None
            time.sleep(0.05)
        for process in processes(doomed.folder):
            os.kill(process.pid, signal.SIGKILL)
        output, _ = run.communicate()

    assert run.returncode == 0, output
    assert left_over(doomed.folder) == []
    assert left_over(own_orders.folder, SIMULATOR) == []
    require_part(lake, undisturbed, SPAN)
    require_sound(lake)
