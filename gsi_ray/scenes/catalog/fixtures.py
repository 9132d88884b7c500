"""What bathrooms are fitted with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gsi_ray.scenes import materials, meshes
from gsi_ray.scenes.assets import Asset, HullPart, Material, Mesh, Texture
from gsi_ray.scenes.catalog import fittings
from gsi_ray.scenes.catalog.assembly import Assembly, loft
from gsi_ray.scenes.catalog.decoration import UPRIGHT, looking_glass
from gsi_ray.scenes.catalog.finishes import (
    LIGHT_WOODS,
    Finish,
    body_finish,
    frame_finish,
    metal_finish,
    painted_finish,
    wood_finish,
    worktop_finish,
)
from gsi_ray.scenes.meshes import rounded_rectangle
from gsi_ray.scenes.solids import cylinder_part, vessel
from gsi_ray.spatial import RigidTransform, rotations

Array = NDArray[np.float64]

_CHINA = Material("ceramic", (0.93, 0.93, 0.92), specular=0.45, shininess=0.75, emission=0.07)


def washbasin(rng: Generator, style: Literal["pedestal", "vanity"] | None = None) -> Asset:
    """A basin with a tap: of china on a pedestal, or a bowl on a cupboard with a counter to put things on."""
    drawn = "pedestal" if rng.random() < 0.4 else "vanity"
    metal = metal_finish(rng, ("steel", "steel", "dark steel", "brass"))
    return _pedestal_basin(rng, metal) if (style or drawn) == "pedestal" else _vanity_unit(rng, metal)


def _pedestal_basin(rng: Generator, metal: Finish) -> Asset:
    width, depth, height, deep = rng.uniform(0.56, 0.66), rng.uniform(0.46, 0.52), rng.uniform(0.82, 0.86), 0.15
    ledge, side = 0.12, 0.07  # what is level behind and beside the bowl
    basin = Assembly()
    inner = (width - 2.0 * side, depth - ledge - 0.05)
    sink_y = -(ledge - 0.05) / 2.0
    rim = rounded_rectangle(width, depth, 0.09, 8)
    edge = rounded_rectangle(*inner, 0.12, 8) + [0.0, sink_y]

    def outside(scale: float) -> Array:
        return rim * scale + [0.0, (1.0 - scale) * 0.12]

    def inside(scale: float) -> Array:
        return (edge - [0.0, sink_y]) * scale + [0.0, sink_y]

    basin.show(
        loft(
            [
                (outside(0.3), height - 0.2),
                (outside(0.75), height - 0.16),
                (outside(0.97), height - 0.08),
                (rim, height - 0.02),
            ],
            [(rim, height - 0.02), (rim, height)],
            [(rim, height), (edge, height)],
            [
                (edge, height),
                (inside(0.96), height - 0.04),
                (inside(0.8), height - 0.1),
                (inside(0.4), height - deep),
                (inside(0.05), height - deep - 0.004),
            ],
        ),
        _CHINA,
    )
    basin.show(meshes.cylinder(0.022, 0.004, 18), metal.material, [0.0, sink_y, height - deep])
    foot = [
        (0.0, 0.0),
        (0.11, 0.0),
        (0.11, 0.02),
        (0.085, 0.1),
        (0.08, 0.5),
        (0.1, height - 0.16),
        (0.0, height - 0.16),
    ]
    basin.show(meshes.lathe(foot, 28), _CHINA, [0.0, 0.06, 0.0])
    basin.collide(cylinder_part(0.1, height - 0.2, [0.0, 0.06, (height - 0.2) / 2.0]))
    basin.block([0.8 * width, 0.8 * depth, 0.2 - deep], [0.0, 0.0, height - 0.2 + (0.2 - deep) / 2.0])
    _basin_walls(basin, (width, depth), inner, sink_y, height, deep)
    fittings.tap(basin, [0.0, depth / 2.0 - 0.06, height], metal.material, height=0.12, reach=0.12)
    # The ledge is level on either side of the tap.
    reach = width / 2.0 - 0.06 - 0.02
    for end in (-1.0, 1.0):
        basin.surface(reach, ledge - 0.015, (end * (0.06 + reach / 2.0), depth / 2.0 - ledge / 2.0 - 0.005), height)
    return basin.asset("washbasin", 25.0, color="white", material="ceramic")


def _basin_walls(
    basin: Assembly, outer: tuple[float, float], inner: tuple[float, float], y: float, top: float, deep: float
) -> None:
    """Four walls to collide with, between an outer rectangle round the origin and an inner one round (0, y)."""
    (width, depth), (hollow_width, hollow_depth), z = outer, inner, top - deep / 2.0
    side = (width - hollow_width) / 2.0
    for end in (-1.0, 1.0):
        basin.block([side, depth, deep], [end * (width - side) / 2.0, 0.0, z])
        edge = y + end * hollow_depth / 2.0
        wall = depth / 2.0 - end * edge
        basin.block([hollow_width, wall, deep], [0.0, end * (depth - wall) / 2.0, z])


def _vanity_unit(rng: Generator, metal: Finish) -> Asset:
    """A cupboard with drawers or doors, a counter, and a round or square bowl on it, in the middle or to one side."""
    front, top = body_finish(rng), worktop_finish(rng)
    width, depth, height, thickness = rng.uniform(0.85, 1.25), rng.uniform(0.46, 0.52), rng.uniform(0.74, 0.8), 0.03
    unit, plinth, face = Assembly(), 0.08, 0.01 + fittings.FRONT_M - depth / 2.0
    body = height - thickness - plinth
    unit.board([width - 0.04, depth - 0.1, plinth], [0.0, 0.03, plinth / 2.0], front.material)
    reach = depth / 2.0 - face
    unit.board([width - 0.02, reach, body], [0.0, face + reach / 2.0, plinth + body / 2.0], front.material)
    sides, levels = (0.01 - width / 2.0, width / 2.0 - 0.01), (plinth, height - thickness - 0.004)
    if rng.random() < 0.5:
        fittings.doors(unit, sides, levels, face, front, metal, count=2, grip=levels[1] - 0.12)
    else:
        middle = (levels[0] + levels[1]) / 2.0
        fittings.drawers(
            unit, sides, [levels[0], middle, levels[1]], face, front, metal, columns=2 if width > 1.0 else 1
        )
    unit.board([width, depth, thickness], [0.0, 0.0, height - thickness / 2.0], top.material)
    radius, tall = rng.uniform(0.18, 0.2), rng.uniform(0.11, 0.14)
    x = 0.0 if rng.random() < 0.5 else float(rng.choice([-1.0, 1.0])) * (width / 2.0 - radius - 0.06)
    _bowl(unit, rng, x, height, radius, tall)
    fittings.tap(unit, [x, depth / 2.0 - 0.035, height], metal.material, height=tall + 0.14, reach=0.14)
    for low, high in ((-width / 2.0, x - radius - 0.02), (x + radius + 0.02, width / 2.0)):
        if high - low > 0.12:
            unit.surface(high - low, depth, ((low + high) / 2.0, 0.0), height)
    return unit.asset("washbasin", 50.0, color=front.color, material=front.kind)


def _bowl(unit: Assembly, rng: Generator, x: float, z: float, radius: float, tall: float) -> None:
    """A round china bowl that stands on a counter."""
    foot = rng.uniform(0.55, 0.8) * radius
    outside = meshes.curve([[foot, 0.0], [0.9 * radius, 0.45 * tall], [radius, tall]], 8)
    profile = meshes.hollow(np.concatenate([[[0.0, 0.0]], outside]), 0.012, 0.03)
    unit.show(meshes.lathe(profile, 40), _CHINA, [x, -0.03, z])
    stand = RigidTransform(translation=np.array([x, -0.03, z]))
    for part in vessel(radius, radius - 0.014, tall, 0.03, foot):
        assert not isinstance(part, HullPart)
        unit.collide(replace(part, pose=stand @ part.pose))


def toilet(rng: Generator) -> Asset:
    """A toilet with its lid down; things can stand on the lid of its tank."""
    closet = Assembly()
    tank_width, tank_depth, tank_top = rng.uniform(0.36, 0.4), rng.uniform(0.16, 0.19), rng.uniform(0.76, 0.82)
    seat, rim, length = 0.42, 0.385, 0.47
    square = rng.random() < 0.4

    def oval(width: float, depth: float, back: float = 0.0) -> Array:
        """An egg's outline, blunt at the back, whose back lies at y = `back`."""
        turns = np.linspace(0.0, 2.0 * np.pi, 41)[:-1]
        power = 0.7 if square else 0.92
        points = np.stack([np.cos(turns), np.sin(turns)], axis=-1)
        points = np.sign(points) * np.abs(points) ** power
        behind = points[:, 1] > 0.0
        points[behind, 1] *= 0.62
        low, high = points[:, 1].min(), points[:, 1].max()
        return np.column_stack([points[:, 0] * width / 2.0, back - (high - points[:, 1]) * depth / (high - low)])

    foot = [(oval(0.24, 0.42, 0.1), 0.0), (oval(0.22, 0.4, 0.09), 0.05), (oval(0.22, 0.38, 0.08), 0.18)]
    bowl = [(oval(0.3, 0.43, 0.04), 0.28), (oval(0.35, length - 0.01, 0.0), 0.35), (oval(0.36, length, 0.0), rim)]
    closet.show(loft(foot + bowl, [(oval(0.36, length), rim), (oval(0.01, 0.01, -0.2), rim)]), _CHINA)
    lid = oval(0.37, length + 0.005)
    closet.show(meshes.extrude(lid, 0.016, 0.005), _CHINA, [0.0, 0.0, rim + 0.003])
    closet.show(meshes.extrude(lid, seat - rim - 0.02, 0.006), _CHINA, [0.0, 0.0, rim + 0.02])
    closet.board([0.24, 0.18, rim - 0.02], [0.0, 0.08, (rim - 0.02) / 2.0 + 0.02], _CHINA, bevel=0.02)
    closet.block([0.22, 0.4, 0.25], [0.0, -0.1, 0.125])
    closet.block([0.35, length, seat - 0.25], [0.0, -length / 2.0, (seat + 0.25) / 2.0])

    low = rim - 0.005
    y = tank_depth / 2.0 + 0.01
    closet.board(
        [tank_width, tank_depth, tank_top - 0.035 - low], [0.0, y, (tank_top - 0.035 + low) / 2.0], _CHINA, bevel=0.025
    )
    cover = [tank_width + 0.016, tank_depth + 0.016, 0.035]
    closet.board(cover, [0.0, y, tank_top - 0.0175], _CHINA, bevel=0.008)
    closet.rod(
        [
            [tank_width / 2.0 - 0.05, 0.012, tank_top - 0.1],
            [tank_width / 2.0 - 0.05, -0.02, tank_top - 0.1],
            [tank_width / 2.0 - 0.12, -0.02, tank_top - 0.105],
        ],
        0.007,
        materials.metal("steel"),
    )
    closet.surface(cover[0] - 0.016, cover[1] - 0.016, (0.0, y), tank_top)
    return closet.asset("toilet", 35.0, color="white", material="ceramic")


