"""Is the data true? Every stored number of a lake, recomputed from the stored rows and pixels alone.

Nothing here imports `gsi_ray`: geometry is written out again, so that a mistake of the generator cannot hide in code
that both share. `python truth.py LAKE` prints one line per check; `examine` gives the violations as data.

Frames: world z up, metres; camera OpenCV, `p_camera = R p_world + t`; pixel (column, row) has its middle at + 0.5.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import ConvexHull

Array = NDArray[np.float64]
Row = dict[str, Any]

TARGET_TOLERANCE_M, TARGET_TOLERANCE_DEG = 0.005, 1.0
BYSTANDER_TOLERANCE_M, BYSTANDER_TOLERANCE_DEG = 0.002, 0.5
SCALE_TOLERANCE = 0.02
DEPTH_TOLERANCE_M = 0.003
"""Depth is rounded to millimetres; MuJoCo's own depth buffer adds less than that within a room."""
PIXEL_TOLERANCE = 2.0
VISIBLE_CHANGE, STRONG_CHANGE = 6, 12
"""Of 255, in any channel: what counts for `changed_fraction`, and what an eye would call a change."""

OPERATIONS = (
    "camera_movement",
    "object_placement",
    "object_rotation",
    "receptacle_placement",
    "perspective_control",
    "spatial_removal",
    "object_scaling",
)
CAMERA_EDIT, REMOVAL = "perspective_control", "spatial_removal"
CODES = dict(zip(OPERATIONS, ("CM", "OP", "OR", "RP", "PC", "SR", "OS"), strict=True))
OPPOSITES = ({"left", "right"}, {"forward", "backward"}, {"up", "down"}, {"clockwise", "counterclockwise"})


class Violation(NamedTuple):
    """One thing that is not as it should be; `sample_id` is a file name where a whole file is at fault."""

    sample_id: str
    check: str
    message: str


# ---------------------------------------------------------------------------------------------------------------------
# Rows as geometry
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Box:
    """An oriented box; `rotation` takes its own axes to the world's."""

    center: Array
    size: Array
    rotation: Array

    @property
    def corners(self) -> Array:
        signs = np.array(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5])).reshape(3, 8).T
        return signs * self.size @ self.rotation.T + self.center

    @property
    def bottom(self) -> float:
        return float(self.corners[:, 2].min())

    @property
    def top(self) -> float:
        return float(self.corners[:, 2].max())

    def own(self, points: Array) -> Array:
        """World points (n, 3) along the box's own axes, from its centre."""
        return (points - self.center) @ self.rotation

    def reaches_out_of(self, points: Array) -> Array:
        """How far, in metres, each of `points` (n, 3) sticks out of the box; 0 inside."""
        return np.maximum(np.abs(self.own(points)) - self.size / 2, 0).max(axis=1)

    def met_by_rays(self, origin: Array, directions: Array, margin: float) -> NDArray[np.bool_]:
        """Which rays from `origin` (3,) along `directions` (n, 3) meet the box grown by `margin` on every side."""
        half = self.size / 2 + margin
        start, along = self.own(origin[None])[0], directions @ self.rotation
        along = np.where(along == 0, 1e-12, along)
        first, second = (-half - start) / along, (half - start) / along
        enter = np.minimum(first, second).max(axis=1)
        leave = np.maximum(first, second).min(axis=1)
        return (leave >= enter) & (leave > 0)


@dataclass(frozen=True, eq=False)
class Thing:
    """One object at one moment."""

    object_id: str
    category: str
    instance: int
    box: Box
    bbox_2d: tuple[float, ...] | None
    visible_fraction: float | None
    supported_by: str | None

    @staticmethod
    def read(entry: Row) -> Thing:
        box = Box(np.array(entry["center"]), np.array(entry["size"]), np.array(entry["rotation"]).reshape(3, 3))
        bbox = None if entry["bbox_2d"] is None else tuple(entry["bbox_2d"])
        return Thing(
            entry["object_id"],
            entry["category"],
            entry["instance"],
            box,
            bbox,
            entry["visible_fraction"],
            entry["supported_by"],
        )


@dataclass(frozen=True, eq=False)
class View:
    """One side of a sample: a camera, what it saw, and what there was."""

    width: int
    height: int
    intrinsics: Array
    rotation: Array
    translation: Array
    things: dict[str, Thing]
    rgb: NDArray[np.uint8]
    depth: Array
    instances: NDArray[np.int64]

    @staticmethod
    def read(row: Row, side: str) -> View:
        camera = row[f"camera_{side}"]
        things = [Thing.read(entry) for entry in row[f"objects_{side}"]]
        return View(
            camera["width"],
            camera["height"],
            np.array(camera["intrinsics"]).reshape(3, 3),
            np.array(camera["rotation"]).reshape(3, 3),
            np.array(camera["translation"]),
            {thing.object_id: thing for thing in things},
            np.asarray(_image(row[f"image_{side}"]).convert("RGB")),
            np.asarray(_image(row[f"depth_{side}"])).astype(np.float64) / 1000,
            np.asarray(_image(row[f"instances_{side}"])).astype(np.int64),
        )

    @property
    def position(self) -> Array:
        return -self.rotation.T @ self.translation

    @property
    def floor_axes(self) -> tuple[Array, Array]:
        """Right and forward of the camera laid on the floor: unit vectors (2,)."""
        right = self.rotation[0, :2] / np.linalg.norm(self.rotation[0, :2])
        return right, np.array([-right[1], right[0]])

    @cached_property
    def rays(self) -> Array:
        """World directions (h, w, 3) of the pixels' middles, of planar length 1."""
        columns, rows = np.meshgrid(np.arange(self.width) + 0.5, np.arange(self.height) + 0.5)
        pixels = np.stack([columns, rows, np.ones_like(columns)], axis=-1)
        return pixels @ np.linalg.inv(self.intrinsics).T @ self.rotation

    @cached_property
    def points(self) -> Array:
        """World points (h, w, 3) that the depth image shows."""
        return self.rays * self.depth[..., None] + self.position

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixels (n, 2) and planar depths (n,) of world points (n, 3)."""
        local = points @ self.rotation.T + self.translation
        with np.errstate(divide="ignore", invalid="ignore"):
            return (local @ self.intrinsics.T)[:, :2] / local[:, 2:], local[:, 2]

    @cached_property
    def masks(self) -> dict[int, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Rows and columns of the pixels of every instance in the image."""
        order = np.argsort(self.instances, axis=None, kind="stable")
        numbers, starts = np.unique(self.instances.ravel()[order], return_index=True)
        groups = np.split(order, starts[1:])
        return {
            int(number): np.unravel_index(group, self.instances.shape)
            for number, group in zip(numbers, groups, strict=True)
            if number != 0
        }

    def seen(self) -> Iterator[tuple[Thing, NDArray[np.intp], NDArray[np.intp]]]:
        """Every object that has pixels, with their rows and columns."""
        for thing in self.things.values():
            if thing.instance in self.masks:
                yield thing, *self.masks[thing.instance]

    def cut_by_border(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> bool:
        return bool(
            rows.min() == 0 or columns.min() == 0 or rows.max() == self.height - 1 or columns.max() == self.width - 1
        )


@dataclass(frozen=True, eq=False)
class Sample:
    """One row, read."""

    row: Row
    before: View
    after: View

    @staticmethod
    def read(row: Row) -> Sample:
        return Sample(row, View.read(row, "before"), View.read(row, "after"))

    @property
    def views(self) -> tuple[tuple[str, View], tuple[str, View]]:
        return ("before", self.before), ("after", self.after)

    @property
    def operation(self) -> str:
        return str(self.row["operation"])

    @property
    def parameters(self) -> Row:
        parameters: Row = self.row["parameters"]
        return parameters

    def role(self, role: str) -> tuple[Thing, Thing]:
        """The target or the reference, before and after."""
        object_id = self.row[role]["object_id"]
        return self.before.things[object_id], self.after.things[object_id]

    @property
    def target_instance(self) -> int:
        """The target's number in instance images; -1 where the camera is what changes."""
        target = self.row["target"]
        return self.before.things[target["object_id"]].instance if target else -1


def _image(column: Row) -> Image.Image:
    return Image.open(io.BytesIO(column["bytes"]))


def _angle_deg(rotation: Array) -> float:
    """Angle of a rotation matrix, in [0, 180]."""
    skew = np.array([rotation[2, 1] - rotation[1, 2], rotation[0, 2] - rotation[2, 0], rotation[1, 0] - rotation[0, 1]])
    return float(np.degrees(np.arctan2(np.linalg.norm(skew), np.trace(rotation) - 1)))


def _about_z(angle_deg: float) -> Array:
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1.0]])


