"""AI2-THOR's player, a program of its own, and its client, held so that nothing that the player does hangs or leaks.

The client waits for ever when the player dies before it has connected, spins when it dies later, may start it again by
itself, and leaves it running when its own process is killed. Here every such end is a `SimulatorDied` within seconds.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from typing import IO, Any

import ai2thor.controller
import ai2thor.fifo_server
import ai2thor.platform
import ai2thor.server

from gsi_ray.simulators.ai2thor import launch
from gsi_ray.simulators.ai2thor.node import Node
from gsi_ray.simulators.protocol import ActionRejected, SimulatorDied

_LOOK_EVERY_S = 0.2
_LAST_WORDS_S = 2.0
"""Between a player's closing its pipe and its end."""
_DEATH_LIMIT_S = 10.0


class Player:
    """A running player with a scene in it. Raises SimulatorDied wherever it can no longer be trusted."""

    def __init__(self, node: Node, scene: str, **parameters: Any) -> None:
        """Start it with a scene; the parameters are those of its Initialize action."""
        os.environ["HOME"] = str(node.home)  # the client knows no other way
        self._client: _Client | None = None
        with self._dying("start"):
            self._client = _Client(node, scene, **parameters)

    @property
    def pid(self) -> int:
        """The player's process."""
        assert self._client is not None and self._client.server is not None
        pid: int = self._client.server.unity_proc.pid
        return pid

    @property
    def event(self) -> ai2thor.server.Event:
        """What the last answer said and showed."""
        assert self._client is not None
        return self._client.last_event

    @property
    def depth_planes(self) -> tuple[float, float]:
        """How near and how far its cameras see, in metres."""
        assert self._client is not None
        return self._client.server.camera_near_plane, self._client.server.camera_far_plane

    def reset(self, scene: str) -> ai2thor.server.Event:
        """Bring in a scene anew, as its makers left it. The window stays as it is."""
        with self._dying("reset"):
            assert self._client is not None
            window = self._client.last_event
            return self._client.reset(scene, width=window.screen_width, height=window.screen_height)

    def step(self, action: str, **arguments: Any) -> ai2thor.server.Event:
        """Have an action done. Raises ActionRejected where the player refuses, or does not know it."""
        with self._dying(action):
            assert self._client is not None
            event = self._client.step(action=action, **arguments)
            if not event.metadata["lastActionSuccess"]:
                raise ActionRejected(f"AI2-THOR refuses {action}: {event.metadata['errorMessage']}")
            return event

    def close(self) -> None:
        """End the player, for certain. May be called twice."""
        client, self._client = self._client, None
        if client is not None:
            client.kill()

    @contextmanager
    def _dying(self, doing: str) -> Iterator[None]:
        """Whatever goes wrong in the client in the meantime is the end of the player."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of RoboTHOR without its robot, above all
                yield
        except ActionRejected:
            raise
        except Exception as error:
            if _is_refusal(error, self._client):
                raise ActionRejected(f"AI2-THOR refuses {doing}: {error}") from error
            self.close()
            raise SimulatorDied(f"AI2-THOR's player: {doing}: {_reason(error)}") from error


def _is_refusal(error: Exception, client: _Client | None) -> bool:
    """Whether it is only the action that was wrong, which the client tells by an error like any other."""
    event = getattr(client, "last_event", None)
    return (
        isinstance(error, ValueError)
        and event is not None
        and not event.metadata["lastActionSuccess"]
        and str(error) == event.metadata["errorMessage"]
    )


def _reason(error: Exception) -> str:
    """What the client hides behind "Error encountered when running action ...": what we found, or what came first."""
    first: BaseException = error
    while first.__context__ is not None and not isinstance(first, SimulatorDied):
        first = first.__context__
    return str(first) or type(first).__name__


class _Client(ai2thor.controller.Controller):  # type: ignore[misc]
    """The client, with a player that dies with this process and a patience that ends."""

    def __init__(self, node: Node, scene: str, **parameters: Any) -> None:
        self._node = node
        self.server: Any = None
        (node.home / ".ai2thor").mkdir(parents=True, exist_ok=True)
        platform = {"local_executable_path": str(node.executable), "x_display": os.environ.get("DISPLAY", ":0")}
        try:
            super().__init__(
                scene=scene,
                server_timeout=node.answer_limit_s,
                server_start_timeout=node.start_limit_s,
                # An answer without pictures would show those before it as if they were new.
                fastActionEmit=False,
                **(platform if node.executable else {"platform": ai2thor.platform.CloudRendering}),
                **parameters,
            )
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End the player; neither `stop` nor the end of this process is certain to."""
        process = self.server.unity_proc if self.server is not None else None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(_DEATH_LIMIT_S)
        with suppress(Exception):  # it says goodbye through a pipe that nobody reads
            self.stop()

    def unity_command(self, width: int, height: int, headless: bool) -> list[str]:
        return launch.command(super().unity_command(width, height, headless))

    def _start_unity_thread(self, *arguments: Any) -> None:
        # One after the other on a node: many players that load at once all take longer than they are given.
        with open(self._node.home / ".ai2thor" / "gsi-ray-start.lock", "w") as turn:
            flock(turn, LOCK_EX)
            super()._start_unity_thread(*arguments)

    def _build_server(self, host: str, port: int, width: int, height: int) -> None:
        super()._build_server(host, port, width, height)
        if type(self.server) is ai2thor.fifo_server.FifoServer:
            self.server = _PatientServer(width, height, self._node)


