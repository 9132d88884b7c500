"""Writing shards: rows in memory to a Parquet file that is always the same bytes, and there whole or not at all."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from gsi_ray.lake import paths
from gsi_ray.lake.rows import Row, rows_of
from gsi_ray.lake.schemas import IMAGE, Table, leaf_columns, table_named
from gsi_ray.lake.stores import Store
from gsi_ray.sampling.triplet import Triplet

ROW_GROUP_BYTES = 100_000_000
"""What the images of one row group may weigh, each counted once: the Hugging Face viewer reads whole row groups."""


@dataclass(frozen=True)
class WrittenShard:
    """A shard's file: its key in the lake, its rows, its size and its SHA-256 in hex."""

    path: str
    rows: int
    bytes: int
    sha256: str


def write_shard(triplets: Sequence[Triplet], lake: str, shard: str, *, split: str, environment: str) -> WrittenShard:
    """Write the triplets of one shard (there may be none) as a file of the table `triplets`.

    `shard` is the name that `paths.ShardName` gives. Raises `UnwritableLake` or `UnsupportedLake`.
    """
    return write_rows("triplets", rows_of(triplets), lake, shard, {"split": split, "environment": environment})


def write_rows(table: str, rows: Sequence[Row], lake: str, shard: str, partitions: Mapping[str, str]) -> WrittenShard:
    """Write rows, dictionaries with all the columns of the table, as one of its shards.

    Raises `UnknownTable`, `UnwritableLake` or `UnsupportedLake`.
    """
    described = table_named(table)
    content = parquet_bytes(described, rows)
    key = paths.shard_key(described, partitions, shard)
    Store.open(lake).publish(key, content)
    return WrittenShard(key, len(rows), len(content), hashlib.sha256(content).hexdigest())


def existing_shards(lake: str, table: str = "triplets", partitions: Mapping[str, str] | None = None) -> frozenset[str]:
    """Names of the shards that are there, by one listing; those of the given partitions of the table, if any.

    Raises `UnknownTable`, `UnreadableLake` or `UnsupportedLake`.
    """
    folder = paths.shard_folder(table_named(table), partitions or {})
    keys = Store.open(lake).files(folder, paths.SHARD_SUFFIX)
    return frozenset(paths.ShardKey.parse(key).shard for key in keys)


def parquet_bytes(table: Table, rows: Sequence[Row]) -> bytes:
    """A Parquet file with these rows; the same rows always give the same bytes."""
    leaves = dict(leaf_columns(table.schema))
    pictures = [path for path, column in leaves.items() if column.type == IMAGE]
    others = [path for path in leaves if path not in pictures]
    file = io.BytesIO()
    with pq.ParquetWriter(
        file,
        table.schema,
        # PNG does not compress further, and the smallest and largest of some PNG files tell nothing.
        compression={**dict.fromkeys(pictures, "none"), **dict.fromkeys(others, "zstd")},
        write_statistics=others,
        # Edits of one view have the same pictures before: a dictionary stores them once per row group.
        use_dictionary=[path for path in leaves if path not in pictures or "_before." in path],
        dictionary_pagesize_limit=2 * ROW_GROUP_BYTES,
        # Pages end where a reader may stop: without this, one page would hold the pictures of a whole row group.
        write_batch_size=1,
        write_page_index=True,
        write_page_checksum=True,
    ) as writer:
        for group in _row_groups(table, rows):
            writer.write_table(pa.Table.from_pylist(group, schema=table.schema), row_group_size=max(len(group), 1))
    return file.getvalue()


def _row_groups(table: Table, rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows in order, cut before the pictures of a group weigh more than `ROW_GROUP_BYTES`."""
    pictures = [column.name for column in table.schema if column.type == IMAGE]
    group: list[Row] = []
    weights: dict[int, int] = {}
    for row in rows:
        files = [row[name]["bytes"] for name in pictures if row[name] is not None]
        added = {id(file): len(file) for file in files if id(file) not in weights}
        if group and sum(weights.values()) + sum(added.values()) > ROW_GROUP_BYTES:
            yield group
            group, weights = [], {}
            added = {id(file): len(file) for file in files}
        group.append(row)
        weights |= added
    if group:
        yield group
