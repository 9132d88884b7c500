"""Finds the processes that a test has started, however far down, whoever their parent is by now."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from tests.faults.simulators import ORDERS

SIMULATOR = "gsi_ray.pipelines.shard_process"
"""Stands in the command of a simulator's process."""
WORKER = "ray::MapWorker"
"""What Ray calls a process that holds a worker."""


@dataclass(frozen=True)
class Process:
    pid: int
    command: str

    @property
    def parent(self) -> int:
        return int(Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def processes(orders: Path, name: str = "") -> list[Process]:
    """Those that live, follow the orders in this folder, and have the name in their command."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                environment = (folder / "environ").read_bytes().split(b"\0")
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:  # gone, or not ours
                continue
            if f"{ORDERS}={orders}".encode() in environment and name in command:
                found.append(Process(int(folder.name), command.strip()))
    return found


def left_over(orders: Path, name: str = "", within_s: float = 180.0) -> list[Process]:
    """Those of the processes that have not ended after a while: Ray's agents look for a dead head for a minute."""
    end = time.monotonic() + within_s
    while (alive := processes(orders, name)) and time.monotonic() < end:
        time.sleep(0.1)
    return alive
