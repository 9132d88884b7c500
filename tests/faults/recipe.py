"""What all tests of faults make: 24 shards with a sample each, and those that make up for the barren ones."""

from __future__ import annotations

from pathlib import Path

import yaml

from gsi_ray.recipes import Recipe

RECIPE = Recipe.model_validate(
    {
        "name": "faults",
        "description": "Many small shards",
        "simulator": "tests.faults.simulators:FaultySimulator",
        "image_size": 64,
        "samples_per_shard": 1,
        "scenes_per_shard": 1,
        "views": {"per_scene": 2},
        "cells": [
            {
                "environment": "tabletop",
                "split": "train",
                "operations": ["perspective_control"],
                "samples_per_operation": 24,
            }
        ],
        "workers": {"stall_limit_s": 20},
    }
)


def recipe_file(folder: Path) -> Path:
    """The recipe as a user has it."""
    file = folder / "recipe.yaml"
    file.write_text(yaml.safe_dump(RECIPE.model_dump(mode="json")))
    return file
