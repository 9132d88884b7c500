"""The page on which a person judges, in a real browser, by real keys."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from gsi_ray.lake import scan
from gsi_ray.sampling.triplet import Triplet
from tests import judgements
from tests.judging.review.browser import Browser, chromium
from tests.judging.review.reviews import kept, path_of, program, review, send, serving
from tests.reporting.scored_lakes import samples, write_edits, write_samples

HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(1)</script>'|`"
SAMPLES = samples(2)

SEEN = """
[...document.images].filter((image) => image.checkVisibility({ visibilityProperty: true }))
  .map((image) => image.src.split("/").at(-1))
"""
RUN_A_SCRIPT = """
new Promise((refused) => {
  addEventListener("securitypolicyviolation", (event) => refused(event.violatedDirective));
  document.body.append(Object.assign(document.createElement("script"), { textContent: "alert(1)" }));
})
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def lake(tmp_path: Path) -> str:
    write_samples(str(tmp_path / "lake"), SAMPLES)
    return str(tmp_path / "lake")


def _opened(browser: Browser, address: str, at: int = 1) -> None:
    browser.complaints.clear()
    browser.open(address)
    browser.wait("#place", f"Sample {at}")


def _order(lake: str) -> list[str]:
    return scan("triplets", lake).select("sample_id").collect()["sample_id"].to_list()


def test_a_person_decides_by_keys_and_after_a_kill_the_review_goes_on_where_it_was(browser: Browser, lake: str) -> None:
    order = _order(lake)
    with program(lake, "--port", "0") as (process, address):
        _opened(browser, address)
        browser.press("a")
        browser.wait("#status", "sample 1 is accepted")
        browser.press("n")
        browser.type("It floats.")
        browser.press("Enter", "r")
        browser.wait("#status", "sample 2 is rejected")
        browser.press("ArrowRight")
        browser.wait("#place", "Sample 4")
        browser.press("a")
        browser.wait("#status", "sample 4 is accepted")
        assert browser.text("#decided") == f"3 of {len(order)}"
        assert browser.complaints == []
        process.kill()
        process.wait()
        browser.press("a")
        browser.wait("#status", "The server does not answer")
    found = scan("judgements", lake).collect().sort(pl.col("sample_id").replace_strict(order, range(len(order))))
    assert found["sample_id"].to_list() == [order[0], order[1], order[3]]
    assert found["accept"].to_list() == [True, False, True]
    assert found["reasoning"].to_list() == [None, "It floats.", None]
    assert json.loads(found["raw"][1])["note"] == "It floats."
    with program(lake, "--port", "0") as (process, address):
        _opened(browser, address, at=3)
        browser.press("r")
        browser.wait("#place", "Sample 5")  # the fourth is decided
        process.send_signal(signal.SIGINT)
        assert process.communicate()[0] == f"2 accepted, 2 rejected, {len(order) - 4} left.\n"
        assert process.returncode == 0


def test_what_the_page_was_told_is_saved_survives_a_kill_at_any_moment_and_nothing_is_there_twice(lake: str) -> None:
    told: list[int] = []

    def decide_until_it_dies(address: str) -> None:
        try:
            for place in range(len(SAMPLES)):
                if send(address, path_of(address, f"samples/{place}"))[0] == 200:
                    told.append(place)
        except OSError:
            pass

    with program(lake, "--port", "0") as (process, address):
        person = Thread(target=decide_until_it_dies, args=(address,))
        person.start()
        while len(told) < 3:
            time.sleep(0.001)
        process.kill()
        person.join()
    order, rows = _order(lake), kept(lake)
    assert {order[place] for place in told} <= {row["sample_id"] for row in rows}
    assert len({row["sample_id"] for row in rows}) == len(rows) <= len(told) + 1
    assert review(lake).overview()["next"] == (len(rows) if len(rows) < len(order) else None)


def test_a_key_shows_the_picture_after_in_the_place_of_the_one_before(browser: Browser, lake: str) -> None:
    def seen() -> list[str]:
        return browser.eval(SEEN)

    with serving(review(lake)) as server:
        _opened(browser, server.address)
        assert seen() == ["before", "after"]
        assert browser.eval("[...document.images].every((one) => one.naturalWidth === 128)")
        for key in ("f", " "):
            browser.key_down(key)
            assert seen() == ["before", "after", "after"]  # the second lies over the first
            assert browser.text("#before figcaption") == "After"
            browser.key_up(key)
            assert seen() == ["before", "after"]
            assert browser.text("#before figcaption") == "Before"


