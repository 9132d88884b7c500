"""What operations may choose from, and how strict their geometric checks are. A recipe sets these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Choices:
    """Numbers that instructions may name, and limits of the geometric checks. Metres and degrees; fractions of 1."""

    movements_m: tuple[float, ...] = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    placements_m: tuple[float, ...] = (0.1, 0.15, 0.2, 0.25, 0.3)
    rotations_deg: tuple[float, ...] = (45.0, 90.0, 180.0)
    camera_moves_m: tuple[float, ...] = (0.1, 0.2, 0.3)
    camera_turns_deg: tuple[float, ...] = (15.0, 30.0)
    camera_tilts_deg: tuple[float, ...] = (15.0, 30.0)
    scale_factors: tuple[float, ...] = (0.5, 0.75, 1.5, 2.0)
    clearance_m: float = 0.01
    """Room that an object keeps to everything else where it is put."""
    min_target_pixels: float = 0.0015
    """A target covers at least this share of the picture."""
    min_target_visible: float = 0.7
    """At least this share of a target is in view."""
    superlative_margin_m: float = 0.1
    """The closest, farthest, highest or lowest is so by at least this much."""
    superlative_margin_image: float = 0.06
    """The leftmost or rightmost is so by at least this share of the picture's width."""
    min_objects_kept_in_view: float = 0.5
    """A camera move keeps at least this share of the objects in view."""
