"""The scenes that the player has, and which of ours each of them is."""

from __future__ import annotations

from itertools import chain

_ITHOR = tuple(chain(range(1, 31), range(201, 231), range(301, 331), range(401, 431)))
BATHROOMS = range(401, 431)
TEST_HOUSES = (901, 902, 903)
"""901 is the small scene of all tests, 902 its table with only the book on it, 903 only that table, to be moved."""

IN_BUILD = (
    *(f"FloorPlan{number}_physics" for number in (*_ITHOR, *TEST_HOUSES)),
    *(f"FloorPlan_Train{walls}_{things}" for walls in range(1, 13) for things in range(1, 6)),
    *(f"FloorPlan_Val{walls}_{things}" for walls in range(1, 4) for things in range(1, 6)),
)
"""As `GetScenesInBuild` lists them."""
