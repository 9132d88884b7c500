"""How a judge's answer becomes a verdict, by the `reading` of the rubric."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gsi_ray.judging.subjects import Subject
from gsi_ray.language.quantities import AmbiguousNumbers, read_numbers

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """What an answer comes to: its score on the rubric's scale, and, where the rubric asks for them, other wordings."""

    score: float
    instruction: str | None = None
    instruction_zh: str | None = None


def flaws(answer: Answer, subject: Subject) -> Read:
    """Of the flaws that the rubric names, which are the members true or false of the answer, the share that is absent.

    >>> flaws({"reasoning": "The mug hangs in the air.", "floating": True, "clipping": False}, ...).score
    0.5
    """
    found = [value for value in answer.values() if isinstance(value, bool)]
    return Read(1.0 - sum(found) / len(found))


def score(answer: Answer, subject: Subject) -> Read:
    """The answer's own `score`."""
    return Read(float(answer["score"]))


def rewriting(answer: Answer, subject: Subject) -> Read:
    """Whether the new wordings, `english` and `chinese`, give the same numbers as the instruction: 1, or else 0."""
    english, chinese = answer["english"].strip(), answer["chinese"].strip()
    is_same = all(text and same_numbers(text, subject.instruction) for text in (english, chinese))
    return Read(float(is_same), english, chinese)


READINGS: Mapping[str, Callable[[Answer, Subject], Read]] = {"flaws": flaws, "score": score, "rewriting": rewriting}
NEEDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "flaws": {},
    "score": {"score": ("integer", "number")},
    "rewriting": {"english": ("string",), "chinese": ("string",)},
}
"""The members that a rubric's answer must have for a reading, and of which types. Flaws may have any name."""


def same_numbers(text: str, instruction: str) -> bool:
    """Whether another wording of an instruction gives the same distance, angle and factor, or likewise none."""
    try:
        said, asked = read_numbers(text), read_numbers(instruction)
    except AmbiguousNumbers:
        return False
    pairs = ((said.distance_m, asked.distance_m), (said.angle_deg, asked.angle_deg), (said.factor, asked.factor))
    return all(
        one is other if one is None or other is None else abs(one - other) <= 1e-6 * abs(other) for one, other in pairs
    )
