"""Rotation matrices. A rotation is a (3, 3) array that takes vectors of a local frame to the world frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]


def about_axis(axis: ArrayLike, angle: float) -> Array:
    """Rotation (3, 3) by `angle` radians about the world direction `axis` (3,), by the right-hand rule."""
    direction = np.asarray(axis, dtype=np.float64)
    matrix: Array = Rotation.from_rotvec(direction / np.linalg.norm(direction) * angle).as_matrix()
    return matrix


def about_z(angle: float) -> Array:
    """Rotation (3, 3) by `angle` radians about the world's vertical: counterclockwise as seen from above."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def angle_between(first: ArrayLike, second: ArrayLike) -> float:
    """Angle in [0, pi] radians of the single rotation that turns `first` (3, 3) into `second` (3, 3).

    Taken from the chord |first - second| = 2 sqrt(2) sin(angle / 2) (Huynh 2009, "Metrics for 3D rotations"), which,
    unlike the trace formula, stays exact for angles near zero.
    """
    chord = float(np.linalg.norm(np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)))
    return float(2.0 * np.arcsin(min(1.0, chord / (2.0 * np.sqrt(2.0)))))


def to_quaternion(rotation: ArrayLike) -> Array:
    """Unit quaternion (4,) in the order w, x, y, z of a rotation (3, 3)."""
    quaternion: Array = Rotation.from_matrix(np.asarray(rotation)).as_quat(scalar_first=True)
    return quaternion


def from_quaternion(quaternion: ArrayLike) -> Array:
    """Rotation (3, 3) of a quaternion (4,) in the order w, x, y, z; its length does not matter."""
    matrix: Array = Rotation.from_quat(np.asarray(quaternion), scalar_first=True).as_matrix()
    return matrix
