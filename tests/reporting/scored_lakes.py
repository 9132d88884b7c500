"""Small lakes of scored edits, for tests of reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from gsi_ray.lake import write_rows, write_shard
from gsi_ray.lake.images import encode_rgb
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import EDITS, SCORES
from gsi_ray.sampling.triplet import Triplet
from tests.toy_triplets import toy_triplets

_NOTHING = dict.fromkeys(SCORES.schema.names)


def samples(scenes: int = 4, environment: str = "tabletop", split: str = "test") -> list[Triplet]:
    """All toy triplets in each of some scenes; the farther on, the harder."""
    count = len(toy_triplets())
    return [
        replace(
            sample,
            sample_id=f"{environment}-{scene}-{number}",
            scene_id=f"{environment}-{scene}",
            environment=environment,
            split=split,
            difficulty=(scene * count + number) / (scenes * count),
        )
        for scene in range(scenes)
        for number, sample in enumerate(toy_triplets())
    ]


def write_samples(lake: str, triplets: Sequence[Triplet], shard: int = 0) -> None:
    """Samples of one data set."""
    first = triplets[0]
    write_shard(triplets, lake, f"shard-abc-{shard:08d}", split=first.split, environment=first.environment)


def score_row(sample: Triplet, editor: str, protocol: str, **scores: object) -> Row:
    """A row of the table `scores`: what is not given is not known."""
    known = {name: getattr(sample, name) for name in ("sample_id", "operation", "environment", "split")}
    return {**_NOTHING, **known, "editor": editor, "protocol": protocol, **scores}


def write_scores(lake: str, rows: Iterable[Row], shard: int = 0) -> None:
    """Rows of any editors and protocols."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["editor"], row["protocol"]), []).append(row)
    for (editor, protocol), some in found.items():
        write_rows("scores", some, lake, f"shard-abc-{shard:08d}", {"editor": editor, "protocol": protocol})


def write_edits(lake: str, triplets: Sequence[Triplet], editor: str, shard: int = 0) -> None:
    """Edits that are the picture before, turned into its negative."""
    nothing = dict.fromkeys(EDITS.schema.names)
    rows = [
        {
            **nothing,
            "sample_id": sample.sample_id,
            "editor": editor,
            "image": {"bytes": encode_rgb(np.ascontiguousarray(255 - sample.before.rgb)), "path": None},
        }
        for sample in triplets
    ]
    write_rows("edits", rows, lake, f"shard-abc-{shard:08d}", {"editor": editor})
