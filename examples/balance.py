"""How many samples are there of every operation, in every environment and split?

python -m examples.balance s3://bucket/lake
"""

from __future__ import annotations

import sys

import polars as pl

from examples.connection import ask
from gsi_ray import lake


def with_polars(url: str) -> pl.DataFrame:
    """Samples by environment, split and operation."""
    cell = ["environment", "split", "operation"]
    return lake.scan("triplets", url).group_by(cell).agg(samples=pl.len().cast(pl.Int64)).sort(cell).collect()


def with_duckdb(url: str) -> pl.DataFrame:
    """The same."""
    question = """
        SELECT environment, split, operation, count(*) AS samples
        FROM {triplets}
        GROUP BY ALL
        ORDER BY ALL
    """
    return ask(question, url)


if __name__ == "__main__":
    print(with_polars(sys.argv[1]), with_duckdb(sys.argv[1]), sep="\n")
