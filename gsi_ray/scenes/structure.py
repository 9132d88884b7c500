"""The room itself: floor, walls, ceiling, a window or two and a door.

The floor is at z = 0 and centred on the origin. A wall is named by its yaw: the turn about the vertical that makes the
front (-y) of what stands or hangs there face into the room; so the wall of yaw 0 is the one at y = +depth / 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from gsi_ray.scenes import materials, meshes, textures
from gsi_ray.scenes.assets import BoxPart, Color, ConvexPart, Material, Mesh, Texture, VisualPart
from gsi_ray.scenes.scene import Structure
from gsi_ray.scenes.solids import box_part
from gsi_ray.spatial import RigidTransform, rotations

Array = NDArray[np.float64]
RoomStyle = Literal["living", "kitchen", "bathroom", "workshop"]

WALL_YAWS = (0.0, -np.pi / 2.0, np.pi, np.pi / 2.0)
"""The walls, clockwise as seen from above."""

_CELL_M = 0.3  # lights are computed at the corners of triangles: large faces need corners in between
_WALL_M = 0.2
_REVEAL_M = 0.12
_TRIM = Material("painted wood", (0.93, 0.93, 0.92), specular=0.2, shininess=0.4, emission=0.06)


@dataclass(frozen=True)
class Opening:
    """A window or a door, in the wall of this `yaw`.

    Its middle is `along` metres to the right of the wall's middle as one faces it; it is `width` metres wide between
    the heights `bottom` and `top`, frame included.
    """

    kind: Literal["window", "door"]
    yaw: float
    along: float
    width: float
    bottom: float
    top: float


@dataclass(frozen=True, eq=False)
class Shell:
    """A room without its furniture."""

    structure: Structure
    openings: tuple[Opening, ...]


@dataclass(frozen=True, eq=False)
class _Palette:
    """Surfaces that go together: `walls` is the paint, `accent` that of one wall; the `dado` is what covers all walls
    up to its height; a tiled room has no `skirting`."""

    floor: Material
    walls: Color
    accent: Color
    papered: bool
    dado: tuple[Material, float] | None
    skirting: bool


def room_shell(width: float, depth: float, height: float, rng: Generator, style: RoomStyle = "living") -> Shell:
    """A closed room of these inner measures in metres, with a window in one wall and a door in another."""
    palette = _palette(rng, style)
    openings = _openings(rng, width, depth, height, style)
    visuals = [VisualPart(_floor_mesh(width, depth), palette.floor), _ceiling(width, depth, height)]
    accent_wall = int(rng.integers(4))
    view, curtain = int(rng.integers(_VIEWS)), _curtain_material(rng) if style == "living" else None
    for number, yaw in enumerate(WALL_YAWS):
        length, distance = (width, depth / 2.0) if number % 2 == 0 else (depth, width / 2.0)
        here = tuple(opening for opening in openings if opening.yaw == yaw)
        parts = _wall(length, height, here, palette, accent=number == accent_wall)
        for opening in here:
            parts += _door(rng, opening) if opening.kind == "door" else _window(opening, view, style)
            if opening.kind == "window" and curtain is not None:
                parts += _curtains(rng, opening, height, curtain)
        to_room = RigidTransform(rotations.about_z(yaw)) @ RigidTransform(translation=np.array([0.0, distance, 0.0]))
        visuals += [VisualPart(part.mesh.transformed(to_room), part.material) for part in parts]
    return Shell(Structure(_merged(visuals), _solids(width, depth, height)), openings)


def _openings(rng: Generator, width: float, depth: float, height: float, style: RoomStyle) -> tuple[Opening, ...]:
    window_wall = int(rng.integers(4))
    door_wall = (window_wall + int(rng.integers(1, 4))) % 4
    length = width if window_wall % 2 == 0 else depth
    if style == "bathroom":
        size, sill = np.array([rng.uniform(0.6, 0.9), rng.uniform(0.6, 0.8)]), 1.35
    else:
        size, sill = (
            np.array([rng.uniform(1.1, min(1.9, length - 1.4)), rng.uniform(1.15, 1.3)]),
            rng.uniform(0.92, 1.0),
        )
    reach = length / 2.0 - size[0] / 2.0 - 0.45
    along = float(rng.uniform(-0.6, 0.6)) * max(float(reach), 0.0)
    top = min(float(sill + size[1]), height - 0.12)
    window = Opening("window", WALL_YAWS[window_wall], along, float(size[0]), float(sill), top)
    wall = width if door_wall % 2 == 0 else depth
    # Doors stand near a corner: the longer stretch of wall is for furniture.
    door_along = float(rng.choice([-1.0, 1.0])) * (wall / 2.0 - _DOOR_M[0] / 2.0 - rng.uniform(0.12, 0.3))
    door = Opening("door", WALL_YAWS[door_wall], door_along, _DOOR_M[0], 0.0, _DOOR_M[1])
    return window, door


# Surfaces ---------------------------------------------------------------------------------------------------

_WALL_PAINTS: tuple[tuple[Color, Color], ...] = (
    ((0.91, 0.90, 0.87), (0.91, 0.90, 0.87)),
    ((0.90, 0.90, 0.90), (0.62, 0.67, 0.70)),
    ((0.92, 0.89, 0.84), (0.66, 0.70, 0.61)),
    ((0.86, 0.84, 0.80), (0.86, 0.84, 0.80)),
    ((0.91, 0.89, 0.86), (0.78, 0.64, 0.56)),
    ((0.80, 0.83, 0.81), (0.80, 0.83, 0.81)),
    ((0.82, 0.85, 0.88), (0.82, 0.85, 0.88)),
    ((0.92, 0.88, 0.80), (0.92, 0.88, 0.80)),
    ((0.90, 0.90, 0.89), (0.33, 0.41, 0.46)),
    ((0.89, 0.84, 0.80), (0.89, 0.84, 0.80)),
)
"""Paint for the walls, and for one of them that may differ."""

_TILE_GLAZES: tuple[tuple[Color, Color], ...] = (
    ((0.93, 0.93, 0.92), (0.78, 0.78, 0.77)),
    ((0.90, 0.91, 0.91), (0.66, 0.67, 0.68)),
    ((0.80, 0.84, 0.84), (0.92, 0.92, 0.91)),
    ((0.72, 0.79, 0.77), (0.90, 0.90, 0.88)),
    ((0.86, 0.81, 0.74), (0.93, 0.91, 0.87)),
    ((0.66, 0.74, 0.80), (0.92, 0.93, 0.93)),
)


def _palette(rng: Generator, style: RoomStyle) -> _Palette:
    floor = _floor_material(rng, style)
    walls, accent = _WALL_PAINTS[int(rng.integers(len(_WALL_PAINTS)))]
    if style == "bathroom":
        return _Palette(floor, walls, walls, False, _tiled_dado(rng, rng.choice([1.2, 2.1])), False)
    draw = rng.random()
    if style == "kitchen" and draw < 0.3:
        return _Palette(floor, walls, walls, False, _tiled_dado(rng, 1.5), True)
    if style == "living" and draw < 0.15:
        return _Palette(floor, accent, accent, False, (_TRIM, 0.95), True)
    return _Palette(floor, walls, accent, style == "living" and draw > 0.85, None, True)


def _tiled_dado(rng: Generator, height: float) -> tuple[Material, float]:
    """Glazed tiles, and the height of as many whole rows of them as come near the one asked for."""
    glaze, grout = _TILE_GLAZES[int(rng.integers(len(_TILE_GLAZES)))]
    sizes = ((0.15, 0.15, False), (0.3, 0.6, False), (0.2, 0.1, True), (0.3, 0.3, False))
    wide, tall, staggered = sizes[int(rng.integers(len(sizes)))]
    texture = textures.tiles(wide, tall, glaze, grout, staggered)
    tiles = Material("ceramic", texture=texture, specular=0.4, shininess=0.7, emission=0.06)
    return tiles, round(height / tall) * tall


def _floor_material(rng: Generator, style: RoomStyle) -> Material:
    variant = int(rng.integers(textures.VARIANTS))
    tiled = {"living": 0.0, "kitchen": 0.5, "bathroom": 1.0, "workshop": 0.0}[style]
    if style == "workshop":
        return Material("concrete", (0.66, 0.65, 0.63), textures.granite(variant), specular=0.08, shininess=0.2)
    if rng.random() < tiled:
        return _floor_tiles(rng, variant)
    if style == "living" and rng.random() < 0.15:
        carpet = ((0.74, 0.71, 0.66), (0.63, 0.63, 0.63), (0.60, 0.62, 0.66))[int(rng.integers(3))]
        return materials.plush(carpet, rng)
    species = ("oak", "oak", "birch", "pine", "walnut")[int(rng.integers(5))]
    return Material("wood", (0.9, 0.9, 0.9), textures.planks(species, variant), specular=0.22, shininess=0.4)


def _floor_tiles(rng: Generator, variant: int) -> Material:
    if rng.random() < 0.2:
        base = ((0.70, 0.68, 0.65), (0.58, 0.58, 0.58), (0.66, 0.60, 0.54))[int(rng.integers(3))]
        texture = textures.terrazzo(base, variant)
    else:
        glazes = ((0.72, 0.71, 0.69), (0.55, 0.56, 0.57), (0.80, 0.77, 0.72), (0.42, 0.43, 0.44), (0.68, 0.60, 0.52))
        glaze = glazes[int(rng.integers(len(glazes)))]
        side = (0.3, 0.45, 0.6)[int(rng.integers(3))]
        texture = textures.tiles(side, side, glaze, materials.shaded(glaze, 0.78))
    return Material("tiles", texture=texture, specular=0.3, shininess=0.6)


def _painted(paint: Color, length: float, height: float, *, papered: bool = False, emission: float = 0.06) -> Material:
    """Paint, or striped paper, on a whole wall, a little darker towards the corners, where less light arrives.

    Its `emission` stands for the light that the room's other surfaces throw back.
    """
    columns = np.linspace(0.0, length, round(length * (100 if papered else 24)))
    rows = np.linspace(0.0, height, round(height * 24))
    from_sides, from_ends = np.minimum(columns, length - columns), np.minimum(rows, height - rows)
    dim = 1.0 - 0.10 * np.exp(-from_sides / 0.22)[None, :] - 0.08 * np.exp(-from_ends / 0.18)[:, None]
    if papered:
        dim = dim * np.where((columns // 0.07) % 2 == 0, 1.0, 0.94)
    pixels = np.round(255.0 * dim[..., None] * np.asarray(paint)).astype(np.uint8)
    return Material("paint", texture=Texture(pixels, (length, height)), specular=0.03, shininess=0.1, emission=emission)


def _ceiling(width: float, depth: float, height: float) -> VisualPart:
    grid = _panel(_ticks(width), _ticks(depth))
    down = RigidTransform(np.diag([1.0, -1.0, -1.0]), np.array([-width / 2.0, depth / 2.0, height]))
    return VisualPart(grid.transformed(down), _painted((0.95, 0.95, 0.94), width, depth, emission=0.3))


def _floor_mesh(width: float, depth: float) -> Mesh:
    corner = np.array([-width / 2.0, -depth / 2.0, 0.0])
    return _panel(_ticks(width), _ticks(depth)).transformed(RigidTransform(translation=corner))


def _panel(across: Array, along: Array, openings: tuple[Opening, ...] = ()) -> Mesh:
    """A grid in the xy plane, facing +z, with corners at all x of `across` and y of `along`, and holes in it.

    The holes are openings whose `along`, here, is counted from x = 0.
    """
    x, y = np.meshgrid(across, along)
    points = np.stack([x, y, np.zeros_like(x)], axis=-1).reshape(-1, 3)
    index = np.arange(len(points)).reshape(x.shape)
    corners = [corner.ravel() for corner in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1])]
    middles = (points[corners[0]] + points[corners[2]]) / 2.0
    kept = np.ones(len(middles), dtype=np.bool_)
    for hole in openings:
        within_width = np.abs(middles[:, 0] - hole.along) < hole.width / 2.0
        kept &= ~(within_width & (middles[:, 1] > hole.bottom) & (middles[:, 1] < hole.top))
    a, b, c, d = (corner[kept] for corner in corners)
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    return Mesh(points, faces, np.tile([0.0, 0.0, 1.0], (len(points), 1)), points[:, :2].copy())


def _ticks(length: float, *extra: float) -> Array:
    """Places from 0 to `length`, no farther apart than a cell, with the `extra` ones among them."""
    even = np.linspace(0.0, length, int(np.ceil(length / _CELL_M)) + 1)
    return np.unique(np.concatenate([even, extra]).round(6))


def _wall(
    length: float, height: float, openings: tuple[Opening, ...], palette: _Palette, *, accent: bool
) -> list[VisualPart]:
    """A wall in the plane y = 0 facing -y, its middle at x = 0, with its mouldings."""
    windows = tuple(replace(one, along=one.along + length / 2.0) for one in openings if one.kind == "window")
    edges = [one.along + side * one.width / 2.0 for one in windows for side in (-1.0, 1.0)]
    levels = [level for one in windows for level in (one.bottom, one.top)]
    upright = RigidTransform(rotations.about_axis([1.0, 0.0, 0.0], np.pi / 2.0), np.array([-length / 2.0, 0.0, 0.0]))
    across, parts, lowest = _ticks(length, *edges), [], 0.0
    if palette.dado is not None:
        material, lowest = palette.dado
        up = _ticks(height, *levels, lowest)
        below = _panel(across, up[up <= lowest + 1e-6], windows)
        parts += [VisualPart(below.transformed(upright), material), _moulding(length, openings, lowest, 0.02)]
    up = _ticks(height, *levels, lowest)
    paint = palette.accent if accent else palette.walls
    above = _panel(across, up[up >= lowest - 1e-6], windows)
    parts.append(
        VisualPart(above.transformed(upright), _painted(paint, length, height, papered=accent and palette.papered))
    )
    if palette.skirting:
        parts.append(_moulding(length, openings, 0.04, 0.08))
    return parts


def _moulding(length: float, openings: tuple[Opening, ...], level: float, height: float) -> VisualPart:
    """A thin board along the wall round a `level`, left out at windows and doors."""
    stretches, start = [], -length / 2.0
    for gap in sorted((one for one in openings if one.bottom < level < one.top), key=lambda one: one.along):
        stretches.append((start, gap.along - gap.width / 2.0))
        start = gap.along + gap.width / 2.0
    stretches.append((start, length / 2.0))
    boards = [_board([high - low, 0.012, height], [(low + high) / 2.0, -0.006, level]) for low, high in stretches]
    return VisualPart(meshes.merge(*boards), _TRIM)


def _board(size: ArrayLike, center: ArrayLike) -> Mesh:
    return meshes.box(size).transformed(RigidTransform(translation=np.asarray(center, dtype=np.float64)))


def _merged(parts: list[VisualPart]) -> tuple[VisualPart, ...]:
    """One part for each material."""
    by_material: dict[Material, list[Mesh]] = {}
    for part in parts:
        by_material.setdefault(part.material, []).append(part.mesh)
    return tuple(VisualPart(meshes.merge(*group), material) for material, group in by_material.items())


def _solids(width: float, depth: float, height: float) -> tuple[ConvexPart, ...]:
    thick = 2.0 * _WALL_M
    outer = [width + thick, depth + thick]
    parts: list[BoxPart] = [box_part([*outer, 0.5], [0.0, 0.0, -0.25])]
    for side in (-1.0, 1.0):
        parts.append(box_part([_WALL_M, outer[1], height], [side * (width + _WALL_M) / 2.0, 0.0, height / 2.0]))
        parts.append(box_part([width, _WALL_M, height], [0.0, side * (depth + _WALL_M) / 2.0, height / 2.0]))
    return tuple(parts)


# Windows and doors, in the frame of a wall in the plane y = 0 facing -y -------------------------------------

_DOOR_M = (0.98, 2.1)
_VIEWS = 6


def _window(window: Opening, view: int, style: RoomStyle) -> list[VisualPart]:
    """What shows in the hole of a window: reveal, frame, panes, and the world outside."""
    width, height = window.width, window.top - window.bottom
    middle = np.array([window.along, 0.0, (window.bottom + window.top) / 2.0])
    frame, bar, pane_y = 0.055, 0.05, _REVEAL_M - 0.03
    boards = [
        *(_board([frame, bar, height], [side * (width - frame) / 2.0, pane_y, 0.0]) for side in (-1.0, 1.0)),
        *(_board([width, bar, frame], [0.0, pane_y, side * (height - frame) / 2.0]) for side in (-1.0, 1.0)),
        _board([width + 0.08, _REVEAL_M + 0.035, 0.025], [0.0, _REVEAL_M / 2.0 - 0.0175, -height / 2.0 + 0.0125]),
        *(_reveal(width, height)),
    ]
    if width > 0.95:
        boards.append(_board([0.7 * frame, 0.7 * bar, height], [0.0, pane_y, 0.0]))
    upright = rotations.about_axis([1.0, 0.0, 0.0], np.pi / 2.0)
    outside = meshes.sheet(width, height).transformed(RigidTransform(upright, np.array([0.0, _REVEAL_M, 0.0])))
    pixels = _frosted() if style == "bathroom" else _outdoors(view)
    picture = Material("outdoors", texture=Texture(pixels, (width, height)), specular=0.0, shininess=0.0, emission=0.9)
    place = RigidTransform(translation=middle)
    return [
        VisualPart(meshes.merge(*boards).transformed(place), _TRIM),
        VisualPart(outside.transformed(place), picture),
    ]


def _reveal(width: float, height: float) -> list[Mesh]:
    """The sides of a hole through the wall, as thin boards that its edges hide."""
    thin, middle = 0.002, _REVEAL_M / 2.0
    return [
        *(_board([thin, _REVEAL_M, height], [side * (width - thin) / 2.0, middle, 0.0]) for side in (-1.0, 1.0)),
        *(_board([width, _REVEAL_M, thin], [0.0, middle, side * (height - thin) / 2.0]) for side in (-1.0, 1.0)),
    ]


def _door(rng: Generator, door: Opening) -> list[VisualPart]:
    """A closed door in its frame, with panels or plain, in white or of wood."""
    width, height, frame = door.width, door.top, 0.075
    leaf = _TRIM if rng.random() < 0.65 else materials.wood(rng, materials.pick(rng, ("oak", "birch", "walnut")))
    x = door.along
    casing = [
        *(
            _board([frame, 0.03, height], [x + side * (width - frame) / 2.0, -0.015, height / 2.0])
            for side in (-1.0, 1.0)
        ),
        _board([width - 2.0 * frame, 0.03, frame], [x, -0.015, height - frame / 2.0]),
    ]
    inner, tall = width - 2.0 * frame, height - frame
    panels = [_board([inner, 0.012, tall], [x, -0.006, tall / 2.0])]
    if rng.random() < 0.6:
        for low, high in ((0.14, 0.44), (0.48, 0.94)):
            size = [inner - 0.26, 0.008, (high - low) * tall]
            panels.append(_board(size, [x, -0.014, (low + high) / 2.0 * tall]))
    side = float(rng.choice([-1.0, 1.0]))
    latch = x + side * (inner / 2.0 - 0.06)
    grip = [
        meshes.cylinder(0.025, 0.01, 20).transformed(
            RigidTransform(rotations.about_axis([1.0, 0.0, 0.0], np.pi / 2.0), np.array([latch, -0.017, 1.02]))
        ),
        meshes.tube([[latch, -0.012, 1.02], [latch, -0.06, 1.02], [latch - side * 0.11, -0.06, 1.02]], 0.009, 10),
    ]
    return [
        VisualPart(meshes.merge(*casing), _TRIM),
        VisualPart(meshes.merge(*panels), leaf),
        VisualPart(meshes.merge(*grip), materials.metal("steel")),
    ]


def _curtain_material(rng: Generator) -> Material | None:
    """Cloth for the curtains, or None for a window without."""
    cloths: tuple[Color, ...] = (
        (0.93, 0.92, 0.89),
        (0.80, 0.76, 0.69),
        (0.62, 0.64, 0.66),
        (0.58, 0.65, 0.60),
        (0.54, 0.60, 0.68),
        (0.80, 0.66, 0.58),
    )
    cloth = cloths[int(rng.integers(len(cloths)))]
    return materials.fabric(cloth, rng) if rng.random() < 0.65 else None


def _curtains(rng: Generator, window: Opening, height: float, cloth: Material) -> list[VisualPart]:
    """Two curtains drawn aside, hanging in folds from a rod above the window."""
    rod_z, spread = min(window.top + 0.1, height - 0.04), 0.22
    bottom = window.bottom - 0.12
    panels = []
    for side in (-1.0, 1.0):
        middle = window.along + side * (window.width / 2.0 + 0.02)
        panels.append(
            _folded_cloth(rng, spread, bottom, rod_z).transformed(
                RigidTransform(translation=np.array([middle, -0.085, 0.0]))
            )
        )
    reach = window.width / 2.0 + spread + 0.06
    rod = meshes.tube([[window.along - reach, -0.085, rod_z], [window.along + reach, -0.085, rod_z]], 0.01, 10)
    return [VisualPart(meshes.merge(*panels), cloth), VisualPart(rod, materials.metal("dark steel"))]


def _folded_cloth(rng: Generator, half_width: float, bottom: float, top: float) -> Mesh:
    """A hanging cloth in even folds, seen from both sides, round x = 0 and y = 0."""
    folds, points = 5, 41
    phase = rng.uniform(0.0, 2.0 * np.pi)
    x = np.linspace(-half_width, half_width, points)
    wave = 2.0 * np.pi * folds * (x / (2.0 * half_width)) + phase
    y = 0.028 * np.sin(wave)
    slope = 0.028 * np.cos(wave) * np.pi * folds / half_width
    normals = np.stack([slope, -np.ones(points), np.zeros(points)], axis=-1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    levels = np.linspace(bottom, top, 5)
    vertices = np.concatenate([np.stack([x, y, np.full(points, level)], axis=-1) for level in levels])
    uv = np.concatenate([np.stack([length, np.full(points, level)], axis=-1) for level in levels])
    index = np.arange(len(vertices)).reshape(len(levels), points)
    a, b, c, d = (corner.ravel() for corner in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    front = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    all_normals = np.tile(normals, (len(levels), 1))
    return meshes.merge(Mesh(vertices, front, all_normals, uv), Mesh(vertices, front[:, ::-1], -all_normals, uv))


# The world outside ------------------------------------------------------------------------------------------


@lru_cache(maxsize=_VIEWS)
def _outdoors(view: int) -> NDArray[np.uint8]:
    """Sky over hills and trees, out of focus: pixels (224, 288, 3)."""
    rng = np.random.default_rng([31, view])
    rows, columns = 224, 288
    up = np.linspace(1.0, 0.0, rows)[:, None, None]
    zenith, haze = np.array([0.62, 0.77, 0.93]), np.array([0.93, 0.95, 0.96])
    picture = np.broadcast_to(haze + (zenith - haze) * np.clip(1.4 * up - 0.45, 0.0, 1.0), (rows, columns, 3)).copy()
    clouds = gaussian_filter(rng.standard_normal((rows, columns)), (9.0, 30.0))
    cover = np.clip(clouds / clouds.std() - 0.3, 0.0, 1.0)[..., None] * np.clip(3.0 * up - 1.2, 0.0, 1.0)
    picture += (0.98 - picture) * 0.7 * cover
    greens = np.array([[0.62, 0.72, 0.68], [0.47, 0.60, 0.45], [0.36, 0.50, 0.31]])
    row_heights = 1.0 - (np.arange(rows) + 0.5) / rows
    for distance, green in enumerate(greens):
        rough = gaussian_filter1d(rng.standard_normal(columns), 34.0 / (1.0 + distance), mode="wrap")
        skyline = 0.46 - 0.1 * distance + 0.05 * (1.0 + 0.6 * distance) * rough / rough.std()
        ground = row_heights[:, None] < skyline[None, :]
        leaves = gaussian_filter(rng.standard_normal((rows, columns)), 2.5 + distance)
        tone = green * (1.0 + 0.07 * (leaves / leaves.std())[..., None])
        picture = np.where(ground[..., None], tone, picture)
    # A camera that exposes for the room overexposes, and blurs, what lies outside.
    soft = 0.58 * gaussian_filter(picture, (4.0, 4.0, 0.0)) + 0.42
    return np.round(255.0 * np.clip(soft, 0.0, 1.0)).astype(np.uint8)


@lru_cache(maxsize=1)
def _frosted() -> NDArray[np.uint8]:
    """Daylight through frosted glass: pixels (96, 96, 3)."""
    rows = np.linspace(1.0, 0.9, 96)[:, None, None]
    mottle = gaussian_filter(np.random.default_rng(32).standard_normal((96, 96)), 1.2)
    light = rows * np.array([0.94, 0.97, 0.98]) * (1.0 + 0.02 * mottle / mottle.std())[..., None]
    return np.round(255.0 * np.clip(light, 0.0, 1.0)).astype(np.uint8)
