"""What the lakes that are exported in these tests hold, and exports without a data card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gsi_ray.lake import ShardName
from gsi_ray.lake.exports import Export, Selection, format_named
from gsi_ray.sampling.triplet import Triplet
from tests import judgements
from tests.toy_triplets import toy_triplets
from tests.triplets import make_frame, make_triplet

CHAIN = "c" * 32


def numbered(triplets: Sequence[Triplet], shard: int, split: str, environment: str) -> list[Triplet]:
    """The same samples in another place, under other names."""
    return [
        replace(
            triplet,
            sample_id=f"{shard:04x}{triplet.sample_id[4:]}",
            split=split,
            environment=environment,
            scene_id=f"{environment}-{split}-{shard:06d}",
            recipe="toy-abc",
        )
        for triplet in triplets
    ]


def chain_of_three() -> list[Triplet]:
    """Three edits in a row, listed in another order than they were made in."""
    rng = np.random.default_rng(5)
    frames = [make_frame(rng) for _ in range(4)]
    steps = [
        replace(
            make_triplet(rng, frames[step]),
            after=frames[step + 1],
            inverse_of=None,
            chain_id=CHAIN,
            chain_step=step + 1,
        )
        for step in range(3)
    ]
    return [steps[1], steps[0], steps[2]]


def _single() -> Triplet:
    return replace(make_triplet(np.random.default_rng(6)), chain_id=None, chain_step=None)


SHARDS: dict[int, list[Triplet]] = {
    0: numbered(toy_triplets()[:5], 0, "train", "tabletop"),
    1: numbered(toy_triplets()[5:], 1, "train", "tabletop"),
    2: numbered([*chain_of_three(), _single()], 2, "train", "room"),
    3: numbered(toy_triplets(), 3, "test", "tabletop"),
}
"""What the lake holds."""


def judge(
    lake: str, verdicts: dict[str, bool | None], shard: int, *, editor: str | None = None, rubric: str = "quality"
) -> None:
    """Let a judge accept or reject samples of a shard, or fail to."""
    rows = [judgements.verdict(sample_id, accept, editor) for sample_id, accept in verdicts.items()]
    judgements.judge(lake, str(ShardName("abc", shard)), rows, rubric=rubric)


def by_id(*shards: int) -> dict[str, Triplet]:
    """The samples of some shards."""
    return {triplet.sample_id: triplet for shard in shards for triplet in SHARDS[shard]}


def export(lake: str, to: str, out: object, **selection: object) -> Export:
    """A finished export without a data card."""
    job = Export(lake, format_named(to), str(out), Selection(**selection))  # type: ignore[arg-type]
    job.write(lambda samples, size: None)
    job.publish({})
    return job
