"""What runs in every Ray worker: it watches over a simulator's process, and replaces it when it must be."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

from gsi_ray.lake.runs import Receipt
from gsi_ray.pipelines import metrics
from gsi_ray.pipelines.logs import about, log_json_lines, worker_name
from gsi_ray.pipelines.shard_process import ShardFailed, ShardProcess
from gsi_ray.pipelines.workers import ANSWER, JOB
from gsi_ray.recipes import Recipe
from gsi_ray.sampling.shard_plan import ShardPlan

_TRIES = 3
# A worker on which everything fails at once must not eat up the queue while the others work.
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0

log = logging.getLogger(__name__)


class ShardWorker:
    """Called by Ray Data with one shard at a time. Shards go to the lake; only their receipts go back."""

    def __init__(self, recipe: Recipe, lake: str, plans: Sequence[ShardPlan]) -> None:
        self._recipe = recipe
        self._lake = lake
        self._plans = plans
        self._process: ShardProcess | None = None
        self._scenes = 0
        self._failures_in_a_row = 0
        log_json_lines()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """A batch of shard indices to a batch of receipts."""
        return {ANSWER: [self.make_shard(self._plans[int(index)]) for index in batch[JOB]]}

    def make_shard(self, plan: ShardPlan) -> Receipt:
        """Have a shard made; when that fails, have it made again, from its seed, by a fresh process."""
        for attempt in range(1, _TRIES + 1):
            with about(shard=plan.name, attempt=attempt):
                try:
                    receipt = self._made(plan, attempt)
                except ShardFailed as failure:
                    log.warning("attempt failed", extra={"reason": str(failure), "end": failure.end})
                    self._replace(failure.end)
                    self._pause()
                    reason = str(failure)
                else:
                    self._failures_in_a_row = 0
                    return receipt
        log.error("shard given up", extra={"shard": plan.name, "reason": reason})
        return Receipt(plan.name, plan.split, plan.environment, worker_name(), error=reason)

    def close(self) -> None:
        """End the simulator's process, if there is one."""
        if self._process is not None:
            self._process.close()
        self._process = None
        self._scenes = 0

    def _made(self, plan: ShardPlan, attempt: int) -> Receipt:
        if self._process is None:
            self._process = ShardProcess(self._recipe, self._lake)
        receipt = self._process.make(plan, attempt)
        metrics.count_shard(receipt)
        log.info("shard made", extra=_facts(receipt))
        self._scenes += receipt.scenes or 0
        if self._is_worn_out(self._process):
            gigabytes = round(self._process.resident_bytes / 1e9, 1)
            log.info("simulator worn out", extra={"scenes": self._scenes, "gigabytes": gigabytes})
            self._replace("worn_out")
        return receipt

    def _replace(self, reason: str) -> None:
        """The next shard gets a fresh process."""
        metrics.count_restart(reason)
        self.close()

    def _is_worn_out(self, process: ShardProcess) -> bool:
        limits = self._recipe.workers
        return self._scenes >= limits.scenes_per_process or process.resident_bytes > limits.memory_limit_gb * 1e9

    def _pause(self) -> None:
        time.sleep(min(_FIRST_PAUSE_S * 2**self._failures_in_a_row, _LONGEST_PAUSE_S))
        self._failures_in_a_row += 1


def _facts(receipt: Receipt) -> dict[str, Any]:
    return {
        "samples": sum(receipt.accepted.values()),
        "rejected": sum(receipt.rejected.values()),
        "bytes": receipt.file and receipt.file.bytes,
        "seconds": {phase: round(seconds, 3) for phase, seconds in receipt.seconds.items()},
    }
