"""What the page on judging shows is what there is: commands, files, names, figures, and links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
import yaml
from ray.scripts.scripts import cli as ray_cli

from gsi_ray.cli import app
from gsi_ray.judging import Rubric, shipped_rubrics
from gsi_ray.judging.calibration import GOOD, MISTAKES
from gsi_ray.lake import TABLES
from gsi_ray.recipes import Judge, Panel, load_judges
from tests.cluster.files import ROOT, extras
from tests.cluster.test_cluster_page import blocks, options, words

PAGE = (ROOT / "docs/judging.md").read_text(encoding="utf-8")
EVALUATION = (ROOT / "docs/evaluation.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
GSI_RAY = typer.main.get_command(app)


def calls_of(program: str, page: str) -> list[str]:
    """The lines of a page that call a program."""
    return re.findall(rf"^\$ ({program} .*)$", page, re.MULTILINE)


@pytest.mark.parametrize("line", [line for page in (PAGE, EVALUATION) for line in calls_of("gsi-ray", page)])
def test_a_command_has_the_options_that_a_page_gives_it(line: str) -> None:
    name, values = options(GSI_RAY, words(line)[1:])
    judge = values.get("judge")
    if name == "judge" and not judge.endswith(".yaml"):
        load_judges(judge)
    for rubric in values.get("rubric") or [] if name == "judge" else []:
        assert rubric in {one.name for one in shipped_rubrics()}


def test_the_job_is_one_of_ours_on_the_pool_that_has_vllm() -> None:
    [line] = calls_of("ray", PAGE)
    name, values = options(ray_cli, words(line)[1:])
    python, script, *arguments = values["entrypoint"]
    assert (name, python, script) == ("job submit", "python", "jobs/judge.py")
    assert (ROOT / script).exists()
    assert yaml.safe_load(values["entrypoint_label_selector"]) == {"pool": "judging"}
    assert options(GSI_RAY, ["judge", *arguments])[0] == "judge"


def test_the_files_that_it_shows_are_such_as_there_can_be() -> None:
    shown = [yaml.safe_load(block) for block in blocks(PAGE, "yaml")]
    kinds = [Rubric if "prompt" in one else Panel if "members" in one else Judge for one in shown]
    assert [kind.__name__ for kind in kinds] == ["Rubric", "Judge", "Judge", "Panel"]
    for kind, one in zip(kinds, shown, strict=True):
        kind.model_validate(one)
    assert set(Rubric.model_fields) == set(shown[0])
    assert {field for one in shown[1:3] for field in one} >= set(Judge.model_fields) - {
        "description", "device", "key_variable"
    }  # fmt: skip


def test_rubrics_are_accepted_from_where_it_says() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (both pictures|the picture before) \|.*\| (\d+)[^|]*\|$", PAGE, re.MULTILINE)
    sees = {"edit": "both pictures", "instruction": "the picture before"}
    assert {name: (seen, float(start)) for name, seen, start in rows} == {
        one.name: (sees[one.about], one.accept_from) for one in shipped_rubrics()
    }
    for one in shipped_rubrics():
        [row] = re.findall(rf"^\| `{one.name}` \|.*$", PAGE, re.MULTILINE)
        flaws = [name for name, form in one.answer["properties"].items() if form["type"] == "boolean"]
        assert [name for name in re.findall(r"`(\w+)`", row)[1:]] == flaws


def test_engine_arguments_are_those_of_the_shipped_judges_and_of_the_server() -> None:
    large, small = (load_judges(name)[1][0] for name in ("qwen3-vl-235b", "qwen3-vl-8b"))
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE)
    assert {name: yaml.safe_load(value) for name, value in rows if name in large.engine} == large.engine
    differing = {"tensor_parallel_size": 1, "max_num_seqs": 64}
    assert small.engine == {name: value for name, value in large.engine.items() if name in small.engine} | differing
    assert set(large.engine) - set(small.engine) == {"enable_expert_parallel", "mm_encoder_tp_mode"}
    for name, value in differing.items():
        assert f"`{name}: {value}`" in PAGE

    [command] = re.findall(r"^\$ (vllm serve (?:.*\\\n)*.*)$", PAGE, re.MULTILINE)
    arguments = shlex.split(command.replace("\\\n", " "))
    assert arguments[2] == large.model
    for name, value in large.engine.items():
        flag = arguments.index(f"--{name.replace('_', '-')}")
        assert value is True or yaml.safe_load(arguments[flag + 1]) == value


def test_what_it_names_is_there() -> None:
    [editors] = re.findall(r"^`--calibrate` has the editors (.*?) edit the lake's", PAGE, re.MULTILINE | re.DOTALL)
    assert re.findall(r"`([\w-]+)`", editors) == [GOOD, *MISTAKES]
    asked = [3 * (1 + len(MISTAKES)), 3 * 2]
    assert f"That is {asked[0]} questions a sample, or {asked[1]}" in " ".join(PAGE.split())
    for extra in re.findall(r"gsi-ray\[(\w+)\]", PAGE):
        assert extra in extras()
    for path in re.findall(r"`((?:gsi_ray|jobs)/[\w./-]+)`", PAGE):
        assert (ROOT / path).exists(), path
    assert {"prompt_sha256", "raw", "error", "reasoning"} <= set(TABLES["judgements"].schema.names)


def test_links_lead_to_sections_and_files() -> None:
    for source, page in (("docs", PAGE), ("docs", EVALUATION), (".", README)):
        for link in re.findall(r"\]\(([^)]+)\)", page):
            if link.startswith("https://"):
                continue
            name, _, section = link.partition("#")
            target = ROOT / source / name
            assert target.exists(), link
            assert not section or section in _sections(target), link
    assert "(docs/judging.md)" in README and "(judging.md)" in EVALUATION


def _sections(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
