"""`gsi-ray generate` in a process of its own, which may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.faults.recipe import recipe_file
from tests.faults.simulators import ORDERS, Orders

ROOT = Path(__file__).parents[2]
_LONGEST_WAIT_S = 300.0


@contextmanager
def driver(
    lake: str, orders: Orders, *options: str, environment: Mapping[str, str] = {}
) -> Iterator[subprocess.Popen[str]]:
    """The running process; its output and its errors are in the same pipe. It is gone after the block."""
    arguments = ["generate", str(recipe_file(orders.folder)), "--lake", lake, *options]
    process = subprocess.Popen(
        [sys.executable, "-c", "from gsi_ray.cli import main; main()", *arguments],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONFAULTHANDLER": "1",
            ORDERS: str(orders.folder),
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def output_of(run: subprocess.Popen[str]) -> str:
    """All that it prints until it ends. One that does not is told to print where it hangs."""
    try:
        return run.communicate(timeout=_LONGEST_WAIT_S)[0]
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGABRT)
    try:
        printed = run.communicate(timeout=10.0)[0]
    except subprocess.TimeoutExpired as waiting:  # somebody else has its output open
        printed = (waiting.output or b"").decode(errors="replace")
    raise AssertionError(f"the run did not end (status {run.poll()}):\n{printed}")


def wait_until(orders: Orders, moment: str, shard: int, fault: str) -> None:
    """Return as soon as it has happened."""
    end = time.monotonic() + _LONGEST_WAIT_S
    while not orders.were_carried_out(moment, shard, fault):
        assert time.monotonic() < end, f"shard {shard} was never {moment}"
        time.sleep(0.05)
