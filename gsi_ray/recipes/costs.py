"""What a recipe will take, worked out from measured rates before anything is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, prod, sqrt
from statistics import NormalDist

from gsi_ray.lake.paths import INDEX_DIGITS, shard_prefixes
from gsi_ray.lake.runs import PART_RECEIPTS
from gsi_ray.lake.s3 import PART_BYTES
from gsi_ray.lake.shards import LISTED_SHARDS, LISTINGS_AT_ONCE
from gsi_ray.recipes.loading import RecipeError
from gsi_ray.recipes.plan import Shards, shards
from gsi_ray.recipes.rates import Found, Rates
from gsi_ray.recipes.recipe import Recipe
from gsi_ray.recipes.top_ups import Cell, Yield, next_round
from gsi_ray.sampling.shard_plan import Batch

KEYS_PER_PAGE = 1000
"""How many keys an object store gives at a time."""

PAGE_SECONDS = 0.2
"""An assumption: what a store in the same region takes for such a page, or for reading a small file."""

READS_PER_PART, OTHER_LISTINGS = 2, 5
"""Counted at an S3 server: requests for a file of receipts; listings of receipts, of top-ups, and of judgements."""


@dataclass(frozen=True)
class BatchCosts:
    """What the shards of one batch are expected to give and to take; all shards of a batch are much the same.

    `accepted` are samples of each operation, `scenes` those looked into; `core_seconds` keep one core busy.
    """

    batch: Batch
    accepted: dict[str, float]
    scenes: float
    core_seconds: float
    bytes: float

    @property
    def shard_seconds(self) -> float:
        """How long a worker takes for one shard."""
        return self.core_seconds / self.batch.shards

    @property
    def shard_bytes(self) -> float:
        """The size of one shard."""
        return self.bytes / self.batch.shards


@dataclass(frozen=True)
class Requests:
    """Requests to an object store: `puts` of whole files, `parts` (with begin and end) of files sent in parts.

    Every start of a run asks for `pages` of listings, and makes `receipt_reads` of the receipts of those before it.
    """

    puts: int
    parts: int
    pages: int
    receipt_reads: int

    @property
    def resume_seconds(self) -> float:
        """How long it takes to find out what is there, with some requests at a time and `PAGE_SECONDS` for each."""
        return (self.pages + self.receipt_reads) / LISTINGS_AT_ONCE * PAGE_SECONDS


@dataclass(frozen=True)
class Costs:
    """What a recipe is expected to take. The first of its rounds are its own shards, the others make up for them.

    `workers` keep `cpus_per_worker` and `gpus_per_worker` for as long as they work.
    """

    rounds: tuple[tuple[BatchCosts, ...], ...]
    requests: Requests
    cpus_per_worker: float
    gpus_per_worker: float
    shards_per_second: float

    @property
    def shards(self) -> int:
        """Shards of the recipe itself."""
        return sum(costs.batch.shards for costs in self.rounds[0])

    @property
    def top_up_shards(self) -> int:
        """Shards that make up for what these do not give."""
        return sum(costs.batch.shards for costs in self._batches) - self.shards

    @property
    def samples(self) -> float:
        """Accepted samples."""
        return sum(sum(costs.accepted.values()) for costs in self._batches)

    @property
    def scenes(self) -> float:
        """Scenes that are looked into."""
        return sum(costs.scenes for costs in self._batches)

    @property
    def bytes(self) -> float:
        """Size of the shards in the lake."""
        return sum(costs.bytes for costs in self._batches)

    @property
    def worker_seconds(self) -> float:
        """Time that workers are busy, all of them together."""
        return sum(costs.core_seconds for costs in self._batches)

    @property
    def core_hours(self) -> float:
        """Time that CPU cores are taken."""
        return self.worker_seconds * self.cpus_per_worker / 3600

    @property
    def gpu_hours(self) -> float:
        """Time that GPUs are taken."""
        return self.worker_seconds * self.gpus_per_worker / 3600

    @property
    def most_workers(self) -> int:
        """How many workers one driver keeps busy."""
        return max(1, int(self.shards_per_second * self.worker_seconds / (self.shards + self.top_up_shards)))

    def wall_seconds(self, workers: int) -> float:
        """How long so many workers take, or as many of them as one driver can keep busy.

        No round is faster than its slowest shard, and each begins when the one before it is done.
        """
        return sum(
            max(
                sum(costs.core_seconds for costs in batches) / workers,
                max(costs.shard_seconds for costs in batches),
                sum(costs.batch.shards for costs in batches) / self.shards_per_second,
            )
            for batches in self.rounds
        )

    @property
    def _batches(self) -> Iterator[BatchCosts]:
        return (costs for batches in self.rounds for costs in batches)


def costs(recipe: Recipe, rates: Rates) -> Costs:
    """What a recipe is expected to take. Time and memory are the same for any number of samples.

    Raises RecipeError where the recipe is impossible, or something of it was not measured.
    """
    if recipe.simulator != rates.simulator:
        raise RecipeError(
            f"How fast {recipe.simulator} is has not been measured, only {rates.simulator} has: plan with simulator: "
            f"{rates.simulator}, or make a few shards and look at the seconds in their receipts."
        )
    rounds = [tuple(_costs(recipe, rates, batch) for batch in shards(recipe).batches)]
    while batches := next_round(recipe, [_expected(done) for done in rounds], {}):
        rounds.append(tuple(_costs(recipe, rates, batch) for batch in batches))
    everything = shards(recipe, [done.batch for batches in rounds[1:] for done in batches])
    return Costs(
        rounds=tuple(rounds),
        requests=_requests(everything, [done for batches in rounds for done in batches]),
        cpus_per_worker=recipe.workers.cpus,
        gpus_per_worker=recipe.workers.gpus,
        shards_per_second=rates.driver.shards_per_second,
    )


def _costs(recipe: Recipe, rates: Rates, batch: Batch) -> BatchCosts:
    here = rates.environments[batch.environment].at(recipe.image_size)
    found = {name: _found(rates, batch.environment, name) for name in batch.counts}
    # Of a scene with fewer or more views than were measured, a sample comes as often from a view.
    views = recipe.views.per_scene
    chances = {name: each.accepted_per_scene / rates.views_per_scene for name, each in found.items()}
    quotas = {name: count / batch.shards for name, count in batch.counts.items()}
    tries = {name: min(quota / chances[name], views * recipe.scenes_per_shard) for name, quota in quotas.items()}
    accepted = {
        name: quota - _shortfall(quota, found[name], views / rates.views_per_scene, recipe.scenes_per_shard)
        for name, quota in quotas.items()
    }
    looked_at = max(tries.values())
    stored = looked_at * (1 - prod(1 - chance for chance in chances.values()))
    scenes = max(looked_at / views, 1.0)
    seconds = (
        scenes * here.scene_seconds
        + looked_at * here.view_seconds
        + stored * here.stored_view_seconds
        + sum(count * here.operations[name].attempt_seconds for name, count in tries.items())
        + sum(count * here.operations[name].sample_seconds for name, count in accepted.items())
    )
    size = stored * here.stored_view_bytes + sum(
        count * here.operations[name].sample_bytes for name, count in accepted.items()
    )
    return BatchCosts(
        batch,
        {name: count * batch.shards for name, count in accepted.items()},
        scenes * batch.shards,
        seconds * batch.shards,
        size * batch.shards,
    )


def _found(rates: Rates, environment: str, operation: str) -> Found:
    found = rates.environments[environment].found.get(operation)
    if found is None or not found.accepted_per_scene:
        raise RecipeError(
            f"How often {operation} works out in a {environment} has not been measured: leave it out of the plan, "
            "or make a few shards and look at their receipts."
        )
    return found


def _shortfall(quota: float, found: Found, views: float, scenes: int) -> float:
    """How many samples a shard lacks on average when it has gone through all its scenes.

    What they give together is taken to be normally distributed. `views` is how many there are in a scene, in those
    that were measured.
    """
    mean = scenes * found.accepted_per_scene * views
    deviation = sqrt(scenes) * found.deviation * views
    if not deviation:
        return max(quota - mean, 0.0)
    normal = NormalDist()
    distance = (quota - mean) / deviation
    return min(quota, (quota - mean) * normal.cdf(distance) + deviation * normal.pdf(distance))


def _expected(batches: Sequence[BatchCosts]) -> Yield:
    """What a round is expected to give, in whole samples."""
    accepted: dict[Cell, int] = {}
    asked: dict[Cell, int] = {}
    for costs in batches:
        for operation, count in costs.accepted.items():
            accepted[costs.batch.environment, costs.batch.split, operation] = round(count)
            asked[costs.batch.environment, costs.batch.split, operation] = costs.batch.shards
    return Yield(accepted, asked)


def _requests(everything: Shards, batches: Sequence[BatchCosts]) -> Requests:
    sizes = [(costs.batch.shards, costs.shard_bytes) for costs in batches]
    return Requests(
        puts=sum(shards for shards, size in sizes if size < 2 * PART_BYTES),
        parts=sum(shards * (ceil(size / PART_BYTES) + 2) for shards, size in sizes if size >= 2 * PART_BYTES),
        pages=_listing_pages(everything) + OTHER_LISTINGS,
        receipt_reads=-(-len(everything) // PART_RECEIPTS) * READS_PER_PART,
    )


def _listing_pages(everything: Shards) -> int:
    """Pages of the listings by which a run finds out which shards are there, when all of them are.

    Every block of shards is asked for in every (environment, split), and an empty listing is a page as well.
    """
    prefix = next(shard_prefixes("", range(len(everything)), LISTED_SHARDS))
    block = 10 ** (INDEX_DIGITS - len(prefix.removeprefix("shard--")))
    pages = -(-len(everything) // block) * len(everything.places)
    shared: Counter[tuple[str, str, int]] = Counter()
    """Keys in the blocks in which a batch begins or ends: those between hold nothing else."""
    start = 0
    for batch in everything.batches:
        end = start + batch.shards
        first, last = start // block, end // block
        shared[batch.environment, batch.split, first] += min(end, (first + 1) * block) - start
        if last > first:
            shared[batch.environment, batch.split, last] += end - last * block
            pages += (last - first - 1) * (_pages(block) - 1)
        start = end
    return pages + sum(_pages(keys) - 1 for keys in shared.values())


def _pages(keys: int) -> int:
    return max(1, -(-keys // KEYS_PER_PAGE))
