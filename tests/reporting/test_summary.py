from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from gsi_ray.lake import Receipt, scan
from gsi_ray.reporting.summary import acceptance, rejections, run_summary
from tests.runs import record_run


@pytest.fixture
def lake(tmp_path: Path) -> str:
    def receipt(
        index: int, environment: str, accepted: dict[str, int], rejected: dict[tuple[str, str], int]
    ) -> Receipt:
        return Receipt(f"shard-abc-{index:08d}", "train", environment, "here", accepted=accepted, rejected=rejected)

    receipts = [
        receipt(0, "room", {"object_rotation": 3}, {("object_rotation", "hidden"): 1}),
        receipt(1, "room", {"object_rotation": 2}, {("object_rotation", "hidden"): 3, ("object_rotation", "moved"): 1}),
        receipt(2, "tabletop", {"camera_movement": 4}, {}),
        receipt(3, "tabletop", {}, {("spatial_removal", "ambiguous"): 7}),
    ]
    record_run(str(tmp_path), "first", receipts)
    record_run(str(tmp_path), "second", receipts[:1])
    return str(tmp_path)


def _receipts(lake: str) -> pl.DataFrame:
    return scan("receipts", lake).filter(run_id="first").collect()


def _printed(lake: str, run_id: str) -> str:
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(run_summary(lake, run_id))
    return console.export_text()


def test_acceptance_is_the_share_of_candidates_that_became_samples(lake: str) -> None:
    assert acceptance(_receipts(lake)).rows() == [
        ("room", "object_rotation", 5, 10, 0.5),
        ("tabletop", "camera_movement", 4, 4, 1.0),
        ("tabletop", "spatial_removal", 0, 7, 0.0),
    ]


def test_rejections_are_counted_by_name_the_most_frequent_first(lake: str) -> None:
    assert rejections(_receipts(lake)).rows() == [
        ("room", "object_rotation", "hidden", 4),
        ("room", "object_rotation", "moved", 1),
        ("tabletop", "spatial_removal", "ambiguous", 7),
    ]


def test_the_printed_summary_is_about_one_run(lake: str) -> None:
    text = _printed(lake, "first")
    assert "5 (50%)" in text
    assert "0 (0%)" in text
    assert "9 (43%)" in text
    assert "ambiguous" in text


def test_a_run_without_rejections_has_a_summary(lake: str) -> None:
    receipt = Receipt("shard-abc-00000009", "train", "room", "here", accepted={"camera_movement": 1})
    record_run(lake, "clean", [receipt])
    assert "1 (100%)" in _printed(lake, "clean")
