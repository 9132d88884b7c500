"""What one thing is made of: meshes to be seen, convex parts to collide with, surfaces to put things on.

Neutral on purpose: a simulator or renderer turns these into its own terms. Every asset's frame has its origin at the
centre of the box around its visible meshes, z up, and its front facing -y; so an asset's pose *is* its box's pose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import OrientedBox, RigidTransform

Array = NDArray[np.float64]
Color = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Texture:
    """A picture laid on a surface: `pixels` (h, w, 3) uint8 cover `size_m` (width, height) metres, then repeat."""

    pixels: NDArray[np.uint8]
    size_m: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Material:
    """How a surface looks. With a texture, `color` (0 to 1) multiplies it.

    `specular` and `shininess` run from 0 (matt) to 1 (mirror-like, tight highlight); `emission` 1 glows fully.
    """

    name: str
    color: Color = (1.0, 1.0, 1.0)
    texture: Texture | None = None
    specular: float = 0.2
    shininess: float = 0.3
    emission: float = 0.0


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles: `vertices` (n, 3) metres, `faces` (m, 3) counterclockwise from outside, unit `normals` (n, 3),
    `uv` (n, 2) in metres along the surface, so that textures keep their true scale."""

    vertices: Array
    faces: NDArray[np.int64]
    normals: Array
    uv: Array

    def transformed(self, transform: RigidTransform) -> Mesh:
        """This mesh carried along by a rigid transform."""
        return replace(self, vertices=transform.apply(self.vertices), normals=self.normals @ transform.rotation.T)


@dataclass(frozen=True, eq=False)
class VisualPart:
    """A mesh in one material."""

    mesh: Mesh
    material: Material


@dataclass(frozen=True, eq=False)
class BoxPart:
    """A box to collide with: `pose` takes its frame to the asset's; `size` (3,) are full extents."""

    pose: RigidTransform
    size: Array

    @property
    def box(self) -> OrientedBox:
        """Itself, in the asset's frame."""
        return OrientedBox(self.pose.translation, self.size, self.pose.rotation)


@dataclass(frozen=True, eq=False)
class CylinderPart:
    """A solid cylinder to collide with, along the z axis of its own `pose`."""

    pose: RigidTransform
    radius: float
    height: float

    @property
    def box(self) -> OrientedBox:
        """Box around it in the asset's frame."""
        size = np.array([2.0 * self.radius, 2.0 * self.radius, self.height])
        return OrientedBox(self.pose.translation, size, self.pose.rotation)


@dataclass(frozen=True, eq=False)
class HullPart:
    """The convex hull of `points` (n, 3) in the asset's frame, to collide with."""

    points: Array

    @property
    def box(self) -> OrientedBox:
        """Box around it, along the asset's axes."""
        return OrientedBox.around(self.points)


ConvexPart = BoxPart | CylinderPart | HullPart


@dataclass(frozen=True, eq=False)
class SupportSurface:
    """A level place to put things: a convex `outline` (n, 2), counterclockwise, at `height`, in the asset's frame.

    `clearance_m` is the free height above it; infinite when nothing is overhead.
    """

    outline: Array
    height: float
    clearance_m: float = float("inf")


@dataclass(frozen=True, eq=False)
class Asset:
    """One kind of thing in one variation.

    `category` is the plain English noun that people would use ("mug", "coffee table"). `color` is the common English
    name of the colour that most of it shows, or "" if no single colour describes it. `yaw_symmetry` is n when turning
    by 360/n degrees about the vertical leaves the look unchanged: 1 for a mug with a handle, 2 for an oblong table, 4
    for a square stool, 0 for anything round (every turn looks the same).
    """

    category: str
    visuals: tuple[VisualPart, ...]
    collisions: tuple[ConvexPart, ...]
    mass_kg: float
    color: str = ""
    material: str = ""
    yaw_symmetry: int = 1
    supports: tuple[SupportSurface, ...] = ()

    @cached_property
    def size(self) -> Array:
        """Full extents (3,) in metres of the box around the visible meshes."""
        return OrientedBox.around(np.concatenate([part.mesh.vertices for part in self.visuals])).size

    @staticmethod
    def build(
        category: str,
        visuals: Sequence[VisualPart],
        collisions: Sequence[ConvexPart],
        mass_kg: float,
        *,
        color: str = "",
        material: str = "",
        yaw_symmetry: int = 1,
        supports: Sequence[SupportSurface] = (),
    ) -> Asset:
        """An asset out of parts modelled in any frame: everything is shifted so that the box centre is the origin."""
        center = OrientedBox.around(np.concatenate([part.mesh.vertices for part in visuals])).center
        shift = RigidTransform(translation=-center)
        return Asset(
            category,
            tuple(replace(part, mesh=part.mesh.transformed(shift)) for part in visuals),
            tuple(_shifted(part, shift) for part in collisions),
            mass_kg,
            color,
            material,
            yaw_symmetry,
            tuple(
                replace(surface, outline=surface.outline - center[:2], height=surface.height - float(center[2]))
                for surface in supports
            ),
        )


def _shifted(part: ConvexPart, shift: RigidTransform) -> ConvexPart:
    if isinstance(part, HullPart):
        return HullPart(shift.apply(part.points))
    return replace(part, pose=shift @ part.pose)
