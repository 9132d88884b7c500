"""What an audit found, what to do about it, and how the samples are spread; and what a repair removes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from shlex import quote

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gsi_ray.lake.audit import AuditReport
from gsi_ray.lake.audit import Progress as OnProgress
from gsi_ray.lake.auditing.findings import CheckResult, Severity
from gsi_ray.lake.repair import Damage

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_MOST_SHOWN = 3
_MOST_WORDS = 9


@contextmanager
def audit_progress() -> Iterator[OnProgress]:
    """A bar for `audit`: files, samples, samples per second, time left."""
    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("files, {task.fields[samples]:,} samples, {task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("", total=None, samples=0, rate=0.0)

        def report(done: int, files: int, samples: int) -> None:
            elapsed = bar.tasks[task].elapsed or 0.0
            bar.update(task, completed=done, total=files, samples=samples, rate=samples / max(elapsed, 1e-3))

        yield report


def audit_summary(report: AuditReport) -> Group:
    """Everything there is to say about an audit, for `rich` to print."""
    parts: list[RenderableType] = [
        _samples_table(report.counts),
        _shares_table(report.counts),
        *(_result(result) for result in report.results),
        _verdict(report),
    ]
    return Group(*parts)


def audit_json(report: AuditReport) -> str:
    """The same as JSON, `counts` as lists of their words and the count."""
    counts = [[*words, count] for words, count in sorted(report.counts.items())]
    document = {**vars(report), "results": [asdict(result) for result in report.results], "counts": counts}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def damage_lines(damage: Damage) -> Iterator[str]:
    """What is bad in a lake, a line for each file."""
    for bad in damage.files:
        yield f"bad: {bad.key}: {bad.proof}"
    for leftover in damage.leftovers:
        yield f"unfinished: {leftover}"
    if damage.uploads:
        yield f"unfinished: {damage.uploads} uploads that were begun more than a day ago"
    if not damage.is_some:
        yield "Nothing to repair: every file is whole."


def removal_lines(lake: str, removed: Sequence[str], recipes: Sequence[str]) -> Iterator[str]:
    """What was removed, and how to make it again; `recipes` are the keys of those that samples were made by."""
    yield f"Removed {len(removed)} bad files, and what dead writers left."
    for recipe in recipes:
        if "://" in lake:
            yield f"To make them again, copy {lake}/{recipe} here: gsi-ray generate ./recipe.yaml --lake {quote(lake)}"
        else:
            yield f"To make them again: gsi-ray generate {quote(f'{lake}/{recipe}')} --lake {quote(lake)}"
    if removed and not recipes:
        yield "To make them again, run again what wrote them: it makes only what is missing."


def _verdict(report: AuditReport) -> str:
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    looked_at = f"{report.samples:,} samples in {report.files:,} files"
    if report.opened < report.files:
        looked_at += f" (pictures of {report.opened:,} opened)"
    if report.without_receipt:
        looked_at += f", {report.without_receipt:,} files not covered by a receipt"
    color = "red" if errors else "yellow" if warnings else "green"
    return f"{looked_at}: [{color}]{errors:,} errors, {warnings:,} warnings[/]"


def _result(result: CheckResult) -> Group:
    shown = [f"{escape(example.where)}: {escape(example.what)}" for example in result.examples[:_MOST_SHOWN]]
    if result.count > len(shown):
        shown.append(f"[dim]and {result.count - len(shown):,} more[/]")
    lines = [*shown, f"[bold]{escape(result.remedy)}[/]"]
    heading = f"[{_COLORS[result.severity]}]{result.severity:<8}[/] {result.check} ({result.count:,})"
    return Group(heading, *(Padding(line, (0, 0, 0, 9)) for line in lines))


def _samples_table(counts: Counter[tuple[str, ...]]) -> Table:
    """Operations down, environments and splits across."""
    cells = {words[1:]: count for words, count in counts.items() if words[0] == "operation"}
    places = sorted({(environment, split) for environment, split, _ in cells})
    table = Table(title="Samples", title_justify="left")
    table.add_column("operation")
    for environment, split in places:
        table.add_column(f"{environment}\n{split}", justify="right")
    for operation in sorted({operation for _, _, operation in cells}):
        table.add_row(operation, *(f"{cells.get((*place, operation), 0):,}" for place in places))
    return table


def _shares_table(counts: Counter[tuple[str, ...]]) -> Table:
    """How often each word, number and category is used."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for (kind, *place, value), count in counts.items():
        if kind in ("word", "number"):
            groups.setdefault((place[0], place[1]), Counter())[value] += count
        elif kind == "category":
            groups.setdefault((place[0], "target"), Counter())[value] += count
    table = Table("of", "what", "shares", title="How the samples are spread", title_justify="left")
    for (place_name, what), values in sorted(groups.items()):
        frequent = values.most_common(_MOST_WORDS)
        shares = [f"{escape(value)} {count / values.total():.0%}" for value, count in frequent]
        others = len(values) - len(frequent)
        table.add_row(place_name, what, ", ".join([*shares, f"{others} others"] if others else shares))
    return table