def bathtub(rng: Generator, length: float | None = None) -> Asset:
    """A built-in bath with its long side to the wall; its rim is broad at the back and at the end without the tap."""
    length, width, height, deep = length or rng.uniform(1.5, 1.7), rng.uniform(0.7, 0.76), rng.uniform(0.54, 0.6), 0.4
    back, end, front = 0.11, 0.16, 0.06
    tub, metal = Assembly(), metal_finish(rng, ("steel", "steel", "brass", "dark steel"))
    inner = (length - 2.0 * end, width - back - front)
    y = (front - back) / 2.0
    rim, edge = rounded_rectangle(length, width, 0.03, 8), rounded_rectangle(*inner, 0.16, 8) + [0.0, y]
    panel = rounded_rectangle(length - 0.03, width - 0.03, 0.02, 8)

    def inside(across: float, along: float, radius: float) -> Array:
        return rounded_rectangle(inner[0] - 2.0 * across, inner[1] - 2.0 * along, radius, 8) + [0.0, y]

    tub.show(
        loft(
            [(panel, 0.0), (panel, height - 0.035)],
            [(panel, height - 0.035), (rim, height - 0.035)],
            [(rim, height - 0.035), (rim, height)],
            [(rim, height), (edge, height)],
            [
                (edge, height),
                (inside(0.03, 0.015, 0.15), height - 0.06),
                (inside(0.09, 0.05, 0.13), height - 0.3),
                (inside(0.14, 0.09, 0.1), height - deep + 0.02),
                (inside(0.2, 0.14, 0.07), height - deep),
            ],
            [
                (inside(0.2, 0.14, 0.07), height - deep),
                (inside(inner[0] / 2.0 - 0.01, inner[1] / 2.0 - 0.01, 0.002), height - deep),
            ],
        ),
        _CHINA,
    )
    tub.block([length - 0.03, width - 0.03, height - deep], [0.0, 0.0, (height - deep) / 2.0])
    _basin_walls(tub, (length, width), inner, y, height, deep)
    tub.surface(length - 0.02, back - 0.015, (0.0, width / 2.0 - back / 2.0), height)
    tub.surface(end - 0.03, inner[1], (length / 2.0 - end / 2.0, y), height)
    spout_x = 0.06 - length / 2.0
    tub.rod(
        [[spout_x, y, height], [spout_x, y, height + 0.11], [spout_x + 0.14, y, height + 0.1]], 0.016, metal.material
    )
    for offset in (-0.09, 0.09):
        tub.show(meshes.cylinder(0.024, 0.05, 18, 0.006), metal.material, [spout_x, y + offset, height + 0.025])
    return tub.asset("bathtub", 60.0, color="white", material="ceramic")


