"""The gallery: one self-contained HTML page on which a person sees samples of a lake and the truth about them.

The page needs no network and no server. Pictures are JPEG inside the page; boxes are drawn over them as vectors, from
the stored geometry, so what the page shows is what a reader of the data computes.
"""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray
from PIL import Image

from gsi_ray import lake as lakes
from gsi_ray.operations.edits import Parameters
from gsi_ray.reporting.wireframes import wireframe
from gsi_ray.sampling.triplet import Frame, Mention, ObjectRecord, Triplet
from gsi_ray.spatial import Camera, OrientedBox

PICTURE_SIZE = 384
"""Longest side in pixels of a picture in the page: 200 samples then weigh about 15 MB."""


def _change_colors() -> NDArray[np.uint8]:
    """The colour of every change from 0 to 255, (256, 3): black, purple, red, orange, light yellow."""
    stops = np.array([(0, 0, 0), (70, 15, 110), (190, 55, 85), (250, 145, 30), (252, 255, 165)])
    levels = np.clip(np.arange(256) / 128, 0, 1) ** 0.6  # small changes, such as soft shadows, should show too
    places = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(levels, places, stops[:, channel]) for channel in range(3)], axis=-1).astype(np.uint8)


_CHANGE_COLORS = _change_colors()


@dataclass(frozen=True)
class Outline:
    """A box drawn over a picture: `role` is target, reference, other, or origin (where the target was before)."""

    role: str
    label: str
    path: str


@dataclass(frozen=True)
class Picture:
    """One image of a card, as a data URI, with the boxes that can be laid over it."""

    caption: str
    uri: str
    outlines: tuple[Outline, ...] = ()


@dataclass(frozen=True)
class Card:
    """What the page shows of one sample; `parameters`, `measures` and `facts` are names and values as they are read."""

    triplet: Triplet
    pictures: tuple[Picture, ...]
    parameters: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """What the page's search looks through."""
        sample = self.triplet
        words = [sample.instruction, sample.instruction_zh or "", sample.sample_id, sample.scene_id, sample.view_id]
        words += [mention.category for mention in (sample.target, sample.reference) if mention]
        return " ".join(words).lower()


def write_gallery(lake: str, out: Path, limit: int | None = 240) -> int:
    """Write the page about samples of the lake to `out`; returns how many it shows.

    With a `limit`, every operation in every environment gets its turn before any has a second one. Raises what
    `lake.scan` and `lake.read_samples` do.
    """
    index = lakes.scan("triplets", lake).select("sample_id", "operation", "environment").collect()
    chosen = _in_turns(index.sort("environment", "operation", "sample_id"))[:limit]
    cards = [card(triplet) for triplet in lakes.read_samples(chosen, lake)]
    cards.sort(key=lambda one: (one.triplet.operation, one.triplet.environment, one.triplet.sample_id))
    page = render(cards, samples_in_lake=index.height)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, encoding="utf-8")
    return len(cards)


def render(cards: Sequence[Card], samples_in_lake: int) -> str:
    """The page's HTML."""
    templates = page_templates()
    samples = [one.triplet for one in cards]
    return templates.get_template("gallery.html").render(
        cards=cards,
        samples_in_lake=samples_in_lake,
        recipes=sorted({sample.recipe for sample in samples}),
        filters={
            key: dict(sorted(Counter(getattr(sample, key) for sample in samples).items()))
            for key in ("operation", "environment", "split")
        },
        counts=Counter((sample.operation, sample.environment) for sample in samples),
        style=verbatim(templates, "gallery.css"),
        script=verbatim(templates, "gallery.js"),
    )


