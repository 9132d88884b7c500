"""The doctor: what it finds on this machine, and what it says of a broken one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.doctor import EXTRAS, Finding, examine


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
