"""How a recipe is divided into shards."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.recipes import Recipe, RecipeError, fingerprint, parse_span, revised, shards, shipped_recipes


def _recipe(counts: dict[str, int], samples_per_shard: int) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "planned",
            "description": "",
            "samples_per_shard": samples_per_shard,
            "scenes_per_shard": 1000,
            "cells": [
                {"environment": "room", "split": "val", "operations": [operation], "samples_per_operation": count}
                for operation, count in counts.items()
            ],
        }
    )


_counts = st.dictionaries(
    st.sampled_from(["camera_movement", "object_rotation", "spatial_removal"]), st.integers(1, 300), min_size=1
)


@given(counts=_counts, samples_per_shard=st.integers(1, 100))
def test_shards_together_hold_exactly_what_the_recipe_asks_for(counts: dict[str, int], samples_per_shard: int) -> None:
    plans = shards(_recipe(counts, samples_per_shard))
    total: Counter[str] = Counter()
    for plan in plans:
        total.update(plan.quotas)
    assert total == counts
    assert all(plan.samples > 0 for plan in plans)


@given(counts=_counts, samples_per_shard=st.integers(1, 100))
def test_every_shard_has_its_fair_share_of_every_operation(counts: dict[str, int], samples_per_shard: int) -> None:
    plans = shards(_recipe(counts, samples_per_shard))
    for operation in counts:
        quotas = [plan.quotas[operation] for plan in plans]
        assert max(quotas) - min(quotas) <= 1


@pytest.mark.parametrize("recipe", shipped_recipes(), ids=lambda recipe: recipe.name)
def test_no_two_shards_of_a_recipe_share_a_scene_or_a_name(recipe: Recipe) -> None:
    plans = shards(recipe)
    scenes = [
        (plan.environment, plan.split, number)
        for plan in plans
        for number in range(plan.first_scene, plan.first_scene + plan.scene_limit)
    ]
    assert len(set(scenes)) == len(scenes)
    assert [plan.name for plan in plans] == [f"shard-{fingerprint(recipe)}-{n:08d}" for n in range(len(plans))]
    assert sum(plan.samples for plan in plans) == recipe.samples


def test_a_shard_that_could_never_be_filled_is_refused() -> None:
    recipe = revised(_recipe({"camera_movement": 50}, 50), scenes_per_shard=2, views={"per_scene": 3})
    with pytest.raises(RecipeError, match="wants 50 of one operation in a shard, and the views of its scenes give 6"):
        shards(recipe)


def test_the_shards_of_a_thousand_million_samples_cost_nothing_until_they_are_asked_for() -> None:
    plans = shards(_recipe({"camera_movement": 10**9}, 120))

    assert len(plans) == 8_333_334
    assert plans.samples == 10**9
    assert plans[-1].name.endswith("-08333333")
    assert plans[-1].first_scene == 8_333_333 * 1000


@pytest.mark.parametrize("text", ["5", "0:", "-1:4", "a:b", "1:2:3"])
def test_what_is_no_range_of_shards_is_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="is no range of shards: write it as 0:50000"):
        parse_span(text)
