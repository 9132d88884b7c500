"""Which samples count: those that a gate has passed, or those that no judge has rejected."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gsi_ray import lake
from gsi_ray.lake.counts import judged_counts
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.triplet import Triplet
from tests.judgements import judge, verdict
from tests.triplets import make_triplets

TRIPLETS = make_triplets()
IDS = [triplet.sample_id for triplet in TRIPLETS]
GATE = lake.Gate("strict", "quality")
PLANS = [
    ShardPlan(index, f"shard-ab-{index:08d}", "tabletop", "train", {}, first_scene=0, scene_limit=1)
    for index in range(2)
]


@pytest.fixture
def unjudged_lake(lake_url: str) -> str:
    """Three samples in each of two shards."""
    for plan, samples in zip(PLANS, (TRIPLETS[:3], TRIPLETS[3:]), strict=True):
        lake.write_shard(samples, lake_url, plan.name, split="train", environment="tabletop")
    return lake_url


@pytest.fixture
def judged_lake(unjudged_lake: str) -> str:
    """The gate accepts the first, rejects the second, has an error for the third and nothing for those of shard 1."""
    said = [verdict(IDS[0], True), verdict(IDS[1], False), verdict(IDS[2], None)]
    of_edits = [verdict(IDS[0], False, "copy"), verdict(IDS[1], True, "copy"), verdict(IDS[2], True, "copy")]
    judge(unjudged_lake, PLANS[0].name, [*said, *of_edits])
    judge(unjudged_lake, PLANS[0].name, [verdict(IDS[0], False), verdict(IDS[1], True)], rubric="quality-2")
    judge(unjudged_lake, PLANS[1].name, [verdict(IDS[3], False), verdict(IDS[4], True)], judge="mild")
    return unjudged_lake


def _ids(url: str, **gate: str) -> list[str]:
    return sorted(lake.accepted(url, **gate).select("sample_id").collect()["sample_id"])


def test_a_gate_passes_what_its_judge_accepts_by_its_rubric_whatever_others_say(judged_lake: str) -> None:
    assert _ids(judged_lake, judge="strict", rubric="quality") == [IDS[0]]


def test_without_a_gate_any_judge_may_reject_and_what_nobody_has_judged_stays(judged_lake: str) -> None:
    assert _ids(judged_lake) == sorted([IDS[2], IDS[4], IDS[5]])


def test_without_judgements_every_sample_is_accepted(unjudged_lake: str) -> None:
    assert _ids(unjudged_lake) == sorted(IDS)


def test_accepted_samples_come_as_they_are_stored(judged_lake: str) -> None:
    stored = lake.scan("triplets", judged_lake).filter(sample_id=IDS[0]).collect()
    assert lake.accepted(judged_lake, judge="strict", rubric="quality").collect().equals(stored)


@pytest.mark.parametrize(
    ("judge", "rubric", "sentence"),
    [
        ("strict", "qualty", r'no judgements by "strict \(qualty\)" \(did you mean "strict \(quality\)"\?\)'),
        ("nobody", "at-all", r'"nobody \(at-all\)": .* mild \(quality\), strict \(quality\), strict \(quality-2\)\.$'),
    ],
)
def test_a_gate_that_has_judged_nothing_is_answered_with_those_that_have(
    judged_lake: str, judge: str, rubric: str, sentence: str
) -> None:
    with pytest.raises(lake.GateError, match=sentence):
        lake.accepted(judged_lake, judge=judge, rubric=rubric)


def test_a_gate_to_a_lake_that_nobody_has_judged_is_answered_with_the_command_that_does(unjudged_lake: str) -> None:
    with pytest.raises(lake.GateError, match="none yet, 'gsi-ray judge' makes some"):
        lake.accepted(unjudged_lake, judge="strict", rubric="quality")


@pytest.mark.parametrize("half", [{"judge": "strict"}, {"rubric": "quality"}])
def test_half_a_gate_is_refused(judged_lake: str, half: dict[str, str]) -> None:
    with pytest.raises(lake.GateError, match="give both, or neither"):
        lake.accepted(judged_lake, **half)


def _rejected(counted: Sequence[Triplet]) -> dict[tuple[str, str, str], int]:
    return {("tabletop", "train", triplet.operation): 1 for triplet in counted}


def test_what_a_gate_has_passed_and_rejected_is_counted(judged_lake: str) -> None:
    judged = judged_counts(judged_lake, "ab", PLANS, GATE)
    assert (judged.rejected, judged.passed) == (_rejected([TRIPLETS[1]]), 1)


def test_what_any_judge_has_rejected_is_counted_once(judged_lake: str) -> None:
    judged = judged_counts(judged_lake, "ab", PLANS)
    assert judged.rejected == _rejected([TRIPLETS[0], TRIPLETS[1]]) | {("tabletop", "train", TRIPLETS[3].operation): 2}


def test_judgements_of_another_recipes_samples_are_not_counted(judged_lake: str) -> None:
    judged = judged_counts(judged_lake, "cd", PLANS, GATE)
    assert (judged.rejected, judged.passed) == ({}, 0)
