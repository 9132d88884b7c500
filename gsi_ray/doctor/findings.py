"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass

from rich.markup import escape


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. Without what is `needed`, nothing can be generated."""

    name: str
    needed: bool
    works: bool
    found: str
    remedy: str = ""


def line(finding: Finding) -> str:
    """The finding for the terminal, in rich's markup; the remedy stands below it."""
    verdict = "[green]works [/]" if finding.works else "[red]broken[/]" if finding.needed else "[yellow]absent[/]"
    remedy = f"\n{'':27}[bold]{escape(finding.remedy)}[/]" if finding.remedy else ""
    return f"{verdict} {finding.name:<19} {escape(finding.found)}{remedy}"
