"""One sample for the terminal."""

from __future__ import annotations

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from gsi_ray.reporting.gallery import card
from gsi_ray.sampling.triplet import Triplet


def describe(triplet: Triplet) -> Group:
    """The instruction, and every name and number of the sample under it."""
    shown = card(triplet)
    place = [(name, getattr(triplet, name)) for name in ("sample_id", "operation", "environment", "split")]
    table = Table.grid(padding=(0, 2))
    for name, value in (*place, *shown.parameters, *shown.measures, *shown.facts):
        table.add_row(f"[dim]{escape(name)}[/]", escape(value))
    wordings = [words for words in (triplet.instruction, triplet.instruction_zh) if words]
    return Group(*(f"[bold]{escape(words)}[/]" for words in wordings), table)
