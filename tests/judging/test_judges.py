"""Judges and panels: those that are shipped, one's own, and what is said of a mistake in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from gsi_ray.recipes import RecipeError, load_judges

SERVED = {"name": "mine", "model": "my/model", "server": "http://localhost:8000/v1"}
ENGINE = {"name": "mine", "model": "my/model", "engine": {"tensor_parallel_size": 2}}
PANEL = {"name": "jury", "vote": "majority", "members": ["qwen3-vl-8b", "mine.yaml"]}


def write(folder: Path, content: object, name: str = "mine.yaml") -> str:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", ["qwen3-vl-8b", "qwen3-vl-235b"])
def test_a_shipped_judge_is_run_here_and_is_known_by_its_name(name: str) -> None:
    panel, (judge,) = load_judges(name)
    assert (panel, judge.name, judge.server, judge.device) == (None, name, None, "gpu")
    assert judge.engine["limit_mm_per_prompt"]["image"] == 2
    assert judge.temperature == 0.0


def test_a_judge_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    panel, (judge,) = load_judges(write(tmp_path, {**SERVED, "requests_at_once": 8, "timeout_s": 5}))
    assert (panel, judge.name, judge.requests_at_once, judge.timeout_s) == (None, "mine", 8, 5.0)


def test_where_and_how_fast_a_model_runs_bears_on_no_answer(tmp_path: Path) -> None:
    (_, (served,)), (_, (engine,)) = load_judges(write(tmp_path, SERVED)), load_judges(write(tmp_path, ENGINE))
    assert served.bears_on_answers == engine.bears_on_answers


def test_a_panel_has_shipped_judges_and_those_beside_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "judges", SERVED)
    write(tmp_path / "judges", PANEL, "jury.yaml")
    monkeypatch.chdir(tmp_path)
    panel, members = load_judges("judges/jury.yaml")
    assert panel is not None and (panel.name, panel.vote) == ("jury", "majority")
    assert [member.name for member in members] == ["qwen3-vl-8b", "mine"]


MISTAKES: dict[str, tuple[Any, str]] = {
    "an unknown key": ({**SERVED, "max_token": 5}, 'there is no key "max_token" (did you mean "max_tokens"?)'),
    "no model": ({"name": "mine"}, 'the key "model" is missing; add it'),
    "no address": ({**SERVED, "server": "localhost:8000"}, "\"server\" cannot be 'localhost:8000'"),
    "a name with a slash": ({**SERVED, "name": "my/judge"}, "\"name\" cannot be 'my/judge'"),
    "an engine beside a server": ({**SERVED, "engine": {}}, "a judge with a server has no engine, replicas or device"),
    "replicas beside a server": ({**SERVED, "replicas": 2}, "a judge with a server has no engine, replicas or device"),
    "a time-out without a server": ({**ENGINE, "timeout_s": 5}, "are for a judge with a server: name it, or leave"),
    "no tries": ({**SERVED, "tries": 0}, '"tries" cannot be 0'),
    "nothing at once": ({**SERVED, "requests_at_once": 0}, '"requests_at_once" cannot be 0'),
    "tiny pictures": ({**SERVED, "max_pixels": 10}, '"max_pixels" cannot be 10'),
    "a hot head": ({**SERVED, "temperature": 3}, '"temperature" cannot be 3'),
    "another device": ({**ENGINE, "device": "tpu"}, '"device" cannot be "tpu"'),
    "a panel of one": ({**PANEL, "members": ["qwen3-vl-8b"]}, '"members" cannot be'),
    "another vote": ({**PANEL, "vote": "most"}, '"vote" cannot be "most"'),
    "a panel with a key of a judge": ({**PANEL, "model": "my/model"}, 'there is no key "model"'),
    "a list": ("- a", "it is not a recipe, which is a list of keys"),
    "no YAML": ("name: {", "is not valid YAML (line 1"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_file_is_one_sentence_that_names_it(tmp_path: Path, mistake: str) -> None:
    content, said = MISTAKES[mistake]
    file = write(tmp_path, content, "jury.yaml")
    with pytest.raises(RecipeError) as caught:
        load_judges(file)
    sentence = str(caught.value)
    assert said in sentence
    assert sentence.startswith(file) and sentence.endswith(".") and "\n" not in sentence


def test_a_judge_that_there_is_not_is_answered_with_the_nearest_and_all_names() -> None:
    with pytest.raises(RecipeError, match=r'no judge "qwen3-vl-8" \(did you mean "qwen3-vl-8b"\?\): give one of qwen3'):
        load_judges("qwen3-vl-8")
    with pytest.raises(RecipeError, match=r"nowhere\.yaml cannot be read: No such file"):
        load_judges("nowhere.yaml")


def test_a_member_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"mine\.yaml cannot be read: No such file"):
        load_judges(write(tmp_path, PANEL, "jury.yaml"))
    with pytest.raises(RecipeError, match=r'no judge "qwen" '):
        load_judges(write(tmp_path, {**PANEL, "members": ["qwen3-vl-8b", "qwen"]}, "jury.yaml"))


@pytest.mark.parametrize("name", ["qwen3-vl-8b", "jury"])
def test_a_panel_with_a_name_twice_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, {**SERVED, "name": name})
    with pytest.raises(RecipeError, match="are to have different names; they are jury, qwen3-vl-8b, " + name):
        load_judges(write(tmp_path, PANEL, "jury.yaml"))


def test_a_panel_is_no_member_of_a_panel(tmp_path: Path) -> None:
    write(tmp_path, {**PANEL, "name": "inner"})
    with pytest.raises(RecipeError, match=r"mine\.yaml: "):
        load_judges(write(tmp_path, PANEL, "jury.yaml"))
