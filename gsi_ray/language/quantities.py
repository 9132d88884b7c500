"""Quantities in sentences: how they are said in English and Chinese, and how they are read back from either."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gsi_ray.operations.edits import Parameters

Sayings = Mapping[str, tuple[Callable[[float], str], ...]]
"""By slot, the ways of saying a quantity given in the unit of the slot's parameter."""


def _digits(value: float) -> str:
    """At most six decimals: enough for a micrometre, and rid of what binary fractions add (0.15 * 100)."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _counted(unit: str) -> Callable[[float], str]:
    def say(value: float) -> str:
        number = _digits(value)
        return f"{number} {unit}" if number == "1" else f"{number} {unit}s"

    return say


ENGLISH_SAYINGS: Sayings = {
    "distance": (
        lambda meters: _counted("centimeter")(100.0 * meters),
        lambda meters: f"{_digits(100.0 * meters)} cm",
        _counted("meter"),
    ),
    "angle": (_counted("degree"),),
    "times": (lambda factor: f"{_digits(factor)} times",),
    "percent_larger": (lambda factor: f"{_digits(100.0 * (factor - 1.0))} percent",),
    "percent_smaller": (lambda factor: f"{_digits(100.0 * (1.0 - factor))} percent",),
}

CHINESE_SAYINGS: Sayings = {
    "distance": (lambda meters: f"{_digits(100.0 * meters)}厘米", lambda meters: f"{_digits(meters)}米"),
    "angle": (lambda degrees: f"{_digits(degrees)}度",),
    "times": (lambda factor: f"{_digits(factor)}倍",),
    "percent_larger": (lambda factor: f"{_digits(100.0 * (factor - 1.0))}%",),
    "percent_smaller": (lambda factor: f"{_digits(100.0 * (1.0 - factor))}%",),
}


def quantities(parameters: Parameters) -> dict[str, float]:
    """The quantity slots that an edit can fill, each with its value in the unit its sayings expect."""
    factor = parameters.factor
    slots = {
        "distance": parameters.distance_m,
        "angle": parameters.angle_deg,
        "times": factor,
        "percent_larger": factor if factor is not None and factor > 1.0 else None,
        "percent_smaller": factor if factor is not None and factor < 1.0 else None,
    }
    return {slot: value for slot, value in slots.items() if value is not None}


@dataclass(frozen=True)
class Numbers:
    """What an instruction says in digits; None where it says nothing of the kind."""

    distance_m: float | None = None
    angle_deg: float | None = None
    factor: float | None = None


class AmbiguousNumbers(ValueError):
    """An instruction gives two different values for one quantity."""


_NUMBER = r"(\d+(?:\.\d+)?)\s*-?\s*"
_CENTIMETERS = re.compile(_NUMBER + r"(?:centimet(?:er|re)s?\b|cm\b|厘米|公分)", re.IGNORECASE)
_METERS = re.compile(_NUMBER + r"(?:met(?:er|re)s?\b|m\b|米)", re.IGNORECASE)
_DEGREES = re.compile(_NUMBER + r"(?:degrees?\b|°|度)", re.IGNORECASE)
_TIMES = re.compile(_NUMBER + r"(?:times\b|倍)", re.IGNORECASE)
_PERCENT = re.compile(_NUMBER + r"(?:percent\b|%)", re.IGNORECASE)
_SMALLER = re.compile(r"shrink|reduce|decrease|smaller|缩小|减小", re.IGNORECASE)


def read_numbers(instruction: str) -> Numbers:
    """Distance, angle and factor of an English or Chinese instruction, whichever of them it states.

    Raises AmbiguousNumbers where it states two different values of one kind.
    """

    def values(pattern: re.Pattern[str]) -> list[float]:
        return [float(number) for number in pattern.findall(instruction)]

    sense = -1.0 if _SMALLER.search(instruction) else 1.0
    return Numbers(
        distance_m=_agreed(instruction, [value / 100.0 for value in values(_CENTIMETERS)] + values(_METERS)),
        angle_deg=_agreed(instruction, values(_DEGREES)),
        factor=_agreed(instruction, values(_TIMES) + [1.0 + sense * value / 100.0 for value in values(_PERCENT)]),
    )


def _agreed(instruction: str, values: list[float]) -> float | None:
    if not values:
        return None
    if max(values) - min(values) > 1e-6:
        raise AmbiguousNumbers(f'The instruction "{instruction}" gives two values for one quantity: {values}.')
    return values[0]
