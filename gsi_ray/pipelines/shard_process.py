"""A simulator in a process of its own, which makes one shard after the other for the worker that watches it.

Whatever a simulator may do (crash, hang, exit, leak) then happens to a process that can be thrown away, and
whatever happens to the worker, the process does not outlive it.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import Pipe as make_pipe
from pathlib import Path
from typing import Any, Literal

from gsi_ray.errors import GsiRayError
from gsi_ray.lake import write_shard
from gsi_ray.lake.runs import Receipt
from gsi_ray.pipelines.logs import about, log_json_lines, worker_name
from gsi_ray.recipes import Recipe, sampling_settings
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.timing import Stopwatch, TimedSimulator
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import Simulator, SimulatorDied

# Software rendering would take every core for each process; one thread each scales better (see benchmarks).
_RENDERING_THREADS = "1"
_SIGN_OF_LIFE_EVERY_S = 1.0
_START_LIMIT_S = 300.0
"""To load all libraries, from a cold disk, while all the other workers of the machine do so too."""
_DEATH_LIMIT_S = 10.0
"""Longer than any process takes to die, but for one that waits in the kernel: for a lost disk, or a GPU's driver."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


log = logging.getLogger(__name__)


class ShardFailed(Exception):
    """The shard was not made, and the process that was to make it is of no further use. The text says why.

    `end` is what became of the process: it died, stalled, or failed, which is to say that it could tell what was wrong.
    """

    def __init__(self, reason: str, end: Literal["died", "stalled", "failed"]) -> None:
        super().__init__(reason)
        self.end = end


@dataclass(frozen=True)
class _Failure:
    reason: str


_SIGN_OF_LIFE = None
"""What the process sends, besides receipts and failures, as long as its simulator answers."""


class ShardProcess:
    """The worker's end. Raises `ShardFailed` where the process died, hung, or could not make its shard."""

    def __init__(self, recipe: Recipe, lake: str) -> None:
        self._stall_limit_s = recipe.workers.stall_limit_s
        self._patience_s = max(self._stall_limit_s, _START_LIMIT_S)
        self._connection, theirs = make_pipe()
        # Not -m: what the process sends must be of the classes of this module, not of a second __main__.
        program = f"import {__name__} as process; process.main()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, str(theirs.fileno()), str(os.getpid())],
            pass_fds=[theirs.fileno()],
            # A group of its own takes along, when killed, whatever programs the simulator has started.
            start_new_session=True,
            env={"LP_NUM_THREADS": _RENDERING_THREADS, **os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        theirs.close()
        self._connection.send((recipe, lake))

    def make(self, plan: ShardPlan, attempt: int) -> Receipt:
        """Let it sample and write one shard; which attempt that is stands in its log."""
        try:
            self._connection.send((plan, attempt))
            while True:
                if not self._connection.poll(self._patience_s):
                    raise ShardFailed(f"the simulator has not stirred for {self._patience_s:g} s", "stalled")
                message = self._connection.recv()
                self._patience_s = self._stall_limit_s
                match message:
                    case Receipt() as receipt:
                        return receipt
                    case _Failure(reason):
                        raise ShardFailed(reason, "failed")
        except (EOFError, OSError) as error:
            raise ShardFailed(f"its process {self._end()}", "died") from error

    @property
    def resident_bytes(self) -> int:
        """How much memory it holds, and whatever programs its simulator has started."""
        return sum(_resident_bytes(process) for process in _session(self._process.pid))

    def close(self) -> None:
        """End it, and all that it has started, for certain.

        One that waits in the kernel is left there: it dies, and does nothing else, when its wait is over.
        """
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        try:
            self._process.wait(_DEATH_LIMIT_S)
        except subprocess.TimeoutExpired:
            log.warning("process does not die yet", extra={"pid": self._process.pid})
        self._connection.close()

    def _end(self) -> str:
        try:
            status = self._process.wait(_DEATH_LIMIT_S)
        except subprocess.TimeoutExpired:
            return "has closed its connection, and hangs"
        return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


def _session(leader: int) -> Iterator[Path]:
    """The folders in /proc of all processes of a session."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with suppress(OSError):  # gone already
                session = (process / "stat").read_text().rsplit(")", 1)[1].split()[3]
                if int(session) == leader:
                    yield process


def _resident_bytes(process: Path) -> int:
    try:
        return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # gone since
        return 0


def make_shard(simulator: Simulator, recipe: Recipe, lake: str, plan: ShardPlan, watch: Stopwatch) -> Receipt:
    """Sample one shard and write it. Raises `SimulatorDied`, or `LakeError` where it cannot be written."""
    with watch.phase("total"):
        timed = TimedSimulator(simulator, watch)
        samples = Sampler(timed, sampling_settings(recipe)).sample_shard(plan)
        with watch.phase("encoding"):
            file = write_shard(samples.triplets, lake, plan.name, split=plan.split, environment=plan.environment)
    return Receipt(
        shard=plan.name,
        split=plan.split,
        environment=plan.environment,
        worker=worker_name(),
        file=file,
        scenes=timed.scenes_loaded,
        accepted=samples.accepted,
        rejected=samples.rejected,
        seconds=watch.seconds,
    )


class _SignsOfLife:
    """Tells the worker, whenever the simulator has answered, that it does; but not too often."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._sent_at = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self._sent_at > _SIGN_OF_LIFE_EVERY_S:
            self._connection.send(_SIGN_OF_LIFE)
            self._sent_at = now


def _serve(connection: Connection[Any, Any]) -> None:
    """Make shards until the worker is gone."""
    recipe, lake = connection.recv()
    signs_of_life = _SignsOfLife(connection)
    simulator: Simulator | None = None
    while True:
        plan, attempt = connection.recv()
        with about(shard=plan.name, attempt=attempt):
            try:
                simulator = simulator or create_simulator(recipe.simulator)
                signs_of_life()
                log.info("shard begun", extra={"simulator": simulator.name, "version": simulator.version})
                connection.send(make_shard(simulator, recipe, lake, plan, Stopwatch(signs_of_life)))
            except (SimulatorDied, GsiRayError) as error:
                connection.send(_Failure(str(error)))
            except Exception as error:
                log.exception("shard failed")
                connection.send(_Failure(f"{type(error).__name__}: {error} (the worker's log has the traceback)"))


def main() -> None:
    """Serve the worker; the arguments are the file descriptor of the connection to it, and its process."""
    descriptor, worker = map(int, sys.argv[1:])
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() == worker:  # else it died before it could take this process along
        log_json_lines()
        _serve(Connection(descriptor))
