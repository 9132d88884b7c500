"""Tables, desks and benches: level tops on legs, with room beneath them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Asset, Material
from gsi_ray.scenes.catalog import fittings
from gsi_ray.scenes.catalog.assembly import Assembly, grained
from gsi_ray.scenes.catalog.finishes import LIGHT_WOODS, Finish, frame_finish, metal_finish, top_finish, wood_finish
from gsi_ray.scenes.solids import cylinder_part

Shape = Literal["oblong", "round"]


def dining_table(
    rng: Generator, width: float | None = None, depth: float | None = None, shape: Shape | None = None
) -> Asset:
    """A table for four to six, oblong on legs or round on a pedestal; a round one is `width` metres across."""
    top, frame, height = top_finish(rng), frame_finish(rng), rng.uniform(0.73, 0.77)
    if _is_round(rng, shape):
        return _round_table(rng, "dining table", width or rng.uniform(1.0, 1.3), height, top, frame, 38.0)
    width, depth = width or rng.uniform(1.4, 1.9), depth or rng.uniform(0.8, 0.95)
    return _oblong_table(rng, "dining table", (width, depth, height), top, frame, 42.0)


def coffee_table(
    rng: Generator, width: float | None = None, depth: float | None = None, shape: Shape | None = None
) -> Asset:
    """A low table before a sofa, oblong with or without a shelf beneath, or round and `width` metres across."""
    top, frame, height = top_finish(rng), frame_finish(rng), rng.uniform(0.38, 0.46)
    if _is_round(rng, shape):
        return _round_table(rng, "coffee table", width or rng.uniform(0.75, 0.95), height, top, frame, 14.0)
    width, depth = width or rng.uniform(0.95, 1.25), depth or rng.uniform(0.55, 0.68)
    return _oblong_table(rng, "coffee table", (width, depth, height), top, frame, 20.0, shelf=rng.random() < 0.5)


def side_table(rng: Generator) -> Asset:
    """A small round table that one can carry."""
    top, frame = top_finish(rng), frame_finish(rng)
    return _round_table(rng, "side table", rng.uniform(0.4, 0.5), rng.uniform(0.45, 0.55), top, frame, 5.0)


def desk(rng: Generator, width: float | None = None, depth: float | None = None) -> Asset:
    """A writing desk: a board on legs with two flat drawers, or on a chest of drawers at one side."""
    top, frame = top_finish(rng), frame_finish(rng)
    size = (width or rng.uniform(1.2, 1.6), depth or rng.uniform(0.6, 0.75), rng.uniform(0.72, 0.76))
    if rng.random() < 0.5:
        return _oblong_table(rng, "desk", size, top, frame, 30.0, drawers=2, yaw_symmetry=1)
    return _pedestal_desk(rng, size, top, frame)


def vanity_table(rng: Generator, width: float | None = None, depth: float | None = None) -> Asset:
    """A dressing table on slender legs, with drawers under its top."""
    top, frame = top_finish(rng), frame_finish(rng)
    size = (width or rng.uniform(0.95, 1.2), depth or rng.uniform(0.45, 0.55), rng.uniform(0.73, 0.78))
    return _oblong_table(rng, "vanity table", size, top, frame, 24.0, drawers=int(rng.integers(2, 4)), yaw_symmetry=1)


def workbench(rng: Generator, width: float | None = None, depth: float | None = None) -> Asset:
    """A heavy bench of thick boards on square legs, with a shelf for tools below and a vice at its front."""
    wood, steel = wood_finish(rng, LIGHT_WOODS), metal_finish(rng)
    width, depth = width or rng.uniform(1.4, 1.8), depth or rng.uniform(0.65, 0.8)
    height, thickness, leg = rng.uniform(0.84, 0.92), rng.uniform(0.05, 0.07), 0.09
    bench = Assembly()
    planks = 4
    for row in range(planks):
        y = (row + 0.5) * depth / planks - depth / 2.0
        bench.board([width, depth / planks, thickness], [0.0, y, height - thickness / 2.0], wood.material, solid=False)
    bench.block([width, depth, thickness], [0.0, 0.0, height - thickness / 2.0])
    bench.surface(width, depth, (0.0, 0.0), height)

    under = height - thickness
    x, y = width / 2.0 - 0.12, depth / 2.0 - leg / 2.0 - 0.02
    for side in (-1.0, 1.0):
        for end in (-1.0, 1.0):
            bench.board([leg, leg, under], [side * x, end * y, under / 2.0], wood.material)
        bench.board([0.05, 2.0 * y - leg, 0.1], [side * x, 0.0, under - 0.05], wood.material)
    bench.board([2.0 * x - leg, 0.04, 0.1], [0.0, y, under - 0.05], wood.material)
    level = rng.uniform(0.18, 0.24)
    bench.board([2.0 * x + leg, 2.0 * y - leg, 0.025], [0.0, 0.0, level - 0.0125], wood.material)
    bench.surface(2.0 * x - leg, 2.0 * y - leg, (0.0, 0.0), level, under - 0.1 - level)
    _vice(bench, -width / 4.0, -depth / 2.0, height, wood, steel)
    return bench.asset("workbench", 60.0, color=wood.color, material="wood")


def bench(rng: Generator) -> Asset:
    """A backless seat for two, of wood."""
    wood = wood_finish(rng)
    frame = wood if rng.random() < 0.5 else frame_finish(rng)
    size = (rng.uniform(1.0, 1.4), rng.uniform(0.32, 0.4), rng.uniform(0.43, 0.47))
    return _oblong_table(rng, "bench", size, wood, frame, 12.0)


def _is_round(rng: Generator, shape: Shape | None) -> bool:
    drawn = bool(rng.random() < 0.3)
    return drawn if shape is None else shape == "round"


def _oblong_table(
    rng: Generator,
    category: str,
    size: tuple[float, float, float],
    top: Finish,
    frame: Finish,
    mass_kg: float,
    *,
    shelf: bool = False,
    drawers: int = 0,
    yaw_symmetry: int = 2,
) -> Asset:
    """A board on four legs, with a shelf or a row of drawers under it if wanted."""
    width, depth, height = size
    thickness = rng.uniform(0.022, 0.036)
    under = height - thickness
    table = Assembly()
    _top(table, width, depth, height, thickness, top.material, float(rng.choice([0.006, 0.02, 0.05])))
    style = str(rng.choice(["square", "tapered", "trestle"]))
    apron = 0.11 if drawers else 0.07
    legs = frame.material
    inset = _LEGS[style](rng, table, width, depth, under, legs)
    inner = (width - 2.0 * inset, depth - 2.0 * inset)
    if drawers:
        table.board([inner[0], inner[1], apron], [0.0, 0.0, under - apron / 2.0], top.material)
        sides, levels = (-inner[0] / 2.0, inner[0] / 2.0), (under - apron, under)
        fittings.drawers(table, sides, levels, -inner[1] / 2.0, top, metal_finish(rng), columns=drawers, knobs=True)
    elif style == "square":
        _apron(table, inner, under, apron, legs)
    if shelf:
        level, board = rng.uniform(0.11, 0.16), (width - 2.0 * inset, depth - 2.0 * inset - 0.06)
        table.board([*board, 0.018], [0.0, 0.0, level - 0.009], top.material)
        table.surface(board[0] - 0.06, board[1], (0.0, 0.0), level, under - apron - level)
    return table.asset(category, mass_kg, color=top.color, material=top.kind, yaw_symmetry=yaw_symmetry)


def _square_legs(
    rng: Generator, table: Assembly, width: float, depth: float, under: float, material: Material
) -> float:
    thick = rng.uniform(0.045, 0.065)
    inset = thick / 2.0 + 0.015
    for x, y in _corners(width - 2.0 * inset, depth - 2.0 * inset):
        table.board([thick, thick, under], [x, y, under / 2.0], material)
    return inset


def _tapered_legs(
    rng: Generator, table: Assembly, width: float, depth: float, under: float, material: Material
) -> float:
    thick, lean, inset = rng.uniform(0.02, 0.026), 0.045, 0.05
    for x, y in _corners(width - 2.0 * inset, depth - 2.0 * inset):
        table.leg([x, y], under, (0.6 * thick, thick), material, [-np.sign(x) * lean, -np.sign(y) * lean])
    return inset + lean


def _trestle_legs(
    rng: Generator, table: Assembly, width: float, depth: float, under: float, material: Material
) -> float:
    """A closed frame of square bars at either end."""
    bar, inset = rng.uniform(0.035, 0.05), 0.08
    for x, y in _corners(width - 2.0 * inset, depth - 0.14):
        table.board([bar, bar, under], [x, y, under / 2.0], material)
    for side in (-1.0, 1.0):
        x = side * (width / 2.0 - inset)
        for z in (bar / 2.0, under - bar / 2.0):
            table.board([bar, depth - 0.14 - bar, bar], [x, 0.0, z], material)
    return inset


_LEGS = {"square": _square_legs, "tapered": _tapered_legs, "trestle": _trestle_legs}


def _corners(width: float, depth: float) -> list[tuple[float, float]]:
    return [(side * width / 2.0, end * depth / 2.0) for side in (-1.0, 1.0) for end in (-1.0, 1.0)]


def _top(
    table: Assembly, width: float, depth: float, height: float, thickness: float, material: Material, corner: float
) -> None:
    slab = meshes.extrude(meshes.rounded_rectangle(width, depth, corner), thickness, bevel=0.004)
    table.show(grained(slab, along=0), material, [0.0, 0.0, height - thickness])
    table.block([width, depth, thickness], [0.0, 0.0, height - thickness / 2.0])
    table.surface(width, depth, (0.0, 0.0), height)


def _apron(table: Assembly, inner: tuple[float, float], under: float, apron: float, material: Material) -> None:
    """Boards between the heads of the legs."""
    width, depth = inner
    z = under - apron / 2.0
    for side in (-1.0, 1.0):
        table.board([width, 0.02, apron], [0.0, side * depth / 2.0, z], material, solid=False)
        table.board([0.02, depth, apron], [side * width / 2.0, 0.0, z], material, solid=False)


def _round_table(
    rng: Generator, category: str, diameter: float, height: float, top: Finish, frame: Finish, mass_kg: float
) -> Asset:
    """A disc on a pedestal with a round foot, or on legs that lean outwards."""
    radius, thickness = diameter / 2.0, rng.uniform(0.022, 0.034)
    under = height - thickness
    table = Assembly()
    table.post(radius, thickness, [0.0, 0.0, height - thickness / 2.0], top.material, bevel=0.005, segments=56)
    table.round_surface(radius, (0.0, 0.0), height)
    if rng.random() < 0.5:
        foot, post = 0.62 * radius, 0.04 * diameter + 0.01
        profile = [(0.0, 0.0), (foot, 0.0), (foot, 0.014), (foot - 0.03, 0.024), (1.6 * post, 0.04), (post, 0.09)]
        profile += [(post, under - 0.06), (2.2 * post, under), (0.0, under)]
        table.show(meshes.lathe(profile, 36), frame.material)
        table.collide(cylinder_part(foot, 0.03, [0.0, 0.0, 0.015]))
        table.collide(cylinder_part(post, under - 0.03, [0.0, 0.0, 0.03 + (under - 0.03) / 2.0]))
        return table.asset(category, mass_kg, color=top.color, material=top.kind, yaw_symmetry=0)
    legs = 3 if diameter < 0.6 else 4
    for angle in 2.0 * np.pi * (np.arange(legs) + 0.5) / legs:
        outward = np.array([np.cos(angle), np.sin(angle)])
        table.leg(0.82 * radius * outward, under, (0.012, 0.02), frame.material, -0.16 * radius * outward)
    return table.asset(category, mass_kg, color=top.color, material=top.kind, yaw_symmetry=legs)


def _pedestal_desk(rng: Generator, size: tuple[float, float, float], top: Finish, frame: Finish) -> Asset:
    width, depth, height = size
    thickness, chest = rng.uniform(0.022, 0.03), rng.uniform(0.38, 0.45)
    under = height - thickness
    table, metal = Assembly(), metal_finish(rng)
    _top(table, width, depth, height, thickness, top.material, 0.008)
    side = float(rng.choice([-1.0, 1.0]))
    x = side * (width / 2.0 - chest / 2.0 - 0.02)
    table.board([chest, depth - 0.06, under], [x, 0.0, under / 2.0], top.material, grain=2)
    levels = np.array([0.05, 0.05 + 0.45 * (under - 0.05), 0.05 + 0.74 * (under - 0.05), under])
    fittings.drawers(table, (x - chest / 2.0, x + chest / 2.0), levels, 0.03 - depth / 2.0, top, metal)
    for end in (-1.0, 1.0):
        corner = [-side * (width / 2.0 - 0.05), end * (depth / 2.0 - 0.06), under / 2.0]
        table.board([0.045, 0.045, under], corner, frame.material)
    return table.asset("desk", 38.0, color=top.color, material=top.kind)


def _vice(table: Assembly, x: float, front: float, height: float, wood: Finish, steel: Finish) -> None:
    """Jaw, spindle and handle of a vice at the front edge."""
    table.board([0.26, 0.045, 0.15], [x, front - 0.06, height - 0.085], wood.material)
    table.rod([[x, front, height - 0.1], [x, front - 0.15, height - 0.1]], 0.014, steel.material)
    table.rod([[x - 0.1, front - 0.14, height - 0.1], [x + 0.1, front - 0.14, height - 0.1]], 0.008, steel.material)
