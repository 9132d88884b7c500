"""Materials by name, and the colours that people have words for."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import textures
from gsi_ray.scenes.assets import Color, Material, Texture

COLORS: dict[str, Color] = {
    "red": (0.62, 0.15, 0.13),
    "orange": (0.82, 0.43, 0.15),
    "yellow": (0.85, 0.70, 0.24),
    "green": (0.23, 0.42, 0.26),
    "blue": (0.19, 0.33, 0.58),
    "purple": (0.40, 0.26, 0.50),
    "pink": (0.85, 0.58, 0.64),
    "brown": (0.40, 0.26, 0.17),
    "black": (0.085, 0.085, 0.095),
    "white": (0.90, 0.90, 0.88),
    "gray": (0.46, 0.47, 0.48),
    "beige": (0.77, 0.69, 0.56),
}
"""Basic colour words and what they look like."""

MUTED = ("white", "black", "gray", "beige", "brown")
BRIGHT = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
EVERY_COLOR = (*MUTED, *BRIGHT)

_WOOD_COLORS = {
    "oak": "brown",
    "pine": "beige",
    "birch": "beige",
    "walnut": "brown",
    "mahogany": "brown",
    "wenge": "brown",
}


def named_color(rng: Generator, choices: Sequence[str] = EVERY_COLOR) -> tuple[str, Color]:
    """One of the colour words, and a shade that everybody would still call by that word."""
    name = pick(rng, choices)
    hue, saturation, value = colorsys.rgb_to_hsv(*COLORS[name])
    hue = (hue + rng.uniform(-0.012, 0.012)) % 1.0
    saturation = float(np.clip(saturation * rng.uniform(0.9, 1.06), 0.0, 1.0))
    value = float(np.clip(value * rng.uniform(0.92, 1.06), 0.0, 1.0))
    return name, colorsys.hsv_to_rgb(hue, saturation, value)


def pick(rng: Generator, choices: Sequence[str]) -> str:
    """One of the words."""
    return choices[int(rng.integers(len(choices)))]


def pick_color(rng: Generator, choices: Sequence[Color]) -> Color:
    """One of the colours."""
    return choices[int(rng.integers(len(choices)))]


def shaded(color: Color, factor: float) -> Color:
    """The colour made darker (factor below 1) or mixed with white (above 1, up to 2)."""
    if factor <= 1.0:
        return (color[0] * factor, color[1] * factor, color[2] * factor)
    share = factor - 1.0
    return tuple(channel + (1.0 - channel) * share for channel in color)  # type: ignore[return-value]


def wood(rng: Generator, species: str | None = None) -> Material:
    """Oiled wood of one `species` of `textures.WOODS`, any if not given. Grain runs along v."""
    kind = pick(rng, list(textures.WOODS)) if species is None else species
    return Material(kind, texture=textures.wood(kind, _variant(rng)), specular=0.18, shininess=0.25)


def wood_color(material: Material) -> str:
    """The colour word for a wood made by `wood`."""
    return _WOOD_COLORS[material.name]


def lacquered(color: Color) -> Material:
    """Smooth painted wood or board."""
    return Material("painted wood", color, specular=0.25, shininess=0.4)


def ceramic(color: Color, rng: Generator | None = None) -> Material:
    """Glazed ceramic; with a generator given, sometimes speckled stoneware."""
    speckled = rng is not None and rng.random() < 0.35
    texture = textures.speckle(_variant(rng)) if rng is not None and speckled else None
    return Material("ceramic", color, texture, specular=0.5, shininess=0.75)


def plastic(color: Color) -> Material:
    """Satin plastic."""
    return Material("plastic", color, specular=0.28, shininess=0.45)


def rubber(color: Color = (0.10, 0.10, 0.11)) -> Material:
    """Matt rubber."""
    return Material("rubber", color, specular=0.06, shininess=0.1)


def glass(tint: Color = (0.78, 0.86, 0.86)) -> Material:
    """Frosted glass: pale, opaque, with a tight highlight."""
    return Material("glass", tint, specular=0.8, shininess=0.9)


METALS: dict[str, Color] = {
    "steel": (0.70, 0.71, 0.72),
    "dark steel": (0.22, 0.22, 0.24),
    "copper": (0.72, 0.43, 0.30),
    "brass": (0.76, 0.62, 0.34),
}


def metal(kind: str = "steel", brushed: bool = False) -> Material:
    """One of `METALS`, polished or brushed along u."""
    texture = textures.brushed() if brushed else None
    return Material("metal", METALS[kind], texture, specular=0.7, shininess=0.6 if brushed else 0.8)


def enamel(color: Color) -> Material:
    """Painted or enamelled metal."""
    return Material("metal", color, specular=0.5, shininess=0.7)


def fabric(color: Color, rng: Generator) -> Material:
    """Plain-woven cloth in one colour."""
    return Material("fabric", color, textures.weave(_variant(rng)), specular=0.02, shininess=0.05)


def plush(color: Color, rng: Generator) -> Material:
    """Soft pile in one colour: towels, toys, carpets."""
    return Material("fabric", color, textures.pile(_variant(rng)), specular=0.0, shininess=0.0)


def leather(color: Color, rng: Generator) -> Material:
    """Leather in one colour."""
    return Material("leather", color, textures.leather(_variant(rng)), specular=0.22, shininess=0.3)


def paper(color: Color = (0.95, 0.94, 0.90)) -> Material:
    """Uncoated paper."""
    return Material("paper", color, specular=0.03, shininess=0.05)


def cardboard(rng: Generator) -> Material:
    """Brown corrugated board."""
    return Material("cardboard", texture=textures.cardboard(_variant(rng)), specular=0.03, shininess=0.05)


def wicker(color: Color, rng: Generator) -> Material:
    """Basketwork."""
    return Material("wicker", color, textures.wicker(_variant(rng)), specular=0.08, shininess=0.2)


def stone(color: Color, rng: Generator) -> Material:
    """Fine-grained stone in one colour."""
    return Material("stone", color, textures.granite(_variant(rng)), specular=0.3, shininess=0.5)


def printed(texture: Texture, glossy: bool = False) -> Material:
    """Paper or foil printed with a picture."""
    return Material("paper", texture=texture, specular=0.25 if glossy else 0.05, shininess=0.5 if glossy else 0.1)


def glowing(color: Color, emission: float = 0.6) -> Material:
    """Something that shines by itself: a lamp shade, a screen."""
    return Material("glass", color, emission=emission, specular=0.1, shininess=0.3)


def _variant(rng: Generator) -> int:
    return int(rng.integers(textures.VARIANTS))
