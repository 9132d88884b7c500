"""Oriented boxes: the shape by which every object of a scene is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import ConvexHull, QhullError

from gsi_ray.spatial import polygons
from gsi_ray.spatial.transforms import RigidTransform, frozen_array

Array = NDArray[np.float64]

# The corners of the unit cube [-1/2, 1/2]^3, and its six faces as indices into them, counterclockwise from outside.
_UNIT_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_FACES = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])

# Faces this close are flush: rounding must not clip a box away by its own faces.
_FLUSH_M = 1e-10


@dataclass(frozen=True, eq=False)
class OrientedBox:
    """A box in the world: `center` (3,) metres, `size` (3,) full extents along its own axes, `rotation` (3, 3)."""

    center: Array
    size: Array
    rotation: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "center", frozen_array(self.center, (3,)))
        object.__setattr__(self, "size", frozen_array(self.size, (3,)))
        object.__setattr__(self, "rotation", frozen_array(self.rotation, (3, 3)))

    @staticmethod
    def around(points: ArrayLike) -> OrientedBox:
        """The smallest box with the axes of the points' own frame around `points` (n, 3)."""
        cloud = np.asarray(points, dtype=np.float64)
        low, high = cloud.min(axis=0), cloud.max(axis=0)
        return OrientedBox((low + high) / 2.0, high - low, np.eye(3))

    @property
    def pose(self) -> RigidTransform:
        """Takes the box's own frame (origin at its centre) to the world."""
        return RigidTransform(self.rotation, self.center)

    @property
    def corners(self) -> Array:
        """Corners (8, 3) in the world; own z varies fastest, then y, then x."""
        return self.pose.apply(_UNIT_CORNERS * self.size)

    @property
    def volume(self) -> float:
        """Volume in cubic metres."""
        return float(np.prod(self.size))

    @property
    def radius(self) -> float:
        """Radius in metres of the sphere through the corners."""
        return float(np.linalg.norm(self.size)) / 2.0

    @property
    def bottom(self) -> float:
        """World height in metres of the lowest corner."""
        return float(self.center[2] - self._reach_up)

    @property
    def top(self) -> float:
        """World height in metres of the highest corner."""
        return float(self.center[2] + self._reach_up)

    @property
    def _reach_up(self) -> float:
        return float(np.abs(self.rotation[2]) @ self.size / 2.0)

    @property
    def footprint(self) -> Array:
        """Convex polygon (n, 2), counterclockwise: the box's outline on the floor, seen from above."""
        return polygons.convex_hull(self.corners[:, :2])

    def transformed(self, transform: RigidTransform) -> OrientedBox:
        """This box carried along by a rigid transform of the world."""
        pose = transform @ self.pose
        return OrientedBox(pose.translation, self.size, pose.rotation)

    def inflated(self, margin: float) -> OrientedBox:
        """This box grown by `margin` metres on every side (shrunk, if negative)."""
        return OrientedBox(self.center, np.maximum(self.size + 2.0 * margin, 0.0), self.rotation)

    def contains(self, points: ArrayLike, margin: float = 0.0) -> NDArray[np.bool_]:
        """Which of `points` (..., 3) lie inside, or no farther than `margin` metres outside of a face."""
        local = self.pose.inverse().apply(points)
        inside: NDArray[np.bool_] = np.all(np.abs(local) <= self.size / 2.0 + margin, axis=-1)
        return inside

    def hit_by(self, origins: ArrayLike, ends: ArrayLike) -> NDArray[np.bool_]:
        """Which of the segments from `origins` (n, 3) to `ends` (n, 3) or (3,) pass through the box.

        The slab test of Kay and Kajiya, "Ray tracing complex scenes", 1986.
        """
        to_box = self.pose.inverse()
        start, stop = np.broadcast_arrays(to_box.apply(origins), to_box.apply(ends))
        direction = stop - start
        with np.errstate(divide="ignore", invalid="ignore"):
            first = (-self.size / 2.0 - start) / direction
            second = (self.size / 2.0 - start) / direction
        # Where a segment runs parallel to a slab, 0/0 = nan stands for "inside for its whole length".
        enter = np.nanmax(np.minimum(first, second), axis=-1, initial=0.0)
        leave = np.nanmin(np.maximum(first, second), axis=-1, initial=1.0)
        crossed: NDArray[np.bool_] = enter <= leave
        return crossed


