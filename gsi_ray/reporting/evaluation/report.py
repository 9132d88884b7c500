"""Writes the report of a lake's scores: a page, Markdown, and tables as CSV and Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gsi_ray.reporting.evaluation.cases import cases, within_limit
from gsi_ray.reporting.evaluation.findings import findings
from gsi_ray.reporting.evaluation.page import html, markdown
from gsi_ray.reporting.evaluation.sheets import comparisons, sheet
from gsi_ray.reporting.evaluation.trials import trials


@dataclass(frozen=True)
class WrittenReport:
    """Where the report lies, and what is in it: so many scores, by protocol and editor, and edits that had none."""

    page: Path
    editors: tuple[str, ...]
    scores: int
    errors: int


def write_report(lake: str, out: Path) -> WrittenReport:
    """Write everything there is to say about the scores of a lake into the folder `out`.

    `index.html`, `report.md`, `scores.csv`, `scores.parquet`, `differences.csv`, `slices.csv`, `slices.parquet`. The
    same lake always gives the same files. Raises `NoScores`, `ScoresWithoutTriplets`, and what `lake.scan` and
    `lake.read_samples` do.
    """
    found = [findings(trial, lake) for trial in trials(lake)]
    shown = cases(within_limit([choice for one in found for choice in one.choices]), lake)
    sheets = [sheet(one) for one in found]
    beside = comparisons(found)
    scores, differences, slices = (
        pl.concat(getattr(one, name) for one in found) for name in ("averages", "differences", "slices")
    )
    out.mkdir(parents=True, exist_ok=True)
    scores.write_csv(out / "scores.csv")
    scores.write_parquet(out / "scores.parquet")
    differences.write_csv(out / "differences.csv")
    slices.write_csv(out / "slices.csv")
    slices.write_parquet(out / "slices.parquet")
    (out / "report.md").write_text(markdown(sheets, beside), encoding="utf-8")
    (out / "index.html").write_text(html(sheets, shown, beside), encoding="utf-8")
    whole = scores.filter(operation="all", metric="average")
    return WrittenReport(
        out / "index.html",
        tuple(scores["editor"].unique().sort()),
        int(whole["samples"].sum()),
        int(whole["errors"].sum()),
    )
