"""From a judge's words to a verdict: what can be read is read, and nothing else is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.evaluation.gsi_bench.aggregation import appearance_score
from gsi_ray.judging import Request, Rubric, Subject, Verdict, judgement_row, load_rubric, read_verdict, shipped_rubrics
from gsi_ray.lake.schemas import JUDGEMENTS

APPEARANCE, PLAUSIBILITY, REWRITING = map(load_rubric, ("appearance", "plausibility", "rewriting"))
SUBJECT = Subject("ab" * 16, None, "Move the mug 15 centimeters to the left.", b"", b"", None, None)
OWN = Rubric.model_validate(
    {
        **APPEARANCE.model_dump(),
        "answer": {"type": "object", "properties": {"score": {"type": "number"}}, "required": ["score"]},
    }
)
"""One that says of its score neither the least nor the most."""


def scored(score: object) -> str:
    return json.dumps({"reasoning": "Sharp.", "score": score})


def read(answer: str, rubric: Rubric = APPEARANCE, **options: Any) -> Verdict:
    return read_verdict(answer, rubric, SUBJECT, **options)


class TestGoodAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            scored(7),
            f"\n  {scored(7)}\n",
            f"```json\n{scored(7)}\n```",
            f"I would say:\n```\n{scored(7)}\n```\nThat is all.",
            f"It is. ||V^=^V|| {scored(7)} ||V^=^V||",
            f"||V^=^V||\n{scored(7)}",
            f"<think>Is it 3? {scored(3)}</think>\n{scored(7)}",
            f"<think>```{scored(3)}```</think>```json\n{scored(7)}```",
            f"No tag opens this thought. ||V^=^V||{scored(2)}||V^=^V||</think>{scored(7)}",
            '{"score": 7, "reasoning": "Sharp.", "confidence": "high", "flaws": [true]}',
        ],
    )
    def test_json_is_found_wherever_judges_put_it(self, answer: str) -> None:
        assert read(answer) == Verdict(7.0, True, "Sharp.")

    def test_reasons_may_have_line_breaks_fences_and_any_length(self) -> None:
        reasons = 'A "mug"\nand ```{"score": 2}``` ' + "很" * 1000
        assert read(json.dumps({"reasoning": reasons, "score": 7})) == Verdict(7.0, True, reasons)
        assert read('{"reasoning": "one\ntwo", "score": 7}').reasoning == "one\ntwo"

    @pytest.mark.parametrize("score", [0, 5, 6, 7.5, 10, 10.0])
    def test_a_score_is_accepted_from_where_the_rubric_says(self, score: float) -> None:
        verdict = read(scored(score))
        assert (verdict.score, verdict.accept) == (score, score >= APPEARANCE.accept_from)

    @given(st.one_of(st.integers(0, 10), st.floats(0, 10)), st.text(), st.text())
    def test_the_official_reader_of_such_answers_finds_the_same_score(
        self, score: float, before: str, reasoning: str
    ) -> None:
        answer = f"{before}||V^=^V||{json.dumps({'score': score, 'reasoning': reasoning})}||V^=^V||"
        assert appearance_score(answer) == read(answer).score == score

    @pytest.mark.parametrize(("flaws", "score"), [((), 1.0), (("floating",), 0.8), (("hidden", "mismatch"), 0.6)])
    def test_of_flaws_the_share_counts_that_is_absent_and_any_is_too_many(
        self, flaws: tuple[str, ...], score: float
    ) -> None:
        names = ("impossible", "clipping", "floating", "hidden", "mismatch")
        answer = {"reasoning": "Seen.", **{name: name in flaws for name in names}, "perfect": True}
        verdict = read(json.dumps(answer), PLAUSIBILITY)
        assert verdict.score == pytest.approx(score)
        assert verdict.accept == (not flaws)


class TestBadAnswers:
    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            ("", "The answer is empty. "),
            (" \n\t", "The answer is empty. "),
            ("I cannot judge pictures of mugs.", "has no JSON that is whole"),
            ("<think>It is a 7.", "has no JSON that is whole"),
            (f"{scored(7)}\n{scored(8)}", "has no JSON that is whole"),
            (f"The score: {scored(7)}", "has no JSON that is whole"),
            (scored(7)[:-1], "has no JSON that is whole"),
            ("[" * 10_000, "has no JSON that is whole"),
            ('{"a":' * 10_000, "has no JSON that is whole"),
            ('{"reasoning": "", "score": NaN}', "has no JSON that is whole"),
            ('{"reasoning": "", "score": Infinity}', "has no JSON that is whole"),
            ('{"reasoning": "", "score": 1e999}', "has no JSON that is whole"),
            (f'{{"reasoning": "", "score": {"9" * 5000}}}', "has no JSON that is whole"),
            (f'{{"reasoning": "", "score": {"9" * 100}}}', "score: "),
            (scored(11), "score: 11"),
            (scored(10.001), "score: 10.001"),
            (scored(-1), "score: -1"),
            (scored(True), "score: True is not of type"),
            (scored("7"), "score: '7' is not of type"),
            (scored([7]), "score: [7"),
            (scored(None), "score: None is not of type"),
            ('{"reasoning": "Sharp."}', "'score' is a required property"),
            ('{"score": 7}', "'reasoning' is a required property"),
            ('{"reasoning": 7, "score": 7}', "reasoning: 7"),
            (f"[{scored(7)}]", "is not of type 'object'"),
            ("7", "is not of type 'object'"),
            ("null", "is not of type 'object'"),
            ("||V^=^V||||V^=^V||" + scored(7), "has no JSON that is whole"),
        ],
    )
    def test_it_is_an_error_with_its_reason_and_no_score(self, answer: str, said: str) -> None:
        verdict = read(answer)
        assert said in (verdict.error or "")
        assert verdict == Verdict(error=verdict.error)
        assert len(verdict.error or "") < 400

    def test_a_cut_answer_is_said_to_be_cut_if_it_is_not_whole(self) -> None:
        assert "cut off at the limit of tokens (the judge's max_tokens)" in (
            read(scored(7)[:-1], is_cut=True).error or ""
        )
        assert read(scored(7), is_cut=True).score == 7.0

    @pytest.mark.parametrize("answer", ['"maybe"', "0", "null"])
    def test_a_flaw_is_true_or_false(self, answer: str) -> None:
        flaws = ", ".join(f'"{name}": false' for name in ("impossible", "clipping", "floating", "hidden"))
        verdict = read(f'{{"reasoning": "", {flaws}, "mismatch": {answer}}}', PLAUSIBILITY)
        assert verdict.error is not None and "mismatch" in verdict.error

    @pytest.mark.parametrize("score", ["1e999", "-1e999", "9" * 400, "9" * 5000])
    def test_a_rubric_without_bounds_takes_no_endless_score(self, score: str) -> None:
        assert read(f'{{"score": {score}}}', OWN).score is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["score", "reasoning", "english", "chinese", "mismatch"]), inner)
    ),
    max_leaves=8,
)
WORDS = st.lists(
    st.sampled_from(["{", "}", "[", '"score":', '"', "7", "-", "1e999", "NaN", ",", "</think>", "```", "||V^=^V||"])
    | st.text(st.characters(codec=None)),
).map("".join)
SCORED = st.builds(lambda score, reasons: json.dumps({"reasoning": reasons, "score": score}), JSON, st.text())


@pytest.mark.parametrize("rubric", [*shipped_rubrics(), OWN], ids=[*(one.name for one in shipped_rubrics()), "own"])
@given(st.one_of(WORDS, JSON.map(json.dumps), SCORED), st.booleans())
def test_whatever_a_judge_says_is_a_score_in_its_range_or_an_error(rubric: Rubric, answer: str, is_cut: bool) -> None:
    verdict = read_verdict(answer, rubric, SUBJECT, is_cut=is_cut)
    if verdict.error is not None:
        assert verdict == Verdict(error=verdict.error)
    else:
        assert verdict.score is not None and verdict.accept == (verdict.score >= rubric.accept_from)
        most = 10.0 if rubric.name == "appearance" else 1.0
        assert rubric is OWN or 0.0 <= verdict.score <= most
    row = judgement_row(Request(SUBJECT, (), "00"), "judge", rubric.name, verdict, answer)
    pa.Table.from_pylist([row], JUDGEMENTS.schema)  # can be stored


def test_half_a_character_is_kept_as_a_question_mark_as_no_file_can_hold_it() -> None:
    answer = '{"reasoning": "A mug \\ud83d!", "score": 7}'
    row = judgement_row(Request(SUBJECT, (), "00"), "judge", "appearance", read(answer), f"\ud83d{answer}")
    assert (row["reasoning"], row["raw"], row["score"]) == ("A mug ?!", f"?{answer}", 7.0)


class TestRewriting:
    @pytest.mark.parametrize(
        ("instruction", "english", "chinese", "is_kept"),
        [
            ("Move the mug 15 centimeters to the left.", "Slide the mug 15 cm left", "把杯子往左挪15厘米", True),
            ("Move the mug 15 centimeters to the left.", "Slide the mug 0.15 meters left", "把杯子往左挪0.15米", True),
            ("Move the mug 15 centimeters to the left.", "Slide the mug 15 cm left", "把杯子往左挪50厘米", False),
            ("Move the mug 15 centimeters to the left.", "Slide the mug 16 cm left", "把杯子往左挪15厘米", False),
            ("Move the mug 15 centimeters to the left.", "Slide the mug left", "把杯子往左挪15厘米", False),
            ("Move the mug 15 centimeters to the left.", "Slide it fifteen cm left", "把杯子往左挪15厘米", False),
            ("Move the mug 15 centimeters to the left.", "15 cm left, not 20 cm", "把杯子往左挪15厘米", False),
            ("Move the mug 15 centimeters to the left.", "15 cm left, by 30 degrees", "把杯子往左挪15厘米", False),
            ("Rotate the book 45 degrees clockwise.", "Turn the book 45° clockwise", "把书顺时针转45度", True),
            ("Rotate the book 45 degrees clockwise.", "Turn the book 45° clockwise", "把书顺时针转90度", False),
            ("Enlarge the mug by 50 percent.", "Make the mug 1.5 times as big", "把杯子放大到1.5倍", True),
            ("Enlarge the mug by 50 percent.", "Shrink the mug by 50%", "把杯子放大50%", False),
            ("Remove the leftmost bottle.", "Take the leftmost bottle away", "把最左边的瓶子拿走", True),
            ("Remove the leftmost bottle.", "Take the bottle 5 cm away", "把最左边的瓶子拿走", False),
            ("Remove the leftmost bottle.", "", "把最左边的瓶子拿走", False),
            ("Remove the leftmost bottle.", "Take the leftmost bottle away", " \n", False),
        ],
    )
    def test_other_words_are_accepted_if_they_are_some_and_give_the_same_numbers(
        self, instruction: str, english: str, chinese: str, is_kept: bool
    ) -> None:
        answer = json.dumps({"english": f" {english}\n", "chinese": chinese}, ensure_ascii=False)
        verdict = read_verdict(answer, REWRITING, replace(SUBJECT, instruction=instruction))
        assert (verdict.error, verdict.score, verdict.accept) == (None, float(is_kept), is_kept)
        assert (verdict.instruction, verdict.instruction_zh) == (english, chinese.strip())

    @pytest.mark.parametrize("answer", ['{"english": "Move it"}', '{"english": 7, "chinese": "7"}', '["a", "b"]'])
    def test_without_both_there_is_no_verdict(self, answer: str) -> None:
        verdict = read(answer, REWRITING)
        assert verdict == Verdict(error=verdict.error) and verdict.error
