"""Rubrics: those that are shipped, one's own, and what is said of a mistake in one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from gsi_ray.judging import Rubric, load_rubric, shipped_rubrics
from gsi_ray.recipes import RecipeError

Written = Callable[[object], str]

SCORE = {"type": "integer", "minimum": 0, "maximum": 10}
SCORED = {"type": "object", "properties": {"score": SCORE}, "required": ["score"]}
MINE = {
    "name": "mine",
    "description": "A rubric of my own",
    "about": "edit",
    "reading": "score",
    "accept_from": 5,
    "prompt": 'Is this what "{instruction}" asks for? Answer like {{"score": 7}}.',
    "answer": SCORED,
}


def changed(**settings: Any) -> dict[str, Any]:
    return {**MINE, **settings}


def answering(properties: dict[str, Any], *required: str, **settings: Any) -> dict[str, Any]:
    return changed(answer={"type": "object", "properties": properties, "required": list(required)}, **settings)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(content: object) -> str:
        file = tmp_path / "mine.yaml"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return str(file)

    return write


def test_four_rubrics_are_shipped_under_the_names_of_their_files() -> None:
    names = [rubric.name for rubric in shipped_rubrics()]
    assert names == ["appearance", "plausibility", "rewriting", "wording"]
    assert [load_rubric(name) for name in names] == list(shipped_rubrics())


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.name)
class TestShipped:
    def test_its_answer_is_a_closed_object_that_says_what_comes_first(self, rubric: Rubric) -> None:
        jsonschema.Draft202012Validator.check_schema(rubric.answer)
        assert rubric.answer["additionalProperties"] is False
        assert rubric.answer["required"] == list(rubric.answer["properties"])
        assert rubric.answer["required"][0] in ("reasoning", "english")

    def test_its_prompt_names_every_flaw_that_is_asked_for(self, rubric: Rubric) -> None:
        flaws = [name for name, form in rubric.answer["properties"].items() if form["type"] == "boolean"]
        assert all(f"- {flaw}: " in rubric.prompt for flaw in flaws)
        assert bool(flaws) == (rubric.reading == "flaws")

    def test_its_prompt_speaks_of_as_many_pictures_as_are_shown(self, rubric: Rubric) -> None:
        assert ("two pictures above" in rubric.prompt) == (rubric.about == "edit")

    def test_every_text_comes_to_an_end(self, rubric: Rubric) -> None:
        texts = [form for form in rubric.answer["properties"].values() if form["type"] == "string"]
        assert all("pattern" in form for form in texts)


def test_a_rubric_of_ones_own_is_read_from_its_file(written: Written) -> None:
    rubric = load_rubric(written(MINE))
    assert (rubric.name, rubric.accept_from, rubric.boxes) == ("mine", 5.0, False)


NEEDS_SCORE = "is to require score (integer or number), as the reading score needs it"
MISTAKES = {
    "an unknown key": (changed(acept_from=5), 'there is no key "acept_from" (did you mean "accept_from"?)'),
    "no accept_from": ({key: MINE[key] for key in MINE if key != "accept_from"}, '"accept_from" is missing'),
    "an accept_from that is no number": (changed(accept_from=float("nan")), '"accept_from" cannot be nan'),
    "an unknown reading": (changed(reading="scores"), '"scores" (did you mean "score"?)'),
    "about something else": (changed(about="edits"), '"edits" (did you mean "edit"?)'),
    "a name of a variant": (changed(name="mine.swapped"), "\"name\" cannot be 'mine.swapped'"),
    "a prompt without the instruction": (changed(prompt="Is this right?"), "nothing else; it has nothing"),
    "a prompt with other braces": (changed(prompt="{instruction} {target}"), "it has {instruction}, {target}"),
    "a prompt with a member of it": (changed(prompt="{instruction.text}"), "it has {instruction.text}"),
    "a prompt with a conversion": (changed(prompt="{instruction!x}"), "it has {instruction!x}"),
    "a prompt with a format": (changed(prompt="{instruction:d}"), "it has {instruction:d}"),
    "a prompt with nameless braces": (changed(prompt="{instruction} {}"), "it has {}, {instruction}"),
    "a prompt with half of a pair": (changed(prompt="{instruction"), "the prompt's braces do not match"),
    "a prompt with JSON": (changed(prompt='{instruction}: {"score": 7}'), "and nothing else"),
    "no schema": (changed(answer={"type": "objekt"}), "the answer's schema is no JSON schema"),
    "a schema of a list": (changed(answer={"type": "array"}), "is to be of the type object, with properties"),
    "a schema of nothing": (changed(answer={}), "is to be of the type object, with properties"),
    "an answer of no type": (answering({"score": True}, "score"), "is to say of score which type it has"),
    "a reference": (answering({"score": SCORE, "x": {"$ref": "#/a"}}, "score"), "is to do without $ref"),
    "reasons that are a list": (answering({"score": SCORE, "reasoning": {"type": "array"}}, "score"), "to be a string"),
    "a score that is not required": (answering({"score": SCORE}), NEEDS_SCORE),
    "a score in words": (answering({"score": {"type": "string"}}, "score"), NEEDS_SCORE),
    "a reading of flaws without one": (changed(reading="flaws"), "at least one flaw, which is a boolean"),
    "a reading of wordings without one": (changed(reading="rewriting"), "is to require english (string)"),
    "a list": ("- a\n- b\n", "it is not a recipe, which is a list of keys"),
    "an empty file": ("", "it is not a recipe, which is a list of keys"),
    "no YAML": ("name: [", "is not valid YAML (line 1"),
    "no text": (b"name: \xff\xfe", "it is not text in UTF-8"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_rubric_is_one_sentence_that_names_the_file(written: Written, mistake: str) -> None:
    content, said = MISTAKES[mistake]
    file = written(content)
    with pytest.raises(RecipeError) as caught:
        load_rubric(file)
    sentence = str(caught.value)
    assert said in sentence
    assert sentence.startswith(file) and sentence.endswith(".") and "\n" not in sentence


def test_a_rubric_that_there_is_not_is_answered_with_the_nearest_and_all_names() -> None:
    with pytest.raises(RecipeError, match=r'no rubric "plausible" \(did you mean "plausibility"\?\): give one of app'):
        load_rubric("plausible")
    with pytest.raises(RecipeError, match=r"nowhere\.yaml cannot be read: No such file"):
        load_rubric("nowhere.yaml")
