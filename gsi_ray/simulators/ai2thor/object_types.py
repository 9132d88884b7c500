"""AI2-THOR's object types in plain English, and what turning shows of them."""

from __future__ import annotations

import re

STRUCTURE = frozenset({"Ceiling", "Doorframe", "Doorway", "Floor", "Room", "Wall"})
"""What is part of the building and no object, though AI2-THOR lists it as one."""

FLOOR = "Floor"

# Where people say something else than what the type says when it is taken apart into words.
_NOUNS = {
    "AppleSliced": "apple slice",
    "ArmChair": "armchair",
    "BasketBall": "basketball",
    "BathtubBasin": "bathtub basin",
    "Boots": "pair of boots",
    "Bread": "bread loaf",
    "BreadSliced": "bread slice",
    "CD": "CD",
    "CounterTop": "counter",
    "Curtains": "curtain",
    "Desktop": "computer",
    "DishSponge": "sponge",
    "EggCracked": "cracked egg",
    "Fridge": "refrigerator",
    "GarbageCan": "trash can",
    "HousePlant": "potted plant",
    "Lettuce": "head of lettuce",
    "LettuceSliced": "lettuce slice",
    "Pan": "frying pan",
    "Pot": "cooking pot",
    "PotatoSliced": "potato slice",
    "RoomDecor": "decoration",
    "ShowerGlass": "shower screen",
    "TVStand": "tv stand",
    "TableTopDecor": "ornament",
    "ToiletPaper": "toilet paper roll",
    "TomatoSliced": "tomato slice",
}

# Types of which every one looks the same from all sides, or nearly so: a turn of them does not show.
_ROUND = frozenset(
    {
        "Apple",
        "BasketBall",
        "Bottle",
        "Bowl",
        "Candle",
        "Cup",
        "DogBed",
        "Egg",
        "FloorLamp",
        "GarbageBag",
        "Lettuce",
        "Ottoman",
        "PaperTowelRoll",
        "PepperShaker",
        "Plate",
        "Plunger",
        "Potato",
        "SaltShaker",
        "Stool",
        "ToiletPaper",
        "Tomato",
        "Vase",
        "WineBottle",
    }
)
# Boxes and sheets, which look the same after half a turn.
_OBLONG = frozenset({"AluminumFoil", "Book", "Box", "CreditCard", "Footstool", "Newspaper", "Pillow", "TissueBox"})


def noun(object_type: str) -> str:
    """The common English noun for a type: "coffee table" for "CoffeeTable"."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|\d+", object_type)
    return _NOUNS.get(object_type) or " ".join(words).lower()


def yaw_symmetry(object_type: str) -> int:
    """How many times per full turn things of a type look the same: 0 for round ones, 1 where every turn shows."""
    return 0 if object_type in _ROUND else 2 if object_type in _OBLONG else 1
