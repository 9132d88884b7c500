"""The root of every error that this package raises on purpose, and what those about wrong names have in common."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class GsiRayError(Exception):
    """Something the user can put right. Its text is one sentence: what is wrong, where, and what to do.

    The command line prints that sentence and exits with `exit_status`; anything else is a bug and keeps its traceback.
    """

    exit_status = 2
    """Bad input; what went wrong in spite of good input exits with 1."""


def did_you_mean(wrong: str, right_names: Iterable[str]) -> str:
    """A question in brackets after a wrong name, if one of the right ones is near."""
    nearest = get_close_matches(wrong, list(right_names), n=1, cutoff=0.5)
    return f' (did you mean "{nearest[0]}"?)' if nearest else ""
