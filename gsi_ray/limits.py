"""Kinds of numbers that settings are made of. Recipes are checked by them; elsewhere they are plain numbers."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Gt, Interval, MinLen

Positive = Annotated[float, Gt(0)]
PositiveCount = Annotated[int, Gt(0)]
Fraction = Annotated[float, Interval(ge=0, le=1)]
Angle = Annotated[float, Interval(gt=0, lt=360)]
Positives = Annotated[tuple[Positive, ...], MinLen(1)]
Angles = Annotated[tuple[Angle, ...], MinLen(1)]
