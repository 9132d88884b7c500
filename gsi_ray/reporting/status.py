"""How far the generation of a lake's recipes is, told from what lies in the lake; runs may be going on meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gsi_ray import lake as lakes
from gsi_ray.lake import EmptyTable, Gate, LakeError
from gsi_ray.lake.counts import Judged, counted_in_shards, judged_counts
from gsi_ray.lake.runs import RecordedRun, read_recipe, recorded_runs
from gsi_ray.lake.top_ups import read_rounds
from gsi_ray.recipes import Recipe, RecipeError, Shards, fingerprint, parse_recipe, shards
from gsi_ray.recipes.top_ups import asked

OF_LATE = timedelta(minutes=10)
SILENT_AFTER = timedelta(minutes=15)
"""A run that goes on stores receipts at least this often, unless its shards take longer."""
_TRIES = 3
_SHOWN = 5
"""So many of the most frequent reasons, of the longest lists."""
_CELL = ["environment", "split", "operation"]


@dataclass(frozen=True)
class RunStatus:
    """One run. `state` is running, silent (it has long stored nothing, so it was likely killed), finished, unfinished.

    `seen` is when it last gave a sign of life; `shards` were made and `failed` tries counted in the receipts so far.
    """

    id: str
    state: str
    began: datetime
    seen: datetime
    shards: int
    failed: int
    samples: int

    @property
    def goes_on(self) -> bool:
        """Whether it is taken for one that still works."""
        return self.state == "running"


@dataclass(frozen=True, eq=False)
class RecipeStatus:
    """What there is of one recipe (`name` is its name and fingerprint).

    `missing` are the indices of the shards that are not there, of `planned` ones. `cells` has the columns
    `environment`, `split`, `operation`, `asked`, `accepted` and `judged_out` (accepted ones that the `gate` has
    rejected, or any judge if there is none), and `passed` is how many it has let through; `rejections` has
    `environment`, `operation`, `rejection`, `count`; `failures` has `error`, `shards` (how many that are still missing)
    and `shard` (one of them). Rates are accepted samples per second; None where nobody works.
    """

    name: str
    planned: int
    missing: NDArray[np.int64]
    cells: pl.DataFrame
    gate: Gate | None
    passed: int
    rejections: pl.DataFrame
    failures: pl.DataFrame
    runs: tuple[RunStatus, ...]
    rate_of_late: float | None
    rate_overall: float | None

    @property
    def lacking(self) -> int:
        """Samples that are still to be accepted."""
        return int(
            self.cells.select((pl.col("asked") - pl.col("accepted") + pl.col("judged_out")).clip(0).sum()).item()
        )

    @property
    def waiting(self) -> int:
        """Accepted samples that the gate has no verdict on yet."""
        return int(self.cells.select((pl.col("accepted") - pl.col("judged_out")).sum()).item()) - self.passed

    @property
    def time_left(self) -> timedelta | None:
        """At the rate of late."""
        return timedelta(seconds=round(self.lacking / self.rate_of_late)) if self.rate_of_late else None


@dataclass(frozen=True)
class UnplannedRecipe:
    """A recipe with runs in the lake of which this version of the package cannot tell the shards."""

    name: str
    reason: str


def lake_status(lake: str, now: datetime, recipe: str | None = None) -> list[RecipeStatus | UnplannedRecipe]:
    """The state of every recipe that was ever begun in a lake, or of those whose name (and fingerprint) begins so.

    `now` is the time with its zone. Raises RecipeError where none begins so, or what reading a lake raises.
    """
    runs = recorded_runs(lake)
    names = sorted({run.id.recipe for run in runs})
    chosen = [name for name in names if name.startswith(recipe or "")]
    if names and not chosen:
        raise RecipeError(f'No recipe "{recipe}" was begun in {lake}: there are {", ".join(names)}.')
    by_recipe = {name: list(group) for name, group in groupby(runs, key=lambda run: run.id.recipe)}
    return [_recipe_status(lake, name, by_recipe[name], now) for name in chosen]


def _recipe_status(lake: str, name: str, runs: Sequence[RecordedRun], now: datetime) -> RecipeStatus | UnplannedRecipe:
    try:
        recipe = parse_recipe(read_recipe(lake, runs[-1].id).decode(), f"the recipe of {runs[-1].id}")
    except RecipeError as error:
        return UnplannedRecipe(name, str(error))
    if name != f"{recipe.name}-{fingerprint(recipe)}":
        return UnplannedRecipe(name, "It was planned by another version of gsi_ray.")
    plans = shards(recipe, [batch for batches in read_rounds(lake, name) for batch in batches])
    places = [{"environment": environment, "split": split} for environment, split in plans.places]
    there = lakes.finished_shards(lake, fingerprint(recipe), range(len(plans)), places)
    told = _told(lake, fingerprint(recipe), there, now)
    made = (plans[int(index)] for index in np.flatnonzero(there))
    judged = judged_counts(lake, fingerprint(recipe), made, recipe.gate)
    statuses = tuple(_run_status(run, told.runs, now) for run in runs)
    working = [run for run in statuses if run.goes_on]
    return RecipeStatus(
        name=name,
        planned=len(plans),
        missing=np.flatnonzero(~there),
        cells=_cells(lake, recipe, plans, told, there, judged),
        gate=recipe.gate,
        passed=judged.passed,
        rejections=told.rejections,
        failures=told.failures,
        runs=statuses,
        rate_of_late=_rate_of_late(told.recent, working, now) if working else None,
        rate_overall=_rate_overall(statuses),
    )


@dataclass(frozen=True, eq=False)
class _Told:
    """What receipts tell of the shards of one recipe; a shard that was made more than once counts once.

    `indices` are the shards that are there and have a receipt; `accepted` has the columns of a cell and `count`;
    `runs` has `run_id`, `shards`, `failed`, `samples`, `seen`; `recent`, with a row for each shard that was finished of
    late, has `run_id`, `finished_at`, `rows`.
    """

    indices: pl.Series
    accepted: pl.DataFrame
    rejections: pl.DataFrame
    failures: pl.DataFrame
    runs: pl.DataFrame
    recent: pl.DataFrame


def _told(lake: str, recipe_fingerprint: str, there: NDArray[np.bool_], now: datetime) -> _Told:
    """A run that ends meanwhile puts its receipts together in one file: where that is noticed, they are read again."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return _read_receipts(lake, recipe_fingerprint, there, now)
        except (LakeError, PolarsError, OSError):
            if not tries_left:
                raise
    raise AssertionError


