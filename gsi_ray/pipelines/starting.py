"""Starting Ray on this machine, or connecting to a cluster; and how many workers there is room for."""

from __future__ import annotations

import logging
import os
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import ray
from ray.data import ActorPoolStrategy, DataContext

from gsi_ray.errors import GsiRayError
from gsi_ray.recipes import Workers

_TRIES = 3
# How Ray words that a node took longer than the 30 seconds it has to start, which a busy machine may well need.
_TOO_SLOW = "timed out during startup"


def start_ray(*, cpus: int | None = None) -> None:
    """Make Ray ready, quietly, unless it is already: the cluster that RAY_ADDRESS names, or one of our own.

    That one has `cpus` cores, or all that there are. A start that only took too long is tried again: by then what it
    has to load is in memory.
    """
    DataContext.get_current().enable_progress_bars = False  # ours count samples, those would count blocks
    if ray.is_initialized():
        return
    # Below the surface Ray calls it an error that a worker's recipe travels through its object store.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    # In a thread, as signals interrupt the main one: an interruption in the midst of what Ray does to start may get
    # lost and leave a lock behind that nobody gives back, and a start in the main thread takes SIGTERM for itself.
    started: Future[None] = Future()
    Thread(target=_start_and_stay, args=(cpus, started), daemon=True).start()
    try:
        started.result()
    finally:
        wait([started])  # also when interrupted: what is half started cannot be ended


def _start_and_stay(cpus: int | None, started: Future[None]) -> None:
    """Ray's programs die with the thread that started them."""
    try:
        _start(cpus)
    except BaseException as failure:
        started.set_exception(failure)
    else:
        started.set_result(None)
        Event().wait()


def _start(cpus: int | None) -> None:
    logging.getLogger("ray").setLevel(logging.ERROR)  # it would warn that it is not in the main thread
    for tries_left in reversed(range(_TRIES)):
        try:
            ray.init(
                os.environ.get("RAY_ADDRESS") or "local",  # and not whatever else runs on this machine
                num_cpus=cpus,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
            return
        except Exception as failure:
            if _TOO_SLOW not in str(failure):
                raise
            ray.shutdown()
            if not tries_left:
                raise RayDidNotStart(
                    "Ray did not get ready in time, as this machine is too busy: try again when it is less so."
                ) from failure


class RayDidNotStart(GsiRayError):
    """The machine has too much else to do."""

    exit_status = 1


class NoRoom(GsiRayError):
    """No machine has what a worker needs."""


@dataclass(frozen=True)
class Crew:
    """At most `size` workers, of which `room` find a place at once; each takes so many CPUs and GPUs of its node.

    With a `pool`, that is a node with the label `pool` of this value.
    """

    size: int
    room: int
    cpus: float
    gpus: float
    pool: str | None

    def resources(self, tasks: int) -> dict[str, Any]:
        """What Ray Data is to give to the workers of so many tasks: more of them as soon as there is room for more."""
        most = min(self.size, tasks)
        now = max(1, min(self.room, most))
        return {
            "compute": ActorPoolStrategy(min_size=1, initial_size=now, max_size=most),
            "num_cpus": self.cpus,
            "num_gpus": self.gpus,
            "label_selector": {"pool": self.pool} if self.pool else None,
        }


def crew(needs: Workers, most: int | None) -> Crew:
    """At most so many workers, or as many as there is room for.

    On a machine that is no part of a cluster, more workers than cores share them. A cluster may grow: what it does not
    have yet, it may get. Raises NoRoom where waiting for it would be in vain, or where nothing tells how many to have.
    """
    if os.environ.get("RAY_ADDRESS"):
        return _crew_of_cluster(needs, most)
    here = ray.cluster_resources()
    cpus, gpus = here["CPU"], here.get("GPU", 0.0)
    if needs.gpus > gpus:
        raise NoRoom(
            f"A worker is to have {needs.gpus:g} GPUs, and this machine has {gpus:g}: "
            "set gpus: 0 under workers: in the recipe, or run it on a cluster with GPUs."
        )
    size = most or max(_room_on(here, needs), 1)
    return Crew(size, size, min(needs.cpus, cpus / size), needs.gpus, pool=None)


def _crew_of_cluster(needs: Workers, most: int | None) -> Crew:
    room = sum(_room_on(node["Resources"], needs) for node in _nodes(needs.pool))
    if not room and most is None:
        raise NoRoom(
            "The cluster has no room for a worker yet, so nothing tells how many to have: "
            "say with --workers to how many it is to grow."
        )
    return Crew(most or room, room, needs.cpus, needs.gpus, needs.pool)


def _nodes(pool: str | None) -> list[dict[str, Any]]:
    return [node for node in ray.nodes() if node["Alive"] and pool in (None, node["Labels"].get("pool"))]


def _room_on(resources: dict[str, float], needs: Workers) -> int:
    """How many workers a node with these resources has room for."""
    by_cpus = resources.get("CPU", 0.0) / needs.cpus
    return int(min(by_cpus, resources.get("GPU", 0.0) / needs.gpus) if needs.gpus else by_cpus)
