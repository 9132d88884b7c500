from __future__ import annotations

import numpy as np

from gsi_ray.reporting.histograms import Histogram, histograms

BAR = (11, 99, 176)


def _bar_heights(chart: Histogram) -> list[int]:
    """Heights in pixels of the bars of a picture with one chart, from the left."""
    pixels = (np.asarray(histograms([chart])) == BAR).all(axis=-1).sum(axis=0)
    starts = np.flatnonzero(np.diff(np.concatenate([[0], pixels])) != 0)
    return [int(pixels[start]) for start in starts if pixels[start]]


def test_bars_are_as_high_as_the_counts_with_gaps_where_there_is_nothing() -> None:
    low, high = _bar_heights(Histogram("Angle", "°", 15.0, {1: 25, 3: 100}))
    assert abs(high - 4 * low) <= 4


def test_charts_stand_two_in_a_row() -> None:
    chart = Histogram("Objects", "", 1.0, {3: 1})
    one, three = histograms([chart]), histograms([chart] * 3)
    assert three.size == (one.width, 2 * one.height)
