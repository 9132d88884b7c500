"""The names of editors: a kind, and where it takes one, an amount with its unit, as in "shifted-5cm"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from gsi_ray.errors import GsiRayError


class UnknownEditor(GsiRayError):
    """No editor has this name."""


@dataclass(frozen=True)
class _Unit:
    in_si: float
    most: float


_UNITS = {"cm": _Unit(0.01, 500.0), "deg": _Unit(np.pi / 180.0, 180.0), "pct": _Unit(0.01, 100.0)}


@dataclass(frozen=True)
class EditorName:
    """The whole name as `text`; its `form`, which has N for the amount; and the amount, if there is one.

    `amount` is in metres, radians, or a share; 0 where the name has none.
    """

    text: str
    form: str
    amount: float = 0.0


def parse(name: str) -> EditorName:
    """The parts of a name. Raises UnknownEditor where its amount is out of bounds, or could be written otherwise.

    >>> parse("shifted-5cm")
    EditorName(text='shifted-5cm', form='shifted-Ncm', amount=0.05)
    """
    match = re.fullmatch(rf"(?P<kind>.+)-(?P<number>\d+(?:\.\d+)?)(?P<unit>{'|'.join(_UNITS)})", name, re.ASCII)
    if match is None:
        return EditorName(name, name)
    unit, number = _UNITS[match["unit"]], float(match["number"])
    # One editor has one name, since its edits lie in a folder of that name.
    if not 0.0 < number <= unit.most or f"{number:g}" != match["number"]:
        raise UnknownEditor(
            f'The amount of the editor "{name}" is to be a number above 0 and up to {unit.most:g} {match["unit"]}, '
            "without needless zeros."
        )
    return EditorName(name, f"{match['kind']}-N{match['unit']}", number * unit.in_si)
