"""Generation on Ray Data: plans go out to workers, workers write shards, receipts come back."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import ray
import yaml

from gsi_ray.errors import GsiRayError
from gsi_ray.lake import existing_shards, require_writable
from gsi_ray.lake.runs import Receipt, write_run
from gsi_ray.operations import OPERATIONS
from gsi_ray.pipelines.progress import generation_progress
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.pipelines.starting import start_ray
from gsi_ray.recipes import Recipe, RecipeError, fingerprint, shards
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.simulators import create_simulator


class GenerationFailed(GsiRayError):
    """Some shards could not be made."""


@dataclass(frozen=True)
class Generation:
    """What a run did: its record is in the lake under `run_id`, which is None when there was nothing left to do."""

    recipe: Recipe
    lake: str
    run_id: str | None
    shards_planned: int
    shards_found: int
    receipts: tuple[Receipt, ...]
    shortfall: Mapping[tuple[str, str, str], int]
    """Samples that the scenes of this run's shards did not give, by (environment, split, operation)."""


def generate(recipe: Recipe, lake: str, *, workers: int | None = None) -> Generation:
    """Make every shard of a recipe that the lake does not hold yet, with `workers` processes (one per core if None).

    What is finished stays, whatever happens: the same call goes on from there. Raises RecipeError, LakeError, or, when
    shards failed, GenerationFailed.
    """
    plans = shards(recipe)
    require_writable(lake)
    _require_able_simulator(recipe)
    found = existing_shards(lake)
    missing = [plan for plan in plans if plan.name not in found]
    if not missing:
        return Generation(recipe, lake, None, len(plans), len(plans), (), {})
    run_id = f"{recipe.name}-{fingerprint(recipe)}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    receipts: list[Receipt] = []
    try:
        with generation_progress(sum(plan.samples for plan in missing)) as progress:
            for receipt in _receipts(recipe, lake, missing, workers):
                receipts.append(receipt)
                progress.add(receipt)
    finally:
        _record(recipe, lake, run_id, plans, receipts)
    _require_all_shards(receipts, missing)
    found_before = len(plans) - len(missing)
    return Generation(recipe, lake, run_id, len(plans), found_before, tuple(receipts), _shortfall(missing, receipts))


def _require_able_simulator(recipe: Recipe) -> None:
    """Raises RecipeError where the recipe asks for what its simulator cannot do."""
    resizing = [name for cell in recipe.cells for name in cell.operations if OPERATIONS[name].resizes]
    simulator = create_simulator(recipe.simulator)
    if resizing and not simulator.can_scale:
        raise RecipeError(
            f'Recipe "{recipe.name}" asks for {resizing[0]}, and {recipe.simulator} cannot resize things: '
            "leave that operation out, or choose another simulator."
        )


def _receipts(recipe: Recipe, lake: str, plans: Sequence[ShardPlan], workers: int | None) -> Iterator[Receipt]:
    """Receipts of the plans' shards, as they are finished."""
    start_ray()
    ray.data.DataContext.get_current().enable_progress_bars = False  # ours counts samples, theirs would count blocks
    cores = int(ray.cluster_resources()["CPU"])
    count = min(workers or cores, len(plans))
    # A plan travels as its index: workers divide the recipe themselves, and the rows stay plain numbers.
    rows = [{"shard": plan.index} for plan in plans]
    dataset = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        ShardWorker,
        fn_constructor_args=(recipe, lake),
        batch_size=1,
        batch_format="numpy",
        compute=ray.data.ActorPoolStrategy(size=count),
        # More workers than cores share them; asking for more cores than there are would wait for ever.
        num_cpus=min(1.0, cores / count),
    )
    logging.getLogger("ray.data").setLevel(logging.ERROR)  # Ray sets it up anew with every data set
    for row in dataset.iter_rows():
        yield row["receipt"]


def _record(recipe: Recipe, lake: str, run_id: str, plans: Sequence[ShardPlan], receipts: Sequence[Receipt]) -> None:
    summary = {
        "recipe": recipe.name,
        "fingerprint": fingerprint(recipe),
        "shards_planned": len(plans),
        "shards_written": sum(receipt.file is not None for receipt in receipts),
        "samples": sum(receipt.file.rows for receipt in receipts if receipt.file),
        "bytes": sum(receipt.file.bytes for receipt in receipts if receipt.file),
        "failed": {receipt.shard: receipt.error for receipt in receipts if receipt.error},
    }
    recipe_yaml = yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    write_run(lake, run_id, recipe_yaml=recipe_yaml, receipts=receipts, summary=summary)


def _shortfall(plans: Sequence[ShardPlan], receipts: Sequence[Receipt]) -> dict[tuple[str, str, str], int]:
    """What is missing from the quotas of the plans, by (environment, split, operation)."""
    accepted = {receipt.shard: receipt.accepted for receipt in receipts}
    missing: Counter[tuple[str, str, str]] = Counter()
    for plan in plans:
        for operation, quota in plan.quotas.items():
            missing[plan.environment, plan.split, operation] += quota - accepted[plan.name].get(operation, 0)
    return {cell: count for cell, count in missing.items() if count}


def _require_all_shards(receipts: Sequence[Receipt], plans: Sequence[ShardPlan]) -> None:
    """Raises GenerationFailed, naming the shards, unless every one has now been written."""
    written = {receipt.shard for receipt in receipts if receipt.file}
    failed = [plan.name for plan in plans if plan.name not in written]
    if failed:
        reasons = {receipt.error for receipt in receipts if receipt.error} or {"no receipt came back"}
        raise GenerationFailed(
            f"{len(failed)} of {len(plans)} shards could not be made ({', '.join(failed[:3])}"
            f"{'...' if len(failed) > 3 else ''}): {'; '.join(sorted(reasons))}; "
            "run the same command again to retry them."
        )
