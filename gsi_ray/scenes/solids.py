"""What things collide with: a few convex parts that stand in for a shape, level with its underside."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes.assets import BoxPart, ConvexPart, CylinderPart
from gsi_ray.spatial import RigidTransform
from gsi_ray.spatial.rotations import about_z

Array = NDArray[np.float64]


def box_part(size: ArrayLike, center: ArrayLike = (0.0, 0.0, 0.0), rotation: ArrayLike | None = None) -> BoxPart:
    """A box with full extents `size` (3,) at `center` (3,), turned by `rotation` (3, 3) if given."""
    turned = np.eye(3) if rotation is None else np.asarray(rotation, dtype=np.float64)
    return BoxPart(RigidTransform(turned, np.asarray(center)), np.asarray(size, dtype=np.float64))


def cylinder_part(radius: float, height: float, center: ArrayLike = (0.0, 0.0, 0.0)) -> CylinderPart:
    """An upright cylinder around `center` (3,)."""
    return CylinderPart(RigidTransform(translation=np.asarray(center)), radius, height)


def vessel(
    outer_radius: float,
    inner_radius: float,
    height: float,
    floor: float,
    foot_radius: float | None = None,
    walls: int = 8,
) -> tuple[ConvexPart, ...]:
    """A round thing that others can stand in, on z = 0: a disc `floor` thick and a ring of `walls` boxes.

    `foot_radius` is the outer radius at the bottom where that is less than at the rim (bowls): walls then lean outward.
    """
    foot = outer_radius if foot_radius is None else foot_radius
    thickness = outer_radius - inner_radius
    lean = np.arctan2(outer_radius - foot, height)
    slope = np.hypot(outer_radius - foot, height)
    # A wall box must not stick out of the circle at its corners, so it stands back by the circle's sagitta there.
    half_angle = np.pi / walls
    middle = (outer_radius + foot) / 2.0 * np.cos(half_angle) - thickness / 2.0
    width = 2.0 * middle * np.tan(half_angle)
    upright = np.array([[np.cos(lean), 0.0, np.sin(lean)], [0.0, 1.0, 0.0], [-np.sin(lean), 0.0, np.cos(lean)]])
    parts: list[ConvexPart] = [cylinder_part(foot, floor, [0.0, 0.0, floor / 2.0])]
    for angle in 2.0 * half_angle * np.arange(walls):
        turn = about_z(float(angle))
        center = turn @ [middle, 0.0, height / 2.0]
        length = slope - thickness * np.tan(lean)
        parts.append(box_part([thickness, width, length], center, turn @ upright))
    return tuple(parts)


def crate(size: ArrayLike, wall: float, floor: float | None = None) -> tuple[ConvexPart, ...]:
    """An open box with outer extents `size` (3,) standing on z = 0: four walls and a bottom."""
    width, depth, height = (float(extent) for extent in np.asarray(size))
    bottom = wall if floor is None else floor
    return (
        box_part([width, depth, bottom], [0.0, 0.0, bottom / 2.0]),
        box_part([wall, depth, height], [(wall - width) / 2.0, 0.0, height / 2.0]),
        box_part([wall, depth, height], [(width - wall) / 2.0, 0.0, height / 2.0]),
        box_part([width - 2.0 * wall, wall, height], [0.0, (wall - depth) / 2.0, height / 2.0]),
        box_part([width - 2.0 * wall, wall, height], [0.0, (depth - wall) / 2.0, height / 2.0]),
    )
