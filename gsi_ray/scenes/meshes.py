"""Shapes as triangle meshes: boxes, lathed, extruded and bent things, with true normals and uv in metres.

Every shape is a few rectangular grids of points, each with its normals; two grids meet in a crease, within one the
surface is smooth. u runs to the right and v upwards as seen from outside, so labels read the right way round; a texture
of the size of a face fits on it exactly. Upright things have the seam of u at their back (+y), and so the middle of a
wrapped label at their front (-y).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from gsi_ray.scenes.assets import Mesh

Array = NDArray[np.float64]

CREASE_ANGLE = np.deg2rad(35.0)
"""Where an outline turns by more than this it is an edge; where by less it is a polygon standing for a curve."""


def box(size: ArrayLike, bevel: float = 0.0) -> Mesh:
    """A box with full extents `size` (3,) around the origin; `bevel` is the radius of its rounded edges.

    On each face, uv starts at its lower left corner as seen from outside.
    """
    half = np.asarray(size, dtype=np.float64) / 2.0
    bevel = min(bevel, 0.98 * float(half.min()))
    grid, signs, right, up = _box_grid(rounded=bevel > 0.0)
    vertices = signs * (half - bevel) + bevel * grid.normals
    uv = np.stack([np.sum(vertices * axis, axis=1) + np.abs(axis) @ half for axis in (right, up)], axis=1)
    return Mesh(vertices, grid.faces, grid.normals, uv)


@lru_cache(maxsize=2)
def _box_grid(*, rounded: bool) -> tuple[Mesh, Array, Array, Array]:
    """What all boxes share: their grid, and per vertex its octant's signs and its side's right and up, each (n, 3)."""
    turn = np.deg2rad([0.0, 45.0]) if rounded else np.zeros(1)
    across = _pairs(*2 * [np.tan(np.concatenate([-turn[::-1], turn]))])
    sign = _pairs(*2 * [np.repeat([-1.0, 1.0], len(turn))])
    grids, signs = [], []
    for right, up in _BOX_SIDES:
        axes, out = np.stack([right, up]), np.cross(right, up)
        normals = _unit(across @ axes + out)
        signs.append((sign @ axes + out).reshape(-1, 3))
        grids.append(_grid(sign @ axes + out + normals, normals, sign))
    right, up = (np.repeat([side[k] for side in _BOX_SIDES], len(signs[0]), axis=0) for k in (0, 1))
    return merge(*grids), np.concatenate(signs), right, up


_X, _Y, _Z = np.eye(3)
_BOX_SIDES = ((_X, _Z), (_Y, _Z), (-_X, _Z), (-_Y, _Z), (_X, _Y), (_X, -_Y))


def lathe(profile: ArrayLike, segments: int = 40) -> Mesh:
    """The surface that `profile` (n, 2) of (radius, z) sweeps when turned about the z axis.

    The profile runs from bottom to top along the outside, and for a hollow vessel back down its inside; it closes the
    surface where it starts and ends on the axis. On upright stretches u runs around (in metres at the widest radius)
    and v along the profile; level stretches (lids, plates) have uv = (x, y).
    """
    points = _without_repeats(np.asarray(profile, dtype=np.float64))
    around = _around(segments)
    girth = 2.0 * np.pi * float(points[:, 0].max()) * np.linspace(0.0, 1.0, segments + 1)
    surfaces: list[Mesh] = []
    for indices, normals in _smooth_runs(points):
        run = points[indices]
        for end in (0, -1):
            if run[end, 0] < 1e-9 and abs(normals[end, 1]) > np.cos(CREASE_ANGLE):
                normals[end] = [0.0, np.sign(normals[end, 1])]
        grid = _swept(run, around)
        steps = np.linalg.norm(np.diff(run, axis=0), axis=1)
        if np.ptp(run[:, 0]) > 2.0 * np.ptp(run[:, 1]):
            uv = grid[..., :2]
        else:
            uv = _pairs(girth, np.concatenate([[0.0], np.cumsum(steps)]))
        surfaces.append(_grid(grid, _swept(normals, around), uv))
    return merge(*surfaces)


def cylinder(radius: float, height: float, segments: int = 32, bevel: float = 0.0) -> Mesh:
    """An upright cylinder around the origin; `bevel` is the radius of its rounded rims."""
    half = height / 2.0
    bevel = min(bevel, radius, half)
    turn = np.deg2rad([0.0, 30.0, 60.0, 90.0]) if bevel > 0.0 else np.zeros(1)
    rim = np.stack([radius - bevel + bevel * np.sin(turn), bevel - half - bevel * np.cos(turn)], axis=-1)
    if bevel <= 0.0:
        rim = np.array([[radius, -half]])
    return lathe(np.concatenate([[[0.0, -half]], rim, rim[::-1] * [1.0, -1.0], [[0.0, half]]]), segments)


def sphere(radii: ArrayLike, segments: int = 28) -> Mesh:
    """An ellipsoid around the origin; `radii` is one number or its half axes (3,)."""
    half_axes = np.broadcast_to(np.asarray(radii, dtype=np.float64), (3,))
    latitude = np.linspace(-0.5 * np.pi, 0.5 * np.pi, segments // 2 + 1)
    unit = _swept(np.stack([np.cos(latitude), np.sin(latitude)], axis=-1), _around(segments))
    unit[[0, -1], :, :2] = 0.0
    uv = _pairs(2.0 * np.pi * half_axes[0] * np.linspace(0.0, 1.0, segments + 1), half_axes[2] * latitude)
    return _grid(unit * half_axes, _unit(unit / half_axes), uv)


def extrude(outline: ArrayLike, height: float, bevel: float = 0.0) -> Mesh:
    """The outline (n, 2), counterclockwise and possibly concave, raised from z = 0 to `height`.

    `bevel` is the radius of the rounded top and bottom edges; it must be smaller than what the outline's inlets leave.
    Sides have u along the outline and v = z; top and bottom have uv = (x, y).
    """
    corners = _without_repeats(np.asarray(outline, dtype=np.float64))
    if np.allclose(corners[0], corners[-1]):
        corners = corners[:-1]
    bevel = min(bevel, height / 2.0)
    turn = np.deg2rad([90.0, 60.0, 30.0, 0.0]) if bevel > 0.0 else np.zeros(1)
    insets = np.concatenate([bevel * (1.0 - np.cos(turn)), bevel * (1.0 - np.cos(turn[::-1]))])
    levels = np.concatenate([bevel * (1.0 - np.sin(turn)), height - bevel * (1.0 - np.sin(turn[::-1]))])
    tilts = np.concatenate([-turn, turn[::-1]])

    miters = _miters(corners)
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    distance = np.concatenate([[0.0], np.cumsum(lengths)])
    surfaces = []
    for indices, normals in _smooth_stretches(corners):
        wrapped = indices % len(corners)
        flat = corners[wrapped][None] - insets[:, None, None] * miters[wrapped][None]
        points = np.concatenate([flat, np.broadcast_to(levels[:, None, None], (*flat.shape[:2], 1))], axis=-1)
        level_normals = np.cos(tilts)[:, None, None] * normals[None]
        rise = np.broadcast_to(np.sin(tilts)[:, None, None], (*flat.shape[:2], 1))
        along = distance[wrapped] + distance[-1] * (indices // len(corners))
        surfaces.append(_grid(points, np.concatenate([level_normals, rise], axis=-1), _pairs(along, levels)))

    rim = corners - insets[0] * miters
    triangles = triangulate(rim)
    for level, up in ((height, 1.0), (0.0, -1.0)):
        points = np.column_stack([rim, np.full(len(rim), level)])
        normals = np.tile([0.0, 0.0, up], (len(rim), 1))
        surfaces.append(Mesh(points, triangles if up > 0.0 else triangles[:, ::-1], normals, rim * [1.0, up]))
    return merge(*surfaces)


def surface(points: Array, size_m: tuple[float, float]) -> Mesh:
    """A smooth surface over a grid of points (rows, columns, 3), columns to the right and rows upwards from outside.

    uv spans `size_m`. Where the first column lies on the last the surface is smooth across them too.
    """
    right, up = np.gradient(points, axis=1), np.gradient(points, axis=0)
    if np.allclose(points[:, 0], points[:, -1]):
        right[:, [0, -1]] = (right[:, [0]] + right[:, [-1]]) / 2.0
    rows, columns = points.shape[:2]
    uv = _pairs(np.linspace(0.0, size_m[0], columns), np.linspace(0.0, size_m[1], rows))
    return _grid(points, _unit(_cross_3d(right, up)), uv)


def tube(path: ArrayLike, radius: float | ArrayLike, segments: int = 12, closed: bool = False) -> Mesh:
    """A round rod along `path` (n, 3), of one `radius` or one per point (n,); `closed` joins its end to its start.

    Its cross-section is carried along without twisting (parallel transport). u runs around, v along.
    """
    points = np.asarray(path, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(points),))
    if closed:
        points, radii = np.concatenate([points, points[:1]]), np.concatenate([radii, radii[:1]])
    steps = np.diff(points, axis=0)
    steps = _unit(steps)
    before = np.concatenate([steps[-1:] if closed else steps[:1], steps])
    after = np.concatenate([steps, steps[:1] if closed else steps[-1:]])
    tangents = _unit(before + after)

    sideways = np.empty_like(tangents)
    sideways[0] = _perpendicular(tangents[0])
    for i in range(1, len(tangents)):
        carried = sideways[i - 1] - (sideways[i - 1] @ tangents[i]) * tangents[i]
        sideways[i] = _unit(carried)
    upward = _cross_3d(tangents, sideways)
    # A closed rod comes home twisted by some angle: spread it evenly, so that the last ring lies on the first.
    twist = np.arctan2(sideways[-1] @ upward[0], sideways[-1] @ sideways[0]) if closed else 0.0
    angles = np.linspace(0.0, 2.0 * np.pi, segments + 1)[None, :] - np.linspace(0.0, twist, len(points))[:, None]

    normals = np.cos(angles)[..., None] * sideways[:, None] + np.sin(angles)[..., None] * upward[:, None]
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    around = np.linspace(0.0, 2.0 * np.pi * float(radii.max()), segments + 1)
    rings = points[:, None] + radii[:, None, None] * normals
    surfaces = [_grid(rings, normals, _pairs(around, length))]
    if not closed:
        surfaces += [_disc(points[0], rings[0, ::-1], -tangents[0]), _disc(points[-1], rings[-1], tangents[-1])]
    return merge(*surfaces)


def sheet(width: float, depth: float) -> Mesh:
    """A rectangle around the origin in the xy plane, facing +z; uv starts at its (-x, -y) corner."""
    uv = _pairs(np.array([0.0, width]), np.array([0.0, depth]))
    points = np.concatenate([uv - [width / 2.0, depth / 2.0], np.zeros((2, 2, 1))], axis=-1)
    return _grid(points, np.broadcast_to(_Z, points.shape), uv)


def merge(*meshes: Mesh) -> Mesh:
    """All of them as one mesh."""
    offsets = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes[:-1]])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=True)]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.uv for mesh in meshes]),
    )


def curve(points: ArrayLike, count: int) -> Array:
    """`count` points (count, d) along a smooth line through `points` (n, d) that never overshoots them.

    Piecewise cubic (Fritsch and Butland 1984) over the chord length.
    """
    knots = np.asarray(points, dtype=np.float64)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    smooth: Array = PchipInterpolator(length, knots)(np.linspace(0.0, length[-1], count))
    return smooth


def arc(center: ArrayLike, radius: float, start: float, end: float, count: int) -> Array:
    """`count` points (count, 2) on a circle round `center` (2,), from angle `start` to `end` in radians."""
    angles = np.linspace(start, end, count)
    points: Array = np.asarray(center) + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return points


def hollow(outside: ArrayLike, wall: float, floor: float) -> Array:
    """The `outside` profile (n, 2) of a vessel, from axis to rim, continued down the inside to its `floor`."""
    outer = np.asarray(outside, dtype=np.float64)
    above = floor + 0.4 * wall
    inner = outer[(outer[:, 1] > above) & (outer[:, 0] > wall)][::-1] - [wall, 0.0]
    rim = arc(outer[-1] - [wall / 2.0, 0.0], wall / 2.0, 0.0, np.pi, 5)[1:-1]
    foot = float(np.interp(above, outer[1:, 1], outer[1:, 0])) - wall
    return np.concatenate([outer, rim, inner, [[foot, above], [foot - 0.4 * wall, floor], [0.0, floor]]])


def rounded_rectangle(width: float, depth: float, radius: float, steps: int = 5) -> Array:
    """Outline (4 * steps, 2), counterclockwise around the origin, with rounded corners."""
    x, y = width / 2.0 - radius, depth / 2.0 - radius
    turns = np.pi / 2.0 * np.arange(4)
    centers = ((x, y), (-x, y), (-x, -y), (x, -y))
    corners = [
        arc(center, radius, turn, turn + np.pi / 2.0, steps) for center, turn in zip(centers, turns, strict=True)
    ]
    return np.concatenate(corners)


def stretched(mesh: Mesh, factors: ArrayLike) -> Mesh:
    """The mesh drawn out by positive `factors` (3,) along x, y and z; uv keeps its old scale."""
    scale = np.asarray(factors, dtype=np.float64)
    return Mesh(mesh.vertices * scale, mesh.faces, _unit(mesh.normals / scale), mesh.uv)


def triangulate(outline: Array) -> NDArray[np.int64]:
    """Triangles (n - 2, 3) of a simple counterclockwise polygon (n, 2): a fan if it is convex, else ear by ear."""
    left = np.arange(len(outline))
    triangles = []
    while len(left) > 3:
        corners = outline[left]
        before, after = np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0)
        bends = _cross(corners - before, after - corners)
        if np.all(bends >= 0.0):
            break
        ear = next(i for i in np.flatnonzero(bends > 0.0) if _is_ear(corners, int(i)))
        triangles.append((left[ear - 1], left[ear], left[(ear + 1) % len(left)]))
        left = np.delete(left, ear)
    triangles += [(left[0], second, third) for second, third in pairwise(left[1:])]
    return np.array(triangles, dtype=np.int64)


def _is_ear(corners: Array, tip: int) -> bool:
    """Whether no other corner lies in the triangle that cutting off corner `tip` would take away."""
    around = np.array([tip - 1, tip, tip + 1]) % len(corners)
    ear, others = corners[around], np.delete(corners, around, axis=0)
    sides = [_cross(end - start, others - start) for start, end in zip(ear, np.roll(ear, -1, axis=0), strict=True)]
    return not np.any(np.min(sides, axis=0) >= 0.0)


def _grid(points: Array, normals: Array, uv: Array) -> Mesh:
    """A mesh over points (rows, columns, 3), columns along u and rows along v; squashed triangles are left out."""
    faces = _grid_faces(*points.shape[:2])
    vertices = points.reshape(-1, 3)
    first, second, third = (vertices[faces[:, k]] for k in range(3))
    area_vectors = _cross_3d(second - first, third - first)
    kept = np.einsum("ij,ij->i", area_vectors, area_vectors) > 1e-24
    return Mesh(vertices, faces[kept], normals.reshape(-1, 3), uv.reshape(-1, 2))


@lru_cache(maxsize=256)
def _grid_faces(rows: int, columns: int) -> NDArray[np.int64]:
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (corner.ravel() for corner in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


@lru_cache(maxsize=64)
def _around(segments: int) -> Array:
    """Directions (segments + 1, 2) once round, from the back (+y) by the left and the front."""
    return arc((0.0, 0.0), 1.0, 0.5 * np.pi, 2.5 * np.pi, segments + 1)


def _pairs(first: Array, second: Array) -> Array:
    """All pairs (n, m, 2) of `first` (m,), along columns, with `second` (n,), along rows."""
    pairs = np.empty((len(second), len(first), 2))
    pairs[..., 0] = first
    pairs[..., 1] = second[:, None]
    return pairs


def _unit(vectors: Array) -> Array:
    """Vectors (..., d) at length 1."""
    lengths: Array = np.sqrt(np.sum(vectors * vectors, axis=-1, keepdims=True))
    return vectors / lengths


def _cross(first: Array, second: Array) -> Array:
    """z component of the cross product of vectors (..., 2)."""
    product: Array = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return product


def _cross_3d(first: Array, second: Array) -> Array:
    """Cross product of vectors (..., 3): as `np.cross`, whose overhead would outweigh the work on small grids."""
    product = np.empty(first.shape)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        product[..., i] = first[..., j] * second[..., k] - first[..., k] * second[..., j]
    return product


def _swept(profile: Array, around: Array) -> Array:
    """Points (n, m, 3): each (radius, z) of `profile` (n, 2) put in all directions `around` (m, 2)."""
    level = profile[:, :1, None] * around[None]
    return np.concatenate([level, np.broadcast_to(profile[:, 1:, None], (*level.shape[:2], 1))], axis=-1)


def _smooth_runs(line: Array) -> Iterator[tuple[NDArray[np.int64], Array]]:
    """The stretches of a polyline (n, 2) between its creases: indices (k,) and right-hand unit normals (k, 2).

    Segments weigh in by length, so that a long flat one next to a small rounding stays flat.
    """
    steps = np.diff(line, axis=0)
    normals = np.stack([steps[:, 1], -steps[:, 0]], axis=1)
    ends = np.concatenate([[0], _creases(steps[:-1], steps[1:]) + 1, [len(line) - 1]])
    for start, end in pairwise(ends):
        within = normals[start:end]
        summed = np.concatenate([within[:1], within[:-1] + within[1:], within[-1:]])
        yield np.arange(start, end + 1), _unit(summed)


def _smooth_stretches(outline: Array) -> Iterator[tuple[NDArray[np.int64], Array]]:
    """As `_smooth_runs`, of a closed outline (n, 2); indices count on beyond n where a stretch passes its start."""
    count = len(outline)
    steps = np.roll(outline, -1, axis=0) - outline
    creases = _creases(np.roll(steps, 1, axis=0), steps)
    start = int(creases[0]) if len(creases) else 0
    order = np.arange(start, start + count + 1)
    for run, normals in _smooth_runs(outline[order % count]):
        if len(creases) == 0:
            normals[[0, -1]] = _unit(normals[0] + normals[-1])
        yield order[run], normals


def _creases(before: Array, after: Array) -> NDArray[np.int64]:
    """Where the direction turns too sharply from steps `before` (n, 2) to steps `after` (n, 2)."""
    turns = np.abs(np.arctan2(_cross(before, after), np.sum(before * after, axis=1)))
    return np.flatnonzero(turns > CREASE_ANGLE)


def _miters(outline: Array) -> Array:
    """Vectors (n, 2) at the corners of an outline: going back by one of them moves both its sides inward by 1."""
    steps = np.roll(outline, -1, axis=0) - outline
    normals = _unit(np.stack([steps[:, 1], -steps[:, 0]], axis=1))
    before = np.roll(normals, 1, axis=0)
    miters: Array = (before + normals) / (1.0 + np.sum(before * normals, axis=1, keepdims=True))
    return miters


def _without_repeats(line: Array) -> Array:
    kept: Array = line[np.concatenate([[True], np.any(np.abs(np.diff(line, axis=0)) > 1e-9, axis=1)])]
    return kept


def _perpendicular(direction: Array) -> Array:
    """Some unit vector at right angles to a unit `direction` (3,)."""
    return _unit(_cross_3d(direction, np.eye(3)[np.argmin(np.abs(direction))]))


def _disc(center: Array, ring: Array, normal: Array) -> Mesh:
    """A flat round end: `ring` (n + 1, 3) runs counterclockwise round `center` as seen along -`normal`."""
    vertices = np.concatenate([center[None], ring])
    spokes = np.arange(1, len(ring))
    faces = np.stack([np.zeros_like(spokes), spokes, spokes + 1], axis=1)
    across = _perpendicular(normal)
    axes = np.stack([across, _cross_3d(normal, across)], axis=1)
    return Mesh(vertices, faces, np.tile(normal, (len(vertices), 1)), (vertices - center) @ axes)
