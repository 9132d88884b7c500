from __future__ import annotations

from pathlib import Path

import datasets
import numpy as np
import pytest
import yaml

from gsi_ray.lake.exports import Export, Selection, format_named
from gsi_ray.lake.images import encode_depth, encode_rgb
from tests.lake.exports.exporting import SHARDS, by_id


@pytest.fixture
def folder(lake: str, tmp_path: Path) -> Path:
    job = Export(lake, format_named("huggingface"), str(tmp_path / "out"), Selection())
    job.write(lambda samples, size: None)
    head = yaml.safe_dump(job.form.front_matter(job.finished), sort_keys=False)
    job.publish({"README.md": f"---\n{head}---\n".encode()})
    return tmp_path / "out"


def _load(folder: Path, configuration: str = "default") -> datasets.DatasetDict:
    return datasets.load_dataset(str(folder), configuration, cache_dir=str(folder.parent / "cache"))


def test_datasets_loads_every_sample_in_its_split(folder: Path) -> None:
    loaded = _load(folder)
    assert {split: set(rows["sample_id"]) for split, rows in loaded.items()} == {
        "train": set(by_id(0, 1, 2)),
        "test": set(by_id(3)),
    }


def test_every_environment_is_a_configuration(folder: Path) -> None:
    assert set(_load(folder, "room")) == {"train"}
    assert set(_load(folder, "tabletop")["train"]["sample_id"]) == set(by_id(0, 1))


def test_pictures_are_pictures_and_the_very_files_of_the_lake(folder: Path) -> None:
    loaded = _load(folder)["test"]
    first = SHARDS[3][0]
    np.testing.assert_array_equal(np.asarray(loaded[0]["image_after"]), first.after.rgb)
    files = loaded.cast_column("image_before", datasets.Image(decode=False))
    files = files.cast_column("depth_after", datasets.Image(decode=False))
    assert files[0]["image_before"]["bytes"] == encode_rgb(first.before.rgb)
    assert files[0]["depth_after"]["bytes"] == encode_depth(first.after.depth)


def test_numbers_and_words_are_those_of_the_lake(folder: Path) -> None:
    row, sample = _load(folder)["test"][1], SHARDS[3][1]
    assert row["instruction"] == sample.instruction
    assert row["instruction_zh"] == sample.instruction_zh
    assert row["parameters"]["distance_m"] == sample.parameters.distance_m
    assert row["objects_after"][2]["center"] == sample.after.objects[2].box.center.tolist()


def test_the_head_of_the_card_describes_the_columns_as_datasets_does(folder: Path) -> None:
    head = yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])
    described = datasets.Features._from_yaml_list(head["dataset_info"][0]["features"])
    assert (
        described
        == datasets.Dataset.from_parquet(
            str(folder / "data" / "room" / "train-00000.parquet"), cache_dir=str(folder.parent / "cache")
        ).features
    )


def test_datasets_refuses_an_export_that_lacks_a_file(folder: Path) -> None:
    (folder / "data" / "room" / "train-00000.parquet").unlink()
    with pytest.raises(datasets.exceptions.NonMatchingSplitsSizesError):
        _load(folder)