def shower(rng: Generator, side: float | None = None) -> Asset:
    """A corner shower: a flat tray, a frosted screen at its left, a pole with a head, and a small shelf."""
    side, height, tray_top = side or rng.uniform(0.85, 1.0), rng.uniform(1.95, 2.1), 0.05
    metal = metal_finish(rng, ("steel", "steel", "dark steel", "brass")).material
    stall, half = Assembly(), side / 2.0
    rim, edge = rounded_rectangle(side, side, 0.03, 6), rounded_rectangle(side - 0.1, side - 0.1, 0.04, 6)
    drain = rounded_rectangle(0.06, 0.06, 0.02, 6)
    stall.show(
        loft(
            [(rim, 0.0), (rim, tray_top)],
            [(rim, tray_top), (edge, tray_top)],
            [(edge, tray_top), (edge, 0.03), (drain, 0.024)],
        ),
        _CHINA,
    )
    stall.show(meshes.cylinder(0.05, 0.004, 24), metal, [0.0, 0.0, 0.027])
    _basin_walls(stall, (side, side), (side - 0.1, side - 0.1), 0.0, tray_top, 0.022)
    stall.block([side, side, 0.028], [0.0, 0.0, 0.014])

    _glass_screen(stall, 0.025 - half, (0.35 * side - half, half - 0.02), (tray_top, height), metal)
    wall = half - 0.03
    stall.rod(
        [
            [0.05, wall, 1.0],
            [0.05, wall, height - 0.06],
            [0.05, wall - 0.04, height - 0.03],
            [0.05, wall - 0.34, height - 0.03],
        ],
        0.011,
        metal,
    )
    stall.show(meshes.cylinder(0.1, 0.012, 28, 0.003), metal, [0.05, wall - 0.34, height - 0.05])
    stall.rod([[-0.08, wall, 1.05], [0.18, wall, 1.05]], 0.02, metal, segments=14)
    stall.block([0.28, 0.05, height - 1.0], [0.05, half - 0.025, (height + 1.0) / 2.0])
    _corner_shelf(stall, rng, half, 1.25, metal)
    return stall.asset("shower", 45.0, color="white", material="ceramic")


