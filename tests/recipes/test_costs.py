from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.lake.paths import shard_prefixes
from gsi_ray.lake.shards import LISTED_SHARDS
from gsi_ray.recipes import Recipe, RecipeError, Shards, shipped_recipes
from gsi_ray.recipes.costs import Costs, _listing_pages, costs
from gsi_ray.recipes.rates import Rates, measured_rates
from gsi_ray.sampling.shard_plan import Batch


def rates(accepted_per_scene: float = 5.0, deviation: float = 0.0) -> Rates:
    """A scene costs 10 s, a view 1 s, and a try 1 s; a view's pictures 100 bytes, and so does a sample."""
    operation = {
        "attempt_seconds": 1.0,
        "sample_seconds": 0.0,
        "sample_bytes": 100.0,
    }
    found = {"accepted_per_scene": accepted_per_scene, "deviation": deviation}
    size = {
        "scene_seconds": 10.0,
        "view_seconds": 1.0,
        "stored_view_seconds": 0.0,
        "stored_view_bytes": 100.0,
        "operations": {"camera_movement": operation, "object_rotation": operation},
    }
    return Rates.model_validate(
        {
            "machine": "a machine",
            "date": "2026-01-01",
            "version": "1",
            "simulator": "mujoco",
            "views_per_scene": 5,
            "driver": {"shards_per_second": 10.0},
            "environments": {
                "room": {"found": {"camera_movement": found, "object_rotation": found}, "sizes": {"512": size}}
            },
        }
    )


def recipe(samples: int, **settings: Any) -> Recipe:
    cell = {
        "environment": "room",
        "split": "train",
        "operations": ["camera_movement", "object_rotation"],
        "samples_per_operation": samples,
    }
    return Recipe.model_validate(
        {"name": "planned", "description": "", "cells": [cell], "samples_per_shard": 100, **settings}
    )


def test_two_operations_share_the_scenes_and_the_pictures_before_of_their_views() -> None:
    planned = costs(recipe(50), rates())

    assert planned.scenes == 10
    assert planned.worker_seconds == 10 * 10 + 50 * 1 + 2 * 50 * 1
    assert planned.bytes == 50 * 100 + 100 * 100
    assert planned.samples == 100


def test_an_operation_that_seldom_works_out_needs_more_scenes() -> None:
    assert costs(recipe(50), rates(accepted_per_scene=2.5)).scenes == 20


def test_what_shards_lack_when_their_scenes_are_used_up_is_made_by_further_shards() -> None:
    planned = costs(recipe(500, scenes_per_shard=15), rates(accepted_per_scene=2.5))

    assert planned.shards == 10
    assert planned.samples == 1000
    assert planned.top_up_shards == 4  # 10 shards give 37 of 50, which leaves 125 to shards of as many


def test_scenes_that_give_now_more_and_now_less_call_for_some_further_shards() -> None:
    steady = costs(recipe(50_000, scenes_per_shard=21), rates(accepted_per_scene=2.5))
    varied = costs(recipe(50_000, scenes_per_shard=21), rates(accepted_per_scene=2.5, deviation=1.5))

    assert steady.top_up_shards == 0
    assert 0 < varied.top_up_shards < varied.shards / 5
    assert round(varied.samples) == 100_000


@pytest.mark.parametrize("samples", [10**4, 10**6, 5 * 10**8])
def test_ten_times_the_workers_take_a_tenth_of_the_time_until_the_driver_can_do_no_more(samples: int) -> None:
    planned = costs(recipe(samples), rates())

    assert planned.wall_seconds(10) == pytest.approx(planned.wall_seconds(1) / 10)
    assert planned.wall_seconds(10**9) == max(planned.shards / 10, planned.worker_seconds / planned.shards)


def test_a_small_file_is_one_request_and_a_large_one_goes_up_in_parts() -> None:
    small = costs(recipe(50), rates()).requests
    heavy = rates().model_dump()
    heavy["environments"]["room"]["sizes"][512]["stored_view_bytes"] = 1_000_000.0
    large = costs(recipe(50), Rates.model_validate(heavy)).requests

    assert (small.puts, small.parts) == (1, 0)
    assert (large.puts, large.parts) == (0, 5)  # 50 MB are three parts of 16 MiB, a beginning and an end


def test_gpu_hours_are_those_of_the_share_of_a_gpu_that_workers_hold() -> None:
    planned = costs(recipe(50, workers={"cpus": 2, "gpus": 0.25}), rates())

    assert planned.gpu_hours == pytest.approx(planned.worker_seconds / 3600 / 4)
    assert planned.core_hours == pytest.approx(planned.worker_seconds / 3600 * 2)


@given(st.lists(st.tuples(st.sampled_from(["room", "bathroom"]), st.integers(1, 30_000)), min_size=1, max_size=4))
def test_the_pages_of_a_listing_are_as_many_as_a_store_gives_block_by_block(sizes: list[tuple[str, int]]) -> None:
    everything = Shards(
        recipe(50), [Batch(place, "train", {"camera_movement": count}, count) for place, count in sizes]
    )

    indices: dict[str, list[int]] = {}
    for plan_start, (place, count) in zip(_starts(sizes), sizes, strict=True):
        indices.setdefault(place, []).extend(range(plan_start, plan_start + count))
    pages = 0
    for prefix in shard_prefixes("", range(len(everything)), LISTED_SHARDS):
        digits = prefix.removeprefix("shard--")
        block = 10 ** (8 - len(digits))
        for found in indices.values():
            keys = sum(index // block == int(digits) for index in found)
            pages += max(1, -(-keys // 1000))

    assert _listing_pages(everything) == pages


def _starts(sizes: list[tuple[str, int]]) -> list[int]:
    return [sum(count for _, count in sizes[:number]) for number in range(len(sizes))]


def test_a_plan_for_what_nobody_has_measured_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"How fast .*:Mine is has not been measured"):
        costs(recipe(50, simulator="package.module:Mine"), rates())
    with pytest.raises(RecipeError, match="How often camera_movement works out in a room"):
        costs(recipe(50), rates(accepted_per_scene=0.0))


def test_more_shards_than_names_are_refused() -> None:
    with pytest.raises(RecipeError, match="is divided into 200,000,000 shards"):
        costs(recipe(2 * 10**8, samples_per_shard=1), rates())


def test_the_rates_that_come_with_the_package_know_what_the_shipped_recipes_make() -> None:
    planned: list[Costs] = [costs(shipped, measured_rates()) for shipped in shipped_recipes()]

    assert [round(one.samples) for one in planned] == [shipped.samples for shipped in shipped_recipes()]


def test_rates_of_other_sizes_follow_the_number_of_pixels() -> None:
    known = rates().environments["room"]
    larger = known.sizes[512].model_copy(update={"view_seconds": 4.0})
    both = known.model_copy(update={"sizes": {**known.sizes, 1024: larger}})

    assert [both.at(size).view_seconds for size in (64, 512, 1024, 2048)] == [1.0, 1.0, 4.0, 16.0]
