"""Which edits are the hardest, and is it because their target is small or hidden? (`gsi-ray show` shows them.)

python -m examples.hardest s3://bucket/lake
"""

from __future__ import annotations

import sys

import polars as pl

from examples.connection import ask
from gsi_ray import lake


def with_polars(url: str) -> pl.DataFrame:
    """The five most difficult samples, with what there is to see of their target before the edit."""
    quality = pl.col("quality").struct
    return (
        lake.scan("triplets", url)
        .select(
            "sample_id",
            "difficulty",
            "instruction",
            pixels=quality.field("target_pixels_before"),
            visible=quality.field("target_visible_before"),
        )
        .sort("difficulty", "sample_id", descending=[True, False], nulls_last=True)
        .head(5)
        .collect()
    )


def with_duckdb(url: str) -> pl.DataFrame:
    """The same."""
    question = """
        SELECT sample_id,
               difficulty,
               instruction,
               quality.target_pixels_before AS pixels,
               quality.target_visible_before AS visible
        FROM {triplets}
        ORDER BY difficulty DESC NULLS LAST, sample_id
        LIMIT 5
    """
    return ask(question, url)


if __name__ == "__main__":
    print(with_polars(sys.argv[1]), with_duckdb(sys.argv[1]), sep="\n")
