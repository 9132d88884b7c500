"""The client's FIFO protocol: fields with a header each, through two named pipes."""

from __future__ import annotations

import json
import os
import struct
from typing import Any, BinaryIO

import msgpack

from tests.thor_player.answers import METADATA_FIELD, PATCH_FIELD, Answer

_HEADER = struct.Struct("!BI")
_ACTION_FIELD = 2
_END_FIELD = 255


class Pipes:
    """The player's ends. The one to speak through is opened first, the one to listen to when it has spoken."""

    can_patch = True

    def __init__(self, speaking: str, listening: str) -> None:
        self._out: BinaryIO = open(speaking, "wb")  # noqa: SIM115  (open for as long as the session)
        self._listening = listening
        self._in: BinaryIO | None = None

    @staticmethod
    def from_environment() -> Pipes:
        """Those that the client has made."""
        return Pipes(os.environ["AI2THOR_FIFO_SERVER_PIPE_PATH"], os.environ["AI2THOR_FIFO_CLIENT_PIPE_PATH"])

    def encode(self, answer: Answer, body: bytes | None = None) -> bytes:
        """An answer as the client reads it, with another `body` for its metadata, if one is given."""
        kind, content = (PATCH_FIELD, answer.patch) if answer.is_patch else (METADATA_FIELD, answer.metadata)
        fields = [(kind, body if body is not None else msgpack.dumps(content))]
        fields += [(picture.pipe_field, pixels) for picture, pixels in answer.pictures if not answer.is_patch]
        return b"".join(_HEADER.pack(kind, len(content)) + content for kind, content in [*fields, (_END_FIELD, b"")])

    def send(self, message: bytes) -> None:
        """Say it, all of it, at once."""
        self._out.write(message)
        self._out.flush()

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next action; None when the client is gone."""
        if self._in is None:
            self._in = open(self._listening, "rb")  # noqa: SIM115
        action = None
        while len(header := self._in.read(_HEADER.size)) == _HEADER.size:
            kind, length = _HEADER.unpack(header)
            body = self._in.read(length)
            if kind == _END_FIELD:
                return action
            assert kind == _ACTION_FIELD, f"field {kind} is none that the client sends"
            action = json.loads(body)
        return None

    def close(self) -> None:
        """Close both."""
        self._out.close()
        if self._in is not None:
            self._in.close()
