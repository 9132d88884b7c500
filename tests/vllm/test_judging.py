"""A real vLLM, with a model that is tiny and knows nothing, judges: in engines of Ray Data's, and behind a server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import jsonschema
import polars as pl
import psutil
import pytest
import xgrammar
from transformers import AutoTokenizer

from gsi_ray.judging import JudgeUnavailable, Rubric, shipped_rubrics
from gsi_ray.lake import scan
from gsi_ray.pipelines.edit import edit
from gsi_ray.pipelines.judge import Extent, judge
from gsi_ray.recipes import Judge
from tests.toy_triplets import toy_triplets
from tests.vllm.conftest import SHARDS
from tests.vllm.server import VllmServer

pytestmark = pytest.mark.usefixtures("ray_here")
ABOUT = ["rubric", "editor", "sample_id"]


@pytest.fixture(scope="module")
def undisturbed() -> dict[tuple[str, str], str]:
    """By rubric and sample, what the judge has said when nothing went wrong; filled by the first test."""
    return {}


def judgements(lake: str) -> pl.DataFrame:
    return scan("judgements", lake).collect().sort(ABOUT)


def said(lake: str) -> dict[tuple[str, str], str]:
    rows = judgements(lake).filter(pl.col("editor").is_null())
    return {(rubric, sample): raw for rubric, sample, raw in rows.select("rubric", "sample_id", "raw").iter_rows()}


def meanwhile(action: Callable[[], object]) -> Thread:
    thread = Thread(target=action, daemon=True)
    thread.start()
    return thread


def engines() -> list[psutil.Process]:
    """The processes in which Ray's actors have their engines; the server has one, too."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # so are those that have ended and wait to be noticed
            if "EngineCore" in " ".join(process.cmdline()) and "ray::" in " ".join(process.parents()[0].cmdline()):
                found.append(process)
    return found


def test_a_server_judges_every_sample_in_json_that_fits_the_rubric(
    lake: str, served: Judge, rubrics: tuple[Rubric, ...], undisturbed: dict[tuple[str, str], str]
) -> None:
    done = judge(lake, [served], rubrics, Extent())

    assert (done.rows, done.errors) == (2 * SHARDS * len(toy_triplets()), 0)
    schemas = {rubric.name: rubric.answer for rubric in rubrics}
    for row in judgements(lake).iter_rows(named=True):
        jsonschema.validate(json.loads(row["raw"]), schemas[row["rubric"]])
        assert row["accept"] is not None
    undisturbed |= said(lake)


def test_another_picture_gets_another_answer(
    lake: str, served: Judge, rubrics: tuple[Rubric, ...], undisturbed: dict[tuple[str, str], str]
) -> None:
    edit(lake, ["tinted-90pct"])

    judge(lake, [served], rubrics[1:], Extent(editors=("tinted-90pct",)))

    answers = judgements(lake).select("sample_id", "raw").iter_rows()
    other = [raw != undisturbed[rubrics[1].name, sample] for sample, raw in answers]
    assert len(other) == SHARDS * len(toy_triplets())
    assert sum(other) > 0.7 * len(other)


def test_an_engine_says_the_same_even_if_it_is_killed_on_the_way(
    lake: str, engine: Judge, rubrics: tuple[Rubric, ...], undisturbed: dict[tuple[str, str], str]
) -> None:
    seen: set[int] = set()
    is_done = Event()

    def kill_the_first_that_has_answered() -> None:
        while not is_done.wait(0.1):
            found = engines()
            seen.update(process.pid for process in found)
            if len(seen) == 1 and list(Path(lake).glob("judgements/**/*.parquet")):
                for process in found:  # none, once it is dead
                    with suppress(psutil.NoSuchProcess):
                        process.kill()

    killer = meanwhile(kill_the_first_that_has_answered)
    done = judge(lake, [engine], rubrics, Extent())
    is_done.set()
    killer.join()

    assert len(seen) > 1
    assert done.errors == 0
    assert said(lake) == undisturbed


def test_a_server_that_dies_and_comes_back_costs_nothing_but_time(
    lake: str,
    served: Judge,
    server: VllmServer,
    rubrics: tuple[Rubric, ...],
    undisturbed: dict[tuple[str, str], str],
) -> None:
    begun, asked = server.answered(), len(undisturbed)
    answered_when_killed: list[int] = []

    def restart_on_the_way() -> None:
        while server.answered() < begun + asked // 3:
            time.sleep(0.02)
        server.kill()
        answered_when_killed.append(server.answered() - begun)
        server.launch()

    restarter = meanwhile(restart_on_the_way)
    done = judge(lake, [served], rubrics, Extent())
    restarter.join()

    assert answered_when_killed[0] < asked
    assert done.errors == 0
    assert said(lake) == undisturbed


def test_a_model_that_is_not_there_is_told_in_a_sentence(lake: str, engine: Judge, rubrics: tuple[Rubric, ...]) -> None:
    with pytest.raises(JudgeUnavailable, match="There is no model in /nowhere/model"):
        judge(lake, [engine.model_copy(update={"model": "/nowhere/model"})], rubrics, Extent())


@pytest.mark.parametrize("rubric", shipped_rubrics(), ids=lambda rubric: rubric.name)
def test_answers_can_be_held_to_every_rubric_that_comes_with_the_package(rubric: Rubric, tiny_judge: Path) -> None:
    tokenizer = xgrammar.TokenizerInfo.from_huggingface(AutoTokenizer.from_pretrained(tiny_judge))
    compiler = xgrammar.GrammarCompiler(tokenizer)
    texts = {name: "é" * 100 for name, member in rubric.answer["properties"].items() if member["type"] == "string"}
    answer = {name: texts.get(name, 1) for name in rubric.answer["properties"]}
    answer |= {name: True for name, member in rubric.answer["properties"].items() if member["type"] == "boolean"}

    grammar = compiler.compile_json_schema(json.dumps(rubric.answer))

    assert xgrammar.GrammarMatcher(grammar).accept_string(json.dumps(answer, ensure_ascii=False))
    (name, text), *_ = texts.items()
    for wrong in ('"', "\\", "\n", 5 * text):
        broken = json.dumps({**answer, name: "?"}, ensure_ascii=False).replace("?", wrong)
        assert not xgrammar.GrammarMatcher(grammar).accept_string(broken)
