"""Kitchen furniture: counters, an island, wall cabinets and the large appliances."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from gsi_ray.scenes import materials, meshes
from gsi_ray.scenes.assets import Asset, Material, Texture
from gsi_ray.scenes.catalog import fittings
from gsi_ray.scenes.catalog.assembly import Assembly, grained
from gsi_ray.scenes.catalog.finishes import Finish, metal_finish, painted_finish, wood_finish, worktop_finish
from gsi_ray.spatial import RigidTransform

CounterStyle = Literal["plain", "sink", "hob"]

_FRONT = fittings.FRONT_M
_PLINTH = 0.1
_HOB = (0.58, 0.5)
_SINK = (0.52, 0.4, 0.17)


def kitchen_counter(rng: Generator, length: float | None = None, style: CounterStyle | None = None) -> Asset:
    """A run of base cabinets under one worktop, `length` metres, with a sink or a flush hob in it or without."""
    front, top, metal = cupboard_finish(rng), worktop_finish(rng), metal_finish(rng, ("steel", "dark steel", "brass"))
    styles: tuple[CounterStyle, ...] = ("plain", "sink", "hob")
    drawn = styles[int(rng.integers(3))]
    length, style = length or rng.uniform(1.6, 2.6), style or drawn
    height, depth, thickness = rng.uniform(0.88, 0.92), 0.62, rng.uniform(0.03, 0.04)
    counter = Assembly()
    face, under = 0.025 + _FRONT - depth / 2.0, height - thickness
    fitting = float(rng.choice([-1.0, 1.0])) * max(0.0, length / 4.0 - 0.05)
    _counter_fronts(rng, counter, (-length / 2.0, length / 2.0), face, (_PLINTH, under - 0.005), front, metal)
    body_depth = depth / 2.0 - face
    counter.board(
        [length, body_depth - 0.05, _PLINTH],
        [0.0, face + 0.05 + (body_depth - 0.05) / 2.0, _PLINTH / 2.0],
        front.material,
    )
    y = face + body_depth / 2.0
    if style == "sink":
        _sunken_sink(counter, fitting, (length, depth, height, thickness), top, metal)
        rest = under - _SINK[2]
        counter.board([length, body_depth, rest - _PLINTH], [0.0, y, (_PLINTH + rest) / 2.0], front.material)
        for low, high in _beside(length, fitting, _SINK[0]):
            counter.board(
                [high - low, body_depth, under - rest], [(low + high) / 2.0, y, (rest + under) / 2.0], front.material
            )
            counter.surface(high - low, depth, ((low + high) / 2.0, 0.0), height)
    else:
        counter.board([length, body_depth, under - _PLINTH], [0.0, y, (_PLINTH + under) / 2.0], front.material)
        counter.block([length, depth, thickness], [0.0, 0.0, height - thickness / 2.0])
        counter.surface(length, depth, (0.0, 0.0), height)
        hole = (fitting, 0.02, *_HOB) if style == "hob" else None
        _worktop(counter, (length, depth, height, thickness), top.material, hole)
        if hole is not None:
            counter.show(meshes.sheet(*_HOB), _hob_glass(), [hole[0], hole[1], height])
    return counter.asset("kitchen counter", 30.0 + 40.0 * length, color=front.color, material=front.kind)


def kitchen_island(rng: Generator, length: float | None = None) -> Asset:
    """A free-standing counter that one can walk around; its worktop overhangs at the back for stools."""
    front, top, metal = cupboard_finish(rng), worktop_finish(rng), metal_finish(rng)
    length, depth = length or rng.uniform(1.3, 1.8), rng.uniform(0.8, 0.95)
    height, thickness, overhang = rng.uniform(0.9, 0.94), rng.uniform(0.035, 0.05), 0.2
    under, face, back = height - thickness, 0.025 + _FRONT - depth / 2.0, depth / 2.0 - overhang
    island = Assembly()
    width, body_depth = length - 0.05, back - face
    sides = (-width / 2.0, width / 2.0)
    y = (face + back) / 2.0
    island.board([width - 0.04, body_depth - 0.08, _PLINTH], [0.0, y, _PLINTH / 2.0], front.material)
    island.board([width, body_depth, under - _PLINTH], [0.0, y, (under + _PLINTH) / 2.0], front.material)
    _counter_fronts(rng, island, sides, face, (_PLINTH, under - 0.005), front, metal)
    _worktop(island, (length, depth, height, thickness), top.material)
    island.block([length, depth, thickness], [0.0, 0.0, height - thickness / 2.0])
    island.surface(length, depth, (0.0, 0.0), height)
    return island.asset("kitchen island", 120.0, color=front.color, material=front.kind)


def wall_cabinet(rng: Generator, length: float | None = None) -> Asset:
    """Kitchen cupboards to be hung on a wall above a counter, `length` metres."""
    front, metal = cupboard_finish(rng), metal_finish(rng)
    length, depth, height = length or rng.uniform(1.2, 2.0), 0.34, rng.uniform(0.6, 0.72)
    face = _FRONT - depth / 2.0
    cabinet = Assembly()
    cabinet.board([length, depth - _FRONT, height], [0.0, _FRONT / 2.0, height / 2.0], front.material)
    sides, count = (-length / 2.0, length / 2.0), max(1, round(length / 0.45))
    fittings.doors(cabinet, sides, (0.0, height), face, front, metal, count=count, grip=0.12)
    return cabinet.asset("wall cabinet", 25.0, color=front.color, material=front.kind)


def stove(rng: Generator) -> Asset:
    """A free-standing cooker: an oven with a glass door under a flat hob."""
    name, color = materials.named_color(rng, ("white", "gray", "black"))
    body, steel, dark = materials.enamel(color), materials.metal("steel"), materials.enamel((0.05, 0.05, 0.055))
    width, depth, height = 0.6, 0.62, rng.uniform(0.88, 0.92)
    cooker, face = Assembly(), 0.03 - depth / 2.0
    cooker.board([width, depth - 0.03, height - 0.012], [0.0, 0.015, (height - 0.012) / 2.0], body, bevel=0.006)
    cooker.board([width, depth, 0.011], [0.0, 0.0, height - 0.0065], dark, solid=False)
    cooker.block([width, depth, 0.012], [0.0, 0.0, height - 0.006])
    cooker.show(meshes.sheet(*_HOB), _hob_glass(), [0.0, 0.0, height])
    cooker.surface(width, depth, (0.0, 0.0), height)
    cooker.board([width - 0.02, 0.02, 0.52], [0.0, face - 0.01, 0.44], body, solid=False)
    cooker.board([width - 0.14, 0.004, 0.3], [0.0, face - 0.021, 0.42], dark, solid=False)
    fittings.handle(cooker, [0.0, face - 0.02, 0.65], steel, 0.44)
    cooker.board([width - 0.02, 0.02, 0.13], [0.0, face - 0.01, 0.085], body, solid=False)
    for x in (-0.22, -0.13, 0.0, 0.13, 0.22):
        _dial(cooker, [x, face, height - 0.085], steel)
    return cooker.asset("stove", 50.0, color=name, material="metal")


def refrigerator(rng: Generator) -> Asset:
    """A tall refrigerator with a freezer door above or below."""
    name, color = materials.named_color(rng, ("white", "white", "gray", "black", "beige", "green"))
    steel_clad = name == "gray"
    body = materials.enamel((0.6, 0.61, 0.62) if steel_clad else color)
    width, depth, height = rng.uniform(0.6, 0.7), rng.uniform(0.62, 0.68), rng.uniform(1.65, 1.85)
    fridge, door, foot = Assembly(), 0.06, 0.04
    fridge.board([width - 0.04, depth - 0.16, foot], [0.0, 0.02, foot / 2.0], materials.rubber())
    case = [width, depth - door, height - foot]
    fridge.board(case, [0.0, door / 2.0, (height + foot) / 2.0], body, bevel=0.01)
    fridge.block([width, door, height - foot], [0.0, (door - depth) / 2.0, (height + foot) / 2.0])
    split = rng.uniform(0.3, 0.38) * height if rng.random() < 0.6 else rng.uniform(0.66, 0.7) * height
    grip = materials.metal("steel" if not steel_clad else "dark steel")
    for low, high in ((foot, split), (split, height)):
        middle = [0.0, (door - depth) / 2.0, (low + high) / 2.0]
        fridge.board([width, door - 0.006, high - low - 0.006], middle, body, bevel=0.014, solid=False)
        z = min(max(1.05, low + 0.25), high - 0.2)
        fittings.handle(fridge, [0.04 - width / 2.0, 0.003 - depth / 2.0, z], grip, 0.3, upright=True)
    # The doors are rounded; what stands on top stands behind them.
    fridge.surface(width, depth - door, (0.0, door / 2.0), height)
    return fridge.asset("refrigerator", 70.0, color=name, material="metal")


def range_hood(rng: Generator) -> Asset:
    """A cooker hood with a chimney, to be hung above a hob."""
    body = materials.metal(materials.pick(rng, ("steel", "dark steel")))
    hood, width, depth = Assembly(), 0.6, 0.48
    hood.board([width, depth, 0.06], [0.0, 0.0, 0.03], body)
    hood.board([0.4, 0.36, 0.03], [0.0, (depth - 0.36) / 2.0, 0.075], body)
    hood.board([0.28, 0.26, 0.6], [0.0, (depth - 0.26) / 2.0, 0.39], body)
    return hood.asset("range hood", 12.0, color="gray", material="metal")


def cupboard_finish(rng: Generator) -> Finish:
    """What kitchen fronts are made of."""
    if rng.random() < 0.3:
        return wood_finish(rng, ("oak", "birch", "walnut"))
    return painted_finish(rng, ("white", "white", "gray", "beige", "green", "blue"))


def _counter_fronts(
    rng: Generator,
    counter: Assembly,
    sides: tuple[float, float],
    face: float,
    heights: tuple[float, float],
    front: Finish,
    metal: Finish,
) -> None:
    """Cabinets side by side, each with three drawers or with doors."""
    low, high = heights
    edges = np.linspace(*sides, max(1, round((sides[1] - sides[0]) / 0.6)) + 1)
    for left, right in pairwise(edges):
        span = (float(left), float(right))
        if rng.random() < 0.4:
            levels = [low, low + 0.38 * (high - low), low + 0.76 * (high - low), high]
            fittings.drawers(counter, span, levels, face, front, metal)
        else:
            count = 2 if right - left > 0.5 else 1
            fittings.doors(counter, span, heights, face, front, metal, count=count, grip=high - 0.13)


def _worktop(
    counter: Assembly,
    size: tuple[float, float, float, float],
    material: Material,
    hole: tuple[float, float, float, float] | None = None,
) -> None:
    """A slab of (length, depth, height of its top, thickness), to be seen only.

    `hole` is (x, y, width, depth) of what is cut out of it.
    """
    length, depth, height, thickness = size
    z = height - thickness / 2.0
    if hole is None:
        counter.board([length, depth, thickness], [0.0, 0.0, z], material, grain=0, solid=False)
        return
    pieces = [
        meshes.box(extents).transformed(RigidTransform(translation=np.array(center)))
        for extents, center in _around(hole, size)
    ]
    counter.show(grained(meshes.merge(*pieces), along=0), material)


def _around(
    hole: tuple[float, float, float, float], size: tuple[float, float, float, float]
) -> list[tuple[list[float], list[float]]]:
    """Extents and centres of the four boxes that are left of a slab with a hole."""
    length, depth, height, thickness = size
    x, y, width, across = hole
    z, strips = height - thickness / 2.0, []
    for low, high in _beside(length, x, width):
        strips.append(([high - low, depth, thickness], [(low + high) / 2.0, 0.0, z]))
    for low, high in _beside(depth, y, across):
        strips.append(([width, high - low, thickness], [x, (low + high) / 2.0, z]))
    return strips


def _beside(length: float, middle: float, width: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """What is left of a length, centred on 0, on either side of something in it."""
    return (-length / 2.0, middle - width / 2.0), (middle + width / 2.0, length / 2.0)


def _sunken_sink(
    counter: Assembly, x: float, size: tuple[float, float, float, float], top: Finish, metal: Finish
) -> None:
    """A worktop with a steel sink let into it, and a tap behind."""
    _, _, height, thickness = size
    width, across, deep = _SINK
    y, wall, steel = -0.03, 0.006, materials.metal("steel")
    hole = (x, y, width, across)
    _worktop(counter, size, top.material, hole)
    for extents, center in _around(hole, size):
        counter.block(extents, center)
    bottom = height - thickness - deep
    for side in (-1.0, 1.0):
        middle = bottom + (height - 0.002 - bottom) / 2.0
        tall = height - 0.002 - bottom
        counter.board([wall, across, tall], [x + side * (width - wall) / 2.0, y, middle], steel, solid=False)
        counter.board([width, wall, tall], [x, y + side * (across - wall) / 2.0, middle], steel, solid=False)
    counter.board([width, across, wall], [x, y, bottom + wall / 2.0], steel)
    counter.show(meshes.cylinder(0.035, 0.004, 20), materials.metal("dark steel"), [x, y, bottom + wall + 0.002])
    fittings.tap(counter, [x, y + across / 2.0 + 0.06, height], metal.material, height=0.28, reach=0.2)


def _dial(cooker: Assembly, center: list[float], material: Material) -> None:
    x, y, z = center
    cooker.rod([[x, y + 0.01, z], [x, y - 0.024, z]], 0.019, material, segments=16)


@lru_cache(maxsize=1)
def _hob_glass() -> Material:
    """Black glass with four rings, as large as a hob."""
    columns, rows = np.meshgrid(np.arange(348), np.arange(300))
    brightness = np.full((300, 348), 14.0)
    for x, y, radius in ((88, 82, 52), (88, 214, 66), (260, 82, 66), (260, 214, 52)):
        distance = np.hypot(columns - x, rows - y)
        brightness[np.abs(distance - radius) < 1.6] = 150.0
        brightness[np.abs(distance - 0.55 * radius) < 1.0] = 70.0
    pixels: NDArray[np.uint8] = np.repeat(brightness[..., None], 3, axis=2).astype(np.uint8)
    return Material("glass", texture=Texture(pixels, _HOB), specular=0.5, shininess=0.9)
