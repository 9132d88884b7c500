"""The scores of a lake, one protocol on one data set after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from gsi_ray import lake as lakes
from gsi_ray.errors import GsiRayError
from gsi_ray.lake import EmptyTable
from gsi_ray.operations import OPERATIONS
from gsi_ray.reporting.evaluation.appearance import Judged, choose_judge, judged, with_appearance, with_verdicts
from gsi_ray.reporting.evaluation.measures import PROTOCOLS, Protocol

DATA_SET = ["environment", "split"]


class ScoresWithoutTriplets(GsiRayError):
    """Edits were scored whose samples the lake does not have."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What all editors did on one data set (an environment of a split), as one protocol scores it.

    `samples` has a row for each sample that any of them has a score of: `sample_id`, `operation` and `scene`, a number.
    `scores` has a frame for each editor, with a row for each of those: `tried`, whether there is a score of it at all;
    `error`; what it counts by every measure of the protocol; and its errors, by their titles. `judge` is whose word AC
    is where scores lack it, and `judged` says how far, of each editor.
    """

    protocol: Protocol
    environment: str
    split: str
    samples: pl.DataFrame
    scores: Mapping[str, pl.DataFrame]
    judge: str | None
    judged: Mapping[str, Judged]

    @property
    def labels(self) -> dict[str, str]:
        """The protocol and the data set, as columns name them."""
        return {"protocol": self.protocol.name, "environment": self.environment, "split": self.split}


def trials(lake: str, judge: str | None = None) -> Iterator[Trial]:
    """All that was scored, by data set and protocol; only one is in memory at a time. `judge` is whose word AC is.

    Raises `ScoresWithoutTriplets`, `SeveralJudges`, `UnknownJudge`, and what `lake.scan` does.
    """
    try:
        scores = lakes.scan("scores", lake)
    except EmptyTable:
        return
    found = scores.select(*DATA_SET, "protocol", "editor").unique().collect(engine="streaming")
    if found.is_empty():
        return
    triplets = lakes.scan("triplets", lake)
    chosen_judge = choose_judge(scores, lake, judge)
    scores = with_verdicts(scores, chosen_judge)
    for (environment, split), part in sorted(found.partition_by(DATA_SET, as_dict=True).items()):
        of_data_set = triplets.filter(environment=environment, split=split)
        samples = of_data_set.select("sample_id", "operation", "scene_id").collect()
        for protocol in (PROTOCOLS[name] for name in PROTOCOLS if name in part["protocol"]):
            editors = part.filter(protocol=protocol.name)["editor"].sort()
            chosen = scores.filter(environment=environment, split=split, protocol=protocol.name)
            columns = [*protocol.columns, "verdict", "is_asked"]
            chosen = chosen.select("sample_id", pl.col("editor").cast(pl.Enum(editors)), *columns)
            rows = _with_places(chosen, samples, lake)
            used = rows["place"].unique().sort()
            parts = {name: scored for (name,), scored in rows.partition_by("editor", as_dict=True).items()}
            yield Trial(
                protocol,
                environment,
                split,
                samples[used].select(
                    "sample_id", _in_order(samples["operation"]).gather(used), scene=pl.col("scene_id").rank("dense")
                ),
                {name: _aligned(_counted(parts[name], protocol), used, len(samples)) for name in editors},
                None if chosen_judge is None else chosen_judge.name,
                {name: judged(parts[name]) for name in editors},
            )


def _with_places(scores: pl.LazyFrame, samples: pl.DataFrame, lake: str) -> pl.DataFrame:
    """The scores, each with the row that its sample has in `samples` as its `place`."""
    places = samples.lazy().select("sample_id").with_row_index("place")
    rows = scores.join(places, on="sample_id", how="left").collect()
    orphans = rows.filter(pl.col("place").is_null())["sample_id"]
    if len(orphans):
        raise ScoresWithoutTriplets(
            f"The lake {lake!r} has scores of {orphans.n_unique()} samples that it has no triplets of, such as "
            f"{orphans.min()!r}: copy their triplets into it, or delete those scores."
        )
    return rows.drop("sample_id")


def _counted(rows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """The rows of one editor by what they count."""
    measures = [value.alias(name) for name, value in protocol.counted().items()]
    errors = [scale.value.alias(scale.title) for scale in protocol.errors]
    whole = with_appearance(rows, protocol.best_appearance)
    return whole.select("place", "error", pl.lit(True).alias("tried"), *measures, *errors)


def _aligned(rows: pl.DataFrame, used: pl.Series, places: int) -> pl.DataFrame:
    """The rows in the order of the places in `used`, with nulls for those that this editor has no score of."""
    row_at = pl.repeat(None, places, dtype=pl.UInt32, eager=True)
    row_at = row_at.scatter(rows["place"], pl.arange(len(rows), dtype=pl.UInt32, eager=True)).gather(used)
    return rows.select(pl.exclude("place").gather(row_at)).with_columns(pl.col("tried").fill_null(False))


def _in_order(operations: pl.Series) -> pl.Series:
    """As the registry has them; after those the ones that it does not know here."""
    found = set(operations)
    known = [name for name in OPERATIONS if name in found]
    return operations.cast(pl.Enum([*known, *sorted(found.difference(known))]))
