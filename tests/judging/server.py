"""A judge behind OpenAI's chat completions, in a process of its own; it goes wrong when a test orders it to.

What it says depends on nothing but the pictures and the words that it is shown. Orders are files in a folder, as in
`tests.faults`: they outlive the process, which may be killed and started again.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image

MODEL = "tests/judge"
MAX_PIXELS = 4096
"""It refuses pictures that have more."""
_WEB_PAGE = "<html>Welcome!</html>"
ROOT = Path(__file__).parents[2]


def judged(pictures: Sequence[Image.Image], text: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What the judge says to pictures, in their order, and the text below them, in the form of the schema."""
    shown = hashlib.sha256(text.encode())
    for picture in pictures:
        shown.update(repr(picture.size).encode() + picture.convert("RGB").tobytes())
    number = int.from_bytes(shown.digest()[:8])
    answer: dict[str, Any] = {}
    for place, (member, form) in enumerate(schema["properties"].items()):
        if form["type"] == "boolean":
            answer[member] = bool(number >> place & 1)
        elif form["type"] == "string":
            answer[member] = f"I see {shown.hexdigest()[:8]}."
        else:
            answer[member] = number % 11
    return answer


class JudgeServer:
    """The server as a test has it: told what to do, asked what it was asked, killed, and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.be_good()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def start(self) -> JudgeServer:
        """On the port that it had before, if it had one."""
        command = [sys.executable, "-m", "tests.judging.server", str(self._folder), str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        return self

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def give(self, *faults: str) -> None:
        """Let these become of the next questions, one of each; the names are those of `_FAULTS`."""
        assert set(faults) <= set(_FAULTS)
        for number, fault in enumerate(faults):
            (self._folder / f"next-{number:04}-{fault}").touch()

    def always(self, fault: str) -> None:
        """Let this become of every question."""
        assert fault in _FAULTS
        (self._folder / f"always-{fault}").touch()

    def require_key(self, key: str) -> None:
        (self._folder / "key").write_text(key)

    def list_no_models(self) -> None:
        (self._folder / "models").touch()

    def list_web_page(self) -> None:
        """Where a list of models should be."""
        (self._folder / "models").write_text(_WEB_PAGE)

    def take_time(self, seconds: float) -> None:
        """Think for so long about every question."""
        (self._folder / "seconds").write_text(str(seconds))

    def be_good(self) -> None:
        """Call everything off, and forget what was asked."""
        for file in self._folder.iterdir():
            file.unlink(missing_ok=True)

    @property
    def asked(self) -> int:
        """How many questions have come in, answered or not."""
        return len(self._log())

    @property
    def most_at_once(self) -> int:
        """The most questions that were under way together."""
        return max(self._log(), default=0)

    def wait_for(self, asked: int) -> None:
        """Return as soon as so many questions have come in."""
        end = time.monotonic() + 120.0
        while self.asked < asked:
            assert time.monotonic() < end, f"only {self.asked} questions have come in"
            time.sleep(0.02)

    def _log(self) -> list[int]:
        """For each question, how many were under way when it came, it among them."""
        file = self._folder / "log"
        return [int(line) for line in file.read_text().split()] if file.exists() else []


_FAULTS = (
    "500", "400", "429", "reset", "lost", "half", "stall", "no_api", "no_json", "null", "list", "no_choices",
    "no_message", "parts", "refusal", "prose", "empty", "cut", "eleven",
)  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder = folder
        self._lock = threading.Lock()
        self._under_way = 0

    def begin(self) -> str:
        """Note a question; returns what is to become of it."""
        with self._lock:
            self._under_way += 1
            with (self.folder / "log").open("a") as log:
                log.write(f"{self._under_way}\n")
            for order in sorted(self.folder.glob("next-*")):
                order.unlink()
                return order.name.split("-")[2]
            return next((order.name.split("-")[1] for order in self.folder.glob("always-*")), "")

    def end(self) -> None:
        with self._lock:
            self._under_way -= 1

    def setting(self, name: str, default: str = "") -> str:
        file = self.folder / name
        return file.read_text() if file.exists() else default


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # the client has had enough
            self.close_connection = True

    def do_GET(self) -> None:
        if not self._has_key():
            return self._say(401, {"error": {"message": "Who are you?"}})
        listed = self.server.setting("models", MODEL)
        if listed == _WEB_PAGE:
            return self._send(200, listed.encode(), "text/html", {})
        if self.path != "/v1/models" or not listed:
            return self._say(404, {"error": {"message": "There is nothing here."}})
        self._say(200, {"object": "list", "data": [{"id": listed, "object": "model"}]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.begin()
        try:
            time.sleep(float(self.server.setting("seconds", "0")))
            if not self._has_key():
                return self._say(401, {"error": {"message": "Who are you?"}})
            if self.path != "/v1/chat/completions":
                return self._say(404, {"error": {"message": "There is nothing here."}})
            self._answer(json.loads(body), fault)
        finally:
            self.server.end()

    def _has_key(self) -> bool:
        key = self.server.setting("key")
        return not key or self.headers.get("Authorization") == f"Bearer {key}"

    def _answer(self, question: dict[str, Any], fault: str) -> None:
        if fault == "500":
            return self._say(500, {"error": {"message": "We are sorry."}})
        if fault == "400":
            return self._say(400, {"error": {"message": "The prompt is too long."}})
        if fault == "429":
            return self._say(429, {"error": {"message": "Not so fast."}}, {"Retry-After": "1"})
        if fault == "stall":
            return time.sleep(30.0)
        if fault == "reset":
            return self._break_off()
        if fault == "no_api":
            return self._send(200, _WEB_PAGE.encode(), "text/html", {})
        if fault == "no_json":
            return self._send(200, b'{"choices": [{', "application/json", {})
        try:
            answer = _words(question)
        except (AssertionError, KeyError, ValueError, OSError, TypeError) as error:
            return self._say(400, {"error": {"message": f"This is no good question: {error!r}"}})
        words = {
            "prose": "I would rather not give a score here.",
            "empty": "",
            "cut": answer[: len(answer) // 2],
            "eleven": '{"reasoning": "More than perfect.", "score": 11}',
        }.get(fault, answer)
        message: dict[str, Any] = {"role": "assistant", "content": words}
        if fault == "refusal":
            message |= {"content": None, "refusal": "I do not look at mugs."}
        if fault == "parts":
            message["content"] = [{"type": "text", "text": answer}]
        choice = {"index": 0, "finish_reason": "length" if fault == "cut" else "stop", "message": message}
        completion: Any = {"id": "1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice]}
        if fault == "no_choices":
            completion["choices"] = []
        if fault == "no_message":
            del choice["message"]
        if fault in ("null", "list"):
            completion = {"null": None, "list": [1]}[fault]
        if fault == "half":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
        if fault in ("half", "lost"):
            return self._break_off()
        self._say(200, completion)

    def _say(self, status: int, content: Any, headers: dict[str, str] = {}) -> None:  # noqa: B006
        self._send(status, json.dumps(content).encode(), "application/json", headers)

    def _send(self, status: int, content: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _break_off(self) -> None:
        """Close the connection so that the other side sees a reset rather than an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


