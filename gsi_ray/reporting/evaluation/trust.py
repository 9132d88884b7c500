"""How far judges are to be trusted, by what they say of edits whose truth is known by construction.

Shares by mistake have Wilson's interval, since every sample is in them once. All other figures have one by a bootstrap
over samples: the edits of a sample are drawn together, and a draw is a product of matrices, as in `confidence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from gsi_ray import lake as lakes
from gsi_ray.judging.calibration import AGAIN, GOOD, MISTAKES, SWAPPED, calibration_editors, mistakes_to_catch
from gsi_ray.lake import EmptyTable
from gsi_ray.reporting.evaluation.confidence import draws, group_of, quantiles
from gsi_ray.reporting.evaluation.judge_figures import (
    ACCEPTANCE,
    AGAINST_OTHER,
    AGAINST_TRUTH,
    BETWEEN,
    REJECTED,
    REPEATED,
    TURNED,
    Figure,
)

_ASKED = ["judge", "rubric"]
_PAIR = ["rubric", "editor", "sample"]
_NUMBERS: Mapping[str, type[pl.DataType]] = {
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "pairs": pl.Int64,
    "errors": pl.Int64,
}


@dataclass(frozen=True, eq=False)
class Trust:
    """What judges are worth. What cannot be known is null, as is an interval from fewer than two samples.

    `judges` has the columns `judge`, `rubric`, `metric`, `editor` (of shares by mistake, or else null), `value`, `low`,
    `high`, `pairs`, `errors` (pairs without a verdict, which count in no figure) and `rejected` (null as `editor` is).
    `pairs`, of every two judges by a rubric, has `rubric`, `judge`, `other`, `metric`, and the same numbers.
    `samples` says how many each rubric was tried on.
    """

    judges: pl.DataFrame
    pairs: pl.DataFrame
    samples: Mapping[str, int]


def trust(lake: str) -> Trust | None:
    """What is known of every judge by every rubric that it was calibrated with; None if there is no such judge.

    It was if it has been asked about a mistake that the rubric is to catch. Raises what `lake.scan` does.
    """
    try:
        judgements = lakes.scan("judgements", lake)
    except EmptyTable:
        return None
    rows = _calibrations(judgements)
    plain, again, swapped = (rows.filter(variant=name).drop("variant") for name in ("", AGAIN, SWAPPED))
    if plain.is_empty():
        return None
    beside = [plain.join(one, on=["judge", *_PAIR], suffix="_other") for one in (again, swapped)]
    judges = pl.concat(
        [
            _shares_rejected(plain),
            _found(plain, _ASKED, AGAINST_TRUTH, ACCEPTANCE),
            _found(beside[0], _ASKED, AGAINST_OTHER, REPEATED),
            _found(beside[1], _ASKED, AGAINST_OTHER, TURNED),
        ],
        how="diagonal",
    )
    others = plain.rename({"judge": "other"})
    two = plain.join(others, on=_PAIR, suffix="_other").filter(pl.col("judge") < pl.col("other"))
    return Trust(
        judges.select(*_ASKED, "metric", "editor", *_NUMBERS, "rejected").sort(_ASKED, maintain_order=True),
        _found(two, ["rubric", "judge", "other"], AGAINST_OTHER, BETWEEN),
        dict(plain.group_by("rubric").agg(pl.col("sample").n_unique()).iter_rows()),
    )


def _calibrations(judgements: pl.LazyFrame) -> pl.DataFrame:
    """The verdicts that count, with `variant` ("" of the rubric as it is), and numbers for samples and their groups."""
    name = pl.col("rubric").str.split_exact(".", 1).struct
    rows = judgements.filter(pl.col("editor").is_in([GOOD, *MISTAKES])).select(
        "judge", "editor", "sample_id", "accept", "score", rubric=name[0], variant=name[1].fill_null("")
    )
    asked = rows.select(*_ASKED, "editor").unique().collect(engine="streaming")
    counted = [
        (judge, rubric, editor)
        for (judge, rubric), part in asked.partition_by(_ASKED, as_dict=True).items()
        if not set(part["editor"]).isdisjoint(mistakes_to_catch(rubric))
        for editor in calibration_editors(rubric)
    ]
    keys = pl.LazyFrame(counted, dict.fromkeys([*_ASKED, "editor"], pl.String), orient="row")
    found = rows.join(keys, on=[*_ASKED, "editor"], how="semi").select(
        pl.exclude("editor", "sample_id"),
        pl.col("editor").cast(pl.Enum([*MISTAKES, GOOD])),
        sample=pl.col("sample_id").rank("dense"),
    )
    # Sums of floating-point numbers are the same every time only in the same order.
    return found.with_columns(group_of("sample")).collect(engine="streaming").sort("judge", "variant", *_PAIR)


def _shares_rejected(plain: pl.DataFrame) -> pl.DataFrame:
    """Of the pairs with each mistake, and then of the good ones, the share that a judge has rejected."""
    verdict = pl.col("accept")
    counts = plain.group_by(*_ASKED, "editor").agg(
        pairs=verdict.count(), rejected=(~verdict).sum(), errors=verdict.is_null().sum()
    )
    counts = counts.sort(*_ASKED, "editor")
    intervals = [wilson(*row) for row in counts.select("rejected", "pairs").iter_rows()]
    ends = pl.DataFrame(intervals, dict.fromkeys(("low", "high"), pl.Float64), orient="row")
    return counts.hstack(ends).with_columns(
        pl.col("editor").cast(pl.String),
        pl.col("pairs", "rejected", "errors").cast(pl.Int64),
        metric=pl.lit(REJECTED.name),
        value=(100.0 * pl.col("rejected") / pl.col("pairs")).fill_nan(None),
    )


def wilson(count: int, total: int) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval, in percent, of a share of independent things (Wilson, 1927)."""
    from scipy.stats import binomtest  # takes a second to import

    if total == 0:
        return None, None
    interval = binomtest(count, total).proportion_ci(method="wilson")
    return 100.0 * interval.low, 100.0 * interval.high


