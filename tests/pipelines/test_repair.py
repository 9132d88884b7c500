"""What a damaged lake is after repair and another run: what it was before."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake.audit import audit
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import Recipe

pytestmark = pytest.mark.usefixtures("ray_here")

TINY = Recipe.model_validate(
    {
        "name": "tiny",
        "description": "Three shards with a sample or two",
        "image_size": 128,
        "samples_per_shard": 2,
        "scenes_per_shard": 4,
        "views": {"per_scene": 2},
        "cells": [
            {
                "environment": "tabletop",
                "split": "train",
                "operations": ["perspective_control"],
                "samples_per_operation": 5,
            }
        ],
    }
)


def _shards(lake: Path) -> dict[Path, bytes]:
    return {file.relative_to(lake): file.read_bytes() for file in sorted(lake.glob("triplets/**/*.parquet"))}


def test_repair_and_the_run_that_it_names_give_the_undamaged_lake_byte_for_byte(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    generate(TINY, str(lake))
    good = _shards(lake)
    short, flipped, swapped = (lake / key for key in good)
    short.write_bytes(short.read_bytes()[:-1000])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    swapped.write_bytes(good[short.relative_to(lake)])

    repaired = CliRunner().invoke(app, ["repair", "--lake", str(lake), "--yes", "--workers", "1"])

    assert repaired.exit_code == 0
    assert _shards(lake) == {}
    (command,) = re.findall(r"gsi-ray (generate .*)", repaired.stdout)
    made = CliRunner().invoke(app, shlex.split(command))
    assert made.exit_code == 0, made.output
    assert _shards(lake) == good
    assert audit(str(lake)).results == ()
