"""The findings of a trial laid out as the tables and charts that a reader sees, on the page and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from gsi_ray.reporting.evaluation.averages import ALL
from gsi_ray.reporting.evaluation.charts import (
    BarChart,
    Estimate,
    Forest,
    Histogram,
    Radar,
    bar_chart,
    forest,
    histogram,
    radar,
)
from gsi_ray.reporting.evaluation.findings import Findings
from gsi_ray.reporting.evaluation.measures import AVERAGE, FOUR, GSI_BENCH, Measure
from gsi_ray.reporting.evaluation.published import DATA_SETS, PUBLISHED
from gsi_ray.reporting.evaluation.slices import KINDS

MOST_VALUES = 12
"""Of a kind of slice that a reader sees: the most frequent ones; the files have all."""


@dataclass(frozen=True)
class Cell:
    """A figure in a table: of so many samples; `is_best` of those that it stands beside."""

    measure: Measure
    estimate: Estimate
    samples: int
    is_best: bool = False

    @property
    def shown(self) -> str:
        """The mean as it is read."""
        return self.measure.shown(self.estimate.mean)

    @property
    def interval(self) -> str:
        """Both ends, or nothing where there is no interval."""
        low, high = self.estimate.low, self.estimate.high
        return "" if low is None or high is None else f"{self.measure.shown(low)} to {self.measure.shown(high)}"

    @property
    def heat(self) -> float | None:
        """How good it is, from 0 to 1."""
        mean = self.estimate.mean
        return None if mean is None or self.measure.is_error else min(max(mean / 100.0, 0.0), 1.0)


@dataclass(frozen=True)
class Row:
    """A line of a table: of an editor, or of a slice."""

    name: str
    cells: tuple[Cell, ...]
    samples: int = 0
    errors: int = 0


@dataclass(frozen=True)
class Table:
    """A table with a heading for each column of cells."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Difference:
    """How far the editor that is ahead is ahead of the other; whether that is beyond doubt."""

    ahead: str
    behind: str
    cell: Cell
    is_sure: bool
    forest: Forest | None


@dataclass(frozen=True)
class Sheet:
    """What a reader sees of one protocol on one data set; where it is by measure, of the average and its four parts."""

    findings: Findings
    data_set: str
    main: tuple[Measure, ...]
    shown_first: str
    figures: Table
    bars: BarChart
    radar: Radar
    operations: Mapping[str, Table]
    differences: Mapping[str, tuple[Difference, ...]]
    slices: Mapping[str, Mapping[str, Table]]
    histograms: Mapping[str, tuple[Histogram, ...]]


def sheet(found: Findings) -> Sheet:
    """Lay out the findings of a trial."""
    measures = found.protocol.measures
    main = tuple(measure for measure in measures if measure.name in (AVERAGE, *FOUR))
    cells = _cells(found.averages, measures, "editor", "operation")
    whole = {one: {name: _cell(cells, (name, ALL), one).estimate for name in found.editors} for one in main}
    known = [one.name for one, values in whole.items() if any(value.mean is not None for value in values.values())]
    return Sheet(
        findings=found,
        data_set=f"{found.environment}, {found.split}",
        main=main,
        shown_first=known[0] if known else AVERAGE,
        figures=_figures(found, cells),
        bars=bar_chart({measure.short: values for measure, values in whole.items()}),
        radar=radar(
            {name: {one.short: whole[one][name].mean for one in main if one.name != AVERAGE} for name in found.editors}
        ),
        operations={one.name: _operations(found, cells, one) for one in main},
        differences={one.name: _differences(found, one) for one in main},
        slices={kind: _slices(found, kind, main) for kind in KINDS if kind in found.slices["slice"]},
        histograms=_histograms(found),
    )


Cells = Mapping[tuple[str, ...], Cell]


def _cells(estimates: pl.DataFrame, measures: Sequence[Measure], *keys: str) -> Cells:
    """The cell of every estimate, by the keys and its measure."""
    by_name = {measure.name: measure for measure in measures}
    return {
        (*(row[key] for key in keys), row["metric"]): Cell(
            by_name[row["metric"]], Estimate(row["mean"], row["low"], row["high"]), row["samples"]
        )
        for row in estimates.iter_rows(named=True)
    }


def _cell(cells: Cells, keys: tuple[str, ...], measure: Measure) -> Cell:
    return cells.get((*keys, measure.name), Cell(measure, Estimate(None, None, None), 0))


