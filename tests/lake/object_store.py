"""An S3 server of our own for tests: a process on loopback that keeps its objects in memory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import fsspec.config
import pytest
from botocore.client import BaseClient
from botocore.session import Session
from fsspec.config import set_conf_env

from gsi_ray.lake.s3 import PatientS3

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}

KEYS_PER_PAGE = 10
"""Where S3 gives a thousand: it takes fewer objects here to see that listings go on to the next page."""


@dataclass(frozen=True)
class ObjectStore:
    """A running server. `environment` is what a process needs to find it: credentials and address."""

    endpoint: str
    client: BaseClient
    """What nothing stands in the way of, to look behind the back of what is tested."""

    @property
    def environment(self) -> dict[str, str]:
        return CREDENTIALS | {"AWS_ENDPOINT_URL": self.endpoint}

    def new_lake(self) -> str:
        """Address of an empty lake in a bucket of its own."""
        bucket = f"bucket-{uuid.uuid4().hex}"
        self.client.create_bucket(Bucket=bucket)
        return f"s3://{bucket}/lake"


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """One S3 server for all tests; its credentials and its address are in the environment from then on."""
    log = tmp_path_factory.mktemp("object-store") / "server.log"
    with log.open("wb") as file:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        environment = {**os.environ, "MOTO_S3_DEFAULT_MAX_KEYS": str(KEYS_PER_PAGE)}
        server = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
    try:
        endpoint = _address(server, log)
        with pytest.MonkeyPatch.context() as patched:
            for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
                patched.setenv(name, value)
            yield ObjectStore(endpoint, Session().create_client("s3"))
    finally:
        server.kill()
        server.wait()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server listens, as it says itself when it is ready."""
    for _ in range(600):
        if found := re.search(r"Running on (http://\S+)", log.read_text()):
            return found[1]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"The S3 server did not start: {log.read_text()[-2000:]}")


@contextmanager
def storage_settings(**settings: str | None) -> Iterator[None]:
    """Other environment variables for clients that are opened from now on, here or in child processes; None: unset."""
    with pytest.MonkeyPatch.context() as patched:
        for name, value in settings.items():
            if value is None:
                patched.delenv(name, raising=False)
            else:
                patched.setenv(name, value)
        # fsspec reads its variables when it is imported, and keeps clients that were opened before.
        configuration: dict[str, dict[str, object]] = {}
        set_conf_env(configuration)
        patched.setattr(fsspec.config, "conf", configuration)
        PatientS3.clear_instance_cache()
        yield
    PatientS3.clear_instance_cache()