def _is_rotation(matrix: Array) -> bool:
    return bool(np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-6) and np.linalg.det(matrix) > 0)


def _mm(vector: Array | float) -> str:
    return np.array2string(np.asarray(vector) * 1000, precision=1, suppress_small=True) + " mm"


# ---------------------------------------------------------------------------------------------------------------------
# The checks: each looks at one sample and says what is wrong with it
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """A named look at samples of some operations."""

    name: str
    operations: frozenset[str]
    look: Callable[[Sample], Iterable[str]]


CHECKS: list[Check] = []


def check(*operations: str) -> Callable[[Callable[[Sample], Iterable[str]]], Callable[[Sample], Iterable[str]]]:
    """Register a check for the samples of these operations (of all, if none is named)."""

    def register(look: Callable[[Sample], Iterable[str]]) -> Callable[[Sample], Iterable[str]]:
        CHECKS.append(Check(look.__name__, frozenset(operations or OPERATIONS), look))
        return look

    return register


@check()
def words_are_of_the_vocabulary(sample: Sample) -> Iterator[str]:
    """Operation, split, environment and parameters are words that the design knows, and the right ones are given."""
    sides, turns = {"left", "right", "forward", "backward"}, {"clockwise", "counterclockwise"}
    superlatives = {"leftmost", "rightmost", "closest", "farthest", "highest", "lowest"}
    edges = {"center"} | {f"{side}_edge" for side in ("near", "far", "left", "right")}
    corners = {f"{depth}_{side}_corner" for depth in ("near", "far") for side in ("left", "right")}
    known = {
        "camera_movement": {"direction": sides, "distance_m": None},
        "object_placement": {"relation": {"left_of", "right_of", "in_front_of", "behind"}, "distance_m": None},
        "object_rotation": {"direction": turns, "angle_deg": None},
        "receptacle_placement": {"placement": edges | corners},
        "spatial_removal": {"superlative": superlatives},
        "object_scaling": {"factor": None},
        "move": {"axis": {"move"}, "direction": sides, "distance_m": None},
        "yaw": {"axis": {"yaw"}, "direction": {"left", "right"}, "angle_deg": None},
        "pitch": {"axis": {"pitch"}, "direction": {"up", "down"}, "angle_deg": None},
    }
    kind = sample.parameters["axis"] if sample.operation == CAMERA_EDIT else sample.operation
    expected = known.get(kind)
    if expected is None:
        yield f"unknown operation or axis {kind!r}"
        return
    given = {name: value for name, value in sample.parameters.items() if value is not None}
    if (
        sample.operation != REMOVAL
        and "superlative" in given
        and given["superlative"] in _superlatives_of_names(sample)
    ):
        del given["superlative"]  # it belongs to the words for the target or the reference
    if set(given) != set(expected):
        yield f"parameters {sorted(given)} where {sorted(expected)} are due"
    for name, words in expected.items():
        value = given.get(name)
        if words is not None and value is not None and value not in words:
            yield f"{name} is {value!r}"
        if words is None and value is not None and not value > 0:
            yield f"{name} is {value}, and not positive"
    if sample.row["split"] not in ("train", "val", "test"):
        yield f"split {sample.row['split']!r}"
    if sample.row["environment"] not in ("room", "bathroom", "tabletop", "real"):
        yield f"environment {sample.row['environment']!r}"
    if (sample.row["target"] is None) != (sample.operation == CAMERA_EDIT):
        yield "a target is due, except for perspective control"
    if (sample.row["reference"] is None) == (sample.operation in ("object_placement", "receptacle_placement")):
        yield "a reference is due for the placements, and only for them"


