"""Where editors fail: their figures on samples that have something in common."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gsi_ray import lake as lakes
from gsi_ray.reporting.evaluation.averages import in_place
from gsi_ray.reporting.evaluation.confidence import estimates, group_of, totals
from gsi_ray.reporting.evaluation.trials import Trial

KINDS = {
    "operation": "Operation",
    "difficulty": "Difficulty, by thirds",
    "size": "Size of the target in the picture, by thirds",
    "distance": "Distance of the target from the camera, by thirds",
    "occlusion": "How much of the target is seen",
    "category": "What the target is",
}
"""What samples are told apart by, with titles."""

_RANGES = {"difficulty": "{:.2f} to {:.2f}", "size": "{:.2g} to {:.2g} %", "distance": "{:.2f} to {:.2f} m"}
"""How the thirds of a number are written."""

_LEVELS = ("low", "middle", "high")
_WHOLE, _PART = 0.98, 0.75
_SEEN = {0: "wholly (98 % and more)", 1: "most of it (75 to 98 %)", 2: "less than 75 %"}


def slices(trial: Trial, lake: str) -> pl.DataFrame:
    """Columns `editor`, `protocol`, `environment`, `split`, `slice` (one of `KINDS`), `value`, `position` (of the value
    in the order that a person would list it), `metric`, `mean`, `low`, `high`, `samples`.

    A sample without a target is in no slice that is about one. No picture is read. Raises what `lake.scan` does.
    """
    names = trial.protocol.names
    columns = trial.samples.select("sample_id", "operation", group_of("scene")).join(
        features(trial, lake), on="sample_id", how="left", maintain_order="left"
    )
    sums = [
        columns.select("group", value=kind)
        .hstack(scores)
        .filter("tried", pl.col("value").is_not_null())
        .group_by("value", "group")
        .agg(totals(names))
        .with_columns(
            pl.col("value").cast(pl.String),
            editor=pl.lit(editor),
            slice=pl.lit(kind),
            position=pl.col("value").to_physical().cast(pl.Int64),
        )
        .sort("position", "group")
        for editor, scores in trial.scores.items()
        for kind in KINDS
    ]
    by = ["editor", "slice", "value", "position"]
    return in_place(estimates(pl.concat(sums), by, names), trial, "editor")


def features(trial: Trial, lake: str) -> pl.DataFrame:
    """The `sample_id` of the samples of a trial, and a column for each other of `KINDS`: an Enum, its values in order.

    Raises what `lake.scan` does.
    """
    triplets = lakes.scan("triplets", lake).filter(environment=trial.environment, split=trial.split)
    chosen = triplets.join(trial.samples.lazy().select("sample_id"), on="sample_id", how="semi")
    quality, camera = pl.col("quality").struct, pl.col("camera_before").struct
    area = camera.field("width") * camera.field("height")
    found = chosen.select(
        "sample_id",
        "difficulty",
        size=100.0 * quality.field("target_pixels_before") / area,
        occlusion=quality.field("target_visible_before"),
        category=pl.col("target").struct.field("category"),
    ).collect()
    found = found.join(_distances(chosen).collect(), on="sample_id", how="left")
    return found.select(
        "sample_id",
        *(_thirds(found[name], form) for name, form in _RANGES.items()),
        _named((found["occlusion"] < _WHOLE).cast(pl.UInt8) + (found["occlusion"] < _PART).cast(pl.UInt8), _SEEN),
        _by_frequency(found["category"]),
    )


def _distances(triplets: pl.LazyFrame) -> pl.LazyFrame:
    """How far the middle of each target is from the camera before the edit, in metres."""
    camera = pl.col("camera_before").struct
    rotation, translation = camera.field("rotation").arr, camera.field("translation").arr
    center = pl.col("object").struct.field("center").arr
    in_camera = [
        translation.get(row) + pl.sum_horizontal(rotation.get(3 * row + axis) * center.get(axis) for axis in range(3))
        for row in range(3)
    ]
    return (
        triplets.select("sample_id", "target", "camera_before", object="objects_before")
        .filter(pl.col("target").is_not_null())
        .explode("object")
        .filter(pl.col("object").struct.field("object_id") == pl.col("target").struct.field("object_id"))
        .select("sample_id", distance=pl.sum_horizontal(place.pow(2) for place in in_camera).sqrt())
    )


def _thirds(values: pl.Series, form: str) -> pl.Series:
    """The numbers as "low", "middle" and "high", of which there are as many each, with what they go from and to."""
    levels = pl.DataFrame({"value": values}).with_columns(
        level=sum(
            pl.col("value").gt(pl.col("value").quantile(share, "linear")).cast(pl.UInt8) for share in (1 / 3, 2 / 3)
        )
    )
    ranges = levels.drop_nulls().group_by("level").agg(low=pl.min("value"), high=pl.max("value")).sort("level")
    names = {level: f"{_LEVELS[level]} ({form.format(first, last)})" for level, first, last in ranges.iter_rows()}
    return _named(levels["level"], names).alias(values.name)


def _named(levels: pl.Series, names: Mapping[int, str]) -> pl.Series:
    return levels.replace_strict(names, return_dtype=pl.Enum(list(names.values())))


def _by_frequency(words: pl.Series) -> pl.Series:
    counts = words.drop_nulls().value_counts().sort("count", words.name, descending=[True, False])
    return words.cast(pl.Enum(counts[words.name]))
