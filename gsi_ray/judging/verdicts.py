"""From a judge's words to a verdict. Whatever cannot be read is an error with its reason, never a guess."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from gsi_ray.judging.readings import READINGS
from gsi_ray.judging.rubric import Rubric
from gsi_ray.judging.subjects import Subject

_DELIMITER = "||V^=^V||"
"""What the answers of GSI-Bench's official judge have before and after their JSON."""
_THOUGHT = "</think>"
_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Verdict:
    """What a judge thinks of a subject: `score` and `accept`, or `error` in their place; and other wordings it gave."""

    score: float | None = None
    accept: bool | None = None
    reasoning: str | None = None
    error: str | None = None
    instruction: str | None = None
    instruction_zh: str | None = None


def read_verdict(answer: str, rubric: Rubric, subject: Subject, *, is_cut: bool = False) -> Verdict:
    """The verdict in an answer: JSON alone, in a fence, or between the official delimiters; thoughts may precede it.

    `is_cut` tells that the answer ended at the limit of tokens.
    """
    if not answer.strip():
        return Verdict(error="The answer is empty. If all are, the judge may be unable to keep to the rubric's schema.")
    try:
        # Line breaks as they are in strings, which strictly are no JSON, leave no doubt what is meant.
        content = json.loads(
            _json_part(answer), parse_int=_number, parse_float=_number, parse_constant=_number, strict=False
        )
    except (ValueError, RecursionError):  # the latter for ten thousand brackets in a row
        what = "is cut off at the limit of tokens (the judge's max_tokens)" if is_cut else "has no JSON that is whole"
        return Verdict(error=f"The answer {what}: {_beginning(answer)}.")
    wrong = next(rubric.validator.iter_errors(content), None)
    if wrong is not None:
        where = "".join(f"{part}: " for part in wrong.absolute_path)
        return Verdict(error=f"The answer is not what the rubric asks for: {where}{wrong.message[:200]}.")
    return _read(content, rubric, subject)


def _read(content: dict[str, Any], rubric: Rubric, subject: Subject) -> Verdict:
    asked = {name: content[name] for name in rubric.answer["properties"] if name in content}
    read = READINGS[rubric.reading](asked, subject)
    return Verdict(
        read.score,
        read.score >= rubric.accept_from,
        asked.get("reasoning"),
        None,
        read.instruction,
        read.instruction_zh,
    )


def _json_part(answer: str) -> str:
    spoken = answer.rpartition(_THOUGHT)[2]
    delimited = spoken.split(_DELIMITER)
    if len(delimited) > 1:
        return delimited[1]
    fenced = None if spoken.lstrip().startswith("{") else _FENCE.search(spoken)
    return fenced[1] if fenced else spoken


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # NaN, and 1e999
        raise ValueError(f"{text} is no number")
    return number


def _beginning(answer: str) -> str:
    shown = " ".join(answer.split())
    return f'"{shown[:_SHOWN_CHARACTERS]}..."' if len(shown) > _SHOWN_CHARACTERS else f'"{shown}"'
