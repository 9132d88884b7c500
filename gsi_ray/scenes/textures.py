"""Surfaces made in code: wood, tiles, plaster, cloth, metal, stone. All tile without a seam.

Cheap to ask for again: a texture depends on a few small arguments and is kept, so scenes share it. Those called
*neutral* are near white and get their colour from the material that wears them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.assets import Color, Texture

Array = NDArray[np.float64]

VARIANTS = 4
"""How many seeds per texture are worth asking for: more would fill caches, not variety."""

WOODS: dict[str, tuple[Color, Color]] = {
    "oak": ((0.80, 0.64, 0.44), (0.62, 0.45, 0.27)),
    "pine": ((0.88, 0.74, 0.53), (0.74, 0.56, 0.34)),
    "birch": ((0.90, 0.81, 0.66), (0.80, 0.68, 0.50)),
    "walnut": ((0.48, 0.33, 0.22), (0.29, 0.19, 0.12)),
    "mahogany": ((0.50, 0.25, 0.15), (0.33, 0.14, 0.08)),
    "wenge": ((0.27, 0.20, 0.16), (0.16, 0.11, 0.09)),
}
"""Light and dark tone of each kind of wood."""


@lru_cache(maxsize=64)
def wood(species: str, variant: int = 0) -> Texture:
    """One board, grain along v, 0.4 m wide and 0.8 m long before it repeats."""
    return Texture(_pixels(_grain(species, variant)), (0.4, 0.8))


@lru_cache(maxsize=32)
def planks(species: str, variant: int = 0) -> Texture:
    """A floor of eight boards along v, 1.28 m square, with staggered joints."""
    rng = np.random.default_rng([21, variant])
    count, size = 8, 512
    board = size // count
    floor = np.empty((size, size, 3))
    grain = _grain(species, variant)
    for i in range(count):
        strip = np.roll(grain, rng.integers(0, 512), axis=0)[:, rng.integers(0, 256 - board) :][:, :board]
        joint = rng.integers(0, size)
        tones = np.repeat(rng.uniform(0.88, 1.08, 2), size // 2)
        strip = strip * tones[:, None, None]
        strip[:2] *= 0.62
        strip[size // 2 : size // 2 + 2] *= 0.62
        strip[:, 0] *= 0.66
        floor[:, i * board : (i + 1) * board] = np.roll(strip, joint, axis=0)
    return Texture(_pixels(floor), (1.28, 1.28))


@lru_cache(maxsize=64)
def tiles(width_m: float, height_m: float, glaze: Color, grout: Color, staggered: bool = False) -> Texture:
    """Glazed tiles of the given size, four by four, each of a slightly different tone; `staggered` like brickwork."""
    rng = np.random.default_rng([22, round(1000 * width_m), round(1000 * height_m)])
    cell, count = 64, 4
    size = cell * count
    cloud = _noise(22, (size, size), 20.0, 20.0)
    tone = 1.0 + 0.012 * cloud
    joint = np.zeros((size, size))
    # Joints are about 3 mm wide however large the tile is.
    thick = np.clip(np.round(cell * 0.003 / np.array([width_m, height_m])), 1, 4).astype(int)
    for row in range(count):
        band = slice(row * cell, (row + 1) * cell)
        shift = cell // 2 if staggered and row % 2 else 0
        each = np.roll(np.repeat(rng.uniform(0.965, 1.025, count), cell), shift)
        tone[band] *= each
        upright = np.roll((np.arange(size) % cell) < thick[0], shift)
        joint[band] = upright
        joint[row * cell : row * cell + thick[1]] = 1.0
    surface = tone[..., None] * np.array(glaze)
    return Texture(_pixels(np.where(joint[..., None] > 0.0, np.array(grout), surface)), (width_m * 4, height_m * 4))


@lru_cache(maxsize=VARIANTS)
def plaster(variant: int = 0) -> Texture:
    """Neutral painted wall: a faint unevenness, 2 m square."""
    uneven = 0.6 * _noise(variant, (256, 256), 12.0, 12.0) + 0.4 * _noise(variant + 50, (256, 256), 2.0, 2.0)
    return _neutral(0.965 + 0.012 * uneven, (2.0, 2.0))


@lru_cache(maxsize=VARIANTS)
def weave(variant: int = 0) -> Texture:
    """Neutral plain-woven cloth, 0.16 m square, threads of 2.5 mm."""
    size, threads = 256, 64
    phase = np.arange(size) * threads * np.pi / size
    over = np.abs(np.sin(phase))[:, None] * np.ones(size)
    under = np.abs(np.sin(phase))[None, :] * np.ones((size, 1))
    turn = (np.arange(size) * threads // size)[:, None] + (np.arange(size) * threads // size)[None, :]
    thread = np.where(turn % 2 == 0, over, under)
    slub = _noise(variant, (size, size), 24.0, 1.5) + _noise(variant + 50, (size, size), 1.5, 24.0)
    return _neutral(0.80 + 0.16 * thread + 0.03 * slub, (0.16, 0.16))


@lru_cache(maxsize=VARIANTS)
def pile(variant: int = 0) -> Texture:
    """Neutral soft pile: towels, plush and carpets, 0.3 m square."""
    tufts = _noise(variant, (256, 256), 1.2, 1.2)
    cloud = _noise(variant + 50, (256, 256), 16.0, 16.0)
    return _neutral(0.88 + 0.05 * tufts + 0.025 * cloud, (0.3, 0.3))


@lru_cache(maxsize=64)
def stripes(first: Color, second: Color, width_m: float, upright: bool = True) -> Texture:
    """Cloth in stripes of two colours, each `width_m` wide."""
    size = 128
    phase = np.arange(size) / size
    band = (phase < 0.5).astype(float) if upright else (phase[:, None] < 0.5) * np.ones(size)
    return Texture(_pixels(_two_tone(np.broadcast_to(band, (size, size)), first, second)), (2 * width_m, 2 * width_m))


@lru_cache(maxsize=64)
def checks(first: Color, second: Color, width_m: float) -> Texture:
    """Gingham: two colours and their mean, in squares of `width_m`."""
    size = 128
    band = (np.arange(size) < size // 2).astype(float)
    return Texture(_pixels(_two_tone((band[:, None] + band) / 2.0, first, second)), (2 * width_m, 2 * width_m))


@lru_cache(maxsize=32)
def rug(variant: int, ground: Color, accent: Color, width_m: float, depth_m: float) -> Texture:
    """A whole rug in one of four designs: bordered, lozenges, bands, or plain with a melange."""
    size = 384
    x, y = np.meshgrid(np.linspace(-1.0, 1.0, size), np.linspace(-1.0, 1.0, size))
    edge = np.minimum((1.0 - np.abs(x)) * width_m, (1.0 - np.abs(y)) * depth_m) / 2.0
    u, v = x * width_m / 2.0, y * depth_m / 2.0
    design = variant % 4
    if design == 0:
        inner = (np.abs(edge - 0.16) < 0.012) | (np.abs(edge - 0.08) < 0.03)
        figure = inner.astype(float)
    elif design == 1:
        lozenge = np.abs(((u / 0.3 + 0.5) % 1.0) - 0.5) + np.abs(((v / 0.45 + 0.5) % 1.0) - 0.5)
        figure = ((lozenge > 0.44) & (lozenge < 0.56) & (edge > 0.06)).astype(float)
    elif design == 2:
        figure = (np.abs(np.sin(np.pi * v / 0.32)) > 0.72).astype(float) * 0.8
    else:
        figure = 0.25 * np.clip(_noise(variant, (size, size), 1.5, 10.0), -1.0, 1.0) + 0.25
    tufts = 1.0 + 0.045 * _noise(variant + 50, (size, size), 1.0, 1.0)
    return Texture(_pixels(_two_tone(figure, accent, ground) * tufts[..., None]), (width_m, depth_m))


@lru_cache(maxsize=VARIANTS)
def brushed(variant: int = 0) -> Texture:
    """Neutral brushed metal, brushed along u, 0.3 m square."""
    return _neutral(0.90 + 0.035 * _noise(variant, (256, 256), 0.7, 60.0), (0.3, 0.3))


@lru_cache(maxsize=VARIANTS)
def speckle(variant: int = 0) -> Texture:
    """Neutral stoneware glaze with a few dark specks, 0.15 m square."""
    specks = _noise(variant, (256, 256), 1.0, 1.0)
    cloud = _noise(variant + 50, (256, 256), 14.0, 14.0)
    return _neutral(0.97 + 0.012 * cloud - 0.45 * np.clip(specks - 2.5, 0.0, 1.0), (0.15, 0.15))


@lru_cache(maxsize=32)
def marble(base: Color, vein: Color, variant: int = 0) -> Texture:
    """Veined marble, 1.2 m square."""
    warp = _noise(variant, (512, 512), 50.0, 50.0, roughness=1.6)
    fine = _noise(variant + 50, (512, 512), 24.0, 24.0, roughness=1.4)
    veins = np.exp(-18.0 * np.abs(warp)) * 0.55 + np.exp(-26.0 * np.abs(fine + 0.4)) * 0.25
    cloud = 0.10 * np.clip(_noise(variant + 90, (512, 512), 40.0, 40.0), -1.0, 1.0) + 0.08
    return Texture(_pixels(_two_tone(np.clip(veins + cloud, 0.0, 1.0), vein, base)), (1.2, 1.2))


@lru_cache(maxsize=32)
def terrazzo(base: Color, variant: int = 0) -> Texture:
    """Stone chips in a plain ground, 0.8 m square."""
    surface = np.ones((384, 384, 3)) * base
    chips = ((0.86, 0.84, 0.80), (0.45, 0.44, 0.43), (0.68, 0.58, 0.48))
    for i, chip in enumerate(chips):
        mask = _noise(variant + 10 * i, (384, 384), 4.0, 4.0) > 1.75
        surface[mask] = 0.6 * np.array(chip) + 0.4 * np.array(base)
    return Texture(_pixels(surface), (0.8, 0.8))


@lru_cache(maxsize=VARIANTS)
def granite(variant: int = 0) -> Texture:
    """Neutral fine-grained stone or laminate, 0.5 m square."""
    grain = 0.6 * _noise(variant, (256, 256), 1.2, 1.2) + 0.4 * _noise(variant + 50, (256, 256), 5.0, 5.0)
    return _neutral(0.88 + 0.07 * grain, (0.5, 0.5))


@lru_cache(maxsize=VARIANTS)
def leather(variant: int = 0) -> Texture:
    """Neutral leather, 0.25 m square: pebbled, with fine creases."""
    pebbles = np.abs(_noise(variant, (256, 256), 2.2, 2.2))
    cloud = _noise(variant + 50, (256, 256), 20.0, 20.0)
    return _neutral(0.86 + 0.10 * np.clip(pebbles, 0.0, 1.0) + 0.03 * cloud, (0.25, 0.25))


@lru_cache(maxsize=VARIANTS)
def cardboard(variant: int = 0) -> Texture:
    """Brown corrugated board, flutes along v, 0.3 m square."""
    flutes = np.sin(2.0 * np.pi * np.arange(256) * 40 / 256)[None, :]
    fibres = _noise(variant, (256, 256), 1.5, 6.0)
    return Texture(
        _pixels((1.0 + 0.012 * flutes + 0.025 * fibres)[..., None] * np.array([0.74, 0.58, 0.40])), (0.3, 0.3)
    )


@lru_cache(maxsize=VARIANTS)
def wicker(variant: int = 0) -> Texture:
    """Neutral basketwork, 0.12 m square."""
    size, strands = 192, 12
    row = np.arange(size) * strands // size
    along = np.sin(2.0 * np.pi * np.arange(size) * (strands // 2) / size)
    lift = along[None, :] * np.where(row % 2 == 0, 1.0, -1.0)[:, None]
    across = np.sin(np.pi * ((np.arange(size) * strands / size) % 1.0))[:, None]
    fibre = _noise(variant, (size, size), 1.0, 12.0)
    return _neutral(0.50 + 0.20 * lift + 0.26 * across + 0.04 * fibre, (0.12, 0.12))


@lru_cache(maxsize=64)
def mottled(first: Color, second: Color, variant: int = 0, size_m: float = 0.08) -> Texture:
    """Two colours that run into each other in soft patches: fruit skins, crusts, leaves."""
    patches = 0.7 * _noise(variant, (128, 128), 14.0, 14.0) + 0.3 * _noise(variant + 50, (128, 128), 2.0, 2.0)
    return Texture(_pixels(_two_tone(np.clip(0.5 + 0.35 * patches, 0.0, 1.0), first, second)), (size_m, size_m))


def _grain(species: str, variant: int) -> Array:
    """Colours (512, 256, 3) of a board, grain along the rows."""
    light, dark = WOODS[species]
    seed = 1000 * (list(WOODS).index(species) + 1) + variant
    wander = _noise(seed, (512, 256), 160.0, 26.0, roughness=2.2)
    rings = 0.5 + 0.5 * np.sin(2.0 * np.pi * (7.0 * np.arange(256) / 256 + 0.45 * wander))
    streaks = _noise(seed + 1, (512, 256), 90.0, 1.4)
    pores = np.clip(_noise(seed + 2, (512, 256), 22.0, 0.6) - 1.5, 0.0, 1.0)
    board = _noise(seed + 3, (512, 256), 120.0, 40.0)
    darkness = 0.30 + 0.26 * rings**1.5 + 0.13 * streaks + 0.35 * pores + 0.07 * board
    return _two_tone(np.clip(darkness, 0.0, 1.0), dark, light)


@lru_cache(maxsize=256)
def _noise(seed: int, shape: tuple[int, int], height: float, width: float, roughness: float = 1.0) -> Array:
    """Smooth noise (h, w) that tiles, mean 0 and deviation 1, with features of about `height` x `width` pixels.

    White noise filtered in the frequency domain; a higher `roughness` exponent leaves less fine detail.
    """
    white = np.random.default_rng([20, seed]).standard_normal(shape)
    rows = np.fft.fftfreq(shape[0])[:, None] * height
    columns = np.fft.rfftfreq(shape[1])[None, :] * width
    spectrum = np.fft.rfft2(white) / (1.0 + (2.0 * np.pi) ** 2 * (rows**2 + columns**2)) ** (0.5 + roughness)
    spectrum[0, 0] = 0.0
    field: Array = np.fft.irfft2(spectrum, shape)
    return field / field.std()


def _two_tone(share: Array, first: Color, second: Color) -> Array:
    """Colours (h, w, 3): `first` where `share` (h, w) is 1, `second` where it is 0."""
    return share[..., None] * np.array(first) + (1.0 - share[..., None]) * np.array(second)


def _neutral(brightness: Array, size_m: tuple[float, float]) -> Texture:
    return Texture(_pixels(np.repeat(brightness[..., None], 3, axis=2)), size_m)


def _pixels(colors: Array) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.round(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8)
    return pixels
