"""Every command on the cluster page is one that there is, down to its options and the files that it names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ray.scripts.scripts import cli as ray_cli

from gsi_ray.cli import app
from gsi_ray.recipes import load_recipe, parse_span, shards, with_samples
from tests.cluster.files import RAY_VERSION, ROOT, read_yaml
from tests.cluster.test_containers import stages

PAGE = (ROOT / "docs/cluster.md").read_text()
GSI_RAY = typer.main.get_command(app)
RAYJOB = read_yaml("kuberay/rayjob.yaml")["spec"]


def commands() -> list[str]:
    """The lines after `$` in the page's console blocks, and our own commands in its text."""
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return lines + re.findall(r"`(gsi-ray \w+ [^`]+)`", PAGE)


def words(line: str) -> list[str]:
    """A command as the shell reads it, without the settings before it."""
    parts = shlex.split(line, comments=True)
    while re.match(r"[A-Z_]+=", parts[0]):
        parts = parts[1:]
    return parts


def calls_of(program: str) -> list[str]:
    """The page's commands that call a program."""
    return [line for line in commands() if words(line)[0] == program]


def options(command: Any, arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """What a program's own parser makes of its arguments: the command within it, and the options' values."""
    context = command.make_context("", list(arguments))
    if not hasattr(command, "resolve_command"):
        return "", context.params
    name, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    inner_name, values = options(inner, rest)
    return f"{name} {inner_name}".strip(), values


def jobs() -> Iterator[list[str]]:
    """Entry points of the jobs that the page and the manifest submit."""
    for line in calls_of("ray"):
        name, values = options(ray_cli, words(line)[1:])
        if name == "job submit":
            yield list(values["entrypoint"])
    yield shlex.split(RAYJOB["entrypoint"])


def test_the_page_shows_how_to_submit_watch_stop_and_plan():
    ours = {options(GSI_RAY, words(line)[1:])[0] for line in calls_of("gsi-ray")}
    rays = {options(ray_cli, words(line)[1:])[0] for line in calls_of("ray")}
    assert {"status", "plan", "doctor", "audit", "generate"} <= ours
    assert {"job submit", "job stop", "job logs", "start", "stop", "up", "down", "dashboard"} <= rays


@pytest.mark.parametrize("line", [line for program in ("gsi-ray", "ray") for line in calls_of(program)])
def test_a_command_has_the_options_that_the_page_gives_it(line):
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


def test_files_that_commands_name_are_there():
    named = [word for line in commands() for word in re.findall(r"(?:file://)?\b((?:cluster|docs)/[\w./-]+)", line)]
    assert len(named) > 10
    for name in named:
        assert (ROOT / name).exists(), name


def test_images_are_built_from_stages_that_there_are_with_the_tags_that_pods_run():
    [build] = [words(line) for line in calls_of("docker") if "build" in line]
    target, tag = build[build.index("--target") + 1], build[build.index("--tag") + 1]
    assert target in stages()
    assert tag == f"registry.example.com/gsi-ray/{target}:ray-{RAY_VERSION}"


def test_links_lead_to_sections_of_the_page():
    sections = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    }
    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    assert links <= sections
    assert sections <= links


def test_the_readme_leads_to_the_page():
    assert "(docs/cluster.md)" in (ROOT / "README.md").read_text()
