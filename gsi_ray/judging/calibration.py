"""Edits whose truth is known by construction: by how they are judged, it is known how far a judge is to be trusted.

A pair is good where the picture after the edit is the ground truth, and bad where it is that with one deliberate
mistake. Judges are asked about all of them by a rubric as it is, with the two pictures swapped, and once more; what
they say lies in `judgements` under three names: of the rubric itself, and of those variants.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GOOD = "truth"
"""The editor whose pairs are good."""

MISTAKES: Mapping[str, str] = MappingProxyType(
    {
        "floating-8cm": "hangs 8 cm in the air",
        "sunk-4cm": "is sunk 4 cm into its support",
        "wrong-object": "another thing was edited",
        "bystander-20cm": "a bystander moved 20 cm, too",
        "recoloured": "has another colour",
        "opposite": "went the opposite way",
        "occluded": "is hidden by something",
    }
)
"""The editors whose pairs are bad, and what is wrong there."""

_ABOUT: Mapping[str, tuple[str, ...]] = MappingProxyType({"appearance": ("recoloured",)})
"""By rubric, the mistakes that it is to catch, where it is not to catch them all.

What goes unnamed is neither good nor bad by that rubric: a mug in the wrong place looks as it did, but the picture it
is in has another flaw, and no score of its appearance would be the right one. Such pairs are left out.
"""

SWAPPED = "swapped"
"""The variant that shows the picture after the edit first."""

AGAIN = "again"
"""The variant that asks once more, with another seed."""


def mistakes_to_catch(rubric: str) -> tuple[str, ...]:
    """The editors whose pairs a judge is to reject by this rubric; one that is not ours is to catch all mistakes."""
    return _ABOUT.get(rubric, tuple(MISTAKES))


def calibration_editors(rubric: str) -> tuple[str, ...]:
    """The editors whose pairs are judged for calibration by this rubric: of the good ones, and of the bad ones."""
    return GOOD, *mistakes_to_catch(rubric)


def variant_name(rubric: str, variant: str) -> str:
    """What `judgements` calls a variant of a rubric. A rubric's own name has no full stop.

    >>> variant_name("plausibility", SWAPPED)
    'plausibility.swapped'
    """
    return f"{rubric}.{variant}"
