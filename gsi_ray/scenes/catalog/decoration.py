"""Lamps, screens, rugs, and what hangs on walls."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from gsi_ray.scenes import materials, meshes, textures
from gsi_ray.scenes.assets import Asset, Color, Material, Texture
from gsi_ray.scenes.catalog.assembly import Assembly
from gsi_ray.scenes.catalog.finishes import frame_finish, metal_finish, wood_finish
from gsi_ray.scenes.solids import cylinder_part
from gsi_ray.spatial import rotations

Array = NDArray[np.float64]
UPRIGHT = rotations.about_axis([1.0, 0.0, 0.0], np.pi / 2.0)
"""Turns what faces +z to face -y."""


def floor_lamp(rng: Generator) -> Asset:
    """A tall lamp with a cloth shade, on a round foot or on three legs."""
    name, color = materials.named_color(rng, ("white", "white", "beige", "gray", "orange", "green"))
    height, shade_radius, shade_height = rng.uniform(1.35, 1.6), rng.uniform(0.18, 0.23), rng.uniform(0.24, 0.32)
    lamp, low = Assembly(), height - shade_height
    upper = shade_radius * rng.uniform(0.6, 0.95)
    shade = Material("fabric", color, textures.weave(), specular=0.0, shininess=0.0, emission=0.4)
    wall = [
        (shade_radius, low),
        (upper, height),
        (upper - 0.003, height),
        (shade_radius - 0.003, low),
        (shade_radius, low),
    ]
    lamp.show(meshes.lathe(wall, 40), shade)
    lamp.collide(cylinder_part(0.9 * min(shade_radius, upper), shade_height, [0.0, 0.0, low + shade_height / 2.0]))
    lamp.show(meshes.sphere(0.045, 16), materials.glowing((1.0, 0.95, 0.85), 0.9), [0.0, 0.0, low + 0.12])
    if rng.random() < 0.6:
        metal = metal_finish(rng).material
        foot = rng.uniform(0.13, 0.16)
        lamp.post(foot, 0.02, [0.0, 0.0, 0.01], metal, bevel=0.006, segments=36)
        lamp.post(0.011, low + 0.06, [0.0, 0.0, 0.02 + (low + 0.06) / 2.0], metal, segments=14)
        return lamp.asset("floor lamp", 5.0, color=name, material="fabric", yaw_symmetry=0)
    wood = frame_finish(rng).material
    for angle in np.pi / 2.0 + 2.0 * np.pi * np.arange(3) / 3.0:
        outward = np.array([np.cos(angle), np.sin(angle)])
        lamp.leg(0.27 * outward, low + 0.03, (0.011, 0.015), wood, -0.24 * outward)
    lamp.collide(cylinder_part(0.2, 0.02, [0.0, 0.0, 0.01]))
    lamp.show(meshes.cylinder(0.035, 0.04, 20, 0.004), wood, [0.0, 0.0, low + 0.03])
    return lamp.asset("floor lamp", 5.0, color=name, material="fabric", yaw_symmetry=3)


def television(rng: Generator, width: float | None = None) -> Asset:
    """A flat screen on two feet, switched off or showing a landscape."""
    width = width or rng.uniform(0.9, 1.25)
    height, thick, foot = 0.58 * width, 0.03, 0.06
    screen, black = Assembly(), materials.plastic((0.04, 0.04, 0.045))
    screen.board([width, thick, height], [0.0, 0.0, foot + height / 2.0], black, solid=False)
    screen.block([width, thick, height], [0.0, 0.0, foot + height / 2.0])
    size = (width - 0.024, height - 0.03)
    on = rng.random() < 0.35
    picture = landscape(int(rng.integers(8))) if on else _dark_glass()
    glass = Material("glass", texture=Texture(picture, size), specular=0.4, shininess=0.9, emission=0.45 if on else 0.0)
    screen.show(meshes.sheet(*size), glass, [0.0, -thick / 2.0 - 0.0008, foot + height / 2.0 + 0.003], UPRIGHT)
    for x in (-0.32 * width, 0.32 * width):
        screen.rod([[x, 0.0, foot + 0.03], [x, 0.0, 0.012]], 0.008, black, segments=8)
        screen.board([0.03, 0.22, 0.014], [x, 0.0, 0.007], black)
    return screen.asset("television", 14.0, color="black", material="plastic")


def rug(rng: Generator, width: float | None = None, depth: float | None = None) -> Asset:
    """A flat rug with a woven pattern."""
    width = width or float(rng.choice([1.4, 1.6, 2.0]))
    depth = depth or float(rng.choice([1.0, 1.2, 1.4]))
    grounds: dict[str, Color] = {
        "beige": (0.80, 0.74, 0.64),
        "gray": (0.62, 0.62, 0.61),
        "white": (0.88, 0.86, 0.82),
        "blue": (0.36, 0.44, 0.56),
        "red": (0.58, 0.27, 0.22),
        "green": (0.44, 0.50, 0.42),
    }
    accents: tuple[Color, ...] = ((0.90, 0.87, 0.80), (0.32, 0.34, 0.38), (0.70, 0.45, 0.30), (0.42, 0.50, 0.56))
    name = materials.pick(rng, list(grounds))
    accent = accents[int(rng.integers(len(accents)))]
    texture = textures.rug(int(rng.integers(textures.VARIANTS)), grounds[name], accent, width, depth)
    piece, thick = Assembly(), 0.008
    edge = Material("fabric", grounds[name], specular=0.0, shininess=0.0)
    piece.board([width, depth, thick - 0.001], [0.0, 0.0, (thick - 0.001) / 2.0], edge, solid=False)
    piece.show(
        meshes.sheet(width, depth), Material("fabric", texture=texture, specular=0.0, shininess=0.0), [0.0, 0.0, thick]
    )
    piece.block([width, depth, thick], [0.0, 0.0, thick / 2.0])
    return piece.asset("rug", 6.0, color=name, material="fabric", yaw_symmetry=2)


def wall_picture(rng: Generator) -> Asset:
    """A framed landscape or abstract painting behind a white mount."""
    wide = rng.random() < 0.5
    long, short = rng.uniform(0.5, 0.9), rng.uniform(0.36, 0.5)
    width, height = (long, short) if wide else (short, long)
    frame = frame_finish(rng) if rng.random() < 0.6 else wood_finish(rng)
    variant = int(rng.integers(8))
    pixels = landscape(variant) if rng.random() < 0.5 else _abstract(variant)
    picture, bar, deep = Assembly(), rng.uniform(0.015, 0.03), 0.025
    _frame(picture, width, height, bar, deep, frame.material)
    mount = rng.uniform(0.03, 0.07)
    picture.board([width - bar, 0.006, height - bar], [0.0, -0.008, 0.0], materials.paper(), solid=False)
    size = (width - 2.0 * (bar + mount), height - 2.0 * (bar + mount))
    print_ = materials.printed(Texture(pixels, size))
    picture.show(meshes.sheet(*size), print_, [0.0, -0.0118, 0.0], UPRIGHT)
    picture.block([width, deep, height], [0.0, -deep / 2.0, 0.0])
    return picture.asset("wall picture", 2.0, material="paper")


def mirror(rng: Generator, width: float | None = None) -> Asset:
    """A framed mirror, to be hung on a wall."""
    width, height = width or rng.uniform(0.5, 0.8), rng.uniform(0.6, 0.9)
    frame, glass, bar = frame_finish(rng), Assembly(), rng.uniform(0.012, 0.03)
    _frame(glass, width, height, bar, 0.025, frame.material)
    glass.board([width - bar, 0.006, height - bar], [0.0, -0.008, 0.0], frame.material, solid=False)
    looking_glass(glass, width - 2.0 * bar, height - 2.0 * bar, [0.0, -0.011, 0.0])
    glass.block([width, 0.025, height], [0.0, -0.0125, 0.0])
    return glass.asset("mirror", 6.0, material="glass")


def wall_clock(rng: Generator) -> Asset:
    """A round clock with twelve strokes and two hands."""
    radius, deep = rng.uniform(0.13, 0.18), 0.035
    rim_name, rim_color = materials.named_color(rng, ("black", "white", "gray", "brown", "red", "blue"))
    clock, rim = Assembly(), materials.plastic(rim_color)
    profile = [
        (0.0, 0.0),
        (radius, 0.0),
        (radius, deep),
        (radius - 0.012, deep),
        (radius - 0.014, deep - 0.012),
        (0.0, deep - 0.012),
    ]
    clock.show(meshes.lathe(profile, 48), rim, rotation=UPRIGHT)
    face = 2.0 * (radius - 0.014)
    outline = meshes.arc((0.0, 0.0), face / 2.0, 0.0, 2.0 * np.pi, 41)[:-1]
    dial = meshes.extrude(outline, 0.001)
    white = Material("paper", (0.95, 0.95, 0.93), specular=0.1, shininess=0.2)
    clock.show(dial, white, [0.0, 0.012 - deep, 0.0], UPRIGHT)
    hour, minute = rng.uniform(0.0, 2.0 * np.pi, 2)
    dark = materials.plastic((0.08, 0.08, 0.09))
    for number in range(12):
        _stroke(
            clock,
            number * np.pi / 6.0,
            0.78 * face / 2.0,
            0.92 * face / 2.0,
            0.008 if number % 3 == 0 else 0.004,
            dark,
            deep,
        )
    _stroke(clock, hour, -0.02, 0.5 * face / 2.0, 0.009, dark, deep + 0.0006)
    _stroke(clock, minute, -0.03, 0.78 * face / 2.0, 0.006, dark, deep + 0.0012)
    clock.block([2.0 * radius, deep, 2.0 * radius], [0.0, -deep / 2.0, 0.0])
    return clock.asset("wall clock", 1.0, color=rim_name, material="plastic")


def _stroke(
    clock: Assembly, angle: float, start: float, end: float, width: float, material: Material, deep: float
) -> None:
    """A flat bar on a dial, from `start` to `end` metres from its middle, at an angle from twelve o'clock."""
    turn = rotations.about_axis([0.0, 1.0, 0.0], angle)
    center = turn @ [0.0, 0.0, (start + end) / 2.0]
    clock.board(
        [width, 0.001, end - start], center + [0.0, 0.0105 - deep, 0.0], material, bevel=0.0, solid=False, rotation=turn
    )


