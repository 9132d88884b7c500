"""The page's server. It listens to this machine alone, and answers only a page that it has sent out itself.

Other programs and other people of the machine do not know the token in its address. Other web pages that are open in
the same browser do not either; should one come to know it, it still cannot send a verdict, since a browser says of
every request where it comes from, and by which name it calls the server (which bars DNS rebinding).
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any

from gsi_ray.errors import GsiRayError
from gsi_ray.judging.review.errors import ReviewError, UnfitDecision
from gsi_ray.judging.review.review import Review

USUAL_PORT = 8765
_HOST = "127.0.0.1"
_LARGEST_BODY = 64 * 1024
_FILES = {"review.html": "text/html", "review.css": "text/css", "review.js": "text/javascript"}
_SAMPLE = re.compile(r"samples/([0-9]{1,9})(?:/(before|after))?")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ReviewServer(ThreadingHTTPServer):
    """Serves one review on a port, or, if that is None, on the usual one or else any that is free."""

    def __init__(self, review: Review, port: int | None = None) -> None:
        """Raises `ReviewError` if the port cannot be had."""
        self.review = review
        self.token = secrets.token_urlsafe(16)
        try:
            super().__init__((_HOST, USUAL_PORT if port is None else port), _Conversation)
        except OSError as error:
            if port is not None:
                raise ReviewError(
                    f"Port {port} of this machine cannot be had ({error.strerror}): give another --port, or none."
                ) from error
            super().__init__((_HOST, 0), _Conversation)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{_HOST}:{self.server_port}/{self.token}/review.html"

    @property
    def names(self) -> tuple[str, ...]:
        """What a browser on this machine may call the server."""
        return f"{_HOST}:{self.server_port}", f"localhost:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A bug keeps its traceback; that a browser went away before it was answered is none."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def serve_until_interrupted(self) -> None:
        """Serve until Ctrl-C."""
        with suppress(KeyboardInterrupt):
            self.serve_forever()


@dataclass(frozen=True)
class _Reply:
    content: bytes
    kind: str
    status: HTTPStatus = HTTPStatus.OK
    keep: bool = False

    @staticmethod
    def of(answer: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> _Reply:
        return _Reply(json.dumps(answer).encode(), "application/json", status)

    @staticmethod
    def refusal(problem: str, status: HTTPStatus) -> _Reply:
        return _Reply.of({"problem": problem}, status)


class _Conversation(BaseHTTPRequestHandler):
    """One request and its answer."""

    server: ReviewServer
    timeout = 60  # seconds that a silent browser keeps a thread

    def do_GET(self) -> None:
        self._answer(self._show)

    def do_POST(self) -> None:
        self._answer(self._keep)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the terminal is for the address and the summary."""

    def _answer(self, reply_to: Callable[[str], _Reply]) -> None:
        token, _, path = self.path.removeprefix("/").partition("/")
        if self.headers.get("Host") not in self.server.names:
            reply = _Reply.refusal("This server is not called so.", HTTPStatus.FORBIDDEN)
        elif not secrets.compare_digest(token.encode(), self.server.token.encode()):
            reply = _Reply.refusal("Open the address that gsi-ray review has printed.", HTTPStatus.FORBIDDEN)
        else:
            try:
                reply = reply_to(path)
            except UnfitDecision as error:
                reply = _Reply.refusal(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
            except GsiRayError as error:  # the lake's: the person before the page can put it right, and try again
                reply = _Reply.refusal(str(error), HTTPStatus.INTERNAL_SERVER_ERROR)
        self._send(reply)

    def _show(self, path: str) -> _Reply:
        review = self.server.review
        if path in _FILES:
            content = (resources.files("gsi_ray.judging.review") / "page" / path).read_bytes()
            return _Reply(content, f"{_FILES[path]}; charset=utf-8")
        if path == "overview":
            return _Reply.of(review.overview())
        sample = _SAMPLE.fullmatch(path)
        if sample is None or int(sample[1]) >= len(review):
            return _nothing_there()
        if sample[2] is None:
            return _Reply.of(review.sample(int(sample[1])))
        return _Reply(review.picture(int(sample[1]), sample[2]), "image/png", keep=True)

    def _keep(self, path: str) -> _Reply:
        if self.headers.get("Origin") not in [f"http://{name}" for name in self.server.names]:
            return _Reply.refusal("Another web page may not send verdicts.", HTTPStatus.FORBIDDEN)
        if self.headers.get_content_type() != "application/json":
            return _Reply.refusal("Verdicts are sent as JSON.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch("[0-9]{1,9}", length) or int(length) > _LARGEST_BODY:
            return _Reply.refusal("A verdict is not so long.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = self.rfile.read(int(length))
        if path == "undo":
            return _Reply.of(self.server.review.undo())
        sample = _SAMPLE.fullmatch(path)
        if sample is None or sample[2] is not None or int(sample[1]) >= len(self.server.review):
            return _nothing_there()
        return _Reply.of(self.server.review.decide(int(sample[1]), body))

    def _send(self, reply: _Reply) -> None:
        self.send_response(reply.status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.content)))
        # The page loads the next sample's pictures ahead, and shows them out of the browser's memory.
        self.send_header("Cache-Control", "private, max-age=3600" if reply.keep else "no-store")
        self.end_headers()
        self.wfile.write(reply.content)


def _nothing_there() -> _Reply:
    return _Reply.refusal("There is nothing at this address.", HTTPStatus.NOT_FOUND)