def _found(
    rows: pl.DataFrame, by: Sequence[str], tallies: Mapping[str, pl.Expr], figures: Sequence[Figure]
) -> pl.DataFrame:
    """Columns `by`, `metric`, `value`, `low`, `high`, `pairs` and `errors`."""
    sums = rows.group_by(*by, "group").agg(one.sum().cast(pl.Float64).alias(name) for name, one in tallies.items())
    found = [
        (*cell, *estimate)
        for cell, part in sums.sort(*by, "group").partition_by(by, as_dict=True, maintain_order=True).items()
        for estimate in _estimates(part.select(tallies.keys()), figures)
    ]
    table = pl.DataFrame(found, {**dict.fromkeys([*by, "metric"], pl.String), **_NUMBERS}, orient="row")
    return table.with_columns(pl.col("value", "low", "high").fill_nan(None))


def _estimates(sums: pl.DataFrame, figures: Sequence[Figure]) -> Iterator[tuple[str, float, float, float, int, int]]:
    """Metric, value, low, high, pairs and errors of each figure, from a row of tallies for each group of samples."""
    table = sums.to_numpy()
    whole = dict(zip(sums.columns, table.sum(axis=0), strict=True))
    drawn = dict(zip(sums.columns, (draws(len(table)) @ table).T, strict=True))
    for figure in figures:
        pairs = sums.select(pl.sum_horizontal(figure.counts)).to_series()
        with np.errstate(invalid="ignore", divide="ignore"):
            value = figure.value(whole)
            low, high = quantiles(figure.value(drawn)) if (pairs > 0).sum() > 1 else (np.nan, np.nan)
        yield figure.measure.name, float(value), float(low), float(high), int(pairs.sum()), int(whole["errors"])
