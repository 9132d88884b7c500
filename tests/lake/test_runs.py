from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gsi_ray import lake
from gsi_ray.lake.counts import accepted_counts
from gsi_ray.lake.stores import Store
from gsi_ray.lake.top_ups import add_round, read_rounds
from gsi_ray.sampling.shard_plan import Batch, ShardPlan
from tests.runs import record_run
from tests.triplets import make_triplets


def test_a_run_leaves_its_recipe_receipts_rejections_and_summary(lake_url: str) -> None:
    file = lake.WrittenShard("triplets/v1/split=train/environment=room/shard-ab-00000000.parquet", 3, 1234, "00ff")
    receipts = [
        lake.Receipt("shard-ab-00000001", "train", "room", "host:2", error="the simulator died three times"),
        lake.Receipt(
            "shard-ab-00000000",
            "train",
            "room",
            "host:1",
            file,
            accepted={"object_scaling": 1, "camera_movement": 2},
            rejected={("camera_movement", "collides"): 4, ("camera_movement", "hidden"): 1},
            seconds={"physics": 1.5, "rendering": 2.5},
        ),
        lake.Receipt("shard-ab-00000002", "val", "room", "host:1", rejected={("camera_movement", "collides"): 3}),
    ]
    record_run(lake_url, "demo-1", receipts, recipe_yaml="name: 演示\n", summary={"accepted": 3})

    done, failed, _ = lake.scan("receipts", lake_url).collect().to_dicts()
    assert done["run_id"] == "demo-1"
    assert (done["path"], done["rows"], done["bytes"], done["sha256"]) == (file.path, 3, 1234, "00ff")
    assert done["accepted"] == [
        {"operation": "camera_movement", "count": 2},
        {"operation": "object_scaling", "count": 1},
    ]
    assert done["seconds"] == [{"phase": "physics", "seconds": 1.5}, {"phase": "rendering", "seconds": 2.5}]
    assert failed["error"] == "the simulator died three times"
    assert failed["path"] is failed["rows"] is failed["sha256"] is None

    assert lake.scan("rejections", lake_url).collect().rows() == [
        ("demo-1", "room", "camera_movement", "collides", 7),
        ("demo-1", "room", "camera_movement", "hidden", 1),
    ]
    store = Store.open(lake_url)
    assert store.read("runs/demo-1/recipe.yaml").decode() == "name: 演示\n"
    assert json.loads(store.read("runs/demo-1/summary.json")) == {"accepted": 3}
    assert sorted(store.files("runs", "")) == [
        f"runs/demo-1/{name}" for name in ("receipts.parquet", "recipe.yaml", "rejections.parquet", "summary.json")
    ]


def test_a_run_that_is_killed_has_told_what_it_did_half_a_minute_before(lake_url: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("gsi_ray.lake.runs.PART_RECEIPTS", 2)
    record = lake.RunRecord(lake_url, "killed")
    record.begin("")
    for index in range(5):
        record.add(lake.Receipt(f"shard-ab-{index:08d}", "train", "room", "host:1"))

    assert lake.scan("receipts", lake_url).select("shard").collect()["shard"].to_list() == [
        f"shard-ab-{index:08d}" for index in range(4)
    ]


def test_what_shards_hold_is_told_by_receipts_and_without_them_by_the_shards(lake_url: str) -> None:
    triplets = make_triplets()
    plans = [
        ShardPlan(index, f"shard-ab-{index:08d}", "room", "train", {}, first_scene=0, scene_limit=1)
        for index in range(3)
    ]
    files = [
        lake.write_shard(triplets[:index], lake_url, plans[index].name, split="train", environment="room")
        for index in range(3)
    ]
    without_samples = lake.Receipt(plans[0].name, "train", "room", "host:1", files[0])
    told = lake.Receipt(plans[1].name, "train", "room", "host:1", files[1], accepted={"spatial_removal": 7})
    record_run(lake_url, "first", [without_samples, told])
    record_run(lake_url, "again", [told])

    counts = accepted_counts(lake_url, "ab", plans)

    expected = Counter(triplet.operation for triplet in triplets[:2])
    assert sorted(counts.select("shard", "operation", "count").rows()) == sorted(
        [(1, "spatial_removal", 7), *((2, operation, count) for operation, count in expected.items())]
    )


def test_a_round_of_top_ups_is_what_the_first_who_plans_it_says(lake_url: str) -> None:
    planned = [Batch("room", "val", {"camera_movement": 3}, 2)]
    assert add_round(lake_url, "demo-ab", 1, planned) == tuple(planned)
    assert add_round(lake_url, "demo-ab", 1, [Batch("room", "val", {"camera_movement": 9}, 9)]) == tuple(planned)
    assert read_rounds(lake_url, "demo-ab") == [tuple(planned)]
    assert read_rounds(lake_url, "other-ab") == []


def test_a_damaged_shard_that_no_receipt_tells_of_is_named(tmp_path: Path) -> None:
    plan = ShardPlan(0, "shard-ab-00000000", "room", "train", {}, first_scene=0, scene_limit=1)
    file = lake.write_shard(make_triplets(), str(tmp_path), plan.name, split="train", environment="room")
    (tmp_path / file.path).write_bytes(b"PAR1 and no more")

    with pytest.raises(lake.DamagedShard, match="shard-ab-00000000"):
        accepted_counts(str(tmp_path), "ab", [plan])
