"""Reads and changes recipes; whatever is wrong with one is told in a sentence."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gsi_ray.errors import GsiRayError, did_you_mean
from gsi_ray.recipes.evaluation import EvaluationRecipe
from gsi_ray.recipes.judging import Judge, Panel
from gsi_ray.recipes.recipe import Recipe

Location = tuple[str | int, ...]
AnyRecipe = TypeVar("AnyRecipe", bound=BaseModel)


class RecipeError(GsiRayError):
    """A recipe that does not exist, cannot be read, or asks for what cannot be."""


def shipped_recipes() -> tuple[Recipe, ...]:
    """The recipes that come with the package, in the order of their names."""
    return tuple(read_settings(Recipe, file) for file in _shipped_files().values())


def load_recipe(name_or_path: str) -> Recipe:
    """A shipped recipe by its name, or one of your own by the path of its file, which ends in .yaml or .yml.

    Raises RecipeError.
    """
    return read_settings(Recipe, settings_file("recipe", name_or_path, _shipped_files()))


def load_evaluation(file: Path) -> EvaluationRecipe:
    """How to evaluate, from a .yaml file. Raises RecipeError."""
    return read_settings(EvaluationRecipe, file)


def revised(recipe: Recipe, **changes: Any) -> Recipe:
    """The same recipe with some settings changed, and checked again. Raises RecipeError."""
    return _validated(Recipe, {**recipe.model_dump(), **changes}, f'Recipe "{recipe.name}"')


def revised_evaluation(recipe: EvaluationRecipe, **changes: Any) -> EvaluationRecipe:
    """Likewise."""
    return _validated(EvaluationRecipe, {**recipe.model_dump(), **changes}, "The evaluation")


def with_samples(recipe: Recipe, samples_per_operation: int) -> Recipe:
    """The same recipe with this many samples of each operation in each environment and split. Raises RecipeError."""
    cells = [{**cell.model_dump(), "samples_per_operation": samples_per_operation} for cell in recipe.cells]
    return revised(recipe, cells=cells)


def load_judges(name_or_path: str) -> tuple[Panel | None, tuple[Judge, ...]]:
    """A judge that comes with the package by its name, or one of your own by the path of its file; or a panel's file.

    Returns the panel, if it is one, and its members, or else the one judge. Raises RecipeError.
    """
    file = _judge_file(name_or_path, Path())
    if not _is_panel(file):
        return None, (read_settings(Judge, file),)
    panel = read_settings(Panel, file)
    members = tuple(read_settings(Judge, _judge_file(member, file.parent)) for member in panel.members)
    names = [panel.name, *(member.name for member in members)]
    if len(set(names)) < len(names):
        raise RecipeError(
            f"{file}: the panel and its members are to have different names; they are {', '.join(names)}."
        )
    return panel, members


def read_settings(kind: type[AnyRecipe], file: Path) -> AnyRecipe:
    """Settings of any kind from a .yaml file. Raises RecipeError."""
    try:
        return _parsed(kind, _text(file), str(file))
    except UnicodeDecodeError as error:
        raise RecipeError(f"{file} is not valid YAML: it is not text in UTF-8; correct it.") from error


def settings_file(what: str, name_or_path: str, shipped: Mapping[str, Path]) -> Path:
    """The file of settings that come with the package by their name, or one's own by its path. Raises RecipeError."""
    if name_or_path.endswith((".yaml", ".yml")):
        return Path(name_or_path)
    if name_or_path not in shipped:
        raise RecipeError(
            f'There is no {what} "{name_or_path}"{did_you_mean(name_or_path, shipped)}: give one of '
            f"{', '.join(shipped)}, or the path of a .yaml file."
        )
    return shipped[name_or_path]


def _shipped_files(folder: str = "") -> dict[str, Path]:
    files = Path(str(resources.files("gsi_ray.recipes"))) / folder
    return {file.stem: file for file in sorted(files.glob("*.yaml"))}


def _judge_file(name_or_path: str, beside: Path) -> Path:
    return beside / settings_file("judge", name_or_path, _shipped_files("judges"))


def _is_panel(file: Path) -> bool:
    """Whether a file lists members; one that is not even YAML is complained about where it is read as a judge."""
    with suppress(RecipeError, UnicodeDecodeError, yaml.YAMLError):
        content = yaml.safe_load(_text(file))
        return isinstance(content, dict) and "members" in content
    return False


def parse_recipe(text: str, source: str) -> Recipe:
    """The recipe in a YAML file that has been read from somewhere, which `source` names. Raises RecipeError."""
    return _parsed(Recipe, text, source)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(
            f"{file} cannot be read: {error.strerror}; give the path of a recipe's .yaml file."
        ) from error


def _parsed(kind: type[AnyRecipe], text: str, source: str) -> AnyRecipe:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise RecipeError(f"{source} is not valid YAML{where}: correct it there.") from error
    return _validated(kind, content, source)


def _validated(kind: type[AnyRecipe], content: object, source: str) -> AnyRecipe:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise RecipeError(f"{source}: {_complaint(kind, error.errors()[0])}.") from error


def _complaint(kind: type[BaseModel], error: ErrorDetails) -> str:
    location, found = error["loc"], error["input"]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    match error["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            right_keys = _keys_at(kind, location[:-1])
            hint = did_you_mean(str(location[-1]), right_keys)
            return f'there is no key "{where}"{hint}; the keys in this place are {", ".join(right_keys)}'
        case "missing":
            return f'the key "{where}" is missing; add it'
        case "literal_error":
            choices = re.findall(r"'([^']+)'", error["ctx"]["expected"])
            return (
                f'"{where}" cannot be "{found}"{did_you_mean(str(found), choices)}; it is one of {", ".join(choices)}'
            )
        case "value_error":
            return f'"{where}": {error["ctx"]["error"]}' if where else str(error["ctx"]["error"])
        case "model_type" if not where:
            return "it is not a recipe, which is a list of keys with their values, such as 'name: demo'"
        case _:
            return f'"{where}" cannot be {found!r}: {error["msg"].replace("Input should", "it should")}'


def _keys_at(kind: type[BaseModel], location: Location) -> list[str]:
    """The keys that are right at a location in a recipe: a name steps into a field, a number into a tuple."""
    found: Any = kind
    for part in location:
        found = typing.get_type_hints(found)[part] if isinstance(part, str) else typing.get_args(found)[0]
        if type(None) in typing.get_args(found):  # what may be left out
            found = typing.get_args(found)[0]
    return [field.name for field in fields(found)] if is_dataclass(found) else list(found.model_fields)