def _read_receipts(lake: str, recipe_fingerprint: str, there: NDArray[np.bool_], now: datetime) -> _Told:
    prefix = f"shard-{recipe_fingerprint}-"
    receipts = _receipts(lake).filter(pl.col("shard").str.starts_with(prefix))
    receipts = receipts.with_columns(index=pl.col("shard").str.strip_prefix(prefix).cast(pl.Int64))
    done = pl.LazyFrame({"index": np.flatnonzero(there)}, {"index": pl.Int64})
    made = receipts.filter(pl.col("path").is_not_null())
    of_shards = made.join(done, on="index", how="semi").unique("index")
    failed = receipts.filter(pl.col("error").is_not_null())
    frames = pl.collect_all(
        [
            of_shards.select("index"),
            _counts(of_shards, "accepted").group_by(_CELL).agg(pl.col("count").sum()),
            _counts(of_shards, "rejected")
            .group_by("environment", "operation", "rejection")
            .agg(pl.col("count").sum())
            .sort("count", "environment", "operation", "rejection", descending=[True, False, False, False]),
            failed.join(done, on="index", how="anti")
            .group_by("error")
            .agg(shards=pl.col("shard").n_unique(), shard=pl.col("shard").min())
            .sort("shards", "error", descending=[True, False]),
            receipts.group_by("run_id").agg(
                shards=pl.col("path").count(),
                failed=pl.col("error").count(),
                samples=pl.col("rows").sum(),
                seen=pl.col("finished_at").max(),
            ),
            made.filter(pl.col("finished_at") > now - OF_LATE).select("run_id", "finished_at", "rows"),
        ]
    )
    indices, accepted, rejections, failures, runs, recent = frames
    return _Told(indices["index"], accepted, rejections, failures, runs, recent)


