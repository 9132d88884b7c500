"""What can go wrong with a review. Every message is one sentence that says what is wrong and what to do."""

from __future__ import annotations

from gsi_ray.errors import GsiRayError


class ReviewError(GsiRayError):
    """A review cannot begin, or cannot do what it is asked to."""


class UnfitDecision(ReviewError):
    """What the page sends cannot be kept as a verdict; the person who sits before it is told why."""
