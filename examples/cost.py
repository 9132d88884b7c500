"""What does a sample cost: seconds of a worker, by phase, and bytes? Answers while a run goes on, too.

python -m examples.cost s3://bucket/lake
"""

from __future__ import annotations

import sys

import polars as pl

from examples.connection import ask
from gsi_ray import lake

PHASES = ("total", "physics", "rendering", "encoding")


def with_polars(url: str) -> pl.DataFrame:
    """Samples, kilobytes and seconds by phase for one of them, by environment."""
    made = lake.scan("receipts", url).filter(pl.col("rows") > 0)
    seconds = pl.col("seconds").list
    spent = {
        f"{phase}_s": seconds.filter(pl.element().struct.field("phase") == phase)
        .list.eval(pl.element().struct.field("seconds"))
        .list.sum()
        .sum()
        / pl.col("rows").sum()
        for phase in PHASES
    }
    return (
        made.group_by("environment")
        .agg(samples=pl.col("rows").sum(), kilobytes=pl.col("bytes").sum() / pl.col("rows").sum() / 1000, **spent)
        .sort("environment")
        .collect()
    )


def with_duckdb(url: str) -> pl.DataFrame:
    """The same."""
    spent = ", ".join(
        f"sum(list_sum([entry.seconds FOR entry IN seconds IF entry.phase = '{phase}'])) / sum(rows) AS {phase}_s"
        for phase in PHASES
    )
    question = f"""
        SELECT environment,
               sum(rows)::BIGINT AS samples,
               sum(bytes) / sum(rows) / 1000 AS kilobytes,
               {spent}
        FROM {{receipts}}
        WHERE rows > 0
        GROUP BY environment
        ORDER BY environment
    """
    return ask(question, url)


if __name__ == "__main__":
    print(with_polars(sys.argv[1]), with_duckdb(sys.argv[1]), sep="\n")
