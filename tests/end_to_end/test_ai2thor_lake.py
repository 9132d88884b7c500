"""A lake made in AI2-THOR's houses, by its real client and the player that stands in, is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from gsi_ray.lake import scan
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import load_recipe, revised, with_samples
from tests.end_to_end import truth

OPERATIONS = {
    "camera_movement",
    "object_placement",
    "object_rotation",
    "receptacle_placement",
    "perspective_control",
    "spatial_removal",
}


@pytest.fixture(scope="module")
def lake(ray_here: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the recipes of rooms and bathrooms ask for, nine of each, in one recipe."""
    lake = tmp_path_factory.mktemp("ai2thor-lake")
    room, bathroom = load_recipe("gsi-syn-room"), load_recipe("gsi-syn-bathroom")
    both = revised(
        room, cells=[*room.cells, *bathroom.cells], simulator="ai2thor", image_size=128, samples_per_shard=27
    )
    generate(with_samples(both, 9), str(lake))
    return lake


def test_a_hundred_samples_of_six_operations_are_true(lake: Path) -> None:
    report = truth.examine_lake(lake)
    assert report.looked_at["rows_can_be_read"] >= 100
    assert report.violations == [], truth.describe(report, examples=5)


def test_every_operation_is_there_in_houses_of_both_kinds_that_are_for_tests(lake: Path) -> None:
    samples = scan("triplets", str(lake)).select("simulator", "environment", "operation", "split", "scene_id").collect()
    assert set(samples["simulator"]) == {"ai2thor"}
    assert set(samples["split"]) == {"test"}
    for environment, houses in (
        ("room", "FloorPlan(2[6-9]|30|22[6-9]|230|32[6-9]|330)"),
        ("bathroom", "FloorPlan4(2[6-9]|30)"),
    ):
        there = samples.filter(environment=environment)
        assert set(there["operation"]) == OPERATIONS
        assert there["scene_id"].str.contains(f"^{houses}-[0-9]{{6}}$").all()
