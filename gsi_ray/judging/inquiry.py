"""One judge who is asked by one rubric, in one way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gsi_ray.errors import GsiRayError
from gsi_ray.judging.calibration import AGAIN, SWAPPED, variant_name
from gsi_ray.judging.requests import Request, request
from gsi_ray.judging.rubric import Rubric
from gsi_ray.judging.subjects import Subject
from gsi_ray.recipes import Judge


class JudgeUnavailable(GsiRayError):
    """The judge cannot be asked: its model, its server or the package to run it is not there."""


@dataclass(frozen=True)
class Inquiry:
    """`variant` is SWAPPED or AGAIN, which calibration asks for, or None."""

    judge: Judge
    rubric: Rubric
    variant: str | None = None

    @property
    def rubric_name(self) -> str:
        """What the table `judgements` calls the rubric."""
        return variant_name(self.rubric.name, self.variant) if self.variant else self.rubric.name

    @property
    def seed(self) -> int:
        """What the judge's random numbers begin with."""
        return self.judge.seed + (self.variant == AGAIN)

    def request(self, subject: Subject) -> Request:
        """What to ask about a subject."""
        settings: dict[str, Any] = {**self.judge.bears_on_answers, "seed": self.seed}
        return request(subject, self.rubric, settings, swapped=self.variant == SWAPPED)
