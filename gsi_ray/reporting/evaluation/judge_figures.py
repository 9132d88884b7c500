"""What judges are measured by. Each figure is a function of sums over pairs (tallies), such as a confusion matrix.

Tallies are arrays of any shape (...), one number for each time that the pairs were drawn, and a figure has that shape;
NaN is what cannot be known. Figures are in percent, unless their measure says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gsi_ray.judging.calibration import GOOD
from gsi_ray.reporting.evaluation.measures import Measure

Array = NDArray[np.float64]
Tallies = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Figure:
    """A measure of judges, what its value is, and which of the tallies count the pairs that it is of."""

    measure: Measure
    value: Callable[[Tallies], Array]
    counts: tuple[str, ...]


_GOOD, _ACCEPTED, _OTHER = pl.col("editor") == GOOD, pl.col("accept"), pl.col("accept_other")
_SCORE, _OTHER_SCORE = (
    pl.when(_ACCEPTED.is_not_null() & _OTHER.is_not_null()).then(pl.col(name)) for name in ("score", "score_other")
)

AGAINST_TRUTH: Mapping[str, pl.Expr] = {
    "good_accepted": _GOOD & _ACCEPTED,
    "good_rejected": _GOOD & ~_ACCEPTED,
    "bad_accepted": ~_GOOD & _ACCEPTED,
    "bad_rejected": ~_GOOD & ~_ACCEPTED,
    "errors": _ACCEPTED.is_null(),
}
"""The tallies of verdicts beside the truth: the confusion matrix, and the pairs without a verdict."""

AGAINST_OTHER: Mapping[str, pl.Expr] = {
    "both": _ACCEPTED & _OTHER,
    "first": _ACCEPTED & ~_OTHER,
    "second": ~_ACCEPTED & _OTHER,
    "neither": ~_ACCEPTED & ~_OTHER,
    "errors": _ACCEPTED.is_null() | _OTHER.is_null(),
    "apart": (_SCORE - _OTHER_SCORE).abs(),
    "x": _SCORE,
    "y": _OTHER_SCORE,
    "xx": _SCORE.pow(2),
    "yy": _OTHER_SCORE.pow(2),
    "xy": _SCORE * _OTHER_SCORE,
}
"""The tallies of two verdicts on each pair: who accepts it, and the sums that scores are compared by."""

_PAIRS = ("both", "first", "second", "neither")
_ROUNDING = 1e-9


def _good(t: Tallies) -> Array:
    return t["good_accepted"] + t["good_rejected"]


def _bad(t: Tallies) -> Array:
    return t["bad_accepted"] + t["bad_rejected"]


def _if_both_kinds(t: Tallies, value: Array) -> Array:
    """Without good pairs, or without bad ones, the value says nothing of telling them apart."""
    return np.where((_good(t) > 0) & (_bad(t) > 0), value, np.nan)


def _precision(t: Tallies) -> Array:
    return _if_both_kinds(t, 100.0 * t["good_accepted"] / (t["good_accepted"] + t["bad_accepted"]))


def _recall(t: Tallies) -> Array:
    return 100.0 * t["good_accepted"] / _good(t)


def _f1(t: Tallies) -> Array:
    """The harmonic mean of precision and recall, which is 0, too, where nothing good is accepted."""
    return _if_both_kinds(t, 200.0 * t["good_accepted"] / (t["good_accepted"] + t["bad_accepted"] + _good(t)))


def _accuracy(t: Tallies) -> Array:
    return _if_both_kinds(t, 100.0 * (t["good_accepted"] + t["bad_rejected"]) / (_good(t) + _bad(t)))


def _balanced_accuracy(t: Tallies) -> Array:
    return 50.0 * (t["good_accepted"] / _good(t) + t["bad_rejected"] / _bad(t))


def _compared(t: Tallies) -> Array:
    return t["both"] + t["first"] + t["second"] + t["neither"]


def _agreement(t: Tallies) -> Array:
    return 100.0 * (t["both"] + t["neither"]) / _compared(t)


def _kappa(t: Tallies) -> Array:
    """Agreement beyond chance (Cohen, 1960), of two by two verdicts; not known where both always say the same."""
    accepted, other_accepted = t["both"] + t["first"], t["both"] + t["second"]
    rejected, other_rejected = t["second"] + t["neither"], t["first"] + t["neither"]
    beyond = t["both"] * t["neither"] - t["first"] * t["second"]
    return 2.0 * beyond / (accepted * other_rejected + other_accepted * rejected)


def _apart(t: Tallies) -> Array:
    return t["apart"] / _compared(t)


def _correlation(t: Tallies) -> Array:
    """Pearson's, of the scores; not known where one of the two always gives the same."""
    count = _compared(t)
    spreads = [count * t[squares] - t[total] ** 2 for total, squares in (("x", "xx"), ("y", "yy"))]
    certain = [spread > _ROUNDING * count * t[name] for spread, name in zip(spreads, ("xx", "yy"), strict=True)]
    value = (count * t["xy"] - t["x"] * t["y"]) / np.sqrt(spreads[0] * spreads[1])
    return np.where(certain[0] & certain[1], value, np.nan)


def _changed(t: Tallies) -> Array:
    return 100.0 * (t["first"] + t["second"]) / _compared(t)


def _shift(t: Tallies) -> Array:
    return 100.0 * (t["first"] - t["second"]) / _compared(t)


_JUDGED = ("good_accepted", "good_rejected", "bad_accepted", "bad_rejected")

REJECTED = Measure("rejected", "Rejected", "of the pairs with this mistake, the share that was rejected")

ACCEPTANCE = (
    Figure(Measure("precision", "Precision", "of what it accepts, the share that is good"), _precision, _JUDGED),
    Figure(Measure("recall", "Recall", "of what is good, the share that it accepts"), _recall, _JUDGED[:2]),
    Figure(Measure("f1", "F1", "the harmonic mean of precision and recall"), _f1, _JUDGED),
    Figure(
        Measure("balanced_accuracy", "Balanced accuracy", "the mean of its accuracy on good and on bad pairs"),
        _balanced_accuracy,
        _JUDGED,
    ),
    Figure(Measure("accuracy", "Accuracy", "the share of its verdicts that is right"), _accuracy, _JUDGED),
)
"""Of verdicts beside the truth: to accept what is good, and nothing else."""

AGREEMENT = (
    Figure(Measure("agreement", "Same verdict", "the share of pairs with the same verdict"), _agreement, _PAIRS),
    Figure(Measure("kappa", "Kappa", "Cohen's kappa: 0 by chance alone, 1 at best", "", digits=2), _kappa, _PAIRS),
)

REPEATED = (
    *(
        Figure(Measure(f"{one.name}_again", one.short, one.meaning, one.unit, digits=one.digits), figure.value, _PAIRS)
        for figure in AGREEMENT
        for one in [figure.measure]
    ),
    Figure(Measure("apart_again", "Scores apart", "how far its two scores are apart", "", digits=2), _apart, _PAIRS),
)
"""Of a judge's verdicts beside its own, asked again."""

TURNED = (
    Figure(Measure("changed_swapped", "Changed", "the share of verdicts that change"), _changed, _PAIRS),
    Figure(
        Measure("shift_swapped", "Shift", "how much more it accepts with the picture after the edit last", "points"),
        _shift,
        _PAIRS,
    ),
)
"""Of a judge's verdicts beside its own with the two pictures swapped."""

BETWEEN = (
    *AGREEMENT,
    Figure(Measure("correlation", "Correlation", "Pearson's, of the scores", "", digits=2), _correlation, _PAIRS),
)
"""Of two judges' verdicts on the same pairs."""
