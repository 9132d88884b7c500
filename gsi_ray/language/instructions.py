"""From an edit to the sentence that asks for it, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from string import Formatter

import numpy as np

from gsi_ray.language import wordings
from gsi_ray.language.expressions import expression, expression_zh
from gsi_ray.language.quantities import CHINESE_SAYINGS, ENGLISH_SAYINGS, Sayings, quantities
from gsi_ray.operations.edits import Designation, Edit, Parameters


@dataclass(frozen=True)
class Instruction:
    """What the editor is told. `chinese` is None where the lexicon or the wordings do not cover the edit."""

    english: str
    chinese: str | None


class NoWording(LookupError):
    """No English sentence fits an edit."""


def instruct(edit: Edit, rng: np.random.Generator) -> Instruction:
    """Word an edit, every possible sentence being as likely as any other.

    Raises NoWording where no English sentence of its operation fits its parameters.
    """
    english = english_sentences(edit)
    if not english:
        raise NoWording(
            f"No English sentence of {edit.operation} fits {edit.parameters}: teach one with register_wordings."
        )
    chinese = chinese_sentences(edit)
    return Instruction(
        english[int(rng.integers(len(english)))], chinese[int(rng.integers(len(chinese)))] if chinese else None
    )


def english_sentences(edit: Edit) -> list[str]:
    """Every English sentence that can ask for this edit."""
    fillings = _fillings(edit, expression, wordings.ENGLISH_PHRASES, ENGLISH_SAYINGS)
    return _filled(wordings.ENGLISH.get(edit.operation, ()), fillings)


def chinese_sentences(edit: Edit) -> list[str]:
    """Every Chinese sentence that can ask for this edit; none where a word for its objects is missing."""
    fillings = _fillings(edit, expression_zh, wordings.CHINESE_PHRASES, CHINESE_SAYINGS)
    return _filled(wordings.CHINESE.get(edit.operation, ()), fillings)


Fillings = dict[str, tuple[str, ...]]
"""For each slot that an edit can fill, the ways of filling it."""


def _fillings(
    edit: Edit, express: Callable[[Designation], str | None], phrases: wordings.Phrases, sayings: Sayings
) -> Fillings:
    fillings: Fillings = {}
    for slot, designation in (("target", edit.target), ("reference", edit.reference)):
        if designation is not None and (words := express(designation)) is not None:
            fillings[slot] = (words,)
    for slot, word in _words(edit.parameters).items():
        if word in phrases[slot]:
            fillings[slot] = phrases[slot][word]
    for slot, value in quantities(edit.parameters).items():
        fillings[slot] = tuple(say(value) for say in sayings[slot])
    return fillings


def _words(parameters: Parameters) -> dict[str, str]:
    """The word of each slot of phrases; a camera's direction goes by the name of its axis."""
    words = {
        parameters.axis or "direction": parameters.direction,
        "relation": parameters.relation,
        "placement": parameters.placement,
    }
    return {slot: word for slot, word in words.items() if word is not None}


def _filled(templates: Iterable[str], fillings: Fillings) -> list[str]:
    sentences: list[str] = []
    for template in templates:
        slots = [slot for _, slot, _, _ in Formatter().parse(template) if slot]
        if all(slot in fillings for slot in slots):
            sentences += [
                template.format(**dict(zip(slots, choice, strict=True)))
                for choice in product(*(fillings[slot] for slot in slots))
            ]
    return sentences
