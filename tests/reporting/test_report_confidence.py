"""Intervals: what is certain has none, and of what is not, they hold the truth about as often as they say."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gsi_ray.reporting.evaluation.confidence import MOST_GROUPS, estimates, group_of, totals

NAMES = ["ic", "sa", "el", "ac"]


def found(rows: pl.DataFrame) -> pl.DataFrame:
    """Estimates by editor, from samples with the column `scene`."""
    sums = rows.group_by("editor", group_of("scene"), maintain_order=True).agg(totals(NAMES))
    return estimates(sums, ["editor"], NAMES)


def samples(scenes: list[int], values: list[float | None], editor: str = "a") -> pl.DataFrame:
    """Samples that have the same value in all measures."""
    columns = {name: pl.Series(values, dtype=pl.Float64) for name in NAMES}
    return pl.DataFrame({"editor": [editor] * len(scenes), "scene": pl.Series(scenes, dtype=pl.UInt32), **columns})


def test_means_are_those_of_samples_and_constants_are_certain() -> None:
    table = found(pl.concat([samples([0, 0, 1], [30.0] * 3), samples([0, 0, 0, 1], [0.0, 0.0, 0.0, 100.0], "b")]))
    certain, uncertain = table.filter(editor="a"), table.filter(editor="b")
    assert certain["metric"].to_list() == [*NAMES, "average"]
    assert certain["mean"].to_list() == certain["low"].to_list() == certain["high"].to_list() == [30.0] * 5
    assert certain["samples"].to_list() == [3] * 5
    # Not 50, the mean of the scenes' means; and either scene may be drawn twice.
    assert uncertain["mean"].to_list() == [25.0] * 5
    assert (uncertain["low"][0], uncertain["high"][0]) == (0.0, 100.0)


def test_one_scene_gives_no_interval_and_what_is_not_known_no_mean() -> None:
    rows = samples([0, 0], [1.0, 3.0]).with_columns(ac=pl.lit(None, pl.Float64))
    table = {row["metric"]: row for row in found(rows).to_dicts()}
    assert (table["ic"]["mean"], table["ic"]["low"], table["ic"]["high"]) == (2.0, None, None)
    assert (table["ac"]["mean"], table["ac"]["samples"]) == (None, 0)
    assert (table["average"]["mean"], table["average"]["samples"]) == (None, 2)


def test_the_same_rows_give_the_same_intervals() -> None:
    rng = np.random.default_rng(5)
    rows = samples(rng.integers(0, 30, 200).tolist(), rng.uniform(0, 100, 200).tolist())
    assert found(rows).equals(found(rows))


@pytest.mark.parametrize("scenes", [40, 3 * MOST_GROUPS])
def test_intervals_hold_the_truth_as_often_as_they_say(scenes: int) -> None:
    """Scenes are easier or harder by far more than the samples in them differ, so that samples alone would mislead."""
    trials, per_scene = 150, 4
    rng = np.random.default_rng(1)
    truth = 50.0
    values = truth + 12.0 * rng.normal(size=(trials, scenes, 1)) + 4.0 * rng.normal(size=(trials, scenes, per_scene))
    scene = np.tile(np.repeat(np.arange(scenes, dtype=np.uint32), per_scene), trials)
    editor = np.repeat(np.arange(trials), scenes * per_scene)
    rows = pl.DataFrame({"editor": editor, "scene": scene, **dict.fromkeys(NAMES, values.ravel())})
    table = found(rows).filter(metric="sa")
    holds = ((table["low"] <= truth) & (table["high"] >= truth)).mean()
    assert 0.88 <= float(holds) <= 0.99
    width = float((table["high"] - table["low"]).mean())
    assert width == pytest.approx(2 * 1.96 * np.sqrt((12.0**2 + 4.0**2 / per_scene) / scenes), rel=0.1)
