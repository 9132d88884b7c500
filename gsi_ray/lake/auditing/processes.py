"""Spreads work over processes, and keeps it in order."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from gsi_ray.errors import GsiRayError

Result = TypeVar("Result")


class ProcessDied(GsiRayError):
    """A process that looked into files was killed, or crashed."""


def in_order(jobs: Iterable[Callable[[], Result]], workers: int) -> Iterator[Result]:
    """The results of jobs in the order of the jobs, so many of which are worked on at once. Raises `ProcessDied`."""
    if workers == 1:
        yield from (job() for job in jobs)
        return
    # Not forked: the clients of object stores have threads, which a fork would leave behind in the middle of things.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    waiting: deque[Future[Result]] = deque()
    try:
        for job in jobs:
            waiting.append(pool.submit(job))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise ProcessDied(
            "A process that looked into files died, maybe for want of memory: try again with fewer --workers."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
