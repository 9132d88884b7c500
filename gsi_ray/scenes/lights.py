"""How a room is lit: daylight through its window, lamps under its ceiling, and what the walls throw back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes.assets import Color
from gsi_ray.scenes.layout import Layout
from gsi_ray.scenes.scene import Light

Array = NDArray[np.float64]

_COOL = np.array([0.90, 0.96, 1.06])
_NEUTRAL = np.array([1.0, 1.0, 1.0])
_WARM = np.array([1.08, 0.98, 0.84])


def lighting(layout: Layout) -> tuple[tuple[Light, ...], Color]:
    """Lights and ambient colour of a furnished room: some time of the day, two of the lights casting shadows."""
    rng = layout.rng
    day = rng.uniform(0.0, 1.0)  # 0: evening, by lamplight; 1: broad daylight
    daylight = _blend(_WARM, _COOL, rng.uniform(0.2, 1.0)) * (0.17 + 0.19 * day)
    lamplight = _blend(_NEUTRAL, _WARM, rng.uniform(0.3, 1.0)) * (0.42 - 0.13 * day)
    ambient = _blend(_WARM, _NEUTRAL, day) * rng.uniform(0.44, 0.50)
    lamp = np.array([*(rng.uniform(-0.15, 0.15, 2) * [layout.width, layout.depth]), layout.height - 0.08])
    opposite = np.array([*(-1.2 * lamp[:2]), layout.height - 0.08])
    lights = (
        Light(lamp, np.array([0.0, 0.0, -1.0]), _color(lamplight)),
        _sun(layout, daylight),
        Light(opposite, np.array([0.0, 0.0, -1.0]), _color(0.4 * lamplight), casts_shadow=False),
    )
    return lights, _color(ambient)


def _sun(layout: Layout, color: Array) -> Light:
    """Daylight that comes in slantwise from the side of the window."""
    rng = layout.rng
    elevation, sideways = rng.uniform(0.7, 1.1), rng.uniform(-0.5, 0.5)
    inward = -layout.window_wall.points(0.0, 0.0)[0]
    bearing = np.arctan2(inward[1], inward[0]) + sideways
    level = np.cos(elevation) * np.array([np.cos(bearing), np.sin(bearing)])
    direction = np.array([*level, -np.sin(elevation)])
    return Light(-4.0 * direction + [0.0, 0.0, 0.8], direction, _color(color), directional=True)


def _blend(first: ArrayLike, second: ArrayLike, share: float) -> Array:
    mixed: Array = (1.0 - share) * np.asarray(first) + share * np.asarray(second)
    return mixed


def _color(values: Array) -> Color:
    red, green, blue = (float(channel) for channel in np.clip(values, 0.0, 1.0))
    return (red, green, blue)
