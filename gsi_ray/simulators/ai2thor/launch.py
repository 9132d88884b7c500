"""`python launch.py PARENT PROGRAM ARGUMENTS...` becomes the program, which then dies with its parent.

The player of AI2-THOR goes on for ever when the process that started it is gone. Linux can be told to kill it then, but
only by the player's own process, before it becomes the player: hence this program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def command(program: list[str]) -> list[str]:
    """The command that runs `program`, which then dies with the process, and the thread, that starts it."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *program]  # without any package: it starts at once


def main() -> None:
    """Become the program, unless the parent is dead already."""
    parent, *program = sys.argv[1:]
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() == int(parent):
        os.execv(program[0], program)


if __name__ == "__main__":
    main()
