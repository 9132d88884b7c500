"""Rubrics: what a judge is asked, the form of its answer, and what is accepted. Each is a small YAML file."""

from __future__ import annotations

import json
from functools import cached_property
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import jsonschema
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gsi_ray.judging.readings import NEEDED
from gsi_ray.recipes import read_settings, settings_file


class Rubric(BaseModel):
    """What to ask about a picture after an edit beside the one before it, or about an instruction and the latter alone.

    `prompt` stands below the pictures; {instruction} in it is replaced. `answer` is the JSON schema (draft 2020-12) of
    the answer, an object. `reading` says how it becomes a score (see `readings`), and a score of `accept_from` or more
    is accepted. With `boxes`, the thing that the instruction is about is framed in the pictures.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    description: str
    about: Literal["edit", "instruction"]
    reading: Literal["flaws", "score", "rewriting"]
    accept_from: float = Field(allow_inf_nan=False)
    prompt: str
    answer: dict[str, Any]
    boxes: bool = False

    @model_validator(mode="after")
    def _prompt_can_be_filled_in(self) -> Rubric:
        try:
            parsed = [part for part in Formatter().parse(self.prompt) if part[1] is not None]
        except ValueError as error:
            raise ValueError(f"the prompt's braces do not match ({error})") from error
        slots = {
            f"{slot}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}"
            for _, slot, form, conversion in parsed
        }
        if slots != {"instruction"}:
            found = ", ".join(f"{{{slot}}}" for slot in sorted(slots)) or "nothing"
            raise ValueError(f"the prompt is to have {{instruction}} in braces and nothing else; it has {found}")
        return self

    @model_validator(mode="after")
    def _answer_can_be_read(self) -> Rubric:
        try:
            jsonschema.Draft202012Validator.check_schema(self.answer)
        except jsonschema.SchemaError as error:
            raise ValueError(f"the answer's schema is no JSON schema ({error.message})") from error
        if self.answer.get("type") != "object" or not isinstance(self.answer.get("properties"), dict):
            raise ValueError("the answer's schema is to be of the type object, with properties")
        for member, schema in self.answer["properties"].items():
            if not isinstance(schema, dict):
                raise ValueError(f"the answer's schema is to say of {member} which type it has")
        if '"$ref"' in json.dumps(self.answer, default=str):
            raise ValueError("the answer's schema is to do without $ref")
        if self._type_of("reasoning") not in (None, "string"):
            raise ValueError("the answer's reasoning is to be a string")
        for member, types in NEEDED[self.reading].items():
            if member not in self.answer.get("required", ()) or self._type_of(member) not in types:
                raise ValueError(
                    f"the answer's schema is to require {member} ({' or '.join(types)}), as the reading "
                    f"{self.reading} needs it"
                )
        if self.reading == "flaws" and "boolean" not in map(self._type_of, self.answer.get("required", ())):
            raise ValueError("the answer's schema is to require at least one flaw, which is a boolean")
        return self

    @property
    def schema_of_any_judge(self) -> dict[str, Any]:
        """The answer's schema for judges that nobody holds to it: they may say more, and score 7.5 for an integer."""
        members = {name: _lenient(member) for name, member in self.answer["properties"].items()}
        return {**self.answer, "properties": members, "additionalProperties": True}

    @cached_property
    def validator(self) -> jsonschema.Draft202012Validator:
        """Says what is wrong with an answer."""
        return jsonschema.Draft202012Validator(self.schema_of_any_judge)

    def _type_of(self, member: str) -> object:
        return self.answer.get("properties", {}).get(member, {}).get("type")


def _lenient(member: dict[str, Any]) -> dict[str, Any]:
    # Lengths and patterns are there to make judges come to an end.
    kept = {key: value for key, value in member.items() if key not in ("pattern", "maxLength")}
    return {**kept, "type": "number"} if member.get("type") == "integer" else kept


def load_rubric(name_or_path: str) -> Rubric:
    """A rubric that comes with the package by its name, or one of your own by the path of its file (.yaml or .yml).

    Raises RecipeError.
    """
    return read_settings(Rubric, settings_file("rubric", name_or_path, _shipped_files()))


def shipped_rubrics() -> tuple[Rubric, ...]:
    """The rubrics that come with the package, in the order of their names."""
    return tuple(read_settings(Rubric, file) for file in _shipped_files().values())


def _shipped_files() -> dict[str, Path]:
    folder = Path(str(resources.files("gsi_ray.judging"))) / "rubrics"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}
