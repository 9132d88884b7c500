"""Tabletops: one table, the stage, with six to twenty things on it, in a plausible corner of a room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import furnishing
from gsi_ray.scenes.layout import Layout, Place
from gsi_ray.scenes.scene import SceneObject
from gsi_ray.scenes.structure import RoomStyle


@dataclass(frozen=True)
class Setting:
    """What makes one kind of tabletop.

    `stand` furnishes a room with the table and what belongs round it; `pieces` sets out what has a place of its own on
    it; one or two of `groups` come severalfold; `singles` fill the rest.
    """

    style: RoomStyle
    stand: Callable[[Layout], SceneObject]
    pieces: Callable[[Layout, Place], None]
    groups: tuple[str, ...]
    singles: tuple[str, ...]


def tabletop(rng: Generator) -> Layout:
    """A table of a random kind."""
    kind = list(SETTINGS)[int(rng.integers(len(SETTINGS)))]
    setting = SETTINGS[kind]
    layout = Layout(kind, rng.uniform(3.4, 4.4), rng.uniform(3.3, 4.2), rng.uniform(2.45, 2.75), rng, setting.style)
    table = setting.stand(layout)
    layout.stage = table.object_id
    _lay(layout, setting, max(layout.tops(table), key=lambda place: place.area))
    return layout


def _lay(layout: Layout, setting: Setting, top: Place) -> None:
    """Set the table: six to twenty things, some of them alike and some the only ones of their kind."""
    wanted = int(np.clip(round(top.area * layout.rng.uniform(8.0, 14.0)), 8, 16))
    bare = len(layout.objects)
    setting.pieces(layout, top)
    layout.alike([top], setting.groups)
    layout.scatter([top], setting.singles, max(wanted - (len(layout.objects) - bare), 3))
    if wanted - (len(layout.objects) - bare) >= 4:
        layout.alike([top], setting.groups)
    # A crowded or small table still gets its six things, closer together.
    layout.scatter([top], setting.singles, 6 - (len(layout.objects) - bare), gap=0.012, edge=0.01)


def _dining_room(layout: Layout) -> SceneObject:
    table = furnishing.dining_group(layout, chairs=int(layout.rng.integers(0, 4)))
    furnishing.at_walls(layout, layout.some(["dresser", "bookshelf"], 1, 2), front=0.8)
    return _backed(layout, table)


def _sitting_room(layout: Layout) -> SceneObject:
    table = furnishing.sitting_area(layout, television=False)
    furnishing.at_walls(layout, ["bookshelf"], front=0.8)
    return _backed(layout, table)


def _study(layout: Layout) -> SceneObject:
    table = furnishing.work_place(layout, front=1.4)
    furnishing.at_walls(layout, ["bookshelf"], front=0.8)
    return _backed(layout, table)


def _dressing_room(layout: Layout) -> SceneObject:
    table = furnishing.at_wall(layout, "vanity table", front=1.4)
    if table is not None:
        layout.above(table, layout.make("mirror"), layout.rng.uniform(1.05, 1.25))
    furnishing.at_walls(layout, ["wardrobe"], front=0.8)
    return _backed(layout, table)


def _kitchenette(layout: Layout) -> SceneObject:
    if layout.chance(0.4):
        table = layout.stand(layout.make("kitchen island"), (0.0, 0.0), layout.rng.normal(0.0, 0.05))
        furnishing.at_walls(layout, ["refrigerator", "stove"], front=0.8)
    else:
        row = furnishing.kitchen_row(layout)
        table = row[0] if row else None
    return _backed(layout, table)


def _workshop(layout: Layout) -> SceneObject:
    table = furnishing.at_wall(layout, "workbench", front=1.4)
    furnishing.at_walls(layout, ["bookshelf"], front=0.8)
    return _backed(layout, table)


def _backed(layout: Layout, table: SceneObject | None) -> SceneObject:
    """The table, with a little more in the room behind it."""
    assert table is not None, "a room without furniture has room for a table"
    furnishing.on_floor(layout, furnishing.FLOOR_THINGS, 0, 2)
    furnishing.on_walls(layout, layout.some(furnishing.PICTURES, 1, 2))
    return table


def _dining_pieces(layout: Layout, top: Place) -> None:
    sides = [(-0.5, -0.62), (0.5, -0.62), (-0.5, 0.62), (0.5, 0.62)]
    plate, vessel = layout.make("plate"), layout.make(layout.pick(["drinking glass", "mug"]))
    for index in layout.rng.permutation(4)[: layout.rng.integers(2, 5)]:
        x, y = sides[index]
        layout.put(plate, top, at=(x, y), spread=0.05)
        layout.put(vessel, top, at=(x + np.sign(-y) * 0.28, 0.55 * y), spread=0.08, yaw=0.0, jitter=1.5)
    if layout.chance(0.4):
        fillings = ("apple", "orange", "lemon", "salt shaker", "candle", "jar")
        furnishing.serving(layout, top, fillings, spread=(0.2, 0.15))


def _coffee_pieces(layout: Layout, top: Place) -> None:
    furnishing.book_stack(layout, top, at=(layout.rng.choice([-0.5, 0.5]), 0.2), spread=0.2)
    if layout.chance(0.4):
        furnishing.serving(layout, top, ("teapot", "mug", "apple", "candle", "salt shaker"), spread=0.5)


def _office_pieces(layout: Layout, top: Place) -> None:
    furnishing.computer(layout, top)


def _counter_pieces(layout: Layout, top: Place) -> None:
    layout.put(layout.make("cutting board"), top, spread=(0.5, 0.2), yaw=0.0)
    if layout.chance(0.3):
        furnishing.serving(layout, top, ("apple", "orange", "lemon", "jar"), spread=(0.8, 0.4))


def _nothing(layout: Layout, top: Place) -> None:
    """Vanities and workbenches have no fixed order."""


SETTINGS: dict[str, Setting] = {
    "dining": Setting(
        "living",
        _dining_room,
        _dining_pieces,
        ("drinking glass", "mug", "apple", "orange", "water bottle", "candle", "bowl"),
        (
            "wine bottle",
            "pitcher",
            "vase",
            "bread loaf",
            "teapot",
            "salt shaker",
            "candle",
            "cutting board",
            "jar",
            "tray",
            "potted plant",
            "banana",
            "lemon",
            "bowl",
            "water bottle",
            "cooking pot",
            "milk carton",
            "cereal box",
            "tissue box",
        ),
    ),
    "coffee": Setting(
        "living",
        _sitting_room,
        _coffee_pieces,
        ("mug", "candle", "book", "drinking glass", "toy car", "orange"),
        (
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
            "water bottle",
            "globe",
            "alarm clock",
            "apple",
            "wicker basket",
            "candle",
            "plate",
        ),
    ),
    "office": Setting(
        "living",
        _study,
        _office_pieces,
        ("book", "mug", "water bottle", "pen holder", "picture frame"),
        (
            "desk lamp",
            "headphones",
            "stapler",
            "tape dispenser",
            "calculator",
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
            "laptop",
        ),
    ),
    "vanity": Setting(
        "living",
        _dressing_room,
        _nothing,
        ("perfume bottle", "lotion tube", "candle", "jar", "soap dispenser"),
        (
            "tissue box",
            "hairbrush",
            "alarm clock",
            "picture frame",
            "vase",
            "potted plant",
            "candle",
            "perfume bottle",
            "lotion tube",
            "mug",
            "jar",
            "wicker basket",
            "headphones",
            "book",
            "teddy bear",
            "cell phone",
            "desk lamp",
        ),
    ),
    "counter": Setting(
        "kitchen",
        _kitchenette,
        _counter_pieces,
        ("mug", "jar", "soup can", "wine bottle", "lemon", "water bottle", "apple"),
        (
            "kettle",
            "teapot",
            "cooking pot",
            "frying pan",
            "bread loaf",
            "cereal box",
            "milk carton",
            "soup can",
            "pitcher",
            "bowl",
            "plate",
            "soap dispenser",
            "banana",
            "potted plant",
            "salt shaker",
            "tray",
            "jar",
            "wine bottle",
        ),
    ),
    "workbench": Setting(
        "workshop",
        _workshop,
        _nothing,
        ("paint can", "spray can", "screwdriver", "jar", "flashlight", "tape measure"),
        (
            "hammer",
            "power drill",
            "toolbox",
            "screwdriver",
            "paint can",
            "spray can",
            "flashlight",
            "tape measure",
            "watering can",
            "storage box",
            "desk lamp",
            "mug",
            "water bottle",
            "jar",
            "potted plant",
        ),
    ),
}
"""Every kind of tabletop."""
