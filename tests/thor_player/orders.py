"""Orders to misbehave, given as files in the folder that GSI_RAY_TEST_THOR_ORDERS names.

An order is a file `<moment>-<fault>`. The moment is `launch` (before the player connects), `connected` (when it has
said its first word, and waits), or the name of an action (when it arrives), with `.<n>` for the n-th of its kind in a
process. Whoever carries an order out renames it to `done-<moment>-<fault>` first: it happens once, however many
players there are. Every player also leaves a file `pid-<pid>` there.

At `launch` and `connected`, what can be ordered is any of `FAULTS` here, and `close` when connected; with an action,
any of those of `session` as well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

_MOMENT_S = 0.2


class Orders:
    """The orders of one player."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._seen: Counter[str] = Counter()
        if folder is not None:
            (folder / f"pid-{os.getpid()}").touch()

    @staticmethod
    def from_environment() -> Orders:
        """Those of the folder that the environment names; none without it."""
        named = os.environ.get("GSI_RAY_TEST_THOR_ORDERS")
        return Orders(Path(named) if named else None)

    def take(self, moment: str) -> str | None:
        """The fault that is ordered for this moment, which is hereby carried out."""
        if self._folder is None:
            return None
        self._seen[moment] += 1
        for order in sorted(os.listdir(self._folder)):
            when, _, fault = order.partition("-")
            if when not in (moment, f"{moment}.{self._seen[moment]}"):
                continue
            try:
                os.rename(self._folder / order, self._folder / f"done-{order}")
            except FileNotFoundError:  # another player was faster
                continue
            return fault
        return None

    def carry_out(self, moment: str) -> None:
        """Do what is ordered for a moment at which nothing is to be answered."""
        fault = self.take(moment)
        if fault is not None:
            FAULTS[fault]()


def hang() -> NoReturn:
    """Do nothing, until somebody ends it."""
    while True:
        time.sleep(1000.0)


def die_soon() -> None:
    """Be killed by the system in a moment, whatever is being done then."""
    threading.Timer(_MOMENT_S, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()


def _hang_hard() -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    hang()


def _hang_with_a_child() -> NoReturn:
    subprocess.Popen(["sleep", "1000000"])
    hang()


def _crash() -> NoReturn:
    signal.raise_signal(signal.SIGSEGV)
    hang()


FAULTS: dict[str, Callable[[], None]] = {
    "exit": lambda: os._exit(0),
    "exit3": lambda: os._exit(3),
    "segfault": _crash,
    "abort": os.abort,
    "hang": hang,
    "hang_hard": _hang_hard,
    "never_connect": hang,
    "grandchild": _hang_with_a_child,
    "die_idle": die_soon,
}
