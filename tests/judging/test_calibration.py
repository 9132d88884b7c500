"""The calibration set is one that can be made, and that no rubric of a user gets in the way of."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from gsi_ray.editors import EDITORS, parse
from gsi_ray.judging import Rubric, load_rubric, shipped_rubrics
from gsi_ray.judging.calibration import (
    AGAIN,
    GOOD,
    MISTAKES,
    SWAPPED,
    calibration_editors,
    mistakes_to_catch,
    variant_name,
)


@pytest.mark.parametrize("editor", [GOOD, *MISTAKES])
def test_every_calibration_editor_can_be_made(editor: str) -> None:
    assert parse(editor).form in EDITORS


def test_what_is_said_of_a_mistake_has_its_amount() -> None:
    amounts = {editor: re.search(r"(\d+)cm", editor) for editor in MISTAKES}
    assert all(f"{amount[1]} cm" in MISTAKES[editor] for editor, amount in amounts.items() if amount)


def test_plausibility_is_to_catch_every_mistake_and_appearance_just_another_colour() -> None:
    assert mistakes_to_catch("plausibility") == tuple(MISTAKES)
    assert calibration_editors("appearance") == (GOOD, "recoloured")
    assert all(set(mistakes_to_catch(rubric.name)) <= set(MISTAKES) for rubric in shipped_rubrics())


def test_a_rubric_of_ones_own_is_to_catch_every_mistake() -> None:
    assert calibration_editors("realism") == (GOOD, *MISTAKES)


@pytest.mark.parametrize("variant", [SWAPPED, AGAIN])
def test_no_rubric_can_be_taken_for_a_variant_of_another(variant: str) -> None:
    rubric = load_rubric("plausibility").model_dump()
    with pytest.raises(ValidationError, match="name"):
        Rubric(**{**rubric, "name": variant_name("plausibility", variant)})
