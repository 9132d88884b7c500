"""The client's WSGI protocol: answers are forms that the player posts, actions what it is told in return."""

from __future__ import annotations

import json
import os
import socket
from http.client import HTTPResponse
from typing import Any

from tests.thor_player.answers import Answer

_BOUNDARY = "----stand-in-player-7d3c1f0a96e84b52"


class Web:
    """A connection, or one after the other: the server hangs up when it has told what to do."""

    can_patch = False

    def __init__(self, host: str, port: int, token: str) -> None:
        self._address = (host, port)
        self._token = token
        self._socket = socket.create_connection(self._address)

    @staticmethod
    def from_environment() -> Web:
        """To the server that the client runs."""
        return Web(os.environ["AI2THOR_HOST"], int(os.environ["AI2THOR_PORT"]), os.environ["AI2THOR_CLIENT_TOKEN"])

    def encode(self, answer: Answer, body: bytes | None = None) -> bytes:
        """An answer as the client reads it, with another `body` for its metadata, if one is given."""
        parts = [
            _text("metadata", body if body is not None else json.dumps(answer.metadata).encode()),
            _text("token", self._token.encode()),
            *(_file(picture.form_field, pixels) for picture, pixels in answer.pictures),
        ]
        form = b"".join(f"--{_BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts)
        form += f"--{_BOUNDARY}--\r\n".encode()
        host, port = self._address
        head = (
            f"POST /train HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\nContent-Length: {len(form)}\r\n\r\n"
        )
        return head.encode() + form

    def send(self, message: bytes) -> None:
        """Say it, all of it, at once."""
        self._socket.sendall(message)

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next action; None when the client is gone, or says goodbye."""
        response = HTTPResponse(self._socket, method="POST")
        response.begin()
        action = json.loads(response.read()) if response.status == 200 else {}
        if response.will_close and "action" in action:
            self._socket.close()
            self._socket = socket.create_connection(self._address)
        return action if "action" in action else None

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def _text(name: str, content: bytes) -> bytes:
    head = f'Content-Type: text/plain; charset="utf-8"\r\nContent-disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + content


def _file(name: str, content: bytes) -> bytes:
    head = f'Content-Type: image/raw\r\nContent-disposition: form-data; name="{name}"; filename="{name}.raw"\r\n\r\n'
    return head.encode() + content
