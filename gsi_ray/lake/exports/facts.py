"""What a data set is like, as counts that add up over its parts: how many samples of what, and how numbers spread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa

CELL = ("split", "environment", "operation")


@dataclass(frozen=True)
class Measure:
    """A number of every sample (null where it has none), counted in steps: bin k holds what rounds to k steps."""

    title: str
    unit: str
    value: pl.Expr
    step: float


_OBJECTS = pl.col("objects_before")

MEASURES: Mapping[str, Measure] = {
    "samples": Measure("Samples", "", pl.lit(0), 1.0),
    "distance": Measure("Distance to go", " m", pl.col("parameters").struct.field("distance_m"), 0.05),
    "angle": Measure("Angle to turn", "°", pl.col("parameters").struct.field("angle_deg"), 15.0),
    "factor": Measure("Size afterwards over before", "", pl.col("parameters").struct.field("factor"), 0.25),
    "visible": Measure(
        "Share of the target that is seen", "", pl.col("quality").struct.field("target_visible_before"), 0.05
    ),
    "objects": Measure("Objects in the scene", "", _OBJECTS.list.len(), 1.0),
    "in_view": Measure(
        "Objects in view",
        "",
        _OBJECTS.list.eval(pl.element().struct.field("bbox_2d").is_not_null()).list.sum(),
        1.0,
    ),
    "chain_step": Measure("Step in a chain of edits", "", pl.col("chain_step"), 1.0),
    "difficulty": Measure("Difficulty", "", pl.col("difficulty"), 0.05),
}

_COLUMNS = [*CELL, "parameters", "quality", "objects_before", "chain_step", "difficulty"]
_ORIGIN = ["recipe", "generator_version", "simulator", "simulator_version"]


class Facts:
    """Counts of samples, summed up as these come in."""

    def __init__(self) -> None:
        self._counts: list[pl.DataFrame] = []
        self._origins: list[pl.DataFrame] = []
        self._scenes: set[tuple[str, ...]] = set()
        self._examples: dict[tuple[str, str], dict[str, str]] = {}
        self.samples = 0
        self.rejected = 0
        self.unjudged = 0

    def add(self, table: pa.Table, shard: str) -> None:
        """Take in some samples, rows of the table `triplets` from the file with this key."""
        rows = pl.from_arrow(table.select([*_COLUMNS, *_ORIGIN, "sample_id", "scene_id", "camera_before"]))
        assert isinstance(rows, pl.DataFrame)
        self.samples += len(rows)
        self._counts += [_counts(rows, name) for name in MEASURES]
        size = [pl.col("camera_before").struct.field(side) for side in ("width", "height")]
        self._origins.append(rows.group_by(*_ORIGIN, *size).agg(count=pl.len().cast(pl.Int64)))
        self._scenes.update(rows.select("split", "environment", "scene_id").unique().rows())
        # Ids are random: the smallest is any sample, and always the same.
        for row in rows.group_by("environment", "operation").agg(pl.col("sample_id").min()).iter_rows(named=True):
            self._examples.setdefault((row["environment"], row["operation"]), {**row, "shard": shard})

    def record(self) -> dict[str, Any]:
        """All of it, for JSON; `merged` puts such records together."""
        return {
            "scenes": len(self._scenes),
            "counts": _summed(self._counts, [*CELL, "measure", "bin"]),
            "origins": _summed(self._origins, [*_ORIGIN, "width", "height"]),
            "examples": [self._examples[key] for key in sorted(self._examples)],
        }


def _counts(rows: pl.DataFrame, measure: str) -> pl.DataFrame:
    number = MEASURES[measure].value / MEASURES[measure].step
    return (
        rows.group_by(*CELL, bin=number.round().cast(pl.Int64))
        .agg(count=pl.len().cast(pl.Int64))
        .drop_nulls("bin")
        .with_columns(measure=pl.lit(measure))
    )


def _summed(frames: Iterable[pl.DataFrame], keys: list[str]) -> list[dict[str, Any]]:
    together = pl.concat(frames)
    return together.group_by(keys).agg(pl.col("count").sum()).sort(keys).to_dicts()


def merged(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The record of everything that these records are about; the first example of each kind is kept."""
    examples: dict[tuple[str, str], dict[str, str]] = {}
    for record in records:
        for example in record["examples"]:
            examples.setdefault((example["environment"], example["operation"]), example)
    frames = {name: [pl.DataFrame(record[name]) for record in records] for name in ("counts", "origins")}
    return {
        "scenes": sum(record["scenes"] for record in records),
        "counts": _summed(frames["counts"], [*CELL, "measure", "bin"]),
        "origins": _summed(frames["origins"], [*_ORIGIN, "width", "height"]),
        "examples": list(examples.values()),
    }
