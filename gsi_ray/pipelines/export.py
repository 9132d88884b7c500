"""An export of a lake with its data card, while a bar shows how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from gsi_ray.lake.exports import Export, Selection, format_named
from gsi_ray.reporting.data_card import data_card


def export(lake: str, to: str, out: str, selection: Selection) -> Export:
    """Write the selected samples of a lake to a new folder in a format; goes on from where it was interrupted.

    Does nothing if the very same export is there (`Export.is_there`). Raises ExportError, or what reading the lake
    raises.
    """
    job = Export(lake, format_named(to), out, selection)
    if not job.is_there:
        with _bar(job.source_bytes) as report:
            job.write(report)
        job.publish(data_card(job))
    return job


@contextmanager
def _bar(source_bytes: int) -> Iterator[Callable[[int, int], None]]:
    """A bar that is full when so many bytes are read; it also counts samples."""
    columns = (
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TextColumn("{task.fields[samples]:,} samples, {task.fields[rate]:.0f}/s,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("exporting", total=source_bytes, samples=0, rate=0.0)

        def report(samples: int, size: int) -> None:
            state = bar.tasks[0]
            total = state.fields["samples"] + samples
            bar.update(task, advance=size, samples=total, rate=total / max(state.elapsed or 0.0, 0.1))

        yield report
