"""The README's example of a new operation, followed to the letter; and its commands, as far as their options."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import typer.main

from gsi_ray.cli import app
from gsi_ray.language import wordings
from gsi_ray.operations import OPERATIONS
from gsi_ray.recipes import Recipe, sampling_settings, shards
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.simulators import create_simulator
from gsi_ray.spatial import rotations
from tests.cluster.test_cluster_page import options, words

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def about_face(monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs the README's lines, and forgets the operation afterwards."""
    for registry in (OPERATIONS, wordings.ENGLISH, wordings.CHINESE):
        monkeypatch.setitem(registry, "about_face", None)
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (code,) = (block for block in blocks if "class AboutFace" in block)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    return "about_face"


def test_an_operation_added_as_the_readme_says_gives_verified_samples(about_face: str) -> None:
    recipe = Recipe.model_validate(
        {
            "name": "toy",
            "description": "",
            "image_size": 128,
            "cells": [
                {"environment": "tabletop", "split": "val", "operations": [about_face], "samples_per_operation": 3}
            ],
        }
    )
    simulator = create_simulator(recipe.simulator)
    samples = Sampler(simulator, sampling_settings(recipe)).sample_shard(shards(recipe)[0]).triplets
    simulator.close()
    assert len(samples) == 3
    for sample in samples:
        assert sample.operation == "about_face"
        assert sample.target is not None
        assert sample.instruction == f"Turn the {sample.target.expression} back to front."
        before, after = (
            next(item.box for item in frame.objects if item.object_id == sample.target.object_id)
            for frame in (sample.before, sample.after)
        )
        turned = after.rotation @ before.rotation.T
        np.testing.assert_allclose(turned, rotations.about_z(np.pi), atol=np.deg2rad(1.0))
        np.testing.assert_allclose(after.center, before.center, atol=0.005)


@pytest.mark.parametrize("line", re.findall(r"^\$ (gsi-ray .*)$", README, re.MULTILINE))
def test_a_command_has_the_options_that_the_readme_gives_it(line: str) -> None:
    options(typer.main.get_command(app), words(line)[1:])


def test_every_command_and_every_job_is_mentioned() -> None:
    shown = set(re.findall(r"gsi-ray ([\w-]+)", README)) | set(re.findall(r"`(evaluate|report|edit)`", README))
    assert {command.name or command.callback.__name__ for command in app.registered_commands} <= shown | {"demo"}
    for job in (ROOT / "jobs").glob("*.py"):
        assert f"jobs/{job.name}" in README or job.stem in {"edit", "evaluate", "report"}
