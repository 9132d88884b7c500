from __future__ import annotations

import re
from pathlib import Path

import pytest

from gsi_ray.lake import samples
from gsi_ray.language import wordings
from gsi_ray.operations import OPERATIONS
from gsi_ray.pipelines.shard_worker import ShardWorker
from gsi_ray.recipes import Recipe, shards

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"


def test_an_operation_written_by_the_documentation_makes_verified_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for registry in (OPERATIONS, wordings.ENGLISH, wordings.CHINESE):
        monkeypatch.setitem(registry, "half_turn", None)  # put back as they were after the test
    namespace: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, namespace)

    recipe = Recipe.model_validate(
        {
            "name": "extended",
            "description": "A recipe that asks for the new operation",
            "image_size": 256,
            "scenes_per_shard": 6,
            "cells": [
                {
                    "environment": "tabletop",
                    "split": "train",
                    "operations": ["half_turn"],
                    "samples_per_operation": 2,
                }
            ],
        }
    )
    receipt = ShardWorker(recipe, str(tmp_path)).make_shard(shards(recipe)[0])

    assert receipt.accepted == {"half_turn": 2}
    for sample in samples(str(tmp_path)):
        assert sample.target is not None
        assert re.fullmatch(rf"Turn the {sample.target.expression} round by 180 degrees\.", sample.instruction)
        before, after = (
            next(item.box for item in frame.objects if item.object_id == sample.target.object_id)
            for frame in (sample.before, sample.after)
        )
        assert after.rotation[:2, :2] == pytest.approx(-before.rotation[:2, :2], abs=0.02)