def _glass_screen(
    stall: Assembly, x: float, reach: tuple[float, float], heights: tuple[float, float], metal: Material
) -> None:
    """A pane of frosted glass in a thin frame, in the plane of this `x`, from y to y and from height to height."""
    (near, far), (low, high) = reach, heights
    middle, deep, tall = [x, (near + far) / 2.0, (low + high) / 2.0], far - near, high - low
    # Light comes through the pane: its far side is no darker than the one towards the lamp.
    pane = replace(materials.glass(), emission=0.3)
    stall.board([0.008, deep, tall], middle, pane)
    for y in (near, far):
        stall.board([0.022, 0.016, tall], [x, y, middle[2]], metal, solid=False)
    for z in (low + 0.008, high - 0.008):
        stall.board([0.022, deep, 0.016], [x, middle[1], z], metal, solid=False)


def _corner_shelf(stall: Assembly, rng: Generator, half: float, height: float, metal: Material) -> None:
    """A narrow shelf at the back right, for bottles."""
    width, depth = rng.uniform(0.2, 0.26), 0.13
    center = [half - width / 2.0, half - depth / 2.0, height - 0.008]
    stall.board([width, depth, 0.016], center, metal)
    stall.surface(width, depth, center[:2], height)


def mirror_cabinet(rng: Generator, width: float | None = None) -> Asset:
    """A shallow cupboard with mirrors for doors, to be hung above a basin."""
    width, height, depth = width or rng.uniform(0.6, 0.9), rng.uniform(0.62, 0.75), rng.uniform(0.13, 0.16)
    finish = painted_finish(rng) if rng.random() < 0.6 else wood_finish(rng, LIGHT_WOODS)
    cabinet, count = Assembly(), 2 if width < 0.75 else 3
    cabinet.board([width, depth - 0.02, height], [0.0, 0.01, 0.0], finish.material, grain=2)
    cabinet.block([width, 0.02, height], [0.0, 0.01 - depth / 2.0, 0.0])
    each = width / count
    for number in range(count):
        x = (number + 0.5) * each - width / 2.0
        cabinet.board(
            [each - 0.004, 0.019, height - 0.004], [x, 0.0105 - depth / 2.0, 0.0], finish.material, solid=False
        )
        looking_glass(cabinet, each - 0.008, height - 0.008, [x, -depth / 2.0, 0.0])
    cabinet.surface(width, depth, (0.0, 0.0), height / 2.0)
    return cabinet.asset("mirror cabinet", 12.0, color="", material="glass")


