from __future__ import annotations

from dataclasses import replace

import pytest

from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.scenes.scene import Scene
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.simulators.protocol import ActionRejected
from gsi_ray.viewpoints import VIEW_SETTINGS

VIEWS = {"tabletop": replace(VIEW_SETTINGS["tabletop"], views=1)}
SETTINGS = SamplingSettings("test", "0123456789ab", 128, VIEWS)
PLAN = ShardPlan(0, "shard-0123456789ab-00000000", "tabletop", "val", {"perspective_control": 1}, 0, 2)


class Unsteady(MujocoSimulator):
    """A simulator in which some scenes never come to rest."""

    def __init__(self, unsteady: tuple[str, ...]) -> None:
        super().__init__()
        self.unsteady = unsteady

    def load(self, scene: Scene) -> None:
        if scene.scene_id in self.unsteady:
            raise ActionRejected("it never comes to rest")
        super().load(scene)


@pytest.mark.parametrize(
    ("unsteady", "scenes"),
    [((), ["tabletop-val-000000"]), (("tabletop-val-000000",), ["tabletop-val-000001"])],
)
def test_a_scene_that_does_not_come_to_rest_is_counted_and_the_next_one_taken(
    unsteady: tuple[str, ...], scenes: list[str]
) -> None:
    simulator = Unsteady(unsteady)
    samples = Sampler(simulator, SETTINGS).sample_shard(PLAN)
    simulator.close()

    assert [sample.scene_id for sample in samples.triplets] == scenes
    assert samples.rejected["perspective_control", Rejection.ACTION_REFUSED.value] == len(unsteady)


def test_a_shard_whose_scenes_give_too_little_is_short() -> None:
    simulator = Unsteady(("tabletop-val-000000", "tabletop-val-000001"))
    samples = Sampler(simulator, SETTINGS).sample_shard(PLAN)
    simulator.close()

    assert samples.triplets == []
    assert samples.accepted["perspective_control"] == 0
