"""Players that stand in for AI2-THOR's, with the real client, or one half of it, at the other end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from ai2thor.controller import Controller
from ai2thor.fifo_server import FifoServer

PLAYER = Path(__file__).parents[1] / "thor_player" / "player"
WIDTH, HEIGHT = 200, 160

RunPlayer = Callable[..., tuple[FifoServer, subprocess.Popen[bytes]]]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder for the client, whose releases, locks and logs lie there."""
    with pytest.MonkeyPatch.context() as environment:
        home = tmp_path_factory.mktemp("home")
        environment.setenv("HOME", str(home))
        environment.setenv("GSI_RAY_TEST_PYTHON", sys.executable)
        environment.delenv("GSI_RAY_TEST_THOR_ORDERS", raising=False)
        yield home


@contextmanager
def client(**parameters: Any) -> Iterator[Controller]:
    """The real client with a player of its own, which is ended for certain."""
    given = {"local_executable_path": str(PLAYER), "x_display": ":0", "scene": "FloorPlan901"}
    given |= {"width": WIDTH, "height": HEIGHT, "server_timeout": 60.0, "server_start_timeout": 60.0}
    given |= {"renderDepthImage": True, "renderInstanceSegmentation": True, "makeAgentsVisible": False}
    controller = Controller(**{**given, **parameters})
    process = controller.server.unity_proc
    try:
        yield controller
    finally:
        process.kill()
        process.wait()
        with suppress(Exception):  # it says goodbye to a player that is gone
            controller.stop()


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A folder for orders."""
    folder = tmp_path / "orders"
    folder.mkdir()
    return folder


@pytest.fixture
def run_player(home: Path, orders: Path) -> Iterator[RunPlayer]:
    """Runs a player under `orders` with the client's own end of its pipes, and without the rest of the client."""
    running = []

    def run() -> tuple[FifoServer, subprocess.Popen[bytes]]:
        server = FifoServer(width=WIDTH, height=HEIGHT, timeout=None)
        server.start()
        parameters = {f"AI2THOR_{name.upper()}": value for name, value in server.unity_params().items()}
        environment = {**os.environ, **parameters, "AI2THOR_SERVER_TYPE": "FIFO"}
        process = subprocess.Popen(
            [str(PLAYER), "-screen-fullscreen", "0", "-screen-width", str(WIDTH), "-screen-height", str(HEIGHT)],
            env={**environment, "GSI_RAY_TEST_THOR_ORDERS": str(orders)},
        )
        server.unity_proc = process
        running.append((server, process))
        return server, process

    yield run
    for server, process in running:
        process.kill()
        process.wait()
        with suppress(Exception):
            server.stop()
        server.tmp_dir.cleanup()
