"""Recipes: what is shipped, and what a user is told about a mistake in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from gsi_ray.recipes import RecipeError, fingerprint, load_recipe, revised, shipped_recipes, with_samples


def _content(**changes: Any) -> dict[str, Any]:
    cell = {
        "environment": "room",
        "split": "train",
        "operations": ["camera_movement", "object_rotation"],
        "samples_per_operation": 10,
    }
    return {"name": "mine", "description": "A recipe of my own", "cells": [cell], **changes}


def _cell(**changes: Any) -> dict[str, Any]:
    return _content(cells=[{**_content()["cells"][0], **changes}])


@pytest.fixture
def written(tmp_path: Path):
    def write(content: object) -> str:
        file = tmp_path / "mine.yaml"
        file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return str(file)

    return write


def test_the_shipped_recipes_have_the_sizes_of_the_benchmark() -> None:
    sizes = {recipe.name: recipe.samples for recipe in shipped_recipes()}
    assert sizes.pop("demo") >= 140
    assert sizes == {
        "gsi-syn-room": 593,
        "gsi-syn-tabletop": 600,
        "gsi-syn-bathroom": 200,
        "gsi-syn-train": 10_500,
        "gsi-syn-chains": 4_200,
        "gsi-syn-inverses": 4_000,
    }


def test_benchmark_recipes_draw_on_test_scenes_and_the_training_recipe_on_train_scenes() -> None:
    splits = {recipe.name: {cell.split for cell in recipe.cells} for recipe in shipped_recipes()}
    assert splits["gsi-syn-train"] == {"train"}
    assert splits["gsi-syn-room"] == splits["gsi-syn-tabletop"] == splits["gsi-syn-bathroom"] == {"test"}


def test_the_demo_covers_all_operations_and_environments() -> None:
    cells = load_recipe("demo").cells
    assert len({operation for cell in cells for operation in cell.operations}) == 7
    assert {cell.environment for cell in cells} == {"room", "bathroom", "tabletop"}


def test_a_recipe_of_ones_own_is_read_from_its_file(written) -> None:
    recipe = load_recipe(written(_content(views={"per_scene": 2}, choices={"rotations_deg": [30.0]})))
    assert recipe.samples == 20
    assert recipe.views.per_scene == 2
    assert recipe.choices.rotations_deg == (30.0,)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_content(image_sise=64), '"image_sise" (did you mean "image_size"?)'),
        (_cell(enviroment="room"), '"cells[0].enviroment" (did you mean "environment"?)'),
        (_content(views={"per_scen": 2}), '"views.per_scen" (did you mean "per_scene"?)'),
        (_content(choices={"rotation_deg": [90]}), '"choices.rotation_deg" (did you mean "rotations_deg"?)'),
        (_cell(environment="rooms"), '"rooms" (did you mean "room"?)'),
        (_cell(split="validation"), "train, val, test"),
        (_cell(operations=["camera_movment"]), '"camera_movment" (did you mean "camera_movement"?)'),
        (_content(choices={"rotations_deg": [-90]}), '"choices.rotations_deg[0]" cannot be -90'),
        (_content(quality={"min_target_visible": 1.5}), '"quality.min_target_visible" cannot be 1.5'),
        (_content(simulator="mujocco"), '"mujocco" (did you mean "mujoco"?)'),
        (_cell(samples_per_operation=0), '"cells[0].samples_per_operation" cannot be 0'),
        (_cell(operations=[]), '"cells[0].operations"'),
        (_cell(operations=["camera_movement", "camera_movement"]), "listed 2 times for room/train"),
        (_content(chains={"length": 5}), '"chains.length" cannot be 5'),
        (_content(chains={"length": 2}, inverses=True), "inverses and chains cannot be had in one recipe"),
        (_content(gate={"judge": "Strict", "rubric": "quality"}), 'no judge or rubric "Strict"; names are of small'),
        (_content(gate={"judge": "strict"}), '"gate.rubric" is missing'),
        (_content(gate={"judge": "strict", "rubric": "quality", "rubrics": "a"}), '"gate.rubrics" (did you mean'),
        ({"name": "mine"}, '"description" is missing'),
        (_content(image_size=-1), '"image_size" cannot be -1'),
        ("- a list", "not a recipe"),
        ("name: [", "not valid YAML (line 1, column"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_the_file(written, content: object, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(written(content))
    sentence = str(caught.value)
    assert "mine.yaml" in sentence
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_an_unknown_recipe_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(RecipeError, match='did you mean "gsi-syn-room"'):
        load_recipe("gsi-sin-room")


def test_a_recipe_file_that_is_not_there_is_named() -> None:
    with pytest.raises(RecipeError, match=r"nowhere\.yaml cannot be read"):
        load_recipe("nowhere.yaml")


def test_the_number_of_samples_can_be_set_for_every_cell() -> None:
    recipe = with_samples(load_recipe("gsi-syn-room"), 2)
    assert recipe.samples == 12
    with pytest.raises(RecipeError, match="cannot be 0"):
        with_samples(recipe, 0)


def test_a_revised_recipe_is_checked_again() -> None:
    demo = load_recipe("demo")
    assert revised(demo, image_size=128).image_size == 128
    with pytest.raises(RecipeError, match=r'Recipe "demo": "image_size"'):
        revised(demo, image_size=1)


def test_the_fingerprint_is_short_and_follows_every_setting() -> None:
    demo = load_recipe("demo")
    changed = [
        revised(demo, image_size=256),
        revised(demo, views={"per_scene": 7}),
        revised(demo, choices={"rotations_deg": [30.0]}),
        revised(demo, inverses=True),
        revised(demo, chains={"length": 2}),
        revised(demo, chains={"length": 3}),
        with_samples(demo, 3),
    ]
    marks = {fingerprint(recipe) for recipe in (demo, *changed)}
    assert len(marks) == 8
    assert all(len(mark) == 12 and set(mark) <= set("0123456789abcdef") for mark in marks)
    assert fingerprint(load_recipe("demo")) == fingerprint(demo)


def test_samples_made_before_a_gate_was_named_are_those_that_it_judges() -> None:
    demo = load_recipe("demo")
    assert fingerprint(revised(demo, gate={"judge": "strict", "rubric": "quality"})) == fingerprint(demo)
