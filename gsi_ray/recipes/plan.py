"""Divides a recipe into shards: what each must hold, where it looks for it, and its name."""

from __future__ import annotations

from collections.abc import Mapping

from gsi_ray.lake.paths import ShardName
from gsi_ray.recipes.loading import RecipeError
from gsi_ray.recipes.recipe import Recipe, fingerprint
from gsi_ray.sampling.shard_plan import ShardPlan


def shards(recipe: Recipe) -> tuple[ShardPlan, ...]:
    """All shards of a recipe, a pure function of it.

    Raises RecipeError if a shard could not reach its quota even if every view of every scene gave all it may.
    """
    mark = fingerprint(recipe)
    plans: list[ShardPlan] = []
    for (environment, split), counts in _counts_by_place(recipe).items():
        for number, quotas in enumerate(_divided(counts, recipe.samples_per_shard)):
            plans.append(
                ShardPlan(
                    index=len(plans),
                    name=str(ShardName(mark, len(plans))),
                    environment=environment,
                    split=split,
                    quotas=quotas,
                    first_scene=number * recipe.scenes_per_shard,
                    scene_limit=recipe.scenes_per_shard,
                )
            )
    most = max(count for plan in plans for count in plan.quotas.values())
    possible = recipe.scenes_per_shard * recipe.views.per_scene
    if most > possible:
        raise RecipeError(
            f'Recipe "{recipe.name}" wants {most} of one operation in a shard, and the views of its scenes give '
            f"{possible} at most: raise scenes_per_shard or lower samples_per_shard."
        )
    return tuple(plans)


def _counts_by_place(recipe: Recipe) -> dict[tuple[str, str], dict[str, int]]:
    """Samples per operation for each (environment, split), in the order of the recipe."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for cell in recipe.cells:
        place = counts.setdefault((cell.environment, cell.split), {})
        place.update(dict.fromkeys(cell.operations, cell.samples_per_operation))
    return counts


def _divided(counts: Mapping[str, int], samples_per_shard: int) -> list[dict[str, int]]:
    """The counts dealt out over shards as evenly as whole numbers allow; no shard is left empty."""
    shard_count = min(-(-sum(counts.values()) // samples_per_shard), max(counts.values()))
    return [
        {
            operation: count * (number + 1) // shard_count - count * number // shard_count
            for operation, count in counts.items()
        }
        for number in range(shard_count)
    ]
