"""Rooms to live in: kitchens, living rooms, bedrooms and offices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes.furnishing import (
    FLOOR_THINGS,
    PICTURES,
    at_walls,
    book_stack,
    computer,
    dining_group,
    kitchen_row,
    on_floor,
    on_walls,
    rug,
    serving,
    sitting_area,
    sleeping_place,
    work_place,
)
from gsi_ray.scenes.layout import Layout


def room(rng: Generator) -> Layout:
    """A room of a random kind."""
    kind = list(KINDS)[int(rng.integers(len(KINDS)))]
    layout = Layout(
        kind,
        rng.uniform(3.5, 4.6),
        rng.uniform(3.4, 4.2),
        rng.uniform(2.45, 2.8),
        rng,
        "kitchen" if kind == "kitchen" else "living",
    )
    KINDS[kind](layout)
    return layout


def kitchen(layout: Layout) -> None:
    """A row of counters with a refrigerator, and a table with chairs."""
    rng = layout.rng
    row = kitchen_row(layout)
    table = dining_group(layout, int(rng.integers(2, 5)), spread=0.3, room=0.4)
    at_walls(layout, ["bookshelf"] if layout.chance(0.5) else [])
    on_floor(layout, ("trash can", "wicker basket", "storage box", "bar stool"), 1, 3)
    on_walls(layout, PICTURES)
    worktops = [place for item in row if item.asset.category == "kitchen counter" for place in layout.tops(item)]
    hobs = [place for item in row if item.asset.category == "stove" for place in layout.tops(item)]
    layout.scatter(hobs, ("cooking pot", "frying pan", "kettle"), int(rng.integers(1, 3)))
    tables = layout.tops(table) if table is not None else []
    for top in tables:
        serving(layout, top, ("apple", "orange", "lemon", "salt shaker", "mug"))
    layout.alike(worktops, ("mug", "jar", "soup can", "wine bottle", "water bottle"))
    layout.alike(tables or worktops, ("drinking glass", "plate", "mug", "water bottle", "orange", "lemon"))
    layout.scatter(worktops, KITCHEN_THINGS, int(rng.integers(5, 9)))
    layout.scatter(tables, TABLE_THINGS, int(rng.integers(3, 6)))
    _fill_shelves(layout, KITCHEN_THINGS)


def living_room(layout: Layout) -> None:
    """A sofa and what belongs round it."""
    rng = layout.rng
    table = sitting_area(layout)
    at_walls(layout, ["bookshelf"])
    at_walls(layout, ["dresser"] if layout.chance(0.5) else [])
    at_walls(layout, ["floor lamp"], front=0.0, movable=True)
    on_floor(layout, FLOOR_THINGS, 1, 3)
    on_walls(layout, layout.some((*PICTURES, "wall picture", "mirror"), 2, 3))
    if table is not None:
        top = layout.tops(table)[0]
        book_stack(layout, top)
        layout.alike([top], ("mug", "candle", "drinking glass", "orange"))
        layout.scatter([top], COFFEE_THINGS, int(rng.integers(3, 6)))
    seats = [item for item in layout.objects if item.asset.category in ("sofa", "armchair")]
    layout.alike([place for item in seats for place in layout.places(item)], ("cushion",))
    _fill_tops(layout, ("dresser", "side table", "tv stand"), SHELF_THINGS, 4)
    _fill_shelves(layout, SHELF_THINGS)


def bedroom(layout: Layout) -> None:
    """A bed between nightstands."""
    rng = layout.rng
    bed = sleeping_place(layout)
    at_walls(layout, ["wardrobe"], front=0.7)
    at_walls(layout, ["dresser"])
    if layout.chance(0.5):
        desk = work_place(layout)
        if desk is not None:
            layout.scatter(layout.tops(desk), DESK_THINGS, int(rng.integers(2, 5)))
    on_floor(layout, (*FLOOR_THINGS, "laundry basket"), 2, 3)
    on_walls(layout, layout.some((*PICTURES, "wall picture", "mirror"), 2, 3))
    if bed is not None:
        layout.scatter(layout.tops(bed), BED_THINGS, int(rng.integers(2, 5)))
    chests = [place for item in layout.objects if item.asset.category == "dresser" for place in layout.tops(item)]
    layout.alike(chests, ("perfume bottle", "candle", "book", "jar", "toy car"))
    layout.scatter(chests, VANITY_THINGS, 4)
    _fill_tops(layout, ("nightstand",), NIGHT_THINGS, 5)
    _fill_shelves(layout, SHELF_THINGS)


def office(layout: Layout) -> None:
    """One or two desks, shelves, and somewhere to sit."""
    rng = layout.rng
    desks = [desk for desk in (work_place(layout), work_place(layout)) if desk is not None]
    at_walls(layout, ["bookshelf"])
    at_walls(layout, ["dresser"] if layout.chance(0.5) else [])
    for armchair in at_walls(layout, ["armchair"] if layout.chance(0.6) else []):
        layout.beside(armchair, layout.make("side table"), gap=0.06, movable=True)
    if layout.chance(0.6):
        rug(layout, rng.uniform(-0.3, 0.3, 2), rng.choice([0.0, np.pi / 2.0]))
    on_floor(layout, FLOOR_THINGS, 2, 4)
    on_walls(layout, layout.some((*PICTURES, "wall picture", "mirror"), 2, 3))
    for desk in desks:
        computer(layout, layout.tops(desk)[0])
    tops = [place for desk in desks for place in layout.tops(desk)]
    layout.alike(tops, ("book", "mug", "water bottle", "pen holder"))
    layout.scatter(tops, DESK_THINGS, int(rng.integers(5, 9)))
    _fill_tops(layout, ("dresser", "side table"), DESK_THINGS, 4)
    _fill_shelves(layout, SHELF_THINGS)


def _fill_tops(layout: Layout, furniture: tuple[str, ...], things: tuple[str, ...], count: int) -> None:
    """Put things on the tops of all furniture of some categories."""
    items = [item for item in layout.objects if item.asset.category in furniture]
    layout.scatter([place for item in items for place in layout.tops(item)], things, count)


def _fill_shelves(layout: Layout, things: tuple[str, ...]) -> None:
    """Put things on the boards of shelves that can be seen and reached: from knee to head."""
    shelves = [item for item in layout.objects if item.asset.category in ("bookshelf", "wall shelf")]
    boards = [board for item in shelves for board in layout.places(item) if 0.4 < board.height < 1.75]
    for board in boards[: int(layout.rng.integers(0, 3))]:
        book_stack(layout, board)
    if layout.chance(0.4):
        layout.alike(boards, ("storage box", "vase", "candle", "jar"))
    layout.scatter(boards, things, int(layout.rng.integers(1, 4)))


KINDS: dict[str, Callable[[Layout], None]] = {
    "kitchen": kitchen,
    "living_room": living_room,
    "bedroom": bedroom,
    "office": office,
}
"""Every kind of room, and what furnishes it."""

KITCHEN_THINGS = (
    "kettle",
    "teapot",
    "cooking pot",
    "frying pan",
    "cutting board",
    "bread loaf",
    "cereal box",
    "milk carton",
    "soup can",
    "pitcher",
    "bowl",
    "plate",
    "banana",
    "jar",
    "wine bottle",
    "salt shaker",
    "tray",
    "mug",
    "soap dispenser",
    "potted plant",
)
TABLE_THINGS = (
    "vase",
    "pitcher",
    "bread loaf",
    "wine bottle",
    "candle",
    "teapot",
    "salt shaker",
    "milk carton",
    "cereal box",
    "banana",
    "potted plant",
    "mug",
    "bowl",
    "laptop",
)
COFFEE_THINGS = (
    "vase",
    "bowl",
    "tray",
    "potted plant",
    "tissue box",
    "laptop",
    "cell phone",
    "teapot",
    "toy car",
    "picture frame",
    "mug",
    "candle",
    "wicker basket",
)
SHELF_THINGS = (
    "vase",
    "picture frame",
    "globe",
    "storage box",
    "teddy bear",
    "toy car",
    "alarm clock",
    "potted plant",
    "wicker basket",
    "jar",
    "candle",
    "book",
)
DESK_THINGS = (
    "desk lamp",
    "pen holder",
    "mug",
    "cell phone",
    "alarm clock",
    "globe",
    "picture frame",
    "potted plant",
    "tissue box",
    "storage box",
    "water bottle",
    "apple",
    "drinking glass",
    "toy car",
    "book",
)
VANITY_THINGS = (
    "perfume bottle",
    "tissue box",
    "picture frame",
    "vase",
    "potted plant",
    "candle",
    "wicker basket",
    "jar",
    "soap dispenser",
)
BED_THINGS = (
    "teddy bear",
    "cushion",
    "book",
    "backpack",
    "folded towel",
    "laptop",
    "headphones",
    "cell phone",
    "toy block",
)
NIGHT_THINGS = (
    "desk lamp",
    "alarm clock",
    "book",
    "drinking glass",
    "cell phone",
    "tissue box",
    "mug",
    "candle",
    "water bottle",
)
