"""Handing out work to the workers of a cluster, and hearing back from them as it gets done."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ray
from ray.data import Dataset
from ray.exceptions import RayError
from rich.text import Text

from gsi_ray.errors import GsiRayError
from gsi_ray.pipelines.starting import Crew

JOB = "job"
ANSWER = "answer"
_JOBS_AT_ONCE = 10_000
"""What Ray Data is given at a time, as it keeps an object for every row that waits; or 20 for each worker, if more."""


class ShardsFailed(GsiRayError):
    """Some shards could not be made; all the others are."""

    exit_status = 1


class RayFailed(GsiRayError):
    """Ray itself broke down."""

    exit_status = 1


def answers(worker: type, arguments: Sequence[Any], jobs: Sequence[int], crew: Crew) -> Iterator[Any]:
    """What the workers answer, in any order. Raises RayFailed.

    `worker(*arguments)` is made once in each worker's process, and called with one job at a time: it takes a batch with
    the column `JOB` and gives one with the column `ANSWER`. Jobs travel as numbers, and what they stand for is among
    the arguments, so that Ray moves nothing but plain rows.
    """
    rows = [{JOB: job} for job in jobs]
    dataset = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        worker,
        fn_constructor_args=tuple(arguments),
        batch_size=1,
        batch_format="numpy",
        **crew.resources(len(rows)),
    )
    for row in rows_of(dataset):
        yield row[ANSWER]


def rows_of(dataset: Dataset) -> Iterator[dict[str, Any]]:
    """The rows of a data set, as soon as each is made. Raises RayFailed."""
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # Ray sets it up anew with every data set
    try:
        yield from dataset.iter_rows()
    except RayError as error:
        raise RayFailed(
            f"Ray broke down ({_gist(error)}): what is finished is kept, so see to the cluster, then run the same "
            "command again."
        ) from error


def in_portions(jobs: Sequence[int], crew: Crew) -> Iterator[Sequence[int]]:
    """Jobs, as many at a time as `answers` should be asked for."""
    at_once = max(_JOBS_AT_ONCE, 20 * crew.size)
    for start in range(0, len(jobs), at_once):
        yield jobs[start : start + at_once]


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Being told to stop, as by `ray job stop`, is an interruption like any other: what is done is recorded first."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def counted(count: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "shard"), counted(2000, "shard")
    ('1 shard', '2,000 shards')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def first(texts: Sequence[str], separator: str = ", ") -> str:
    """The first three of some texts."""
    return separator.join(texts[:3]) + ("..." if len(texts) > 3 else "")


def _gist(error: RayError) -> str:
    """Its first line, which says what happened, and its last, which says why; between them are remote tracebacks."""
    lines = [line for line in Text.from_ansi(str(error)).plain.splitlines() if line.strip()]
    return ": ".join(dict.fromkeys(line.strip().rstrip(".:") for line in (lines[0], lines[-1])))
