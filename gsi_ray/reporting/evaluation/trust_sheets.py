"""How far judges are to be trusted, laid out as the tables and charts that a reader sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from gsi_ray.judging.calibration import GOOD, MISTAKES
from gsi_ray.reporting.evaluation.charts import DotPlot, Estimate, dot_plot
from gsi_ray.reporting.evaluation.judge_figures import ACCEPTANCE, BETWEEN, REJECTED, REPEATED, TURNED, Figure
from gsi_ray.reporting.evaluation.measures import Measure
from gsi_ray.reporting.evaluation.sheets import Cell, Row, Table
from gsi_ray.reporting.evaluation.trust import Trust

FEW_SAMPLES = 20
"""With fewer, intervals by the bootstrap come out too narrow."""

_KINDS = {**MISTAKES, GOOD: "nothing: it is the truth"}


@dataclass(frozen=True)
class Caught:
    """How many of the pairs with one mistake a judge has rejected, and what share of them that is."""

    rejected: int
    share: Cell


@dataclass(frozen=True)
class JudgeTable:
    """A table of judges, or of every two of them, with what it is about; rows have the pairs that they are of."""

    title: str
    meaning: str
    measures: tuple[Measure, ...]
    table: Table


@dataclass(frozen=True)
class TrustSheet:
    """What a reader sees of all judges by one rubric.

    `caught` has a row for each mistake, and the last one for what is to be accepted; a cell of it is of one judge.
    """

    rubric: str
    judges: tuple[str, ...]
    caught: Mapping[str, tuple[Caught, ...]]
    chart: DotPlot
    tables: tuple[JudgeTable, ...]
    samples: int
    is_small: bool


def trust_sheets(trust: Trust) -> list[TrustSheet]:
    """A sheet for each rubric."""
    return [_sheet(trust, rubric) for rubric in trust.judges["rubric"].unique().sort()]


def _sheet(trust: Trust, rubric: str) -> TrustSheet:
    rows = trust.judges.filter(rubric=rubric)
    judges = tuple(rows["judge"].unique().sort())
    caught = _caught(rows, judges)
    figures = rows.filter(pl.col("editor").is_null())
    between = trust.pairs.filter(rubric=rubric).with_columns(judge=pl.format("{} and {}", "judge", "other"))
    tables = (
        _table(figures, ACCEPTANCE, "To accept what is good", "verdicts beside the truth"),
        _table(figures, REPEATED, "Asked again", "verdicts beside those with another seed"),
        _table(figures, TURNED, "With the pictures swapped", "verdicts with the picture after the edit first"),
        _table(between, BETWEEN, "Judge beside judge", "verdicts on the same pairs"),
    )
    shares = {
        kind: {judge: one.share.estimate for judge, one in zip(judges, row, strict=True)}
        for kind, row in caught.items()
    }
    samples = trust.samples[rubric]
    return TrustSheet(
        rubric,
        judges,
        caught,
        dot_plot(shares),
        tuple(one for one in tables if one.table.rows),
        samples,
        samples < FEW_SAMPLES,
    )


def _caught(rows: pl.DataFrame, judges: Sequence[str]) -> Mapping[str, tuple[Caught, ...]]:
    """By what is wrong, as far as any judge was asked about it."""
    found = {
        (row["editor"], row["judge"]): Caught(row["rejected"], _cell(REJECTED, row))
        for row in rows.drop_nulls("editor").iter_rows(named=True)
    }
    nothing = Caught(0, Cell(REJECTED, Estimate(None, None, None), 0))
    return {
        kind: tuple(found.get((editor, judge), nothing) for judge in judges)
        for editor, kind in _KINDS.items()
        if any((editor, judge) in found for judge in judges)
    }


def _table(rows: pl.DataFrame, figures: Sequence[Figure], title: str, meaning: str) -> JudgeTable:
    measures = tuple(figure.measure for figure in figures)
    chosen = rows.filter(pl.col("metric").is_in([one.name for one in measures]))
    lines = []
    for (judge,), part in chosen.partition_by(["judge"], as_dict=True, maintain_order=True).items():
        by_metric = {row["metric"]: row for row in part.iter_rows(named=True)}
        cells = tuple(_cell(one, by_metric[one.name]) for one in measures)
        lines.append(Row(judge, cells, max(cell.samples for cell in cells), part["errors"][0]))
    headings = tuple(f"{one.short}, {one.unit}" if one.unit else one.short for one in measures)
    return JudgeTable(title, meaning, measures, Table(headings, tuple(lines)))


def _cell(measure: Measure, row: Mapping[str, Any]) -> Cell:
    return Cell(measure, Estimate(row["value"], row["low"], row["high"]), row["pairs"])
