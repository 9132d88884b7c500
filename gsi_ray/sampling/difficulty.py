"""How hard an edit is to carry out exactly from its image: a number made from nothing but what is stored of a sample.

Five ingredients, each 0 or more, say what makes it hard (`Ingredients`). Each gives a term x / (x + typical), where
`typical` is what is usual of it, and the mean of the five terms is the sample's score. The score's place among the
samples of the same operation is the difficulty: Phi((score - middle) / spread), with the normal distribution's Phi.
So a difficulty of 0.9 says: harder than about nine in ten samples of this operation. All constants were measured once,
on 756 samples of all operations and environments at 256 pixels (`python -m benchmarks.difficulty`), and stay as they
are, so that numbers of different lakes compare. The deciles of those samples come out within 0.1 of 0.1, 0.2, 0.3...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from statistics import NormalDist

import numpy as np

from gsi_ray.sampling.triplet import Frame, Mention, ObjectRecord, Triplet


@dataclass(frozen=True)
class Ingredients:
    """What makes an edit hard; 0 where the operation knows nothing of the kind.

    `distance`: how far the target goes in the picture, the mean way of its box's corners; when the camera changes, the
    mean way of the centres of the objects in view, at most 1 each. In picture widths. A removal has none.
    `occlusion`: share of the target's own pixels that is not seen, on the side where it is more; when the camera
    changes, share of the objects in view on either side that are not so on both.
    `clutter`: objects seen nearer to the target in the picture than its own size, on the side where they are more;
    when the camera changes, objects in view before.
    `smallness`: how many times the target's pixels would fit in the picture, on the side where it shows fewer.
    `ambiguity`: for each object in view that the words for target or reference would fit but for a colour or a
    superlative, how close it comes to being meant, from 0 to 1; a half where a colour tells it apart.
    """

    distance: float
    occlusion: float
    clutter: float
    smallness: float
    ambiguity: float


TYPICAL = Ingredients(distance=0.08, occlusion=0.08, clutter=5.0, smallness=230.0, ambiguity=0.9)
"""The medians of the ingredients, of those that are not 0."""


@dataclass(frozen=True)
class Place:
    """The middle and the spread of the scores of an operation."""

    middle: float
    spread: float


PLACES = {
    "camera_movement": Place(0.316, 0.084),
    "object_placement": Place(0.408, 0.095),
    "object_rotation": Place(0.314, 0.074),
    "receptacle_placement": Place(0.405, 0.106),
    "perspective_control": Place(0.322, 0.081),
    "spatial_removal": Place(0.293, 0.061),
    "object_scaling": Place(0.337, 0.076),
}
"""The mean and the standard deviation of the scores, by operation."""

ANY_OPERATION = Place(0.339, 0.094)
"""The same over all operations, for those that are not listed."""


def difficulty(sample: Triplet) -> float:
    """From 0, the easiest of its operation, to 1, the hardest. A pure function of what is stored."""
    place = PLACES.get(sample.operation, ANY_OPERATION)
    return NormalDist(place.middle, place.spread).cdf(score(ingredients(sample)))


def score(found: Ingredients) -> float:
    """The mean of the terms x / (x + typical): from 0 to 1, and the higher, the more there is of any ingredient."""
    terms = [value / (value + typical) for value, typical in zip(astuple(found), astuple(TYPICAL), strict=True)]
    return sum(terms) / len(terms)


def ingredients(sample: Triplet) -> Ingredients:
    """What makes a sample hard."""
    if sample.target is None:
        return _of_camera(sample)
    found = [(frame, _record(frame, sample.target)) for frame in (sample.before, sample.after)]
    sides = [(frame, record) for frame, record in found if record is not None]
    pixels = [count for count in (sample.quality.target_pixels_before, sample.quality.target_pixels_after) if count]
    return Ingredients(
        distance=_way_of_corners(sides),
        occlusion=max(_hidden(record) for _, record in sides),
        clutter=max(_neighbours(frame, record) for frame, record in sides),
        smallness=sample.before.camera.width * sample.before.camera.height / min(pixels),
        ambiguity=sum(_closeness_of_rivals(sample)),
    )


def _of_camera(sample: Triplet) -> Ingredients:
    before, after = ({record.object_id for record in _seen(frame)} for frame in (sample.before, sample.after))
    return Ingredients(
        distance=_way_of_centers(sample.before, sample.after),
        occlusion=len(before ^ after) / len(before | after),
        clutter=len(before),
        smallness=0.0,
        ambiguity=0.0,
    )


def _way_of_corners(sides: list[tuple[Frame, ObjectRecord]]) -> float:
    pixels = [frame.camera.project(record.box.corners)[0] / frame.camera.width for frame, record in sides]
    return float(np.linalg.norm(pixels[-1] - pixels[0], axis=1).mean())


def _way_of_centers(before: Frame, after: Frame) -> float:
    centers = np.array([record.box.center for record in _seen(before)])
    start, _ = before.camera.project(centers)
    end, depth = after.camera.project(centers)
    ways = np.linalg.norm(end - start, axis=1) / before.camera.width
    return float(np.where(depth > 0.0, np.minimum(ways, 1.0), 1.0).mean())


def _hidden(record: ObjectRecord) -> float:
    # As precise as it is stored, so that a sample read from a lake gives the same number.
    return 1.0 - float(np.float32(record.visible_fraction or 0.0))


def _neighbours(frame: Frame, target: ObjectRecord) -> int:
    """Other objects whose bounds meet those of the target, grown by its own width and height on every side."""
    if target.bbox_2d is None:
        return 0
    left, top, right, bottom = target.bbox_2d
    width, height = right - left, bottom - top
    return sum(
        other.bbox_2d is not None
        and other.object_id != target.object_id
        and other.bbox_2d[0] < right + width
        and other.bbox_2d[2] > left - width
        and other.bbox_2d[1] < bottom + height
        and other.bbox_2d[3] > top - height
        for other in frame.objects
    )


def _closeness_of_rivals(sample: Triplet) -> Iterator[float]:
    for mention, superlative in ((sample.target, sample.parameters.superlative), (sample.reference, None)):
        own = None if mention is None else _record(sample.before, mention)
        for other in _seen(sample.before) if own else ():
            if own and other is not own and f" {other.category}".endswith(f" {own.category}"):
                yield 0.5 if superlative is None else 1.0 - _lead(sample.before, superlative, own, other)


def _lead(frame: Frame, superlative: str, own: ObjectRecord, other: ObjectRecord) -> float:
    """How far an object is ahead of another in what a superlative is about, from 0 to 1.

    Across the picture in picture widths; in distance and height as a share of the object's distance from the camera.
    """
    if superlative in ("leftmost", "rightmost"):
        return min(1.0, abs(_column(own) - _column(other)) / frame.camera.width)
    away = _distance(frame, own)
    if superlative in ("highest", "lowest"):
        ahead = float(own.box.center[2] - other.box.center[2])
    else:
        ahead = away - _distance(frame, other)
    return min(1.0, abs(ahead) / away)


def _column(record: ObjectRecord) -> float:
    assert record.bbox_2d is not None, "only what is seen is named"
    return (record.bbox_2d[0] + record.bbox_2d[2]) / 2.0


def _distance(frame: Frame, record: ObjectRecord) -> float:
    return float(np.linalg.norm(record.box.center - frame.camera.position))


def _seen(frame: Frame) -> list[ObjectRecord]:
    return [record for record in frame.objects if record.bbox_2d is not None]


def _record(frame: Frame, mention: Mention) -> ObjectRecord | None:
    return next((record for record in frame.objects if record.object_id == mention.object_id), None)
