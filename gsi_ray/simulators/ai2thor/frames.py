"""Between Unity's frame and the world frame: left-handed with y up, degrees, against right-handed with z up, radians.

Both call the same direction x. Unity's y (up) is the world's z, and Unity's z is the world's y: to exchange the two
mirrors, which is what takes a left-handed frame to a right-handed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from gsi_ray.spatial import Camera, OrientedBox, RigidTransform

Array = NDArray[np.float64]
Vector = Mapping[str, float]
"""A vector as Unity writes it: {"x": ..., "y": ..., "z": ...}."""

_EXCHANGED = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
# A camera of Unity has y up; one of OpenCV has y down.
_UPSIDE_DOWN = np.diag([1.0, -1.0, 1.0])
_SQUARE_M = 1e-3


class NotABox(ValueError):
    """Eight points that are not the corners of a box."""


def to_world(points: ArrayLike) -> Array:
    """World points (..., 3) of points (..., 3) in Unity's frame, and the other way round."""
    exchanged: Array = np.asarray(points, dtype=np.float64)[..., [0, 2, 1]]
    return exchanged


def vector_to_world(vector: Vector) -> Array:
    """The world point, or direction, (3,) of a vector as Unity writes it."""
    point: Array = points_to_world([vector])[0]
    return point


def vector_to_unity(point: ArrayLike) -> dict[str, float]:
    """A world point, or direction, (3,) as Unity writes it."""
    x, y, z = to_world(point).tolist()
    return {"x": x, "y": y, "z": z}


def rotation_to_world(angles: Vector) -> Array:
    """The world rotation (3, 3) of Unity's Euler angles in degrees.

    Unity turns about z first, then about x, then about y, each by the left-hand rule; in a left-handed frame that gives
    the same matrices as the right-hand rule does in a right-handed one.
    """
    turned = Rotation.from_euler("YXZ", [angles["y"], angles["x"], angles["z"]], degrees=True).as_matrix()
    return _EXCHANGED @ turned @ _EXCHANGED


def rotation_to_unity(rotation: ArrayLike) -> dict[str, float]:
    """Unity's Euler angles in degrees of a world rotation (3, 3)."""
    turned = Rotation.from_matrix(_EXCHANGED @ np.asarray(rotation, dtype=np.float64) @ _EXCHANGED)
    # Upright things are turned about y alone, but a hair's breadth of tilt beyond 90 degrees has two sets of angles.
    y, x, z = turned.as_euler("YXZ", degrees=True, suppress_warnings=True).tolist()
    return {"x": x, "y": y, "z": z}


def points_to_world(vectors: Sequence[Vector]) -> Array:
    """World points (n, 3) of vectors as Unity writes them."""
    return to_world([[vector["x"], vector["y"], vector["z"]] for vector in vectors])


def pose_to_unity(pose: RigidTransform) -> dict[str, dict[str, float]]:
    """The `position` and `rotation` of an object; undoes `pose_to_world`."""
    return {"position": vector_to_unity(pose.translation), "rotation": rotation_to_unity(pose.rotation)}


def pose_to_world(position: Vector, rotation: Vector) -> RigidTransform:
    """Takes an object's own frame, its axes exchanged like those of the world, to the world."""
    return RigidTransform(rotation_to_world(rotation), vector_to_world(position))


def camera_to_unity(camera: Camera) -> dict[str, dict[str, float]]:
    """The `position` and `rotation` of Unity's camera that stands and looks like this one."""
    own_axes = _UPSIDE_DOWN @ _EXCHANGED
    return pose_to_unity(RigidTransform(camera.pose.rotation @ own_axes, camera.position))


def field_of_view_deg(height: int, focal_length: float) -> float:
    """Unity's field of view, which is the vertical one, in degrees, of an image that high with this focal length, both
    in pixels: focal length = (height / 2) / tan(field of view / 2)."""
    return float(np.degrees(2.0 * np.arctan2(height / 2.0, focal_length)))


def box_of_corners(corners: ArrayLike, rotation: ArrayLike) -> OrientedBox:
    """The box with these eight corners (8, 3) in the world, in any order, with its axes named as those of `rotation`.

    Where the box is turned otherwise than `rotation` (3, 3), each of its axes gets the name of the nearest one. Raises
    NotABox where the points are no corners of a box, to a millimetre.
    """
    points = np.asarray(corners, dtype=np.float64).reshape(8, 3)
    named = np.asarray(rotation, dtype=np.float64)
    for axes in (named, _axes_named(_edges(points), named)):
        local = (points - points.mean(axis=0)) @ axes
        size = np.ptp(local, axis=0)
        if np.all(np.abs(np.abs(local) - size / 2.0) < _SQUARE_M):
            return OrientedBox(points.mean(axis=0), size, axes)
    raise NotABox("these are not the corners of a box")


def _edges(points: Array) -> Array:
    """The directions (3, 3), one per row, of the three edges at the first of eight corners of a box.

    Of the seven other corners, the nearest is at the end of an edge; the next nearest that is square to it, too; the
    third edge is square to both.
    """
    others = points[1:] - points[0]
    lengths = np.linalg.norm(others, axis=1)
    directions = others[np.argsort(lengths)] / np.maximum(np.sort(lengths), 1e-12)[:, None]
    first = directions[0]
    second = directions[np.argmax(np.abs(directions @ first) < 1e-3)]
    return np.stack([first, second, np.cross(first, second)])


def _axes_named(edges: Array, rotation: Array) -> Array:
    """The axes (3, 3), one per column, along `edges` (3, 3), each at the place of the nearest axis of `rotation`."""
    likeness = edges @ rotation
    order = [0, 0, 0]
    left = {0, 1, 2}
    for axis in np.argsort(-np.abs(likeness).max(axis=0)):
        order[axis] = max(left, key=lambda edge: abs(likeness[edge, axis]))
        left.remove(order[axis])
    named = np.stack([edges[order[axis]] * np.sign(likeness[order[axis], axis] or 1.0) for axis in range(3)], axis=1)
    if np.linalg.det(named) < 0.0:
        named[:, 2] *= -1.0
    return named