def page_templates() -> Environment:
    """The templates of pages: whatever comes from a lake is escaped."""
    templates = Environment(
        loader=PackageLoader("gsi_ray.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.filters["words"] = lambda name: name.replace("_", " ")
    return templates


def verbatim(templates: Environment, name: str) -> Markup:
    """A template of our own that goes into a page as it is."""
    assert templates.loader is not None
    return Markup(templates.loader.get_source(templates, name)[0])


def _in_turns(index: pl.DataFrame) -> list[str]:
    """Sample ids, one of each operation and environment after the other, for as long as each has any."""
    groups = index.group_by("environment", "operation", maintain_order=True).agg("sample_id")["sample_id"].to_list()
    return [sample_id for turn in zip_longest(*groups) for sample_id in turn if sample_id is not None]


def card(triplet: Triplet) -> Card:
    """A sample made ready for the page."""
    before, after = shrunk(triplet.before.rgb), shrunk(triplet.after.rgb)
    return Card(
        triplet,
        (
            Picture("Before", data_uri(before), outlines(triplet, triplet.before)),
            Picture("After", data_uri(after), outlines(triplet, triplet.after)),
            Picture("Difference", data_uri(difference_image(before, after))),
        ),
        tuple(_parameters(triplet.parameters)),
        tuple(_measures(triplet)),
        tuple(_facts(triplet)),
    )


def difference_image(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much each pixel changed, (h, w, 3), from black to bright over a dim grey of the picture before (h, w, 3)."""
    change = np.maximum(before, after) - np.minimum(before, after)
    most = np.maximum(np.maximum(change[..., 0], change[..., 1]), change[..., 2])
    ground = before[..., 1:2] // 3
    return np.maximum(_CHANGE_COLORS[most], ground)


def shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (h, w, 3) as large as it is in a page."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.HAMMING)
    return np.asarray(picture)


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """A picture (h, w, 3) as an address that holds all of it, as JPEG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def outlines(triplet: Triplet, frame: Frame) -> tuple[Outline, ...]:
    """Boxes of what is seen, the target's last so that it lies on top; and, after, where the target was before."""
    roles = {mention.object_id: role for role, mention in _mentions(triplet)}
    order = ("other", "reference", "target")
    seen = [one for one in frame.objects if one.bbox_2d is not None]
    seen.sort(key=lambda one: order.index(roles.get(one.object_id, "other")))
    drawn = [_outline(roles.get(one.object_id, "other"), one.category, one.box, frame.camera) for one in seen]
    if triplet.target is not None and frame is triplet.after:
        origin = _record(triplet.before, triplet.target.object_id)
        assert origin is not None
        drawn.insert(0, _outline("origin", f"{origin.category} before", origin.box, frame.camera))
    return tuple(drawn)


def _outline(role: str, label: str, box: OrientedBox, camera: Camera) -> Outline:
    segments = wireframe(box, camera)
    return Outline(role, label, "".join(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" for x0, y0, x1, y1 in segments))


def _mentions(triplet: Triplet) -> Iterator[tuple[str, Mention]]:
    for role, mention in (("target", triplet.target), ("reference", triplet.reference)):
        if mention is not None:
            yield role, mention


def _record(frame: Frame, object_id: str) -> ObjectRecord | None:
    return next((one for one in frame.objects if one.object_id == object_id), None)


def _parameters(parameters: Parameters) -> Iterator[tuple[str, str]]:
    words = ("axis", "direction", "relation", "placement", "superlative")
    yield from ((name, value.replace("_", " ")) for name in words if (value := getattr(parameters, name)) is not None)
    if parameters.distance_m is not None:
        yield "distance", f"{parameters.distance_m:g} m"
    if parameters.angle_deg is not None:
        yield "angle", f"{parameters.angle_deg:g}°"
    if parameters.factor is not None:
        yield "factor", f"× {parameters.factor:g}"


def _measures(triplet: Triplet) -> Iterator[tuple[str, str]]:
    quality = triplet.quality
    if triplet.position_error_m is not None:
        error = (triplet.position_error_m, "{:.2f} mm", 1000), (triplet.rotation_error_deg, "{:.2f}°", 1)
        yield "error", ", ".join(_number(*one) for one in error)
    if triplet.target is not None:
        visible = quality.target_visible_before, quality.target_visible_after
        yield "visible", "→".join(_number(share, "{:.0f}%", 100) for share in visible)
        pixels = quality.target_pixels_before, quality.target_pixels_after
        yield "pixels", "→".join(_number(count, "{:.0f}") for count in pixels)
    yield "changed", _number(quality.changed_fraction, "{:.2f}%", 100)
    if triplet.target is not None:
        yield "elsewhere", _number(quality.outside_change, "{:.3f}%", 100)


def _facts(triplet: Triplet) -> Iterator[tuple[str, str]]:
    for role, mention in _mentions(triplet):
        yield role, f"{mention.expression} ({mention.object_id})"
    yield "objects", str(len(triplet.before.objects))
    yield "scene", triplet.scene_id
    yield "view", triplet.view_id
    yield "simulator", f"{triplet.simulator} {triplet.simulator_version}"
    yield "generator", triplet.generator_version
    yield "recipe", triplet.recipe
    yield "seed", str(triplet.seed)


def _number(value: float | None, form: str, scale: float = 1.0) -> str:
    """A null is unknown, and is shown as such."""
    return "–" if value is None else form.format(value * scale)
