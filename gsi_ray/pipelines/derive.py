"""What is made from shards that are there, one shard after the other, by many workers: edits, scores."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from gsi_ray.errors import GsiRayError
from gsi_ray.lake.derived import Samples
from gsi_ray.pipelines.logs import about, log_json_lines
from gsi_ray.pipelines.progress import work_progress
from gsi_ray.pipelines.starting import crew, start_ray
from gsi_ray.pipelines.workers import (
    ANSWER,
    JOB,
    ShardsFailed,
    answers,
    counted,
    first,
    in_portions,
    interrupted_by_sigterm,
)
from gsi_ray.recipes import Workers

_TRIES = 3
_PAUSE_S = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """One shard of triplets, and the names of what is to be made from it: editors."""

    samples: Samples
    names: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of a job: rows that were written, how many of them say that something went wrong with one sample, and
    why others, or all, could not be written."""

    shard: str
    rows: int = 0
    errors: int = 0
    failure: str | None = None


class Maker(Protocol):
    """Does one job after the other. One that has failed is closed, and another one takes its place."""

    def __call__(self, job: Job) -> Outcome:
        """Do a job, and write what comes of it to the lake."""

    def close(self) -> None:
        """Free everything."""


@dataclass(frozen=True)
class Derivation:
    """What a run did: shards and rows that were made, and rows that say that something went wrong."""

    shards: int
    rows: int
    errors: int

    def __add__(self, other: Derivation) -> Derivation:
        return Derivation(self.shards + other.shards, self.rows + other.rows, self.errors + other.errors)


class MakerWorker:
    """Called by Ray Data with one job at a time; nothing but outcomes goes back."""

    def __init__(self, start: Callable[[], Maker], jobs: Sequence[Job]) -> None:
        self._start = start
        self._jobs = jobs
        self._maker: Maker | None = None
        log_json_lines()

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """A batch of jobs to a batch of outcomes."""
        return {ANSWER: [self._outcome(self._jobs[int(job)]) for job in batch[JOB]]}

    def _outcome(self, job: Job) -> Outcome:
        for attempt in range(1, _TRIES + 1):
            with about(shard=job.samples.shard, attempt=attempt):
                try:
                    if self._maker is None:
                        self._maker = self._start()
                    return self._maker(job)
                except GsiRayError as error:  # would be the same the next time
                    return Outcome(job.samples.shard, failure=str(error))
                except Exception as error:
                    log.warning("attempt failed", exc_info=True)
                    reason = f"{type(error).__name__}: {error}"
                    self._give_up_maker()
                    time.sleep(_PAUSE_S)
        return Outcome(job.samples.shard, failure=reason)

    def _give_up_maker(self) -> None:
        maker, self._maker = self._maker, None
        if maker is not None:
            maker.close()


def derive(
    start: Callable[[], Maker], jobs: Sequence[Job], *, what: str, needs: Workers, workers: int | None
) -> Derivation:
    """Have all the jobs done, each by one of the makers that `start` gives; `what` the rows are is shown.

    What is finished stays, whatever happens. Raises RayFailed, or ShardsFailed where some jobs could not be done.
    """
    with interrupted_by_sigterm(), work_progress("shards") as progress:
        start_ray()
        team = crew(needs, workers)
        size = min(team.size, len(jobs))
        progress.say(f"{what.capitalize()} of {counted(len(jobs), 'shard')}, by {counted(size, 'worker')}")
        progress.expect(len(jobs))
        rows = errors = 0
        failed: list[Outcome] = []
        portions = in_portions(range(len(jobs)), team)
        for outcome in chain.from_iterable(answers(MakerWorker, (start, jobs), some, team) for some in portions):
            rows, errors = rows + outcome.rows, errors + outcome.errors
            if outcome.failure:
                failed.append(outcome)
                progress.say(f"{outcome.shard} failed: {outcome.failure}")
            progress.add(1, f"{rows:,} {what}, {f'{errors:,} with an error, ' if errors else ''}")
    if failed:
        reasons = sorted({str(outcome.failure) for outcome in failed})
        raise ShardsFailed(
            f"The {what} of {counted(len(failed), 'shard')} could not be made "
            f"({first([outcome.shard for outcome in failed])}): {first(reasons, '; ')}; all others are kept, and the "
            "same command tries these again."
        )
    return Derivation(len(jobs), rows, errors)
