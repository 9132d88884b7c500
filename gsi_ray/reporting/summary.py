"""What became of a run: samples, acceptance and rejections by operation and environment, as tables for a terminal."""

from __future__ import annotations

import polars as pl
from rich.console import Group
from rich.table import Table

from gsi_ray import lake as lakes

_CELL = ["environment", "operation"]


def run_summary(lake: str, run_id: str) -> Group:
    """Everything there is to say about a run, for `rich` to print. Raises what `lake.scan` does."""
    receipts = lakes.scan("receipts", lake).filter(run_id=run_id).collect()
    return Group(acceptance_table(acceptance(receipts)), rejections_table(rejections(receipts)))


def acceptance(receipts: pl.DataFrame) -> pl.DataFrame:
    """Columns `environment`, `operation`, `accepted`, `candidates`, `rate` from rows of the table `receipts`.

    A candidate is an edit that was tried; the `rate` is the share of the candidates that became samples.
    """
    accepted = _counts(receipts, "accepted").group_by(_CELL).agg(accepted=pl.col("count").sum())
    rejected = rejections(receipts).group_by(_CELL).agg(rejected=pl.col("count").sum())
    return (
        accepted.join(rejected, on=_CELL, how="full", coalesce=True)
        .with_columns(pl.col("accepted", "rejected").fill_null(0))
        .with_columns(candidates=pl.col("accepted") + pl.col("rejected"))
        .filter(pl.col("candidates") > 0)
        .select(*_CELL, "accepted", "candidates", rate=pl.col("accepted") / pl.col("candidates"))
        .sort(_CELL)
    )


def rejections(receipts: pl.DataFrame) -> pl.DataFrame:
    """Columns `environment`, `operation`, `rejection`, `count` from rows of the table `receipts`."""
    return (
        _counts(receipts, "rejected")
        .group_by(*_CELL, "rejection")
        .agg(pl.col("count").sum())
        .sort(*_CELL, "count", "rejection", descending=[False, False, True, False])
    )


def _counts(receipts: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row for each count in a list column of receipts."""
    return receipts.select("environment", column).explode(column).drop_nulls(column).unnest(column)


def acceptance_table(cells: pl.DataFrame) -> Table:
    """Operations down, environments across; in each cell the samples and the share of candidates accepted."""
    environments = cells["environment"].unique().sort().to_list()
    table = Table(title="Samples (share of candidates accepted)", title_justify="left")
    table.add_column("operation")
    for name in [*environments, "all"]:
        table.add_column(name, justify="right")
    for operation in cells["operation"].unique().sort():
        row = cells.filter(operation=operation)
        table.add_row(operation, *(_cell(row.filter(environment=name)) for name in environments), _cell(row))
    table.add_section()
    table.add_row("all", *(_cell(cells.filter(environment=name)) for name in environments), _cell(cells))
    return table


def _cell(cells: pl.DataFrame) -> str:
    if cells.is_empty():
        return "–"
    accepted, candidates = int(cells["accepted"].sum()), int(cells["candidates"].sum())
    return f"{accepted} ({accepted / candidates:.0%})"


def rejections_table(counts: pl.DataFrame) -> Table:
    """By environment and operation, the names of the rejections with their counts, the most frequent first."""
    table = Table("environment", "operation", "rejected candidates", title="Why candidates were rejected")
    table.title_justify = "left"
    for (environment, operation), cell in counts.group_by(_CELL, maintain_order=True):
        reasons = [f"{count} {rejection}" for rejection, count in cell.select("rejection", "count").iter_rows()]
        table.add_row(str(environment), str(operation), ", ".join(reasons))
    return table
