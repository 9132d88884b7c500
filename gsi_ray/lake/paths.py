"""Where everything lies in a lake. Keys are relative to its root, with `/` between folders::

<table>/v1/<partition>=<value>/.../shard-<fingerprint>-<index>.parquet
runs/<run id>/recipe.yaml, receipts.parquet, rejections.parquet, summary.json
runs/<run id>/receipts-<part>.parquet, as long as the run goes on
top-ups/<recipe>-<fingerprint>/round-<number>.json
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from gsi_ray.lake.schemas import Table

SHARD_SUFFIX = ".parquet"
INDEX_DIGITS = 8
"""All shard indices have as many, so that an aligned block of 10, 100, ... shards is one prefix of keys."""
RUNS = "runs"
TOP_UPS = "top-ups"
_RUN_ID = re.compile(r"(.+)-(\d{8}T\d{6})-([0-9a-z]+)")
_SHARD_NAME = re.compile(rf"shard-([0-9a-z]+)-(\d{{{INDEX_DIGITS}}})")


@dataclass(frozen=True, order=True)
class ShardName:
    """The name of a shard, known before it is made; `fingerprint` is that of its recipe, `index` is below 10^8.

    >>> str(ShardName("3f9a1c2b", 7))
    'shard-3f9a1c2b-00000007'
    """

    fingerprint: str
    index: int

    def __str__(self) -> str:
        """The name of its file, without the suffix."""
        return f"shard-{self.fingerprint}-{self.index:0{INDEX_DIGITS}d}"

    @staticmethod
    def parse(name: str) -> ShardName:
        """Undo `str`. Raises `ValueError` if that is no shard's name."""
        match = _SHARD_NAME.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not the name of a shard: expected shard-<fingerprint>-<index>")
        return ShardName(match[1], int(match[2]))


def shard_prefixes(fingerprint: str, span: range, largest_block: int) -> Iterator[str]:
    """Beginnings of the names of a recipe's shards that together cover a span of indices, and little else.

    Each stands for a block of 10, 100, ... indices, as many as the span has or more, but at most `largest_block`.

    >>> list(shard_prefixes("3f9a1c2b", range(1980, 2050), 10_000))
    ['shard-3f9a1c2b-000019', 'shard-3f9a1c2b-000020']
    """
    digits = min(len(str(max(len(span) - 1, 0))), len(str(largest_block)) - 1)
    for block in range(span.start // 10**digits, -(-span.stop // 10**digits)):
        yield f"shard-{fingerprint}-{block:0{INDEX_DIGITS - digits}d}"


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


@dataclass(frozen=True, order=True)
class RunId:
    """What a run is called: its recipe (name and fingerprint), when it began, and a tag that tells it from others.

    >>> str(RunId("demo-3f9a1c2b4d5e", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), "04d2"))
    'demo-3f9a1c2b4d5e-20260131T235959-04d2'
    """

    recipe: str
    began: datetime
    tag: str

    def __str__(self) -> str:
        """The name of its folder."""
        return f"{self.recipe}-{self.began.astimezone(UTC):%Y%m%dT%H%M%S}-{self.tag}"

    @staticmethod
    def parse(name: str) -> RunId:
        """Undo `str`. Raises `ValueError` if that is no run's name."""
        match = _RUN_ID.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not the name of a run: expected <recipe>-<fingerprint>-<time>-<tag>")
        return RunId(match[1], datetime.strptime(match[2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC), match[3])


def run_folder(run_id: str) -> str:
    """Folder of one run's records."""
    return f"{RUNS}/{run_id}"


def run_file(run_id: str, name: str) -> str:
    """Key of one of a run's files, such as `summary.json`."""
    return f"{run_folder(run_id)}/{name}"


def receipts_part(part: int) -> str:
    """Name of a file with some of the receipts of a run that goes on."""
    return f"receipts-{part:05d}{SHARD_SUFFIX}"


def run_table_keys(table: Table, keys: Collection[str]) -> list[str]:
    """Those of the keys of runs that hold a table; receipts in parts only where they are not yet one file."""
    whole = {key for key in keys if key.endswith(f"/{table.name}{SHARD_SUFFIX}")}
    parts = re.compile(rf"(.*/){table.name}-\d+{SHARD_SUFFIX}")
    found = (parts.fullmatch(key) for key in keys)
    return sorted(whole | {part[0] for part in found if part and f"{part[1]}{table.name}{SHARD_SUFFIX}" not in whole})


def top_up_file(recipe: str, number: int) -> str:
    """Key of what a round of further shards of a recipe (its name and fingerprint) is to make up for, from 1 on."""
    return f"{top_up_folder(recipe)}/round-{number:05d}.json"


def top_up_folder(recipe: str) -> str:
    """Folder of those rounds."""
    return f"{TOP_UPS}/{recipe}"
