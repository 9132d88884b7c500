"""A lake with everything that exports care about: splits, environments, several shards, and a chain."""

from __future__ import annotations

import uuid

import fsspec
import pytest

from gsi_ray.lake import ShardName, write_shard
from tests.lake.exports.exporting import SHARDS


@pytest.fixture(scope="session")
def written_once() -> str:
    """Where the lake is written; nobody changes this one."""
    url = f"memory://{uuid.uuid4().hex}"
    for number, triplets in SHARDS.items():
        name = str(ShardName("abc", number))
        write_shard(triplets, url, name, split=triplets[0].split, environment=triplets[0].environment)
    return url


@pytest.fixture
def lake(written_once: str) -> str:
    """A lake of its own for every test, in memory."""
    memory, origin = fsspec.core.url_to_fs(written_once)
    copy = f"/{uuid.uuid4().hex}/lake"
    for path in memory.find(origin):
        memory.pipe_file(path.replace(origin, copy), memory.cat_file(path))
    return f"memory:/{copy}"
