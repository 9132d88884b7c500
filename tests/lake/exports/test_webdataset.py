from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
import webdataset
import yaml

from gsi_ray.lake.exports import Export, Selection, format_named
from gsi_ray.lake.images import encode_depth, encode_instances, encode_rgb
from tests.lake.exports.exporting import SHARDS, by_id, export


def _samples(folder: Path, split: str) -> list[dict[str, Any]]:
    shards = sorted(str(path) for path in (folder / split).glob("*.tar"))
    return list(webdataset.WebDataset(shards, shardshuffle=False, empty_check=False))


def test_webdataset_finds_every_sample_with_the_very_files_of_the_lake(lake: str, tmp_path: Path) -> None:
    export(lake, "webdataset", tmp_path / "out")
    found = {sample["__key__"]: sample for sample in _samples(tmp_path / "out", "train")}
    assert set(found) == set(by_id(0, 1, 2))
    for sample_id, triplet in by_id(0, 1, 2).items():
        files = found[sample_id]
        assert files["before.png"] == encode_rgb(triplet.before.rgb)
        assert files["after.png"] == encode_rgb(triplet.after.rgb)
        assert files["after.depth.png"] == encode_depth(triplet.after.depth)
        assert files["before.instances.png"] == encode_instances(triplet.before.instances)
        facts = json.loads(files["json"])
        assert facts["instruction"] == triplet.instruction
        assert facts["objects_before"][1]["center"] == triplet.before.objects[1].box.center.tolist()
        assert facts["inverse_of"] == triplet.inverse_of


def test_pictures_decode_as_the_data_card_says(lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = export(lake, "webdataset", tmp_path / "out", splits=("test",))
    (code,) = re.findall(r"```python\n(.*?)```", job.form.usage(job.finished, job.target.location), re.DOTALL)
    monkeypatch.chdir(tmp_path / "out")
    names: dict[str, Any] = {}
    exec(compile(code, "README.md", "exec"), names)
    sample, triplet = next(iter(names["data"])), SHARDS[3][0]
    np.testing.assert_array_equal(np.asarray(sample["before.png"]), triplet.before.rgb)
    np.testing.assert_array_equal(sample["before.instances.png"], triplet.before.instances)
    np.testing.assert_allclose(sample["after.depth.png"] / 1000, triplet.after.depth, atol=0.0005001)


def test_the_sizes_of_the_shards_are_listed(lake: str, tmp_path: Path) -> None:
    export(lake, "webdataset", tmp_path / "out")
    sizes = json.loads((tmp_path / "out" / "train" / "sizes.json").read_text())
    assert sizes == {"shard-000000.tar": len(by_id(0, 1, 2))}


def test_the_same_samples_are_the_same_bytes(lake: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        export(lake, "webdataset", tmp_path / name)
    one, two = (tmp_path / name / "train" / "shard-000000.tar" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_the_hub_reads_the_tar_files_too(lake: str, tmp_path: Path) -> None:
    job = Export(lake, format_named("webdataset"), str(tmp_path / "out"), Selection(environments=("room",)))
    job.write(lambda samples, size: None)
    head = yaml.safe_dump(job.form.front_matter(job.finished), sort_keys=False)
    job.publish({"README.md": f"---\n{head}---\n".encode()})
    loaded = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert set(loaded["__key__"]) == set(by_id(2))
    triplet = by_id(2)[loaded[0]["__key__"]]
    assert loaded[0]["json"]["instruction"] == triplet.instruction
    np.testing.assert_array_equal(np.asarray(loaded[0]["after.instances.png"]), triplet.after.instances)
