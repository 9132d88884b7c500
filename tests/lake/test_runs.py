from __future__ import annotations

import json

from gsi_ray import lake
from gsi_ray.lake.stores import Store


def test_a_run_leaves_its_recipe_receipts_rejections_and_summary(lake_url: str) -> None:
    file = lake.WrittenShard("triplets/v1/split=train/environment=room/shard-ab-00000.parquet", 3, 1234, "00ff")
    receipts = [
        lake.Receipt("shard-ab-00001", "train", "room", "host:2", error="the simulator died three times"),
        lake.Receipt(
            "shard-ab-00000",
            "train",
            "room",
            "host:1",
            file,
            accepted={"object_scaling": 1, "camera_movement": 2},
            rejected={("camera_movement", "collides"): 4, ("camera_movement", "hidden"): 1},
            seconds={"physics": 1.5, "rendering": 2.5},
        ),
        lake.Receipt("shard-ab-00002", "val", "room", "host:1", rejected={("camera_movement", "collides"): 3}),
    ]
    lake.write_run(lake_url, "demo-1", recipe_yaml="name: 演示\n", receipts=receipts, summary={"accepted": 3})

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