def _frame(piece: Assembly, width: float, height: float, bar: float, deep: float, material: Material) -> None:
    """Four bars round the origin, their back in the plane y = 0."""
    for side in (-1.0, 1.0):
        upright = [side * (width - bar) / 2.0, -deep / 2.0, 0.0]
        level = [0.0, -deep / 2.0, side * (height - bar) / 2.0]
        piece.board([bar, deep, height], upright, material, solid=False)
        piece.board([width - 2.0 * bar, deep, bar], level, material, solid=False)


def looking_glass(assembly: Assembly, width: float, height: float, center: ArrayLike) -> None:
    """A mirror's pane facing -y round `center` (3,): what a pale, empty room would look like in it."""
    glass = Material(
        "glass", texture=Texture(_pale_room(), (width, height)), specular=0.5, shininess=0.9, emission=0.12
    )
    assembly.show(meshes.sheet(width, height), glass, np.asarray(center) - [0.0, 0.0005, 0.0], UPRIGHT)


# Pictures ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _pale_room() -> NDArray[np.uint8]:
    """A grey-blue gradient with two slanting gleams: pixels (96, 96, 3)."""
    columns, rows = np.meshgrid(np.linspace(0.0, 1.0, 96), np.linspace(0.0, 1.0, 96))
    slant = columns + 0.6 * rows
    gleam = np.exp(-(((slant - 0.62) / 0.10) ** 2)) + 0.7 * np.exp(-(((slant - 0.92) / 0.04) ** 2))
    base = np.array([0.66, 0.72, 0.76]) + (np.array([0.80, 0.84, 0.86]) - [0.66, 0.72, 0.76]) * (1.0 - rows)[..., None]
    return _pixels(base + 0.07 * gleam[..., None])


@lru_cache(maxsize=1)
def _dark_glass() -> NDArray[np.uint8]:
    """A screen that is off: nearly black, a little lighter where the room shines in it. Pixels (64, 96, 3)."""
    columns, rows = np.meshgrid(np.linspace(0.0, 1.0, 96), np.linspace(0.0, 1.0, 64))
    shine = 0.045 + 0.05 * np.exp(-(((columns + 0.7 * rows - 0.7) / 0.3) ** 2))
    return _pixels(shine[..., None] * np.array([0.95, 1.0, 1.08]))


@lru_cache(maxsize=8)
def landscape(variant: int) -> NDArray[np.uint8]:
    """Hills under a sky, in the manner of a print: pixels (200, 260, 3)."""
    rng = np.random.default_rng([33, variant])
    rows, columns = 200, 260
    skies = (
        ((0.55, 0.71, 0.85), (0.93, 0.90, 0.84)),
        ((0.93, 0.66, 0.45), (0.97, 0.88, 0.72)),
        ((0.74, 0.80, 0.82), (0.92, 0.93, 0.91)),
    )
    top, horizon = (np.array(color) for color in skies[variant % 3])
    up = np.linspace(0.0, 1.0, rows)[:, None, None]
    picture = np.broadcast_to(top + (horizon - top) * np.clip(1.6 * up, 0.0, 1.0), (rows, columns, 3)).copy()
    far, near = np.array([[0.52, 0.60, 0.66], [0.16, 0.27, 0.24]]) * rng.uniform(0.85, 1.1, 3)
    heights = 1.0 - (np.arange(rows) + 0.5) / rows
    for layer in range(4):
        rough = gaussian_filter1d(rng.standard_normal(columns), 26.0 - 4.0 * layer, mode="wrap")
        skyline = 0.56 - 0.13 * layer + 0.06 * rough / rough.std()
        picture[heights[:, None] < skyline[None, :]] = far + (near - far) * layer / 3.0
    return _pixels(gaussian_filter(picture, (0.7, 0.7, 0.0)))


