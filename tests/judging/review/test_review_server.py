"""Who may speak to the server of a review: the page that it has sent out, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsi_ray.judging.review import ReviewServer
from tests.judging.review.reviews import DECISION, kept, path_of, review, send, serving
from tests.reporting.scored_lakes import samples, write_samples


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    lake = str(tmp_path_factory.mktemp("lake"))
    write_samples(lake, samples(1))
    return lake


@pytest.fixture(scope="module")
def server(lake: str) -> Iterator[ReviewServer]:
    with serving(review(lake)) as server:
        yield server


def test_it_listens_to_this_machine_alone(server: ReviewServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("name", ["review.html", "review.js", "overview", "samples/0", "samples/0/before"])
def test_nothing_is_shown_without_the_token(server: ReviewServer, name: str) -> None:
    path = path_of(server.address, name)
    assert send(server.address, path, method="GET")[0] == 200
    for wrong in (f"/{name}", f"//{name}", f"/wrong/{name}", path.replace(server.token, server.token[:-1])):
        assert send(server.address, wrong, method="GET")[0] == 403


@pytest.mark.parametrize("name", ["samples/0", "undo"])
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": None}, 415),
        ({"Content_Length": "65537"}, 413),
        ({"Content_Length": "-1"}, 413),
    ],
)
def test_no_other_page_can_send_a_verdict(
    server: ReviewServer, lake: str, name: str, changed: dict[str, str | None], status: int
) -> None:
    assert send(server.address, path_of(server.address, name), **changed)[0] == status
    assert send(server.address, f"/{name}")[0] == 403
    assert kept(lake) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        DECISION.replace(b"true", b"1"),
        DECISION.replace(b'""', b"null"),
        DECISION.replace(b'"note": ""', b'"note": "\\ud800"'),
        DECISION.replace(b'"note": ""', b'"note": "%s"' % (b"a" * 2001)),
    ],
)
def test_what_is_no_decision_is_refused_in_a_sentence(server: ReviewServer, lake: str, body: bytes) -> None:
    status, answer = send(server.address, path_of(server.address, "samples/0"), body=body)
    assert status == 422
    assert json.loads(answer)["problem"].startswith("What the page sent is no decision")
    assert kept(lake) == []


@pytest.mark.parametrize("name", ["samples/9", "samples/-1", "samples/0/depth", "../review.py", "review.py", ""])
def test_what_is_not_there_is_not_found(server: ReviewServer, name: str) -> None:
    path = f"/{server.token}/{name}"
    assert send(server.address, path, method="GET")[0] == 404
    assert send(server.address, path)[0] == 404


def test_a_verdict_that_cannot_be_written_is_not_said_to_be_saved(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    write_samples(str(lake), samples(1))
    with serving(review(str(lake))) as server:
        (lake / "judgements").write_text("in the way")
        status, answer = send(server.address, path_of(server.address, "samples/0"))
        assert (status, server.review.overview()["accepted"]) == (500, 0)
        assert "judge=alice" in json.loads(answer)["problem"]
        (lake / "judgements").unlink()
        assert send(server.address, path_of(server.address, "samples/0"))[0] == 200
    assert len(kept(str(lake))) == 1
