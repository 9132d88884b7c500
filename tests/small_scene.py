"""A small scene with known sizes and places: a table with boxes and cans on it, in an empty room."""

from __future__ import annotations

import numpy as np

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import (
    Asset,
    BoxPart,
    Color,
    CylinderPart,
    Material,
    SupportSurface,
    VisualPart,
)
from gsi_ray.scenes.scene import Light, Scene, SceneObject, Structure
from gsi_ray.spatial import RigidTransform, rotations

TABLE_SIZE = (1.4, 0.9, 0.7)
ROOM_HALF = 2.0

_COLORS: dict[str, Color] = {"red": (0.8, 0.1, 0.1), "blue": (0.1, 0.2, 0.8), "green": (0.1, 0.6, 0.2)}


def box_asset(
    category: str, size: tuple[float, float, float], color: str, *, symmetry: int = 1, carries: bool = False
) -> Asset:
    """A solid box; with `carries`, things can stand on it."""
    x, y, z = np.array(size) / 2.0
    outline = np.array([[-x, -y], [x, -y], [x, y], [-x, y]])
    return Asset.build(
        category,
        [VisualPart(meshes.box(size), Material("paint", _COLORS.get(color, (0.7, 0.6, 0.5))))],
        [BoxPart(RigidTransform(), np.array(size))],
        mass_kg=0.4,
        color=color,
        yaw_symmetry=symmetry,
        supports=[SupportSurface(outline, z)] if carries else [],
    )


def can_asset(category: str, radius: float, height: float, color: str) -> Asset:
    """An upright cylinder, which looks the same from all sides."""
    return Asset.build(
        category,
        [VisualPart(meshes.cylinder(radius, height), Material("paint", _COLORS[color]))],
        [CylinderPart(RigidTransform(), radius, height)],
        mass_kg=0.3,
        color=color,
        yaw_symmetry=0,
    )


def small_scene(environment: str = "tabletop") -> Scene:
    """The scene: a fixed table; on it a book, a lunch box, a red and a blue toy block, and three cans."""
    table = box_asset("dining table", TABLE_SIZE, "", symmetry=2, carries=True)
    things = [
        ("book_1", box_asset("book", (0.16, 0.22, 0.04), "blue", symmetry=2), (-0.45, 0.2, 0.3)),
        ("lunch_box_1", box_asset("lunch box", (0.18, 0.12, 0.1), "green", symmetry=2), (0.4, -0.2, 0.0)),
        ("block_1", box_asset("toy block", (0.08, 0.08, 0.08), "red"), (-0.1, 0.05, 0.0)),
        ("block_2", box_asset("toy block", (0.08, 0.08, 0.08), "blue"), (0.15, 0.25, 0.0)),
        ("soup_can_1", can_asset("soup can", 0.035, 0.11, "green"), (-0.4, -0.2, 0.0)),
        ("soup_can_2", can_asset("soup can", 0.035, 0.11, "green"), (-0.1, -0.25, 0.0)),
        ("soup_can_3", can_asset("soup can", 0.035, 0.11, "green"), (0.15, -0.2, 0.0)),
    ]
    objects = [
        SceneObject("dining_table_1", table, RigidTransform(translation=np.array([0.0, 0.0, TABLE_SIZE[2] / 2])), False)
    ]
    for object_id, asset, (x, y, yaw) in things:
        position = np.array([x, y, TABLE_SIZE[2] + asset.size[2] / 2.0])
        objects.append(SceneObject(object_id, asset, RigidTransform(rotations.about_z(yaw), position), True))
    room = 2.0 * ROOM_HALF
    ground = BoxPart(RigidTransform(translation=np.array([0.0, 0.0, -0.5])), np.array([room, room, 1.0]))
    floor = VisualPart(meshes.sheet(room, room), Material("lino", (0.75, 0.73, 0.7)))
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * ROOM_HALF
    return Scene(
        scene_id=f"{environment}-test-999999",
        environment=environment,
        kind="dining",
        structure=Structure((floor,), (ground,)),
        objects=tuple(objects),
        lights=(Light(np.array([0.8, -0.8, 2.4]), np.array([-0.3, 0.3, -1.0]), (0.7, 0.7, 0.65)),),
        ambient=(0.35, 0.35, 0.35),
        floor=corners,
        stage="dining_table_1",
    )
