"""How long a report takes to add up scores: python -m benchmarks.reporting [SCORES].

Ten million made-up scores (or SCORES), half of them by each protocol: five editors on two data sets of equal size, with
twelve samples to a scene, in files of ten thousand rows. Of the samples there is as much as figures, intervals and
slices by difficulty need; the size of a target, and its distance, for which all objects are read, are left unknown.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.resident import resident_mb
from gsi_ray.lake.paths import ShardName, shard_key
from gsi_ray.lake.schemas import SCORES, TRIPLETS
from gsi_ray.lake.schemas import Table as LakeTable
from gsi_ray.operations import OPERATIONS
from gsi_ray.reporting.evaluation.averages import averages, differences
from gsi_ray.reporting.evaluation.cases import choices
from gsi_ray.reporting.evaluation.error_counts import error_counts
from gsi_ray.reporting.evaluation.slices import slices
from gsi_ray.reporting.evaluation.trials import trials

ROWS = 10_000_000
EDITORS = [f"editor-{number}" for number in range(5)]
ENVIRONMENTS = ["room", "tabletop"]
PROTOCOLS = ["exact", "gsi-bench"]
PER_SHARD = 10_000
PER_SCENE = 12

Result = TypeVar("Result")


def write_lake(lake: Path, rows: int) -> None:
    """Samples and scores, at random."""
    rng = np.random.default_rng(0)
    count = rows // (len(EDITORS) * len(ENVIRONMENTS) * len(PROTOCOLS))
    for place, environment in enumerate(ENVIRONMENTS):
        samples = pl.DataFrame(
            {
                "sample_id": [identifier.hex() for identifier in np.frombuffer(rng.bytes(16 * count), "V16").tolist()],
                "environment": pl.repeat(environment, count, eager=True),
                "split": pl.repeat("test", count, eager=True),
                "operation": np.array(list(OPERATIONS))[rng.integers(0, len(OPERATIONS), count)],
            }
        )
        triplets = samples.with_columns(
            pl.Series("scene_id", [f"{environment}-{number // PER_SCENE:07d}" for number in range(count)]),
            pl.Series("difficulty", rng.random(count)),
        )
        _write(lake, triplets, TRIPLETS, place, {"split": "test", "environment": environment})
        for editor in EDITORS:
            for protocol in PROTOCOLS:
                names = ["sa", "el_ssim", "el_objects" if protocol == "exact" else "el_lpips"]
                scores = samples.with_columns(
                    pl.lit(editor).alias("editor"),
                    pl.lit(protocol).alias("protocol"),
                    pl.Series("ic", (rng.random(count) < 0.6).astype(float)),
                    *(pl.Series(name, rng.random(count)) for name in names),
                    pl.Series("ac", rng.random(count) if protocol == "exact" else rng.integers(0, 11, count) * 1.0),
                    pl.Series("pixel_error", 50.0 * rng.random(count)),
                    pl.when(pl.Series(rng.random(count) < 0.01)).then(pl.lit("no picture")).alias("error"),
                )
                _write(lake, scores, SCORES, place, {"editor": editor, "protocol": protocol})


def _write(lake: Path, rows: pl.DataFrame, table: LakeTable, place: int, partitions: dict[str, str]) -> None:
    for number, part in enumerate(rows.iter_slices(PER_SHARD)):
        path = lake / shard_key(table, partitions, str(ShardName("0123456789ab", place * 10**6 + number)))
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_parquet(path)


def main(arguments: list[str]) -> None:
    """Print where the time goes."""
    rows = int(arguments[0]) if arguments else ROWS
    seconds: dict[str, float] = {}

    def timed(part: str, work: Callable[[], Result]) -> Result:
        started = time.perf_counter()
        result = work()
        seconds[part] = seconds.get(part, 0.0) + time.perf_counter() - started
        return result

    with tempfile.TemporaryDirectory() as folder:
        write_lake(Path(folder), rows)
        waiting = trials(folder)
        most = resident_mb()
        while trial := timed("reading", lambda: next(waiting, None)):
            timed("means and intervals", lambda: averages(trial))
            timed("differences", lambda: differences(trial))
            timed("slices", lambda: slices(trial, folder))
            timed("histograms, best and worst", lambda: (error_counts(trial), choices(trial)))
            most = max(most, resident_mb())
    table = Table("part", "seconds", title=f"A report of {rows:,} scores", caption=f"At most {most:,.0f} MB in memory.")
    for part, spent in seconds.items():
        table.add_row(part, f"{spent:.1f}")
    aggregated = sum(seconds[part] for part in ("reading", "means and intervals", "differences"))
    table.add_section()
    table.add_row("figures and differences", f"{aggregated:.1f}")
    table.add_row("everything", f"{sum(seconds.values()):.1f}")
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