def _receipts(lake: str) -> pl.LazyFrame:
    try:
        return lakes.scan("receipts", lake)
    except EmptyTable:
        return pl.LazyFrame(lakes.table_named("receipts").schema.empty_table())


def _counts(receipts: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """One row for each count in a list column of receipts."""
    return receipts.select("environment", "split", column).explode(column).drop_nulls(column).unnest(column)


def _cells(
    lake: str, recipe: Recipe, plans: Shards, told: _Told, there: NDArray[np.bool_], judged: Judged
) -> pl.DataFrame:
    untold = there.copy()
    untold[told.indices.to_numpy()] = False
    counted = counted_in_shards(lake, (plans[int(index)] for index in np.flatnonzero(untold)))
    accepted = pl.concat([told.accepted, counted.select(*_CELL, "count")], how="vertical_relaxed")
    rows = [(*cell, count, judged.rejected[cell]) for cell, count in asked(recipe).items()]
    return (
        pl.DataFrame(rows, [*_CELL, "asked", "judged_out"], orient="row")
        .join(accepted.group_by(_CELL).agg(accepted=pl.col("count").sum()), on=_CELL, how="left")
        .with_columns(pl.col("accepted").fill_null(0))
        .select(*_CELL, "asked", "accepted", "judged_out")
    )


def _run_status(run: RecordedRun, told: pl.DataFrame, now: datetime) -> RunStatus:
    row = next(told.filter(run_id=str(run.id)).iter_rows(named=True), {})
    seen = max(run.id.began, row.get("seen") or run.id.began)
    if run.summary is not None:
        state = str(run.summary["state"])
    else:
        state = "silent" if now - seen > SILENT_AFTER else "running"
    return RunStatus(
        str(run.id), state, run.id.began, seen, row.get("shards", 0), row.get("failed", 0), row.get("samples", 0)
    )


def _rate_of_late(recent: pl.DataFrame, working: Sequence[RunStatus], now: datetime) -> float:
    """Up to the last receipt, since the next ones may be waiting to be stored."""
    begin = max(now - OF_LATE, min(run.began for run in working))
    end = max(max(run.seen for run in working), begin + timedelta(seconds=1))
    of_theirs = recent.filter(pl.col("run_id").is_in([run.id for run in working]), pl.col("finished_at") > begin)
    return int(of_theirs["rows"].sum()) / (end - begin).total_seconds()


def _rate_overall(runs: Iterable[RunStatus]) -> float | None:
    """Samples over the time in which at least one run was at work, as far as receipts tell."""
    seconds, samples, until = 0.0, 0, datetime.min.replace(tzinfo=UTC)
    for run in runs:
        seconds += max(run.seen - max(run.began, until), timedelta(0)).total_seconds()
        samples += run.samples
        until = max(until, run.seen)
    return samples / seconds if seconds else None


def status_report(statuses: Sequence[RecipeStatus | UnplannedRecipe]) -> Group:
    """All that for `rich` to print."""
    return Group(*(part for status in statuses for part in _recipe_report(status)))


def _recipe_report(status: RecipeStatus | UnplannedRecipe) -> list[RenderableType]:
    if isinstance(status, UnplannedRecipe):
        return [Text(f"{status.name}: {status.reason}\n")]
    return [Text(status.name, style="bold"), _facts(status), _cells_table(status.cells), _runs_table(status.runs), ""]


def _facts(status: RecipeStatus) -> Table:
    done = status.planned - len(status.missing)
    asked_for, accepted, judged_out = status.cells.select("asked", "accepted", "judged_out").sum().row(0)
    rejected = status.rejections["count"].sum()
    facts = Table.grid(padding=(0, 2))
    facts.add_row("shards", _beside_bar(f"{done:,} of {status.planned:,}", done, status.planned))
    facts.add_row("samples", _beside_bar(f"{accepted:,} of {asked_for:,}", accepted, asked_for))
    if status.gate:
        facts.add_row(
            "gate",
            f"{status.gate} has passed {status.passed:,}, rejected {judged_out:,}; {status.waiting:,} wait for it",
        )
    elif judged_out:
        facts.add_row("", f"{judged_out:,} of them rejected by a judge")
    facts.add_row("rejected", f"{rejected:,} candidates{_most_frequent(status.rejections)}")
    facts.add_row("rate", _rates(status))
    facts.add_row("missing", _missing(status))
    for error, shards_hit, shard in status.failures.head(_SHOWN).iter_rows():
        facts.add_row("failures", Text(f"{shards_hit:,} x {error}, such as {shard}"))
    return facts


def _beside_bar(text: str, done: int, total: int) -> Table:
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(total, min(done, total), width=20), f"{text} ({done / total:.0%})")
    return row


