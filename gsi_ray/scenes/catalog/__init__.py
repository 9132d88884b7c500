"""Everything that can stand in a scene: a category's name and how one of its kind is made.

A category is a plain noun that people use; none is the ending of another, so that words single one out.
"""

from collections.abc import Callable

from numpy.random import Generator

from gsi_ray.scenes.assets import Asset
from gsi_ray.scenes.catalog.bath import BATH
from gsi_ray.scenes.catalog.decor import DECOR
from gsi_ray.scenes.catalog.fixtures import FIXTURES
from gsi_ray.scenes.catalog.food import FOOD
from gsi_ray.scenes.catalog.furniture import FURNITURE
from gsi_ray.scenes.catalog.office import OFFICE
from gsi_ray.scenes.catalog.tableware import TABLEWARE
from gsi_ray.scenes.catalog.workshop import WORKSHOP

SMALL_THINGS: dict[str, Callable[[Generator], Asset]] = {
    **TABLEWARE,
    **FOOD,
    **OFFICE,
    **BATH,
    **DECOR,
    **WORKSHOP,
}
"""What people take in their hands: everything that is put on furniture or stands about on the floor."""

CATALOG: dict[str, Callable[[Generator], Asset]] = {**SMALL_THINGS, **FURNITURE, **FIXTURES}