class _PatientServer(ai2thor.fifo_server.FifoServer):  # type: ignore[misc]
    """The client's end of two named pipes, which looks after the player while it waits for it."""

    def __init__(self, width: int, height: int, node: Node) -> None:
        super().__init__(width=width, height=height, timeout=node.answer_limit_s)
        self.server_pipe: IO[bytes] | None
        self.client_pipe: IO[bytes] | None
        self._start_limit_s = node.start_limit_s

    def _recv_message(self, timeout: float | None) -> tuple[dict[str, Any], dict[str, Any]]:
        if self.server_pipe is None:
            # Opened without waiting; the player speaks first, so that waiting for its words is waiting for it.
            descriptor = os.open(self.server_pipe_path, os.O_RDONLY | os.O_NONBLOCK)
            self.server_pipe = os.fdopen(descriptor, "rb", buffering=0)
        before = self.raw_files
        metadata, files = super()._recv_message(timeout)
        if before is not None and files is before:
            raise SimulatorDied("it has answered without a picture")
        return metadata, files

    def _read_with_timeout(self, server_pipe: Any, message_size: int, timeout: float | None) -> bytes:
        """Raises SimulatorDied as soon as the player is gone, or when it has taken too long."""
        deadline = time.monotonic() + (timeout or self._start_limit_s)
        parts: list[bytes] = []
        while message_size > 0:
            ready, _, _ = select.select([server_pipe], [], [], _LOOK_EVERY_S)
            if ready:
                parts.append(os.read(server_pipe.fileno(), message_size))
                message_size -= len(parts[-1])
            if not ready or not parts[-1]:
                self._require_player(deadline, has_hung_up=bool(ready))
        return b"".join(parts)

    def _send_message(self, message_type: Any, body: bytes) -> None:
        deadline = time.monotonic() + self._start_limit_s
        while self.client_pipe is None:
            assert self.server_pipe is not None  # it has spoken first
            try:
                descriptor = os.open(self.client_pipe_path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # the player has not opened its end yet; having spoken once, it is silent until then
                hung_up, _, _ = select.select([self.server_pipe], [], [], _LOOK_EVERY_S / 10.0)
                self._require_player(deadline, has_hung_up=bool(hung_up))
            else:
                os.set_blocking(descriptor, True)
                self.client_pipe = os.fdopen(descriptor, "wb")
                self.tmp_dir.cleanup()  # both ends of both pipes are open: their names are of no more use
        super()._send_message(message_type, body)

    def _require_player(self, deadline: float, *, has_hung_up: bool = False) -> None:
        with suppress(subprocess.TimeoutExpired):
            status = self.unity_proc.wait(_LAST_WORDS_S if has_hung_up else 0.0)
            raise SimulatorDied(f"it has ended with status {status}")
        if has_hung_up:
            raise SimulatorDied("it has closed its pipe")
        if time.monotonic() > deadline:
            raise SimulatorDied("it has not answered in time")
