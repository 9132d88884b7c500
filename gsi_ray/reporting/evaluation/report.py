"""Writes the report of a lake's scores: a page, Markdown, and tables as CSV and Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from gsi_ray.errors import GsiRayError
from gsi_ray.reporting.evaluation.cases import cases, within_limit
from gsi_ray.reporting.evaluation.findings import Findings, findings
from gsi_ray.reporting.evaluation.page import html, markdown
from gsi_ray.reporting.evaluation.sheets import comparisons, sheet
from gsi_ray.reporting.evaluation.trials import trials
from gsi_ray.reporting.evaluation.trust import Trust, trust
from gsi_ray.reporting.evaluation.trust_sheets import trust_sheets


class NoScores(GsiRayError):
    """There is nothing to report."""


@dataclass(frozen=True)
class WrittenReport:
    """Where the report lies, and what is in it: so many scores, by protocol and editor, and edits that had none."""

    page: Path
    editors: tuple[str, ...]
    scores: int
    errors: int


def write_report(lake: str, out: Path, judge: str | None = None) -> WrittenReport:
    """Write everything there is to say about the scores of a lake, and about its judges, into the folder `out`.

    `index.html` and `report.md`; of scores `scores.csv`, `scores.parquet`, `differences.csv`, `slices.csv` and
    `slices.parquet`; of judges `judges.csv`, `judges.parquet` and `judge_pairs.csv`. `judge` is whose word AC is where
    scores lack it. The same lake always gives the same files. Raises `NoScores`, `ScoresWithoutTriplets`,
    `SeveralJudges`, `UnknownJudge`, and what `lake.scan` and `lake.read_samples` do.
    """
    found = [findings(trial, lake) for trial in trials(lake, judge)]
    trusted = trust(lake)
    if not found and trusted is None:
        raise NoScores(f"The lake {lake!r} has no scores: check its address, or make some with 'gsi-ray evaluate'.")
    chosen = within_limit([choice for one in found for choice in one.choices])
    shown = cases(chosen, lake) if chosen else []
    sheets = [sheet(one) for one in found]
    judging = [] if trusted is None else trust_sheets(trusted)
    beside = comparisons(found)
    out.mkdir(parents=True, exist_ok=True)
    if found:
        _write_scores(found, out)
    if trusted is not None:
        _write_trust(trusted, out)
    (out / "report.md").write_text(markdown(sheets, beside, judging), encoding="utf-8")
    (out / "index.html").write_text(html(sheets, shown, beside, judging), encoding="utf-8")
    whole = [one.averages.filter(operation="all", metric="average") for one in found]
    return WrittenReport(
        out / "index.html",
        tuple(sorted({editor for one in found for editor in one.editors})),
        sum(int(one["samples"].sum()) for one in whole),
        sum(int(one["errors"].sum()) for one in whole),
    )


def _write_scores(found: Sequence[Findings], out: Path) -> None:
    scores, differences, slices = (
        pl.concat(getattr(one, name) for one in found) for name in ("averages", "differences", "slices")
    )
    scores.write_csv(out / "scores.csv")
    scores.write_parquet(out / "scores.parquet")
    differences.write_csv(out / "differences.csv")
    slices.write_csv(out / "slices.csv")
    slices.write_parquet(out / "slices.parquet")


def _write_trust(trusted: Trust, out: Path) -> None:
    trusted.judges.write_csv(out / "judges.csv")
    trusted.judges.write_parquet(out / "judges.parquet")
    trusted.pairs.write_csv(out / "judge_pairs.csv")
