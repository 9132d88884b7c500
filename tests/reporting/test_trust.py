"""What judges are worth, beside figures counted by hand, by scikit-learn, and by NumPy."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import cohen_kappa_score

from gsi_ray.judging.calibration import AGAIN, GOOD, MISTAKES, SWAPPED
from gsi_ray.reporting.evaluation.trust import Trust, trust, wilson
from tests.reporting.calibrated_lakes import Verdicts, write_verdicts

FIRST, SECOND = list(MISTAKES)[:2]
Cell = dict[str, float | int | str | None]


def known(lake: str) -> Trust:
    found = trust(lake)
    assert found is not None
    for table in (found.judges, found.pairs):
        numbers = table.select(pl.col("value", "low", "high"))
        assert not numbers.select(pl.any_horizontal((pl.all().is_nan() | pl.all().is_infinite()).any())).item()
    return found


def cell(table: pl.DataFrame, metric: str, **where: str) -> Cell:
    """The one row of a metric that is of all mistakes together, or of the one that is named."""
    rows = table.filter(metric=metric, **where)
    return rows.row(0, named=True) if len(rows) == 1 else {"rows": len(rows)}


def figures(lake: str, verdicts: Verdicts, **others: Verdicts) -> dict[str, Cell]:
    """By metric, of one judge, who may have been asked `again` or with the pictures `swapped`."""
    write_verdicts(lake, "judge", verdicts)
    for variant, said in others.items():
        write_verdicts(lake, "judge", said, variant=variant)
    rows = known(lake).judges.filter(pl.col("editor").is_null())
    return {row["metric"]: row for row in rows.iter_rows(named=True)}


def values(found: dict[str, Cell], *names: str) -> list[object]:
    return [found[name]["value"] for name in names]


ACCEPTANCE = ("precision", "recall", "f1", "balanced_accuracy", "accuracy")


def test_figures_are_those_counted_by_hand(tmp_path: Path) -> None:
    # Of the good ones 3 of 4 are accepted; of the bad ones 1 of 4, and 1 of 2.
    found = figures(str(tmp_path), {GOOD: [1, 1, 1, 0], FIRST: [0, 0, 0, 1], SECOND: [1, 0]})
    assert values(found, *ACCEPTANCE) == pytest.approx([60.0, 75.0, 200.0 / 3.0, 100.0 * (3 / 4 + 4 / 6) / 2, 70.0])
    assert [found[name]["pairs"] for name in ACCEPTANCE] == [10, 4, 10, 10, 10]
    assert all(found[name]["low"] <= found[name]["value"] <= found[name]["high"] for name in ACCEPTANCE)


def test_every_mistake_has_its_count_and_wilsons_interval(tmp_path: Path) -> None:
    write_verdicts(str(tmp_path), "judge", {GOOD: [1] * 9 + [0], FIRST: [0] * 8 + [1, 1], SECOND: [0] * 10})
    rows = known(str(tmp_path)).judges.filter(metric="rejected")
    assert rows["editor"].to_list() == [FIRST, SECOND, GOOD]
    assert rows.select("value", "rejected", "pairs").rows() == [(80.0, 8, 10), (100.0, 10, 10), (10.0, 1, 10)]
    # As in Agresti and Coull (1998), and in any table of Wilson's intervals.
    assert rows.row(0, named=True)["low"] == pytest.approx(49.02, abs=0.01)
    assert rows.row(0, named=True)["high"] == pytest.approx(94.33, abs=0.01)
    assert (rows["low"][1], rows["high"][1]) == (pytest.approx(72.25, abs=0.01), 100.0)


def test_a_perfect_judge_is_right_in_everything(tmp_path: Path) -> None:
    verdicts = {GOOD: [1] * 30, **{editor: [0] * 30 for editor in MISTAKES}}
    found = figures(str(tmp_path), verdicts, again=verdicts, swapped=verdicts)
    assert values(found, *ACCEPTANCE) == [100.0] * 5
    assert values(found, "agreement_again", "kappa_again", "apart_again") == [100.0, 1.0, 0.0]
    assert values(found, "changed_swapped", "shift_swapped") == [0.0, 0.0]


def test_a_judge_that_accepts_everything_is_no_better_than_chance(tmp_path: Path) -> None:
    verdicts = {GOOD: [1] * 10, FIRST: [1] * 10, SECOND: [1] * 10}
    found = figures(str(tmp_path), verdicts, again=verdicts)
    assert values(found, *ACCEPTANCE) == pytest.approx([100.0 / 3.0, 100.0, 50.0, 50.0, 100.0 / 3.0])
    # Of what is always the same, agreement beyond chance cannot be told.
    assert values(found, "agreement_again", "kappa_again") == [100.0, None]
    assert (found["kappa_again"]["low"], found["kappa_again"]["high"]) == (None, None)


def test_a_judge_that_rejects_everything_has_no_precision_and_chance_as_balanced_accuracy(tmp_path: Path) -> None:
    found = figures(str(tmp_path), {GOOD: [0] * 10, FIRST: [0] * 10, SECOND: [0] * 10})
    assert values(found, *ACCEPTANCE) == pytest.approx([None, 0.0, 0.0, 50.0, 200.0 / 3.0])


@pytest.mark.parametrize(
    ("verdicts", "recall"), [({FIRST: [1, 0, 0]}, None), ({GOOD: [1, 1, 1, 0], FIRST: [None]}, 75.0)]
)
def test_without_good_or_without_bad_pairs_only_what_is_of_the_others_is_known(
    tmp_path: Path, verdicts: Verdicts, recall: float | None
) -> None:
    assert values(figures(str(tmp_path), verdicts), *ACCEPTANCE) == [None, recall, None, None, None]


def test_errors_are_counted_and_in_no_figure(tmp_path: Path) -> None:
    verdicts = {GOOD: [1, 1, 1, None], FIRST: [0, None, 0, 1]}
    found = figures(str(tmp_path), verdicts, again={GOOD: [1, None, 0, 1], FIRST: [0, 0, 0, 1]})
    assert (found["accuracy"]["value"], found["accuracy"]["pairs"], found["accuracy"]["errors"]) == (
        pytest.approx(500.0 / 6.0),
        6,
        2,
    )
    again = found["agreement_again"]
    assert (again["value"], again["pairs"], again["errors"]) == (pytest.approx(80.0), 5, 3)
    rejected = cell(known(str(tmp_path)).judges, "rejected", editor=FIRST)
    assert (rejected["value"], rejected["pairs"], rejected["errors"]) == (pytest.approx(200.0 / 3.0), 3, 1)


def test_a_judge_that_never_answers_is_known_by_its_errors_alone(tmp_path: Path) -> None:
    verdicts = {GOOD: [None, None], FIRST: [None, None]}
    found = figures(str(tmp_path), verdicts, again=verdicts, swapped=verdicts)
    assert {row["value"] for row in found.values()} == {row["low"] for row in found.values()} == {None}
    assert {(row["pairs"], row["errors"]) for row in found.values()} == {(0, 4)}
    assert cell(known(str(tmp_path)).judges, "rejected", editor=FIRST)["high"] is None


def test_a_judge_that_likes_what_it_sees_last_has_a_shift(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    last = {GOOD: [1] * 40, FIRST: (rng.random(40) < 0.5).astype(int).tolist()}
    first = {GOOD: [1] * 30 + [0] * 10, FIRST: [0] * 40}
    found = figures(str(tmp_path), last, swapped=first)
    changed = 10 + sum(last[FIRST])
    assert values(found, "changed_swapped", "shift_swapped") == pytest.approx([100.0 * changed / 80.0] * 2)
    assert found["shift_swapped"]["low"] > 0.0
    other_way = known(_lake(tmp_path / "other", first, last)).judges
    assert cell(other_way, "shift_swapped")["value"] == pytest.approx(-100.0 * changed / 80.0)


def _lake(folder: Path, plain: Verdicts, swapped: Verdicts) -> str:
    write_verdicts(str(folder), "judge", plain)
    write_verdicts(str(folder), "judge", swapped, variant=SWAPPED)
    return str(folder)


BOTH = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(BOTH)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    lake = f"memory://{uuid4().hex}"
    one, other = zip(*pairs, strict=True)
    found = figures(lake, {FIRST: one}, again={FIRST: other})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = cohen_kappa_score(one, other, labels=[False, True])
    assert found["kappa_again"]["value"] == (None if np.isnan(expected) else pytest.approx(expected))
    assert found["agreement_again"]["value"] == pytest.approx(100.0 * np.mean(np.equal(one, other)))


def test_judges_are_compared_on_the_pairs_that_both_have_judged(tmp_path: Path) -> None:
    lake = str(tmp_path)
    scores: dict[str, list[float | None]] = {
        "a": [9, 7, 3, 8, 2, 10, None],
        "b": [8, 8, 5, 2, 1, 9, 4],
        "c": [7, 7, 7, 7],
    }
    for judge, some in scores.items():
        write_verdicts(lake, judge, {"recoloured": some}, "appearance", accept_from=6)
    found = known(lake).pairs
    assert found.select("judge", "other").unique(maintain_order=True).rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    a, b = np.array(scores["a"][:6]), np.array(scores["b"][:6])
    two = {row["metric"]: row for row in found.filter(judge="a", other="b").to_dicts()}
    assert two["correlation"]["value"] == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert two["agreement"]["value"] == pytest.approx(100.0 * 5 / 6)
    assert two["kappa"]["value"] == pytest.approx(cohen_kappa_score(a >= 6, b >= 6))
    assert (two["agreement"]["pairs"], two["agreement"]["errors"]) == (6, 1)
    # `c` always says the same.
    constant = found.filter(judge="a", other="c")
    assert (cell(constant, "correlation")["value"], cell(constant, "kappa")["value"]) == (None, 0.0)


def test_scores_that_hardly_differ_by_rounding_have_no_correlation(tmp_path: Path) -> None:
    for judge, some in (("a", [0.1, 0.7, 0.3, 0.9]), ("b", [0.8] * 4)):
        write_verdicts(str(tmp_path), judge, {FIRST: some})
    assert cell(known(str(tmp_path)).pairs, "correlation")["value"] is None


def test_scores_are_compared_with_those_of_another_seed(tmp_path: Path) -> None:
    lake = str(tmp_path)
    for variant, some in (("", [9, 7, 3]), (AGAIN, [8, 7, 5])):
        write_verdicts(lake, "judge", {"recoloured": some}, "appearance", variant, accept_from=6)
    assert cell(known(lake).judges, "apart_again")["value"] == pytest.approx(1.0)


def test_mistakes_that_a_rubric_is_not_about_are_left_out(tmp_path: Path) -> None:
    lake = str(tmp_path)
    verdicts = {GOOD: [9, 8], "recoloured": [2, 7], "floating-8cm": [9, 1], "shifted-5cm": [1, 1]}
    write_verdicts(lake, "judge", verdicts, "appearance", accept_from=6)
    found = known(lake).judges
    assert found.drop_nulls("editor")["editor"].to_list() == ["recoloured", GOOD]
    assert cell(found, "accuracy")["value"] == 75.0


def test_a_judge_that_was_asked_about_no_mistake_is_not_calibrated(tmp_path: Path) -> None:
    lake = str(tmp_path)
    assert trust(lake) is None
    write_verdicts(lake, "judge", {GOOD: [9, 8], "floating-8cm": [9, 1], "bagel": [3]}, "appearance", accept_from=6)
    write_verdicts(lake, "judge", {GOOD: [1], FIRST: [0]}, variant=AGAIN)
    assert trust(lake) is None


def test_one_sample_gives_figures_without_an_interval(tmp_path: Path) -> None:
    found = figures(str(tmp_path), {GOOD: [1], FIRST: [0]})
    assert (found["accuracy"]["value"], found["accuracy"]["low"], found["accuracy"]["high"]) == (100.0, None, None)


def test_the_same_judgements_give_the_same_figures_from_an_object_store(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    verdicts = {editor: (rng.random(50) < 0.5).astype(int).tolist() for editor in (GOOD, *MISTAKES)}
    found = []
    for lake in (str(tmp_path), f"memory://{uuid4().hex}"):
        write_verdicts(lake, "a", verdicts)
        write_verdicts(lake, "b", dict(reversed(verdicts.items())))
        found += [known(lake), known(lake)]
    assert all(one.judges.equals(found[0].judges) and one.pairs.equals(found[0].pairs) for one in found)


@pytest.mark.parametrize(("count", "total"), [(0, 10), (3, 10), (10, 10)])
def test_wilsons_interval_holds_the_share(count: int, total: int) -> None:
    low, high = wilson(count, total)
    assert low is not None
    assert high is not None
    assert 0.0 <= low <= 100.0 * count / total <= high <= 100.0
    assert high - low > 10.0


def test_intervals_hold_the_truth_as_often_as_they_say(tmp_path: Path) -> None:
    """Some samples are hard: a judge errs in all edits of them more often, and single pairs alone would mislead."""
    judges, samples = 100, 60
    rng = np.random.default_rng(1)
    hard = rng.random((judges, samples)) < 0.3
    right = {
        editor: rng.random((judges, samples)) < np.where(hard, 0.4, 0.95) for editor in (GOOD, *list(MISTAKES)[:4])
    }
    for number in range(judges):
        said: dict[str, Sequence[int]] = {
            editor: (one[number] == (editor == GOOD)).astype(int).tolist() for editor, one in right.items()
        }
        # By rubrics of their own, since it is not about pairs of judges.
        write_verdicts(str(tmp_path), "judge", said, f"rubric-{number}")
    rate = 0.3 * 0.4 + 0.7 * 0.95
    truth = {
        "recall": rate,
        "balanced_accuracy": rate,
        "accuracy": rate,
        "precision": rate / (rate + 4 * (1 - rate)),
    }
    found = known(str(tmp_path)).judges
    for metric, share in truth.items():
        rows = found.filter(metric=metric)
        held = (rows["low"] <= 100.0 * share) & (rows["high"] >= 100.0 * share)
        assert 0.86 <= float(held.mean()) <= 1.0, metric
