"""Sofas, beds, chairs and stools."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes import materials, meshes
from gsi_ray.scenes.assets import Asset, Material, Mesh
from gsi_ray.scenes.catalog.assembly import Assembly
from gsi_ray.scenes.catalog.finishes import Finish, body_finish, frame_finish, upholstery_finish, wood_finish
from gsi_ray.scenes.solids import cylinder_part
from gsi_ray.spatial import rotations

Array = NDArray[np.float64]

_SOFT = 0.045  # how far cushions are rounded


def sofa(rng: Generator, width: float | None = None) -> Asset:
    """An upholstered seat for two or three, with arms and back cushions."""
    width = width or rng.uniform(1.6, 2.15)
    cloth = upholstery_finish(rng)
    return _upholstered(rng, "sofa", width, 3 if width > 1.95 else 2, cloth, 45.0 * width / 2.0)


def armchair(rng: Generator) -> Asset:
    """An upholstered seat for one, with arms."""
    cloth = upholstery_finish(rng, ("gray", "beige", "blue", "green", "orange", "yellow", "pink", "brown"))
    return _upholstered(rng, "armchair", rng.uniform(0.78, 0.92), 1, cloth, 22.0)


def _upholstered(rng: Generator, category: str, width: float, seats: int, cloth: Finish, mass_kg: float) -> Asset:
    seat, depth = Assembly(), rng.uniform(0.84, 0.94)
    arm, arm_height = rng.uniform(0.12, 0.2), rng.uniform(0.56, 0.64)
    seat_height, back_height, back = rng.uniform(0.4, 0.45), rng.uniform(0.76, 0.86), 0.2
    foot, cushion = rng.uniform(0.08, 0.14), 0.15
    feet = frame_finish(rng).material
    for x in (0.07 - width / 2.0, width / 2.0 - 0.07):
        for y in (0.07 - depth / 2.0, depth / 2.0 - 0.07):
            seat.leg([x, y], foot, (0.014, 0.022), feet)
    inner = width - 2.0 * arm
    base = seat_height - cushion - foot
    seat.board([inner, depth - 0.04, base], [0.0, 0.0, foot + base / 2.0], cloth.material, bevel=0.01)
    for side in (-1.0, 1.0):
        middle = [side * (width - arm) / 2.0, 0.0, (foot + arm_height) / 2.0]
        seat.board([arm, depth, arm_height - foot], middle, cloth.material, bevel=min(0.05, 0.3 * arm))
    upright = [inner, back, back_height - foot]
    seat.board(upright, [0.0, (depth - back) / 2.0, (foot + back_height) / 2.0], cloth.material, bevel=0.05)

    each, reach = inner / seats, depth - back
    lean = rotations.about_axis([1.0, 0.0, 0.0], np.deg2rad(-9.0))
    for number in range(seats):
        x = (number + 0.5) * each - inner / 2.0
        seat.board(
            [each - 0.006, reach, cushion],
            [x, -back / 2.0, seat_height - cushion / 2.0],
            cloth.material,
            bevel=_SOFT,
            solid=False,
        )
        tall = back_height - seat_height + 0.04
        place = [x, depth / 2.0 - back - 0.075, seat_height + tall / 2.0 - 0.02]
        seat.show(pillow([each - 0.01, 0.2, tall], square=0.4), cloth.material, place, lean)
    seat.block([inner, reach, cushion], [0.0, -back / 2.0, seat_height - cushion / 2.0])
    seat.block(
        [inner, 0.15, back_height - seat_height - 0.05],
        [0.0, depth / 2.0 - back - 0.075, (seat_height + back_height) / 2.0],
    )
    free = reach - 0.16 - _SOFT
    seat.surface(inner - 2.0 * _SOFT, free, (0.0, _SOFT - depth / 2.0 + free / 2.0), seat_height)
    return seat.asset(category, mass_kg, color=cloth.color, material=cloth.kind)


def bed(rng: Generator, width: float | None = None) -> Asset:
    """A bed for one or two (`width` of the mattress in metres), made up with pillows and a blanket.

    Its front, where one stands at its foot, faces -y; its head is at the wall.
    """
    width = width or float(rng.choice([0.9, 1.4, 1.6]))
    length, top = 2.0, rng.uniform(0.48, 0.56)
    frame, (blanket_color, shade) = (
        body_finish(rng),
        materials.named_color(rng, ("gray", "blue", "green", "beige", "white", "pink")),
    )
    linen, blanket = materials.fabric((0.94, 0.93, 0.91), rng), materials.fabric(shade, rng)
    piece, board, mattress, cover = Assembly(), 0.04, 0.2, 0.03
    low = top - cover - mattress
    _bed_frame(rng, piece, (width + 2.0 * board, length + 2.0 * board), low, frame)
    piece.board([width, length, mattress], [0.0, 0.0, low + mattress / 2.0], linen, bevel=0.04)
    # The blanket hangs over the sides and leaves the pillows free.
    free = 0.52
    reach = length - free + 0.015
    y = -free / 2.0 - 0.0075
    piece.board([width + 0.05, reach, cover], [0.0, y, top - cover / 2.0], blanket, bevel=0.015)
    for side in (-1.0, 1.0):
        hem = [0.03, reach, 0.14]
        piece.board(hem, [side * (width + 0.02) / 2.0, y, top - 0.01 - hem[2] / 2.0], blanket, bevel=0.014, solid=False)
    piece.board([width + 0.05, 0.03, 0.14], [0.0, -length / 2.0, top - 0.08], blanket, bevel=0.014, solid=False)
    fold = [width + 0.056, 0.22, 0.02]
    piece.board(fold, [0.0, length / 2.0 - free - 0.1, top + 0.006], linen, bevel=0.01, solid=False)
    piece.block(fold, [0.0, length / 2.0 - free - 0.1, top + 0.006])
    _pillows(piece, width, length / 2.0 - 0.24, top - cover, linen, blanket)
    inset = 0.04
    span = length - free - 0.22 - inset
    piece.surface(width - 2.0 * inset, span, (0.0, -length / 2.0 + inset + span / 2.0), top)
    return piece.asset("bed", 60.0, color=blanket_color, material="fabric")


def _bed_frame(rng: Generator, bed: Assembly, size: tuple[float, float], low: float, frame: Finish) -> None:
    width, length = size
    rail, head = 0.04, rng.uniform(0.85, 1.1)
    for x in (0.05 - width / 2.0, width / 2.0 - 0.05):
        for y in (0.05 - length / 2.0, length / 2.0 - 0.05):
            bed.board([0.06, 0.06, low], [x, y, low / 2.0], frame.material)
    tall = 0.16
    z = low + 0.04 - tall / 2.0
    for side in (-1.0, 1.0):
        bed.board([rail, length, tall], [side * (width - rail) / 2.0, 0.0, z], frame.material)
    bed.board([width - 2.0 * rail, rail, tall], [0.0, (rail - length) / 2.0, z], frame.material)
    bed.board([width - 2.0 * rail, length - 2.0 * rail, 0.03], [0.0, 0.0, low - 0.015], frame.material)
    middle = (head + z - tall / 2.0) / 2.0
    if rng.random() < 0.4:
        cloth = upholstery_finish(rng, ("gray", "beige", "blue", "green")).material
        bed.board([width, 0.08, head - z + tall / 2.0], [0.0, length / 2.0, middle], cloth, bevel=0.03)
    else:
        bed.board(
            [width, rail, head - z + tall / 2.0], [0.0, (length - rail) / 2.0, middle], frame.material, bevel=0.006
        )


def _pillows(bed: Assembly, width: float, y: float, z: float, linen: Material, accent: Material) -> None:
    count = 2 if width > 1.2 else 1
    spot = width / count
    for number in range(count):
        x = (number + 0.5) * spot - width / 2.0
        size = [min(0.68, spot - 0.06), 0.44, 0.19]
        bed.show(pillow(size), linen, [x, y, z + 0.075])
        bed.block([size[0] - 0.1, size[1] - 0.1, 0.12], [x, y, z + 0.06])


def pillow(size: ArrayLike, square: float = 0.5, segments: int = 28) -> Mesh:
    """A stuffed cushion round the origin, of full extents `size` (3,).

    A superellipsoid (Barr, "Superquadrics and angle-preserving transformations", 1981), thin at its two longest sides'
    rims; `square` runs from 0, a brick's outline, to 1, an ellipse's.
    """
    half = np.asarray(size, dtype=np.float64) / 2.0
    thin = int(np.argmin(half))
    turn = np.roll(np.eye(3), 2 - thin, axis=0).T  # takes z to the thinnest axis
    ball = meshes.sphere(1.0, segments)
    longitude, latitude = (
        np.arctan2(ball.vertices[:, 1], ball.vertices[:, 0]),
        np.arcsin(np.clip(ball.vertices[:, 2], -1, 1)),
    )

    def rounded(east: float, north: float) -> Array:
        level = _power(np.cos(latitude), north)
        return np.stack(
            [
                level * _power(np.cos(longitude), east),
                level * _power(np.sin(longitude), east),
                _power(np.sin(latitude), north),
            ],
            axis=-1,
        )

    extents = half @ turn
    points, normals = rounded(square, 0.75) * extents, rounded(2.0 - square, 1.25) / extents
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(points @ turn.T, ball.faces, normals @ turn.T, points[:, :2])


def _power(base: Array, exponent: float) -> Array:
    raised: Array = np.sign(base) * np.abs(base) ** exponent
    return raised


def dining_chair(rng: Generator) -> Asset:
    """A chair without arms: of wood with slats or rungs, upholstered, or a moulded shell on legs."""
    style = materials.pick(rng, ("slats", "rungs", "upholstered", "shell"))
    width, depth = rng.uniform(0.42, 0.46), rng.uniform(0.42, 0.46)
    seat_height, back_height = rng.uniform(0.44, 0.47), rng.uniform(0.82, 0.92)
    frame = wood_finish(rng) if style in ("slats", "upholstered") or rng.random() < 0.6 else frame_finish(rng)
    chair = Assembly()
    if style == "shell":
        return _shell_chair(rng, chair, (width, depth, seat_height, 0.82), frame)
    _four_legs(chair, (width, depth), seat_height - 0.02, frame.material)
    cloth = upholstery_finish(rng)
    if style == "upholstered":
        chair.board([width, depth, 0.07], [0.0, 0.0, seat_height - 0.035], cloth.material, bevel=0.022)
        _back(chair, (width, depth, seat_height, back_height), cloth.material, 0.05, 0.02)
        inset = 0.022
    else:
        chair.board([width, depth, 0.025], [0.0, 0.0, seat_height - 0.0125], frame.material, bevel=0.008)
        _open_back(chair, (width, depth, seat_height, back_height), frame.material, upright=style == "slats")
        inset = 0.008
    front = -depth / 2.0 + inset
    chair.surface(width - 2.0 * inset, depth - inset - 0.06, (0.0, front + (depth - inset - 0.06) / 2.0), seat_height)
    look = cloth if style == "upholstered" else frame
    return chair.asset("dining chair", 5.0, color=look.color, material=look.kind)


def _four_legs(chair: Assembly, size: tuple[float, float], height: float, material: Material) -> None:
    width, depth = size
    for x in (0.03 - width / 2.0, width / 2.0 - 0.03):
        for y in (0.03 - depth / 2.0, depth / 2.0 - 0.03):
            chair.leg([x, y], height, (0.012, 0.018), material, [-0.1 * x, -0.1 * y])


def _back(
    chair: Assembly, size: tuple[float, float, float, float], material: Material, thick: float, gap: float
) -> None:
    """A padded back on two posts, leaning a little."""
    width, depth, seat_height, top = size
    low = seat_height + gap
    tilt = rotations.about_axis([1.0, 0.0, 0.0], np.deg2rad(-7.0))
    center = [0.0, (depth - thick) / 2.0 + 0.02, (low + top) / 2.0]
    chair.board([width, thick, top - low], center, material, bevel=0.02, rotation=tilt)


def _open_back(chair: Assembly, size: tuple[float, float, float, float], material: Material, *, upright: bool) -> None:
    """Two posts with a top rail, and upright slats or level rungs between them."""
    width, depth, seat_height, top = size
    lean, y = 0.05, depth / 2.0 - 0.02

    def at(x: float, height: float) -> list[float]:
        return [x, y + lean * (height - seat_height) / (top - seat_height), height]

    half = width / 2.0 - 0.02
    for side in (-half, half):
        chair.rod([at(side, seat_height - 0.02), at(side, top)], 0.015, material)
    chair.board([width + 0.01, 0.02, 0.07], at(0.0, top - 0.035), material, bevel=0.006, solid=False)
    if upright:
        for x in np.linspace(-half, half, 6)[1:-1]:
            chair.rod([at(float(x), seat_height - 0.005), at(float(x), top - 0.05)], 0.007, material, segments=8)
    else:
        for share in (0.35, 0.62):
            height = seat_height + share * (top - seat_height)
            chair.board([2.0 * half, 0.014, 0.05], at(0.0, height), material, solid=False)
    tall = top - seat_height
    tilt = rotations.about_axis([1.0, 0.0, 0.0], -float(np.arctan2(lean, tall)))
    chair.block([width, 0.025, tall - 0.01], at(0.0, seat_height + tall / 2.0), tilt)


def _shell_chair(rng: Generator, chair: Assembly, size: tuple[float, float, float, float], frame: Finish) -> Asset:
    """A moulded plastic seat and back in one sweep, on slanting legs."""
    width, depth, seat_height, top = size
    name, color = materials.named_color(rng, ("white", "white", "gray", "black", "blue", "yellow", "red", "green"))
    plastic = materials.plastic(color)
    # A profile in the yz plane: front lip, level seat, the bend, and the back.
    half, thick = depth / 2.0, 0.012
    bend = np.deg2rad(np.linspace(0.0, 80.0, 7))
    radius = 0.09
    arc = np.stack([half - 0.09 + radius * np.sin(bend), seat_height + radius * (1.0 - np.cos(bend))], axis=-1)
    upward = np.array([np.cos(bend[-1]), np.sin(bend[-1])])
    profile = np.concatenate(
        [
            [[-half, seat_height - 0.02], [-half + 0.015, seat_height - 0.005], [-half + 0.04, seat_height]],
            arc,
            [arc[-1] + upward * (top - arc[-1, 1]) / upward[1]],
        ]
    )
    chair.show(_bent_sheet(profile, width, thick), plastic)
    under = seat_height - thick
    _four_legs(chair, (width - 0.04, depth - 0.04), under, frame.material)
    level = depth - 0.04 - 0.09
    chair.block([width, level, thick], [0.0, -half + 0.04 + level / 2.0, seat_height - thick / 2.0])
    tilt = rotations.about_axis([1.0, 0.0, 0.0], -float(np.arctan2(upward[0], upward[1])))
    middle = (profile[-1] + arc[-1]) / 2.0
    chair.block([width, 0.02, top - arc[-1, 1]], [0.0, *middle], tilt)
    chair.surface(width, level, (0.0, -half + 0.04 + level / 2.0), seat_height)
    return chair.asset("dining chair", 4.5, color=name, material="plastic")


def _bent_sheet(profile: Array, width: float, thick: float) -> Mesh:
    """A sheet as wide as `width` along x, bent along a profile (n, 2) of (y, z): its upper face, `thick` metres above
    its lower one."""
    steps = np.gradient(profile, axis=0)
    up = np.stack([-steps[:, 1], steps[:, 0]], axis=-1) / np.linalg.norm(steps, axis=1, keepdims=True)
    outline = np.concatenate([profile - thick * up, profile[::-1]])
    raised = meshes.extrude(outline, width, bevel=0.003)
    # The extrusion's x, y, z are this sheet's y, z, x.
    points, normals = raised.vertices[:, [2, 0, 1]] - [width / 2.0, 0.0, 0.0], raised.normals[:, [2, 0, 1]]
    return Mesh(points, raised.faces, normals, raised.uv)


def office_chair(rng: Generator) -> Asset:
    """A swivel chair on a five-pointed foot with castors."""
    name, color = materials.named_color(rng, ("black", "black", "gray", "white", "blue"))
    cloth, dark = materials.fabric(color, rng), materials.plastic((0.09, 0.09, 0.1))
    chair, width, depth = Assembly(), rng.uniform(0.48, 0.52), rng.uniform(0.46, 0.5)
    seat, top, reach = rng.uniform(0.45, 0.5), rng.uniform(0.92, 1.08), 0.29
    for angle in 2.0 * np.pi * np.arange(5) / 5.0 + np.pi / 2.0:
        tip = reach * np.array([np.cos(angle), np.sin(angle)])
        chair.rod([[0.0, 0.0, 0.1], [*tip, 0.068]], (0.024, 0.016), dark, segments=8)
        wheel = rotations.about_z(float(angle)) @ rotations.about_axis([1.0, 0.0, 0.0], np.pi / 2.0)
        chair.show(meshes.cylinder(0.03, 0.035, 14, 0.006), dark, [*tip, 0.03], wheel)
    chair.collide(cylinder_part(0.88 * reach, 0.08, [0.0, 0.0, 0.04]))
    chair.post(0.026, seat - 0.16, [0.0, 0.0, 0.08 + (seat - 0.16) / 2.0], materials.metal("steel"))
    chair.board([width, depth, 0.08], [0.0, 0.0, seat - 0.04], cloth, bevel=0.035)
    tilt = rotations.about_axis([1.0, 0.0, 0.0], np.deg2rad(-6.0))
    low = seat + 0.1
    chair.board(
        [width - 0.05, 0.06, top - low], [0.0, depth / 2.0 + 0.02, (low + top) / 2.0], cloth, bevel=0.028, rotation=tilt
    )
    chair.board([0.06, 0.012, 0.26], [0.0, depth / 2.0 + 0.03, seat + 0.08], dark, solid=False)
    if rng.random() < 0.6:
        for side in (-1.0, 1.0):
            x = side * (width / 2.0 + 0.03)
            chair.rod(
                [[x - side * 0.05, 0.02, seat - 0.05], [x, 0.02, seat - 0.04], [x, 0.02, seat + 0.2]], 0.014, dark
            )
            chair.board([0.06, 0.24, 0.03], [x, 0.0, seat + 0.21], dark, bevel=0.012)
    chair.surface(width - 0.08, depth - 0.12, (0.0, -0.025), seat)
    return chair.asset("office chair", 12.0, color=name, material="fabric")


def bar_stool(rng: Generator) -> Asset:
    """A high stool with a round seat, on four legs with a foot ring."""
    seat, frame = body_finish(rng), frame_finish(rng)
    if rng.random() < 0.4:
        seat = upholstery_finish(rng)
    height, radius, foot = rng.uniform(0.64, 0.76), rng.uniform(0.16, 0.19), 0.2
    stool, thick = Assembly(), 0.035 if seat.kind == "wood" else 0.06
    stool.post(radius, thick, [0.0, 0.0, height - thick / 2.0], seat.material, bevel=0.01, segments=36)
    inset = radius - 0.01
    stool.round_surface(inset, (0.0, 0.0), height)
    angles = np.pi / 4.0 + np.pi / 2.0 * np.arange(4)
    for angle in angles:
        outward = np.array([np.cos(angle), np.sin(angle)])
        stool.leg(foot * outward, height - thick, 0.0125, frame.material, -0.32 * foot * outward)
    ring_height = 0.3 * height
    ring = (foot - 0.32 * foot * 0.3) * np.stack(
        [np.cos(np.arange(32) * np.pi / 16), np.sin(np.arange(32) * np.pi / 16)], -1
    )
    stool.show(meshes.tube(np.column_stack([ring, np.full(32, ring_height)]), 0.008, 8, closed=True), frame.material)
    return stool.asset("bar stool", 5.0, color=seat.color, material=seat.kind, yaw_symmetry=4)


def ottoman(rng: Generator) -> Asset:
    """A footstool: a round pouf, or a square cushion on short legs."""
    cloth = upholstery_finish(rng)
    stool, height = Assembly(), rng.uniform(0.36, 0.44)
    if rng.random() < 0.5:
        radius = rng.uniform(0.24, 0.3)
        stool.post(radius, height, [0.0, 0.0, height / 2.0], cloth.material, bevel=0.05, segments=40)
        stool.round_surface(radius - 0.05, (0.0, 0.0), height)
        return stool.asset("ottoman", 6.0, color=cloth.color, material=cloth.kind, yaw_symmetry=0)
    side, foot, legs = rng.uniform(0.45, 0.55), 0.12, frame_finish(rng).material
    for x in (-1.0, 1.0):
        for y in (-1.0, 1.0):
            corner = 0.5 * side - 0.05
            stool.leg([x * corner, y * corner], foot, (0.012, 0.02), legs)
    stool.board([side, side, height - foot], [0.0, 0.0, (height + foot) / 2.0], cloth.material, bevel=0.04)
    stool.surface(side - 0.08, side - 0.08, (0.0, 0.0), height)
    return stool.asset("ottoman", 7.0, color=cloth.color, material=cloth.kind, yaw_symmetry=4)
