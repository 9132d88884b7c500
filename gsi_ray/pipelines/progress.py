"""The progress of a run: how much is done, rate and time left; a bar for people, lines for logs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from gsi_ray.lake.runs import Receipt

_LINE_EVERY_S = 15.0
_RATE_OVER_S = 300.0
"""A shard may take minutes, and brings all its samples at once."""


class _RateColumn(ProgressColumn):
    """How many a second, once there is such a thing."""

    def render(self, task: Task) -> Text:
        return Text(_rate(task))


class WorkProgress:
    """Counts what is done. Where no terminal is there to draw a bar on, it prints a line from time to time."""

    def __init__(self, bar: Progress, noun: str) -> None:
        self._bar = bar
        self._is_log = not bar.console.is_terminal
        task = bar.add_task(noun, total=0, note="")
        self._task = bar.tasks[task]
        self._printed_at = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line, in a log with its time."""
        time_of_day = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} " if self._is_log else ""
        self._bar.console.print(f"{time_of_day}{text}", soft_wrap=True, markup=False, highlight=False)

    def expect(self, count: int) -> None:
        """So many more are to come."""
        self._bar.update(self._task.id, total=(self._task.total or 0) + count)

    def add(self, count: int, note: str) -> None:
        """So many more are done; `note` says what else there is to say."""
        self._bar.update(self._task.id, advance=count, note=note)
        if self._is_log and time.monotonic() - self._printed_at > _LINE_EVERY_S:
            self.say(self._line())
            self._printed_at = time.monotonic()

    def _line(self) -> str:
        task, speed = self._task, _speed(self._task)
        left = timedelta(seconds=round((task.remaining or 0) / speed)) if speed else "?"
        return (
            f"{task.completed:,.0f} of {task.total:,.0f} {task.description}, {task.fields['note']}{_rate(task)}, "
            f"{left} left"
        )


class GenerationProgress:
    """Counts receipts."""

    def __init__(self, progress: WorkProgress) -> None:
        self._progress = progress
        self._shards = self._done = self._failed = self._rejected = 0

    def say(self, text: str) -> None:
        """Print a line, in a log with its time."""
        self._progress.say(text)

    def expect(self, shards: int, samples: int) -> None:
        """So many more are to come."""
        self._shards += shards
        self._progress.expect(samples)

    def add(self, receipt: Receipt) -> None:
        """One more shard is done, or has failed."""
        if receipt.error is None:
            self._done += 1
        else:
            self._failed += 1
            self.say(f"{receipt.shard} failed on {receipt.worker}: {receipt.error}")
        self._rejected += sum(receipt.rejected.values())
        failed = f"{self._failed} failed tries, " if self._failed else ""
        self._progress.add(
            sum(receipt.accepted.values()),
            f"{self._done:,} of {self._shards:,} shards, {self._rejected:,} rejected, {failed}",
        )


def _speed(task: Task) -> float | None:
    """How many a second: of late, or, as long as that is not known, since the beginning."""
    return task.finished_speed or task.speed or (task.completed / task.elapsed if task.elapsed else None)


def _rate(task: Task) -> str:
    speed = _speed(task)
    return f"{speed:,.2f}/s" if speed else "?/s"


@contextmanager
def work_progress(noun: str) -> Iterator[WorkProgress]:
    """For the time of a run; `noun` is what is counted."""
    console = Console()
    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.description}, {task.fields[note]}"),
        _RateColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    bar = Progress(*columns, console=console, speed_estimate_period=_RATE_OVER_S, disable=not console.is_terminal)
    with bar:
        yield WorkProgress(bar, noun)
