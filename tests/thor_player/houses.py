"""Which of our scenes stands for each of AI2-THOR's, and what its things are called there."""

from __future__ import annotations

import re
from dataclasses import replace

from gsi_ray.scenes.build import build_scene, scene_id
from gsi_ray.scenes.scene import Scene
from tests.small_scene import small_scene
from tests.thor_player.scene_names import BATHROOMS, TEST_HOUSES

_TYPES = {
    "armchair": "ArmChair",
    "bar of soap": "SoapBar",
    "bar stool": "Stool",
    "bookshelf": "ShelvingUnit",
    "bread loaf": "Bread",
    "computer": "Desktop",
    "cooking pot": "Pot",
    "counter": "CounterTop",
    "cushion": "Pillow",
    "dining chair": "Chair",
    "drinking glass": "Cup",
    "folded towel": "Towel",
    "frying pan": "Pan",
    "kitchen counter": "CounterTop",
    "laundry basket": "LaundryHamper",
    "nightstand": "SideTable",
    "office chair": "Chair",
    "potted plant": "HousePlant",
    "refrigerator": "Fridge",
    "soap dispenser": "SoapBottle",
    "storage box": "Box",
    "toilet paper roll": "ToiletPaper",
    "towel rail": "TowelHolder",
    "trash can": "GarbageCan",
    "tv stand": "TVStand",
    "wall cabinet": "Cabinet",
    "wall picture": "Painting",
    "washbasin": "Sink",
    "water bottle": "Bottle",
}


def scene_of(name: str) -> Scene:
    """What stands for a scene of AI2-THOR's."""
    numbers = [int(digits) for digits in re.findall(r"\d+", name)]
    if numbers[0] in TEST_HOUSES:
        return _test_house(numbers[0])
    environment = "bathroom" if numbers[0] in BATHROOMS else "room"
    # RoboTHOR's names have two numbers: they come after all of iTHOR's, training before validation.
    number = numbers[0] if len(numbers) == 1 else (2000 if "Val" in name else 1000) + 10 * numbers[0] + numbers[1]
    return build_scene(scene_id(environment, "train", number))


def keeps_names(name: str) -> bool:
    """Whether the things of a scene are called as they are in ours, and not as AI2-THOR calls things."""
    return any(str(number) in name for number in TEST_HOUSES)


def object_type(category: str) -> str:
    """AI2-THOR's name for a kind of thing: "CoffeeTable" for a coffee table."""
    return _TYPES.get(category) or "".join(word.capitalize() for word in category.split())


def _test_house(number: int) -> Scene:
    scene = small_scene()
    if number == 902:
        return replace(scene, objects=scene.objects[:2])
    if number == 903:
        return replace(scene, objects=(replace(scene.objects[0], movable=True),))
    return scene
