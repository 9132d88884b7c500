"""What samples cost, for `gsi-ray plan`: core-seconds, bytes, and how many a scene gives.

python -m benchmarks.rates 512             measures pictures of 512 x 512 pixels (256, 512 and 1024 if none are named)

Every operation is tried in every view of some scenes, without Ray. The figures go into gsi_ray/recipes/rates.json, with
the machine and the date. Seconds are those of a core (CPU time), so that a busy machine does no harm.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from statistics import mean, pstdev
from typing import Any
from unittest.mock import patch

os.environ.setdefault("LP_NUM_THREADS", "1")

from gsi_ray import __version__
from gsi_ray.lake.rows import Row, rows_of
from gsi_ray.lake.schemas import IMAGE, TRIPLETS
from gsi_ray.lake.shards import parquet_bytes
from gsi_ray.operations import OPERATIONS
from gsi_ray.recipes import Recipe, load_recipe, revised, sampling_settings
from gsi_ray.recipes.rates import RATES_FILE, Found, OperationRates, SizeRates
from gsi_ray.sampling.loaded_scene import LoadedScene
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.sampling.shard_plan import ShardPlan
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.scenes.build import ENVIRONMENTS
from gsi_ray.simulators import create_simulator
from gsi_ray.simulators.protocol import Simulator

VIEWS = 5
USUAL_SIZE = 512
"""How many samples scenes give is taken from pictures of this size."""

SCENES = {USUAL_SIZE: 6}
FEW_SCENES = 1
_NO_LIMIT = 10**6


class CpuSeconds:
    """Adds up the CPU time of calls, under a name that is made of their arguments."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()

    def of(self, function: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        """The same function, timed."""

        @wraps(function)
        def timed(*arguments: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments)
            finally:
                self.seconds[name(*arguments)] += time.process_time() - start  # type: ignore[assignment]
                self.calls[name(*arguments)] += 1

        return timed


def recipe_of(image_size: int) -> Recipe:
    """The demo's, with views as in production."""
    return revised(load_recipe("demo"), image_size=image_size, views={"per_scene": VIEWS})


def measured(simulator: Simulator, environment: str, image_size: int) -> tuple[dict[str, Found], SizeRates]:
    """Try every operation in every view of some scenes, after one in which the simulator gets ready."""
    scenes = SCENES.get(image_size, FEW_SCENES)
    sampler = Sampler(simulator, sampling_settings(recipe_of(image_size)))
    sampler.sample_shard(_everything(environment, 0, 1))
    watch = CpuSeconds()
    with (
        patch.object(LoadedScene, "see", watch.of(LoadedScene.see, lambda *_: "see")),
        patch.object(
            LoadedScene, "attempt", watch.of(LoadedScene.attempt, lambda _, __, operation, *___: operation.name)
        ),
    ):
        shard = watch.of(sampler.sample_shard, lambda *_: "all")(_everything(environment, 1, scenes))
    in_views = watch.seconds.total() - watch.seconds["all"]
    rows = rows_of(shard.triplets)
    before = {row["view_id"]: _picture_bytes(row, "_before") for row in rows}
    after = [_picture_bytes(row, "_after") for row in rows]
    facts = (len(parquet_bytes(TRIPLETS, rows)) - sum(before.values()) - sum(after)) / len(rows)
    encoding = _encoding_seconds(shard.triplets)
    costs = SizeRates(
        scene_seconds=(watch.seconds["all"] - in_views) / scenes,
        view_seconds=watch.seconds["see"] / watch.calls["see"],
        stored_view_seconds=encoding,
        stored_view_bytes=mean(before.values()),
        operations={
            name: OperationRates(
                attempt_seconds=watch.seconds[name] / watch.calls[name],
                sample_seconds=encoding,
                sample_bytes=facts
                + mean([size for size, row in zip(after, rows, strict=True) if row["operation"] == name] or after),
            )
            for name in OPERATIONS
        },
    )
    return {name: _found(rows, name, scenes) for name in OPERATIONS}, costs


def _everything(environment: str, first_scene: int, scenes: int) -> ShardPlan:
    return ShardPlan(0, "rates", environment, "train", dict.fromkeys(OPERATIONS, _NO_LIMIT), first_scene, scenes)


def _found(rows: Sequence[Row], operation: str, scenes: int) -> Found:
    by_scene = Counter(row["scene_id"] for row in rows if row["operation"] == operation)
    counts = [*by_scene.values()] + [0] * (scenes - len(by_scene))
    return Found(accepted_per_scene=mean(counts), deviation=pstdev(counts))


def _encoding_seconds(triplets: Sequence[Triplet]) -> float:
    """CPU time to encode and store the pictures of one side."""
    start = time.process_time()
    rows = rows_of(triplets)
    parquet_bytes(TRIPLETS, rows)
    sides = len(rows) + len({row["view_id"] for row in rows})
    return (time.process_time() - start) / sides


def _picture_bytes(row: Row, side: str) -> int:
    names = [column.name for column in TRIPLETS.schema if column.type == IMAGE and column.name.endswith(side)]
    return sum(len(row[name]["bytes"]) for name in names)


def _circumstances() -> dict[str, Any]:
    return {
        "machine": _machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "version": __version__,
        "simulator": "mujoco",
        "views_per_scene": VIEWS,
    }


def _machine() -> str:
    names = [
        line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    return f"{names[0]}, {len(names)} cores, pictures drawn without a GPU"


def keep(measurements: dict[str, Any]) -> None:
    """Put what was just measured into the file; the rest of it stays."""
    known = json.loads(RATES_FILE.read_text(encoding="utf-8"))
    RATES_FILE.write_text(json.dumps(_merged(known, measurements), indent=2) + "\n", encoding="utf-8")


def _merged(known: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    inner = {key: _merged(known.get(key, {}), value) for key, value in new.items() if isinstance(value, dict)}
    return known | new | inner


def _rounded(figures: Any) -> Any:
    if isinstance(figures, dict):
        return {key: _rounded(value) for key, value in figures.items()}
    return float(f"{figures:.4g}")


def main(sizes: list[int]) -> None:
    """Measure pictures of these sizes, and keep what the file says about others."""
    for size in sizes:
        for environment in ENVIRONMENTS:
            simulator = create_simulator("mujoco")
            found, costs = measured(simulator, environment, size)
            simulator.close()
            news: dict[str, Any] = {"sizes": {str(size): _rounded(costs.model_dump())}}
            if size == USUAL_SIZE:
                news["found"] = _rounded({name: each.model_dump() for name, each in found.items()})
            keep({**_circumstances(), "environments": {environment: news}})
            print(f"{environment}, {size} px: {news}", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [256, USUAL_SIZE, 1024])
