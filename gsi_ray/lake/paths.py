"""Where everything lies in a lake. Keys are relative to its root, with `/` between folders::

<table>/v1/<partition>=<value>/.../shard-<fingerprint>-<index>.parquet
runs/<run id>/recipe.yaml, receipts.parquet, rejections.parquet, summary.json
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from gsi_ray.lake.schemas import Table

SHARD_SUFFIX = ".parquet"
RUNS = "runs"
_SHARD_NAME = re.compile(r"shard-([0-9a-z]+)-(\d{5,})")


@dataclass(frozen=True, order=True)
class ShardName:
    """The name of a shard, known before it is made; `fingerprint` is that of its recipe.

    >>> str(ShardName("3f9a1c2b", 7))
    'shard-3f9a1c2b-00007'
    """

    fingerprint: str
    index: int

    def __str__(self) -> str:
        """The name of its file, without the suffix."""
        return f"shard-{self.fingerprint}-{self.index:05d}"

    @staticmethod
    def parse(name: str) -> ShardName:
        """Undo `str`. Raises `ValueError` if that is no shard's name."""
        match = _SHARD_NAME.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not the name of a shard: expected shard-<fingerprint>-<index>")
        return ShardName(match[1], int(match[2]))


def table_root(table: Table) -> str:
    """Folder of a table of shards, and of its version."""
    return f"{table.name}/v{table.version}"


def shard_folder(table: Table, partitions: Mapping[str, str]) -> str:
    """Folder of the shards with these values of the table's partitions (all of them, or the outer ones)."""
    levels = [f"{name}={quote(partitions[name], safe='')}" for name in table.partitions if name in partitions]
    return "/".join([table_root(table), *levels])


def shard_key(table: Table, partitions: Mapping[str, str], shard: str) -> str:
    """Key of one shard's file."""
    return f"{shard_folder(table, partitions)}/{shard}{SHARD_SUFFIX}"


@dataclass(frozen=True)
class ShardKey:
    """What the key of a shard's file says."""

    table: str
    version: int
    partitions: Mapping[str, str]
    shard: str

    @staticmethod
    def parse(key: str) -> ShardKey:
        """Undo `shard_key`. Raises `ValueError` if that is no shard's key."""
        table, version, *levels, file = key.split("/")
        if not version.startswith("v") or not file.endswith(SHARD_SUFFIX) or not all("=" in level for level in levels):
            raise ValueError(f"{key!r} is not the key of a shard")
        partitions = {name: unquote(value) for name, value in (level.split("=", 1) for level in levels)}
        return ShardKey(table, int(version[1:]), partitions, file.removesuffix(SHARD_SUFFIX))


def run_folder(run_id: str) -> str:
    """Folder of one run's records."""
    return f"{RUNS}/{run_id}"


def run_file(run_id: str, name: str) -> str:
    """Key of one of a run's files, such as `summary.json`."""
    return f"{run_folder(run_id)}/{name}"
