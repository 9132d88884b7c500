"""What can go wrong with an export, besides what can go wrong with its lake."""

from __future__ import annotations

from collections.abc import Iterable

from gsi_ray.errors import did_you_mean
from gsi_ray.lake.errors import LakeError


class ExportError(LakeError):
    """What was asked for cannot be exported, or not to that place."""


def unknown(what: str, name: str, names: Iterable[str]) -> ExportError:
    """The error about a name that is none of `names`; `what` has a place for it: "split {} to export"."""
    known = list(names)
    quoted = what.format(f'"{name}"')
    return ExportError(f"There is no {quoted}{did_you_mean(name, known)}: there are {', '.join(known)}.")
