"""Asking a server: what it says is heard, and whatever goes wrong there becomes one answer with its reason."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from gsi_ray.judging import Inquiry, JudgeUnavailable, Subject, load_rubric
from gsi_ray.judging.server import Answer, ServedJudge, message_content, require_server
from gsi_ray.lake.images import encode_rgb
from gsi_ray.recipes import Judge
from tests.judging.server import MODEL, JudgeServer, judged

RUBRIC = load_rubric("appearance")
INSTRUCTION = "Move the {red} mug 15 cm to the left."


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgeServer]:
    server = JudgeServer(tmp_path_factory.mktemp("judge")).start()
    yield server
    server.kill()


@pytest.fixture
def server(running: JudgeServer) -> JudgeServer:
    running.be_good()
    return running


def noise(seed: int, pixels: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (pixels, pixels, 3), dtype=np.uint8)


def subject(pixels: int = 32) -> Subject:
    before, after = (encode_rgb(noise(seed, pixels)) for seed in (1, 2))
    return Subject("ab" * 16, None, INSTRUCTION, before, after, None, None)


def served(server: JudgeServer, **settings: object) -> Judge:
    given = {"max_pixels": 1024, "timeout_s": 20.0, "tries": 1, **settings}
    return Judge.model_validate({"name": "served", "model": MODEL, "server": server.address, **given})


def ask(judge: Judge, about: Subject | None = None) -> Answer:
    inquiry = Inquiry(judge, RUBRIC)
    content = message_content(inquiry.request(about or subject()), judge.max_pixels)
    return asyncio.run(ServedJudge(judge).ask(content, RUBRIC, inquiry.seed))


def expected() -> dict[str, object]:
    pictures = [Image.fromarray(noise(seed)) for seed in (1, 2)]
    return judged(pictures, RUBRIC.prompt.replace("{instruction}", INSTRUCTION), RUBRIC.answer)


def test_the_judge_sees_both_pictures_and_the_instruction_and_is_heard_word_for_word(server: JudgeServer) -> None:
    answer = ask(served(server))
    assert answer.text == json.dumps(expected())
    assert (answer.error, answer.is_cut, answer.is_unreachable) == (None, False, False)


def test_large_pictures_are_made_smaller_before_they_are_sent(server: JudgeServer) -> None:
    assert ask(served(server, max_pixels=1024), subject(200)).error is None
    assert "(200, 200)" in (ask(served(server, max_pixels=100_000), subject(200)).error or "")


@pytest.mark.parametrize("fault", ["500", "429", "reset", "lost", "half"])
def test_what_passes_is_tried_again(server: JudgeServer, fault: str) -> None:
    server.give(fault)
    assert ask(served(server, tries=2)).text == json.dumps(expected())
    assert server.asked == 2


@pytest.mark.parametrize(
    ("fault", "is_unreachable", "said"),
    [
        ("500", False, "refused the request: Error code: 500"),
        ("429", False, "refused the request: Error code: 429"),
        ("reset", True, "could not be reached"),
        ("stall", True, "could not be reached"),
    ],
)
def test_what_does_not_pass_is_tried_as_often_as_the_judge_says_and_no_more(
    server: JudgeServer, fault: str, is_unreachable: bool, said: str
) -> None:
    server.always(fault)
    answer = ask(served(server, tries=2, timeout_s=0.3 if fault == "stall" else 20.0))
    assert (answer.text, answer.is_unreachable, server.asked) == (None, is_unreachable, 2)
    assert said in (answer.error or "")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("400", "refused the request: Error code: 400"),
        ("no_api", "answer is no chat completion"),
        ("no_json", "answer is no chat completion"),
        ("null", "answer is no chat completion"),
        ("list", "answer is no chat completion"),
        ("no_message", "answer is no chat completion"),
        ("parts", "answer is no chat completion"),
        ("no_choices", "answer is no chat completion"),
        ("refusal", "The judge refuses: I do not look at mugs."),
    ],
)
def test_what_would_be_the_same_again_is_an_error_at_once(server: JudgeServer, fault: str, said: str) -> None:
    server.always(fault)
    answer = ask(served(server, tries=3))
    assert (answer.text, answer.is_unreachable, server.asked) == (None, False, 1)
    assert said in (answer.error or "")


def test_an_answer_that_ran_into_the_limit_of_tokens_is_known_for_it(server: JudgeServer) -> None:
    server.always("cut")
    answer = ask(served(server))
    assert answer.is_cut
    assert json.dumps(expected()).startswith(answer.text or "-")


def test_the_key_is_that_of_the_environment_variable(server: JudgeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.require_key("open-sesame")
    judge = served(server, key_variable="MY_KEY")
    monkeypatch.setenv("MY_KEY", "open-sesame")
    require_server(judge)
    assert ask(judge).error is None
    monkeypatch.setenv("MY_KEY", "wrong")
    assert "401" in (ask(judge).error or "")
    with pytest.raises(JudgeUnavailable, match="does not let us in: put its key into an environment variable"):
        require_server(judge)
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(JudgeUnavailable, match="from the environment variable MY_KEY, which is not set: set it"):
        require_server(judge)


def test_a_server_that_has_the_model_or_lists_none_will_do(server: JudgeServer) -> None:
    require_server(served(server))
    server.list_no_models()
    require_server(served(server, model="whatever"))


def test_a_server_without_the_model_is_refused_with_what_it_has(server: JudgeServer) -> None:
    with pytest.raises(JudgeUnavailable, match=f'has no model "tests/juge".*: it has {MODEL}'):
        require_server(served(server, model="tests/juge"))


def test_a_server_that_is_not_there_is_named(server: JudgeServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        judge = served(server).model_copy(update={"server": address})
        with pytest.raises(JudgeUnavailable, match=f"{address}, cannot be reached: start it, or correct"):
            require_server(judge)
        assert ask(judge).is_unreachable


def test_a_wrong_address_on_the_right_machine_is_told(server: JudgeServer) -> None:
    judge = served(server)
    assert "404" in (ask(judge.model_copy(update={"server": server.address + "/v2"})).error or "")
    server.list_web_page()
    with pytest.raises(JudgeUnavailable, match="does not speak OpenAI's API: correct its address"):
        require_server(judge)


def test_no_key_is_shown_in_what_is_told(server: JudgeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.require_key("open-sesame")
    monkeypatch.setenv("MY_KEY", "sk-secret")
    judge = served(server, key_variable="MY_KEY")
    assert "sk-secret" not in (ask(judge).error or "")
    with pytest.raises(JudgeUnavailable) as caught:
        require_server(judge)
    assert "sk-secret" not in str(caught.value)
