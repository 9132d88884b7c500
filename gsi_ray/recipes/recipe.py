"""What to generate: everything that decides what is in a lake, checked in full before any work begins."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gsi_ray.errors import did_you_mean
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.verdicts import Gate
from gsi_ray.limits import Positive, PositiveCount
from gsi_ray.operations import OPERATIONS
from gsi_ray.operations.choices import Choices
from gsi_ray.sampling.settings import QualityLimits, SamplingSettings, Tolerances
from gsi_ray.simulators import SIMULATORS
from gsi_ray.viewpoints import VIEW_SETTINGS


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError(_unknown("operation", name, OPERATIONS))
    return name


def _simulator(name: str) -> str:
    if ":" not in name and name not in SIMULATORS:
        raise ValueError(_unknown("simulator", name, SIMULATORS))
    return name


def _named_plainly(gate: Gate) -> Gate:
    for name in (gate.judge, gate.rubric):
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
            raise ValueError(
                f'there can be no judge or rubric "{name}"; names are of small letters, digits, ".", "_" and "-", '
                "and begin with a letter or a digit"
            )
    return gate


def _unknown(kind: str, name: str, names: Collection[str]) -> str:
    return f'there is no {kind} "{name}"{did_you_mean(name, names)}; there are {", ".join(names)}'


Environment = Literal["room", "bathroom", "tabletop"]
Split = Literal["train", "val", "test"]
OperationName = Annotated[str, AfterValidator(_operation)]
SimulatorName = Annotated[str, AfterValidator(_simulator)]
"""A name in the registry, or `package.module:Class` for a simulator of one's own."""


class _Settings(BaseModel):
    # Holds for the settings of other packages inside as well: plain dataclasses, checked by the types of their fields.
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Settings):
    """So many accepted samples of each of these operations, in one environment and one split."""

    environment: Environment
    split: Split
    operations: tuple[OperationName, ...] = Field(min_length=1)
    samples_per_operation: int = Field(gt=0)


class Views(_Settings):
    """Where to look from: viewpoints per scene; `randomised` draws height, pitch and field of view at random too."""

    per_scene: int = Field(default=5, gt=0)
    randomised: bool = False


class Chains(_Settings):
    """Edits in a row: up to `length` of them in one view, each from where the one before it left the scene."""

    length: int = Field(ge=2, le=4)


class Workers(_Settings):
    """What one worker process needs, and when it is replaced by a fresh one. None of it changes what is made.

    `gpus` may be a fraction: 0.25 lets four workers render on one GPU. With a `pool`, only those nodes of a cluster are
    used that have the label `pool` of this value. A simulator that has not stirred for
    `stall_limit_s` is taken for dead; one that has been through `scenes_per_process` scenes, or has grown beyond
    `memory_limit_gb`, makes way for a new one after its shard.
    """

    cpus: Positive = 1.0
    gpus: float = Field(default=0.0, ge=0.0)
    pool: str | None = None
    stall_limit_s: Positive = 300.0
    scenes_per_process: PositiveCount = 2000
    memory_limit_gb: Positive = 6.0


class Recipe(_Settings):
    """A data set to be made. `image_size` is the side of the square pictures in pixels.

    A shard holds about `samples_per_shard` samples and looks for them in at most `scenes_per_shard` scenes; a view
    gives at most one sample of each operation. With `inverses`, edits that one of the same operation can take back
    (camera_movement, object_rotation, perspective_control; object_scaling where the reciprocal factor is one of the
    choices) give that one as a sample, too. With `chains`, a view gives one chain of edits of mixed operations.

    With a `gate`, a sample that it rejects does not count, and others are made for it; what any other judge thinks does
    not matter. The shards that there are do not depend on it.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    description: str
    cells: tuple[Cell, ...] = Field(min_length=1)
    simulator: SimulatorName = "mujoco"
    image_size: int = Field(default=512, ge=64, le=4096)
    samples_per_shard: int = Field(default=120, gt=0)
    scenes_per_shard: int = Field(default=40, gt=0)
    views: Views = Views()
    choices: Choices = Choices()
    tolerances: Tolerances = Tolerances()
    quality: QualityLimits = QualityLimits()
    inverses: bool = False
    chains: Chains | None = None
    gate: Annotated[Gate, AfterValidator(_named_plainly)] | None = None
    workers: Workers = Workers()

    @model_validator(mode="after")
    def _each_operation_is_asked_for_once(self) -> Recipe:
        asked = Counter(
            (cell.environment, cell.split, operation) for cell in self.cells for operation in cell.operations
        )
        for (environment, split, operation), times in asked.items():
            if times > 1:
                raise ValueError(f"{operation} is listed {times} times for {environment}/{split}; list it once")
        return self

    @model_validator(mode="after")
    def _chains_have_no_inverses(self) -> Recipe:
        if self.inverses and self.chains:
            raise ValueError("inverses and chains cannot be had in one recipe: make two recipes")
        return self

    @property
    def most_of_one_operation_per_view(self) -> int:
        """How many samples of one operation a view may give."""
        return self.chains.length if self.chains else 2 if self.inverses else 1

    @property
    def samples(self) -> int:
        """How many accepted samples it asks for."""
        return sum(len(cell.operations) * cell.samples_per_operation for cell in self.cells)


def fingerprint(recipe: Recipe) -> str:
    """Twelve hex digits that change whenever a setting that decides what is made does, or the schema of the samples."""
    # Options that came later count only where they are used: recipes without them keep their fingerprints.
    unused = {option for option in ("inverses", "chains") if not getattr(recipe, option)}
    settings = recipe.model_dump(mode="json", exclude={"description", "gate", "workers"} | unused)
    content = {"schema": TRIPLETS.version, "recipe": settings}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def sampling_settings(recipe: Recipe) -> SamplingSettings:
    """A recipe's settings in the terms of those who draw the samples."""
    views = {
        environment: replace(defaults, views=recipe.views.per_scene, randomised=recipe.views.randomised)
        for environment, defaults in VIEW_SETTINGS.items()
    }
    return SamplingSettings(
        recipe=recipe.name,
        fingerprint=fingerprint(recipe),
        image_size=recipe.image_size,
        views=views,
        choices=recipe.choices,
        tolerances=recipe.tolerances,
        quality=recipe.quality,
        inverses=recipe.inverses,
        chain_length=recipe.chains.length if recipe.chains else 1,
    )
