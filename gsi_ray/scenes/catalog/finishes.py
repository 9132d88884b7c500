"""What furniture is made of: a material together with the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from gsi_ray.scenes import materials, textures
from gsi_ray.scenes.assets import Color, Material


@dataclass(frozen=True, eq=False)
class Finish:
    """A material, the word for its colour ("" where no one word fits), and what it is in plain English."""

    material: Material
    color: str
    kind: str


FURNITURE_WOODS = ("oak", "oak", "birch", "pine", "walnut", "walnut", "mahogany", "wenge")
LIGHT_WOODS = ("oak", "birch", "pine")

_UPHOLSTERY = ("gray", "gray", "beige", "beige", "blue", "green", "brown", "pink", "orange", "white")


def wood_finish(rng: Generator, species: Sequence[str] = FURNITURE_WOODS) -> Finish:
    """Oiled wood of one of these species."""
    material = materials.wood(rng, materials.pick(rng, species))
    return Finish(material, materials.wood_color(material), "wood")


def painted_finish(rng: Generator, colors: Sequence[str] = ("white", "white", "gray", "beige")) -> Finish:
    """Painted wood; bright colours are taken back a little, as paints for furniture are."""
    name, color = materials.named_color(rng, colors)
    return Finish(materials.lacquered(_softened(color)), name, "wood")


def body_finish(rng: Generator) -> Finish:
    """What cupboards are made of: mostly wood, at times painted, seldom in a colour."""
    draw = rng.random()
    if draw < 0.62:
        return wood_finish(rng)
    return painted_finish(rng) if draw < 0.9 else painted_finish(rng, ("blue", "green", "black", "beige"))


def top_finish(rng: Generator) -> Finish:
    """What tables are topped with: mostly wood, at times painted in a quiet colour."""
    if rng.random() < 0.78:
        return wood_finish(rng)
    return painted_finish(rng, ("white", "white", "gray", "black", "beige"))


def frame_finish(rng: Generator) -> Finish:
    """What legs are made of: wood, painted wood, or steel."""
    draw = rng.random()
    if draw < 0.4:
        return wood_finish(rng)
    if draw < 0.6:
        return painted_finish(rng, ("white", "black"))
    return metal_finish(rng, ("dark steel", "dark steel", "steel", "steel", "brass"))


def metal_finish(rng: Generator, kinds: Sequence[str] = ("steel", "dark steel", "brass")) -> Finish:
    """Polished metal of one of these kinds."""
    kind = materials.pick(rng, kinds)
    color = {"dark steel": "black", "steel": "gray", "brass": "yellow", "copper": "orange"}[kind]
    return Finish(materials.metal(kind), color, "metal")


def upholstery_finish(rng: Generator, colors: Sequence[str] = _UPHOLSTERY) -> Finish:
    """Cloth or, at times, leather in one colour."""
    name, color = materials.named_color(rng, colors)
    color = _softened(color)
    if name in ("brown", "black") and rng.random() < 0.7:
        return Finish(materials.leather(color, rng), name, "leather")
    return Finish(materials.fabric(color, rng), name, "fabric")


def worktop_finish(rng: Generator) -> Finish:
    """What kitchens and washstands are topped with: wood, stone or marble."""
    draw = rng.random()
    if draw < 0.35:
        return wood_finish(rng, LIGHT_WOODS)
    if draw < 0.7:
        name, color = materials.named_color(rng, ("white", "gray", "black", "beige"))
        return Finish(materials.stone(color, rng), name, "stone")
    pale = rng.random() < 0.75
    base, vein = ((0.92, 0.91, 0.89), (0.58, 0.57, 0.56)) if pale else ((0.2, 0.21, 0.22), (0.6, 0.59, 0.57))
    texture = textures.marble(base, vein, int(rng.integers(textures.VARIANTS)))
    return Finish(
        Material("marble", texture=texture, specular=0.35, shininess=0.6), "white" if pale else "black", "marble"
    )


def _softened(color: Color) -> Color:
    red, green, blue = (0.75 * channel + 0.25 * soft for channel, soft in zip(color, (0.66, 0.64, 0.6), strict=True))
    return color if max(color) - min(color) < 0.2 else (red, green, blue)
