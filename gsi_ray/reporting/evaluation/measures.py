"""What a scored edit counts: the measures of each protocol, as Polars expressions over rows of the table `scores`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

FOUR = ("ic", "sa", "el", "ac")
"""The measures that the average is the mean of."""

AVERAGE = "average"


@dataclass(frozen=True)
class Measure:
    """A number that edits are measured by: in percent, and the more the better, unless it is an error.

    It is shown in `unit`, which is so many times (`factor`) the number that is stored, with so many `digits` after the
    point.
    """

    name: str
    short: str
    meaning: str
    unit: str = "%"
    factor: float = 1.0
    digits: int = 1

    @property
    def is_error(self) -> bool:
        """Whether less is better."""
        return self.unit != "%"

    def shown(self, value: float | None) -> str:
        """A number as it is read: what is not known is a dash."""
        return "–" if value is None else f"{self.factor * value:z.{self.digits}f}"


@dataclass(frozen=True, eq=False)
class ErrorScale:
    """Bins for the errors of edits, from 0 to the last of `edges` and beyond; `value` is the error in `unit`."""

    title: str
    unit: str
    value: pl.Expr
    edges: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Protocol:
    """How a protocol counts. `counted` gives a column for each measure from the rows of one editor on one data set."""

    name: str
    meaning: str
    measures: tuple[Measure, ...]
    counted: Callable[[], Mapping[str, pl.Expr]]
    errors: tuple[ErrorScale, ...]
    needs_appearance: bool
    """Whether a sample whose appearance is not known counts nothing at all."""
    best_appearance: float
    """The `ac` of an edit that looks just right."""

    @property
    def names(self) -> list[str]:
        """Of all its measures but the average, which is no number of a single row."""
        return [measure.name for measure in self.measures if measure.name != AVERAGE]

    @property
    def columns(self) -> list[str]:
        """The columns of `scores` that it is all made of."""
        values = [*self.counted().values(), *(scale.value for scale in self.errors)]
        return sorted({name for value in values for name in value.meta.root_names()})


def _known(column: str) -> pl.Expr:
    """The column where it is a number, and the edit could be scored."""
    return pl.when(pl.col(column).is_finite() & pl.col("error").is_null()).then(pl.col(column))


def _is_any(value: pl.Expr) -> pl.Expr:
    return value.is_not_null().any()


def _gsi_bench() -> Mapping[str, pl.Expr]:
    """What `gsi_ray.evaluation.gsi_bench.averages` counts, except that what is known of no sample is not 0 but unknown.

    That concerns compliance (on which nothing else then depends), SSIM, LPIPS and appearance, each on its own. A sample
    whose compliance is not known, while that of others is, counts nowhere.
    """
    lpips, appearance = _known("el_lpips"), _known("ac")
    # Without LPIPS, compliance is known only of edits that are local, or not, by SSIM alone: they are no fair sample.
    is_fair = _is_any(lpips) | ~(pl.col("ic").is_null() & pl.col("error").is_null()).any()
    compliance, accuracy = (pl.when(is_fair).then(_known(column)) for column in ("ic", "sa"))
    disobeyed = compliance.le(0.0).fill_null(False)
    unlike = ~disobeyed & _is_any(appearance) & appearance.fill_null(0.0).eq(0.0)
    can_count = pl.col("error").is_null() & (compliance.is_not_null() | ~_is_any(compliance))

    def unless(zero: pl.Expr, value: pl.Expr) -> pl.Expr:
        return pl.when(can_count).then(pl.when(zero).then(0.0).otherwise(value))

    def if_any(known: pl.Expr, value: pl.Expr) -> pl.Expr:
        return pl.when(_is_any(known)).then(unless(disobeyed | unlike, value.fill_null(0.0)))

    return {
        # The official code counts the accuracy of what it found not to comply.
        "ic": unless(unlike, 100.0 * compliance),
        "sa": unless(unlike, 100.0 * accuracy),
        "el": if_any(lpips, 100.0 - 100.0 * lpips),
        "ac": if_any(appearance, 10.0 * appearance),
        "el_ssim": if_any(_known("el_ssim"), 100.0 * _known("el_ssim")),
    }


def _exact() -> Mapping[str, pl.Expr]:
    """Locality and appearance count in proportion to compliance, or leaving the picture alone would earn them."""
    compliance = _known("ic")
    return {
        "ic": 100.0 * compliance,
        "sa": 100.0 * _known("sa"),
        "el": 100.0 * _known("el_objects") * compliance,
        "ac": 100.0 * _known("ac") * compliance,
        "el_ssim": 100.0 * _known("el_ssim") * compliance,
        "el_region": 100.0 * _known("el_region") * compliance,
        "pixel_error": _known("pixel_error"),
        "position_error_m": _known("position_error_m"),
    }


_AVERAGE = Measure(AVERAGE, "Average", "the mean of IC, SA, EL and AC")

EXACT = Protocol(
    "exact",
    "against the simulator's own truth",
    (
        _AVERAGE,
        Measure("ic", "IC", "instruction compliance: was it done"),
        Measure("sa", "SA", "spatial accuracy: how exactly"),
        Measure("el", "EL", "edit locality: was every other object, and the background, left alone; times IC"),
        Measure("ac", "AC", "appearance consistency: does the target look the same; times IC"),
        Measure("el_ssim", "EL SSIM", "structural similarity outside the edit; times IC"),
        Measure("el_region", "EL region", "overlap of what changed with what should have; times IC"),
        Measure("pixel_error", "Pixels", "how far off the target is in the picture, of those found", "px"),
        Measure("position_error_m", "Position", "how far off the target is in space, of those found", "cm", 100.0),
    ),
    _exact,
    (
        ErrorScale("How far off in the picture", "px", _known("pixel_error"), (0, 1, 2, 4, 8, 16, 32, 64, 128)),
        ErrorScale(
            "How far off in space", "cm", 100.0 * _known("position_error_m"), (0, 0.5, 1, 2, 4, 8, 16, 32, 64, 128)
        ),
    ),
    needs_appearance=False,
    best_appearance=1.0,
)

GSI_BENCH = Protocol(
    "gsi-bench",
    "by the rules of GSI-Bench's official code",
    (
        _AVERAGE,
        Measure("ic", "IC", "instruction compliance: was it done"),
        Measure("sa", "SA", "spatial accuracy: how exactly"),
        Measure("el", "EL", "edit locality: 1 - LPIPS outside the edit"),
        Measure("ac", "AC", "appearance consistency: the score of a judge"),
        Measure("el_ssim", "EL SSIM", "structural similarity outside the edit"),
    ),
    _gsi_bench,
    (ErrorScale("What accuracy lacks (1 - SA)", "%", 100.0 - 100.0 * _known("sa"), tuple(range(0, 100, 10))),),
    needs_appearance=True,
    best_appearance=10.0,
)

PROTOCOLS: Mapping[str, Protocol] = {protocol.name: protocol for protocol in (EXACT, GSI_BENCH)}
