"""The houses of AI2-THOR as scenes: which there are, and which split each belongs to, for ever.

iTHOR has 30 kitchens, living rooms, bedrooms and bathrooms each, of which by its makers' division the first 20 are for
training, the next 5 for validation, the last 5 for tests. RoboTHOR has apartments for training and for validation.
"""

from __future__ import annotations

import re
from itertools import chain, zip_longest

from gsi_ray.scenes.build import SceneName, UnknownScene
from gsi_ray.scenes.scene import House

_PARTS_OF_ITHOR = {"train": range(1, 21), "val": range(21, 26), "test": range(26, 31)}
_PARTS_OF_ROBOTHOR = {"train": ("Train", 12), "val": ("Val", 3), "test": ("Test", 0)}
_LAYOUTS_OF_AN_APARTMENT = 5
_FIRST_OF_KIND = {"kitchen": 0, "living room": 200, "bedroom": 300, "bathroom": 400}


def _ithor(kind: str, split: str) -> list[str]:
    return [f"FloorPlan{_FIRST_OF_KIND[kind] + number}" for number in _PARTS_OF_ITHOR[split]]


def _robothor(split: str) -> list[str]:
    stage, apartments = _PARTS_OF_ROBOTHOR[split]
    layouts = range(1, _LAYOUTS_OF_AN_APARTMENT + 1)
    return [f"FloorPlan_{stage}{number}_{layout}" for number in range(1, apartments + 1) for layout in layouts]


def _alternating(*kinds: list[str]) -> list[str]:
    """One of each kind in turn, so that a few scenes in a row are of all kinds."""
    return [name for name in chain.from_iterable(zip_longest(*kinds)) if name is not None]


HOUSES: dict[tuple[str, str], list[str]] = {
    (environment, split): _alternating(*kinds)
    for split in _PARTS_OF_ITHOR
    for environment, kinds in {
        "bathroom": [_ithor("bathroom", split)],
        "room": [*(_ithor(kind, split) for kind in ("kitchen", "living room", "bedroom")), _robothor(split)],
    }.items()
}
"""The names of the houses of every (environment, split), in the order in which scenes go through them."""

ENVIRONMENTS = ("bathroom", "room")
"""There are no houses that are one tabletop."""

_PLACE_OF_HOUSE = {name: place for place, names in HOUSES.items() for name in names}


def scene_id(environment: str, split: str, number: int) -> str:
    """The id of a scene, such as "FloorPlan12-000003": a house, and which arrangement of its things.

    Scenes go through all houses as they were built, which is arrangement 0, then through all houses in the first
    random arrangement, and so on without end. Raises UnknownScene where there are no such houses.
    """
    if (environment, split) not in HOUSES:
        raise UnknownScene(
            f'AI2-THOR has no houses for "{environment}" and "{split}"; it has {" and ".join(ENVIRONMENTS)}, each for '
            f"{', '.join(_PARTS_OF_ITHOR)}"
        )
    names = HOUSES[environment, split]
    return f"{names[number % len(names)]}-{number // len(names):06d}"


def parse(scene_id: str) -> SceneName:
    """Undoes `scene_id`. Raises UnknownScene where it is not the id of a scene."""
    match = re.fullmatch(r"(?P<house>FloorPlan\w+)-(?P<arrangement>\d{6,})", scene_id, re.ASCII)
    if match is None or match["house"] not in _PLACE_OF_HOUSE:
        raise UnknownScene(f'"{scene_id}" is no scene of AI2-THOR; one looks like "FloorPlan12-000003"')
    environment, split = _PLACE_OF_HOUSE[match["house"]]
    names = HOUSES[environment, split]
    return SceneName(environment, split, int(match["arrangement"]) * len(names) + names.index(match["house"]))


def build_scene(scene_id: str) -> House:
    """The scene of this id, which the player builds by its name. Raises UnknownScene."""
    environment = parse(scene_id).environment
    house, arrangement = scene_id.rsplit("-", 1)
    return House(scene_id, environment, house, int(arrangement))
