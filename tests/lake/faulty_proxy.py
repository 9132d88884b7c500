"""A proxy that stands between a client and an HTTP server, counts requests, and lets some of them go wrong."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Fault(Enum):
    """What may become of a request."""

    INTERNAL_ERROR = auto()
    """Answered with 500, and not carried out."""
    SLOW_DOWN = auto()
    """Answered with 503, and not carried out."""
    RESET = auto()
    """The connection breaks in the middle of the request, which is not carried out."""
    LOST_ANSWER = auto()
    """It is carried out, and the connection breaks before the answer."""
    STALL = auto()
    """Nobody reads it, and nobody answers."""
    TRUNCATED = auto()
    """It is carried out, and the connection breaks in the middle of the body of the answer."""
    NO_SUCH_UPLOAD = auto()
    """Answered with 404: what some stores say when they are told a second time that an upload is complete."""


_ANSWERS = {
    Fault.INTERNAL_ERROR: (500, "InternalError"),
    Fault.SLOW_DOWN: (503, "SlowDown"),
    Fault.NO_SUCH_UPLOAD: (404, "NoSuchUpload"),
}


Choice = Callable[[str, str], Fault | None]
"""Fate of the next request, given its method and its path."""


def first(*faults: Fault | None, method: str = "") -> Choice:
    """The faults for the first requests (of a method), one after the other, and then no more."""
    left = iter(faults)
    return lambda used, path: next(left, None) if method in ("", used) else None


def at_random(seed: int, share: float) -> Choice:
    """Any fault that may strike any request, but no stall, for a share of the requests."""
    rng = random.Random(seed)
    faults = [fault for fault in Fault if fault not in (Fault.STALL, Fault.NO_SUCH_UPLOAD)]
    return lambda method, path: rng.choice(faults) if rng.random() < share else None


class FaultyProxy:
    """A running proxy: `requests` lists method and path, with the query, of all that have come in."""

    def __init__(self, endpoint: str, choice: Choice) -> None:
        self.requests: list[tuple[str, str]] = []
        self.bytes_sent = 0
        self.upstream = urlsplit(endpoint).netloc
        self.closing = threading.Event()
        self._choice = choice
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": self}))
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def fate(self, method: str, path: str) -> Fault | None:
        with self._lock:
            self.requests.append((method, path))
            return self._choice(method, path)

    @contextmanager
    def running(self) -> Iterator[FaultyProxy]:
        self._thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultyProxy

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # the client has had enough
            self.close_connection = True

    def do_GET(self) -> None:
        fault = self.proxy.fate(self.command, self.path)
        if fault is Fault.STALL:
            self.proxy.closing.wait()
            return self._break_off()
        if fault is Fault.RESET:
            self.rfile.read(self._length() // 2)
            return self._break_off()
        body = self._body()
        if fault in _ANSWERS:
            return self._refuse(*_ANSWERS[fault])
        connection = HTTPConnection(self.proxy.upstream)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("transfer-encoding", "content-length", "connection", "expect"):
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if fault is Fault.LOST_ANSWER:
            return self._break_off()
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        announced = response.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", announced)
        self.end_headers()
        if fault is Fault.TRUNCATED:
            self.wfile.write(content[: len(content) // 2])
            return self._break_off()
        self.wfile.write(content)
        self.proxy.bytes_sent += len(content)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

    def _length(self) -> int:
        return int(self.headers.get("Content-Length", 0))

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(self._length())
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _refuse(self, status: int, code: str) -> None:
        content = f"<Error><Code>{code}</Code><Message>We are sorry.</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _break_off(self) -> None:
        """Close the connection so that the other side sees a reset rather than an end."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass
