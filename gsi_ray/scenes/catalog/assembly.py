"""Putting furniture together from boards, rods and cushions, each seen and collided with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Asset, ConvexPart, Material, Mesh, SupportSurface, VisualPart
from gsi_ray.scenes.solids import box_part, cylinder_part
from gsi_ray.spatial import RigidTransform

Array = NDArray[np.float64]


class Assembly:
    """One piece of furniture while it is being put together, in metres, in any frame with z up and its front at -y."""

    def __init__(self) -> None:
        self._meshes: dict[Material, list[Mesh]] = {}
        self._collisions: list[ConvexPart] = []
        self._supports: list[SupportSurface] = []

    def show(
        self, mesh: Mesh, material: Material, at: ArrayLike = (0.0, 0.0, 0.0), rotation: ArrayLike | None = None
    ) -> None:
        """Add something to be seen only, its origin `at` (3,), turned by `rotation` (3, 3)."""
        pose = RigidTransform(np.eye(3) if rotation is None else np.asarray(rotation), np.asarray(at, dtype=np.float64))
        self._meshes.setdefault(material, []).append(mesh.transformed(pose))

    def block(self, size: ArrayLike, center: ArrayLike, rotation: ArrayLike | None = None) -> None:
        """Add a box to collide with only."""
        self._collisions.append(box_part(size, center, rotation))

    def collide(self, *parts: ConvexPart) -> None:
        """Add parts to collide with only."""
        self._collisions.extend(parts)

    def board(
        self,
        size: ArrayLike,
        center: ArrayLike,
        material: Material,
        *,
        bevel: float = 0.0,
        grain: int | None = None,
        solid: bool = True,
        rotation: ArrayLike | None = None,
    ) -> None:
        """Add a box of full extents `size` (3,) round `center` (3,).

        Wood grain runs along axis `grain`, by default the longest; what is not `solid` is seen only.
        """
        extents = np.asarray(size, dtype=np.float64)
        along = int(np.argmax(extents)) if grain is None else grain
        number = sum(len(group) for group in self._meshes.values())
        self.show(grained(meshes.box(extents, bevel), along, number), material, center, rotation)
        if solid:
            self.block(extents, center, rotation)

    def post(
        self,
        radius: float,
        height: float,
        center: ArrayLike,
        material: Material,
        *,
        bevel: float = 0.0,
        segments: int = 20,
        solid: bool = True,
    ) -> None:
        """Add an upright cylinder round `center` (3,)."""
        self.show(meshes.cylinder(radius, height, segments, bevel), material, center)
        if solid:
            self._collisions.append(cylinder_part(radius, height, center))

    def rod(self, path: ArrayLike, radius: float | ArrayLike, material: Material, *, segments: int = 10) -> None:
        """Add a round rod along `path` (n, 3), to be seen only."""
        self.show(meshes.tube(path, radius, segments), material)

    def leg(
        self,
        foot: ArrayLike,
        height: float,
        radius: float | tuple[float, float],
        material: Material,
        lean: ArrayLike = (0.0, 0.0),
        *,
        base: float = 0.0,
        segments: int = 14,
    ) -> None:
        """Add a round leg that stands on `foot` (2,) at height `base` and reaches its `height` at foot + `lean` (2,).

        `radius` is one number, or that at the foot and that at the head.
        """
        below, above = radius if isinstance(radius, tuple) else (radius, radius)
        upright = meshes.lathe([[0.0, 0.0], [below, 0.0], [above, height], [0.0, height]], segments)
        slant = np.asarray(lean, dtype=np.float64)
        vertices = upright.vertices.copy()
        vertices[:, :2] += vertices[:, 2:] / height * slant
        corner = np.asarray(foot, dtype=np.float64)
        self.show(replace(upright, vertices=vertices), material, [*corner, base])
        # Upright where the leg leans a little: level with it at the bottom, and through its middle.
        self._collisions.append(
            cylinder_part(min(below, above), height, [*(corner + slant / 2.0), base + height / 2.0])
        )

    def surface(
        self, width: float, depth: float, center: ArrayLike, height: float, clearance: float = float("inf")
    ) -> None:
        """Add a rectangle round `center` (2,) on which things can stand."""
        corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * [width / 2.0, depth / 2.0]
        self._supports.append(SupportSurface(corners + np.asarray(center, dtype=np.float64), height, clearance))

    def round_surface(self, radius: float, center: ArrayLike, height: float) -> None:
        """Add a disc, as a polygon of 24 corners on its rim, on which things can stand."""
        rim = meshes.arc((0.0, 0.0), radius, 0.0, 2.0 * np.pi, 25)[:-1]
        self._supports.append(SupportSurface(rim + np.asarray(center, dtype=np.float64), height))

    def asset(
        self, category: str, mass_kg: float, *, color: str = "", material: str = "", yaw_symmetry: int = 1
    ) -> Asset:
        """The finished piece; all that is of one material becomes one mesh."""
        visuals = [VisualPart(meshes.merge(*group), look) for look, group in self._meshes.items()]
        return Asset.build(
            category,
            visuals,
            self._collisions,
            mass_kg,
            color=color,
            material=material,
            yaw_symmetry=yaw_symmetry,
            supports=self._supports,
        )


def loft(*sections: Sequence[tuple[Array, float]]) -> Mesh:
    """The surface through level rings, from the outside's foot up and for hollow things down again on the inside.

    A ring is an outline (n, 2), counterclockwise, and its height; all have equally many corners. Within a section the
    surface is smooth; where one section ends and the next begins it has an edge.
    """
    surfaces = []
    for section in sections:
        rings = [np.column_stack([outline, np.full(len(outline), height)]) for outline, height in section]
        points = np.stack([np.concatenate([ring, ring[:1]]) for ring in rings])
        around = float(np.linalg.norm(np.diff(points[0], axis=0), axis=1).sum())
        surfaces.append(meshes.surface(points, (max(around, 0.1), max(float(np.ptp(points[..., 2])), 0.1))))
    return meshes.merge(*surfaces)


def grained(mesh: Mesh, along: int, number: int = 0) -> Mesh:
    """The mesh with v of its texture along one axis, as sawn from another spot of the tree for every `number`."""
    normals = np.abs(mesh.normals)
    facing = np.argmax(normals, axis=1)
    others = [axis for axis in range(3) if axis != along]
    across = np.where(facing == others[0], others[1], others[0])
    end_grain = facing == along
    rows = np.arange(len(mesh.vertices))
    u = mesh.vertices[rows, across]
    v = np.where(end_grain, mesh.vertices[:, others[1]], mesh.vertices[:, along])
    return replace(mesh, uv=np.stack([u, v], axis=-1) + [0.371 * number, 0.233 * number])
