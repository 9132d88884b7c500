"""The root of every error that this package raises on purpose."""

from __future__ import annotations


class GsiRayError(Exception):
    """Something the user can put right. Its text is one sentence: what is wrong, where, and what to do.

    The command line prints that sentence and exits with `exit_status`; anything else is a bug and keeps its traceback.
    """

    exit_status = 2
    """Bad input; what went wrong in spite of good input exits with 1."""
