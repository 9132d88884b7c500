"""From the plan of a shard to its verified samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from gsi_ray import __version__
from gsi_ray.language import expression, instruct
from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.edits import Designation
from gsi_ray.operations.operation import Invertible, shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling import seeds
from gsi_ray.sampling.chains import ChainId
from gsi_ray.sampling.difficulty import difficulty
from gsi_ray.sampling.loaded_scene import LoadedScene, Outcome, SeenView
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.triplet import Mention, Triplet
from gsi_ray.simulators.protocol import ActionRejected, Simulator


@dataclass(eq=False)
class ShardSamples:
    """What sampling a shard gave: its triplets, and the count of rejections by (operation, name)."""

    triplets: list[Triplet] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)

    def accept(self, triplet: Triplet) -> None:
        """Take a sample in."""
        self.triplets.append(triplet)
        self.accepted[triplet.operation] += 1

    def reject(self, operation: str, rejections: Iterable[Rejection]) -> None:
        """Count candidates that did not become samples."""
        self.rejected.update((operation, rejection.value) for rejection in rejections)


@dataclass(frozen=True, eq=False)
class _Step:
    """An edit that worked out in a view, the seed that it came from, and the generator for the choice of its words."""

    seen: SeenView
    outcome: Outcome
    seed: int
    rng: np.random.Generator


class Sampler:
    """Draws samples with one simulator, by one recipe's settings."""

    def __init__(self, simulator: Simulator, settings: SamplingSettings) -> None:
        self._simulator = simulator
        self._settings = settings

    def sample_shard(self, plan: ShardPlan) -> ShardSamples:
        """Go through the plan's scenes until every quota is met, or there are no more scenes.

        A view gives one sample of each operation, and its inverse if the recipe wants inverses; or one chain, if it
        wants chains. A pure function of the settings and the plan. Raises SimulatorDied.
        """
        result = ShardSamples()
        scenes = self._simulator.scenes
        names = (seeds.attempt_name(self._settings.fingerprint, plan.index, attempt) for attempt in count())
        for number in range(plan.first_scene, plan.first_scene + plan.scene_limit):
            if not _wanted(plan.quotas, result.accepted):
                break
            scene = scenes.build_scene(scenes.scene_id(plan.environment, plan.split, number))
            try:
                loaded = LoadedScene(self._simulator, scene, self._settings)
            except ActionRejected:  # a scene that does not come to rest is of no use, but the others are
                for operation in plan.quotas:
                    result.reject(operation, [Rejection.ACTION_REFUSED])
                continue
            for viewpoint in loaded.viewpoints:
                wanted = _wanted(plan.quotas, result.accepted)
                if not wanted:
                    break
                seen = loaded.see(viewpoint)
                if self._settings.chain_length > 1:
                    self._add_chain(result, loaded, seen, wanted, next(names))
                else:
                    for operation, places in wanted.items():
                        self._add_sample(result, loaded, seen, operation, places, next(names))
        return result

    def replay(self, sample: Triplet) -> Triplet:
        """Make a sample again from its own record. Raises LookupError where this code or recipe does not give it."""
        loaded = LoadedScene(self._simulator, self._simulator.scenes.build_scene(sample.scene_id), self._settings)
        for viewpoint in loaded.viewpoints:
            if viewpoint.view_id == sample.view_id:
                again = self._again(sample, loaded, loaded.see(viewpoint))
                if isinstance(again, Triplet):
                    return again
        raise LookupError(f"Sample {sample.sample_id} does not come out of recipe {self._settings.recipe} again.")

    def _add_sample(
        self, result: ShardSamples, loaded: LoadedScene, seen: SeenView, operation: str, places: int, name: str
    ) -> None:
        """Try an operation in a view. There are `places` for its samples: the first is for its inverse's forerunner."""
        step, rejections = self._attempt(loaded, seen, operation, seeds.seed_of(name))
        result.reject(operation, rejections)
        if step is None:
            return
        if not self._inverts(operation):
            result.accept(self._triplet(step, seeds.sample_id(name)))
            return
        step, left = self._followed(loaded, step)
        sample = self._triplet(step, seeds.sample_id(name))
        result.accept(sample)
        if places > 1:
            inverse = self._inverse(loaded, step, left, sample.sample_id)
            if isinstance(inverse, Triplet):
                result.accept(inverse)
            else:
                result.reject(operation, [inverse])

    def _add_chain(
        self, result: ShardSamples, loaded: LoadedScene, seen: SeenView, wanted: Mapping[str, int], name: str
    ) -> None:
        """Make edits in a row, as many as the recipe wants or there are places for.

        Where nothing works any more, the chain ends early. One of a single edit is no chain: it is given up, unless
        there was place for no more; then it is a sample of its own.
        """
        key = seeds.chain_key(name)
        length = min(self._settings.chain_length, sum(wanted.values()))
        steps: list[_Step] = []
        while len(steps) < length:
            step = self._next_step(result, loaded, seen, wanted, key, [_operation(step) for step in steps])
            if step is None:
                break
            step, seen = self._followed(loaded, step)
            steps.append(step)
        operations = tuple(map(_operation, steps))
        if len(steps) == 1 < length:
            result.reject(operations[0], [Rejection.CHAIN_BROKEN])
            return
        for number, step in enumerate(steps, start=1):
            triplet = self._triplet(step, seeds.sample_id(seeds.step_name(key, number, operations[number - 1])))
            if length > 1:
                triplet = replace(triplet, chain_id=str(ChainId(key, operations)), chain_step=number)
            result.accept(triplet)

    def _next_step(
        self,
        result: ShardSamples,
        loaded: LoadedScene,
        seen: SeenView,
        wanted: Mapping[str, int],
        key: str,
        earlier: list[str],
    ) -> _Step | None:
        """The first operation that works out of those with places left, in random order; new ones are tried first."""
        number, used = len(earlier) + 1, Counter(earlier)
        places = list(_wanted(wanted, used))
        for operation in sorted(shuffled(places, seeds.generator(f"{key}/{number}")), key=used.__getitem__):
            seed = seeds.seed_of(seeds.step_name(key, number, operation))
            step, rejections = self._attempt(loaded, seen, operation, seed)
            result.reject(operation, rejections)
            if step is not None:
                return step
        return None

    def _again(self, sample: Triplet, loaded: LoadedScene, seen: SeenView) -> Triplet | Rejection | None:
        """A sample once more, after what came before it in its chain, or with what it is the inverse of."""
        if sample.chain_id is not None:
            chain = ChainId.parse(sample.chain_id)
            for number, operation in enumerate(chain.operations[: (sample.chain_step or 1) - 1], start=1):
                seed = seeds.seed_of(seeds.step_name(chain.key, number, operation))
                step, _ = self._attempt(loaded, seen, operation, seed)
                if step is None:
                    return None
                _, seen = self._followed(loaded, step)
        step, _ = self._attempt(loaded, seen, sample.operation, sample.seed)
        if step is None:
            return None
        if self._settings.chain_length > 1 or self._inverts(sample.operation):
            step, left = self._followed(loaded, step)
            if sample.inverse_of is not None:
                return self._inverse(loaded, step, left, sample.inverse_of)
        triplet = self._triplet(step, sample.sample_id)
        return replace(triplet, chain_id=sample.chain_id, chain_step=sample.chain_step)

    def _inverts(self, operation: str) -> bool:
        return self._settings.inverses and isinstance(OPERATIONS[operation], Invertible)

    def _attempt(
        self, loaded: LoadedScene, seen: SeenView, operation: str, seed: int
    ) -> tuple[_Step | None, list[Rejection]]:
        rng = np.random.default_rng(seed)
        outcome, rejections = loaded.attempt(seen, OPERATIONS[operation], rng)
        return (None if outcome is None else _Step(seen, outcome, seed, rng)), rejections

    def _followed(self, loaded: LoadedScene, step: _Step) -> tuple[_Step, SeenView]:
        """A step with the view of what it left. That view's side before is the step's side after, to the bit."""
        left = loaded.see_after(step.seen, step.outcome)
        return replace(step, outcome=replace(step.outcome, after=left.before)), left

    def _inverse(self, loaded: LoadedScene, step: _Step, left: SeenView, sample_id: str) -> Triplet | Rejection:
        """The sample that takes back the one with this id, which came of `step`; it is replayed from the same seed."""
        operation = OPERATIONS[_operation(step)]
        assert isinstance(operation, Invertible)
        outcome = loaded.take_back(step.seen, operation, step.outcome, left)
        if isinstance(outcome, Rejection):
            return outcome
        name = seeds.inverse_name(sample_id)
        back = _Step(left, outcome, step.seed, seeds.generator(name))
        return replace(self._triplet(back, seeds.sample_id(name)), inverse_of=sample_id)

    def _triplet(self, step: _Step, sample_id: str) -> Triplet:
        seen, outcome, edit = step.seen, step.outcome, step.outcome.edit
        scene = self._simulator.scenes.parse(seen.view.state.scene_id)
        instruction = instruct(edit, step.rng)
        triplet = Triplet(
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
            seed=step.seed,
            recipe=f"{self._settings.recipe}-{self._settings.fingerprint}",
            generator_version=__version__,
        )
        return replace(triplet, difficulty=difficulty(triplet))


def _wanted(quotas: Mapping[str, int], counts: Counter[str]) -> dict[str, int]:
    """How many samples of each operation are still wanted, where any are."""
    return {operation: quota - counts[operation] for operation, quota in quotas.items() if counts[operation] < quota}


def _operation(step: _Step) -> str:
    return step.outcome.edit.operation


def _mention(designation: Designation | None) -> Mention | None:
    if designation is None:
        return None
    return Mention(designation.object_id, designation.category, expression(designation))
