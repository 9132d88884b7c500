"""Appearance consistency (AC) where it is left to a judge: what one judge says by the rubric `appearance`."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from gsi_ray import lake as lakes
from gsi_ray.errors import GsiRayError, did_you_mean
from gsi_ray.lake import EmptyTable

_RUBRIC = "appearance"
_BEST = 10.0
"""The score of an edit that looks just right, by that rubric."""

_KEYS = ["sample_id", "editor"]


class SeveralJudges(GsiRayError):
    """It is not said whose judgement AC is to be."""


class UnknownJudge(GsiRayError):
    """A judge has not judged what is scored."""


@dataclass(frozen=True, eq=False)
class Judge:
    """The judge that AC is left to, and its verdicts: `sample_id`, `editor`, and `verdict` from 0 to 1, or null."""

    name: str
    verdicts: pl.LazyFrame


@dataclass(frozen=True)
class Judged:
    """Of the edits of an editor that have no AC but a judge's, how many it was asked about, and how many it answered.

    AC is taken from a judge only if it was asked about all of them: a sample without AC would count nothing.
    """

    edits: int
    asked: int
    answered: int

    @property
    def is_whole(self) -> bool:
        """Whether AC is what the judge says."""
        return self.asked == self.edits


def choose_judge(scores: pl.LazyFrame, lake: str, name: str | None) -> Judge | None:
    """The judge of this name, or the only one there is, of edits whose scores lack AC; None if there is none.

    Raises SeveralJudges, UnknownJudge, and what `lake.scan` does.
    """
    lacking = scores.filter(pl.col("ac").is_null() & pl.col("error").is_null()).select("editor").unique()
    try:
        judgements = lakes.scan("judgements", lake).filter(rubric=_RUBRIC).join(lacking, on="editor", how="semi")
        judges = judgements.select("judge").unique().collect(engine="streaming")["judge"].sort().to_list()
    except EmptyTable:
        judges = []
    if name is not None and name not in judges:
        raise UnknownJudge(
            f'"{name}"{did_you_mean(name, judges)} has judged the appearance of no edit whose scores lack it; '
            f"{', '.join(judges) or 'nobody'} has."
        )
    if len(judges) > 1 and name is None:
        raise SeveralJudges(
            f"Several judges have judged the appearance of edits: say whose word AC is to be, with --judge and one of "
            f"{', '.join(judges)}."
        )
    if not judges:
        return None
    chosen = name or judges[0]
    return Judge(chosen, judgements.filter(judge=chosen).select(*_KEYS, verdict=pl.col("score") / _BEST))


def with_verdicts(scores: pl.LazyFrame, judge: Judge | None) -> pl.LazyFrame:
    """Scores with `verdict`, what the judge says, and `is_asked`, whether it was asked at all."""
    if judge is None:
        return scores.with_columns(verdict=pl.lit(None, pl.Float64), is_asked=pl.lit(False))
    verdicts = judge.verdicts.with_columns(is_asked=pl.lit(True))
    return scores.join(verdicts, on=_KEYS, how="left").with_columns(pl.col("is_asked").fill_null(False))


def judged(scores: pl.DataFrame) -> Judged:
    """How far the edits of these scores, of one editor, are judged; they have what `with_verdicts` adds."""
    lacking = scores.filter(pl.col("ac").is_null() & pl.col("error").is_null())
    asked = lacking.filter("is_asked")
    return Judged(len(lacking), len(asked), asked["verdict"].count())


def with_appearance(scores: pl.DataFrame, best: float) -> pl.DataFrame:
    """Scores of one editor with the judge's verdicts for AC where there is none; `best` is the most that AC can be."""
    if not judged(scores).is_whole:
        return scores
    return scores.with_columns(pl.col("ac").fill_null(best * pl.col("verdict")))
