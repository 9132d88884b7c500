"""From the plan of a shard to its verified samples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from gsi_ray import __version__
from gsi_ray.language import expression, instruct
from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.edits import Designation
from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling import seeds
from gsi_ray.sampling.loaded_scene import LoadedScene, Outcome, SeenView
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.triplet import Mention, Triplet
from gsi_ray.scenes.build import build_scene, parse, scene_id
from gsi_ray.simulators.protocol import ActionRejected, Simulator


@dataclass(eq=False)
class ShardSamples:
    """What sampling a shard gave: its triplets, and the count of rejections by (operation, name)."""

    triplets: list[Triplet] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)


class Sampler:
    """Draws samples with one simulator, by one recipe's settings."""

    def __init__(self, simulator: Simulator, settings: SamplingSettings) -> None:
        self._simulator = simulator
        self._settings = settings

    def sample_shard(self, plan: ShardPlan) -> ShardSamples:
        """Go through the plan's scenes until every quota is met, or there are no more scenes.

        A pure function of the settings and the plan. Raises SimulatorDied.
        """
        result = ShardSamples()
        names = (seeds.attempt_name(self._settings.fingerprint, plan.index, attempt) for attempt in count())
        for number in range(plan.first_scene, plan.first_scene + plan.scene_limit):
            scene = build_scene(scene_id(plan.environment, plan.split, number))
            try:
                loaded = LoadedScene(self._simulator, scene, self._settings)
            except ActionRejected:  # a scene that does not come to rest is of no use, but the others are
                result.rejected.update((operation, Rejection.ACTION_REFUSED.value) for operation in plan.quotas)
                continue
            for viewpoint in loaded.viewpoints:
                wanted = [operation for operation, quota in plan.quotas.items() if result.accepted[operation] < quota]
                if not wanted:
                    return result
                seen = loaded.see(viewpoint)
                for operation in wanted:
                    self._add_sample(result, loaded, seen, operation, next(names))
        return result

    def replay(self, sample: Triplet) -> Triplet:
        """Make a sample again from its own record. Raises LookupError where this code or recipe does not give it."""
        loaded = LoadedScene(self._simulator, build_scene(sample.scene_id), self._settings)
        for viewpoint in loaded.viewpoints:
            if viewpoint.view_id == sample.view_id:
                rng = np.random.default_rng(sample.seed)
                seen = loaded.see(viewpoint)
                outcome, _ = loaded.attempt(seen, OPERATIONS[sample.operation], rng)
                if outcome is not None:
                    return self._triplet(seen, outcome, sample.sample_id, sample.seed, rng)
        raise LookupError(f"Sample {sample.sample_id} does not come out of recipe {self._settings.recipe} again.")

    def _add_sample(self, result: ShardSamples, loaded: LoadedScene, seen: SeenView, operation: str, name: str) -> None:
        seed = seeds.seed_of(name)
        rng = np.random.default_rng(seed)
        outcome, rejections = loaded.attempt(seen, OPERATIONS[operation], rng)
        result.rejected.update((operation, rejection.value) for rejection in rejections)
        if outcome is not None:
            result.triplets.append(self._triplet(seen, outcome, seeds.sample_id(name), seed, rng))
            result.accepted[operation] += 1

    def _triplet(
        self, seen: SeenView, outcome: Outcome, sample_id: str, seed: int, rng: np.random.Generator
    ) -> Triplet:
        edit, scene = outcome.edit, parse(seen.view.state.scene_id)
        instruction = instruct(edit, rng)
        return Triplet(
            sample_id=sample_id,
            split=scene.split,
            environment=scene.environment,
            simulator=self._simulator.name,
            simulator_version=self._simulator.version,
            scene_id=seen.view.state.scene_id,
            view_id=seen.view_id,
            operation=edit.operation,
            instruction=instruction.english,
            instruction_zh=instruction.chinese,
            parameters=edit.parameters,
            target=_mention(edit.target),
            reference=_mention(edit.reference),
            before=seen.before,
            after=outcome.after,
            transform=outcome.transform,
            position_error_m=outcome.deviation.position_m if outcome.deviation else None,
            rotation_error_deg=outcome.deviation.rotation_deg if outcome.deviation else None,
            quality=outcome.quality,
            seed=seed,
            recipe=f"{self._settings.recipe}-{self._settings.fingerprint}",
            generator_version=__version__,
        )


def _mention(designation: Designation | None) -> Mention | None:
    if designation is None:
        return None
    return Mention(designation.object_id, designation.category, expression(designation))