def _with_best(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, the best cell of each column marked; one row alone is not best."""

    def marked(column: int, cell: Cell) -> Cell:
        means = [mean for row in rows if (mean := row.cells[column].estimate.mean) is not None]
        if len(rows) < 2 or cell.estimate.mean is None:
            return cell
        best = min(means) if cell.measure.is_error else max(means)
        return Cell(cell.measure, cell.estimate, cell.samples, cell.estimate.mean == best)

    return tuple(
        Row(row.name, tuple(marked(place, cell) for place, cell in enumerate(row.cells)), row.samples, row.errors)
        for row in rows
    )


def _figures(found: Findings, cells: Cells) -> Table:
    """All measures of all editors, but those that are known of none."""
    failed = found.averages.filter(operation=ALL, metric=AVERAGE)
    errors = dict(failed.select("editor", "errors").iter_rows())
    shown = [
        one
        for one in found.protocol.measures
        if one.name in (AVERAGE, *FOUR) or any(_cell(cells, (name, ALL), one).samples for name in found.editors)
    ]
    rows = [
        Row(
            name,
            tuple(_cell(cells, (name, ALL), one) for one in shown),
            cells[name, ALL, AVERAGE].samples,
            errors[name],
        )
        for name in found.editors
    ]
    return Table(tuple(f"{one.short}, {one.unit}" for one in shown), _with_best(rows))


def _operations(found: Findings, cells: Cells, measure: Measure) -> Table:
    columns = (ALL, *found.operations)
    rows = [Row(name, tuple(_cell(cells, (name, one), measure) for one in columns)) for name in found.editors]
    return Table(columns, _with_best(rows))


def _differences(found: Findings, measure: Measure) -> tuple[Difference, ...]:
    """The largest first."""
    rows = found.differences.filter(pl.col("mean").is_not_null(), operation=ALL, metric=measure.name)
    most = max((abs(end) for name in ("low", "high", "mean") for end in rows[name].drop_nulls()), default=0.0) or 1.0
    made = []
    for row in rows.iter_rows(named=True):
        ahead, behind, estimate = row["editor"], row["against"], Estimate(row["mean"], row["low"], row["high"])
        if row["mean"] < 0.0:
            ahead, behind, estimate = behind, ahead, _negative(estimate)
        cell = Cell(measure, estimate, row["samples"])
        made.append(Difference(ahead, behind, cell, bool(row["excludes_zero"]), forest(estimate, most)))
    return tuple(sorted(made, key=lambda one: (-(one.cell.estimate.mean or 0.0), one.ahead, one.behind)))


def _negative(estimate: Estimate) -> Estimate:
    def minus(value: float | None) -> float | None:
        return None if value is None else -value

    return Estimate(minus(estimate.mean), minus(estimate.high), minus(estimate.low))


def _slices(found: Findings, kind: str, main: Iterable[Measure]) -> Mapping[str, Table]:
    """Values down, editors across, by measure."""
    rows = found.slices.filter(slice=kind)
    counts = rows.filter(metric=AVERAGE).group_by("position", "value").agg(pl.max("samples")).sort("position")
    values = list(counts.head(MOST_VALUES).select("value", "samples").iter_rows())
    tables = {}
    for measure in main:
        cells = _cells(rows.filter(metric=measure.name), [measure], "value", "editor")
        tables[measure.name] = Table(
            found.editors,
            tuple(
                Row(value, tuple(_cell(cells, (value, editor), measure) for editor in found.editors), samples)
                for value, samples in values
            ),
        )
    return tables


def _histograms(found: Findings) -> Mapping[str, tuple[Histogram, ...]]:
    """By scale, one for each editor."""
    made = {}
    for title in dict.fromkeys(one.scale.title for one in found.errors):
        of_scale = {one.editor: one for one in found.errors if one.scale.title == title}
        made[title] = tuple(histogram(of_scale[editor]) for editor in found.editors)
    return made


@dataclass(frozen=True)
class Comparison:
    """A line beside the published ones: averages by what the paper calls the data set, or the one that is most like."""

    name: str
    is_ours: bool
    averages: Mapping[str, float]


def comparisons(everything: Iterable[Findings]) -> list[Comparison]:
    """The published averages, and ours by the same protocol on other data; nothing where there are none of ours."""
    ours: dict[str, dict[str, float]] = {}
    for found in everything:
        if found.protocol.name == GSI_BENCH.name and found.environment in DATA_SETS:
            means = found.averages.filter(pl.col("mean").is_not_null(), operation=ALL, metric=AVERAGE)
            for editor, mean in means.select("editor", "mean").iter_rows():
                ours.setdefault(f"{editor}, {found.split}", {})[DATA_SETS[found.environment]] = mean
    lines = [Comparison(name, True, averages) for name, averages in sorted(ours.items())]
    return [*(Comparison(one.model, False, one.averages) for one in PUBLISHED), *lines] if lines else []
