"""The product: an image, an instruction, the image after, and the whole 3D truth of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gsi_ray.operations.edits import Parameters
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform


@dataclass(frozen=True)
class Mention:
    """An object as the instruction names it; `expression` is the English wording without its article."""

    object_id: str
    category: str
    expression: str


@dataclass(frozen=True, eq=False)
class ObjectRecord:
    """One object at one moment, as it is stored.

    `bbox_2d` is x0, y0, x1, y1 in pixels round its visible pixels (x1 and y1 exclusive), None if unseen.
    `visible_fraction` is None where it was not measured.
    """

    object_id: str
    category: str
    instance: int
    box: OrientedBox
    bbox_2d: tuple[float, float, float, float] | None
    visible_fraction: float | None
    supported_by: str | None


@dataclass(frozen=True, eq=False)
class Frame:
    """One side of a triplet: what the camera saw, and where everything was.

    `rgb` (h, w, 3) uint8, `depth` (h, w) float32 planar metres with 0 for nothing, `instances` (h, w) uint16.
    """

    camera: Camera
    objects: tuple[ObjectRecord, ...]
    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    instances: NDArray[np.uint16]


@dataclass(frozen=True)
class Quality:
    """How much the edit shows. Fractions are of all pixels of the image, `target_visible_*` of the target's own.

    `outside_change` is the share of pixels that changed outside the target's own and shadow region. The target's
    figures are None for perspective control.
    """

    changed_fraction: float
    target_pixels_before: int | None
    target_pixels_after: int | None
    target_visible_before: float | None
    target_visible_after: float | None
    outside_change: float | None


@dataclass(frozen=True, eq=False)
class Triplet:
    """One verified sample; field for field a row of the table `triplets`, with images decoded.

    `target` is None for perspective control. `transform` is None for a removal. `position_error_m` and
    `rotation_error_deg` compare the actual outcome with the ideal one; None for a removal.

    `inverse_of` is the sample that this one undoes. Edits made in a row share a `chain_id`; `chain_step` counts them
    from 1. `difficulty` is from 0 to 1.
    """

    sample_id: str
    split: str
    environment: str
    simulator: str
    simulator_version: str
    scene_id: str
    view_id: str
    operation: str
    instruction: str
    instruction_zh: str | None
    parameters: Parameters
    target: Mention | None
    reference: Mention | None
    before: Frame
    after: Frame
    transform: RigidTransform | None
    position_error_m: float | None
    rotation_error_deg: float | None
    quality: Quality
    seed: int
    recipe: str
    generator_version: str
    inverse_of: str | None = None
    chain_id: str | None = None
    chain_step: int | None = None
    difficulty: float | None = None
