"""Why do candidates fail, and which operation loses most of them? Answers while a run goes on, too.

python -m examples.rejections s3://bucket/lake
"""

from __future__ import annotations

import sys

import polars as pl

from examples.connection import ask
from gsi_ray import lake


def with_polars(url: str) -> pl.DataFrame:
    """The ten most frequent reasons, over all runs."""
    return (
        lake.scan("receipts", url)
        .select(pl.col("rejected").explode(empty_as_null=False).struct.unnest())
        .group_by("operation", "rejection")
        .agg(candidates=pl.col("count").sum())
        .sort("candidates", "operation", "rejection", descending=[True, False, False])
        .head(10)
        .collect()
    )


def with_duckdb(url: str) -> pl.DataFrame:
    """The same."""
    question = """
        SELECT reason.operation AS operation, reason.rejection AS rejection, sum(reason.count)::BIGINT AS candidates
        FROM (SELECT unnest(rejected) AS reason FROM {receipts})
        GROUP BY ALL
        ORDER BY candidates DESC, operation, rejection
        LIMIT 10
    """
    return ask(question, url)


if __name__ == "__main__":
    print(with_polars(sys.argv[1]), with_duckdb(sys.argv[1]), sep="\n")
