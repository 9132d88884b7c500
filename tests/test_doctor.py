"""The doctor: what it finds on this machine, and what it says of a broken one."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.doctor import EXTRAS, Finding, examine
from gsi_ray.doctor.simulators import examine_simulator


def test_it_knows_every_extra_of_the_package() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"]) - {"dev"}


def test_on_a_machine_that_passes_these_tests_all_that_is_needed_works(tmp_path: Path) -> None:
    needed = [finding for finding in examine(str(tmp_path / "lake")) if finding.needed]
    assert [finding.name for finding in needed] == ["Python", "Pictures (OpenGL)", "Ray", "Lake"]
    assert [finding for finding in needed if not finding.works] == []
    assert not (tmp_path / "lake").exists()


def test_broken_graphics_are_found_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "chalk")
    graphics = next(finding for finding in examine() if finding.name == "Pictures (OpenGL)")
    assert not graphics.works
    assert "chalk" in graphics.found
    assert "libegl1" in graphics.remedy


def test_what_is_broken_and_needed_ends_with_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Finding("Ray", needed=True, works=False, found="no answer", remedy="pip install 'ray[data]'")
    monkeypatch.setattr("gsi_ray.doctor.diagnosis", lambda *_, **__: [broken])
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert result.stdout.split() == ["broken", "Ray", "no", "answer", "pip", "install", "'ray[data]'"]


def test_the_player_of_ai2thor_is_looked_for(
    thor_player: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = os.environ["GSI_RAY_THOR_PLAYER"]
    findings = {finding.name: finding for finding in examine_simulator("ai2thor")}
    assert findings["AI2-THOR player"].works
    assert findings["AI2-THOR player"].found == player
    assert findings["AI2-THOR home"].works
    assert findings["AI2-THOR client"].found.startswith("ai2thor 5.")

    monkeypatch.setenv("GSI_RAY_THOR_PLAYER", str(tmp_path / "nowhere"))
    (broken,) = (finding for finding in examine_simulator("ai2thor") if not finding.works)
    assert (broken.name, broken.needed) == ("AI2-THOR player", True)
    assert "GSI_RAY_THOR_PLAYER" in broken.remedy


def test_without_a_player_of_ones_own_the_release_and_vulkan_are_looked_for(
    thor_player: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GSI_RAY_THOR_PLAYER")
    monkeypatch.setenv("GSI_RAY_THOR_HOME", str(tmp_path))
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    findings = {finding.name: finding for finding in examine_simulator("ai2thor")}
    assert not findings["AI2-THOR player"].works
    assert f"{tmp_path}/.ai2thor/releases/thor-CloudRendering-" in findings["AI2-THOR player"].found
    assert (findings["Vulkan"].works, "libvulkan1" in findings["Vulkan"].remedy) == (False, True)

    Path(findings["AI2-THOR player"].found.removeprefix("no ")).mkdir(parents=True)
    assert {finding.name: finding for finding in examine_simulator("ai2thor")}["AI2-THOR player"].works


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--simulator", "mujocco"], 'There is no simulator "mujocco" (did you mean "mujoco"?)'),
        (["--smoke"], "--smoke runs a simulator: say with --simulator which one."),
    ],
)
def test_what_there_is_not_cannot_be_examined(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(app, ["doctor", *arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_settings_that_make_no_sense_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GSI_RAY_THOR_ANSWER_LIMIT_S", "soon")
    broken = next(examine_simulator("ai2thor"))
    assert not broken.works
    assert 'GSI_RAY_THOR_ANSWER_LIMIT_S is to be a number of seconds, and "soon" is none' in broken.found
