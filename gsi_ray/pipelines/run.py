"""One run of a recipe: plans go out to workers, workers write shards, receipts come back and are recorded."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from gsi_ray.lake import finished_shards, tidy
from gsi_ray.lake.paths import RunId
from gsi_ray.lake.runs import Receipt, RunRecord
from gsi_ray.pipelines import metrics
from gsi_ray.pipelines.progress import GenerationProgress, work_progress
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.pipelines.starting import crew, start_ray
from gsi_ray.pipelines.workers import ShardsFailed, answers, counted, first, in_portions, interrupted_by_sigterm
from gsi_ray.recipes import Recipe, Shards, fingerprint
from gsi_ray.sampling.shard_plan import ShardPlan

_FAILURES_IN_A_ROW = 20
"""So many failed shards with no success between them, or twice the workers: something is wrong with all of them."""


class Run:
    """What is missing goes to the workers, and what they say is recorded. It begins with the first shard.

    `id` names its record in the lake; `made` counts shards, and `failed` are the receipts of those given up.
    """

    def __init__(self, recipe: Recipe, lake: str, workers: int | None) -> None:
        self.recipe = recipe
        self.lake = lake
        self.recipe_name = f"{recipe.name}-{fingerprint(recipe)}"
        self.id: str | None = None
        self.made = 0
        self.failed: list[Receipt] = []
        self._workers = workers
        self._samples = self._bytes = self._failures_in_a_row = 0
        self._open = ExitStack()

    def __enter__(self) -> Run:
        self._open.enter_context(interrupted_by_sigterm())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._open.close()
        if self.id is not None:
            self._record.finish(self._summary("finished" if kind is None and not self.failed else "unfinished"))

    def make(self, plans: Shards, span: range) -> None:
        """Make those of the shards that are not there. A shard that fails is handed out once more, after the others."""
        missing = self._missing(plans, span)
        if not len(missing):
            return
        if self.id is None:
            self._begin()
        self._expect(plans, len(missing), done=len(span) - len(missing))
        failures = self._attempt(plans, missing)
        if failures:
            self._progress.say(f"{counted(len(failures), 'shard')} failed: once more, now that all others are tried")
            failures = self._attempt(plans, list(failures))
        for receipt in failures.values():
            self._record.add(receipt)
            self.failed.append(receipt)
        metrics.count_failed(self.recipe_name, len(failures))
        self._tidy(plans)  # after processes that died while they wrote

    def require_success(self) -> None:
        """Raises ShardsFailed, naming the shards, if any could not be made."""
        if self.failed:
            names = [receipt.shard for receipt in self.failed]
            reasons = sorted({str(receipt.error) for receipt in self.failed})
            raise ShardsFailed(
                f"{counted(len(names), 'shard')} could not be made ({first(names)}): {first(reasons, '; ')}; "
                f"{counted(self.made, 'shard')} were made and are kept, and the same command tries the others again."
            )

    def _missing(self, plans: Shards, span: range) -> NDArray[np.int64]:
        self._tidy(plans)
        found = finished_shards(self.lake, fingerprint(self.recipe), span, _partitions(plans))
        return np.flatnonzero(~found) + span.start

    def _tidy(self, plans: Shards) -> None:
        tidy(self.lake, fingerprint(self.recipe), _partitions(plans))

    def _expect(self, plans: Shards, missing: int, done: int) -> None:
        self._progress.say(
            f"{self.id}: {counted(missing, 'shard')} to be made, {done:,} done before, "
            f"by {counted(min(self._crew.size, missing), 'worker')}"
        )
        self._progress.expect(missing, round(plans.samples * missing / len(plans)))
        self._left = missing
        metrics.show_left(self.recipe_name, self._left)

    def _begin(self) -> None:
        run_id = str(RunId(self.recipe_name, datetime.now(UTC), uuid.uuid4().hex[:4]))
        self._record = RunRecord(self.lake, run_id)
        self.id = run_id  # from here on there is a record to finish, whatever happens
        self._record.begin(yaml.safe_dump(self.recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True))
        start_ray()
        self._crew = crew(self.recipe.workers, self._workers)
        self._progress = GenerationProgress(self._open.enter_context(work_progress("samples")))

    def _attempt(self, plans: Shards, indices: Sequence[int] | NDArray[np.int64]) -> dict[int, Receipt]:
        """Hand out shards; returns the receipts of those that failed, by index. Raises ShardsFailed when all do."""
        failures: dict[int, Receipt] = {}
        for portion in in_portions([int(index) for index in indices], self._crew):
            waiting = {plans[index].name: index for index in portion}
            for receipt in answers(ShardWorker, (self.recipe, self.lake, plans), portion, self._crew):
                index = waiting.pop(receipt.shard)
                if receipt.error:
                    failures[index] = receipt
                self._count(receipt)
            for index in waiting.values():
                failures[index] = _lost(plans[index])
        return failures

    def _count(self, receipt: Receipt) -> None:
        self._progress.add(receipt)
        if receipt.file is not None:
            self._record.add(receipt)
            self.made += 1
            self._samples += receipt.file.rows
            self._bytes += receipt.file.bytes
            self._failures_in_a_row = 0
            self._left -= 1
            metrics.show_left(self.recipe_name, self._left)
            return
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= max(_FAILURES_IN_A_ROW, 2 * self._crew.size):
            self._record.add(receipt)
            raise ShardsFailed(
                f"The last {self._failures_in_a_row} shards all failed, the last one ({receipt.shard}) because "
                f"{receipt.error}: put that right, then run the same command again; what is finished is kept."
            )

    def _summary(self, state: str) -> dict[str, Any]:
        return {
            "recipe": self.recipe.name,
            "fingerprint": fingerprint(self.recipe),
            "state": state,
            "shards_written": self.made,
            "samples": self._samples,
            "bytes": self._bytes,
            "failed": {receipt.shard: receipt.error for receipt in self.failed},
        }


def _partitions(plans: Shards) -> list[dict[str, str]]:
    return [{"environment": environment, "split": split} for environment, split in plans.places]


def _lost(plan: ShardPlan) -> Receipt:
    return Receipt(plan.name, plan.split, plan.environment, "unknown", error="no receipt came back")
