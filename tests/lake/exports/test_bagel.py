"""The files as the official trainer reads them, by the layout that it documents and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from gsi_ray.lake.images import encode_rgb
from tests.lake.exports.exporting import SHARDS, by_id, chain_of_three, export, judge

Row = dict[str, Any]


def _rows(folder: Path, split: str) -> list[Row]:
    """Files by the listing of the data folder, row groups by their number under the very path, rows through pandas."""
    info = json.loads((folder / "parquet_info" / f"{split}.json").read_text())
    data_dir = str(folder / split)
    rows: list[Row] = []
    for name in os.listdir(data_dir):
        path = os.path.join(data_dir, name)
        file = pq.ParquetFile(path)
        assert info[path]["num_row_groups"] == file.num_row_groups
        for group in range(info[path]["num_row_groups"]):
            rows += [row.to_dict() for _, row in file.read_row_group(group).to_pandas().iterrows()]
    return rows


def test_every_edit_is_two_images_and_a_list_of_wordings(lake: str, tmp_path: Path) -> None:
    export(lake, "bagel", tmp_path / "out")
    rows = _rows(tmp_path / "out", "test")
    assert len(rows) == len(SHARDS[3])
    for row, triplet in zip(rows, SHARDS[3], strict=True):
        assert set(row) == {"image_list", "instruction_list"}
        assert list(row["image_list"]) == [encode_rgb(triplet.before.rgb), encode_rgb(triplet.after.rgb)]
        assert [list(wordings) for wordings in row["instruction_list"]] == [[triplet.instruction]]


def test_a_chain_of_edits_is_one_row_in_the_order_of_its_steps(lake: str, tmp_path: Path) -> None:
    export(lake, "bagel", tmp_path / "out", environments=("room",))
    single, chain = _rows(tmp_path / "out", "train")
    assert len(single["image_list"]) == 2
    steps = sorted(chain_of_three(), key=lambda step: step.chain_step or 0)
    states = [steps[0].before, *(step.after for step in steps)]
    assert list(chain["image_list"]) == [encode_rgb(state.rgb) for state in states]
    assert len(chain["instruction_list"]) == 3


def test_a_chain_breaks_where_a_step_is_left_out(lake: str, tmp_path: Path) -> None:
    second = next(sample for sample in by_id(2).values() if sample.chain_step == 2)
    judge(lake, {second.sample_id: False}, shard=2)
    export(lake, "bagel", tmp_path / "out", environments=("room",))
    assert [len(row["image_list"]) for row in _rows(tmp_path / "out", "train")] == [2, 2, 2]


def test_there_are_row_groups_for_many_workers(lake: str, tmp_path: Path) -> None:
    export(lake, "bagel", tmp_path / "out")
    file = pq.ParquetFile(tmp_path / "out" / "train" / "edits-00000.parquet")
    assert max(file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)) <= 16
