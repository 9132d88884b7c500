"""Scenes by name: a scene is a pure function of its id, so one id is one scene, and one split, in every recipe."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes.bathrooms import bathroom
from gsi_ray.scenes.layout import Layout
from gsi_ray.scenes.lights import lighting
from gsi_ray.scenes.rooms import room
from gsi_ray.scenes.scene import Scene
from gsi_ray.scenes.tabletops import tabletop

ENVIRONMENTS: dict[str, Callable[[Generator], Layout]] = {"bathroom": bathroom, "room": room, "tabletop": tabletop}
"""Every environment, and what furnishes one."""

SPLITS = ("train", "val", "test")


class UnknownScene(ValueError):
    """No scene has this id."""


class SceneName(NamedTuple):
    """What a scene id is made of."""

    environment: str
    split: str
    number: int


def scene_id(environment: str, split: str, number: int) -> str:
    """The id of a scene, such as "room-train-000042".

    Raises UnknownScene for an unknown environment or split, or a number below 0.
    """
    name = f"{environment}-{split}-{number:06d}"
    parse(name)
    return name


def parse(scene_id: str) -> SceneName:
    """What a scene id is made of. Raises UnknownScene where it is not the id of a scene."""
    match = re.fullmatch(r"(?P<environment>\w+)-(?P<split>\w+)-(?P<number>\d{6,})", scene_id, re.ASCII)
    if match is None:
        raise UnknownScene(f'"{scene_id}" is no scene id; one looks like "room-train-000042"')
    if match["environment"] not in ENVIRONMENTS:
        raise UnknownScene(f'unknown environment "{match["environment"]}"; there are {", ".join(ENVIRONMENTS)}')
    if match["split"] not in SPLITS:
        raise UnknownScene(f'unknown split "{match["split"]}"; there are {", ".join(SPLITS)}')
    return SceneName(match["environment"], match["split"], int(match["number"]))


def build_scene(scene_id: str) -> Scene:
    """The scene of this id. Raises UnknownScene where there is none."""
    environment = parse(scene_id).environment
    seed = int.from_bytes(hashlib.sha256(scene_id.encode()).digest(), "big")
    rng = np.random.default_rng(seed)
    layout = ENVIRONMENTS[environment](rng)
    lights, ambient = lighting(layout)
    return Scene(
        scene_id=scene_id,
        environment=environment,
        kind=layout.kind,
        structure=layout.shell.structure,
        objects=tuple(layout.objects),
        lights=lights,
        ambient=ambient,
        floor=layout.floor,
        stage=layout.stage,
    )