def _words(question: dict[str, Any]) -> str:
    """The answer to a question that is as it should be; anything may be raised for another one."""
    assert question["model"] == MODEL and question["max_tokens"] > 0, "model or max_tokens"
    assert {"temperature", "seed"} <= set(question), "temperature or seed"
    assert question["response_format"]["type"] == "json_schema", "response_format"
    (message,) = question["messages"]
    pictures = [_picture(part["image_url"]["url"]) for part in message["content"] if part["type"] == "image_url"]
    texts = [part["text"] for part in message["content"] if part["type"] == "text"]
    assert len(texts) == len(pictures) + 1 and message["role"] == "user", "captions"
    return json.dumps(judged(pictures, texts[-1], question["response_format"]["json_schema"]["schema"]))


def _picture(url: str) -> Image.Image:
    start = "data:image/png;base64,"
    assert url.startswith(start), "data URL"
    picture = Image.open(io.BytesIO(base64.b64decode(url.removeprefix(start), validate=True)))
    picture.load()
    assert picture.format == "PNG" and picture.width * picture.height <= MAX_PIXELS, f"{picture.size}"
    return picture


if __name__ == "__main__":
    running = _Server(Path(sys.argv[1]), int(sys.argv[2]))
    print(running.server_address[1], flush=True)
    running.serve_forever()