@lru_cache(maxsize=8)
def _abstract(variant: int) -> NDArray[np.uint8]:
    """Soft discs and bands in a few matching colours: pixels (220, 220, 3)."""
    rng = np.random.default_rng([34, variant])
    inks = np.array(
        [[0.76, 0.44, 0.32], [0.20, 0.30, 0.38], [0.88, 0.74, 0.48], [0.52, 0.60, 0.54], [0.30, 0.22, 0.20]]
    )
    columns, rows = np.meshgrid(np.linspace(0.0, 1.0, 220), np.linspace(0.0, 1.0, 220))
    picture = np.ones((220, 220, 3)) * [0.95, 0.92, 0.87]
    for ink in inks[rng.permutation(len(inks))[:4]]:
        if rng.random() < 0.6:
            x, y, radius = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), rng.uniform(0.12, 0.28)
            shape = np.hypot(columns - x, rows - y) < radius
        else:
            slope, start, thick = rng.uniform(-0.6, 0.6), rng.uniform(0.2, 0.8), rng.uniform(0.04, 0.12)
            shape = np.abs(rows - start - slope * (columns - 0.5)) < thick
        picture[shape] = 0.2 * picture[shape] + 0.8 * ink
    return _pixels(gaussian_filter(picture, (0.8, 0.8, 0.0)))


def _pixels(colors: Array) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.round(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8)
    return pixels
