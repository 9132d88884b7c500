"""Small steps that the makers of things share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Mesh
from gsi_ray.spatial import RigidTransform
from gsi_ray.spatial.rotations import about_axis

Array = NDArray[np.float64]


def moved(mesh: Mesh, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
    """The mesh shifted by metres."""
    return mesh.transformed(RigidTransform(translation=np.array([x, y, z])))


def turned(mesh: Mesh, axis: ArrayLike, angle: float) -> Mesh:
    """The mesh turned about an axis (3,) through the origin, by radians."""
    return mesh.transformed(RigidTransform(about_axis(axis, angle)))


def copies(mesh: Mesh, offsets: ArrayLike) -> Mesh:
    """One mesh of many copies, each shifted by one of `offsets` (n, 3)."""
    shifts = np.asarray(offsets, dtype=np.float64)
    return scattered(mesh, np.broadcast_to(np.eye(3), (len(shifts), 3, 3)), shifts, np.ones(len(shifts)))


def scattered(mesh: Mesh, rotations: ArrayLike, places: ArrayLike, scales: ArrayLike) -> Mesh:
    """One mesh of many copies, each scaled by one of `scales` (n,), turned by one of `rotations` (n, 3, 3) and put at
    one of `places` (n, 3)."""
    turns, shifts = np.asarray(rotations, dtype=np.float64), np.asarray(places, dtype=np.float64)
    factors = np.asarray(scales, dtype=np.float64)
    count, size = len(shifts), len(mesh.vertices)
    vertices = factors[:, None, None] * (mesh.vertices @ turns.transpose(0, 2, 1)) + shifts[:, None]
    return Mesh(
        vertices.reshape(-1, 3),
        (mesh.faces[None] + size * np.arange(count)[:, None, None]).reshape(-1, 3),
        (mesh.normals @ turns.transpose(0, 2, 1)).reshape(-1, 3),
        (factors[:, None, None] * mesh.uv).reshape(-1, 2),
    )


def upright(line: Array) -> Array:
    """Points (n, 3) in the plane y = 0 from (x, z) points (n, 2)."""
    return np.column_stack([line[:, 0], np.zeros(len(line)), line[:, 1]])


def front_panel(width: float, height: float) -> Mesh:
    """A rectangle around the origin that stands upright and faces -y; uv starts at its lower left corner."""
    return turned(meshes.sheet(width, height), [1.0, 0.0, 0.0], np.pi / 2.0)


def rectangle(width: float, depth: float) -> Array:
    """Outline (4, 2), counterclockwise around the origin."""
    return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * [width / 2.0, depth / 2.0]


def disc_outline(radius: float) -> Array:
    """A twelve-sided outline (12, 2), counterclockwise, inside a circle."""
    return meshes.arc((0.0, 0.0), radius, 0.0, 2.0 * np.pi, 13)[:-1]
