"""Small bar charts side by side in one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

_PAPER, _INK, _QUIET, _BAR = (255, 255, 255), (29, 31, 35), (120, 124, 131), (11, 99, 176)
_CELL = (520, 300)
_MARGIN = 28
_COLUMNS = 2


@dataclass(frozen=True)
class Histogram:
    """How often a number occurs: counts by the bin that `value / step` rounds to."""

    title: str
    unit: str
    step: float
    counts: Mapping[int, int]


def histograms(charts: Sequence[Histogram]) -> Image.Image:
    """All the charts, two in a row."""
    rows = -(-len(charts) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * _CELL[0], rows * _CELL[1]), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, chart in enumerate(charts):
        _draw(pen, chart, number % _COLUMNS * _CELL[0], number // _COLUMNS * _CELL[1])
    return sheet


def _draw(pen: ImageDraw.ImageDraw, chart: Histogram, left: int, top: int) -> None:
    title, small = ImageFont.load_default(20), ImageFont.load_default(15)
    x0, x1 = left + _MARGIN, left + _CELL[0] - _MARGIN
    y0, y1 = top + 72, top + _CELL[1] - 40
    total, most = sum(chart.counts.values()), max(chart.counts.values())
    pen.text((x0, top + 16), chart.title, fill=_INK, font=title)
    pen.text((x1, top + 20), f"{total:,} samples", fill=_QUIET, font=small, anchor="ra")
    first, last = min(chart.counts), max(chart.counts)
    width = (x1 - x0) / (last - first + 1)
    label_every = -(-(last - first + 1) // 8)
    for bin_, count in sorted(chart.counts.items()):
        middle = x0 + (bin_ - first + 0.5) * width
        half = min(0.42 * width, 24)
        pen.rectangle((middle - half, y1 - (y1 - y0) * count / most, middle + half, y1), _BAR)
        if count == most:
            pen.text((middle, y0 - 4), f"{count:,}", fill=_QUIET, font=small, anchor="ms")
    for bin_ in range(first, last + 1, label_every):
        text = f"{bin_ * chart.step:.4g}{chart.unit}"
        pen.text((x0 + (bin_ - first + 0.5) * width, y1 + 8), text, fill=_QUIET, font=small, anchor="ma")
    pen.line((x0, y1, x1, y1), _QUIET)
