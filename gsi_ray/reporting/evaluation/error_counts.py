"""How the errors of editors spread."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from gsi_ray.reporting.evaluation.measures import ErrorScale
from gsi_ray.reporting.evaluation.trials import Trial


@dataclass(frozen=True, eq=False)
class ErrorCounts:
    """How many of an editor's edits have an error in each bin of a scale; of `unknown` ones nothing is known.

    The median is that of the known ones, None if there are none.
    """

    editor: str
    scale: ErrorScale
    counts: tuple[int, ...]
    unknown: int
    median: float | None

    @property
    def total(self) -> int:
        """All whose error is known."""
        return sum(self.counts)


def error_counts(trial: Trial) -> list[ErrorCounts]:
    """Of every editor, by every scale of the protocol by which any error is known."""
    found = [
        _counted(editor, scale, scores.filter("tried", pl.col("error").is_null())[scale.title])
        for scale in trial.protocol.errors
        for editor, scores in trial.scores.items()
    ]
    known = {one.scale.title for one in found if one.total}
    return [one for one in found if one.scale.title in known]


def _counted(editor: str, scale: ErrorScale, errors: pl.Series) -> ErrorCounts:
    known = errors.drop_nulls()
    bins = pl.Series(scale.edges[1:]).cast(pl.Float64).search_sorted(known, side="right")
    counts = dict(bins.value_counts().iter_rows()) if len(known) else {}
    median = known.median()
    return ErrorCounts(
        editor,
        scale,
        tuple(counts.get(index, 0) for index in range(len(scale.edges))),
        errors.null_count(),
        float(median) if isinstance(median, float) else None,
    )
