"""Reading a lake: whole tables as lazy frames, single samples and shards as typed records."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gsi_ray.lake import paths
from gsi_ray.lake.errors import EmptyTable, SampleNotFound, UnreadableLake, damaged_shard
from gsi_ray.lake.rows import Row, triplet_of
from gsi_ray.lake.schemas import EDITS, TRIPLETS, Table, table_named
from gsi_ray.lake.stores import Store
from gsi_ray.sampling.triplet import Triplet

_PARQUET_MAGIC = b"PAR1"
"""The first and the last four bytes of every whole Parquet file."""


def scan(table: str, lake: str) -> pl.LazyFrame:
    """A table of the lake as a lazy frame: only the columns and the partitions that are asked for are read.

    Images come as structs with `bytes` and `path`; `triplet_of` makes a typed `Triplet` of a row. Raises
    `UnknownTable`, `EmptyTable`, `DamagedShard` (for files cut short), `UnreadableLake` or `UnsupportedLake`.

    >>> scan("triplets", "lake").filter(split="test").group_by("operation").len().collect()  # doctest: +SKIP
    """
    return scan_partition(table_named(table), {}, lake)


def scan_partition(table: Table, partitions: Mapping[str, str], lake: str) -> pl.LazyFrame:
    """Likewise, of just those files that have these values of the table's partitions (all of them, or the outer ones).

    No other files are listed. Raises `EmptyTable`, `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    keys = _files(store, table, partitions)
    if not store.is_local:
        return pl.scan_pyarrow_dataset(_dataset(store, table, keys))
    return pl.scan_parquet(
        [store.path(key) for key in keys],
        schema=dict(pl.DataFrame(table.schema.empty_table()).schema),
        # Files written before a nullable column was added to the table lack it.
        missing_columns="insert",
        glob=False,
        hive_partitioning=bool(table.partitions),
        hive_schema=dict.fromkeys(table.partitions, pl.String) or None,
    )


def read_sample(sample_id: str, lake: str) -> Triplet:
    """One sample of the lake, with decoded images. Raises what `read_samples` does."""
    return next(read_samples([sample_id], lake))


def read_samples(sample_ids: Sequence[str], lake: str) -> Iterator[Triplet]:
    """Some samples of the lake, with decoded images, in the order of the lake; every file is read once.

    Raises `SampleNotFound`, `EmptyTable`, `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    wanted = _wanted(sample_ids)
    found = _found(store, TRIPLETS, wanted)
    missing = sorted(set(sample_ids).difference(found["sample_id"].to_pylist()))
    if missing:
        raise SampleNotFound(f"The lake {lake!r} has no sample {missing[0]!r}: `sample_id` of `triplets` lists them.")
    for path in sorted(set(found["__filename"].to_pylist())):
        yield from _triplets(store, store.key(path), wanted)


def read_edits(edits: Collection[tuple[str, str]], lake: str) -> Iterator[Row]:
    """The rows of some edits, each told by its sample's id and its editor; every file with one of them is read once.

    Those that are not there are left out. Raises `EmptyTable`, `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    editors = {editor for _, editor in edits}
    wanted = _wanted(sorted({sample_id for sample_id, _ in edits})) & pc.field("editor").isin(pa.array(sorted(editors)))
    for path in sorted(set(_found(store, EDITS, wanted)["__filename"].to_pylist())):
        for row in read_rows(store, store.key(path), wanted):
            if (row["sample_id"], row["editor"]) in edits:
                yield row


def samples(lake: str) -> Iterator[Triplet]:
    """Every sample of the lake, shard by shard, with decoded images.

    Raises `EmptyTable`, `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    for key in _files(store, TRIPLETS):
        yield from _triplets(store, key)


def read_shard(path: str, sample_ids: Sequence[str] | None = None) -> list[Triplet]:
    """The samples (or some of them) of one file of the table `triplets`, in order; `path` is local or an fsspec URL.

    Raises `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    folder, name = posixpath.split(path)
    wanted = None if sample_ids is None else _wanted(sample_ids)
    return list(_triplets(Store.open(folder or "."), name, wanted))


def read_columns(store: Store, key: str, columns: Sequence[str]) -> pa.Table:
    """Some columns of one file, of which no more is read than that. Raises `DamagedShard`."""
    try:
        with store.file_system.open(store.path(key), "rb") as file:
            return pq.read_table(file, columns=list(columns), partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise damaged_shard(store.url, key, str(error)) from error


def read_rows(store: Store, key: str, wanted: pc.Expression | None = None) -> list[Row]:
    """The rows of one file, or just those that are wanted. Raises `DamagedShard`, or `UnreadableLake`."""
    content = io.BytesIO(store.read(key))
    try:
        table = pq.read_table(content, filters=wanted, partitioning=None, page_checksum_verification=True)
        rows: list[Row] = table.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise damaged_shard(store.url, key, str(error)) from error
    return rows


def _files(store: Store, table: Table, partitions: Mapping[str, str] = {}) -> list[str]:
    """Keys of all the files of a table, or of some of its partitions, none of them cut short."""
    if table.partitions:
        keys = store.files(paths.shard_folder(table, partitions), paths.SHARD_SUFFIX)
    else:
        keys = paths.run_table_keys(table, store.files(paths.RUNS, paths.SHARD_SUFFIX))
    if not keys:
        raise EmptyTable(f"The lake {store.url!r} has no {table.name}: check its address, or fill it first.")
    # What an object store lists, it has in full; asking after each file would be as many requests as there are files.
    if store.is_local:
        for key, ending in zip(keys, store.endings(keys, len(_PARQUET_MAGIC)), strict=True):
            if ending != _PARQUET_MAGIC:
                raise damaged_shard(store.url, key, "its end is missing")
    return keys


def _dataset(store: Store, table: Table, keys: Sequence[str]) -> Any:
    import pyarrow.dataset as ds  # a second, and pandas, which those who only write need not wait for

    return ds.dataset(
        [store.path(key) for key in keys],
        schema=table.schema,
        format="parquet",
        filesystem=store.file_system,
        partitioning=ds.partitioning(
            flavor="hive", schema=pa.schema([(name, pa.string()) for name in table.partitions])
        ),
        partition_base_dir=store.root,
    )


def _wanted(sample_ids: Sequence[str]) -> pc.Expression:
    return pc.field("sample_id").isin(pa.array(list(sample_ids), pa.string()))


def _found(store: Store, table: Table, wanted: pc.Expression) -> pa.Table:
    """`sample_id` and `__filename` of the rows that are wanted, all files being searched at the same time."""
    keys = _files(store, table)
    try:
        return _dataset(store, table, keys).to_table(columns=["sample_id", "__filename"], filter=wanted)
    except (OSError, pa.ArrowException) as error:
        for key in keys:
            read_rows(store, key, wanted)  # raises for the file that it is about
        raise UnreadableLake(f"Cannot read the {table.name} in {store.url!r}: {error}.") from error


def _triplets(store: Store, key: str, wanted: pc.Expression | None = None) -> Iterator[Triplet]:
    """The samples of one file, or just those that are wanted."""
    rows = read_rows(store, key, wanted)
    try:
        yield from map(triplet_of, rows)
    # Pillow reports a broken PNG file as a SyntaxError; a KeyError or TypeError is a file with other columns.
    except (OSError, SyntaxError, KeyError, TypeError) as error:
        raise damaged_shard(store.url, key, str(error)) from error