def towel_rail(rng: Generator) -> Asset:
    """A rail on the wall with a towel over it."""
    width, metal = rng.uniform(0.5, 0.7), metal_finish(rng).material
    name, color = materials.named_color(rng, ("white", "white", "beige", "gray", "blue", "green", "pink"))
    rail, out = Assembly(), 0.07
    rail.rod([[-width / 2.0, -out, 0.0], [width / 2.0, -out, 0.0]], 0.009, metal)
    for x in (0.02 - width / 2.0, width / 2.0 - 0.02):
        rail.rod([[x, -out, 0.0], [x, 0.0, 0.0]], 0.007, metal)
        rail.rod([[x, -0.012, 0.0], [x, 0.0, 0.0]], 0.02, metal, segments=14)
    towel = materials.plush(color, rng)
    across, front, back = rng.uniform(0.55, 0.75) * width, rng.uniform(0.4, 0.55), rng.uniform(0.3, 0.4)
    x = rng.uniform(-0.1, 0.1) * width
    rail.show(_hanging_cloth(across, front, back, 0.018), towel, [x, -out, 0.0])
    rail.block([width, 0.05, 0.04], [0.0, -out, 0.0])
    rail.block([across, 0.05, front], [x, -out, -front / 2.0])
    return rail.asset("towel rail", 2.0, color=name, material="fabric")


def _hanging_cloth(width: float, front: float, back: float, radius: float) -> Mesh:
    """A thick cloth over a rod along x through the origin, `front` and `back` metres long on its sides."""
    thick = 0.008
    over = meshes.arc((0.0, 0.0), radius, np.pi, 0.0, 9)
    # The hems hang straight down, a little away from the rest.
    fore, aft = -radius - 0.006, radius + 0.004
    middle = np.concatenate(
        [
            [[fore, -front], [fore, 0.03 - front], [-radius, -0.1]],
            over,
            [[radius, -0.1], [aft, 0.03 - back], [aft, -back]],
        ]
    )
    steps = np.gradient(middle, axis=0)
    outward = np.stack([-steps[:, 1], steps[:, 0]], axis=-1) / np.linalg.norm(steps, axis=1, keepdims=True)
    outline = np.concatenate([middle - 0.5 * thick * outward, (middle + 0.5 * thick * outward)[::-1]])
    raised = meshes.extrude(outline, width, bevel=0.003)
    # The extrusion's x, y, z are the cloth's y, z, x.
    shifted = raised.vertices[:, [2, 0, 1]] - [width / 2.0, 0.0, 0.0]
    return Mesh(shifted, raised.faces, raised.normals[:, [2, 0, 1]], raised.uv)


