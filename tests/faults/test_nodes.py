"""A cluster of which one node is lost: all its processes at once, as when its plug is pulled."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

from tests.faults.driver import driver, output_of
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


def test_a_run_waits_for_nodes_works_on_all_that_come_and_goes_on_without_one_that_is_lost(
    cluster: Cluster, lake: Path, own_orders: Orders, undisturbed: Path, tmp_path: Path
) -> None:
    doomed = Orders(tmp_path / "doomed")
    doomed.folder.mkdir()
    for shard in SPAN:
        doomed.give("rendering", shard, "hang")

    here = {"RAY_ADDRESS": cluster.address}
    with driver(str(lake), own_orders, "--shards", "0:8", "--workers", "2", environment=here) as run:
        assert run.stdout is not None
        assert any("8 shards to be made, 0 done before, by 2 workers" in line for line in run.stdout)
        # The one that hangs comes first, so that there is work left however long the other one takes to come.
        cluster.add_node(wait=False, num_cpus=1, env_vars={ORDERS: str(doomed.folder)})
        wait_while_it_runs(run, lambda: any(doomed.folder.glob("done-*")))
        cluster.add_node(wait=False, num_cpus=1, env_vars={ORDERS: str(own_orders.folder)})
        wait_while_it_runs(run, lambda: bool(processes(own_orders.folder, SIMULATOR)))
        for process in processes(doomed.folder):
            os.kill(process.pid, signal.SIGKILL)
        output = output_of(run)

    assert run.returncode == 0, output
    assert left_over(doomed.folder) == []
    assert left_over(own_orders.folder, SIMULATOR) == []
    require_part(lake, undisturbed, SPAN)
    require_sound(lake)


def wait_while_it_runs(run: subprocess.Popen[str], come: Callable[[], bool]) -> None:
    while not come():
        assert run.poll() is None
        time.sleep(0.05)
