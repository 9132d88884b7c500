"""Reading a lake: whole tables as lazy frames, single samples and shards as typed records."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from gsi_ray.lake import paths
from gsi_ray.lake.errors import DamagedShard, EmptyTable, SampleNotFound, UnreadableLake
from gsi_ray.lake.rows import Row, triplet_of
from gsi_ray.lake.schemas import TRIPLETS, Table, table_named
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
    described = table_named(table)
    store = Store.open(lake)
    keys = _files(store, described)
    if not store.is_local:
        return pl.scan_pyarrow_dataset(_dataset(store, described, keys))
    return pl.scan_parquet(
        [store.path(key) for key in keys],
        schema=dict(pl.DataFrame(described.schema.empty_table()).schema),
        # Files written before a nullable column was added to the table lack it.
        missing_columns="insert",
        hive_partitioning=bool(described.partitions),
        hive_schema=dict.fromkeys(described.partitions, pl.String) or None,
    )


def read_sample(sample_id: str, lake: str) -> Triplet:
    """One sample of the lake, with decoded images.

    Raises `SampleNotFound`, `EmptyTable`, `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    dataset = _dataset(store, TRIPLETS, _files(store, TRIPLETS))
    found = dataset.to_table(columns=["__filename"], filter=ds.field("sample_id") == sample_id)
    if not found.num_rows:
        raise SampleNotFound(f"The lake {lake!r} has no sample {sample_id!r}: `sample_id` of `triplets` lists them.")
    return next(_triplets(store, store.key(found["__filename"][0].as_py()), sample_id))


def read_shard(path: str) -> list[Triplet]:
    """All the samples of one file of the table `triplets`, in order; `path` is a local one or an fsspec URL.

    Raises `DamagedShard`, `UnreadableLake` or `UnsupportedLake`.
    """
    folder, name = posixpath.split(path)
    return list(_triplets(Store.open(folder or "."), name))


def samples(lake: str) -> Iterator[Triplet]:
    """Every sample of the lake, shard by shard, with decoded images. Raises what `read_sample` does."""
    store = Store.open(lake)
    for key in _files(store, TRIPLETS):
        yield from _triplets(store, key)


def _files(store: Store, table: Table) -> list[str]:
    """Keys of all the files of a table, none of them cut short."""
    if table.partitions:
        keys = store.files(paths.table_root(table), paths.SHARD_SUFFIX)
    else:
        keys = store.files(paths.RUNS, f"/{table.name}{paths.SHARD_SUFFIX}")
    if not keys:
        raise EmptyTable(f"The lake {store.url!r} has no {table.name}: check its address, or fill it first.")
    for key, ending in zip(keys, store.endings(keys, len(_PARQUET_MAGIC)), strict=True):
        if ending != _PARQUET_MAGIC:
            raise _damaged(store, key, "its end is missing")
    return keys


def _dataset(store: Store, table: Table, keys: Sequence[str]) -> ds.Dataset:
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


def _triplets(store: Store, key: str, sample_id: str | None = None) -> Iterator[Triplet]:
    """The samples of one file, or just the one with this id."""
    try:
        rows = _rows(store, key, sample_id)
        yield from map(triplet_of, rows)
    except FileNotFoundError as error:
        raise UnreadableLake(f"There is no file {key} in {store.url!r}: check the address.") from error
    # Pillow reports a broken PNG file as a SyntaxError; a KeyError or TypeError is a file with other columns.
    except (OSError, pa.ArrowException, SyntaxError, KeyError, TypeError) as error:
        raise _damaged(store, key, str(error)) from error


def _rows(store: Store, key: str, sample_id: str | None) -> list[Row]:
    with store.file_system.open(store.path(key), "rb") as file:
        table = pq.read_table(
            file,
            filters=None if sample_id is None else ds.field("sample_id") == sample_id,
            partitioning=None,
            page_checksum_verification=True,
        )
    rows: list[Row] = table.to_pylist()
    return rows


def _damaged(store: Store, key: str, reason: str) -> DamagedShard:
    return DamagedShard(
        f"The file {key} in {store.url!r} is damaged ({reason.rstrip('.')}): delete it, and run again what wrote it, "
        "which then makes only this file."
    )
