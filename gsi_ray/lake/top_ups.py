"""Rounds of further shards, planned when those before them fell short. A round is written down once, before its first
shard is made, so that whoever goes on from there, after whatever happened, makes the very same shards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from gsi_ray.lake import paths
from gsi_ray.lake.stores import Store
from gsi_ray.sampling.shard_plan import Batch

Round = tuple[Batch, ...]


def read_rounds(lake: str, recipe: str) -> list[Round]:
    """The rounds of a recipe (its name and fingerprint), the earliest first. Raises `UnreadableLake`."""
    store = Store.open(lake)
    return [_round(store.read(key)) for key in store.files(paths.top_up_folder(recipe), ".json")]


def add_round(lake: str, recipe: str, number: int, batches: Sequence[Batch]) -> Round:
    """Write down a round, counted from 1; returns what stands there, should another run have been faster.

    Raises `UnwritableLake` or `UnreadableLake`.
    """
    content = json.dumps([asdict(batch) for batch in batches], indent=2) + "\n"
    return _round(Store.open(lake).publish_first(paths.top_up_file(recipe, number), content.encode()))


def _round(content: bytes) -> Round:
    return tuple(Batch(**batch) for batch in json.loads(content))
