"""Charts as numbers: where every line and bar lies, in units of an SVG's viewBox. The page's template draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from gsi_ray.reporting.evaluation.error_counts import ErrorCounts


@dataclass(frozen=True)
class Estimate:
    """A mean and its interval; None is not known."""

    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Bar:
    """One bar, standing on the ground line; the whisker is left out where there is no interval."""

    editor: str
    group: str
    x: float
    y: float
    width: float
    height: float
    whisker: tuple[float, float] | None
    estimate: Estimate


@dataclass(frozen=True)
class BarChart:
    """Groups of bars; `ticks` are values with their heights, `labels` the groups with their middles."""

    width: float
    height: float
    ground: float
    left: float
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, float], ...]
    labels: tuple[tuple[str, float], ...]


def bar_chart(groups: Mapping[str, Mapping[str, Estimate]]) -> BarChart:
    """Bars of estimates from 0 to 100, by group and editor; one that is not known leaves its place empty."""
    width, height, left, top, ground = 760.0, 300.0, 34.0, 14.0, 266.0
    step = (width - left) / max(len(groups), 1)
    bars = []
    labels = []

    def level(value: float) -> float:
        return ground - (ground - top) * min(max(value, 0.0), 100.0) / 100.0

    for number, (group, editors) in enumerate(groups.items()):
        start = left + (number + 0.1) * step
        thickness = min(0.8 * step / max(len(editors), 1), 44.0)
        start += (0.8 * step - thickness * len(editors)) / 2.0
        labels.append((group, left + (number + 0.5) * step))
        for place, (editor, estimate) in enumerate(editors.items()):
            if estimate.mean is not None:
                y = level(estimate.mean)
                low, high = estimate.low, estimate.high
                whisker = None if low is None or high is None else (level(low), level(high))
                x = start + place * thickness
                bars.append(Bar(editor, group, x + 1.0, y, thickness - 2.0, ground - y, whisker, estimate))
    ticks = tuple((value, level(value)) for value in (0, 25, 50, 75, 100))
    return BarChart(width, height, ground, left, tuple(bars), ticks, tuple(labels))


@dataclass(frozen=True)
class Radar:
    """A polygon for each editor, through those axes of which its figure is known."""

    size: float
    rings: tuple[str, ...]
    axes: tuple[tuple[str, float, float, float, float], ...]
    polygons: tuple[tuple[str, str], ...]


def radar(editors: Mapping[str, Mapping[str, float | None]]) -> Radar:
    """Figures from 0 to 100 by editor and axis."""
    size, reach = 320.0, 112.0
    middle = size / 2.0
    names = list(next(iter(editors.values()), {}))

    def point(axis: int, value: float) -> tuple[float, float]:
        angle = 2.0 * pi * axis / len(names) - pi / 2.0
        distance = reach * min(max(value, 0.0), 100.0) / 100.0
        return middle + distance * cos(angle), middle + distance * sin(angle)

    def path(values: Sequence[float | None]) -> str:
        known = [point(axis, value) for axis, value in enumerate(values) if value is not None]
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in known)

    axes = []
    for axis, name in enumerate(names):
        end, label = point(axis, 100.0), point(axis, 100.0)
        away = 1.0 + 20.0 / reach
        axes.append((name, *end, middle + away * (label[0] - middle), middle + away * (label[1] - middle)))
    return Radar(
        size,
        tuple(path([ring] * len(names)) for ring in (25.0, 50.0, 75.0, 100.0)),
        tuple(axes),
        tuple((editor, path(list(values.values()))) for editor, values in editors.items()),
    )


@dataclass(frozen=True)
class Forest:
    """An interval about zero, from 0 to 100 across; `zero` is where zero is."""

    low: float
    high: float
    mean: float
    zero: float


def forest(estimate: Estimate, most: float) -> Forest | None:
    """The place of a difference on a line from -most to most."""
    if estimate.mean is None or estimate.low is None or estimate.high is None:
        return None
    low, mean, high = (50.0 + 50.0 * value / most for value in (estimate.low, estimate.mean, estimate.high))
    return Forest(low, high, mean, 50.0)


@dataclass(frozen=True)
class Histogram:
    """Bars of the share of edits by bin, the longest as high as there is room.

    `bars` are x, y, width, height, the share, and what they say; `ticks` are texts with their places.
    """

    counts: ErrorCounts
    width: float
    height: float
    ground: float
    bars: tuple[tuple[float, float, float, float, str, str], ...]
    ticks: tuple[tuple[str, float], ...]


def histogram(counts: ErrorCounts) -> Histogram:
    """The bins side by side, all as wide."""
    width, height, ground, top = 340.0, 138.0, 116.0, 16.0
    edges, unit = counts.scale.edges, counts.scale.unit
    step = width / len(edges)
    bars = []
    for place, count in enumerate(counts.counts):
        tall = (ground - top) * count / max(*counts.counts, 1)
        share = f"{count / max(counts.total, 1):.0%}"
        to = f"to {edges[place + 1]:g} {unit}" if place + 1 < len(edges) else f"{unit} and more"
        says = f"{edges[place]:g} {to}: {count:,} edits, {share}"
        bars.append((place * step + 1.5, ground - tall, step - 3.0, tall, share if count else "", says))
    ticks = tuple((f"{edge:g}", place * step) for place, edge in enumerate(edges))
    return Histogram(counts, width, height, ground, tuple(bars), ticks)


@dataclass(frozen=True)
class Dot:
    """A figure on a line from left to right, and its interval, both as places; `name` is whose it is."""

    name: str
    x: float
    y: float
    span: tuple[float, float]
    says: str


@dataclass(frozen=True)
class DotPlot:
    """Dots in rows; `labels` are the rows with their middles, `ticks` values with their places."""

    width: float
    height: float
    left: float
    ground: float
    labels: tuple[tuple[str, float], ...]
    ticks: tuple[tuple[int, float], ...]
    dots: tuple[Dot, ...]


def dot_plot(rows: Mapping[str, Mapping[str, Estimate]]) -> DotPlot:
    """Estimates from 0 to 100 by row and name, those of a row one below the other; one not known leaves its place."""
    width, left, right, apart, margin = 760.0, 230.0, 742.0, 13.0, 9.0
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    step = apart * len(names) + 2.0 * margin - apart / 2.0

    def place(value: float) -> float:
        return left + (right - left) * value / 100.0

    dots = []
    for number, (label, row) in enumerate(rows.items()):
        for line, name in enumerate(names):
            one = row.get(name, Estimate(None, None, None))
            if one.mean is not None and one.low is not None and one.high is not None:
                y = (number + 0.5) * step + apart * (line - (len(names) - 1) / 2.0)
                says = f"{name}: {label}: {one.mean:.1f}, {one.low:.1f} to {one.high:.1f}"
                dots.append(Dot(name, place(one.mean), y, (place(one.low), place(one.high)), says))
    ground = step * len(rows)
    return DotPlot(
        width,
        ground + 24.0,
        left,
        ground,
        tuple((label, (number + 0.5) * step) for number, label in enumerate(rows)),
        tuple((value, place(value)) for value in (0, 25, 50, 75, 100)),
        tuple(dots),
    )
