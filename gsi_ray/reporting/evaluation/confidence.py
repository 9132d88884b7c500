"""Means with 95 % intervals, by a bootstrap over scenes.

Edits of one scene succeed and fail together, so it is scenes that are drawn again, and not samples. Everything a draw
needs of a scene is the sum and the count of its samples; the draws are then one product of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gsi_ray.reporting.evaluation.measures import AVERAGE, FOUR

REPLICATES = 1000
"""How often the scenes are drawn again."""

MOST_GROUPS = 1000
"""More scenes than that are drawn in this many groups: an interval is then known to some 2 % of its width."""

_QUANTILES = (0.025, 0.975)
_SEED = 20604
_CELLS_AT_ONCE = 100

Array = NDArray[np.float64]


def group_of(scene: str) -> pl.Expr:
    """The group that a scene is drawn with; the column `scene` numbers them."""
    return (pl.col(scene) % MOST_GROUPS).cast(pl.UInt16).alias("group")


def totals(measures: Sequence[str]) -> list[pl.Expr]:
    """What `estimates` needs of the samples of a group: of each measure, the sum and how many samples have it."""
    scored = pl.any_horizontal(pl.col(measures).is_not_null()).sum().alias("scored")
    return [pl.col(measures).sum(), pl.col(measures).count().name.suffix("_count"), scored]


def estimates(sums: pl.DataFrame, by: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    """Columns `by`, `metric`, `mean`, `low`, `high`, `samples` from one row for each cell (`by`) and `group`.

    The rows hold what `totals` gives; `measures` have all four of the average, which is added. What no sample has is
    null, and so is an interval where fewer than two groups have it; the average has as many samples as have any of its
    measures. The same rows always give the same figures.
    """
    cells = sums.select(by).unique(maintain_order=True).with_row_index("cell")
    groups = sums.select("group").unique().sort("group").with_row_index("place")
    placed = sums.join(cells, on=by).join(groups, on="group")
    at = placed["place"].to_numpy(), placed["cell"].to_numpy()
    weights = draws(len(groups))
    names = [*measures, AVERAGE]
    found: list[Array] = []
    for start in range(0, len(cells), _CELLS_AT_ONCE):
        size = min(_CELLS_AT_ONCE, len(cells) - start)
        chosen = (at[1] >= start) & (at[1] < start + size)
        spot = at[0][chosen], at[1][chosen] - start
        total, count = np.zeros((2, len(groups), size, len(measures)))
        total[spot] = placed.select(measures).to_numpy()[chosen]
        count[spot] = placed.select(f"{name}_count" for name in measures).to_numpy()[chosen]
        found.append(_with_intervals(total, count, weights, [names.index(name) for name in FOUR]))
    values = np.concatenate(found) if found else np.empty((0, len(names), 3))
    counted = [f"{name}_count" for name in measures] + ["scored"]
    samples = placed.group_by("cell").agg(pl.col(counted).sum()).sort("cell").select(counted).to_numpy()
    return (
        cells.drop("cell")
        .select(pl.all().repeat_by(len(names)).explode())
        .with_columns(
            pl.Series("metric", names * len(cells), pl.String),
            *(pl.Series(name, values[..., i].ravel()).fill_nan(None) for i, name in enumerate(("mean", "low", "high"))),
            pl.Series("samples", samples.ravel().astype(np.int64)),
        )
    )


def draws(groups: int) -> Array:
    """How often each group is drawn in each replicate, (replicates, groups)."""
    drawn = np.random.default_rng(_SEED).integers(0, groups, (REPLICATES, groups))
    places = drawn + groups * np.arange(REPLICATES)[:, None]
    return np.bincount(places.ravel(), minlength=groups * REPLICATES).reshape(REPLICATES, groups).astype(np.float64)


def _with_intervals(total: Array, count: Array, weights: Array, four: Sequence[int]) -> Array:
    """Mean, low and high (cells, measures + 1, 3) from sums and counts (groups, cells, measures)."""
    shape = total.shape[1:]
    with np.errstate(invalid="ignore"):
        means = total.sum(axis=0) / count.sum(axis=0)
        drawn = (weights @ total.reshape(len(total), -1)) / (weights @ count.reshape(len(count), -1))
    drawn = drawn.reshape(len(weights), *shape)
    means = np.concatenate([means, means[..., four].mean(axis=-1, keepdims=True)], axis=-1)
    drawn = np.concatenate([drawn, drawn[..., four].mean(axis=-1, keepdims=True)], axis=-1)
    spread = (count > 0).sum(axis=0)
    spread = np.concatenate([spread, spread[:, four].min(axis=-1, keepdims=True)], axis=-1)
    low, high = np.where(spread >= 2, quantiles(drawn), np.nan)
    return np.stack([means, low, high], axis=-1)


def quantiles(drawn: Array) -> Array:
    """Both ends of the interval, over the replicates (axis 0) that drew any sample at all; NaN where none did."""
    ordered = np.sort(drawn, axis=0)  # puts NaN last
    last = np.maximum(np.isfinite(ordered).sum(axis=0) - 1, 0)
    ends = []
    for quantile in _QUANTILES:
        place = quantile * last
        below = np.floor(place).astype(int)
        above = np.minimum(below + 1, last)
        left, right = (np.take_along_axis(ordered, at[None], axis=0)[0] for at in (below, above))
        ends.append(left + (place - below) * (right - left))
    return np.stack(ends)