def intersection_volume(first: OrientedBox, second: OrientedBox) -> float:
    """Volume in cubic metres that two boxes of any orientation share.

    Every face of either box is clipped by the other box; the shared body is the hull of what remains.
    """
    fragments = np.concatenate([_faces_within(first, second), _faces_within(second, first)])
    try:
        return float(ConvexHull(fragments).volume) if len(fragments) >= 4 else 0.0
    except QhullError:  # the boxes only touch: what they share is flat
        return 0.0


def _faces_within(box: OrientedBox, limits: OrientedBox) -> Array:
    """Corners (n, 3), in the world, of the parts of the faces of `box` that lie inside `limits`."""
    to_limits = limits.pose.inverse()
    corners = to_limits.apply(box.corners)
    pieces: list[Array] = []
    for face in _FACES:
        polygon = corners[face]
        for axis in range(3):
            for sign in (-1.0, 1.0):
                if len(polygon):
                    heights = limits.size[axis] / 2.0 + sign * polygon[:, axis]
                    polygon = polygons.clip_by_heights(polygon, heights + _FLUSH_M)
        pieces.append(polygon)
    return limits.pose.apply(np.concatenate(pieces))


def iou(first: OrientedBox, second: OrientedBox) -> float:
    """Intersection over union of two boxes' volumes, in [0, 1]."""
    shared = intersection_volume(first, second)
    return float(np.clip(shared / (first.volume + second.volume - shared), 0.0, 1.0))


def separation(first: OrientedBox, second: OrientedBox) -> float:
    """Largest gap in metres between two boxes along any separating axis: positive if and only if they are apart.

    When negative, its size is how far one would have to move to come free.
    """
    return clearance([first], [second])


def clearance(first: Sequence[OrientedBox], second: Sequence[OrientedBox]) -> float:
    """Smallest `separation` in metres between any box of one group and any of the other; infinite if one is empty.

    Separating axes of two boxes: Gottschalk, Lin and Manocha, "OBBTree", 1996.
    """
    if not first or not second:
        return float("inf")
    pairs = [_stacked(boxes) for boxes in (first, second)]
    (centers, sizes, rotations), (other_centers, other_sizes, other_rotations) = pairs
    offset = other_centers[None] - centers[:, None]
    rotations, other_rotations = rotations[:, None], other_rotations[None]
    count = offset.shape[:2]
    crosses = np.cross(
        np.swapaxes(rotations, -1, -2)[..., :, None, :], np.swapaxes(other_rotations, -1, -2)[..., None, :, :]
    ).reshape(*count, 9, 3)
    lengths = np.linalg.norm(crosses, axis=-1, keepdims=True)
    # Nearly parallel edges give no axis of their own; the faces' normals cover that case.
    edge_axes = np.divide(crosses, lengths, out=np.zeros_like(crosses), where=lengths > 1e-6)
    face_axes = [np.broadcast_to(np.swapaxes(faces, -1, -2), (*count, 3, 3)) for faces in (rotations, other_rotations)]
    axes = np.concatenate([*face_axes, edge_axes], axis=-2)
    reach = sum(
        np.einsum("...ka,...a->...k", np.abs(axes @ faces), np.broadcast_to(extents, (*count, 3))) / 2.0
        for faces, extents in ((rotations, sizes[:, None]), (other_rotations, other_sizes[None]))
    )
    gaps = np.abs(np.einsum("...ki,...i->...k", axes, offset)) - reach
    gaps[..., 6:][lengths[..., 0] <= 1e-6] = -np.inf
    return float(np.min(np.max(gaps, axis=-1)))


def _stacked(boxes: Sequence[OrientedBox]) -> tuple[Array, Array, Array]:
    """Centres (n, 3), sizes (n, 3) and rotations (n, 3, 3) of a group of boxes."""
    return (
        np.stack([box.center for box in boxes]),
        np.stack([box.size for box in boxes]),
        np.stack([box.rotation for box in boxes]),
    )