@check()
def images_have_the_cameras_size(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        for name, pixels in (("image", view.rgb), ("depth", view.depth), ("instances", view.instances)):
            if pixels.shape[:2] != (view.height, view.width):
                yield f"{name}_{side} is {pixels.shape[:2]}, the camera is {(view.height, view.width)}"
    for name in ("depth", "instances"):
        mode = _image(sample.row[f"{name}_before"]).mode
        if not mode.startswith("I"):
            yield f"{name}_before has pixels of mode {mode}, not 16 bit"


@check()
def cameras_are_pinholes_that_stand_level(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        focal_x, focal_y = view.intrinsics[0, 0], view.intrinsics[1, 1]
        expected = np.array([[focal_x, 0, view.intrinsics[0, 2]], [0, focal_y, view.intrinsics[1, 2]], [0, 0, 1]])
        if not np.array_equal(view.intrinsics, expected) or not np.isclose(focal_x, focal_y) or focal_x <= 0:
            yield f"{side}: odd intrinsics {view.intrinsics.tolist()}"
        if not np.allclose(view.intrinsics[:2, 2], [view.width / 2, view.height / 2], atol=0.51):
            yield f"{side}: principal point {view.intrinsics[:2, 2]} is not the middle of the image"
        if not 20 < np.degrees(2 * np.arctan(view.height / 2 / focal_y)) < 120:
            yield f"{side}: unlikely focal length {focal_y}"
        if not _is_rotation(view.rotation):
            yield f"{side}: the extrinsics are no rotation"
        if abs(view.rotation[0, 2]) > 1e-6 or view.rotation[1, 2] > 0:
            yield f"{side}: the camera is rolled or upside down"


@check()
def objects_are_the_same_things_before_and_after(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        entries = sample.row[f"objects_{side}"]
        instances = [entry["instance"] for entry in entries]
        if len(view.things) != len(entries) or len(set(instances)) != len(entries) or min(instances) < 1:
            yield f"{side}: ids or instance numbers are not unique and positive"
        for thing in view.things.values():
            if not _is_rotation(thing.box.rotation) or thing.box.size.min() <= 0:
                yield f"{side}: {thing.object_id} has no proper box"
            if thing.supported_by not in view.things and thing.supported_by not in (None, "floor"):
                yield f"{side}: {thing.object_id} stands on {thing.supported_by}, which is not there"
    changing = sample.row["target"]["object_id"] if sample.row["target"] else None
    gone = {changing} if sample.operation == REMOVAL else set()
    if set(sample.before.things) - gone != set(sample.after.things):
        yield f"objects came or went: {sorted(set(sample.before.things) ^ set(sample.after.things))}"
    for name in sample.before.things.keys() & sample.after.things.keys():
        first, second = sample.before.things[name], sample.after.things[name]
        if (first.category, first.instance) != (second.category, second.instance):
            yield f"{name} changed its category or instance number"
        resized = sample.operation == "object_scaling" and name == changing
        if not resized and not np.allclose(first.box.size, second.box.size, atol=1e-6):
            yield f"{name} changed its size"
    for role in ("target", "reference"):
        mention = sample.row[role]
        if mention and mention["object_id"] not in sample.before.things:
            yield f"the {role} {mention['object_id']} is not among the objects"
        elif mention and sample.before.things[mention["object_id"]].category != mention["category"]:
            yield f"the {role}'s category is not its object's"


@check()
def two_dimensional_boxes_are_the_masks_bounds(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        listed = {thing.instance for thing in view.things.values()}
        if strangers := view.masks.keys() - listed:
            yield f"{side}: instances {sorted(strangers)} in the image belong to no object"
        for thing in view.things.values():
            if thing.instance not in view.masks:
                if thing.bbox_2d is not None:
                    yield f"{side}: {thing.object_id} has a bbox_2d but no pixels"
                continue
            rows, columns = view.masks[thing.instance]
            bounds = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            if thing.bbox_2d is None or not np.array_equal(thing.bbox_2d, bounds):
                yield f"{side}: {thing.object_id} has bbox_2d {thing.bbox_2d}, its mask spans {bounds}"


@check()
def masks_lie_within_the_projected_boxes(sample: Sample) -> Iterator[str]:
    """The ray of every pixel of an object meets its box: the same as "inside the projection", behind us or not."""
    for side, view in sample.views:
        for thing, rows, columns in view.seen():
            _, depths = view.project(thing.box.corners)
            margin = PIXEL_TOLERANCE * depths.max() / view.intrinsics[0, 0]
            met = thing.box.met_by_rays(view.position, view.rays[rows, columns], margin)
            if not met.all():
                yield f"{side}: {(~met).mean():.1%} of the pixels of {thing.object_id} are outside its projected box"


@check()
def fully_seen_objects_fill_the_projected_boxes(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        for thing, rows, columns in view.seen():
            if (thing.visible_fraction or 0) <= 0.95 or view.cut_by_border(rows, columns):
                continue
            pixels, _ = view.project(thing.box.corners)
            extent = pixels.max(axis=0) - pixels.min(axis=0)
            mask_extent = np.array([np.ptp(columns) + 1, np.ptp(rows) + 1])
            if np.any(mask_extent + PIXEL_TOLERANCE < 0.5 * extent):
                yield f"{side}: the mask of {thing.object_id} spans {mask_extent}, its box {extent.round(1)} pixels"


@check()
def fully_seen_objects_reach_the_faces_of_their_boxes(sample: Sample) -> Iterator[str]:
    """Where an object touches a face of its box that is turned to the camera, nothing of itself can hide it.

    So a box that is too large, or that stands too near, is found out even where all pixels lie inside it.
    """
    for side, view in sample.views:
        for thing, rows, columns in view.seen():
            if (thing.visible_fraction or 0) < 0.99 or view.cut_by_border(rows, columns):
                continue
            own = thing.box.own(view.points[rows, columns])
            camera = thing.box.own(view.position[None])[0]
            pixel_size = view.depth[rows, columns].max() / view.intrinsics[0, 0]
            for axis in range(3):
                sign = np.sign(camera[axis])
                turned_to_us = abs(camera[axis]) > thing.box.size[axis] / 2 + 0.05
                missing = thing.box.size[axis] / 2 - (sign * own[:, axis]).max()
                # Thin tips, of leaves or wicks, can fall between pixels.
                tip = max(2 * pixel_size, 0.1 * thing.box.size[axis])
                if turned_to_us and missing > DEPTH_TOLERANCE_M + tip:
                    face = f"{sign:+.0f}{'xyz'[axis]}"
                    yield f"{side}: {thing.object_id} ends {_mm(missing)} before face {face} of its box"


@check()
def depth_lies_within_the_boxes(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        for thing, rows, columns in view.seen():
            excess = thing.box.reaches_out_of(view.points[rows, columns])
            astray = int((excess > DEPTH_TOLERANCE_M).sum())
            if astray > max(2, 0.01 * len(excess)):  # a few pixels at the silhouette may show what is behind
                share = astray / len(excess)
                yield f"{side}: {share:.1%} of {thing.object_id} sticks out of its box, by up to {_mm(excess.max())}"


@check()
def visible_fractions_fit_the_masks(sample: Sample) -> Iterator[str]:
    """Seen pixels over the fraction seen are all pixels that the object could have: no more than its box covers."""
    for side, view in sample.views:
        for role in ("target", "reference"):
            mention = sample.row[role]
            thing = view.things.get(mention["object_id"]) if mention else None
            if thing is not None and thing.visible_fraction is None:
                yield f"{side}: the {role}'s visible_fraction is missing"
        for thing in view.things.values():
            if thing.visible_fraction is None:
                continue
            seen = len(view.masks.get(thing.instance, [[]])[0])
            if not 0 <= thing.visible_fraction <= 1 or (thing.visible_fraction > 0) != (seen > 0):
                yield f"{side}: {thing.object_id} has visible_fraction {thing.visible_fraction} and {seen} pixels"
                continue
            pixels, depths = view.project(thing.box.corners)
            if seen == 0 or depths.min() < 0.05:
                continue
            hull = ConvexHull(pixels)  # in the plane, `volume` is the area and `area` the perimeter
            if seen / thing.visible_fraction > hull.volume + PIXEL_TOLERANCE * hull.area:
                yield (
                    f"{side}: {thing.object_id} shows {seen} pixels as {thing.visible_fraction:.2f} of itself, "
                    f"but its box covers only {hull.volume:.0f}"
                )


@check()
def what_stands_touches_its_support(sample: Sample) -> Iterator[str]:
    for side, view in sample.views:
        for thing in view.things.values():
            if thing.supported_by == "floor" and abs(thing.box.bottom) > 0.01:
                yield f"{side}: {thing.object_id} stands on the floor, its underside is {_mm(thing.box.bottom)} high"
            support = view.things.get(thing.supported_by or "")
            if support is None:
                continue
            if not support.box.bottom - 0.01 <= thing.box.bottom <= support.box.top + 0.01:
                yield f"{side}: {thing.object_id} is above or below {support.object_id}, on which it stands"
            low, high = (
                np.array([edge(box.corners[:, :2], axis=0) for box in (thing.box, support.box)])
                for edge in (np.min, np.max)
            )
            if np.any(low.max(axis=0) > high.min(axis=0) + 0.01):
                yield f"{side}: {thing.object_id} is beside {support.object_id}, on which it stands"


@check()
def nothing_else_moved(sample: Sample) -> Iterator[str]:
    target = sample.row["target"]
    for name in sample.before.things.keys() & sample.after.things.keys():
        if target is not None and name == target["object_id"]:
            continue
        first, second = sample.before.things[name].box, sample.after.things[name].box
        distance = float(np.linalg.norm(second.center - first.center))
        angle = _angle_deg(second.rotation @ first.rotation.T)
        if distance > BYSTANDER_TOLERANCE_M or angle > BYSTANDER_TOLERANCE_DEG:
            yield f"{name} moved by {_mm(distance)} and {angle:.2f} degrees"


@check(*(set(OPERATIONS) - {CAMERA_EDIT}))
def the_camera_stands_still(sample: Sample) -> Iterator[str]:
    if sample.row["camera_before"] != sample.row["camera_after"]:
        yield "the camera moved in an edit that is not about it"


@check(*(set(OPERATIONS) - {CAMERA_EDIT}))
def only_the_target_changes_what_is_where(sample: Sample) -> Iterator[str]:
    """A pixel may change its object or its depth only where the target is seen before or after."""
    number = sample.target_instance
    untouched = (sample.before.instances != number) & (sample.after.instances != number)
    swapped = untouched & (sample.before.instances != sample.after.instances)
    if swapped.mean() > 0.0005:
        yield f"{swapped.mean():.3%} of the pixels change from one bystander to another"
    deeper = untouched & (np.abs(sample.before.depth - sample.after.depth) > 0.004)
    if deeper.mean() > 0.001:
        yield f"{deeper.mean():.3%} of the pixels change their depth away from the target"


@check()
def both_views_show_one_world(sample: Sample) -> Iterator[str]:
    """What one view sees cannot hide behind nothing in the other: surfaces of either are no nearer than the other's."""
    number = sample.target_instance
    for (side, view), (_, other) in zip(sample.views, sample.views[::-1], strict=True):
        fixed = (view.instances != number) & (view.depth > 0)
        pixels, depths = other.project(view.points[fixed])
        columns, rows = np.floor(np.nan_to_num(pixels)).astype(int).T
        inside = (depths > 0.05) & (columns >= 0) & (columns < other.width) & (rows >= 0) & (rows < other.height)
        rows, columns, depths = rows[inside], columns[inside], depths[inside]
        compared = (other.depth[rows, columns] > 0) & (other.instances[rows, columns] != number)
        in_front = other.depth[rows, columns] - depths > 0.02 + 0.02 * depths
        wrong = float((in_front & compared).sum() / max(1, compared.sum()))
        if wrong > 0.03:
            yield f"{wrong:.1%} of the surfaces seen {side} stand in the free sight of the other view"


@check()
def stored_errors_are_within_tolerance(sample: Sample) -> Iterator[str]:
    distance, angle = sample.row["position_error_m"], sample.row["rotation_error_deg"]
    if sample.operation == REMOVAL:
        if distance is not None or angle is not None:
            yield "a removal has no position to be wrong about"
    elif distance is None or angle is None or not (distance <= TARGET_TOLERANCE_M and angle <= TARGET_TOLERANCE_DEG):
        yield f"errors of {distance} m and {angle} degrees"


@check()
def the_transform_leads_from_before_to_after(sample: Sample) -> Iterator[str]:
    if sample.operation == REMOVAL:
        if sample.row["transform"] is not None:
            yield "a removal has a transform"
        return
    transform = np.array(sample.row["transform"]).reshape(4, 4)
    if sample.operation == "object_scaling":
        if not np.array_equal(transform, np.eye(4)):
            yield "a scaling has a transform other than the identity"
        return
    if sample.operation == CAMERA_EDIT:
        poses = [(view.position, view.rotation.T) for _, view in sample.views]
    else:
        poses = [(thing.box.center, thing.box.rotation) for thing in sample.role("target")]
    (position, rotation), (new_position, new_rotation) = poses
    distance = float(np.linalg.norm(transform[:3, :3] @ position + transform[:3, 3] - new_position))
    angle = _angle_deg(transform[:3, :3] @ rotation @ new_rotation.T)
    if not _is_rotation(transform[:3, :3]) or distance > 1e-5 or angle > 0.01:
        yield f"the transform ends {_mm(distance)} and {angle:.2f} degrees off"


def _offset_along(view: View, word: str, distance: float) -> Array:
    right, forward = view.floor_axes
    return (
        distance
        * {
            "left": -right,
            "right": right,
            "forward": forward,
            "backward": -forward,
            "left_of": -right,
            "right_of": right,
            "in_front_of": -forward,
            "behind": forward,
        }[word]
    )


@check("camera_movement")
def movement_is_the_one_in_the_instruction(sample: Sample) -> Iterator[str]:
    before, after = sample.role("target")
    moved = after.box.center - before.box.center
    expected = _offset_along(sample.before, sample.parameters["direction"], sample.parameters["distance_m"])
    if np.linalg.norm(moved[:2] - expected) > TARGET_TOLERANCE_M:
        yield f"moved by {_mm(moved[:2])}, the words say {_mm(expected)}"
    if abs(moved[2]) > TARGET_TOLERANCE_M and before.supported_by == after.supported_by:
        yield f"rose by {_mm(moved[2])} on the same support"
    if (angle := _angle_deg(after.box.rotation @ before.box.rotation.T)) > TARGET_TOLERANCE_DEG:
        yield f"turned by {angle:.1f} degrees on the way"


@check("object_placement")
def placement_is_the_one_in_the_instruction(sample: Sample) -> Iterator[str]:
    _, target = sample.role("target")
    _, reference = sample.role("reference")
    offset = target.box.center - reference.box.center
    expected = _offset_along(sample.before, sample.parameters["relation"], sample.parameters["distance_m"])
    if np.linalg.norm(offset[:2] - expected) > TARGET_TOLERANCE_M:
        yield f"stands {_mm(offset[:2])} from the reference, the words say {_mm(expected)}"


@check("object_rotation")
def rotation_is_the_one_in_the_instruction(sample: Sample) -> Iterator[str]:
    before, after = sample.role("target")
    sign = {"clockwise": -1, "counterclockwise": 1}[sample.parameters["direction"]]
    expected = _about_z(sign * sample.parameters["angle_deg"]) @ before.box.rotation
    if (angle := _angle_deg(after.box.rotation @ expected.T)) > TARGET_TOLERANCE_DEG:
        yield f"ends {angle:.1f} degrees from where the words lead"
    if (distance := float(np.linalg.norm(after.box.center - before.box.center))) > TARGET_TOLERANCE_M:
        yield f"its centre moved by {_mm(distance)}"


@check("receptacle_placement")
def receptacle_placement_is_the_one_in_the_instruction(sample: Sample) -> Iterator[str]:
    _, target = sample.role("target")
    _, receptacle = sample.role("reference")
    if target.supported_by != receptacle.object_id:
        yield f"stands on {target.supported_by}, not on {receptacle.object_id}"
    along_right, along_forward = _spot(sample.before, receptacle.box, target.box.center)
    if max(abs(along_right), abs(along_forward)) > 1:
        yield "its centre is not above the receptacle"
    words = sample.parameters["placement"].split("_")
    for name, signed, opposite in (
        ("left", -along_right, "right"),
        ("right", along_right, "left"),
        ("near", -along_forward, "far"),
        ("far", along_forward, "near"),
    ):
        if name in words and signed < 1 / 3:
            yield f"the spot is {sample.parameters['placement']}, but it stands {signed:+.2f} of the way {name}"
        if words[-1] in ("edge", "center") and name not in words and opposite not in words and signed > 1 / 3:
            yield f"the spot is {sample.parameters['placement']}, but it stands {signed:+.2f} of the way {name}"


def _spot(view: View, receptacle: Box, point: Array) -> tuple[float, float]:
    """Where a point is on a receptacle, from -1 to 1 to the right and to the far side, along its own nearest axes."""
    right, _ = view.floor_axes
    level = sorted(range(3), key=lambda axis: abs(receptacle.rotation[2, axis]))[:2]
    own, half = receptacle.own(point[None])[0], receptacle.size / 2
    across = max(level, key=lambda axis: abs(receptacle.rotation[:2, axis] @ right))
    (along,) = (axis for axis in level if axis != across)
    _, forward = view.floor_axes
    sign_across = np.sign(receptacle.rotation[:2, across] @ right)
    sign_along = np.sign(receptacle.rotation[:2, along] @ forward)
    return float(sign_across * own[across] / half[across]), float(sign_along * own[along] / half[along])


@check("perspective_control")
def camera_motion_is_the_one_in_the_instruction(sample: Sample) -> Iterator[str]:
    first, second, parameters = sample.before, sample.after, sample.parameters
    axis, direction, angle = parameters["axis"], parameters["direction"], parameters["angle_deg"]
    position, rotation = first.position, first.rotation
    if axis == "move":
        position = position + np.array([*_offset_along(first, direction, parameters["distance_m"]), 0])
    elif axis == "yaw":
        rotation = rotation @ _about_z(angle if direction == "left" else -angle).T
    else:
        # Tilting up by a turns the old view direction down by a in the new camera frame: towards +y, by OpenCV.
        tilt = np.radians(angle if direction == "up" else -angle)
        rotation = np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]]) @ rotation
    if np.linalg.norm(second.position - position) > 1e-4:
        yield f"the camera ends {_mm(second.position - position)} from where the words lead"
    if (error := _angle_deg(second.rotation @ rotation.T)) > 0.01:
        yield f"the camera ends {error:.2f} degrees from where the words lead"
    if not np.array_equal(first.intrinsics, second.intrinsics):
        yield "the lens changed"


@check("object_scaling")
def scaling_is_the_one_in_the_instruction(sample: Sample) -> Iterator[str]:
    before, after = sample.role("target")
    ratio = after.box.size / before.box.size
    if np.any(np.abs(ratio / sample.parameters["factor"] - 1) > SCALE_TOLERANCE):
        yield f"grew by {ratio.round(3)}, the words say {sample.parameters['factor']}"
    shift = np.array([*(after.box.center - before.box.center)[:2], after.box.bottom - before.box.bottom])
    if np.linalg.norm(shift) > TARGET_TOLERANCE_M:
        yield f"its support point moved by {_mm(shift)}"
    if _angle_deg(after.box.rotation @ before.box.rotation.T) > TARGET_TOLERANCE_DEG:
        yield "it turned"


@check("spatial_removal")
def removal_takes_the_right_one_of_its_kind(sample: Sample) -> Iterator[str]:
    target = sample.before.things[sample.row["target"]["object_id"]]
    alike = [thing for thing, _, _ in sample.before.seen() if thing.category == target.category]
    if len(alike) < 2:
        yield f"there is only one {target.category} in view"
    yield from _superlative_holds(sample.before, sample.parameters["superlative"], target, alike)
    if target.object_id in sample.after.things or target.instance in sample.after.masks:
        yield "it is still there afterwards"


def _superlative_holds(view: View, superlative: str, target: Thing, alike: list[Thing]) -> Iterator[str]:
    def measure(thing: Thing) -> float:
        if superlative in ("leftmost", "rightmost"):
            _, columns = view.masks[thing.instance]
            return float(columns.min() + columns.max()) / 2
        if superlative in ("closest", "farthest"):
            return float(np.linalg.norm(thing.box.center - view.position))
        return float(thing.box.center[2])

    sign = -1 if superlative in ("leftmost", "closest", "lowest") else 1
    for other in alike:
        if other is not target and sign * measure(other) >= sign * measure(target):
            measures = f"{measure(other):.3f} against {measure(target):.3f}"
            yield f"{other.object_id} is more {superlative} than {target.object_id}: {measures}"


# ---------------------------------------------------------------------------------------------------------------------
# Words
# ---------------------------------------------------------------------------------------------------------------------

SUPERLATIVES = ("leftmost", "rightmost", "closest", "farthest", "highest", "lowest")
HUES = {
    "red": (340, 25),
    "orange": (5, 55),
    "brown": (340, 60),
    "yellow": (35, 75),
    "green": (60, 185),
    "blue": (185, 265),
    "purple": (240, 345),
    "pink": (290, 25),
}
"""From where to where, in degrees round the circle of hues, what carries a colour's name may look in warm or dim light.
White, beige, grey and black are told by their weak colour instead."""


def _superlatives_of_names(sample: Sample) -> list[str | None]:
    mentions = [sample.row[role] for role in ("target", "reference") if sample.row[role]]
    return [_parse(mention["expression"], mention["category"])[0] for mention in mentions]


@check(*(set(OPERATIONS) - {CAMERA_EDIT}))
def names_fit_exactly_one_object_in_view(sample: Sample) -> Iterator[str]:
    view = sample.before
    for role in ("target", "reference"):
        mention = sample.row[role]
        if mention is None:
            continue
        thing, expression = view.things[mention["object_id"]], mention["expression"]
        superlative, color, noun = _parse(expression, mention["category"])
        if noun is None:
            yield f"the {role} is called {expression!r}, which is not [superlative] [colour] {mention['category']}"
            continue
        alike = [other for other, _, _ in view.seen() if f" {other.category}".endswith(f" {noun}")]
        if thing not in alike:
            yield f"the {role} {expression!r} is not in view"
        elif superlative is not None:
            yield from _superlative_holds(view, superlative, thing, alike)
        elif color is not None:
            shares = {other.object_id: _share_of_color(view, other, color) for other in alike}
            own = shares.pop(thing.object_id)
            if own < 0.1 or any(share > own + 0.4 for share in shares.values()):
                yield f"the {role} {expression!r} shows {own:.0%} of its colour, others called so {shares}"
        elif len(alike) > 1:
            yield f"the {role} {expression!r} could be any of {[other.object_id for other in alike]}"


def _parse(expression: str, category: str) -> tuple[str | None, str | None, str | None]:
    """Superlative, colour and noun of an expression; the noun is None if the expression has another form."""
    if not f" {expression}".endswith(f" {category}"):
        return None, None, None
    words = expression.removesuffix(category).split()
    superlative = words.pop(0) if words and words[0] in SUPERLATIVES else None
    color = " ".join(words) or None
    return superlative, color, category


def _share_of_color(view: View, thing: Thing, color: str) -> float:
    """Roughly, which share of an object's pixels could be called by this colour."""
    hue, saturation = _hue_and_saturation(view.rgb[view.masks[thing.instance]].astype(float))
    if color not in HUES:
        return float((saturation < 0.4).mean())
    start, end = HUES[color]
    return float(((saturation > 0.15) & ((hue - start) % 360 <= (end - start) % 360)).mean())


def _hue_and_saturation(rgb: Array) -> tuple[Array, Array]:
    """Hue in degrees and saturation from 0 to 1 of colours (n, 3), as in the HSV model."""
    red, green, blue = rgb.T
    angle = np.degrees(np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue))
    return angle % 360, np.ptp(rgb, axis=1) / np.maximum(rgb.max(axis=1), 1)


SAYINGS = {
    "left": (r"left", "左"),
    "right": (r"right", "右"),
    "forward": (r"forward|away from|farther", "前|远离"),
    "backward": (r"backward|closer to|nearer to|toward", "后|靠近"),
    "up": (r"\bup", "上"),
    "down": (r"\bdown", "下"),
    "clockwise": (r"\bclockwise", "顺时针"),
    "counterclockwise": (r"\bcounterclockwise", "逆时针"),
    "left_of": (r"left of", "左"),
    "right_of": (r"right of", "右"),
    "in_front_of": (r"in front of", "前"),
    "behind": (r"behind", "后"),
    "leftmost": (r"leftmost", "最左"),
    "rightmost": (r"rightmost", "最右"),
    "closest": (r"closest", "最近"),
    "farthest": (r"farthest", "最远"),
    "highest": (r"highest", "最高"),
    "lowest": (r"lowest", "最低"),
    "center": (r"center|middle", "中"),
    "edge": (r"edge", "边缘|侧"),
    "corner": (r"corner", "角"),
    "near": (r"near", "近"),
    "far": (r"far", "远"),
}
"""How each word of the parameters shows in English and in Chinese."""


@check()
def instructions_say_the_numbers_and_the_words(sample: Sample) -> Iterator[str]:
    english, chinese = sample.row["instruction"], sample.row["instruction_zh"]
    for text in filter(None, (english, chinese)):
        for name in ("distance_m", "angle_deg", "factor"):
            value = sample.parameters[name]
            if value is not None and not _says(text, name, value):
                yield f"{name} {value} is not in {text!r}"
    for role in ("target", "reference"):
        mention = sample.row[role]
        if mention and mention["expression"].lower() not in english.lower():
            yield f"the {role} {mention['expression']!r} is not in {english!r}"
    if sample.operation == CAMERA_EDIT and not re.search(r"camera|view", english, re.IGNORECASE):
        yield f"no camera in {english!r}"
    for word in _words(sample.parameters):
        in_english, in_chinese = SAYINGS[word]
        # "The leftmost cup" says nothing about the way it moves, but all about the one that is removed.
        told = english if word == sample.parameters["superlative"] else _without_names(sample, english)
        if not re.search(in_english, told, re.IGNORECASE):
            yield f"{word} is not in {english!r}"
        if chinese and not re.search(in_chinese, chinese):
            yield f"{word} is not in {chinese!r}"


def _words(parameters: Row) -> list[str]:
    words = [parameters[name] for name in ("direction", "relation", "superlative") if parameters[name]]
    return words + parameters["placement"].split("_") if parameters["placement"] else words


def _without_names(sample: Sample, text: str) -> str:
    bare = text.lower()
    for role in ("target", "reference"):
        if mention := sample.row[role]:
            bare = bare.replace(mention["expression"].lower(), " ")
    return bare


def _says(text: str, name: str, value: float) -> bool:
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    if name == "distance_m":
        metric = re.search(r"\d\s*(?:m\b|meters?|metres?|米)", text)
        accepted = [100 * value] + ([value] if metric else [])
    elif name == "angle_deg":
        accepted = [value]
    else:
        accepted = [value, 100 * value, 100 * abs(value - 1), value - 1 if value > 1 else value]
        words = {
            0.5: r"half|一半|半",
            2.0: r"twice|double|两倍|一倍|翻倍",
            3.0: r"triple|三倍",
            0.75: "three quarters|四分之三",
        }
        if re.search(words.get(value, r"(?!)"), text, re.IGNORECASE):
            return True
    return any(np.isclose(number, wanted) for number in numbers for wanted in accepted)


# ---------------------------------------------------------------------------------------------------------------------
# Quality
# ---------------------------------------------------------------------------------------------------------------------


@check(*(set(OPERATIONS) - {CAMERA_EDIT}))
def quality_counts_the_targets_pixels(sample: Sample) -> Iterator[str]:
    quality = sample.row["quality"]
    for side, view in sample.views:
        thing = view.things.get(sample.row["target"]["object_id"])
        seen = len(view.masks[thing.instance][0]) if thing and thing.instance in view.masks else 0
        stored, fraction = quality[f"target_pixels_{side}"], quality[f"target_visible_{side}"]
        if (stored or 0) != seen:
            yield f"target_pixels_{side} is {stored}, its mask has {seen}"
        if thing is not None and not np.isclose(fraction or 0, thing.visible_fraction or 0, atol=1e-6):
            yield f"target_visible_{side} is {fraction}, its object says {thing.visible_fraction}"


@check()
def the_picture_changes_as_much_as_stored(sample: Sample) -> Iterator[str]:
    stored, changed = sample.row["quality"]["changed_fraction"], _changed(sample, VISIBLE_CHANGE).mean()
    if not np.isclose(changed, stored, atol=1e-5):
        yield f"changed_fraction is {stored:.4f}, the pictures say {changed:.4f}"
    if changed < 0.001:
        yield f"only {changed:.4%} of the picture changes"


@check(*(set(OPERATIONS) - {CAMERA_EDIT}))
def the_picture_changes_only_around_the_target(sample: Sample) -> Iterator[str]:
    """Strong changes stay near the target, before or after: within twice its own reach, where its shadow falls."""
    nearby = np.zeros(sample.before.instances.shape, dtype=bool)
    for _, view in sample.views:
        thing = view.things.get(sample.row["target"]["object_id"])
        if thing is not None:
            reach = float(np.linalg.norm(thing.box.size))
            nearby |= thing.box.met_by_rays(view.position, view.rays.reshape(-1, 3), reach).reshape(nearby.shape)
    stray = float((_changed(sample, STRONG_CHANGE) & ~nearby).mean())
    if stray > 0.02:
        yield f"{stray:.2%} of the picture changes far from the target"


def _changed(sample: Sample, by_more_than: int) -> NDArray[np.bool_]:
    difference = np.abs(sample.before.rgb.astype(int) - sample.after.rgb.astype(int))
    return np.any(difference > by_more_than, axis=-1)


# ---------------------------------------------------------------------------------------------------------------------
# Samples that belong together
# ---------------------------------------------------------------------------------------------------------------------


@check()
def links_and_difficulty_are_well_formed(sample: Sample) -> Iterator[str]:
    row = sample.row
    if (row["chain_id"] is None) != (row["chain_step"] is None):
        yield "of chain_id and chain_step, only one is given"
    if row["chain_id"] is not None and not re.fullmatch(r"[0-9a-f]{32}(-[A-Z]{2}){2,4}", row["chain_id"]):
        yield f"chain_id {row['chain_id']!r} is not 32 hex digits and the codes of two to four operations"
    if row["difficulty"] is not None and not 0 <= row["difficulty"] <= 1:
        yield f"difficulty {row['difficulty']} is not between 0 and 1"


class Link(NamedTuple):
    """What is to be known of a sample to see whether it fits those that it is linked with."""

    sample_id: str
    operation: str
    place: tuple[str, str, str, str]
    parameters: Row
    transform: list[float] | None
    before: str
    after: str
    inverse_of: str | None
    chain_id: str | None
    chain_step: int | None

    @staticmethod
    def read(row: Row) -> Link:
        place = (row["recipe"], row["split"], row["scene_id"], row["view_id"])
        sides = (_digest(row, "before"), _digest(row, "after"))
        links = (row.get("inverse_of"), row.get("chain_id"), row.get("chain_step"))
        return Link(row["sample_id"], row["operation"], place, row["parameters"], row["transform"], *sides, *links)


def _digest(row: Row, side: str) -> str:
    """The same for two sides only if camera, objects and all pictures are the same to the last bit."""
    digest = hashlib.sha256(repr((row[f"camera_{side}"], row[f"objects_{side}"])).encode())
    for name in ("image", "depth", "instances"):
        digest.update(row[f"{name}_{side}"]["bytes"])
    return digest.hexdigest()


def _inverse_problems(inverse: Link, done: Link | None) -> Iterator[str]:
    """An inverse leads from the side after of another sample to its side before, by the opposite of its words."""
    if done is None:
        yield f"it is the inverse of {inverse.inverse_of}, which is not there"
        return
    if (inverse.operation, inverse.place) != (done.operation, done.place):
        yield "it is of another operation, scene or view than what it takes back"
    if (inverse.before, inverse.after) != (done.after, done.before):
        yield "its sides are not those of what it takes back, swapped"
    there, back = done.parameters, inverse.parameters
    if done.operation != "object_scaling" and {there["direction"], back["direction"]} not in OPPOSITES:
        yield f"it goes {back['direction']}, what it takes back went {there['direction']}"
    if any(there[name] != back[name] for name in ("axis", "distance_m", "angle_deg")):
        yield f"its numbers {back} are not those of what it takes back, {there}"
    if done.operation == "object_scaling" and abs(there["factor"] * back["factor"] - 1) > 1e-9:
        yield f"the factors {there['factor']} and {back['factor']} do not make up for each other"
    if done.transform is not None and inverse.transform is not None:
        product = np.reshape(inverse.transform, (4, 4)) @ np.reshape(done.transform, (4, 4))
        if not np.allclose(product, np.eye(4), atol=1e-9):
            yield "its transform does not undo that of what it takes back"


def _chain_problems(chain_id: str, steps: list[Link]) -> Iterator[str]:
    """The edits of a chain are all there, are those that its id tells, and each begins where the last one ended."""
    _, *codes = chain_id.split("-")
    if not 2 <= len(codes) <= 4:
        yield f"it has {len(codes)} edits"
    if [step.chain_step for step in steps] != list(range(1, len(codes) + 1)):
        yield f"its steps are {[step.chain_step for step in steps]}, its id tells of {len(codes)}"
    elif [CODES[step.operation] for step in steps] != codes:
        yield f"its operations are {[step.operation for step in steps]}, its id tells of {codes}"
    if len({step.place for step in steps}) > 1:
        yield "it is spread over several scenes or views"
    for first, second in pairwise(steps):
        if first.after != second.before:
            yield f"step {second.chain_step} does not begin where step {first.chain_step} ended"


# ---------------------------------------------------------------------------------------------------------------------
# A whole lake
# ---------------------------------------------------------------------------------------------------------------------

_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_MENTION = pa.struct([("object_id", pa.string()), ("category", pa.string()), ("expression", pa.string())])
_CAMERA = pa.struct(
    [
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("intrinsics", pa.list_(pa.float64(), 9)),
        ("rotation", pa.list_(pa.float64(), 9)),
        ("translation", pa.list_(pa.float64(), 3)),
    ]
)
_OBJECTS = pa.list_(
    pa.struct(
        [
            ("object_id", pa.string()),
            ("category", pa.string()),
            ("instance", pa.int32()),
            ("center", pa.list_(pa.float64(), 3)),
            ("size", pa.list_(pa.float64(), 3)),
            ("rotation", pa.list_(pa.float64(), 9)),
            ("bbox_2d", pa.list_(pa.float32(), 4)),
            ("visible_fraction", pa.float32()),
            ("supported_by", pa.string()),
        ]
    )
)
_WORDS = ("direction", "relation", "placement", "superlative", "axis")
_NUMBERS = ("distance_m", "angle_deg", "factor")
SCHEMA: dict[str, pa.DataType] = {
    **dict.fromkeys(("sample_id", "split", "environment", "simulator", "simulator_version"), pa.string()),
    **dict.fromkeys(("scene_id", "view_id", "operation", "instruction", "instruction_zh"), pa.string()),
    "parameters": pa.struct([(word, pa.string()) for word in _WORDS] + [(number, pa.float64()) for number in _NUMBERS]),
    "target": _MENTION,
    "reference": _MENTION,
    "camera_before": _CAMERA,
    "camera_after": _CAMERA,
    "objects_before": _OBJECTS,
    "objects_after": _OBJECTS,
    "transform": pa.list_(pa.float64(), 16),
    "position_error_m": pa.float64(),
    "rotation_error_deg": pa.float64(),
    **{f"{name}_{side}": _IMAGE for name in ("image", "depth", "instances") for side in ("before", "after")},
    "quality": pa.struct(
        [
            ("changed_fraction", pa.float32()),
            ("target_pixels_before", pa.int32()),
            ("target_pixels_after", pa.int32()),
            ("target_visible_before", pa.float32()),
            ("target_visible_after", pa.float32()),
            ("outside_change", pa.float32()),
        ]
    ),
    "seed": pa.int64(),
    "recipe": pa.string(),
    "generator_version": pa.string(),
    "inverse_of": pa.string(),
    "chain_id": pa.string(),
    "chain_step": pa.int32(),
    "difficulty": pa.float64(),
}
"""What the design promises of the table `triplets`."""


@dataclass
class Report:
    """Violations, and how many samples each check has looked at."""

    violations: list[Violation] = field(default_factory=list)
    looked_at: Counter[str] = field(default_factory=Counter)

    def add(self, check_name: str, sample_id: str, messages: Iterable[str]) -> None:
        self.looked_at[check_name] += 1
        self.violations += [Violation(sample_id, check_name, message) for message in messages]


def examine(rows: Iterable[Row], report: Report | None = None) -> Report:
    """Run every check on every row (a row of the table as Python values)."""
    report = report or Report()
    splits: dict[str, str] = {}
    seen_ids: set[str] = set()
    links: dict[str, Link] = {}
    for row in rows:
        sample_id = row["sample_id"]
        report.add("identities_are_unique_and_scenes_keep_their_split", sample_id, _identity(row, splits, seen_ids))
        try:
            sample = Sample.read(row)
        except (OSError, TypeError, ValueError) as problem:
            report.add("rows_can_be_read", sample_id, [f"{type(problem).__name__}: {problem}"])
            continue
        report.add("rows_can_be_read", sample_id, [])
        for one in CHECKS:
            if sample.operation in one.operations:
                report.add(one.name, sample_id, _look(one, sample))
        links[sample_id] = Link.read(row)
    _add_link_problems(report, links)
    return report


def _add_link_problems(report: Report, links: dict[str, Link]) -> None:
    chains: dict[str, list[Link]] = defaultdict(list)
    for link in links.values():
        if link.inverse_of is not None:
            problems = _inverse_problems(link, links.get(link.inverse_of))
            report.add("inverses_take_back_what_was_done", link.sample_id, problems)
        if link.chain_id is not None:
            chains[link.chain_id].append(link)
    for chain_id, steps in chains.items():
        steps.sort(key=lambda step: step.chain_step or 0)
        report.add("chains_go_on_where_they_were", steps[0].sample_id, _chain_problems(chain_id, steps))


def _look(one: Check, sample: Sample) -> list[str]:
    """What a check says; a row too broken for it to finish is a violation of that check, too."""
    try:
        return list(one.look(sample))
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        return [f"cannot be checked: {type(problem).__name__}: {problem}"]


def _identity(row: Row, splits: dict[str, str], seen_ids: set[str]) -> Iterator[str]:
    if not re.fullmatch(r"[0-9a-f]{32}", row["sample_id"]):
        yield f"sample_id {row['sample_id']!r} is not 32 hex digits"
    if row["sample_id"] in seen_ids:
        yield "sample_id is taken"
    seen_ids.add(row["sample_id"])
    if splits.setdefault(row["scene_id"], row["split"]) != row["split"]:
        yield f"scene {row['scene_id']} is in {splits[row['scene_id']]} and in {row['split']}"


def examine_lake(lake: Path, limit: int | None = None) -> Report:
    """Check the files of a lake on a local disk and, up to `limit`, the samples in them."""
    report = Report()
    files = sorted(lake.glob("triplets/v1/split=*/environment=*/shard-*.parquet"))
    for file in files:
        report.add("files_have_the_promised_columns", file.name, _file_problems(file))
    rows = (row for file in files for batch in pq.ParquetFile(file).iter_batches(8) for row in batch.to_pylist())
    return examine((row for _, row in zip(range(limit or sys.maxsize), rows, strict=False)), report)


def _file_problems(file: Path) -> Iterator[str]:
    stored = {column.name: column.type for column in pq.read_schema(file)}
    for name, expected in SCHEMA.items():
        if name not in stored:
            yield f"no column {name}"
        elif not _same_type(stored[name], expected):
            yield f"column {name} is {stored[name]}, not {expected}"
    for name in ("split", "environment"):
        folder = next(part for part in file.parts if part.startswith(f"{name}=")).removeprefix(f"{name}=")
        if found := set(pq.read_table(file, columns=[name], partitioning=None)[name].to_pylist()) - {folder}:
            yield f"{name} {sorted(found)} in the folder of {folder}"


def _same_type(first: pa.DataType, second: pa.DataType) -> bool:
    """Equal but for the names that list elements carry, which differ between Arrow and Parquet."""
    if pa.types.is_struct(first) and pa.types.is_struct(second):
        return [one.name for one in first] == [one.name for one in second] and all(
            _same_type(one.type, other.type) for one, other in zip(first, second, strict=True)
        )
    if pa.types.is_fixed_size_list(first) and pa.types.is_fixed_size_list(second):
        return first.list_size == second.list_size and _same_type(first.value_type, second.value_type)
    if pa.types.is_list(first) and pa.types.is_list(second):
        return _same_type(first.value_type, second.value_type)
    return bool(first == second)


def describe(report: Report, examples: int = 2) -> str:
    """A table: samples looked at and at fault per check, and the first messages."""
    found: dict[str, list[Violation]] = defaultdict(list)
    for violation in report.violations:
        found[violation.check].append(violation)
    lines = [f"{'check':<60} {'samples':>8} {'at fault':>9}"]
    for name, count in report.looked_at.items():
        lines.append(f"{name:<60} {count:>8} {len({one.sample_id for one in found[name]}):>9}")
        lines += [f"    {one.sample_id}: {one.message}" for one in found[name][:examples]]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python truth.py LAKE [EXAMPLES PER CHECK]")
    outcome = examine_lake(Path(sys.argv[1]))
    print(describe(outcome, *map(int, sys.argv[2:])))
    sys.exit(1 if outcome.violations or not outcome.looked_at else 0)
