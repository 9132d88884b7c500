"""What one shard is to hold, and where it looks for it."""

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
