"""The files that these tests are about."""

from __future__ import annotations

import gzip
import json
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CLUSTER = ROOT / "cluster"
DATA = ROOT / "tests/data"
POOLS = ("simulation", "rendering", "ai2thor", "judging", "training")
RAY_VERSION = version("ray")


def read_yaml(path: str) -> Any:
    """The content of a YAML file in `cluster/`."""
    return yaml.safe_load((CLUSTER / path).read_text())


def read_schema(path: str) -> Any:
    """A JSON schema in `tests/data/`, kept compressed."""
    return json.loads(gzip.decompress((DATA / path).read_bytes()))


def pinned_version(package: str) -> str:
    """The version that constraints.txt gives a package."""
    [pin] = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith(f"{package}==")]
    return pin.split("==")[1]


def extras() -> set[str]:
    """The extras that pyproject.toml defines."""
    return set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
