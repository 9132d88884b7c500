"""Reviews under way: in this process, and in one of its own that can be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from gsi_ray.judging import load_rubric
from gsi_ray.judging.review import Review, ReviewServer, Selection
from gsi_ray.lake.judgements import read_judgements
from gsi_ray.lake.rows import Row

DECISION = b'{"accept": true, "note": "", "instruction": "", "instruction_zh": ""}'


def review(lake: str, name: str = "alice", **selection: Any) -> Review:
    return Review(lake, name, load_rubric("plausibility"), Selection(**selection))


@contextmanager
def serving(review: Review) -> Iterator[ReviewServer]:
    """Its server, on a free port, for as long as the block lasts."""
    with ReviewServer(review, 0) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def program(lake: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`gsi-ray review` by alice in a process of its own, and the address that it prints; it is gone after the block."""
    command = [str(Path(sys.executable).with_name("gsi-ray")), "review", "--lake", lake, "--name", "alice", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Open http://127.0.0.1:"), line
            yield process, line.split()[1]
        finally:
            process.kill()


def send(
    address: str, path: str, *, method: str = "POST", body: bytes = DECISION, **changed: str | None
) -> tuple[int, bytes]:
    """Status and body of the answer to a request as the page makes it, but for those headers that are changed."""
    place = urlsplit(address)
    headers = {"Host": place.netloc, "Origin": f"http://{place.netloc}", "Content-Type": "application/json"}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    connection = HTTPConnection(place.netloc, timeout=30)
    connection.request(method, path, body, {name: value for name, value in headers.items() if value is not None})
    answer = connection.getresponse()
    return answer.status, answer.read()


def path_of(address: str, name: str) -> str:
    """The path of one of the addresses that the page asks."""
    return urlsplit(address).path.replace("review.html", name)


def kept(lake: str, shard: int = 0, name: str = "alice") -> list[Row]:
    """The rows that the lake has by a person about a shard."""
    return read_judgements(lake, name, "plausibility", f"shard-abc-{shard:08d}")
