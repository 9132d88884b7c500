"""Judging on Ray Data: samples and edits become questions, a judge answers them, and what it says becomes verdicts.

Questions are made by tasks, shard by shard, and streamed through the judge: engines of vLLM, or a server. Only texts
come back, and as soon as all of a shard's have, or the run ends, they are put among its judgements.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import ray
from ray.data import Dataset

from gsi_ray.judging import Inquiry, JudgeUnavailable, Request, subject_of
from gsi_ray.judging.subjects import COLUMNS
from gsi_ray.lake import DamagedShard, require_writable
from gsi_ray.lake.derived import Samples, require_editors, sample_shards, shard_names
from gsi_ray.lake.judgements import add_judgements, read_judgements
from gsi_ray.lake.paths import shard_key
from gsi_ray.lake.readers import read_columns, read_rows
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import EDITS
from gsi_ray.lake.stores import Store
from gsi_ray.pipelines.derive import Derivation
from gsi_ray.pipelines.judges import FAILURE, JOB, OF, REQUEST, ROW, UNREACHABLE, Transport
from gsi_ray.pipelines.progress import WorkProgress, work_progress
from gsi_ray.pipelines.starting import start_ray
from gsi_ray.pipelines.workers import ShardsFailed, counted, first, interrupted_by_sigterm, rows_of

_AT_A_TIME = 8
"""How many questions a task hands on at once: their pictures are in memory together."""
_CPUS_TO_READ = 0.5
_UNREACHABLE_IN_A_ROW = 20


@dataclass(frozen=True)
class Job:
    """A shard of triplets, and whose edits of its samples are to be judged; None stands for the ground truth."""

    samples: Samples
    editors: tuple[str | None, ...]


def judge(
    lake: str,
    inquiry: Inquiry,
    transport: Transport,
    *,
    editors: Sequence[str] = (),
    splits: Sequence[str] = (),
    environments: Sequence[str] = (),
) -> Derivation:
    """Have a judge asked about the ground truth, or what some editors have made of it, as far as it has not been.

    Raises LakeError, JudgeUnavailable, RayFailed, or ShardsFailed; whatever was answered until then is kept.
    """
    require_writable(lake)
    jobs = _jobs(lake, editors, splits, environments)
    with interrupted_by_sigterm(), work_progress("shards") as progress:
        start_ray()
        progress.say(f"{inquiry.judge.name} judges {counted(len(jobs), 'shard')} by {inquiry.rubric_name}")
        progress.expect(len(jobs))
        with _Ledger(lake, inquiry, jobs, progress) as ledger:
            for answer in rows_of(transport.answered(_questions(lake, inquiry, jobs))):
                ledger.enter(answer)
    return ledger.summary()


def _jobs(lake: str, editors: Sequence[str], splits: Sequence[str], environments: Sequence[str]) -> list[Job]:
    shards = sample_shards(lake, splits, environments)
    if not editors:
        return [Job(samples, (None,)) for samples in shards]
    require_editors(lake, editors)
    edited = {name: shard_names(lake, "edits", {"editor": name}) for name in editors}
    jobs = [Job(samples, tuple(name for name in editors if samples.shard in edited[name])) for samples in shards]
    return [job for job in jobs if job.editors]


def _questions(lake: str, inquiry: Inquiry, jobs: Sequence[Job]) -> Dataset:
    # Shards travel as numbers, one to a task.
    numbers = ray.data.from_items([{JOB: number} for number in range(len(jobs))], override_num_blocks=len(jobs))
    return numbers.map_batches(
        _Questioner(lake, inquiry, jobs), batch_size=1, batch_format="numpy", num_cpus=_CPUS_TO_READ
    )


class _Questioner:
    """Makes the questions about a shard: those that have not been answered, by the hash of all that they depend on."""

    def __init__(self, lake: str, inquiry: Inquiry, jobs: Sequence[Job]) -> None:
        self._lake = lake
        self._inquiry = inquiry
        self._jobs = jobs

    def __call__(self, batch: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The number of a job to batches of questions."""
        (number,) = batch[JOB]
        try:
            requests = self._open_requests(self._jobs[int(number)])
        except DamagedShard as error:
            yield _batch(number, 1, [None], str(error))
            return
        if not requests:
            yield _batch(number, 1, [None], "")
        for start in range(0, len(requests), _AT_A_TIME):
            yield _batch(number, len(requests), requests[start : start + _AT_A_TIME], "")

    def _open_requests(self, job: Job) -> list[Request]:
        name, rubric, shard = self._inquiry.judge.name, self._inquiry.rubric_name, job.samples.shard
        known = read_judgements(self._lake, name, rubric, shard)
        answered = {(row["sample_id"], row["editor"], row["prompt_sha256"]) for row in known if row["error"] is None}
        requests = self._requests(job)
        return [one for one in requests if (one.subject.sample_id, one.subject.editor, one.sha256) not in answered]

    def _requests(self, job: Job) -> list[Request]:
        store = Store.open(self._lake)
        samples: list[Row] = read_columns(store, job.samples.key, COLUMNS).to_pylist()
        requests = []
        for editor in job.editors:
            if editor is None:
                requests += [self._inquiry.request(subject_of(sample)) for sample in samples]
                continue
            edits = _edits(store, editor, job.samples.shard)
            edited = [(sample, edits[sample["sample_id"]]) for sample in samples if sample["sample_id"] in edits]
            requests += [self._inquiry.request(subject_of(sample, edit)) for sample, edit in edited]
        return requests


