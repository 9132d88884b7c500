"""Which distances and angles do the instructions ask for?

python -m examples.magnitudes s3://bucket/lake
"""

from __future__ import annotations

import sys

import polars as pl

from examples.connection import ask
from gsi_ray import lake


def with_polars(url: str) -> pl.DataFrame:
    """Shortest, middle and longest distance, and largest angle, by operation; null where it uses none."""
    distance, angle = pl.col("distance_m"), pl.col("angle_deg")
    return (
        lake.scan("triplets", url)
        .select("operation", pl.col("parameters").struct.unnest())
        .group_by("operation")
        .agg(
            shortest_m=distance.min(),
            middle_m=distance.median(),
            longest_m=distance.max(),
            largest_deg=angle.max(),
        )
        .sort("operation")
        .collect()
    )


def with_duckdb(url: str) -> pl.DataFrame:
    """The same."""
    question = """
        SELECT operation,
               min(parameters.distance_m) AS shortest_m,
               median(parameters.distance_m) AS middle_m,
               max(parameters.distance_m) AS longest_m,
               max(parameters.angle_deg) AS largest_deg
        FROM {triplets}
        GROUP BY operation
        ORDER BY operation
    """
    return ask(question, url)


if __name__ == "__main__":
    print(with_polars(sys.argv[1]), with_duckdb(sys.argv[1]), sep="\n")