def bathroom_shelf(rng: Generator) -> Asset:
    """A shelf of glass or wood with a low rail, to be hung on a wall."""
    width, depth, metal = rng.uniform(0.45, 0.65), rng.uniform(0.13, 0.17), metal_finish(rng).material
    pane = Finish(materials.glass(), "white", "glass") if rng.random() < 0.5 else body_finish(rng)
    shelf, thick = Assembly(), 0.012
    shelf.board([width, depth, thick], [0.0, 0.0, -thick / 2.0], pane.material)
    shelf.surface(width, depth - 0.02, (0.0, 0.01), 0.0)
    front = 0.008 - depth / 2.0
    for x in (0.04 - width / 2.0, width / 2.0 - 0.04):
        path = [[x, depth / 2.0, 0.03], [x, front, 0.03]]
        shelf.rod(path, 0.005, metal, segments=8)
        shelf.rod([[x, front, 0.03], [x, front, -thick]], 0.005, metal, segments=8)
        shelf.rod([[x, depth / 2.0, -0.02], [x, depth / 2.0 - 0.01, -0.02]], 0.018, metal, segments=12)
    shelf.rod([[0.03 - width / 2.0, front, 0.03], [width / 2.0 - 0.03, front, 0.03]], 0.005, metal, segments=8)
    shelf.block([width, 0.01, 0.042], [0.0, front, 0.009])
    shelf.block([width - 0.04, 0.01, 0.026], [0.0, depth / 2.0 - 0.005, -0.025])
    return shelf.asset("bathroom shelf", 2.0, color=pane.color, material=pane.kind)


def bathroom_cabinet(rng: Generator) -> Asset:
    """A low cupboard with doors, on which things can stand."""
    finish, metal = body_finish(rng), metal_finish(rng)
    width, depth, height = rng.uniform(0.5, 0.75), rng.uniform(0.3, 0.36), rng.uniform(0.7, 0.9)
    cabinet, foot, top = Assembly(), 0.1, 0.02
    for x in (0.04 - width / 2.0, width / 2.0 - 0.04):
        for y in (0.04 - depth / 2.0, depth / 2.0 - 0.04):
            cabinet.leg([x, y], foot, 0.014, metal.material)
    face = fittings.FRONT_M - depth / 2.0
    body = [width, depth - fittings.FRONT_M, height - foot - top]
    cabinet.board(body, [0.0, fittings.FRONT_M / 2.0, foot + body[2] / 2.0], finish.material, grain=2)
    fittings.doors(
        cabinet, (-width / 2.0, width / 2.0), (foot, height - top), face, finish, metal, count=2, grip=height - 0.2
    )
    cabinet.board([width, depth, top], [0.0, 0.0, height - top / 2.0], finish.material)
    cabinet.surface(width, depth, (0.0, 0.0), height)
    return cabinet.asset("bathroom cabinet", 20.0, color=finish.color, material=finish.kind)


def laundry_basket(rng: Generator) -> Asset:
    """A tall basket of wicker or cloth, round or square, with a flat lid on it."""
    name, color = materials.named_color(rng, ("beige", "brown", "white", "gray"))
    height, top = rng.uniform(0.48, 0.6), 0.025
    basket = Assembly()
    body, lid = materials.wicker(color, rng), materials.wicker(materials.shaded(color, 0.92), rng)
    if rng.random() < 0.5:
        radius = rng.uniform(0.19, 0.23)
        low = radius - 0.03
        profile = [(0.0, 0.0), (low - 0.01, 0.0), (low, 0.01), (radius - 0.008, height - top), (0.0, height - top)]
        basket.show(meshes.lathe(profile, 36), body)
        basket.collide(cylinder_part(low, height - top, [0.0, 0.0, (height - top) / 2.0]))
        basket.post(radius, top, [0.0, 0.0, height - top / 2.0], lid, bevel=0.008, segments=36)
        basket.round_surface(radius - 0.008, (0.0, 0.0), height)
    else:
        width, depth = rng.uniform(0.4, 0.48), rng.uniform(0.3, 0.36)
        basket.board([width, depth, height - top], [0.0, 0.0, (height - top) / 2.0], body, bevel=0.015, grain=0)
        basket.board([width + 0.012, depth + 0.012, top], [0.0, 0.0, height - top / 2.0], lid, bevel=0.008, grain=0)
        basket.surface(width - 0.01, depth - 0.01, (0.0, 0.0), height)
        return basket.asset("laundry basket", 3.0, color=name, material="wicker", yaw_symmetry=2)
    return basket.asset("laundry basket", 3.0, color=name, material="wicker", yaw_symmetry=0)


