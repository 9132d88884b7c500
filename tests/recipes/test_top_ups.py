"""How further shards make up for what the planned ones did not give."""

from __future__ import annotations

from collections import Counter

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.recipes import Recipe, shards
from gsi_ray.recipes.top_ups import Cell, asked, is_exhausted, lacking, next_round, yields
from gsi_ray.sampling.shard_plan import Batch

RECIPE = Recipe.model_validate(
    {
        "name": "scarce",
        "description": "",
        "samples_per_shard": 30,
        "cells": [
            {
                "environment": environment,
                "split": "val",
                "operations": ["camera_movement", "object_rotation"],
                "samples_per_operation": 100,
            }
            for environment in ("room", "tabletop")
        ],
    }
)
MOVES: Cell = ("room", "val", "camera_movement")


def outcome(rounds: list[tuple[Batch, ...]], most_per_shard: dict[Cell, int]) -> pl.DataFrame:
    """What the shards of some rounds give, if a shard finds no more than so many samples of a cell."""
    rows = [
        (plan.index, plan.environment, plan.split, operation, min(quota, most_per_shard.get(cell, quota)))
        for plan in shards(RECIPE, [batch for batches in rounds for batch in batches])
        for operation, quota in plan.quotas.items()
        for cell in [(plan.environment, plan.split, operation)]
    ]
    return pl.DataFrame(rows, ["shard", "environment", "split", "operation", "count"], orient="row")


def filled(most_per_shard: dict[Cell, int], rejected: dict[Cell, int]) -> tuple[list[tuple[Batch, ...]], Counter[Cell]]:
    """Round after round until no more is planned; returns the rounds, and what all shards together give."""
    rounds: list[tuple[Batch, ...]] = []
    while True:
        given_so_far = yields([shards(RECIPE).batches, *rounds], outcome(rounds, most_per_shard))
        batches = next_round(RECIPE, given_so_far, rejected)
        if not batches:
            total: Counter[Cell] = Counter()
            for one in given_so_far:
                total.update(one.accepted)
            return rounds, total
        rounds.append(batches)


def test_nothing_is_planned_when_every_cell_is_full() -> None:
    assert filled({}, {}) == ([], Counter(asked(RECIPE)))


@given(
    most=st.dictionaries(st.sampled_from(list(asked(RECIPE))), st.integers(1, 8)),
    rejected=st.dictionaries(st.sampled_from(list(asked(RECIPE))), st.integers(0, 40)),
)
def test_cells_that_give_anything_are_filled_to_the_sample(most: dict[Cell, int], rejected: dict[Cell, int]) -> None:
    rounds, total = filled(most, rejected)

    assert total == {cell: count + rejected.get(cell, 0) for cell, count in asked(RECIPE).items()}
    assert len(rounds) <= 2


def test_a_cell_that_gives_nothing_is_tried_for_one_more_round_and_then_left_while_others_are_filled() -> None:
    rounds, total = filled({MOVES: 0, ("tabletop", "val", "object_rotation"): 1}, {})

    asked_for_moves = [number for number, batches in enumerate(rounds) if _asks_for(batches, MOVES)]
    assert asked_for_moves == [0]
    assert total[MOVES] == 0
    assert all(total[cell] == count for cell, count in asked(RECIPE).items() if cell != MOVES)


def test_what_an_exhausted_cell_lacks_is_told() -> None:
    rounds, _ = filled({MOVES: 0}, {})
    given_so_far = yields([shards(RECIPE).batches, *rounds], outcome(rounds, {MOVES: 0}))

    assert is_exhausted(MOVES, given_so_far)
    assert lacking(RECIPE, given_so_far, {}) == {MOVES: 100}


def test_further_shards_have_names_and_scenes_of_their_own() -> None:
    rounds, _ = filled({MOVES: 3}, {})
    plans = shards(RECIPE, [batch for batches in rounds for batch in batches])
    own = shards(RECIPE)

    assert list(plans[: len(own)]) == list(own)
    assert len(plans) > len(own)
    scenes = [(plan.environment, number) for plan in plans for number in range(plan.first_scene, plan.first_scene + 40)]
    assert len(set(scenes)) == len(scenes)
    assert [plan.index for plan in plans] == list(range(len(plans)))


def _asks_for(batches: tuple[Batch, ...], cell: Cell) -> bool:
    environment, split, operation = cell
    return any(
        (batch.environment, batch.split) == (environment, split) and operation in batch.counts for batch in batches
    )
