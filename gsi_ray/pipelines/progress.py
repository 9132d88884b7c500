"""The progress bar of a generation: accepted samples, rate, rejections and time left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from gsi_ray.lake.runs import Receipt


class _RateColumn(ProgressColumn):
    """Accepted samples per second, once there is such a thing."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("?/s" if speed is None else f"{speed:.1f}/s")


class GenerationProgress:
    """Counts receipts into a bar."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task
        self._rejected = 0

    def add(self, receipt: Receipt) -> None:
        """One more shard is done."""
        self._rejected += sum(receipt.rejected.values())
        self._bar.update(self._task, advance=sum(receipt.accepted.values()), rejected=self._rejected)


@contextmanager
def generation_progress(samples: int) -> Iterator[GenerationProgress]:
    """A bar for a run that is to accept so many samples."""
    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("samples, {task.fields[rejected]} rejected,"),
        _RateColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns) as bar:
        yield GenerationProgress(bar, bar.add_task("generating", total=samples, rejected=0))