def test_a_key_that_is_held_down_decides_once(browser: Browser, lake: str) -> None:
    with serving(review(lake)) as server:
        _opened(browser, server.address)
        browser.key_down("a")
        for _ in range(5):
            browser.key_down("a", repeated=True)
        browser.key_up("a")
        browser.wait("#place", "Sample 2")
        browser.press("j")
        browser.wait("#place", "Sample 3")
    assert len(kept(lake)) == 1


def test_buttons_do_what_keys_do(browser: Browser, lake: str) -> None:
    with serving(review(lake)) as server:
        _opened(browser, server.address)
        for key, place in (("r", 2), ("j", 3), ("k", 2), ("a", 3), ("u", 2)):
            browser.eval(f"document.querySelector('[data-key={key}]').click()")
            browser.wait("#place", f"Sample {place}")
    assert [row["accept"] for row in kept(lake)] == [False]


def test_a_wording_is_put_right_and_one_with_other_numbers_is_refused(browser: Browser, lake: str) -> None:
    with serving(review(lake)) as server:
        _opened(browser, server.address)
        said = browser.text("#instruction")
        browser.press("e")
        browser.type("Shift the mug 16 cm to the right.")
        browser.press("Enter")
        browser.wait("#status", "The English wording does not give the same numbers as the instruction")
        assert kept(lake) == []
        browser.press("Escape")
        assert (browser.text("#instruction"), browser.text("#status")) == (said, "")
        browser.press("e")
        browser.type("Shift the mug 15 cm to the right.")
        browser.press("Enter")
        browser.wait("#place", "Sample 2")
        browser.press("k")
        browser.wait("#instruction", "Shift the mug 15 cm to the right.")
        assert browser.text("#was") == f"Instead of: {said}"
        browser.press("r")  # which leaves the wording as it is
        browser.wait("#status", "sample 1 is rejected")
    [row] = kept(lake)
    assert (row["accept"], row["instruction"], row["instruction_zh"]) == (
        False,
        "Shift the mug 15 cm to the right.",
        None,
    )


def test_undo_takes_back_one_decision_after_the_other_and_restores_what_they_replaced(
    browser: Browser, lake: str
) -> None:
    with serving(review(lake)) as server:
        _opened(browser, server.address)
        browser.press("a")
        browser.wait("#place", "Sample 2")
        browser.press("k")
        browser.wait("#verdict", "accepted")
        browser.press("r")
        browser.wait("#status", "sample 1 is rejected")
        assert [row["accept"] for row in kept(lake)] == [False]
        browser.press("u")
        browser.wait("#verdict", "accepted")
        assert [row["accept"] for row in kept(lake)] == [True]
        browser.press("u")
        browser.wait("#decided", "0 of")
        assert kept(lake) == []
        assert list(Path(lake).rglob("judge=alice/**/*.parquet")) == []
        browser.press("u")
        browser.wait("#status", "There is nothing to undo")


def test_edits_that_a_judge_rejected_are_reviewed_with_its_reasons(browser: Browser, lake: str) -> None:
    write_edits(lake, SAMPLES, "negative")
    verdicts = [judgements.verdict(sample.sample_id, number != 5, "negative") for number, sample in enumerate(SAMPLES)]
    verdicts[5]["reasoning"] = "The colours are wrong."
    about_truth = [judgements.verdict(sample.sample_id, False) for sample in SAMPLES]
    judgements.judge(lake, "shard-abc-00000000", about_truth + verdicts, rubric="plausibility")
    with serving(review(lake, editor="negative", rejected_by="strict")) as server:
        _opened(browser, server.address)
        assert browser.text("#doubt") == "strict: The colours are wrong."
        assert browser.text("#what").startswith("edits by negative in ")
        browser.press("r")
        browser.wait("#status", "Every sample has a verdict now")
    [row] = kept(lake)
    assert (row["sample_id"], row["editor"], row["accept"]) == (SAMPLES[5].sample_id, "negative", False)


def test_words_from_the_lake_cannot_run_as_code(browser: Browser, tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    hostile: Triplet = replace(SAMPLES[0], instruction=HOSTILE, instruction_zh=HOSTILE, scene_id=HOSTILE)
    write_samples(lake, [hostile])
    verdict = judgements.verdict(hostile.sample_id, False) | {"reasoning": HOSTILE}
    judgements.judge(lake, "shard-abc-00000000", [verdict], rubric="plausibility")
    with serving(review(lake, rejected_by="strict")) as server:
        _opened(browser, server.address)
        for selector in ("#instruction", "#instruction-zh", "#doubt", "#kind"):
            assert HOSTILE in browser.text(selector)
        assert browser.eval("document.images.length + document.scripts.length") == 3 + 1
        assert browser.complaints == []
        assert browser.eval(RUN_A_SCRIPT) == "script-src-elem"
