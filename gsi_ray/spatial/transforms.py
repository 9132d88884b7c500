"""Rigid transforms: a rotation followed by a translation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def frozen_array(values: ArrayLike, shape: tuple[int, ...]) -> Array:
    """A read-only float64 copy of `values` in `shape`, for the fields of frozen data classes.

    Raises ValueError where the values do not fill the shape exactly.
    """
    array = np.array(values, dtype=np.float64).reshape(shape)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class RigidTransform:
    """Takes points of one frame to another: p -> rotation p + translation.

    As a *pose* it takes an object's own frame to the world: `translation` is where its origin stands.
    """

    rotation: Array = field(default_factory=lambda: np.eye(3))
    translation: Array = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        object.__setattr__(self, "rotation", frozen_array(self.rotation, (3, 3)))
        object.__setattr__(self, "translation", frozen_array(self.translation, (3,)))

    @staticmethod
    def from_matrix(matrix: ArrayLike) -> RigidTransform:
        """The transform of a homogeneous matrix (4, 4), or of its 16 numbers row by row."""
        homogeneous = np.asarray(matrix, dtype=np.float64).reshape(4, 4)
        return RigidTransform(homogeneous[:3, :3], homogeneous[:3, 3])

    @property
    def matrix(self) -> Array:
        """Homogeneous matrix (4, 4)."""
        homogeneous = np.eye(4)
        homogeneous[:3, :3] = self.rotation
        homogeneous[:3, 3] = self.translation
        return homogeneous

    def apply(self, points: ArrayLike) -> Array:
        """Points (..., 3) of the source frame, in the target frame."""
        moved: Array = np.asarray(points, dtype=np.float64) @ self.rotation.T + self.translation
        return moved

    def __matmul__(self, first: RigidTransform) -> RigidTransform:
        """The transform that applies `first`, then this one."""
        return RigidTransform(self.rotation @ first.rotation, self.apply(first.translation))

    def inverse(self) -> RigidTransform:
        """The transform that undoes this one."""
        return RigidTransform(self.rotation.T, -self.rotation.T @ self.translation)
