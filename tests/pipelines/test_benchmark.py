"""From nothing to a report by one command, and its steps one by one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner, Result

from gsi_ray.cli import app
from gsi_ray.lake import scan

pytestmark = pytest.mark.usefixtures("ray_here")

TWO_MOVES = {
    "name": "two-moves",
    "description": "A thing that moves, and a camera that does",
    "image_size": 192,
    "samples_per_shard": 2,
    "scenes_per_shard": 4,
    "views": {"per_scene": 2},
    "cells": [
        {
            "environment": "tabletop",
            "split": "test",
            "operations": ["camera_movement", "perspective_control"],
            "samples_per_operation": 1,
        }
    ],
}


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, ray_here: None) -> tuple[Path, Result]:
    """A folder with a lake and a report, and what the command said."""
    folder = tmp_path_factory.mktemp("benchmark")
    (folder / "two-moves.yaml").write_text(yaml.safe_dump(TWO_MOVES))
    return folder, _benchmark(folder)


def _benchmark(folder: Path) -> Result:
    options = ("--lake", folder / "lake", "--out", folder / "report", "--recipe", folder / "two-moves.yaml")
    return _run("benchmark", *options, "--workers", 1)


def test_one_command_makes_samples_edits_scores_and_a_report(done: tuple[Path, Result]) -> None:
    folder, result = done
    assert result.exit_code == 0, result.output
    means = pl.read_csv(folder / "report" / "scores.csv").filter(operation="all", metric="average", protocol="exact")
    values = dict(means.select("editor", "mean").iter_rows())
    assert values["truth"] > 99.0
    assert values["identity"] == 0.0
    assert max(values, key=values.__getitem__) == "truth"
    assert 0.0 < values["shifted-5cm"] < values["truth"]
    assert "truth" in (folder / "report" / "index.html").read_text(encoding="utf-8")


def test_how_to_get_lpips_is_said_in_one_sentence(done: tuple[Path, Result]) -> None:
    _, result = done
    assert "Nothing is scored by gsi-bench" in result.output
    assert "https://download.pytorch.org/models/alexnet" in result.output.replace("\n", "")


def test_a_second_time_there_is_nothing_to_do(done: tuple[Path, Result]) -> None:
    folder, _ = done
    again = _benchmark(folder)
    assert again.exit_code == 0
    assert again.output.count("Nothing to do") == 3


def test_a_picture_of_the_edit_is_what_was_scored(done: tuple[Path, Result]) -> None:
    folder, _ = done
    found = scan("scores", str(folder / "lake")).filter(editor="shifted-5cm", operation="camera_movement").collect()
    assert found["position_error_m"].item() == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["edit", "--editor", "truht"], 'There is no editor "truht" (did you mean "truth"?)'),
        (["edit", "--editor", "shifted-0cm"], "shifted-0cm"),
        (["evaluate", "--protocol", "exakt"], '"protocols[0]" cannot be "exakt" (did you mean "exact"?)'),
        (["evaluate", "--detector", "orakle"], 'There is no detector "orakle" (did you mean "oracle"?)'),
        (["evaluate", "--editor", "nobody"], "has no edits by nobody"),
        (["evaluate", "--alexnet", "nowhere.pth"], "nowhere.pth"),
        (["evaluate", "--split", "val"], "no triplets of val"),
    ],
)
def test_a_wrong_name_ends_with_status_2_and_one_sentence(
    done: tuple[Path, Result], arguments: list[str], sentence: str
) -> None:
    result = _run(*arguments, "--lake", done[0] / "lake")
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_recipe_of_an_evaluation_with_a_misspelt_key_names_the_right_one(
    done: tuple[Path, Result], tmp_path: Path
) -> None:
    recipe = tmp_path / "evaluation.yaml"
    recipe.write_text("detectr: oracle\n")
    result = _run("evaluate", "--lake", done[0] / "lake", "--recipe", recipe)
    assert result.exit_code == 2
    assert 'no key "detectr" (did you mean "detector"?)' in result.stderr


class TestOfficialFolders:
    @pytest.fixture
    def folders(self, tmp_path: Path) -> Path:
        """One edit that leaves its picture alone."""
        picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        for folder, name in (("original", "a.png"), ("edited", "a_edit_1.png")):
            (tmp_path / folder).mkdir()
            Image.fromarray(picture).save(tmp_path / folder / name)
        box, turn = [0.0, 0.0, 2.0, 0.2, 0.2, 0.2, 0.0], np.eye(3).tolist()
        edit = {
            "prompt": "Move the mug to the left.",
            "target": "mug",
            "original_bbox_3d": box,
            "new_bbox_3d": [-0.5, *box[1:]],
            "rotation_matrix": turn,
            "camera_intrinsics": [[60.0, 0.0, 32.0], [0.0, 60.0, 32.0], [0.0, 0.0, 1.0]],
        }
        (tmp_path / "original" / "a_edit_1.json").write_text(json.dumps(edit))
        found = {"detections": [{"label": "mug", "bbox_2d": [28, 28, 36, 36], "bbox_3d": box, "rotation_matrix": turn}]}
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "infer_cache.json").write_text(
            json.dumps({"a_1": {"origin_result": found, "new_result": found}})
        )
        return tmp_path

    def score(self, folders: Path) -> Result:
        return _run(
            "gsi-bench",
            *("--original", folders / "original"),
            *("--edited", folders / "edited"),
            *("--output", folders / "out"),
        )

    def test_are_scored_by_one_command(self, folders: Path) -> None:
        result = self.score(folders)
        assert result.exit_code == 0, result.output
        assert "1 edits are scored" in result.output
        scores = json.loads((folders / "out" / "instruction-compliance_eval_results.json").read_text())
        assert list(scores) == ["a_1"]

    def test_a_bad_picture_is_named_and_the_others_are_scored(self, folders: Path) -> None:
        (folders / "edited" / "a_edit_2.png").write_bytes(b"no picture")
        result = self.score(folders)
        assert result.exit_code == 0
        assert "a_edit_2.png: " in result.stderr
        assert "1 edits are scored, 1 could not be" in result.output

    def test_a_folder_that_is_not_there_ends_with_status_2(self, tmp_path: Path) -> None:
        result = self.score(tmp_path)
        assert result.exit_code == 2
        assert "There is no folder" in result.stderr
