"""How many workers there are, and on which machines."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gsi_ray.pipelines.starting import NoRoom, crew
from gsi_ray.recipes import Workers


def test_a_machine_of_its_own_has_a_worker_for_every_core_and_more_of_them_share_the_cores(ray_here: None) -> None:
    assert (crew(Workers(), None).size, crew(Workers(), None).cpus) == (2, 1.0)
    assert (crew(Workers(), 8).size, crew(Workers(), 8).cpus) == (8, 0.25)


def test_gpus_that_a_machine_does_not_have_are_refused_rather_than_waited_for(ray_here: None) -> None:
    with pytest.raises(
        NoRoom, match=r"A worker is to have 0.5 GPUs, and this machine has 0: set gpus: 0 under workers"
    ):
        crew(Workers(gpus=0.5), None)


IN_A_CLUSTER = """
import os
import ray
from ray.cluster_utils import Cluster
from gsi_ray.pipelines.starting import NoRoom, crew, start_ray
from gsi_ray.recipes import Workers

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
cluster.add_node(num_cpus=3, labels={"pool": "simulation"})
start_ray(cpus=2)
print(crew(Workers(), None))
ray.shutdown()
os.environ["RAY_ADDRESS"] = cluster.address
start_ray()
print(crew(Workers(cpus=2), None))
print(crew(Workers(pool="simulation"), None))
print(crew(Workers(pool="rendering"), 64))
try:
    crew(Workers(pool="rendering"), None)
except NoRoom as refusal:
    print(refusal)
ray.shutdown()
cluster.shutdown()
"""


def test_a_cluster_that_is_named_is_given_as_many_workers_as_fit_in_their_pool_or_as_it_is_to_grow_to() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(3):
        ran = subprocess.run(
            [sys.executable, "-c", IN_A_CLUSTER], env=environment, capture_output=True, text=True, timeout=300
        )
        # Ray gives each of the cluster's nodes 30 seconds to start, which a busy machine may well need.
        if ran.returncode == 0 or "timed out" not in ran.stderr.lower():
            break

    assert ran.stdout.splitlines() == [
        "Crew(size=2, room=2, cpus=1.0, gpus=0.0, pool=None)",
        "Crew(size=1, room=1, cpus=2.0, gpus=0.0, pool=None)",
        "Crew(size=3, room=3, cpus=1.0, gpus=0.0, pool='simulation')",
        "Crew(size=64, room=0, cpus=1.0, gpus=0.0, pool='rendering')",
        "The cluster has no room for a worker yet, so nothing tells how many to have: "
        "say with --workers to how many it is to grow.",
    ], ran.stderr[-3000:]
