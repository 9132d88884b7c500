"""Unity's frame: left-handed, y up, metres and degrees, everything in float32.

Unity's x, y, z are the world's x, z, y. Quaternions are (w, x, y, z); Euler angles turn about z first, then x, then y.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Single = NDArray[np.float32]
Double = NDArray[np.float64]

# Where the pitch is this near to the vertical, heading and roll turn about one and the same axis.
_VERTICAL = 1.0 - 1e-7


def swapped(points: ArrayLike) -> Double:
    """Points or directions (..., 3) of the world, in Unity's frame; and back."""
    return np.asarray(points, dtype=np.float64)[..., [0, 2, 1]]


def swapped_turn(quaternion: ArrayLike) -> Double:
    """A rotation (4,) of the world, in Unity's frame; and back. The mirror image of a rotation turns the other way."""
    w, x, y, z = np.asarray(quaternion, dtype=np.float64)
    return np.array([w, -x, -z, -y])


def matrix(quaternion: ArrayLike) -> Double:
    """Rotation (3, 3) of a quaternion (4,) in the same frame."""
    unit = np.asarray(quaternion, dtype=np.float64)
    w, x, y, z = unit / np.linalg.norm(unit)
    return np.array(
        [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
            [2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)],
            [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)],
        ]
    )


def from_euler(degrees: ArrayLike) -> Single:
    """Quaternion (4,) of Euler angles (3,)."""
    (x, y, z) = np.deg2rad(np.asarray(degrees, dtype=np.float64)) / 2.0
    (sx, sy, sz), (cx, cy, cz) = np.sin([x, y, z]), np.cos([x, y, z])
    quaternion = [
        cy * cx * cz + sy * sx * sz,
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
    ]
    return np.array(quaternion, dtype=np.float32)


def to_euler(quaternion: ArrayLike) -> Single:
    """Euler angles (3,) in [0, 360) of a quaternion (4,)."""
    turn = matrix(quaternion)
    sine = float(np.clip(-turn[1, 2], -1.0, 1.0))
    if abs(sine) > _VERTICAL:
        angles = [np.arcsin(sine), np.arctan2(-turn[2, 0], turn[0, 0]), 0.0]
    else:
        angles = [np.arcsin(sine), np.arctan2(turn[0, 2], turn[2, 2]), np.arctan2(turn[1, 0], turn[1, 1])]
    degrees = (np.rad2deg(angles) % 360.0).astype(np.float32)
    degrees[degrees >= 360.0] = 0.0  # a hair below it, before it was rounded
    return degrees


def read(vector: Mapping[str, float], default: ArrayLike = (0.0, 0.0, 0.0)) -> Single:
    """A vector (3,) as an action gives it; what it leaves out is as in `default`."""
    return np.array(
        [vector.get(axis, other) for axis, other in zip("xyz", np.asarray(default), strict=True)], dtype=np.float32
    )


def written(vector: ArrayLike) -> dict[str, float]:
    """A vector (3,) as metadata give it."""
    return dict(zip("xyz", rounded(vector), strict=True))


def rounded(values: ArrayLike) -> Any:
    """Numbers of any shape as lists of what float32 holds of them."""
    return np.asarray(values, dtype=np.float32).tolist()
