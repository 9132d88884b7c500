"""Evaluation on Ray Data: edits and what is known of their samples become scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import cv2

from gsi_ray.detection import checked_settings, create_detector
from gsi_ray.evaluation.backbone import load_lpips
from gsi_ray.evaluation.scorers import EditedSample, ExactScorer, GsiBenchScorer, Scorer, Scores
from gsi_ray.lake import require_writable, write_rows
from gsi_ray.lake.derived import require_editors, sample_shards, shard_names
from gsi_ray.lake.errors import DamagedShard
from gsi_ray.lake.paths import shard_key
from gsi_ray.lake.readers import read_rows
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import EDITS, SCORES
from gsi_ray.lake.stores import Store
from gsi_ray.pipelines.derive import Derivation, Job, Outcome, derive
from gsi_ray.recipes import EvaluationRecipe

_NOTHING: Mapping[str, None] = dict.fromkeys(SCORES.schema.names)
"""A row of scores of which nothing is known."""


def evaluate(
    lake: str,
    recipe: EvaluationRecipe,
    *,
    editors: Sequence[str] = (),
    splits: Sequence[str] = (),
    environments: Sequence[str] = (),
    again: bool = False,
    workers: int | None = None,
) -> Derivation:
    """Score the edits of some editors (or all of them) that have no scores yet, or, `again`, all of theirs.

    Raises DetectorError, LakeError, RayFailed, or ShardsFailed.
    """
    checked_settings(recipe.detector, recipe.detector_settings)
    require_writable(lake)
    shards = sample_shards(lake, splits, environments)
    total = Derivation(0, 0, 0)
    for protocol in recipe.protocols:
        waiting = {name: _waiting(lake, name, protocol, again) for name in require_editors(lake, editors)}
        jobs = [
            Job(samples, names)
            for samples in shards
            if (names := tuple(name for name, names in waiting.items() if samples.shard in names))
        ]
        if jobs:
            start = partial(ScoreMaker, lake, protocol, recipe)
            what = f"{protocol} scores"
            total += derive(start, jobs, what=what, needs=recipe.workers, workers=workers)
    return total


def _waiting(lake: str, editor: str, protocol: str, again: bool) -> set[str]:
    edited = shard_names(lake, "edits", {"editor": editor})
    return edited if again else edited - shard_names(lake, "scores", {"editor": editor, "protocol": protocol})


class ScoreMaker:
    """Scores all edits of a shard's samples: what they share is read and worked out once."""

    def __init__(self, lake: str, protocol: str, recipe: EvaluationRecipe) -> None:
        cv2.setNumThreads(1)  # there are as many workers as cores
        self._store = Store.open(lake)
        self._protocol = protocol
        self._scorer = _scorer(protocol, recipe)

    def __call__(self, job: Job) -> Outcome:
        """Score the edits of some editors; a damaged file of one of them costs only that one its scores."""
        edits: dict[str, dict[str, Row]] = {}
        damaged: list[str] = []
        for name in job.names:
            try:
                edits[name] = self._edits(name, job.samples.shard)
            except DamagedShard as error:
                damaged.append(str(error))
        samples = [
            EditedSample(sample, tuple(edits[name][sample["sample_id"]] for name in _editors(sample, edits)))
            for sample in read_rows(self._store, job.samples.key)
        ]
        rows: dict[str, list[Row]] = {name: [] for name in edits}
        for edited, found in zip(samples, self._scorer.scores(samples), strict=True):
            for edit, scores in zip(edited.edits, found, strict=True):
                rows[edit["editor"]].append(self._row(edited.sample, edit["editor"], scores))
        for name in edits:
            partitions = {"editor": name, "protocol": self._protocol}
            write_rows("scores", rows[name], self._store.url, job.samples.shard, partitions)
        written = [row for some in rows.values() for row in some]
        errors = sum(row["error"] is not None for row in written)
        return Outcome(job.samples.shard, len(written), errors, failure=" ".join(damaged) or None)

    def close(self) -> None:
        """Nothing is to be freed."""

    def _edits(self, editor: str, shard: str) -> dict[str, Row]:
        rows = read_rows(self._store, shard_key(EDITS, {"editor": editor}, shard))
        return {row["sample_id"]: row for row in rows}

    def _row(self, sample: Row, editor: str, scores: Scores | str) -> Row:
        return {
            **_NOTHING,
            **{name: sample[name] for name in ("sample_id", "operation", "environment", "split")},
            "editor": editor,
            "protocol": self._protocol,
            **({"error": scores} if isinstance(scores, str) else scores),
        }


def _scorer(protocol: str, recipe: EvaluationRecipe) -> Scorer:
    if protocol == "exact":
        return ExactScorer()
    lpips, _ = load_lpips(recipe.alexnet)
    if lpips is not None:
        lpips.keep_to_one_core()
    return GsiBenchScorer(create_detector(recipe.detector, recipe.detector_settings), lpips)


def _editors(sample: Row, edits: Mapping[str, Mapping[str, Row]]) -> list[str]:
    """Those that have made an edit of a sample."""
    return [name for name, rows in edits.items() if sample["sample_id"] in rows]
