"""Every command on the pages is one that there is, down to its options and the files that it names, as is all else."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ai2thor
import pytest
import typer.main
import yaml
from ray.scripts.scripts import cli as ray_cli

from gsi_ray.cli import app
from gsi_ray.doctor import smoke
from gsi_ray.operations import OPERATIONS
from gsi_ray.recipes import Recipe, load_recipe, parse_span, shards, with_samples
from gsi_ray.simulators.ai2thor import houses, node
from tests.cluster.files import POOLS, RAY_VERSION, ROOT, extras, read_yaml
from tests.cluster.test_containers import stages, values

DOCS = ROOT / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text() for name in ("cluster", "ai2thor")}
CLUSTER, AI2THOR = PAGES["cluster"], PAGES["ai2thor"]
each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
GSI_RAY = typer.main.get_command(app)
RAYJOB = read_yaml("kuberay/rayjob.yaml")["spec"]


def blocks(page: str, language: str) -> list[str]:
    """What a page shows of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """The lines after `$` in a page's console blocks, and our own commands in its text."""
    lines = [line[2:] for block in blocks(page, "console") for line in block.splitlines() if line.startswith("$ ")]
    return lines + re.findall(r"`(gsi-ray \w+ [^`]+)`", page)


def words(line: str) -> list[str]:
    """A command as the shell reads it, without the settings before it."""
    parts = shlex.split(line, comments=True)
    while re.match(r"[A-Z_]+=", parts[0]):
        parts = parts[1:]
    return parts


def calls_of(program: str, *pages: str) -> list[str]:
    """The commands on pages that call a program."""
    return [line for page in pages for line in commands(page) if words(line)[0] == program]


