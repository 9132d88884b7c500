"""The report as one HTML page, which needs no network, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from gsi_ray.reporting.evaluation.cases import Case
from gsi_ray.reporting.evaluation.confidence import REPLICATES
from gsi_ray.reporting.evaluation.measures import PROTOCOLS
from gsi_ray.reporting.evaluation.published import BAGEL_ON_REAL, DATA_SETS, SOURCE, SOURCE_TITLE
from gsi_ray.reporting.evaluation.sheets import Comparison, Sheet
from gsi_ray.reporting.evaluation.slices import KINDS
from gsi_ray.reporting.evaluation.trust_sheets import TrustSheet
from gsi_ray.reporting.gallery import page_templates, verbatim

COLORS = 8
"""Editors, or judges, beyond so many share colours with others."""


def html(
    sheets: Sequence[Sheet], cases: Sequence[Case], comparisons: Sequence[Comparison], judging: Sequence[TrustSheet]
) -> str:
    """The page: charts, tables that sort, and the edits of `cases`."""
    templates = page_templates()
    return templates.get_template("report.html").render(
        **_content(sheets, comparisons, judging),
        cases=cases,
        colors=_colors(_editors(sheets)),
        judge_colors=_colors(sorted({judge for one in judging for judge in one.judges})),
        style=verbatim(templates, "report.css"),
        script=verbatim(templates, "report.js"),
    )


def markdown(sheets: Sequence[Sheet], comparisons: Sequence[Comparison], judging: Sequence[TrustSheet]) -> str:
    """The same figures without pictures."""
    templates = Environment(
        loader=PackageLoader("gsi_ray.reporting"), autoescape=False, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["words"] = lambda name: name.replace("_", " ")
    templates.filters["plain"] = _plain
    return templates.get_template("report.md").render(**_content(sheets, comparisons, judging))


def _content(
    sheets: Sequence[Sheet], comparisons: Sequence[Comparison], judging: Sequence[TrustSheet]
) -> Mapping[str, object]:
    used = {one.findings.protocol.name for one in sheets}
    return {
        "sheets": sheets,
        "editors": _editors(sheets),
        "protocols": [protocol for name, protocol in PROTOCOLS.items() if name in used],
        "data_sets": list(dict.fromkeys(one.data_set for one in sheets)),
        "scores": sum(row.samples for one in sheets for row in one.figures.rows),
        "kinds": KINDS,
        "comparisons": comparisons,
        "judging": judging,
        "published": {"sets": list(DATA_SETS.values()), "like": DATA_SETS, "source": SOURCE, "title": SOURCE_TITLE},
        "bagel": BAGEL_ON_REAL,
        "replicates": REPLICATES,
    }


def _editors(sheets: Sequence[Sheet]) -> list[str]:
    """All of them, by name, so that each has one colour throughout."""
    return sorted({editor for one in sheets for editor in one.findings.editors})


def _colors(names: Sequence[str]) -> Mapping[str, int]:
    return {name: number % COLORS for number, name in enumerate(names)}


def _plain(text: str) -> str:
    """Words from a lake that Markdown is to show as they are, in one line of a table."""
    escaped = "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+!|~&$" else letter for letter in text)
    return " ".join(escaped.split())
