"""Divides a recipe into shards: what each must hold, where it looks for it, and its name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import overload

from gsi_ray.lake.paths import INDEX_DIGITS, ShardName
from gsi_ray.recipes.loading import RecipeError
from gsi_ray.recipes.recipe import Recipe, fingerprint
from gsi_ray.sampling.shard_plan import Batch, ShardPlan

MOST_SHARDS = 10**INDEX_DIGITS


def shards(recipe: Recipe, top_ups: Sequence[Batch] = ()) -> Shards:
    """All shards of a recipe, a pure function of it, and behind them those that make up for what they did not give.

    Raises RecipeError if a shard could not reach its quota even if every view of every scene gave all it may, or if
    there are more shards than names for them.
    """
    batches = _batches(recipe)
    most = max(max(batch.quotas(batch.shards - 1).values()) for batch in batches)
    possible = recipe.scenes_per_shard * recipe.views.per_scene * recipe.most_of_one_operation_per_view
    if most > possible:
        raise RecipeError(
            f'Recipe "{recipe.name}" wants {most} of one operation in a shard, and the views of its scenes give '
            f"{possible} at most: raise scenes_per_shard or lower samples_per_shard."
        )
    count = sum(batch.shards for batch in [*batches, *top_ups])
    if count > MOST_SHARDS:
        raise RecipeError(
            f'Recipe "{recipe.name}" is divided into {count:,} shards, and there are names for {MOST_SHARDS:,}: '
            "raise samples_per_shard or ask for fewer samples."
        )
    return Shards(recipe, [*batches, *top_ups])


class Shards(Sequence[ShardPlan]):
    """The shards of some batches, one after the other. They are worked out when asked for: millions cost nothing."""

    def __init__(self, recipe: Recipe, batches: Sequence[Batch]) -> None:
        self._fingerprint = fingerprint(recipe)
        self._scenes_per_shard = recipe.scenes_per_shard
        self.batches = tuple(batches)
        self._ends = list(accumulate(batch.shards for batch in batches))
        self._shards_before: list[int] = []
        """For each batch, the shards of the same environment and split in the batches before it."""
        seen: Counter[tuple[str, str]] = Counter()
        for batch in batches:
            place = (batch.environment, batch.split)
            self._shards_before.append(seen[place])
            seen[place] += batch.shards

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> ShardPlan: ...
    @overload
    def __getitem__(self, index: slice) -> list[ShardPlan]: ...
    def __getitem__(self, index: int | slice) -> ShardPlan | list[ShardPlan]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        position = range(len(self))[index]
        number = bisect_right(self._ends, position)
        batch = self.batches[number]
        number_in_batch = position - (self._ends[number] - batch.shards)
        return ShardPlan(
            index=position,
            name=str(ShardName(self._fingerprint, position)),
            environment=batch.environment,
            split=batch.split,
            quotas=batch.quotas(number_in_batch),
            first_scene=(self._shards_before[number] + number_in_batch) * self._scenes_per_shard,
            scene_limit=self._scenes_per_shard,
        )

    def __iter__(self) -> Iterator[ShardPlan]:
        return (self[index] for index in range(len(self)))

    @property
    def samples(self) -> int:
        """How many accepted samples they are to hold."""
        return sum(sum(batch.counts.values()) for batch in self.batches)

    @property
    def places(self) -> list[tuple[str, str]]:
        """Every (environment, split) once, in the order of the recipe."""
        return list(dict.fromkeys((batch.environment, batch.split) for batch in self.batches))


def parse_span(text: str) -> range:
    """Undo "first:last", where last is left out. Raises RecipeError.

    >>> parse_span("0:50000")
    range(0, 50000)
    """
    match = re.fullmatch(r"(\d+):(\d+)", text)
    if match is None:
        raise RecipeError(f'"{text}" is no range of shards: write it as 0:50000, where shard 50000 is left out.')
    return range(int(match[1]), int(match[2]))


def _batches(recipe: Recipe) -> list[Batch]:
    """One batch for each (environment, split), in the order of the recipe."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for cell in recipe.cells:
        place = counts.setdefault((cell.environment, cell.split), {})
        place.update(dict.fromkeys(cell.operations, cell.samples_per_operation))
    return [
        Batch(environment, split, wanted, shard_count(wanted.values(), recipe.samples_per_shard))
        for (environment, split), wanted in counts.items()
    ]


def shard_count(counts: Iterable[int], samples_per_shard: int) -> int:
    """Shards of about that many samples, none of them empty."""
    counts = list(counts)
    return min(-(-sum(counts) // samples_per_shard), max(counts))
