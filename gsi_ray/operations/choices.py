"""What operations may choose from, and how strict their geometric checks are. A recipe sets these."""

from __future__ import annotations

from dataclasses import dataclass

from gsi_ray.limits import Angles, Fraction, Positive, Positives


@dataclass(frozen=True)
class Choices:
    """Numbers that instructions may name, and limits of the geometric checks. Metres and degrees; fractions of 1."""

    movements_m: Positives = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    placements_m: Positives = (0.1, 0.15, 0.2, 0.25, 0.3)
    rotations_deg: Angles = (45.0, 90.0, 180.0)
    camera_moves_m: Positives = (0.1, 0.2, 0.3)
    camera_turns_deg: Angles = (15.0, 30.0)
    camera_tilts_deg: Angles = (15.0, 30.0)
    scale_factors: Positives = (0.5, 0.75, 1.5, 2.0)
    clearance_m: Positive = 0.01
    """Room that an object keeps to everything else where it is put."""
    min_target_pixels: Fraction = 0.0015
    """A target covers at least this share of the picture."""
    min_target_visible: Fraction = 0.7
    """At least this share of a target is in view."""
    superlative_margin_m: Positive = 0.1
    """The closest, farthest, highest or lowest is so by at least this much."""
    superlative_margin_image: Fraction = 0.06
    """The leftmost or rightmost is so by at least this share of the picture's width."""
    min_objects_kept_in_view: Fraction = 0.5
    """A camera move keeps at least this share of the objects in view."""
