"""Writing shards: rows in memory to a Parquet file that is always the same bytes, and there whole or not at all."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gsi_ray.lake import paths
from gsi_ray.lake.rows import Row, rows_of
from gsi_ray.lake.schemas import IMAGE, Table, leaf_columns, table_named
from gsi_ray.lake.stores import Store
from gsi_ray.sampling.triplet import Triplet

LISTED_SHARDS = 10_000
"""How many keys one listing may give: ten pages of an object store, some megabytes of memory."""

LISTINGS_AT_ONCE = 8

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


def finished_shards(
    lake: str,
    fingerprint: str,
    span: range,
    partitions: Sequence[Mapping[str, str]],
    table: str = "triplets",
) -> NDArray[np.bool_]:
    """Which shards of a recipe are there: for each index in the span (step 1), whether any of the partitions has it.

    Only the keys of this recipe and of this span are listed, block by block, so that what other recipes and other
    clusters have written costs nothing, and memory does not grow with the number of shards. A local folder is read
    once. Raises `UnknownTable`, `UnreadableLake` or `UnsupportedLake`.
    """
    folders = [paths.shard_folder(table_named(table), values) for values in partitions]
    return listed_shards(Store.open(lake), fingerprint, span, folders)


def listed_shards(store: Store, fingerprint: str, span: range, folders: Sequence[str]) -> NDArray[np.bool_]:
    """What `finished_shards` tells, of any folders of a store. Raises `UnreadableLake`."""
    whole = [f"shard-{fingerprint}-"]
    prefixes = whole if store.is_local else list(paths.shard_prefixes(fingerprint, span, LISTED_SHARDS))
    digits = slice(len(whole[0]), len(whole[0]) + paths.INDEX_DIGITS)
    length = digits.stop + len(paths.SHARD_SUFFIX)
    found = np.zeros(len(span), np.bool_)

    def mark(listing: tuple[str, str]) -> None:
        names = store.names(*listing)
        shards = (name[digits] for name in names if len(name) == length and name.endswith(paths.SHARD_SUFFIX))
        indices = np.fromiter(map(int, shards), np.int64)
        found[indices[(indices >= span.start) & (indices < span.stop)] - span.start] = True

    with ThreadPoolExecutor(LISTINGS_AT_ONCE) as pool:
        for _ in pool.map(mark, product(folders, prefixes)):
            pass  # raises what the listing raised
    return found


def tidy(lake: str, fingerprint: str, partitions: Sequence[Mapping[str, str]], table: str = "triplets") -> int:
    """Remove what killed writers left of a recipe's shards in these partitions, and of the records of runs.

    Files that are being written, by whichever run, stay. Returns how many were removed; there are none in an object
    store, where nobody sees the parts of a file (`Store.unfinished_uploads` tells). Raises `UnknownTable`,
    `UnwritableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    folders = [paths.shard_folder(table_named(table), values) for values in partitions]
    shards = sum(store.remove_leftovers(folder, f"shard-{fingerprint}-") for folder in folders)
    return shards + sum(store.remove_leftovers(folder, "") for folder in (paths.RUNS, paths.TOP_UPS))


def parquet_bytes(table: Table, rows: Sequence[Row]) -> bytes:
    """A Parquet file with these rows; the same rows always give the same bytes."""
    file = io.BytesIO()
    with parquet_writer(table, file) as writer:
        for group in _row_groups(table, rows):
            writer.write_table(pa.Table.from_pylist(group, schema=table.schema), row_group_size=max(len(group), 1))
    return file.getvalue()


def parquet_writer(table: Table, file: io.IOBase) -> pq.ParquetWriter:
    """Writes the rows of a table into a file as the lake stores them."""
    leaves = dict(leaf_columns(table.schema))
    pictures = [path for path, column in leaves.items() if column.type == IMAGE]
    others = [path for path in leaves if path not in pictures]
    return pq.ParquetWriter(
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
    )


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
