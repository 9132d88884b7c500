"""Groups that belong together: a table with its chairs, a sofa with what stands before it, a desk with its computer.

Each function furnishes a layout with one group and returns its main piece, or None where the room has no place for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from gsi_ray.scenes.assets import Asset
from gsi_ray.scenes.catalog.kitchen import kitchen_counter
from gsi_ray.scenes.layout import Layout, Place
from gsi_ray.scenes.scene import SceneObject
from gsi_ray.spatial import rotations

PICTURES = ("wall picture", "wall clock")
FLOOR_THINGS = ("floor lamp", "trash can", "storage box", "backpack", "wicker basket", "ottoman", "beach ball")

# Furniture -----------------------------------------------------------------------------------------------------------


def dining_group(layout: Layout, chairs: int, spread: float = 0.15, room: float = 0.75) -> SceneObject | None:
    """A dining table with `room` metres round it, with up to this many chairs pushed under it.

    It stands no farther from the middle of the floor than `spread` times the floor's extents.
    """
    asset = layout.make("dining table")
    spots = layout.rng.uniform(-1.0, 1.0, (40, 2)) * spread * np.array([layout.width, layout.depth])
    yaw = layout.rng.choice([0.0, np.pi / 2.0]) + layout.rng.normal(0.0, 0.04)
    table = layout.stand(asset, spots, yaw, gap=room, off_clear=True)
    if table is None:
        table = layout.stand(asset, spots, yaw + np.pi / 2.0, gap=room, off_clear=True)
    if table is None:
        return None
    chair = layout.make("dining chair")
    for x, turn in _seats(layout, table)[:chairs]:
        seat(layout, table, chair, x, turn)
    return table


def _seats(layout: Layout, table: SceneObject) -> list[tuple[float, float]]:
    """Where chairs may stand at a table: (metres to the right of the middle of a side, radians to that side)."""
    width = table.asset.size[0]
    if table.asset.yaw_symmetry == 0:
        start = layout.rng.uniform(0.0, np.pi / 2.0)
        sides = [(0.0, start + quarter * np.pi / 2.0) for quarter in range(4)]
    else:
        offsets = [-0.25 * width, 0.25 * width] if width > 1.25 else [0.0]
        sides = [(x, turn) for turn in (0.0, np.pi) for x in offsets] + [(0.0, np.pi / 2.0), (0.0, -np.pi / 2.0)]
    return [sides[index] for index in layout.rng.permutation(len(sides))]


def seat(layout: Layout, table: SceneObject, asset: Asset, x: float = 0.0, turn: float = 0.0) -> SceneObject | None:
    """A chair at a table, `turn` radians round from its front: under it as far as it goes, or a little pulled out."""
    width, depth, _ = table.asset.size
    along_depth = abs(np.cos(turn)) if table.asset.yaw_symmetry else 1.0
    reach = along_depth * depth / 2.0 + (1.0 - along_depth) * width / 2.0
    outs = reach + asset.size[1] / 2.0 + np.linspace(layout.rng.uniform(-0.22, -0.02), 0.3, 16)
    before = np.column_stack([np.full(16, x), -outs, np.zeros(16)]) @ rotations.about_z(turn).T
    yaw = layout.yaw(table) + turn + np.pi + layout.rng.normal(0.0, 0.05)
    return layout.stand(asset, table.pose.apply(before)[:, :2], yaw, movable=True, gap=0.015)


def sitting_area(layout: Layout, television: bool = True) -> SceneObject | None:
    """A sofa at a wall, a coffee table on a rug before it, and perhaps an armchair and a television opposite."""
    rng = layout.rng
    seats = layout.make("sofa")
    sofa = layout.along_wall(seats, layout.walls, out=rng.uniform(0.02, 0.08), front=1.2, along=(-0.5, 0.5))
    if sofa is None:
        return None
    ahead = sofa.asset.size[1] / 2.0
    asset = layout.make("coffee table")
    distances = ahead + asset.size[1] / 2.0 + rng.uniform(0.35, 0.45, 8)
    spots = sofa.pose.apply(np.column_stack([rng.uniform(-0.1, 0.1, 8), -distances, np.zeros(8)]))[:, :2]
    table = layout.stand(asset, spots, layout.yaw(sofa) + rng.normal(0.0, 0.03), gap=0.3)
    if table is None:
        return None
    rug(layout, table.pose.translation[:2], layout.yaw(sofa))
    if layout.chance(0.6):
        layout.beside(sofa, layout.make("side table"), gap=0.06, movable=True)
    if television:
        _television(layout, sofa)
    if layout.chance(0.6):
        _armchair(layout, table)
    return table


def _armchair(layout: Layout, table: SceneObject) -> None:
    """An armchair at one end of a coffee table, turned towards it."""
    asset, turn = layout.make("armchair"), np.pi / 2.0 - layout.rng.uniform(0.0, 0.4)
    outs = (table.asset.size[0] + asset.size[1]) / 2.0 + np.linspace(0.3, 0.8, 10)
    for side in layout.rng.permutation([-1.0, 1.0]):
        spots = table.pose.apply(np.column_stack([side * outs, np.full(10, -0.1), np.zeros(10)]))[:, :2]
        if layout.stand(asset, spots, layout.yaw(table) - side * turn, gap=0.05) is not None:
            return


def _television(layout: Layout, sofa: SceneObject) -> None:
    opposite = [wall for wall in layout.walls if np.cos(wall.yaw - layout.yaw(sofa)) < -0.9]
    stand = layout.along_wall(layout.make("tv stand"), opposite, along=(-0.3, 0.3), front=0.5)
    if stand is not None:
        screen, top = layout.make("television"), layout.tops(stand)[0]
        layout.put(screen, top, spread=0.1, yaw=0.0, jitter=0.02, movable=False)


def work_place(layout: Layout, front: float = 0.9) -> SceneObject | None:
    """A desk at a wall with an office chair before it."""
    desk = layout.along_wall(layout.make("desk"), layout.walls, front=front, along=(-0.6, 0.6))
    if desk is not None:
        seat(layout, desk, layout.make("office chair"), x=layout.rng.uniform(-0.15, 0.15))
    return desk


def kitchen_row(layout: Layout) -> list[SceneObject]:
    """Counters in a row at a wall, with a stove and a refrigerator beside them and cabinets above."""
    rng = layout.rng
    # Its style is never "hob": there is the stove.
    counter = kitchen_counter(rng, style="sink" if layout.chance(0.6) else "plain")
    sink = layout.along_wall(counter, layout.walls, front=0.75, along=(-0.7, 0.7))
    if sink is None:
        return []
    row = [sink]
    for category in ("stove", "refrigerator"):
        asset = layout.make(category)
        neighbour = layout.beside(row[-1], asset) or layout.beside(row[0], asset)
        if neighbour is not None:
            row.append(neighbour)
        else:
            layout.along_wall(asset, layout.walls, front=0.5)
    if layout.chance(0.75):
        layout.above(sink, layout.make("wall cabinet"), rng.uniform(1.4, 1.5))
    for item in row:
        if item.asset.category == "stove":
            layout.above(item, layout.make("range hood"), 1.55)
    return row


def sleeping_place(layout: Layout) -> SceneObject | None:
    """A bed with its head at a wall, nightstands beside it, and a rug."""
    bed = layout.along_wall(layout.make("bed"), layout.walls, front=0.5, along=(-0.4, 0.4))
    if bed is None:
        return None
    nightstand = layout.make("nightstand")
    for _ in range(2):
        layout.beside(bed, nightstand, gap=0.05)
    if layout.chance(0.6):
        rug(layout, bed.pose.apply([0.0, -0.3 * bed.asset.size[1], 0.0])[:2], layout.yaw(bed))
    return bed


def rug(layout: Layout, center: ArrayLike, yaw: float) -> None:
    """A rug round a point of the floor, seen only: what stands on it stands on the floor."""
    layout.spread(layout.make("rug"), center, yaw)


def at_wall(layout: Layout, category: str, *, front: float = 0.5, movable: bool = False) -> SceneObject | None:
    """Something with its back to some wall."""
    return layout.along_wall(layout.make(category), layout.walls, front=front, movable=movable)


def at_walls(
    layout: Layout, categories: Iterable[str], *, front: float = 0.5, movable: bool = False
) -> list[SceneObject]:
    """One of each category with its back to some wall, where there is room."""
    items = [at_wall(layout, category, front=front, movable=movable) for category in categories]
    return [item for item in items if item is not None]


def on_floor(layout: Layout, categories: Sequence[str], least: int, most: int) -> list[SceneObject]:
    """Some of these standing about near the walls, for anyone to take away."""
    return at_walls(layout, layout.some(categories, least, most), front=0.0, movable=True)


def on_walls(layout: Layout, categories: Iterable[str], bottom: tuple[float, float] = (1.35, 1.6)) -> list[SceneObject]:
    """One of each category hung on some wall, where there is room."""
    items = []
    for category in categories:
        wall = layout.walls[int(layout.rng.integers(4))]
        along = layout.rng.uniform(-0.8, 0.8, 12) * wall.length / 2.0
        items.append(layout.hang(layout.make(category), wall, along, layout.rng.uniform(*bottom)))
    return [item for item in items if item is not None]


# Small things --------------------------------------------------------------------------------------------------------


def computer(layout: Layout, top: Place) -> None:
    """A monitor with keyboard and mouse before it, or a laptop."""
    if layout.chance(0.35):
        layout.put(layout.make("laptop"), top, at=(0.0, -0.2), spread=(0.2, 0.2), yaw=0.0, jitter=0.1)
        return
    x = layout.rng.uniform(-0.15, 0.15)
    layout.put(layout.make("monitor"), top, at=(x, 0.55), spread=(0.05, 0.2), yaw=0.0, jitter=0.04)
    keyboard = layout.put(layout.make("keyboard"), top, at=(x, -0.4), spread=(0.05, 0.1), yaw=0.0, jitter=0.04)
    if keyboard is not None:
        right = x + (keyboard.asset.size[0] / 2.0 + 0.09) / top.halves[0]
        layout.put(layout.make("computer mouse"), top, at=(right, -0.4), spread=(0.05, 0.1), yaw=0.0, jitter=0.15)


def serving(layout: Layout, top: Place, things: Sequence[str], spread: ArrayLike = 0.3) -> None:
    """A tray or a plate with two or three of these on it."""
    base = layout.put(layout.make(layout.pick(["tray", "tray", "plate"])), top, spread=spread, yaw=0.0)
    if base is not None:
        layout.scatter(layout.places(base), things, int(layout.rng.integers(2, 4)), gap=0.012, edge=-0.01)


def book_stack(layout: Layout, top: Place, at: ArrayLike = (0.0, 0.0), spread: ArrayLike = 1.0) -> None:
    """Two or three books, one upon the other."""
    stack = layout.put(layout.make("book"), top, at=at, spread=spread, yaw=0.0, jitter=0.3)
    for _ in range(int(layout.rng.integers(1, 3))):
        if stack is not None:
            stack = layout.put(layout.make("book"), layout.on_top(stack), spread=0.1, yaw=0.0, jitter=0.2, edge=-0.03)
