"""Makes up for what the shards of a recipe did not give: rounds of further shards, until every cell is full.

A round is planned from what those before it gave, which is the same whenever and wherever they are made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

from gsi_ray.recipes.plan import shard_count
from gsi_ray.recipes.recipe import Recipe
from gsi_ray.sampling.shard_plan import Batch

Cell = tuple[str, str, str]
"""(environment, split, operation): what a recipe asks samples of."""


@dataclass(frozen=True)
class Yield:
    """What one round of shards gave: samples of each cell, out of so many shards that were asked for it."""

    accepted: Mapping[Cell, int]
    shards: Mapping[Cell, int]


def yields(rounds: Sequence[Sequence[Batch]], counts: pl.DataFrame) -> list[Yield]:
    """What each round of shards, one after the other, gave.

    `counts` has the columns `shard` (its index), `environment`, `split`, `operation`, `count`.
    """
    ends = list(accumulate(sum(batch.shards for batch in batches) for batches in rounds))
    return [
        Yield(_by_cell(counts.filter(pl.col("shard").is_between(start, end, "left"))), _shards_by_cell(batches))
        for start, end, batches in zip([0, *ends], ends, rounds, strict=False)
    ]


def _by_cell(counts: pl.DataFrame) -> dict[Cell, int]:
    sums = counts.group_by("environment", "split", "operation").agg(pl.col("count").sum())
    return {(environment, split, operation): count for environment, split, operation, count in sums.iter_rows()}


def _shards_by_cell(batches: Sequence[Batch]) -> dict[Cell, int]:
    return {
        (batch.environment, batch.split, operation): batch.shards for batch in batches for operation in batch.counts
    }


def asked(recipe: Recipe) -> dict[Cell, int]:
    """How many accepted samples of each cell a recipe asks for."""
    return {
        (cell.environment, cell.split, operation): cell.samples_per_operation
        for cell in recipe.cells
        for operation in cell.operations
    }


def lacking(recipe: Recipe, rounds: Sequence[Yield], rejected: Mapping[Cell, int]) -> dict[Cell, int]:
    """What the rounds so far have left to be made, where samples that judges, or the gate, `rejected` do not count."""
    missing = {
        cell: wanted - sum(given.accepted.get(cell, 0) for given in rounds) + rejected.get(cell, 0)
        for cell, wanted in asked(recipe).items()
    }
    return {cell: count for cell, count in missing.items() if count > 0}


def is_exhausted(cell: Cell, rounds: Sequence[Yield]) -> bool:
    """Whether a whole round that was to make up for a cell did not find one more sample of it."""
    asked_again = [given for given in rounds[1:] if cell in given.shards]
    return bool(asked_again) and not asked_again[-1].accepted.get(cell)


def next_round(recipe: Recipe, rounds: Sequence[Yield], rejected: Mapping[Cell, int]) -> tuple[Batch, ...]:
    """The shards that are to make up for what the rounds so far (the recipe's own first) did not give.

    None are planned for a cell that is exhausted; without any left, the recipe is as full as it can be.
    """
    wanted = {
        cell: count for cell, count in lacking(recipe, rounds, rejected).items() if not is_exhausted(cell, rounds)
    }
    batches = []
    for environment, split in dict.fromkeys((environment, split) for environment, split, _ in wanted):
        here = {cell: count for cell, count in wanted.items() if cell[:2] == (environment, split)}
        # As many shards as it takes if each finds what one found last time: then one round will mostly do.
        needed = max(-(-count // _expected(cell, rounds)) for cell, count in here.items())
        counts = {operation: count for (_, _, operation), count in here.items()}
        fewest = shard_count(counts.values(), recipe.samples_per_shard)
        batches.append(Batch(environment, split, counts, max(fewest, min(needed, max(counts.values())))))
    return tuple(batches)


def _expected(cell: Cell, rounds: Sequence[Yield]) -> int:
    """Samples of a cell that a shard gives, going by the last round that was asked for it; at least one."""
    last = next(given for given in reversed(rounds) if cell in given.shards)
    return max(1, last.accepted.get(cell, 0) // last.shards[cell])
