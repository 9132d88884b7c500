"""All furniture by category."""

from __future__ import annotations

from collections.abc import Callable

from numpy.random import Generator

from gsi_ray.scenes.assets import Asset
from gsi_ray.scenes.catalog import decoration, kitchen, seating, storage, tables

FURNITURE: dict[str, Callable[[Generator], Asset]] = {
    "dining table": tables.dining_table,
    "coffee table": tables.coffee_table,
    "side table": tables.side_table,
    "desk": tables.desk,
    "vanity table": tables.vanity_table,
    "workbench": tables.workbench,
    "bench": tables.bench,
    "kitchen counter": kitchen.kitchen_counter,
    "kitchen island": kitchen.kitchen_island,
    "wall cabinet": kitchen.wall_cabinet,
    "stove": kitchen.stove,
    "range hood": kitchen.range_hood,
    "refrigerator": kitchen.refrigerator,
    "bookshelf": storage.bookshelf,
    "wall shelf": storage.wall_shelf,
    "nightstand": storage.nightstand,
    "dresser": storage.dresser,
    "tv stand": storage.tv_stand,
    "wardrobe": storage.wardrobe,
    "sofa": seating.sofa,
    "armchair": seating.armchair,
    "bed": seating.bed,
    "dining chair": seating.dining_chair,
    "office chair": seating.office_chair,
    "bar stool": seating.bar_stool,
    "ottoman": seating.ottoman,
    "floor lamp": decoration.floor_lamp,
    "television": decoration.television,
    "rug": decoration.rug,
    "wall picture": decoration.wall_picture,
    "wall clock": decoration.wall_clock,
    "mirror": decoration.mirror,
}
"""What makes each category of furniture, in a random variation."""
