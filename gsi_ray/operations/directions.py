"""Directions as instructions mean them: as the camera sees them, laid on the floor plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gsi_ray.spatial import Camera

Array = NDArray[np.float64]

DIRECTIONS: dict[str, Callable[[Camera], Array]] = {
    "left": lambda camera: -camera.ground_right,
    "right": lambda camera: camera.ground_right,
    "forward": lambda camera: camera.ground_forward,
    "backward": lambda camera: -camera.ground_forward,
}
"""Unit vectors (3,) in the world: forward is away from the camera, backward towards it."""

OPPOSITES: dict[str, str] = {
    one: other
    for pair in (("left", "right"), ("forward", "backward"), ("up", "down"), ("clockwise", "counterclockwise"))
    for one, other in (pair, pair[::-1])
}
"""The direction that takes back what another did, of things, of turns and of tilts."""

RELATIONS: dict[str, str] = {
    "left_of": "left",
    "right_of": "right",
    "in_front_of": "backward",
    "behind": "forward",
}
"""The direction from a reference to what stands in a relation to it; in front of means nearer to the camera."""
