"""Chains of edits and inverse edits, as a shard gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from numpy.typing import NDArray

from gsi_ray.lake.rows import rows_of
from gsi_ray.language import wordings
from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.edits import Edit
from gsi_ray.operations.perspective_control import PerspectiveControl
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.sampling.chains import ChainId
from gsi_ray.sampling.sampler import Sampler, ShardSamples
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.viewpoints import VIEW_SETTINGS

Array = NDArray[np.float64]

VIEWS = {"tabletop": replace(VIEW_SETTINGS["tabletop"], views=3)}
SINGLES = SamplingSettings("test", "0123456789ab", 128, VIEWS)
CHAINS = replace(SINGLES, chain_length=3)
INVERSES = replace(SINGLES, inverses=True)


def sampled(simulator: Simulator, settings: SamplingSettings, quotas: Mapping[str, int]) -> ShardSamples:
    plan = ShardPlan(0, "shard-0123456789ab-00000000", "tabletop", "val", quotas, 0, 1)
    return Sampler(simulator, settings).sample_shard(plan)


QUOTAS = {"camera_movement": 2, "object_rotation": 1, "perspective_control": 2, "object_scaling": 2}


@pytest.fixture(scope="module")
def chained(simulator: Simulator) -> ShardSamples:
    """Two whole chains, and one place left over."""
    return sampled(simulator, CHAINS, QUOTAS)


@pytest.fixture(scope="module")
def inverted(simulator: Simulator) -> ShardSamples:
    return sampled(simulator, INVERSES, {"camera_movement": 3, "spatial_removal": 1, "perspective_control": 2})


class TurnOnce(PerspectiveControl):
    """Turns the camera, but not a second time."""

    name = "turn_once"
    code = "TO"

    def __init__(self) -> None:
        self.directions: dict[tuple[float, ...], Array] = {}

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        place = tuple(view.camera.position.round(6).tolist())
        first = self.directions.setdefault(place, view.camera.forward)
        if np.allclose(first, view.camera.forward):
            turns = (one for one in super().candidates(view, rng) if isinstance(one, Edit))
            yield from (one for one in turns if one.parameters.axis == "yaw")


@pytest.fixture
def turn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, "turn_once", TurnOnce())
    monkeypatch.setitem(wordings.ENGLISH, "turn_once", ("Turn the camera {yaw} by {angle}.",))


def test_a_chain_id_tells_the_operations_in_order() -> None:
    chain = ChainId("ab" * 16, ("camera_movement", "object_rotation", "perspective_control"))
    assert str(chain) == "ab" * 16 + "-CM-OR-PC"
    assert ChainId.parse(str(chain)) == chain


def test_every_edit_of_a_chain_starts_where_the_one_before_it_ended(chained: ShardSamples) -> None:
    chains = [list(steps) for chain_id, steps in groupby(chained.triplets, lambda one: one.chain_id) if chain_id]
    assert [len(steps) for steps in chains] == [3, 3]
    for steps in chains:
        assert [step.chain_step for step in steps] == [1, 2, 3]
        assert ChainId.parse(steps[0].chain_id or "").operations == tuple(step.operation for step in steps)
        assert steps[0].after is steps[1].before
        assert steps[1].after is steps[2].before
        assert len({step.operation for step in steps}) == 3


def test_chains_fill_every_quota_and_no_more(chained: ShardSamples) -> None:
    assert dict(chained.accepted) == QUOTAS
    assert Counter(sample.operation for sample in chained.triplets) == QUOTAS


def test_the_last_place_of_a_shard_is_taken_by_a_sample_of_its_own(chained: ShardSamples) -> None:
    last = chained.triplets[-1]
    assert (last.chain_id, last.chain_step) == (None, None)
    assert [sample for sample in chained.triplets if sample.chain_id is None] == [last]


def test_an_inverse_follows_what_it_takes_back_as_long_as_there_are_places(inverted: ShardSamples) -> None:
    assert dict(inverted.accepted) == {"camera_movement": 3, "spatial_removal": 1, "perspective_control": 2}
    by_id = {sample.sample_id: sample for sample in inverted.triplets}
    assert len(by_id) == 6
    inverses = [sample for sample in inverted.triplets if sample.inverse_of]
    assert Counter(sample.operation for sample in inverses) == {"camera_movement": 1, "perspective_control": 1}
    for sample in inverses:
        forward = by_id[sample.inverse_of or ""]
        assert sample.before is forward.after
        assert sample.after is forward.before
        assert sample.instruction != forward.instruction


def test_every_sample_of_a_chain_or_inverse_is_made_again_from_its_own_record(
    simulator: Simulator, chained: ShardSamples, inverted: ShardSamples
) -> None:
    *_, last_step, alone = chained.triplets
    inverse = next(sample for sample in inverted.triplets if sample.inverse_of)
    for settings, sample in ((CHAINS, last_step), (CHAINS, alone), (INVERSES, inverse)):
        assert rows_of([Sampler(simulator, settings).replay(sample)]) == rows_of([sample])


def test_a_chain_that_breaks_after_one_edit_is_given_up(simulator: Simulator, turn_once: None) -> None:
    samples = sampled(simulator, CHAINS, {"turn_once": 3})
    assert samples.triplets == []
    assert samples.rejected["turn_once", Rejection.CHAIN_BROKEN.value] == 3


def test_a_chain_that_breaks_later_is_kept_as_far_as_it_goes(simulator: Simulator, turn_once: None) -> None:
    samples = sampled(simulator, CHAINS, {"turn_once": 1, "camera_movement": 1})
    assert sorted(sample.operation for sample in samples.triplets) == ["camera_movement", "turn_once"]
    assert {sample.chain_step for sample in samples.triplets} == {1, 2}
