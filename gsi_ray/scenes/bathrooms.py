"""Bathrooms: basin, toilet, bath or shower, and many small things on every ledge."""

from __future__ import annotations

from numpy.random import Generator

from gsi_ray.scenes.furnishing import at_wall, at_walls, on_walls
from gsi_ray.scenes.layout import Layout, Place
from gsi_ray.scenes.scene import SceneObject

THINGS = (
    "soap dispenser",
    "shampoo bottle",
    "toothbrush cup",
    "bar of soap",
    "toilet paper roll",
    "folded towel",
    "tissue box",
    "perfume bottle",
    "hairbrush",
    "lotion tube",
    "candle",
    "potted plant",
    "wicker basket",
    "vase",
    "rubber duck",
    "jar",
    "drinking glass",
    "alarm clock",
)
GROUPS = (
    "shampoo bottle",
    "soap dispenser",
    "toilet paper roll",
    "lotion tube",
    "perfume bottle",
    "candle",
    "rubber duck",
)


def bathroom(rng: Generator) -> Layout:
    """A small tiled room with its fixtures along the walls."""
    layout = Layout("bathroom", rng.uniform(2.2, 3.0), rng.uniform(2.2, 3.1), rng.uniform(2.4, 2.6), rng, "bathroom")
    bath = _bath(layout)
    basin = at_wall(layout, "washbasin", front=0.6)
    layout.along_wall(layout.make("toilet"), layout.walls, front=0.5, gap=0.1)
    if basin is not None:
        layout.above(basin, layout.make(layout.pick(["mirror", "mirror cabinet"])), rng.uniform(1.15, 1.3))
    if bath is not None and layout.chance(0.7):
        mat = layout.make("bath mat")
        ahead = bath.pose.apply([0.0, -(bath.asset.size[1] + mat.size[1]) / 2.0 - rng.uniform(0.05, 0.15), 0.0])
        layout.spread(mat, ahead[:2], layout.yaw(bath))
    at_walls(layout, ["bathroom cabinet"], front=0.3)
    at_walls(layout, layout.some(["laundry basket", "trash can", "step stool"], 2, 3), front=0.0, movable=True)
    on_walls(layout, ["bathroom shelf", "bathroom shelf"], bottom=(1.05, 1.35))
    on_walls(layout, ["towel rail"], bottom=(0.65, 0.8))
    on_walls(layout, ["radiator"] if layout.chance(0.5) else [], bottom=(0.15, 0.2))
    _dress(layout)
    return layout


def _bath(layout: Layout) -> SceneObject | None:
    """A bath in a corner, or a shower with the corner on its right, where it has no pane."""
    if layout.chance(0.35):
        shower = layout.along_wall(layout.make("shower"), layout.walls, along=(1.0, 1.0), front=0.5)
        if shower is not None:
            return shower
    corner = float(layout.rng.choice([-1.0, 1.0]))
    return layout.along_wall(layout.make("bathtub"), layout.walls, along=(corner, corner), front=0.5)


def _dress(layout: Layout) -> None:
    places = _ledges(layout)
    for _ in range(int(layout.rng.integers(1, 3))):
        layout.alike(places, GROUPS, gap=0.02, edge=0.008)
    layout.scatter(places, THINGS, int(layout.rng.integers(7, 12)), gap=0.02, edge=0.008)


def _ledges(layout: Layout) -> list[Place]:
    """Every level place above the floor and below eye level that has some room on it."""
    bearers = [item for item in layout.objects if not item.movable or item.asset.category == "step stool"]
    places = [place for item in bearers for place in layout.places(item)]
    return [place for place in places if 0.15 < place.height < 1.6 and place.area > 0.015]
