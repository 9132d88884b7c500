from __future__ import annotations

from typing import Any

import pytest

from gsi_ray.judging import load_rubric
from gsi_ray.judging.voting import vote
from gsi_ray.recipes import Panel

APPEARANCE = load_rubric("appearance")
MAJORITY = Panel(name="trio", members=("a", "b", "c"), vote="majority")
MEAN = Panel(name="trio", members=("a", "b", "c"), vote="mean")


def row(score: float | None, sample: str = "s", editor: str | None = None) -> dict[str, Any]:
    return {
        "sample_id": sample,
        "editor": editor,
        "score": score,
        "accept": None if score is None else score >= APPEARANCE.accept_from,
        "reasoning": "because",
        "error": None if score is not None else "The answer is empty.",
        "prompt_sha256": f"{sample}{score}",
    }


def voted(panel: Panel, *scores: float | None) -> dict[str, Any]:
    members = {name: [row(score)] for name, score in zip("abc", scores, strict=True)}
    (one,) = vote(panel, APPEARANCE, "appearance", members)
    return one


@pytest.mark.parametrize(
    ("panel", "scores", "score", "accept"),
    [
        (MAJORITY, (6, 6, 0), 4.0, True),
        (MAJORITY, (10, 5, 5), 20 / 3, False),
        (MEAN, (6, 6, 0), 4.0, False),
        (MEAN, (10, 5, 5), 20 / 3, True),
    ],
)
def test_most_of_them_decide_or_their_mean_does(
    panel: Panel, scores: tuple[float, ...], score: float, accept: bool
) -> None:
    one = voted(panel, *scores)
    assert (one["judge"], one["rubric"], one["error"]) == ("trio", "appearance", None)
    assert one["score"] == pytest.approx(score)
    assert one["accept"] is accept


def test_half_of_them_are_not_most() -> None:
    duo = Panel(name="duo", members=("a", "b"), vote="majority")
    (one,) = vote(duo, APPEARANCE, "appearance", {"a": [row(10)], "b": [row(0)]})
    assert one["accept"] is False


def test_without_a_verdict_of_one_of_them_there_is_none_of_the_panel() -> None:
    one = voted(MAJORITY, 10, None, 10)
    assert one["error"] == "There is no verdict of b."
    assert one["score"] is one["accept"] is None


def test_a_member_that_was_not_asked_about_a_sample_is_missed() -> None:
    members = {"a": [row(10), row(10, "t")], "b": [row(10)], "c": [row(10)]}
    errors = {one["sample_id"]: one["error"] for one in vote(MAJORITY, APPEARANCE, "appearance", members)}
    assert errors == {"s": None, "t": "There is no verdict of b, c."}


def test_votes_about_an_edit_and_about_the_truth_are_not_mixed() -> None:
    members = {name: [row(score), row(10 - score, editor="copy")] for name, score in (("a", 10), ("b", 9), ("c", 8))}
    accepted = {one["editor"]: one["accept"] for one in vote(MEAN, APPEARANCE, "appearance", members)}
    assert accepted == {None: True, "copy": False}
