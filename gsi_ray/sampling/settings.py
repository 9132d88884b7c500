"""What a sample must satisfy to be taken. A recipe sets these."""

from __future__ import annotations

from dataclasses import dataclass, field

from gsi_ray.limits import Fraction, Positive, PositiveCount
from gsi_ray.operations.choices import Choices
from gsi_ray.viewpoints.settings import ViewSettings


@dataclass(frozen=True)
class Tolerances:
    """How far the outcome may be from the ideal one, and anything else from where it would be without the edit."""

    position_m: Positive = 0.005
    rotation_deg: Positive = 1.0
    bystander_position_m: Positive = 0.002
    bystander_rotation_deg: Positive = 0.5


@dataclass(frozen=True)
class QualityLimits:
    """What the pictures must show; fractions are of the picture, `min_target_visible` of the target's own pixels."""

    min_changed_fraction: Fraction = 0.0015
    min_target_pixels: Fraction = 0.0006
    min_target_visible: Fraction = 0.7
    max_outside_change: Fraction = 0.003
    max_near_fraction: Fraction = 0.15
    """After a camera move, at most this share of the picture may be nearer than a hand's breadth..."""
    min_objects_in_view: PositiveCount = 3
    """... and at least so many objects must be in it."""


@dataclass(frozen=True)
class SamplingSettings:
    """All that decides how samples are drawn from a scene. `views` are by environment.

    With `inverses`, edits that an edit of the same operation can take back give that one as a sample, too. A
    `chain_length` above 1 makes chains of so many edits in a row instead of single ones.
    """

    recipe: str
    fingerprint: str
    image_size: int
    views: dict[str, ViewSettings]
    choices: Choices = field(default_factory=Choices)
    tolerances: Tolerances = field(default_factory=Tolerances)
    quality: QualityLimits = field(default_factory=QualityLimits)
    inverses: bool = False
    chain_length: int = 1
