"""A lake, rubrics with short answers, a tiny judge, and a server of vLLM that runs it. Nothing is asked of a hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gsi_ray.judging import Rubric, load_rubric
from gsi_ray.lake import ShardName, write_shard
from gsi_ray.recipes import Judge
from tests.toy_triplets import toy_triplets
from tests.vllm.server import VllmServer
from tests.vllm.tiny_judge import engine_arguments, make_tiny_judge

SHARDS = 2


@pytest.fixture(scope="session")
def tiny_judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of its model."""
    return make_tiny_judge(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def server(tiny_judge: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    """It runs, and is started again by whoever kills it."""
    running = VllmServer(tiny_judge, tmp_path_factory.mktemp("server") / "log")
    running.start()
    yield running
    running.kill()


@pytest.fixture
def engine(tiny_judge: Path) -> Judge:
    """The tiny judge in an engine of Ray Data's."""
    return Judge(
        name="engine",
        model=str(tiny_judge),
        engine=engine_arguments(),
        device="cpu",
        max_tokens=100,
        requests_at_once=2,
    )


@pytest.fixture
def served(server: VllmServer) -> Judge:
    """The tiny judge behind the server."""
    return Judge(name="served", model="tiny", server=server.url, max_tokens=100, requests_at_once=4, tries=40)


@pytest.fixture(scope="session")
def rubrics() -> tuple[Rubric, ...]:
    """Two of those that come with the package, cut down to what a machine for tests has time for.

    Of a long text the tiny judge sees little else.
    """
    reasoning = {"type": "string", "pattern": r"^[a-zA-Z ]{16}$"}

    def brief(name: str, member: str) -> Rubric:
        rubric = load_rubric(name)
        members = {"reasoning": reasoning, member: rubric.answer["properties"][member]}
        answer = {**rubric.answer, "properties": members, "required": [*members]}
        return Rubric.model_validate({**rubric.model_dump(), "answer": answer, "prompt": "{instruction}"})

    return brief("plausibility", "floating"), brief("appearance", "score")


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """Some shards with the same pictures, and samples of different names."""
    for shard in range(SHARDS):
        samples = [replace(one, sample_id=f"{shard}{one.sample_id[1:]}") for one in toy_triplets()]
        write_shard(samples, str(tmp_path / "lake"), str(ShardName("ab", shard)), split="test", environment="tabletop")
    return str(tmp_path / "lake")
