"""A lake as DuckDB sees it."""

from __future__ import annotations

import duckdb
import fsspec
import polars as pl

TABLES = {
    "triplets": "read_parquet('{lake}/triplets/v1/**/*.parquet', union_by_name = true)",
    # For a moment at the end of a run, its receipts are there twice: in parts, and as one file.
    "receipts": "(SELECT DISTINCT * FROM read_parquet('{lake}/runs/*/receipts*.parquet', union_by_name = true))",
}
"""Columns go by their names: files that were written before a column was added lack it."""


def ask(question: str, lake: str) -> pl.DataFrame:
    """What DuckDB answers to a question in SQL, in which `{triplets}` and `{receipts}` stand for tables of a lake.

    A DuckDB that may download its extension `httpfs` reads s3:// by itself:
    `CREATE SECRET (TYPE s3, PROVIDER credential_chain)`. Here s3fs reads for it, with the same credentials.
    """
    connection = duckdb.connect()
    if "://" in lake:
        protocol = lake.split("://", 1)[0]
        # DuckDB says which bytes it wants: reading ahead would fetch the pictures, too. And a remembered listing would
        # know nothing of the shards that have been written since.
        reader = fsspec.filesystem(protocol, default_cache_type="none", use_listings_cache=False)
        connection.register_filesystem(reader)
    tables = {name: table.format(lake=lake) for name, table in TABLES.items()}
    return connection.sql(question.format(**tables)).pl()
