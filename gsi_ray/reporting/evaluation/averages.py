"""The figures of editors: their means on a data set and its operations, and how far one is ahead of another."""

from __future__ import annotations

from itertools import combinations

import polars as pl

from gsi_ray.reporting.evaluation.confidence import estimates, group_of, totals
from gsi_ray.reporting.evaluation.trials import DATA_SET, Trial

ALL = "all"
"""In the place of an operation: all of them."""

_CELL = ["operation", "group"]


def averages(trial: Trial) -> pl.DataFrame:
    """Columns `editor`, `protocol`, `environment`, `split`, `operation` (or "all"), `metric`, `mean`, `low`, `high`,
    `samples`, `errors`.

    Edits that could not be scored are counted as `errors`, and are in no mean.
    """
    names = trial.protocol.names
    cells = trial.samples.select("operation", group_of("scene"))
    sums = pl.concat(
        cells.hstack(scores)
        .filter("tried")
        .group_by(_CELL)
        .agg(*totals(names), pl.col("error").count().alias("errors"))
        .with_columns(editor=pl.lit(editor))
        for editor, scores in trial.scores.items()
    )
    sums = _with_all(sums)
    by = ["editor", "operation"]
    errors = sums.group_by(by).agg(pl.col("errors").sum().cast(pl.Int64))
    found = estimates(sums, by, names).join(errors, on=by, how="left", maintain_order="left")
    return in_place(found, trial, "editor")


def differences(trial: Trial) -> pl.DataFrame:
    """Columns `editor`, `against`, `protocol`, `environment`, `split`, `operation`, `metric`, `mean`, `low`, `high`,
    `samples`, `excludes_zero`: the mean of `editor` minus `against`, over the samples that both have a score of.

    Where appearance is judged of one editor only, and the protocol counts nothing without it, the two do not compare.
    """
    names = trial.protocol.names
    cells = trial.samples.select("operation", group_of("scene"))
    judged = {editor: scores["ac"].count() > 0 for editor, scores in trial.scores.items()}
    sums = [
        cells.hstack(first.select(names) - second.select(names))
        .filter(first["tried"] & second["tried"] & first["error"].is_null() & second["error"].is_null())
        .group_by(_CELL)
        .agg(totals(names))
        .with_columns(editor=pl.lit(editor), against=pl.lit(against))
        for (editor, first), (against, second) in combinations(trial.scores.items(), 2)
        if judged[editor] == judged[against] or not trial.protocol.needs_appearance
    ]
    if not any(map(len, sums)):
        return _NO_DIFFERENCES
    found = estimates(_with_all(pl.concat(sums)), ["editor", "against", "operation"], names)
    excludes_zero = (pl.col("low") > 0) | (pl.col("high") < 0)
    return in_place(found, trial, "editor", "against").with_columns(excludes_zero=excludes_zero)


def _with_all(sums: pl.DataFrame) -> pl.DataFrame:
    """The sums by operation, after those of all operations together."""
    editors = [name for name in ("editor", "against") if name in sums.columns]
    # Sums of floating-point numbers are the same every time only in the same order.
    single = sums.sort(*editors, *_CELL).with_columns(pl.col("operation").cast(pl.String))
    together = single.group_by(*editors, "group").agg(pl.exclude("operation").sum()).sort(*editors, "group")
    return pl.concat([together.with_columns(operation=pl.lit(ALL)).select(single.columns), single])


def in_place(found: pl.DataFrame, trial: Trial, *editors: str) -> pl.DataFrame:
    """Estimates with the protocol and the data set that they are of, right after the columns of the editors."""
    labels = [pl.lit(value).alias(name) for name, value in trial.labels.items()]
    return found.select(*editors, *labels, pl.exclude(*editors))


_NO_DIFFERENCES = pl.DataFrame(
    schema={
        **dict.fromkeys(("editor", "against", "protocol", *DATA_SET, "operation", "metric"), pl.String),
        **dict.fromkeys(("mean", "low", "high"), pl.Float64),
        "samples": pl.Int64,
        "excludes_zero": pl.Boolean,
    }
)
