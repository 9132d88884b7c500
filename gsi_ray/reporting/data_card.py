"""The data card of an export: what is in it, how it came about, how to read it, and what not to expect of it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl
import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from gsi_ray.lake import read_shard
from gsi_ray.lake.exports import Export
from gsi_ray.lake.exports.facts import MEASURES
from gsi_ray.operations import OPERATIONS
from gsi_ray.reporting.histograms import Histogram, histograms
from gsi_ray.reporting.picture import strip
from gsi_ray.sampling.triplet import Triplet

LICENCE = "cc-by-4.0"
LICENCE_NAME = "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)"

_PICTURE_WIDTH = 200
_SIZES = {"n<1K": 1e3, "1K<n<10K": 1e4, "10K<n<100K": 1e5, "100K<n<1M": 1e6, "1M<n<10M": 1e7, "10M<n<100M": 1e8}
"""What the Hub calls data sets with fewer samples than that."""


def data_card(export: Export) -> dict[str, bytes]:
    """The files of the card by their path in the export, whose parts must all be written.

    Raises what reading the lake raises.
    """
    facts = export.facts
    counts = pl.DataFrame(facts["counts"])
    charts = [chart for name in MEASURES if name != "samples" and (chart := _histogram(counts, name))]
    return {
        "card/histograms.png": _png(histograms(charts)),
        "card/samples.png": _png(_sheet(_examples(export, facts["examples"]))),
        "README.md": _text(export, facts, counts).encode(),
    }


def _text(export: Export, facts: Mapping[str, Any], counts: pl.DataFrame) -> str:
    templates = Environment(
        loader=PackageLoader("gsi_ray.reporting"), autoescape=False, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["words"] = lambda name: name.replace("_", " ")
    location = export.target.location
    recipes = {name: export.source.recipe(name) for name in sorted({origin["recipe"] for origin in facts["origins"]})}
    return templates.get_template("data_card.md").render(
        front_matter=yaml.safe_dump(_front_matter(export), sort_keys=False, allow_unicode=True, width=1000),
        name=location.rsplit("/", 1)[-1],
        samples=export.samples,
        scenes=facts["scenes"],
        table=_count_table(counts),
        usage=export.form.usage(export.finished, location),
        origins=facts["origins"],
        sizes=sorted({f"{origin['width']} × {origin['height']}" for origin in facts["origins"]}),
        simulators=sorted({origin["simulator"] for origin in facts["origins"]}),
        recipes=recipes,
        tolerances={name: yaml.safe_load(text)["tolerances"] for name, text in recipes.items() if text},
        selection=export.selection,
        judges=export.source.judges(),
        rejected=export.rejected,
        unjudged=export.unjudged,
        licence=LICENCE_NAME,
    )


def _front_matter(export: Export) -> dict[str, Any]:
    """What the Hub reads at the head of a card."""
    size = next((name for name, limit in _SIZES.items() if export.samples < limit), "100M<n<1B")
    return {
        "license": LICENCE,
        "task_categories": ["image-to-image"],
        "language": ["en", "zh"],
        "size_categories": [size],
        "tags": ["spatial-intelligence", "image-editing", "3d", "synthetic"],
        **export.form.front_matter(export.finished),
    }


def _count_table(counts: pl.DataFrame) -> str:
    """Operations down, environments with their splits across, in Markdown."""
    samples = counts.filter(measure="samples")
    cells = {(row["operation"], row["environment"], row["split"]): row["count"] for row in samples.to_dicts()}
    places = sorted({key[1:] for key in cells})
    operations = _in_order({key[0] for key in cells})
    rows = [[f"`{name}`", *(cells.get((name, *place), 0) for place in places)] for name in operations]
    rows.append(["**all**", *(sum(row[column] for row in rows) for column in range(1, len(places) + 1))])
    lines = [
        ["operation", *(f"{environment}, {split}" for environment, split in places), "all"],
        ["---", *["---:"] * (len(places) + 1)],
        *([row[0], *(f"{count:,}" for count in [*row[1:], sum(row[1:])])] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _in_order(operations: set[str]) -> list[str]:
    """As the registry lists them; after them those that it does not know here."""
    return [name for name in OPERATIONS if name in operations] + sorted(operations - set(OPERATIONS))


def _histogram(counts: pl.DataFrame, name: str) -> Histogram | None:
    """How a measure spreads over all samples; None if no sample has it."""
    measure = MEASURES[name]
    bins = counts.filter(measure=name).group_by("bin").agg(pl.col("count").sum())
    return Histogram(measure.title, measure.unit, measure.step, dict(bins.iter_rows())) if len(bins) else None


def _examples(export: Export, examples: Sequence[Mapping[str, str]]) -> list[Triplet]:
    """One sample of every operation in every environment, from as few files as may be."""
    found: list[Triplet] = []
    for shard, members in groupby(sorted(examples, key=lambda one: one["shard"]), key=lambda one: one["shard"]):
        found += read_shard(f"{export.source.store.url.rstrip('/')}/{shard}", [one["sample_id"] for one in members])
    return found


def _sheet(triplets: Sequence[Triplet]) -> Image.Image:
    """The samples as a table: environments across, operations down."""
    environments = sorted({triplet.environment for triplet in triplets})
    operations = _in_order({triplet.operation for triplet in triplets})
    strips = {(one.operation, one.environment): strip(one, _PICTURE_WIDTH) for one in triplets}
    gap = 16
    width = gap + max(picture.width for picture in strips.values())
    heights = [
        gap + max(picture.height for (name, _), picture in strips.items() if name == operation)
        for operation in operations
    ]
    sheet = Image.new("RGB", (width * len(environments) + gap, sum(heights) + gap), "white")
    for (operation, environment), picture in strips.items():
        row = operations.index(operation)
        sheet.paste(picture, (gap + width * environments.index(environment), gap + sum(heights[:row])))
    return sheet


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
