"""From the scores of samples to the figures of a model on a data set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

_DELIMITER = "||V^=^V||"


@dataclass(frozen=True)
class SampleScores:
    """The scores of one edit: `lpips` and `ssim` outside of it, `appearance` from 0 to 10; None is not known."""

    compliance: float
    accuracy: float
    ssim: float | None
    lpips: float | None
    appearance: float | None


@dataclass(frozen=True)
class Averages:
    """In percent; `overall` is the mean of compliance, accuracy, locality by LPIPS, and appearance."""

    compliance: float
    accuracy: float
    locality_ssim: float
    locality_lpips: float
    appearance: float
    overall: float


def appearance_score(answer: str) -> float | None:
    """The score in a judge's answer, which stands as JSON between two delimiters; None where there is none.

    >>> appearance_score('It is. ||V^=^V|| {"score": 7, "reasoning": "the same mug"} ||V^=^V||')
    7.0
    """
    try:
        score = float(json.loads(answer.split(_DELIMITER)[1])["score"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    return score


def averages(samples: Sequence[SampleScores]) -> Averages:
    """The means over all samples. Without compliance, or without appearance, a sample counts nothing in any of them.

    >>> averages([SampleScores(1.0, 0.5, 0.9, 0.2, 8.0), SampleScores(0.0, 0.5, 0.9, 0.2, 8.0)]).overall
    52.5
    """
    counted = [_counted(sample) for sample in samples]
    means = [sum(column) / len(counted) for column in zip(*counted, strict=True)] if counted else [0.0] * 5
    compliance, accuracy, ssim, lpips, appearance = means
    return Averages(compliance, accuracy, ssim, lpips, appearance, (compliance + accuracy + lpips + appearance) / 4.0)


def _counted(sample: SampleScores) -> tuple[float, float, float, float, float]:
    """What a sample counts, in percent. Accuracy without compliance counts, as it does in the official code."""
    if sample.compliance <= 0.0:
        return 100.0 * sample.compliance, 100.0 * sample.accuracy, 0.0, 0.0, 0.0
    if not sample.appearance:
        return (0.0,) * 5
    return (
        100.0 * sample.compliance,
        100.0 * sample.accuracy,
        0.0 if sample.ssim is None else 100.0 * sample.ssim,
        0.0 if sample.lpips is None else 100.0 - 100.0 * sample.lpips,
        10.0 * sample.appearance,
    )
