"""Everything that a report says of one trial, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from gsi_ray.reporting.evaluation.averages import ALL, averages, differences
from gsi_ray.reporting.evaluation.cases import Choice, choices
from gsi_ray.reporting.evaluation.error_counts import ErrorCounts, error_counts
from gsi_ray.reporting.evaluation.measures import AVERAGE, Protocol
from gsi_ray.reporting.evaluation.slices import slices
from gsi_ray.reporting.evaluation.trials import Trial

FEW_SCENES = 20
"""With fewer, intervals come out too narrow."""

_MOST_MESSAGES = 3


@dataclass(frozen=True)
class Failure:
    """What went wrong with so many edits of an editor."""

    editor: str
    message: str
    count: int


@dataclass(frozen=True, eq=False)
class Findings:
    """What is found of a trial; the frames have the columns that the functions say which make them.

    `editors` are in the order of their averages, the best first.
    """

    protocol: Protocol
    environment: str
    split: str
    samples: int
    scenes: int
    editors: tuple[str, ...]
    operations: tuple[str, ...]
    averages: pl.DataFrame
    differences: pl.DataFrame
    slices: pl.DataFrame
    errors: tuple[ErrorCounts, ...]
    failures: tuple[Failure, ...]
    choices: tuple[Choice, ...]
    notes: tuple[str, ...]


def findings(trial: Trial, lake: str) -> Findings:
    """Look at a trial from all sides. Raises what `lake.scan` does."""
    means = averages(trial)
    scenes = trial.samples["scene"].n_unique()
    return Findings(
        trial.protocol,
        trial.environment,
        trial.split,
        len(trial.samples),
        scenes,
        _by_rank(means),
        tuple(trial.samples["operation"].unique().sort().cast(pl.String)),
        means,
        differences(trial),
        slices(trial, lake),
        tuple(error_counts(trial)),
        tuple(_failures(trial)),
        tuple(choices(trial)),
        tuple(_notes(trial, means, scenes)),
    )


def _by_rank(means: pl.DataFrame) -> tuple[str, ...]:
    """The editors by their average; by their compliance where there is none."""
    whole = means.filter(operation=ALL).pivot("metric", index="editor", values="mean")
    return tuple(
        whole.sort(AVERAGE, "ic", "editor", descending=[True, True, False], nulls_last=True)["editor"].to_list()
    )


def _failures(trial: Trial) -> Iterator[Failure]:
    """The most frequent messages of every editor."""
    for editor, scores in trial.scores.items():
        messages = scores["error"].drop_nulls().value_counts().sort("count", "error", descending=[True, False])
        for message, count in messages.head(_MOST_MESSAGES).iter_rows():
            yield Failure(editor, message, count)


def _notes(trial: Trial, means: pl.DataFrame, scenes: int) -> Iterator[str]:
    """What has to be known to read the figures right, a sentence each."""
    known = means.filter(operation=ALL).pivot("metric", index="editor", values="samples")
    scored = known.filter(pl.col(AVERAGE) > 0)
    without = {name: scored.filter(pl.col(name) == 0)["editor"].to_list() for name in trial.protocol.names}
    official = trial.protocol.needs_appearance
    if without["ic"]:
        reason = " for want of LPIPS, without which only those of edits that fail would be" if official else ""
        yield f"IC and SA are not known of {_listed(without['ic'])}{reason}, so that there is no average."
    if without["el"]:
        reason = "LPIPS was not computed, as without the file with AlexNet's weights" if official else "it is not known"
        yield f"EL is missing of {_listed(without['el'])}: {reason}; so there is no average."
    if without["ac"]:
        judged = f"Appearance was not judged of {_listed(without['ac'])}: AC and the average are left open"
        yield judged + (
            ", and IC, SA and EL are shown without the official rule by which a sample without AC counts nothing."
            if official
            else "."
        )
    yield from _of_the_judge(trial)
    for editor, count, total in scored.select("editor", "ic", AVERAGE).iter_rows():
        if 0 < count < total:
            yield f"IC is known of {count:,} of the {total:,} samples of {editor}; the others are in none of its means."
    failed = means.filter(pl.col("errors") > 0, operation=ALL, metric=AVERAGE).select("editor", "samples", "errors")
    if len(failed):
        counts = [f"{errors:,} of {count + errors:,} of {editor}" for editor, count, errors in failed.iter_rows()]
        yield f"Some edits could not be scored, and are in no mean: {_listed(counts)}."
    if scored[AVERAGE].n_unique() > 1:
        yield "Editors have scores of different samples; the differences between them are of those that both have."
    apart = _not_compared(trial)
    if apart:
        yield f"Not compared, since appearance was judged of one of the two only: {'; '.join(apart)}."
    if scenes < FEW_SCENES:
        yield f"There are {scenes} scenes, and intervals from fewer than {FEW_SCENES} are too narrow."


def _of_the_judge(trial: Trial) -> Iterator[str]:
    """Whose word AC is, and what it is not known of."""
    whole = {name: one for name, one in trial.judged.items() if one.is_whole and one.answered}
    if whole:
        yield f"AC of {_listed([*whole])} is what the judge {trial.judge} says."
    without = {name: one.asked - one.answered for name, one in whole.items()}
    silent = [f"{count:,} of {whole[name].asked:,} of {name}" for name, count in without.items() if count]
    if silent:
        rule = "which count nothing, by the official rule" if trial.protocol.needs_appearance else "which have no AC"
        yield f"On some edits {trial.judge} gave no verdict, {rule}: {_listed(silent)}."
    for name, one in trial.judged.items():
        if 0 < one.asked < one.edits:
            yield (
                f"{trial.judge} has been asked about {one.asked:,} of the {one.edits:,} edits of {name}: AC is "
                "left open until it has been asked about all."
            )


def _not_compared(trial: Trial) -> Sequence[str]:
    if not trial.protocol.needs_appearance:
        return []
    judged = {editor: scores["ac"].count() > 0 for editor, scores in trial.scores.items()}
    return [f"{one} and {other}" for one, other in combinations(judged, 2) if judged[one] != judged[other]]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