def bath_mat(rng: Generator) -> Asset:
    """A flat mat with rounded corners."""
    name, color = materials.named_color(rng, ("white", "gray", "beige", "blue", "green", "pink"))
    width, depth, thick = rng.uniform(0.7, 0.9), rng.uniform(0.45, 0.55), 0.008
    mat = Assembly()
    mat.show(meshes.extrude(rounded_rectangle(width, depth, 0.04), thick, 0.004), materials.plush(color, rng))
    mat.block([width, depth, thick], [0.0, 0.0, thick / 2.0])
    return mat.asset("bath mat", 1.0, color=name, material="fabric", yaw_symmetry=2)


def radiator(rng: Generator) -> Asset:
    """A white panel radiator with upright ribs, to be hung on a wall."""
    width, height, depth = rng.uniform(0.6, 1.1), rng.uniform(0.5, 0.62), 0.08
    panel, white = Assembly(), materials.enamel((0.93, 0.93, 0.92))
    panel.board([width, depth - 0.02, height], [0.0, -0.01, 0.0], white, bevel=0.006, solid=False)
    ribbed = replace(white, texture=_ribs())
    panel.show(meshes.sheet(width - 0.03, height - 0.05), ribbed, [0.0, -depth / 2.0 - 0.0005, 0.0], UPRIGHT)
    for x in (-0.35 * width, 0.35 * width):
        panel.board([0.03, 0.016, height - 0.1], [x, depth / 2.0 - 0.008, 0.0], white, solid=False)
    panel.block([width, depth, height], [0.0, 0.0, 0.0])
    knob = rotations.about_axis([0.0, 1.0, 0.0], np.pi / 2.0)
    panel.show(
        meshes.cylinder(0.02, 0.06, 18, 0.004),
        materials.plastic((0.9, 0.9, 0.89)),
        [width / 2.0 + 0.03, 0.0, height / 2.0 - 0.06],
        knob,
    )
    return panel.asset("radiator", 25.0, color="white", material="metal")


@lru_cache(maxsize=1)
def _ribs() -> Texture:
    """Upright ribs, 4 cm apart, as the light from above shades them."""
    phase = np.linspace(0.0, 2.0 * np.pi, 32, endpoint=False)
    shade = np.round(255.0 * (0.93 + 0.07 * np.cos(phase) - 0.12 * np.exp(-(((phase - 0.8 * np.pi) / 0.35) ** 2))))
    return Texture(np.broadcast_to(shade[None, :, None], (8, 32, 3)).astype(np.uint8), (0.04, 0.04))


def step_stool(rng: Generator) -> Asset:
    """A low square stool to stand or sit on."""
    seat, frame = body_finish(rng), frame_finish(rng)
    side, height, thick = rng.uniform(0.28, 0.34), rng.uniform(0.3, 0.44), 0.028
    stool = Assembly()
    stool.board([side, side, thick], [0.0, 0.0, height - thick / 2.0], seat.material, bevel=0.006, grain=0)
    corner = side / 2.0 - 0.03
    for x in (-corner, corner):
        for y in (-corner, corner):
            stool.leg([x, y], height - thick, (0.012, 0.016), frame.material, [-0.12 * x, -0.12 * y])
    stool.surface(side - 0.012, side - 0.012, (0.0, 0.0), height)
    # The grain of wood tells a quarter turn from none.
    return stool.asset(
        "step stool", 3.0, color=seat.color, material=seat.kind, yaw_symmetry=2 if seat.kind == "wood" else 4
    )


FIXTURES: dict[str, Callable[[Generator], Asset]] = {
    "washbasin": washbasin,
    "toilet": toilet,
    "bathtub": bathtub,
    "shower": shower,
    "mirror cabinet": mirror_cabinet,
    "towel rail": towel_rail,
    "bathroom shelf": bathroom_shelf,
    "bathroom cabinet": bathroom_cabinet,
    "laundry basket": laundry_basket,
    "bath mat": bath_mat,
    "radiator": radiator,
    "step stool": step_stool,
}
"""What makes each category of bathroom fixture, in a random variation."""
