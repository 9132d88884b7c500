"""The best and the worst edits of every editor, side by side with what was asked for."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from PIL import Image

from gsi_ray import lake as lakes
from gsi_ray.lake import EmptyTable
from gsi_ray.reporting.evaluation.measures import FOUR
from gsi_ray.reporting.evaluation.trials import Trial
from gsi_ray.reporting.gallery import Picture, data_uri, outlines, shrunk
from gsi_ray.sampling.triplet import Triplet

MOST_CASES = 96
"""In a page, which then weighs some 8 MB."""

_PER_SIDE = 3


@dataclass(frozen=True)
class Choice:
    """An edit that is among the best or the worst of its editor in a trial; `score` is the mean of its `scores`."""

    editor: str
    labels: Mapping[str, str]
    is_best: bool
    sample_id: str
    score: float
    scores: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True)
class Case:
    """A chosen edit made ready for the page."""

    choice: Choice
    operation: str
    instruction: str
    pictures: tuple[Picture, ...]
    width: int
    height: int


def choices(trial: Trial) -> list[Choice]:
    """The best and the worst edits of every editor, each of another operation, the best and the worst first."""
    return [
        Choice(
            editor,
            trial.labels,
            is_best,
            row["sample_id"],
            row["score"],
            tuple((name, row[name]) for name in FOUR),
        )
        for editor, scores in trial.scores.items()
        for is_best, extremes in _extremes(trial.samples.select("sample_id", "operation").hstack(scores))
        for row in extremes.iter_rows(named=True)
    ]


def _extremes(scores: pl.DataFrame) -> list[tuple[bool, pl.DataFrame]]:
    """Of both sides, whether it is the best one, and its rows; no sample is on both."""
    scored = scores.with_columns(score=pl.mean_horizontal(FOUR)).filter("tried", pl.col("score").is_not_null())
    sides = []
    taken = pl.Series([], dtype=pl.String)
    for is_best in (True, False):
        extreme = pl.max("score") if is_best else pl.min("score")
        ids = (
            scored.filter(~pl.col("sample_id").is_in(taken.implode()))
            .group_by("operation")
            .agg(pl.col("sample_id").filter(pl.col("score") == extreme).min())
        )
        rows = scored.join(ids, on="sample_id", how="semi").sort("score", "sample_id", descending=[is_best, False])
        sides.append((is_best, rows.head(_PER_SIDE)))
        taken = rows["sample_id"].head(_PER_SIDE)
    return sides


def within_limit(chosen: Sequence[Choice]) -> list[Choice]:
    """As many of them as a page may show: first the first of every editor in every trial, then the second ones."""
    ranks: dict[tuple[object, ...], int] = {}
    ranked = []
    for choice in chosen:
        side = (choice.editor, *choice.labels.values(), choice.is_best)
        ranks[side] = ranks.get(side, 0) + 1
        ranked.append((ranks[side], choice))
    kept = {id(choice) for _, choice in sorted(ranked, key=lambda one: one[0])[:MOST_CASES]}
    return [choice for choice in chosen if id(choice) in kept]


def cases(chosen: Sequence[Choice], lake: str) -> list[Case]:
    """The chosen edits with their pictures: before, the truth, and the edit, if there is one. Others are not read.

    Raises what `lake.scan` and `lake.read_samples` do.
    """
    edited = _edited({(one.sample_id, one.editor) for one in chosen}, lake)
    found: dict[int, Case] = {}
    for triplet in lakes.read_samples(sorted({one.sample_id for one in chosen}), lake):
        truth = _true_pictures(triplet)
        for place, choice in enumerate(chosen):
            if choice.sample_id == triplet.sample_id:
                png = edited.get((choice.sample_id, choice.editor))
                camera = triplet.after.camera
                found[place] = Case(
                    choice,
                    triplet.operation,
                    triplet.instruction,
                    truth if png is None else (*truth, _edit(png, truth[-1])),
                    camera.width,
                    camera.height,
                )
    return [found[place] for place in sorted(found)]


def _edited(wanted: set[tuple[str, str]], lake: str) -> dict[tuple[str, str], bytes]:
    """The edited pictures as PNG files, by sample and editor."""
    try:
        edits = list(lakes.read_edits(wanted, lake))
    except EmptyTable:
        return {}
    return {(row["sample_id"], row["editor"]): row["image"]["bytes"] for row in edits if row["image"] is not None}


def _true_pictures(triplet: Triplet) -> tuple[Picture, ...]:
    sides = (("Before", triplet.before), ("Truth", triplet.after))
    return tuple(
        Picture(
            caption,
            data_uri(shrunk(frame.rgb)),
            tuple(outline for outline in outlines(triplet, frame) if outline.role != "other"),
        )
        for caption, frame in sides
    )


def _edit(png: bytes, truth: Picture) -> Picture:
    """The edited picture under the outlines of the truth: what is edited right lies in them."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    return Picture("Edit", data_uri(shrunk(pixels)), truth.outlines)
