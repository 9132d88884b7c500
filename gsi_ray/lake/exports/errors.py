"""What can go wrong with an export, besides what can go wrong with its lake."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from gsi_ray.lake.errors import LakeError


class ExportError(LakeError):
    """What was asked for cannot be exported, or not to that place."""


def unknown(what: str, name: str, names: Iterable[str]) -> ExportError:
    """The error about a name that is none of `names`; `what` has a place for it: "split {} to export"."""
    known = list(names)
    nearest = get_close_matches(name, known, n=1)
    hint = f" (did you mean {nearest[0]!r}?)" if nearest else ""
    return ExportError(f"There is no {what.format(repr(name))}{hint}: there are {', '.join(known)}.")
