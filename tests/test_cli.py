"""The command line: what it prints, where it points, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

import gsi_ray
from gsi_ray.cli import app
from gsi_ray.lake import write_shard
from tests.toy_triplets import toy_triplets

TRIPLETS = toy_triplets()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("lake"))
    write_shard(TRIPLETS, folder, "shard-abc-00000000", split="train", environment="tabletop")
    return folder


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_the_version_is_printed() -> None:
    assert _run("--version").stdout == f"gsi-ray {gsi_ray.__version__}\n"


def test_the_recipes_are_listed_with_their_sizes() -> None:
    listed = _run("recipes").stdout
    assert "gsi-syn-train" in listed
    assert "10,500" in listed


def test_an_unknown_recipe_ends_with_status_2_and_the_nearest_name(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    result = _run("generate", "gsi-syn-rom", "--lake", str(lake))
    assert result.exit_code == 2
    assert result.stderr.startswith('gsi-ray: There is no recipe "gsi-syn-rom" (did you mean "gsi-syn-room"?)')
    assert result.stderr.count("\n") == 1
    assert not lake.exists()


@pytest.mark.parametrize("option", ["--samples=0", "--samples=-3", "--image-size=3", "--workers=0"])
def test_impossible_numbers_end_with_status_2_and_write_nothing(tmp_path: Path, option: str) -> None:
    lake = tmp_path / "lake"
    result = _run("generate", "demo", "--lake", str(lake), option)
    assert result.exit_code == 2
    assert not lake.exists()


@pytest.mark.parametrize(
    ("recipe", "simulator", "sentence"),
    [
        ("gsi-syn-room", "mujocco", 'there is no simulator "mujocco" (did you mean "mujoco"?)'),
        ("gsi-syn-tabletop", "ai2thor", "asks for object_scaling, and ai2thor cannot resize things"),
    ],
)
def test_a_simulator_that_will_not_do_ends_with_status_2(
    tmp_path: Path, recipe: str, simulator: str, sentence: str
) -> None:
    lake = tmp_path / "lake"
    result = _run("generate", recipe, "--lake", str(lake), "--simulator", simulator)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert not lake.exists()


def test_an_unknown_command_ends_with_status_2_and_the_nearest_one() -> None:
    result = _run("genrate")
    assert result.exit_code == 2
    assert "Did you mean 'generate'?" in result.stderr


def test_the_columns_of_a_table_are_explained() -> None:
    explained = _run("schema", "triplets").stdout
    assert "| `instruction` |" in explained
    assert "judge" not in explained.splitlines()[0]


def test_an_unknown_table_is_answered_with_the_nearest_one() -> None:
    result = _run("schema", "triplet")
    assert result.exit_code == 2
    assert "triplets" in result.stderr


def test_schemas_are_written_to_a_folder(tmp_path: Path) -> None:
    result = _run("schema", "triplets", "--out", str(tmp_path))
    assert result.exit_code == 0
    assert sorted(file.name for file in (tmp_path / "triplets").iterdir()) == ["v1.json", "v1.md"]


@pytest.mark.parametrize("command", [["gallery", "--out", "page.html"], ["show", "0" * 32]])
def test_a_lake_with_nothing_in_it_is_told_in_a_sentence(tmp_path: Path, command: list[str]) -> None:
    result = _run(*command, "--lake", str(tmp_path / "nothing"))
    assert result.exit_code == 2
    assert result.stderr.startswith("gsi-ray: ")
    assert result.stderr.count("\n") == 1


def test_a_page_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    result = _run("schema", "--out", str(blocked / "schemas"))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"gsi-ray: {blocked}")


def test_an_interruption_ends_with_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gsi_ray.recipes.shipped_recipes", interrupted)
    result = _run("recipes")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_a_sample_is_shown_with_its_words_its_numbers_and_a_picture(lake: str, tmp_path: Path) -> None:
    sample, out = TRIPLETS[0], tmp_path / "sample.png"
    result = _run("show", sample.sample_id, "--lake", lake, "--out", str(out))
    assert result.exit_code == 0
    assert " ".join(sample.instruction.split()) in " ".join(result.stdout.split())
    assert sample.scene_id in result.stdout
    assert Image.open(out).width > 2 * sample.before.camera.width


def test_a_sample_that_is_not_there_is_told_in_a_sentence(lake: str) -> None:
    result = _run("show", "0" * 32, "--lake", lake)
    assert result.exit_code == 2
    assert "0" * 32 in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_gallery_is_written_where_one_asks(lake: str, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    result = _run("gallery", "--lake", lake, "--out", str(out))
    assert str(out) in result.stdout.replace("\n", "")
    assert TRIPLETS[0].instruction in out.read_text(encoding="utf-8")


def test_a_plan_is_told_at_once_for_a_thousand_million_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    result = _run("plan", "gsi-syn-train", "--samples", "142857143", "--image-size", "256")
    assert result.exit_code == 0
    assert "1,000,000,001 samples of 256 x 256 pixels" in result.stdout
    assert "8,333,334" in result.stdout  # shards
    assert "Measured on" in result.stdout


def test_a_plan_with_more_shards_than_names_is_refused_in_a_sentence() -> None:
    result = _run("plan", "gsi-syn-train", "--samples", str(10**13))
    assert result.exit_code == 2
    assert "raise samples_per_shard or ask for fewer samples" in result.stderr
    assert result.stderr.count("\n") == 1
