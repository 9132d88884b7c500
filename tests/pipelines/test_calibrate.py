"""A panel of two judges on a server is calibrated, by one command, on a lake of made-up samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake import ShardName, scan, write_shard
from tests.judging.server import MODEL, JudgeServer
from tests.toy_triplets import toy_triplets

pytestmark = pytest.mark.usefixtures("ray_here")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgeServer]:
    server = JudgeServer(tmp_path_factory.mktemp("judge")).start()
    yield server
    server.kill()


def judge_file(folder: Path, name: str, server: JudgeServer, seed: int) -> None:
    settings = {"name": name, "model": MODEL, "server": server.address, "seed": seed}
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(settings))


def test_calibration_judges_good_and_bad_edits_three_times_and_lays_out_what_that_tells(
    server: JudgeServer, tmp_path: Path
) -> None:
    lake, samples = str(tmp_path / "lake"), toy_triplets()
    write_shard(samples, lake, str(ShardName("ab", 0)), split="test", environment="tabletop")
    for seed, name in enumerate(("one", "two")):
        judge_file(tmp_path, name, server, seed)
    panel = tmp_path / "duo.yaml"
    panel.write_text(yaml.safe_dump({"name": "duo", "members": ["one.yaml", "two.yaml"], "vote": "mean"}))
    command = ["judge", "--lake", lake, "--judge", str(panel), "--rubric", "appearance", "--calibrate"]

    ended = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "report")])

    assert ended.exit_code == 0, ended.output
    rows = scan("judgements", lake).collect()
    counts = rows.group_by("judge", "rubric").len().rows()
    ways = ("appearance", "appearance.swapped", "appearance.again")
    assert {(judge, rubric) for judge, rubric, _ in counts} == {
        (judge, rubric) for judge in ("one", "two", "duo") for rubric in ways
    }
    assert {count for *_, count in counts} == {2 * len(samples)}
    assert set(rows["editor"]) == {"truth", "recoloured"}
    means = rows.filter(pl.col("judge") != "duo").group_by("sample_id", "editor", "rubric").agg(pl.col("score").mean())
    together = rows.filter(judge="duo").join(means, ["sample_id", "editor", "rubric"])
    assert together["score"].to_list() == pytest.approx(together["score_right"].to_list())
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "How far to trust the judges" in page
    figures = pl.read_csv(tmp_path / "report" / "judges.csv")
    assert {"one", "two", "duo"} <= set(figures["judge"])


def test_a_rubric_about_instructions_cannot_be_calibrated_by_pictures(server: JudgeServer, tmp_path: Path) -> None:
    judge_file(tmp_path, "one", server, 0)
    command = ["judge", "--lake", str(tmp_path), "--judge", str(tmp_path / "one.yaml"), "--rubric", "wording"]

    ended = CliRunner().invoke(app, [*command, "--calibrate"])

    assert ended.exit_code == 2
    assert "is about instructions" in ended.output
