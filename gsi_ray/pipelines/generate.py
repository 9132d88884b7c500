"""Generation on Ray Data: what of a recipe is not in a lake yet is planned, and made by a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from gsi_ray.lake import require_writable
from gsi_ray.lake.counts import accepted_counts, judged_counts
from gsi_ray.lake.top_ups import add_round, read_rounds
from gsi_ray.operations import OPERATIONS
from gsi_ray.pipelines.run import Run
from gsi_ray.recipes import Recipe, RecipeError, Shards, fingerprint, shards
from gsi_ray.recipes.top_ups import Cell, lacking, next_round, yields
from gsi_ray.simulators import simulator_class


@dataclass(frozen=True)
class Generation:
    """What a run did: its record is in the lake under `run_id`, which is None when there was nothing left to do.

    `lacking` is what the cells of the recipe, (environment, split, operation), still lack, once whole rounds of further
    scenes gave not one more sample of them. `waiting` are samples that count until the recipe's gate has judged them.
    Neither is known of a run of only some shards.
    """

    recipe: Recipe
    lake: str
    run_id: str | None
    shards_planned: int
    shards_made: int
    lacking: Mapping[Cell, int]
    waiting: int


def generate(recipe: Recipe, lake: str, *, workers: int | None = None, span: range | None = None) -> Generation:
    """Make every shard of a recipe that the lake does not hold yet, with at most `workers` processes.

    What is finished stays, whatever happens: the same call goes on from there. Where the shards give fewer samples than
    the recipe asks for, or its gate (any judge, if it has none) has rejected some, further shards make up for them.
    With a `span` of indices, only those of the recipe's own shards are made: several clusters can so share a recipe.
    Without `workers`, there are as many as Ray has room for. Raises RecipeError, LakeError, RayFailed, or ShardsFailed.
    """
    plans = shards(recipe)
    _require_able_simulator(recipe)
    _require_part(span, plans, recipe)
    require_writable(lake)
    with Run(recipe, lake, workers) as run:
        planned, short, waiting = _fill(run) if span is None else _make_part(run, span)
    run.require_success()
    return Generation(recipe, lake, run.id, planned, run.made, short, waiting)


def _make_part(run: Run, span: range) -> tuple[int, dict[Cell, int], int]:
    """Make some of the recipe's own shards; what is lacking or waiting is not known before all the others are made."""
    run.make(shards(run.recipe), span)
    return len(span), {}, 0


def _fill(run: Run) -> tuple[int, dict[Cell, int], int]:
    """Make the recipe's shards, then round after round of further ones, until its cells are full or exhausted.

    Returns how many shards that makes, what is lacking in spite of them, and how many samples wait for the gate.
    """
    recipe, lake = run.recipe, run.lake
    own = shards(recipe)
    rounds = read_rounds(lake, run.recipe_name)
    while True:
        plans = shards(recipe, [*chain.from_iterable(rounds)])
        run.make(plans, range(len(plans)))
        if run.failed:
            return len(plans), {}, 0
        counts = accepted_counts(lake, fingerprint(recipe), plans)
        given = yields([own.batches, *rounds], counts)
        judged = judged_counts(lake, fingerprint(recipe), plans, recipe.gate)
        batches = next_round(recipe, given, judged.rejected)
        if not batches:
            waiting = int(counts["count"].sum()) - judged.passed - judged.rejected.total() if recipe.gate else 0
            return len(plans), lacking(recipe, given, judged.rejected), waiting
        rounds.append(add_round(lake, run.recipe_name, len(rounds) + 1, batches))


def _require_able_simulator(recipe: Recipe) -> None:
    """Raises RecipeError where the recipe asks for what its simulator cannot do."""
    simulator = simulator_class(recipe.simulator)
    resizing = [name for cell in recipe.cells for name in cell.operations if OPERATIONS[name].resizes]
    if resizing and not simulator.can_scale:
        raise RecipeError(
            f'Recipe "{recipe.name}" asks for {resizing[0]}, and {recipe.simulator} cannot resize things: '
            "leave that operation out, or choose another simulator."
        )
    environments = simulator.scenes.ENVIRONMENTS
    strange = [cell.environment for cell in recipe.cells if cell.environment not in environments]
    if strange:
        raise RecipeError(
            f'Recipe "{recipe.name}" asks for the environment {strange[0]}, and {recipe.simulator} has only '
            f"{' and '.join(environments)}: leave that environment out, or choose another simulator."
        )


def _require_part(span: range | None, plans: Shards, recipe: Recipe) -> None:
    if span is not None and not (0 <= span.start < span.stop <= len(plans)):
        raise RecipeError(
            f'Recipe "{recipe.name}" has no shards {span.start}:{span.stop}: give a part of 0:{len(plans)}, '
            "where the second number is the first shard that is left out."
        )
