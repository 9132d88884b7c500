"""Reads Parquet so that a damaged file is told from a store that does not answer."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from gsi_ray.lake.errors import UnreadableLake
from gsi_ray.lake.rows import Row
from gsi_ray.lake.stores import Store

# Of pictures of 512 pixels, some 10 MB.
_ROWS_AT_ONCE = 8


class Damaged(ValueError):
    """A file cannot be read as what it should be; the message says why."""


@contextmanager
def damage_reported() -> Iterator[None]:
    """Turn what readers raise on broken content into `Damaged`."""
    try:
        yield
    except (OSError, pa.ArrowException, ValueError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise Damaged(reason[0].rstrip(".")) from error


def open_parquet(content: bytes | io.IOBase) -> pq.ParquetFile:
    """A Parquet file, in memory or where it lies, whose pages' checksums are compared. Raises `Damaged`."""
    with damage_reported():
        if isinstance(content, bytes):
            return pq.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
        # Columns side by side are fetched at once.
        return pq.ParquetFile(content, page_checksum_verification=True, pre_buffer=True)


def rows(file: pq.ParquetFile, columns: Sequence[str]) -> Iterator[Row]:
    """All rows of a file, a few in memory at a time. Raises `Damaged`."""
    count = 0
    with damage_reported():
        for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(columns)):
            for row in batch.to_pylist():
                count += 1
                yield row
    if count != file.metadata.num_rows:
        raise Damaged(f"it has {count} rows, and says {file.metadata.num_rows}")


def read_if_there(store: Store, key: str) -> bytes | None:
    """The whole file; None if it is gone since it was listed. Raises `UnreadableLake`."""
    try:
        return store.read(key)
    except UnreadableLake as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise
