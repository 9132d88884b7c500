"""A head node of a Ray cluster on this machine, started and asked as users do, with a token, by their commands."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

REPOSITORY = Path(__file__).parents[2]
ENDED = ("SUCCEEDED", "FAILED", "STOPPED")
PATIENCE_S = 600.0
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Head:
    """`folder` is short (sockets lie in it), and everything that Ray writes lies in it."""

    folder: Path
    environment: Mapping[str, str]
    dashboard: str
    metrics_url: str

    def submit(self, name: str, *arguments: str, job: str = "generate") -> None:
        """`ray job submit --working-dir .` of one of jobs/ from the root of the repository, without waiting."""
        ray(self.environment, "job", "submit", "--no-wait", "--submission-id", name, "--working-dir", ".", "--",
            "python", f"jobs/{job}.py", *arguments)  # fmt: skip

    def job(self, name: str) -> dict[str, Any]:
        return self._asked(f"/api/jobs/{name}")

    def log(self, name: str) -> str:
        return str(self._asked(f"/api/jobs/{name}/logs")["logs"])

    def stop(self, name: str) -> None:
        self._asked(f"/api/jobs/{name}/stop", method="POST")

    def ended(self, name: str) -> dict[str, Any]:
        """The job, once it has ended."""
        wait_until(lambda: self.job(name)["status"] in ENDED, f"the end of job {name}")
        return self.job(name)

    def metrics(self) -> list[Sample]:
        """What Prometheus would scrape now of what this package exports."""
        with urlopen(self.metrics_url) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        return [sample for family in families for sample in family.samples if "gsi_ray" in sample.name]

    @property
    def logs(self) -> Path:
        return self.folder / "session_latest" / "logs"

    def _asked(self, path: str, method: str = "GET") -> dict[str, Any]:
        token = (Path(self.environment["HOME"]) / ".ray" / "auth_token").read_text()
        request = Request(self.dashboard + path, method=method, headers={"Authorization": f"Bearer {token}"})
        with urlopen(request) as answer:
            content: dict[str, Any] = json.load(answer)
        return content


@contextmanager
def head(more_environment: Mapping[str, str]) -> Iterator[Head]:
    """A head node with two cores for as long as the block lasts."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "home").mkdir()
        dashboard, metrics, client, agent = _free_ports(4)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RAY_")},
            **more_environment,
            "HOME": str(folder / "home"),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "RAY_AUTH_MODE": "token",
            "RAY_JOB_STOP_WAIT_TIME_S": "30",
            "RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S": "0",
            "RAY_metrics_report_interval_ms": "500",
            "RAY_API_SERVER_ADDRESS": f"http://127.0.0.1:{dashboard}",
        }
        ray(environment, "get-auth-token", "--generate")
        node = subprocess.Popen(
            [BIN / "ray", "start", "--head", "--block", "--num-cpus=2", "--object-store-memory=100000000",
             f"--temp-dir={folder}", "--port=0", f"--dashboard-port={dashboard}", f"--metrics-export-port={metrics}",
             f"--ray-client-server-port={client}", f"--dashboard-agent-listen-port={agent}"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(_end, node)
        started = Head(folder, environment, f"http://127.0.0.1:{dashboard}", f"http://127.0.0.1:{metrics}/metrics")
        wait_until(lambda: _answers(started), "the head node")
        yield started


def ray(environment: Mapping[str, str], *arguments: str) -> None:
    """Run one of Ray's commands."""
    done = subprocess.run([BIN / "ray", *arguments], env=environment, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.2)


def _answers(started: Head) -> bool:
    try:
        started._asked("/api/version")
        started.metrics()
    except URLError:
        return False
    return True


def _end(node: subprocess.Popen[bytes]) -> None:
    """On SIGTERM it ends its own processes first."""
    node.terminate()
    node.wait(60)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
