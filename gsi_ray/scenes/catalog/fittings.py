"""What furniture is fitted with: drawer fronts, doors, handles and taps. All of it is seen only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Material
from gsi_ray.scenes.catalog.assembly import Assembly
from gsi_ray.scenes.catalog.finishes import Finish

Array = NDArray[np.float64]

FRONT_M = 0.018
"""How thick drawer fronts and doors are."""

_GAP = 0.006


def handle(
    assembly: Assembly, center: ArrayLike, material: Material, length: float = 0.12, *, upright: bool = False
) -> None:
    """A bar to pull at, on a face towards -y in which `center` (3,) lies."""
    along = np.array([0.0, 0.0, 1.0]) if upright else np.array([1.0, 0.0, 0.0])
    middle = np.asarray(center) - [0.0, 0.026, 0.0]
    ends = [middle - 0.5 * length * along, middle + 0.5 * length * along]
    assembly.rod(ends, 0.0055, material, segments=8)
    for share in (-0.4, 0.4):
        root = middle + share * length * along
        assembly.rod([root, root + [0.0, 0.026, 0.0]], 0.004, material, segments=6)


def knob(assembly: Assembly, center: ArrayLike, material: Material) -> None:
    """A round knob on a face towards -y in which `center` (3,) lies."""
    assembly.show(meshes.sphere(0.013, 12), material, np.asarray(center) - [0.0, 0.016, 0.0])
    assembly.rod([np.asarray(center), np.asarray(center) - [0.0, 0.012, 0.0]], 0.006, material, segments=8)


def drawers(
    assembly: Assembly,
    sides: tuple[float, float],
    levels: Sequence[float] | Array,
    face: float,
    finish: Finish,
    metal: Finish,
    *,
    columns: int = 1,
    knobs: bool = False,
) -> None:
    """Drawer fronts between two x `sides`, one between each two z `levels`, before the plane y = `face`."""
    edges = np.linspace(*sides, columns + 1)
    for left, right in pairwise(edges):
        for low, high in pairwise(levels):
            middle = np.array([(left + right) / 2.0, face - FRONT_M / 2.0, (low + high) / 2.0])
            size = [right - left - _GAP, FRONT_M, high - low - _GAP]
            assembly.board(size, middle, finish.material, grain=0, solid=False)
            spot = [middle[0], face - FRONT_M, min(middle[2], high - 0.06) if high - low > 0.2 else middle[2]]
            if knobs:
                knob(assembly, spot, metal.material)
            else:
                handle(assembly, spot, metal.material, min(0.16, 0.4 * (right - left)))


def doors(
    assembly: Assembly,
    sides: tuple[float, float],
    heights: tuple[float, float],
    face: float,
    finish: Finish,
    metal: Finish,
    *,
    count: int,
    grip: float,
) -> None:
    """Doors side by side, in pairs that open from their middle, with handles round height `grip`."""
    edges = np.linspace(*sides, count + 1)
    low, high = heights
    for number, (left, right) in enumerate(pairwise(edges)):
        middle = [(left + right) / 2.0, face - FRONT_M / 2.0, (low + high) / 2.0]
        assembly.board([right - left - _GAP, FRONT_M, high - low - _GAP], middle, finish.material, grain=2, solid=False)
        hinged_left = number % 2 == 0 and (number < count - 1 or count == 1)
        x = right - 0.035 if hinged_left else left + 0.035
        handle(assembly, [x, face - FRONT_M, grip], metal.material, min(0.14, 0.4 * (high - low)), upright=True)


def raised_panels(
    assembly: Assembly, sides: tuple[float, float], heights: tuple[float, float], face: float, material: Material
) -> None:
    """The frame of a classic door: four rails that stand a little before the plane y = `face`."""
    (left, right), (low, high) = sides, heights
    rail, y = 0.055, face - 0.003
    for x in (left + rail / 2.0, right - rail / 2.0):
        assembly.board([rail, 0.006, high - low], [x, y, (low + high) / 2.0], material, solid=False)
    for z in (low + rail / 2.0, high - rail / 2.0):
        size = [right - left - 2.0 * rail, 0.006, rail]
        assembly.board(size, [(left + right) / 2.0, y, z], material, solid=False)


def tap(assembly: Assembly, base: ArrayLike, metal: Material, *, height: float = 0.16, reach: float = 0.13) -> None:
    """A mixer tap that stands on `base` (3,) and bends over towards -y, with one lever at its side."""
    foot = np.asarray(base, dtype=np.float64)
    angles = np.linspace(0.0, np.pi, 9)
    radius = reach / 2.0
    bend = np.stack(
        [np.zeros(9), -radius + radius * np.cos(angles), height - radius + radius * np.sin(angles)], axis=-1
    )
    path = np.concatenate([[[0.0, 0.0, 0.0]], bend, [[0.0, -reach, height - radius - 0.03]]])
    assembly.rod(foot + path, 0.011, metal, segments=12)
    assembly.show(meshes.cylinder(0.024, 0.03, 20, 0.004), metal, foot + [0.0, 0.0, 0.015])
    assembly.rod([foot + [0.0, 0.0, 0.055], foot + [0.06, 0.0, 0.085]], 0.006, metal, segments=8)
