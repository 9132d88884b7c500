"""Shelves, chests and cupboards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes.assets import Asset
from gsi_ray.scenes.catalog import fittings
from gsi_ray.scenes.catalog.assembly import Assembly
from gsi_ray.scenes.catalog.finishes import Finish, body_finish, frame_finish, metal_finish

_BOARD = 0.02
_FRONT = fittings.FRONT_M


def bookshelf(rng: Generator, width: float | None = None, height: float | None = None) -> Asset:
    """Open shelves between two sides, with or without a back."""
    finish = body_finish(rng)
    width, depth = width or rng.uniform(0.7, 1.1), rng.uniform(0.28, 0.35)
    height = height or rng.uniform(1.1, 2.0)
    shelf = Assembly()
    for side in (-1.0, 1.0):
        shelf.board([_BOARD, depth, height], [side * (width - _BOARD) / 2.0, 0.0, height / 2.0], finish.material)
    inner, back = width - 2.0 * _BOARD, 0.008
    if rng.random() < 0.7:
        middle = [0.0, (depth - back) / 2.0, height / 2.0 + 0.03]
        shelf.board([inner, back, height - 0.06], middle, finish.material, grain=2)
    levels = np.linspace(0.06 + _BOARD, height, round(height / 0.36) + 1)
    for level, above in zip(levels, [*levels[1:], np.inf], strict=True):
        shelf.board([inner, depth - back, _BOARD], [0.0, -back / 2.0, level - _BOARD / 2.0], finish.material)
        shelf.surface(inner, depth - back, (0.0, -back / 2.0), float(level), float(above - level - _BOARD))
    return shelf.asset("bookshelf", 30.0, color=finish.color, material=finish.kind)


def wall_shelf(rng: Generator, width: float | None = None) -> Asset:
    """A board on two brackets, to be hung on a wall."""
    finish, metal = body_finish(rng), metal_finish(rng)
    width, depth = width or rng.uniform(0.6, 1.0), rng.uniform(0.18, 0.25)
    shelf = Assembly()
    shelf.board([width, depth, 0.025], [0.0, 0.0, -0.0125], finish.material)
    shelf.block([0.7 * width, 0.01, 0.125], [0.0, depth / 2.0 - 0.005, -0.0875])
    shelf.surface(width, depth, (0.0, 0.0), 0.0)
    for x in (-0.34 * width, 0.34 * width):
        back = depth / 2.0
        shelf.board([0.02, 0.008, 0.125], [x, back - 0.004, -0.0875], metal.material, solid=False)
        shelf.rod([[x, back - 0.008, -0.14], [x, 0.04 - back, -0.03]], 0.005, metal.material)
    return shelf.asset("wall shelf", 4.0, color=finish.color, material=finish.kind)


def nightstand(rng: Generator) -> Asset:
    """A bedside chest: two drawers, or one above an open compartment."""
    finish, metal, knobs = body_finish(rng), metal_finish(rng), _has_knobs(rng)
    width, depth, height = size = (rng.uniform(0.42, 0.52), rng.uniform(0.36, 0.42), rng.uniform(0.48, 0.58))
    stand = Assembly()
    base = _feet(stand, rng, size)
    sides, face = (-width / 2.0, width / 2.0), _FRONT - depth / 2.0
    if rng.random() < 0.5:
        _chest(stand, size, base, finish)
        fittings.drawers(stand, sides, [base, (base + height) / 2.0, height - _BOARD], face, finish, metal, knobs=knobs)
    else:
        _open_case(stand, size, base, finish)
        floor, divide = base + _BOARD, height - 0.17
        block = [width - 2.0 * _BOARD, depth - _FRONT - _BOARD, height - _BOARD - divide]
        stand.board(block, [0.0, _FRONT / 2.0, divide + block[2] / 2.0], finish.material)
        inner = (-width / 2.0 + _BOARD, width / 2.0 - _BOARD)
        fittings.drawers(stand, inner, [divide, height - _BOARD], face, finish, metal, knobs=knobs)
        stand.surface(block[0], depth - _BOARD, (0.0, -_BOARD / 2.0), floor, divide - floor)
    return stand.asset("nightstand", 15.0, color=finish.color, material=finish.kind)


def dresser(rng: Generator) -> Asset:
    """A chest of drawers in one or two columns."""
    finish, metal, knobs = body_finish(rng), metal_finish(rng), _has_knobs(rng)
    columns, rows = int(rng.integers(1, 3)), int(rng.integers(3, 5))
    width, depth, height = size = (
        rng.uniform(0.75, 0.9) if columns == 1 else rng.uniform(1.2, 1.5),
        rng.uniform(0.42, 0.5),
        rng.uniform(0.78, 0.95),
    )
    chest = Assembly()
    base = _feet(chest, rng, size)
    _chest(chest, size, base, finish)
    levels = np.linspace(base, height - _BOARD, rows + 1)
    sides, face = (-width / 2.0, width / 2.0), _FRONT - depth / 2.0
    fittings.drawers(chest, sides, levels, face, finish, metal, columns=columns, knobs=knobs)
    return chest.asset("dresser", 45.0, color=finish.color, material=finish.kind)


def tv_stand(rng: Generator) -> Asset:
    """A long low cupboard: open in the middle, a door at either end."""
    finish, metal = body_finish(rng), metal_finish(rng)
    width, depth, height = size = (rng.uniform(1.3, 1.8), rng.uniform(0.38, 0.45), rng.uniform(0.45, 0.55))
    stand = Assembly()
    base = _feet(stand, rng, size)
    _open_case(stand, size, base, finish)
    floor, top, end = base + _BOARD, height - _BOARD, 0.3 * width
    for side in (-1.0, 1.0):
        box = [end - _BOARD, depth - _FRONT - _BOARD, top - floor]
        stand.board(box, [side * (width - end - _BOARD) / 2.0, _FRONT / 2.0, (floor + top) / 2.0], finish.material)
        edges = sorted((side * (width / 2.0 - _BOARD), side * (width / 2.0 - end)))
        fittings.doors(
            stand, (edges[0], edges[1]), (floor, top), _FRONT - depth / 2.0, finish, metal, count=1, grip=top - 0.12
        )
    stand.surface(width - 2.0 * end, depth - _BOARD, (0.0, -_BOARD / 2.0), floor, top - floor)
    return stand.asset("tv stand", 35.0, color=finish.color, material=finish.kind)


def wardrobe(rng: Generator) -> Asset:
    """A tall cupboard with two or three doors."""
    finish, metal = body_finish(rng), metal_finish(rng)
    count = int(rng.integers(2, 4))
    width, depth, height = 0.48 * count + rng.uniform(0.0, 0.2), rng.uniform(0.56, 0.62), rng.uniform(1.9, 2.15)
    plinth, face = 0.06, _FRONT - depth / 2.0
    closet = Assembly()
    closet.board([width - 0.02, depth - 0.05, plinth], [0.0, 0.015, plinth / 2.0], finish.material)
    body = [width, depth - _FRONT, height - plinth]
    closet.board(body, [0.0, _FRONT / 2.0, (height + plinth) / 2.0], finish.material)
    sides = (-width / 2.0, width / 2.0)
    fittings.doors(closet, sides, (plinth, height), face, finish, metal, count=count, grip=1.0)
    if rng.random() < 0.4:
        edges = np.linspace(*sides, count + 1)
        for left, right in pairwise(edges):
            span = (float(left) + 0.004, float(right) - 0.004)
            fittings.raised_panels(closet, span, (plinth + 0.01, height - 0.01), face - _FRONT, finish.material)
    return closet.asset("wardrobe", 80.0, color=finish.color, material=finish.kind)


def _has_knobs(rng: Generator) -> bool:
    return bool(rng.random() < 0.4)


def _feet(assembly: Assembly, rng: Generator, size: Sequence[float]) -> float:
    """Feet, or a plinth that stands back, under a case of this size; returns how high the case stands."""
    width, depth, _ = size
    frame = frame_finish(rng)
    if rng.random() < 0.35:
        plinth = 0.06
        assembly.board([width - 0.04, depth - 0.06, plinth], [0.0, 0.01, plinth / 2.0], frame.material)
        return plinth
    height = rng.uniform(0.1, 0.16)
    for x in (0.06 - width / 2.0, width / 2.0 - 0.06):
        for y in (0.06 - depth / 2.0, depth / 2.0 - 0.06):
            assembly.leg([x, y], height, (0.011, 0.018), frame.material, [-0.15 * np.sign(x) * height, 0.0])
    return height


def _chest(assembly: Assembly, size: Sequence[float], base: float, finish: Finish) -> None:
    """A closed case from height `base` up, with a top that covers the fronts to come, on which things can stand."""
    width, depth, height = size
    body = [width, depth - _FRONT, height - _BOARD - base]
    assembly.board(body, [0.0, _FRONT / 2.0, base + body[2] / 2.0], finish.material, grain=2)
    assembly.board([width, depth, _BOARD], [0.0, 0.0, height - _BOARD / 2.0], finish.material)
    assembly.surface(width, depth, (0.0, 0.0), height)


def _open_case(assembly: Assembly, size: Sequence[float], base: float, finish: Finish) -> None:
    """A case from height `base` up that is open to the front; things can stand on its top."""
    width, depth, height = size
    for z in (base + _BOARD / 2.0, height - _BOARD / 2.0):
        assembly.board([width, depth, _BOARD], [0.0, 0.0, z], finish.material)
    inside = height - base - 2.0 * _BOARD
    middle = (height + base) / 2.0
    for side in (-1.0, 1.0):
        center = [side * (width - _BOARD) / 2.0, 0.0, middle]
        assembly.board([_BOARD, depth, inside], center, finish.material, grain=2)
    back = [width - 2.0 * _BOARD, _BOARD, inside]
    assembly.board(back, [0.0, (depth - _BOARD) / 2.0, middle], finish.material)
    assembly.surface(width, depth, (0.0, 0.0), height)
