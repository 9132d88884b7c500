"""Judging on Ray Data: samples and edits become questions, a judge answers them, and what it says becomes verdicts.

Questions are made by tasks, shard by shard, and streamed through the judge: engines of vLLM, or a server. Only texts
come back, and as soon as all of a shard's have, or the run ends, they are put among its judgements.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, NoReturn

import numpy as np
import ray
from ray.data import DataContext, Dataset

from gsi_ray.judging import Inquiry, JudgeUnavailable, Request, Rubric, Subject, subject_of
from gsi_ray.judging.subjects import COLUMNS
from gsi_ray.judging.voting import vote
from gsi_ray.lake import DamagedShard, require_writable
from gsi_ray.lake.derived import Samples, require_editors, sample_shards, shard_names
from gsi_ray.lake.judgements import add_judgements, read_judgements
from gsi_ray.lake.paths import shard_key
from gsi_ray.lake.readers import read_columns, read_rows
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import EDITS
from gsi_ray.lake.stores import Store
from gsi_ray.pipelines.derive import Derivation
from gsi_ray.pipelines.judges import FAILURE, INQUIRY, JOB, OF, REQUEST, ROW, UNREACHABLE, Transport, transport
from gsi_ray.pipelines.progress import WorkProgress, work_progress
from gsi_ray.pipelines.starting import start_ray
from gsi_ray.pipelines.workers import ShardsFailed, counted, first, interrupted_by_sigterm, rows_of
from gsi_ray.recipes import Judge, Panel

_AT_A_TIME = 8
"""How many questions a task hands on at once: their pictures are in memory together."""
_CPUS_TO_READ = 0.5
_UNREACHABLE_IN_A_ROW = 20


@dataclass(frozen=True)
class Job:
    """One inquiry about a shard of triplets, and whose edits of its samples; None stands for the ground truth."""

    inquiry: int
    samples: Samples
    editors: tuple[str | None, ...]


@dataclass(frozen=True)
class Extent:
    """What is to be judged: the ground truth, or what some editors have made of it; in some splits and environments."""

    editors: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


def judge(
    lake: str,
    judges: Sequence[Judge],
    rubrics: Sequence[Rubric],
    extent: Extent,
    *,
    panel: Panel | None = None,
    variants: Sequence[str | None] = (None,),
) -> Derivation:
    """Have judges asked, one after the other, by all the rubrics and in all the ways, as far as they have not been.

    If they are a panel, they vote in the end. Raises LakeError, JudgeUnavailable, RayFailed, or ShardsFailed; whatever
    was answered until then is kept.
    """
    require_writable(lake)
    inquiries = [[Inquiry(one, rubric, variant) for rubric in rubrics for variant in variants] for one in judges]
    ways = [transport(one, of_one) for one, of_one in zip(judges, inquiries, strict=True)]
    total = Derivation(0, 0, 0)
    for one, way, of_one in zip(judges, ways, inquiries, strict=True):
        total += _ask(lake, one, way, of_one, _jobs(lake, len(of_one), extent))
    if panel is not None:
        for rubric, variant in product(rubrics, variants):
            _vote(lake, panel, judges, rubric, variant, extent)
    return total


def _ask(lake: str, judge: Judge, way: Transport, inquiries: Sequence[Inquiry], jobs: Sequence[Job]) -> Derivation:
    with interrupted_by_sigterm(), work_progress("shards") as progress, _only_in(judge.pool):
        start_ray()
        names = ", ".join(inquiry.rubric_name for inquiry in inquiries)
        each = "each of " if len(inquiries) > 1 else ""
        progress.say(f"{judge.name} judges {counted(len(jobs) // len(inquiries), 'shard')} by {each}{names}")
        progress.expect(len(jobs))
        with _Ledger(lake, judge, inquiries, jobs, progress) as ledger:
            reader = _Reader(lake, inquiries, jobs)
            begun = reader.begun()
            counts = rows_of(_tasks(partial(_open_counts, reader), begun)) if begun else ()
            finished = {row[JOB] for row in counts if not row[OF]}
            ledger.pass_over(len(finished))
            unfinished = [number for number in range(len(jobs)) if number not in finished]
            if unfinished:  # nobody starts a large model in vain
                for answer in rows_of(way.answered(_tasks(partial(_questions, reader), unfinished))):
                    ledger.enter(answer)
    return ledger.summary()


@contextmanager
def _only_in(pool: str | None) -> Iterator[None]:
    """Whatever Ray Data runs, it runs in a pool of nodes, if there is one."""
    options = DataContext.get_current().execution_options
    before = options.label_selector
    options.label_selector = {"pool": pool} if pool else before
    try:
        yield
    finally:
        options.label_selector = before


def _vote(
    lake: str, panel: Panel, judges: Sequence[Judge], rubric: Rubric, variant: str | None, extent: Extent
) -> None:
    for samples in sample_shards(lake, extent.splits, extent.environments):
        name = Inquiry(judges[0], rubric, variant).rubric_name
        members = {one.name: read_judgements(lake, one.name, name, samples.shard) for one in judges}
        rows = vote(panel, rubric, name, members)
        if rows:
            add_judgements(lake, panel.name, name, samples.shard, rows)


def _jobs(lake: str, inquiries: int, extent: Extent) -> list[Job]:
    named = require_editors(lake, extent.editors) if extent.editors else []
    edited = {name: shard_names(lake, "edits", {"editor": name}) for name in named}
    jobs = []
    for samples in sample_shards(lake, extent.splits, extent.environments):
        of = tuple(name for name in named if samples.shard in edited[name]) if named else (None,)
        if of:
            jobs += [Job(inquiry, samples, of) for inquiry in range(inquiries)]
    return jobs


def _tasks(task: Callable[[dict[str, Any]], Any], numbers: Sequence[int]) -> Dataset:
    """What a task makes of the numbers of jobs, given one each time."""
    rows = [{JOB: number} for number in numbers]
    return ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        task, batch_size=1, batch_format="numpy", num_cpus=_CPUS_TO_READ
    )


def _open_counts(reader: _Reader, batch: dict[str, Any]) -> dict[str, Any]:
    """How many questions of a job are open; 1 where that cannot be told, since asking will show why."""
    (number,) = batch[JOB]
    try:
        count = len(reader.open_requests(int(number)))
    except DamagedShard:
        count = 1
    return {JOB: [int(number)], OF: [count]}


def _questions(reader: _Reader, batch: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The open questions of a job, some at a time; where there are none, or they cannot be read, one that says so."""
    (number,) = batch[JOB]
    failure = ""
    try:
        requests: Sequence[Request | None] = reader.open_requests(int(number)) or [None]
    except DamagedShard as error:
        requests, failure = [None], str(error)
    constants = {JOB: int(number), OF: len(requests), INQUIRY: reader.jobs[int(number)].inquiry, FAILURE: failure}
    for start in range(0, len(requests), _AT_A_TIME):
        some = requests[start : start + _AT_A_TIME]
        column = np.empty(len(some), object)
        column[:] = some
        yield {REQUEST: column, **{name: [value] * len(some) for name, value in constants.items()}}


