"""Listings at the size of a billion samples, of the simulated store of the benchmark."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.listing import KEYS_PER_PAGE, SAMPLES, folders, listed
from gsi_ray.lake.shards import LISTED_SHARDS

EVERYTHING = range(max(span.stop for span in folders().values()))
BLOCKS = math.ceil(len(EVERYTHING) / LISTED_SHARDS)


def test_a_billion_samples_are_eight_million_shards_in_two_folders() -> None:
    assert len(EVERYTHING) == math.ceil(SAMPLES / 120)
    assert len(folders()) == 2


def test_a_finished_recipe_is_listed_in_full_pages_and_one_empty_page_for_a_block_that_lies_elsewhere() -> None:
    store, found = listed(EVERYTHING, EVERYTHING)
    assert found.all()
    assert store.requests.total() - store.empty <= math.ceil(len(EVERYTHING) / KEYS_PER_PAGE) + 1
    assert store.empty == BLOCKS - 1  # one block has shards of both folders
    assert store.largest == LISTED_SHARDS  # and no more than eight such listings are held in memory


def test_a_run_that_goes_on_finds_what_is_missing() -> None:
    part = range(1_234_567, 1_334_567)
    _, found = listed(part, EVERYTHING, gaps=3)
    np.testing.assert_array_equal(found, np.array(part) % 1000 >= 3)


def test_a_cluster_asks_for_its_own_part_only() -> None:
    part = range(len(EVERYTHING) // 10)
    store, found = listed(part, EVERYTHING)
    assert found.all() and len(found) == len(part)
    assert store.requests.total() <= 1.12 * len(part) / KEYS_PER_PAGE
    store, found = listed(range(777_777, 777_877), EVERYTHING)
    assert found.all() and store.requests.total() == 4  # two blocks of a hundred, in two folders


def test_the_beginning_of_a_recipe_costs_one_request_for_each_block_and_folder() -> None:
    store, found = listed(EVERYTHING, range(0))
    assert not found.any()
    assert store.requests.total() == BLOCKS * len(folders())