def options(command: Any, arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """What a program's own parser makes of its arguments: the command within it, and the options' values."""
    context = command.make_context("", list(arguments))
    if not hasattr(command, "resolve_command"):
        return "", context.params
    name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    inner_name, values = options(inner, rest)
    return f"{name} {inner_name}".strip(), values


def jobs() -> Iterator[list[str]]:
    """Entry points of the jobs that the pages and the manifest submit."""
    for line in calls_of("ray", *PAGES.values()):
        name, values = options(ray_cli, words(line)[1:])
        if name == "job submit":
            yield list(values["entrypoint"])
    yield shlex.split(RAYJOB["entrypoint"])


def test_the_page_shows_how_to_submit_watch_stop_and_plan():
    ours = {options(GSI_RAY, words(line)[1:])[0] for line in calls_of("gsi-ray", CLUSTER)}
    rays = {options(ray_cli, words(line)[1:])[0] for line in calls_of("ray", CLUSTER)}
    assert {"status", "plan", "doctor", "audit", "generate"} <= ours
    assert {"job submit", "job stop", "job logs", "start", "stop", "up", "down", "dashboard"} <= rays


@pytest.mark.parametrize(
    "line", [line for program in ("gsi-ray", "ray") for line in calls_of(program, *PAGES.values())]
)
def test_a_command_has_the_options_that_a_page_gives_it(line):
    program, *arguments = words(line)
    options(GSI_RAY if program == "gsi-ray" else ray_cli, arguments)


@pytest.mark.parametrize("entry_point", [*jobs()], ids=" ".join)
def test_a_job_has_the_options_that_it_is_given(entry_point):
    python, script, *arguments = entry_point
    assert python == "python"
    assert (ROOT / script).exists()
    name, values = options(GSI_RAY, [Path(script).stem, *arguments])
    assert name == "generate"
    if values["recipe"] != "my-recipe.yaml":
        recipe = load_recipe(values["recipe"])
        if values["shards"]:
            there_are = len(shards(with_samples(recipe, values["samples"])))
            assert parse_span(values["shards"]).stop <= there_are


def test_the_ranges_of_two_clusters_are_all_of_the_data_set():
    spans, sizes = [], set()
    for _, script, *arguments in jobs():
        _, values = options(GSI_RAY, [Path(script).stem, *arguments])
        if values["shards"]:
            spans.append(parse_span(values["shards"]))
            sizes.add(len(shards(with_samples(load_recipe(values["recipe"]), values["samples"]))))
    first, second = spans
    assert (first.start, first.stop) == (0, second.start)
    assert {second.stop} == sizes


def test_the_manifest_asks_for_no_more_workers_than_its_pool_has_room_for():
    _, values = options(GSI_RAY, ["generate", *shlex.split(RAYJOB["entrypoint"])[2:]])
    [pool] = RAYJOB["rayClusterSpec"]["workerGroupSpecs"]
    [container] = pool["template"]["spec"]["containers"]
    assert 0 < values["workers"] <= pool["maxReplicas"] * int(container["resources"]["limits"]["cpu"])


@each_page
def test_files_that_commands_name_are_there(page):
    named = [word for line in commands(page) for word in re.findall(r"(?:file://)?\b((?:cluster|docs)/[\w./-]+)", line)]
    assert len(named) > (10 if page == CLUSTER else 2)
    for name in named:
        assert (ROOT / name).exists(), name


@each_page
def test_images_are_built_from_stages_that_there_are_with_the_tags_that_pods_run(page):
    [build] = [words(line) for line in calls_of("docker", page) if "build" in line]
    target, tag = build[build.index("--target") + 1], build[build.index("--tag") + 1]
    assert target in stages()
    assert tag == f"registry.example.com/gsi-ray/{target}:ray-{RAY_VERSION}"
    given = [build[place + 1] for place, word in enumerate(build) if word == "--build-arg"]
    assert {one.split("=")[0] for one in given} <= {one.split("=")[0] for one in values(target, "ARG")}


def sections(page: str) -> set[str]:
    """The sections of a page, as links name them."""
    titles = re.findall(r"^## (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_page
def test_links_lead_to_sections_of_the_page_and_to_files(page):
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert {link[1:] for link in links if link.startswith("#")} == sections(page)
    for link in links:
        assert link.startswith(("#", "https://")) or (DOCS / link).exists(), link


def test_the_readme_and_one_another_lead_to_the_pages():
    for name in PAGES:
        assert f"(docs/{name}.md)" in (ROOT / "README.md").read_text()
    assert "(ai2thor.md)" in CLUSTER and "(cluster.md)" in AI2THOR


@each_page
def test_lines_of_recipes_are_such_that_a_recipe_may_have(page):
    cell = {"environment": "room", "split": "train", "operations": ["camera_movement"], "samples_per_operation": 1}
    shown = blocks(page, "yaml")
    assert shown
    for block in shown:
        recipe = Recipe.model_validate({"name": "mine", "description": "", "cells": [cell], **yaml.safe_load(block)})
        assert recipe.workers.pool in (None, *POOLS)


def test_the_page_names_the_environment_variables_that_a_node_reads():
    assert set(re.findall(r"GSI_RAY_THOR_\w+", AI2THOR)) == set(
        re.findall(r"GSI_RAY_THOR_\w+", inspect.getsource(node))
    )
    for variable, default in re.findall(r"^\| `(GSI_RAY_THOR_\w+)` \| (\d+) \|", AI2THOR, re.MULTILINE):
        assert f'_seconds("{variable}", {float(default)})' in inspect.getsource(node)


def test_the_page_counts_the_houses_and_operations_that_there_are():
    apartments = {
        split: sum(house.startswith("FloorPlan_") for house in houses.HOUSES["room", split])
        for split in ("train", "val", "test")
    }
    assert f"Train: {apartments['train']} |" in AI2THOR and f"Val: {apartments['val']} | none |" in AI2THOR
    assert apartments["test"] == 0
    for split, count in (("train", 20), ("val", 5), ("test", 5)):
        assert len(houses.HOUSES["bathroom", split]) == count
        assert len(houses.HOUSES["room", split]) == 3 * count + apartments[split]
    for scene_id in re.findall(r"FloorPlan\w+-\d+", AI2THOR):
        houses.parse(scene_id)
    assert "of the seven operations there are six" in AI2THOR
    assert [name for name, operation in OPERATIONS.items() if operation.resizes] == ["object_scaling"]
    for name in ("gsi-syn-room", "gsi-syn-bathroom"):
        recipe = load_recipe(name)
        assert f"`{name}`" in AI2THOR and "tabletop" not in {cell.environment for cell in recipe.cells}
        assert "object_scaling" not in {operation for cell in recipe.cells for operation in cell.operations}


def test_the_page_names_the_checks_of_the_smoke_test():
    [table] = re.findall(r"^\| check \|.*\Z", AI2THOR, re.MULTILINE | re.DOTALL)
    functions = inspect.getmembers(smoke, inspect.isfunction)
    checks = {
        name for name, function in functions if name[0] != "_" and function.__annotations__.get("return") == "str"
    }
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == checks
    [awaited] = re.findall(r"^\| what \| who tells \|$(.*?)\n\n", AI2THOR, re.MULTILINE | re.DOTALL)
    tellers = " ".join(row.split("|")[2] for row in awaited.strip().splitlines())
    assert set(re.findall(r"`(\w+)`", tellers)) <= checks


def test_what_goes_wrong_is_told_in_the_words_that_someone_says():
    sources = [*(ROOT / "gsi_ray").rglob("*.py"), *Path(ai2thor.__file__).parent.glob("*.py")]
    said = "".join(file.read_text() for file in sources)
    [table] = re.findall(r"^\| what you see \|.*?\n\n", AI2THOR, re.MULTILINE | re.DOTALL)
    rows = table.strip().splitlines()[2:]
    symptoms = [symptom for row in rows for symptom in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(symptoms) > 8
    for symptom in symptoms:
        assert symptom in said, symptom


def test_the_extra_that_the_page_installs_is_there():
    [extra] = re.findall(r"pip install 'gsi-ray\[(\w+)\]'", AI2THOR)
    assert extra in extras()
