"""What runs in every worker process: one simulator that turns shard plans into shards."""

from __future__ import annotations

import os
import socket
from typing import Any

from gsi_ray.lake import write_shard
from gsi_ray.lake.runs import Receipt
from gsi_ray.recipes import Recipe, sampling_settings, shards
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.timing import Stopwatch, TimedSimulator
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import SimulatorDied

# Software rendering would take every core for each process; one thread each scales better (see benchmarks).
_RENDERING_THREADS = "1"
_TRIES = 2


class ShardWorker:
    """Called by Ray Data with one plan at a time. Shards go to the lake; only their receipts go back."""

    def __init__(self, recipe: Recipe, lake: str) -> None:
        os.environ.setdefault("LP_NUM_THREADS", _RENDERING_THREADS)
        self._recipe = recipe
        self._plans = shards(recipe)
        self._lake = lake
        self._simulator = create_simulator(recipe.simulator)

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """A batch of shard indices (column `shard`) to a batch of receipts (column `receipt`)."""
        return {"receipt": [self.make_shard(self._plans[int(index)]) for index in batch["shard"]]}

    def make_shard(self, plan: ShardPlan) -> Receipt:
        """Sample and write one shard; a simulator that dies is replaced and the shard begun again from its seed."""
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._sampled_and_written(plan)
            except SimulatorDied as death:
                self._simulator.close()
                self._simulator = create_simulator(self._recipe.simulator)
                if not tries_left:
                    return self._receipt(plan, error=str(death))
        raise AssertionError("unreachable: the last try returns")

    def _sampled_and_written(self, plan: ShardPlan) -> Receipt:
        watch = Stopwatch()
        with watch.phase("total"):
            sampler = Sampler(TimedSimulator(self._simulator, watch), sampling_settings(self._recipe))
            samples = sampler.sample_shard(plan)
            with watch.phase("encoding"):
                file = write_shard(
                    samples.triplets, self._lake, plan.name, split=plan.split, environment=plan.environment
                )
        return self._receipt(
            plan, file=file, accepted=samples.accepted, rejected=samples.rejected, seconds=watch.seconds
        )

    def _receipt(self, plan: ShardPlan, **outcome: Any) -> Receipt:
        worker = f"{socket.gethostname()}/{os.getpid()}"
        return Receipt(shard=plan.name, split=plan.split, environment=plan.environment, worker=worker, **outcome)