def _edits(store: Store, editor: str, shard: str) -> dict[str, Row]:
    """By sample, the edits that have a picture."""
    rows = read_rows(store, shard_key(EDITS, {"editor": editor}, shard))
    return {row["sample_id"]: row for row in rows if row["image"] is not None}


def _batch(job: int, of: int, requests: Sequence[Request | None], failure: str) -> dict[str, Any]:
    column = np.empty(len(requests), object)
    column[:] = requests
    count = len(requests)
    return {JOB: [int(job)] * count, OF: [of] * count, REQUEST: column, FAILURE: [failure] * count}


class _Ledger:
    """Keeps verdicts until all of a shard's are there, then puts them into the lake; at the end, also the others."""

    def __init__(self, lake: str, inquiry: Inquiry, jobs: Sequence[Job], progress: WorkProgress) -> None:
        self._lake = lake
        self._inquiry = inquiry
        self._jobs = jobs
        self._progress = progress
        self._waiting: dict[int, list[Row]] = defaultdict(list)
        self._entered: dict[int, int] = defaultdict(int)
        self._failures: list[str] = []
        self._rows = self._errors = self._unreachable_in_a_row = 0

    def __enter__(self) -> _Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        for number in list(self._waiting):
            self._write(number)

    def enter(self, answer: Row) -> None:
        """Take note of an answer. Raises JudgeUnavailable when nobody has answered for too long."""
        number = answer[JOB]
        self._entered[number] += 1
        if answer[FAILURE]:
            self._failures.append(answer[FAILURE])
        if answer[ROW]:
            row = json.loads(answer[ROW])
            self._waiting[number].append(row)
            self._rows, self._errors = self._rows + 1, self._errors + (row["error"] is not None)
            self._require_somebody(answer[UNREACHABLE])
        if self._entered[number] == answer[OF]:
            self._write(number)
            del self._entered[number]
            self._progress.add(1, self._note())

    def summary(self) -> Derivation:
        """What was done. Raises ShardsFailed where some shards could not be read."""
        if self._failures:
            raise ShardsFailed(
                f"{counted(len(self._failures), 'shard')} could not be judged: {first(self._failures, ' ')} "
                f"{counted(self._rows, 'judgement')} of the others are kept."
            )
        return Derivation(len(self._jobs), self._rows, self._errors)

    def _write(self, number: int) -> None:
        rows, shard = self._waiting.pop(number, []), self._jobs[number].samples.shard
        if rows:
            add_judgements(self._lake, self._inquiry.judge.name, self._inquiry.rubric_name, shard, rows)

    def _note(self) -> str:
        errors = f"{self._errors:,} with an error, " if self._errors else ""
        return f"{self._rows:,} judged, {errors}"

    def _require_somebody(self, is_unreachable: bool) -> None:
        self._unreachable_in_a_row = self._unreachable_in_a_row + 1 if is_unreachable else 0
        judge = self._inquiry.judge
        if self._unreachable_in_a_row > max(_UNREACHABLE_IN_A_ROW, 2 * judge.requests_at_once):
            raise JudgeUnavailable(
                f"The server of the judge {judge.name}, {judge.server}, cannot be reached any more: see to it, then "
                "run the same command again; what is finished is kept."
            )
