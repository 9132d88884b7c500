"""A simulator that fails when, where and how a test has ordered it to, and is MuJoCo with a small scene otherwise.

An order is an empty file in the folder that the environment variable `GSI_RAY_TEST_ORDERS` names. Whoever carries it
out takes it away first, so that it happens once, however many processes there are.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from gsi_ray.scenes.scene import Scene
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.simulators.protocol import ActionRejected, Observation, SimulatorDied
from tests.small_scene import small_scene

ORDERS = "GSI_RAY_TEST_ORDERS"

_SLOWLY = "slowly"
_PACE_S = 1.0
_LEAK_BYTES = 600_000_000
_BARREN = 7
_leaked: list[bytes] = []


class Orders:
    """What is to happen: at a moment ("loading", "rendering", "writing", "written") of a shard, a fault (of `FAULTS`).

    A shard is "writing" when its file has its content but not its name, and "written" when it has both.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def give(self, moment: str, shard: int, fault: str, *, times: str = "once") -> None:
        """Have it happen "once", or "always"."""
        (self.folder / f"{moment}-{shard}-{fault}-{times}").touch()

    def were_carried_out(self, moment: str, shard: int, fault: str) -> bool:
        """Whether it has happened."""
        return (self.folder / f"done-{moment}-{shard}-{fault}").exists()

    def slow_down(self) -> None:
        """Have every scene take some seconds."""
        (self.folder / _SLOWLY).touch()

    def clear(self) -> None:
        """Call everything off, and forget what has happened."""
        for file in self.folder.iterdir():
            file.unlink(missing_ok=True)

    def carry_out(self, moment: str, shard: int) -> None:
        """Let happen what was ordered for this moment."""
        for order in sorted(self.folder.glob(f"{moment}-{shard}-*")):
            _, _, fault, times = order.name.split("-")
            try:
                done = self.folder / f"done-{moment}-{shard}-{fault}"
                order.rename(done) if times == "once" else done.touch()
            except FileNotFoundError:  # another process was faster
                continue
            FAULTS[fault]()


class FaultySimulator(MujocoSimulator):
    """The number of a scene is that of its shard where shards have one scene each. Every seventh scene is of no use."""

    def __init__(self) -> None:
        super().__init__()
        self._orders = Orders(Path(os.environ[ORDERS]))
        self._shard = -1
        self._watch_writing()

    def load(self, scene: Scene) -> None:
        self._shard = int(scene.scene_id.rsplit("-", 1)[1])
        self._orders.carry_out("loading", self._shard)
        if (self._orders.folder / _SLOWLY).exists():
            time.sleep(_PACE_S)
        if self._shard % _BARREN == _BARREN - 1:
            raise ActionRejected("This scene does not come to rest.")
        small = small_scene(scene.environment)
        table, *things = small.objects
        objects = (replace(table, object_id=scene.stage or table.object_id), *things)
        super().load(replace(small, scene_id=scene.scene_id, objects=objects))

    def render(self, focus: Sequence[str] = ()) -> Observation:
        self._orders.carry_out("rendering", self._shard)
        return super().render(focus)

    def _watch_writing(self) -> None:
        """A shard's file is flushed before it gets its name, and its folder after that."""
        flush = os.fsync

        def carry_out_and_flush(descriptor: int) -> None:
            path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
            self._orders.carry_out("written" if path.is_dir() else "writing", self._shard)
            flush(descriptor)

        os.fsync = carry_out_and_flush


def _kill_worker() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    _hang()  # until the system kills this process too


def _kill_simulator() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    while True:
        time.sleep(1.0)


def _hang_without_letting_go() -> None:
    """As C code does that waits and has not released the interpreter's lock: not one thread of Python can run."""
    ctypes.PyDLL(None).sleep(10**6)


def _hang_with_a_program() -> None:
    subprocess.Popen(["sleep", "1000000"])
    _hang()


def _hang_while_it_ends() -> None:
    """As libraries do that wait for something when they are unloaded: all is closed, but the process is there."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _hang()


def _leak() -> None:
    _leaked.append(os.urandom(1) * _LEAK_BYTES)


def _leak_elsewhere() -> None:
    """As simulators do whose world is in a program of its own."""
    program = f"held = bytes([1]) * {_LEAK_BYTES}; print(len(held), flush=True); import time; time.sleep(10**6)"
    player = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert player.stdout is not None
    player.stdout.readline()


def _error() -> None:
    raise RuntimeError("nobody thought of this")


def _say_that_it_died() -> None:
    raise SimulatorDied("the player is gone")


FAULTS: dict[str, Callable[[], object]] = {
    "kill_worker": _kill_worker,
    "kill_simulator": _kill_simulator,
    "segfault": lambda: ctypes.string_at(0),
    "hang": _hang,
    "hang_without_letting_go": _hang_without_letting_go,
    "hang_with_a_program": _hang_with_a_program,
    "hang_while_it_ends": _hang_while_it_ends,
    "sys_exit": lambda: sys.exit(0),
    "os_exit": lambda: os._exit(0),
    "leak": _leak,
    "leak_elsewhere": _leak_elsewhere,
    "error": _error,
    "say_that_it_died": _say_that_it_died,
}
