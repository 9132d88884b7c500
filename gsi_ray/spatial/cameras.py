"""Pinhole cameras. `p_camera = rotation p_world + translation`, `pixel = intrinsics p_camera / z`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.spatial import rotations
from gsi_ray.spatial.transforms import RigidTransform, frozen_array

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera without distortion, in the OpenCV frame (x right, y down, z forward).

    Pixel coordinates are continuous: pixel (column, row) covers [column, column + 1) x [row, row + 1), so the
    middle of the image is (width / 2, height / 2).
    """

    width: int
    height: int
    intrinsics: Array
    rotation: Array
    translation: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "intrinsics", frozen_array(self.intrinsics, (3, 3)))
        object.__setattr__(self, "rotation", frozen_array(self.rotation, (3, 3)))
        object.__setattr__(self, "translation", frozen_array(self.translation, (3,)))

    @staticmethod
    def at(position: ArrayLike, yaw: float, pitch: float, field_of_view: float, width: int, height: int) -> Camera:
        """A level camera (no roll) that stands at `position` (3,).

        `yaw` is counterclockwise from the world's x axis, seen from above; `pitch` is positive upwards;
        `field_of_view` is the vertical one. All radians.
        """
        focal = height / 2.0 / np.tan(field_of_view / 2.0)
        intrinsics = [[focal, 0.0, width / 2.0], [0.0, focal, height / 2.0], [0.0, 0.0, 1.0]]
        forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), np.sin(pitch)])
        right = np.array([np.sin(yaw), -np.cos(yaw), 0.0])
        rotation = np.stack([right, np.cross(forward, right), forward])
        return Camera(width, height, np.array(intrinsics), rotation, -rotation @ np.asarray(position, dtype=np.float64))

    @staticmethod
    def looking_at(position: ArrayLike, target: ArrayLike, field_of_view: float, width: int, height: int) -> Camera:
        """A level camera at `position` (3,) with the point `target` (3,) in the middle of its image."""
        x, y, z = np.asarray(target, dtype=np.float64) - np.asarray(position, dtype=np.float64)
        return Camera.at(
            position, float(np.arctan2(y, x)), float(np.arctan2(z, np.hypot(x, y))), field_of_view, width, height
        )

    @property
    def position(self) -> Array:
        """Where the camera stands in the world, (3,)."""
        position: Array = -self.rotation.T @ self.translation
        return position

    @property
    def pose(self) -> RigidTransform:
        """Takes the camera frame to the world: the inverse of the extrinsics."""
        return RigidTransform(self.rotation.T, self.position)

    @property
    def forward(self) -> Array:
        """Direction of view in the world, a unit vector (3,)."""
        return self.rotation[2]

    @property
    def ground_forward(self) -> Array:
        """ "Forward" of instructions: the direction of view laid on the floor plane, a unit vector (3,)."""
        right = self.ground_right
        return np.array([-right[1], right[0], 0.0])

    @property
    def ground_right(self) -> Array:
        """ "Right" of instructions: the image's right laid on the floor plane, a unit vector (3,)."""
        right = np.array([self.rotation[0, 0], self.rotation[0, 1], 0.0])
        unit: Array = right / np.linalg.norm(right)
        return unit

    def resized(self, width: int, height: int) -> Camera:
        """The same view at another image size in pixels."""
        stretch = np.diag([width / self.width, height / self.height, 1.0])
        return replace(self, width=width, height=height, intrinsics=stretch @ self.intrinsics)

    def cropped(self, low: ArrayLike, high: ArrayLike) -> Camera:
        """The part of the image plane from pixel `low` (2,) to pixel `high` (2,), which may lie outside the image."""
        corner, opposite = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        width, height = (opposite - corner).astype(int)
        shift = np.array([[1.0, 0.0, -corner[0]], [0.0, 1.0, -corner[1]], [0.0, 0.0, 1.0]])
        return replace(self, width=int(width), height=int(height), intrinsics=shift @ self.intrinsics)

    def with_pose(self, pose: RigidTransform) -> Camera:
        """The same lens and sensor at another `pose` (camera frame to world)."""
        extrinsics = pose.inverse()
        return replace(self, rotation=extrinsics.rotation, translation=extrinsics.translation)

    def moved(self, offset: ArrayLike) -> Camera:
        """This camera carried by `offset` (3,) metres in the world, still looking the same way."""
        return self.with_pose(RigidTransform(self.pose.rotation, self.position + np.asarray(offset, dtype=np.float64)))

    def turned(self, yaw: float) -> Camera:
        """This camera turned on the spot about the vertical, by `yaw` radians: positive is to its left."""
        return self.with_pose(RigidTransform(rotations.about_z(yaw) @ self.pose.rotation, self.position))

    def tilted(self, pitch: float) -> Camera:
        """This camera tilted on the spot about its own horizontal axis, by `pitch` radians: positive is up."""
        tilt = rotations.about_axis(self.ground_right, pitch)
        return self.with_pose(RigidTransform(tilt @ self.pose.rotation, self.position))

    def project(self, points: ArrayLike) -> tuple[Array, Array]:
        """Pixels (..., 2) and planar depths (...) in metres of world points (..., 3).

        A point behind the camera has a depth of at most 0; its pixel means nothing.
        """
        local = np.asarray(points, dtype=np.float64) @ self.rotation.T + self.translation
        depth = local[..., 2]
        homogeneous = local @ self.intrinsics.T
        with np.errstate(divide="ignore", invalid="ignore"):
            pixels = homogeneous[..., :2] / depth[..., None]
        return pixels, depth

    def unproject(self, pixels: ArrayLike, depth: ArrayLike) -> Array:
        """World points (..., 3) seen at `pixels` (..., 2) at planar `depth` (...) metres: undoes `project`."""
        flat = np.asarray(pixels, dtype=np.float64)
        rays = np.concatenate([flat, np.ones((*flat.shape[:-1], 1))], axis=-1) @ np.linalg.inv(self.intrinsics).T
        return self.pose.apply(rays * np.asarray(depth, dtype=np.float64)[..., None])