@dataclass(frozen=True)
class _Reader:
    """Finds what is to be asked."""

    lake: str
    inquiries: Sequence[Inquiry]
    jobs: Sequence[Job]

    def open_requests(self, number: int) -> list[Request]:
        """What has not been answered of a job, by the hash of all that answers depend on. Raises DamagedShard."""
        job = self.jobs[number]
        inquiry = self.inquiries[job.inquiry]
        known = read_judgements(self.lake, inquiry.judge.name, inquiry.rubric_name, job.samples.shard)
        answered = {(row["sample_id"], row["editor"], row["prompt_sha256"]) for row in known if row["error"] is None}
        requests = map(inquiry.request, self._subjects(job))
        return [one for one in requests if (one.subject.sample_id, one.subject.editor, one.sha256) not in answered]

    def begun(self) -> list[int]:
        """The numbers of the jobs of whose shards there are judgements by that rubric, of whatever."""
        judged = [
            shard_names(self.lake, "judgements", {"judge": one.judge.name, "rubric": one.rubric_name})
            for one in self.inquiries
        ]
        return [number for number, job in enumerate(self.jobs) if job.samples.shard in judged[job.inquiry]]

    def _subjects(self, job: Job) -> Iterator[Subject]:
        store = Store.open(self.lake)
        samples: list[Row] = read_columns(store, job.samples.key, COLUMNS).to_pylist()
        for editor in job.editors:
            edits = _edits(store, editor, job.samples.shard) if editor is not None else {}
            for sample in samples:
                if editor is None:
                    yield subject_of(sample)
                elif sample["sample_id"] in edits:
                    yield subject_of(sample, edits[sample["sample_id"]])


def _edits(store: Store, editor: str, shard: str) -> dict[str, Row]:
    """By sample, the edits that have a picture."""
    rows = read_rows(store, shard_key(EDITS, {"editor": editor}, shard))
    return {row["sample_id"]: row for row in rows if row["image"] is not None}


class _Ledger:
    """Keeps verdicts until all of a job's are there, then puts them into the lake; at the end, also the others."""

    def __init__(
        self, lake: str, judge: Judge, inquiries: Sequence[Inquiry], jobs: Sequence[Job], progress: WorkProgress
    ) -> None:
        self._lake = lake
        self._judge = judge
        self._inquiries = inquiries
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

    def pass_over(self, jobs: int) -> None:
        """So many jobs were done before."""
        self._progress.add(jobs, self._note())

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
        """What was done. Raises ShardsFailed where some shards could not be read, or JudgeUnavailable for no answer."""
        if self._rows and self._unreachable_in_a_row == self._rows:
            self._give_up()
        if self._failures:
            raise ShardsFailed(
                f"{counted(len(self._failures), 'shard')} could not be judged: {first(self._failures, ' ')} "
                f"{counted(self._rows, 'judgement')} of the others are kept."
            )
        return Derivation(len(self._jobs), self._rows, self._errors)

    def _write(self, number: int) -> None:
        rows, job = self._waiting.pop(number, []), self._jobs[number]
        if rows:
            rubric = self._inquiries[job.inquiry].rubric_name
            add_judgements(self._lake, self._judge.name, rubric, job.samples.shard, rows)

    def _note(self) -> str:
        errors = f"{self._errors:,} with an error, " if self._errors else ""
        return f"{self._rows:,} judged, {errors}"

    def _require_somebody(self, is_unreachable: bool) -> None:
        self._unreachable_in_a_row = self._unreachable_in_a_row + 1 if is_unreachable else 0
        if self._unreachable_in_a_row > max(_UNREACHABLE_IN_A_ROW, 2 * self._judge.requests_at_once):
            self._give_up()

    def _give_up(self) -> NoReturn:
        raise JudgeUnavailable(
            f"The server of the judge {self._judge.name}, {self._judge.server}, cannot be reached any more: see to it, "
            "then run the same command again; what is finished is kept."
        )