def _most_frequent(rejections: pl.DataFrame) -> str:
    reasons = (
        rejections.group_by("rejection").agg(pl.col("count").sum()).sort("count", "rejection", descending=[True, False])
    )
    shown = ", ".join(f"{count:,} {reason}" for reason, count in reasons.head(_SHOWN).iter_rows())
    return f": {shown}{', ...' if len(reasons) > _SHOWN else ''}" if shown else ""


def _rates(status: RecipeStatus) -> str:
    overall = "" if status.rate_overall is None else f"{status.rate_overall:,.2f} samples/s in all"
    if status.rate_of_late is None:
        return f"{overall or '–'}; nobody is at work"
    left = "?" if status.time_left is None else status.time_left
    return f"{status.rate_of_late:,.2f} samples/s of late, {overall or '–'}; {left} left"


def _missing(status: RecipeStatus) -> str:
    if len(status.missing):
        return f"{len(status.missing):,} shards: {_ranges(status.missing)}"
    if status.lacking:
        return f"{status.lacking:,} samples, though every shard is there: run it again, and further ones are planned"
    return "nothing"


def _ranges(indices: NDArray[np.int64]) -> str:
    """As in "0-3, 7, 9-12, ..."."""
    runs = np.split(indices, np.flatnonzero(np.diff(indices) > 1) + 1)
    shown = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs[:_SHOWN])
    return shown + (", ..." if len(runs) > _SHOWN else "")


def _cells_table(cells: pl.DataFrame) -> Table:
    """Operations down, environments and splits across; in each cell the samples there are, of those asked for."""
    places = cells.select("environment", "split").unique(maintain_order=True).rows()
    table = Table("operation", *(f"{environment} {split}" for environment, split in places), box=None)
    for operation in cells["operation"].unique().sort():
        table.add_row(operation, *(_cell(cells.filter(operation=operation, environment=e, split=s)) for e, s in places))
    return table


def _cell(cell: pl.DataFrame) -> Text:
    if cell.is_empty():
        return Text("–")
    asked_for, accepted, judged_out = cell.select("asked", "accepted", "judged_out").row(0)
    left_out = f" ({judged_out:,} judged out)" if judged_out else ""
    return Text(f"{accepted:,}/{asked_for:,}{left_out}", style="green" if accepted - judged_out >= asked_for else "")


def _runs_table(runs: Sequence[RunStatus]) -> Table:
    """The latest ones, without the name of their recipe."""
    table = Table("run", "state", "shards", "failed", "samples", "last seen, UTC", box=None)
    if len(runs) > _SHOWN:
        table.add_row(f"{len(runs) - _SHOWN:,} earlier")
    for run in runs[-_SHOWN:]:
        table.add_row(
            "-".join(run.id.rsplit("-", 2)[1:]),
            "killed?" if run.state == "silent" else run.state,
            f"{run.shards:,}",
            f"{run.failed:,}",
            f"{run.samples:,}",
            f"{run.seen.astimezone(UTC):%m-%d %H:%M:%S}",
        )
    return table
