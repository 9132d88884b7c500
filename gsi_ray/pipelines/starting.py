"""Starting Ray on this machine, or connecting to the cluster that this process is part of."""

from __future__ import annotations

import logging
import os

import ray

_TRIES = 3
# How Ray words that a node took longer than the 30 seconds it has to start, which a busy machine may well need.
_TOO_SLOW = "timed out during startup"


def start_ray(*, cpus: int | None = None) -> None:
    """Make Ray ready, quietly, unless it is already; with `cpus` cores, or all that there are.

    A start that only took too long is tried again: by then what it has to load is in memory.
    """
    if ray.is_initialized():
        return
    # Below the surface Ray calls it an error that a worker's recipe travels through its object store.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    for tries_left in reversed(range(_TRIES)):
        try:
            ray.init(num_cpus=cpus, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
            return
        except Exception as failure:
            if _TOO_SLOW not in str(failure) or not tries_left:
                raise
            ray.shutdown()
