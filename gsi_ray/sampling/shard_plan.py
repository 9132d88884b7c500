"""What shards are to hold, and where they look for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ShardPlan:
    """One shard: `quotas` accepted samples of each operation, out of the scenes numbered from `first_scene` on.

    Scene numbers count within an environment and split, and no two shards share one. Having gone through `scene_limit`
    scenes, a shard gives up and says so.
    """

    index: int
    name: str
    environment: str
    split: str
    quotas: Mapping[str, int]
    first_scene: int
    scene_limit: int

    @property
    def samples(self) -> int:
        """How many accepted samples it is to hold."""
        return sum(self.quotas.values())


@dataclass(frozen=True)
class Batch:
    """Shards in a row, all of one environment and split: `counts` samples of each operation, dealt out over `shards`.

    They are dealt as evenly as whole numbers allow.
    """

    environment: str
    split: str
    counts: Mapping[str, int]
    shards: int

    def quotas(self, number: int) -> dict[str, int]:
        """Samples of each operation in the shard with this number, from 0 on."""
        return {
            operation: count * (number + 1) // self.shards - count * number // self.shards
            for operation, count in self.counts.items()
        }
