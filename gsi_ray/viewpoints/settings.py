"""What decides where to look from."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ViewSettings:
    """Where cameras may stand, how they look, and what makes a view a good one.

    `height_m` is measured from the floor, or from the top of the stage where there is one; `distance_m`, from the edge
    of the stage, counts only then. `pitch_deg` is positive upwards and serves cameras that look around a room: with a
    stage they look at it. Unless `randomised`, yaws are evenly spaced, pitches are the ends and the middle of their
    range and the field of view (vertical) is the middle of its own; else all are drawn from their whole range.

    An object is a target of a view when it can be moved, covers at least `smallest_target` of the image and is not
    cut by the border; from `full_target` on it counts in full. Two views are alike when they are closer than `apart_m`
    and look in directions less than `apart_deg` apart. A view needs `fewest_targets` to be chosen.
    """

    views: int = 5
    height_m: tuple[float, float] = (1.3, 1.7)
    pitch_deg: tuple[float, float] = (-35.0, -5.0)
    field_of_view_deg: tuple[float, float] = (58.0, 72.0)
    distance_m: tuple[float, float] = (0.5, 1.2)
    positions: int = 24
    yaws: int = 12
    randomised: bool = False
    smallest_target: float = 0.0015
    full_target: float = 0.008
    fewest_targets: int = 2
    apart_m: float = 0.6
    apart_deg: float = 45.0


ROOM = ViewSettings()
BATHROOM = replace(ROOM, height_m=(1.3, 1.65), field_of_view_deg=(62.0, 76.0), apart_m=0.45, apart_deg=35.0)
TABLETOP = ViewSettings(
    height_m=(0.45, 0.9), field_of_view_deg=(50.0, 64.0), fewest_targets=4, apart_m=0.5, apart_deg=30.0
)

VIEW_SETTINGS: dict[str, ViewSettings] = {"room": ROOM, "bathroom": BATHROOM, "tabletop": TABLETOP}
"""The defaults of each environment."""
