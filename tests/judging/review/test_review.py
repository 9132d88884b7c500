"""A review of a lake: what is in its queue, what it writes, and how it ends where it cannot begin."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.judging import load_rubric, request, subject_of
from gsi_ray.judging.review import Selection, read_queue
from gsi_ray.lake import accepted, write_rows, write_shard
from gsi_ray.lake.rows import rows_of
from tests import judgements
from tests.judging.review.reviews import DECISION, kept, review
from tests.reporting.scored_lakes import samples, write_edits, write_samples

TABLETOP, ROOM = samples(1), samples(1, "room", "train")


@pytest.fixture
def lake(tmp_path: Path) -> str:
    lake = str(tmp_path / "lake")
    write_samples(lake, TABLETOP)
    write_samples(lake, ROOM, 1)
    return lake


def _queue(lake: str, **selection: object) -> list[str]:
    return [entry.sample_id for entry in read_queue(lake, "plausibility", Selection(**selection))]  # type: ignore[arg-type]


def test_the_queue_is_the_lake_in_its_order_or_a_part_of_it(lake: str) -> None:
    tabletop, room = ([sample.sample_id for sample in part] for part in (TABLETOP, ROOM))
    assert _queue(lake) == tabletop + room
    assert _queue(lake, splits=["train"]) == _queue(lake, environments=["room"]) == room


def test_only_edits_with_a_picture_are_reviewed(lake: str) -> None:
    write_edits(lake, ROOM[1:], "negative", 1)
    assert _queue(lake, editor="negative") == [sample.sample_id for sample in ROOM[1:]]
    failed = dict.fromkeys(("image", "seconds")) | {"sample_id": ROOM[0].sample_id, "editor": "failed", "error": "no"}
    write_rows("edits", [failed], lake, "shard-abc-00000001", {"editor": "failed"})
    with pytest.raises(Exception, match="no sample is left with --editor failed"):
        read_queue(lake, "plausibility", Selection("failed"))


def test_a_doubted_sample_is_one_that_a_judge_rejected_or_could_not_judge(lake: str) -> None:
    verdicts = [judgements.verdict(TABLETOP[0].sample_id, True), judgements.verdict(TABLETOP[1].sample_id, False)]
    verdicts += [judgements.verdict(TABLETOP[2].sample_id, None)]
    judgements.judge(lake, "shard-abc-00000000", verdicts, rubric="plausibility")
    queue = read_queue(lake, "plausibility", Selection(rejected_by="strict"))
    assert [(entry.sample_id, entry.doubt) for entry in queue] == [
        (TABLETOP[1].sample_id, "strict: rejected, without a reason"),
        (TABLETOP[2].sample_id, "strict: no answer"),
    ]


def test_a_verdict_is_a_row_like_that_of_any_judge_and_passes_its_gate(lake: str) -> None:
    raw = json.dumps(json.loads(DECISION) | {"note": " All is well. "}).encode()
    review(lake).decide(1, raw)
    review(lake).decide(2, DECISION.replace(b"true", b"false"))
    asked = request(subject_of(rows_of([TABLETOP[1]])[0]), load_rubric("plausibility"), {"person": "alice"})
    assert [row for row in kept(lake) if row["accept"]] == [
        {
            "sample_id": TABLETOP[1].sample_id,
            "editor": None,
            "judge": "alice",
            "rubric": "plausibility",
            "score": 1.0,
            "accept": True,
            "reasoning": "All is well.",
            "raw": raw.decode(),
            "error": None,
            "prompt_sha256": asked.sha256,
            "instruction": None,
            "instruction_zh": None,
        }
    ]
    passed = accepted(lake, judge="alice", rubric="plausibility").collect()
    assert passed["sample_id"].to_list() == [TABLETOP[1].sample_id]


def test_verdicts_on_edits_and_on_the_truth_stand_beside_each_other(lake: str) -> None:
    write_edits(lake, TABLETOP, "negative")
    truth, edits = review(lake), review(lake, editor="negative")
    truth.decide(0, DECISION)
    edits.decide(0, DECISION)
    assert edits.overview()["accepted"] == review(lake, editor="negative").overview()["accepted"] == 1
    assert [row["editor"] for row in kept(lake)] == [None, "negative"]
    truth.undo()
    assert [row["editor"] for row in kept(lake)] == ["negative"]


def test_a_wording_in_chinese_may_be_given_where_there_is_none(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write_samples(lake, [replace(TABLETOP[0], instruction_zh=None)])
    review(lake).decide(0, DECISION.replace(b'"instruction_zh": ""', '"instruction_zh": "把杯子右移15厘米。"'.encode()))
    [row] = kept(lake)
    assert (row["instruction"], row["instruction_zh"]) == (None, "把杯子右移15厘米。")


def _refused(*arguments: str) -> str:
    """What the command says where it ends with status 2; one sentence."""
    result = CliRunner().invoke(app, ["review", *arguments])
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")
    return result.stderr


def test_what_cannot_be_reviewed_is_said_in_one_sentence(lake: str, tmp_path: Path) -> None:
    write_edits(lake, TABLETOP, "negative")
    fine = judgements.verdict(TABLETOP[0].sample_id, True)
    judgements.judge(lake, "shard-abc-00000000", [fine], rubric="plausibility")
    here = ("--lake", lake, "--name", "alice")
    assert 'by negativ (did you mean "negative"?)' in _refused(*here, "--editor", "negativ")
    assert "has no triplets of vla" in _refused(*here, "--split", "vla")
    assert "has no triplets" in _refused("--lake", str(tmp_path / "nothing"), "--name", "alice")
    assert 'did you mean "strict (plausibility)"' in _refused(*here, "--rejected-by", "strikt")
    assert "no sample is left with --rejected-by strict" in _refused(*here, "--rejected-by", "strict")
    assert 'no rubric "plausible" (did you mean "plausibility"?)' in _refused(*here, "--rubric", "plausible")
    assert "cannot be a judge's" in _refused("--lake", lake, "--name", "Alice Smith")
    assert "that no person gave: use another --name" in _refused("--lake", lake, "--name", "strict")


def test_shards_without_samples_are_nothing_to_review(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write_shard([], lake, "shard-abc-00000000", split="train", environment="tabletop")
    assert "its shards are empty" in _refused("--lake", lake, "--name", "alice")


def test_a_port_that_is_taken_is_said_in_one_sentence(lake: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} of this machine cannot be had" in _refused(
            "--lake", lake, "--name", "alice", "--port", str(port)
        )
