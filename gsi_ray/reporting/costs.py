"""What a recipe will take, as a table for a terminal that says which figures were measured, and where."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.filesize import decimal
from rich.table import Table

from gsi_ray.recipes.costs import PAGE_SECONDS, Costs
from gsi_ray.recipes.rates import Rates
from gsi_ray.recipes.recipe import Recipe

_WORKERS = (1, 64, 1000, 10_000)


def costs_table(recipe: Recipe, costs: Costs, rates: Rates) -> Group:
    """Everything there is to say beforehand, for `rich` to print."""
    title = f"{recipe.name}: {recipe.samples:,} samples of {recipe.image_size} x {recipe.image_size} pixels"
    table = Table("", "", title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, figure in _figures(costs):
        table.add_row(name, figure)
    return Group(table, "", *_notes(recipe, costs, rates))


def _figures(costs: Costs) -> Iterator[tuple[str, str]]:
    requests = costs.requests
    yield "samples to be expected", f"{costs.samples:,.0f}, in {costs.scenes:,.0f} scenes"
    yield "shards", f"{costs.shards:,}, of {decimal(round(costs.bytes / (costs.shards + costs.top_up_shards)))}"
    yield "further shards for what these lack", f"{costs.top_up_shards:,}"
    yield "bytes in the lake", decimal(round(costs.bytes))
    yield "core-hours", f"{costs.core_hours:,.1f}"
    if costs.gpus_per_worker:
        yield "GPU-hours", f"{costs.gpu_hours:,.1f} at most"
    for workers in _WORKERS:
        yield f"time with {workers:,} worker{'s' if workers > 1 else ''}", duration(costs.wall_seconds(workers))
    yield "workers that one driver keeps busy", f"{costs.most_workers:,}"
    yield "object store, to write", f"{requests.puts:,} PUT, {requests.parts:,} for files in parts"
    yield (
        "object store, to start or to resume",
        f"{requests.pages:,} LIST, {requests.receipt_reads:,} GET, {duration(requests.resume_seconds)}",
    )


def _notes(recipe: Recipe, costs: Costs, rates: Rates) -> Iterator[str]:
    yield (
        f"Measured on {rates.date} with gsi_ray {rates.version} and {rates.simulator} on {rates.machine}: "
        f"seconds of a core, bytes, and samples found per scene, with pictures of {_sizes(rates)} pixels; and that one "
        "driver hands out "
        f"{costs.shards_per_second:,.0f} shards per second. All else is arithmetic with these figures, and "
        f"{PAGE_SECONDS} s for a request that lists or reads is an assumption."
    )
    if costs.most_workers < _WORKERS[-1]:
        yield "More workers than one driver keeps busy take several clusters, each with its own range of --shards."
    if costs.gpus_per_worker:
        yield "No GPU was measured: its hours are those of workers that draw no faster than without one."
    if recipe.inverses or recipe.chains:
        yield "Inverse edits and chains are counted as if each edit were made on its own."


def _sizes(rates: Rates) -> str:
    return " and ".join(map(str, sorted({size for each in rates.environments.values() for size in each.sizes})))


def duration(seconds: float) -> str:
    """A time in the unit that suits it.

    >>> duration(5400)
    '1.5 hours'
    """
    for unit, length in (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0)):
        if seconds >= 1.45 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:.0f} seconds"
