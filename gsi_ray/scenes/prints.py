"""Printed and shining pictures: labels, book covers, photographs, screens, dials.

Made-up names throughout. Every picture depends on a small `variant` and is kept, so scenes share it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from gsi_ray.scenes.assets import Color, Texture

Pixels = NDArray[np.uint8]

VARIANTS = 8
"""How many different prints of one kind there are."""

_NAMES = {
    "wine": ("Monte Alba", "Château Lirou", "Valdoria", "Casa Brun", "Rivenne", "Old Quarry", "Terra Lume", "Belcour"),
    "jam": (
        "Orchard Hill",
        "Berry Lane",
        "Sunny Glade",
        "Mirabel",
        "Grandmother's",
        "Field & Fig",
        "Apricosa",
        "Honeywood",
    ),
    "soup": ("Harvest", "Tomasina", "Goodbowl", "Pottage", "Nonna Rita", "Green Pea", "Broth & Co", "Ladle"),
    "cereal": (
        "Crunchos",
        "Morning O's",
        "Oat Stars",
        "Honey Pops",
        "Wheatlings",
        "Choco Loops",
        "Sunflakes",
        "Fruit Rings",
    ),
    "milk": ("Meadow", "Alpina", "Daisy Farm", "Whitefield", "Clover", "Dairyland", "Pasture", "Snowdrop"),
    "soap": ("Lavanda", "Aqua Vera", "Mint Leaf", "Rosewater", "Cotton Soft", "Citra", "Sea Breeze", "Almond Milk"),
    "shampoo": ("Silkara", "Purelle", "Shine On", "Botanica", "Wave", "Keravita", "Herbalis", "Nuvia"),
    "paint": ("Colorado", "Brightwall", "Satin One", "Hausmann", "Coverall", "Mattino", "Prime Coat", "Lumen"),
    "book": (
        "The Long Way",
        "Atlas of Rain",
        "Nine Rivers",
        "Quiet Hours",
        "On Light",
        "The Orchard",
        "North",
        "Salt & Stone",
    ),
    "tissue": ("Softie", "Cloud", "Petal", "Feather", "Tenderly", "Puff", "Breeze", "Lotus"),
}
_INKS: tuple[Color, ...] = (
    (0.68, 0.14, 0.14),
    (0.14, 0.30, 0.55),
    (0.16, 0.42, 0.26),
    (0.86, 0.52, 0.14),
    (0.40, 0.22, 0.46),
    (0.10, 0.45, 0.50),
    (0.55, 0.36, 0.20),
    (0.82, 0.35, 0.48),
)


def fitted(picture: Texture, size_m: tuple[float, float]) -> Texture:
    """The same picture on a surface of another size."""
    return Texture(picture.pixels, size_m)


def brand(kind: str, variant: int) -> str:
    """A made-up name for this kind of goods."""
    return _NAMES[kind][variant % 8]


def label(variant: int, kind: str, size_m: tuple[float, float]) -> Texture:
    """A label that goes once round a container of circumference and height `size_m`, its front in the middle.

    `kind` is a key of the made-up names: "wine", "jam", "soup", "milk", "soap", "shampoo", "paint", ...
    """
    return Texture(_label(variant, kind, *_fitted(size_m, 384)), size_m)


@lru_cache(maxsize=128)
def _label(variant: int, kind: str, width: int, height: int) -> Pixels:
    paper, ink = _label_colors(kind, variant)
    image = Image.new("RGB", (width, height), _rgb(paper))
    draw = ImageDraw.Draw(image)
    middle, visible = width // 2, int(0.28 * width)
    rule = max(2, height // 28)
    draw.rectangle((0, rule, width, 2 * rule), fill=_rgb(ink))
    draw.rectangle((0, height - 2 * rule, width, height - rule), fill=_rgb(ink))
    if variant % 2:
        disc = int(0.42 * min(visible, height))
        draw.ellipse(
            (middle - disc, height // 2 - disc, middle + disc, height // 2 + disc),
            fill=_rgb(tuple(0.8 * a + 0.2 * b for a, b in zip(paper, ink, strict=True))),
        )
    _centered(draw, brand(kind, variant), (middle, int(0.40 * height)), visible, 0.24 * height, ink)
    _centered(draw, kind.upper(), (middle, int(0.66 * height)), visible // 2, 0.12 * height, _lighter(ink, 0.25))
    for line in range(3):
        y = int((0.76 + 0.045 * line) * height)
        draw.line((middle - visible // 5, y, middle + visible // 5, y), fill=_rgb(_lighter(ink, 0.5)), width=1)
    _small_print(draw, (int(0.03 * width), int(0.2 * height), int(0.16 * width), int(0.8 * height)), ink)
    _barcode(draw, (int(0.85 * width), int(0.3 * height), int(0.95 * width), int(0.7 * height)))
    return np.asarray(image)


def package_front(variant: int, kind: str, size_m: tuple[float, float], ground: Color) -> Texture:
    """The front of a box: a big name, a bold shape and a picture, on a `ground` colour."""
    return Texture(_package_front(variant, kind, ground, *_fitted(size_m, 384)), size_m)


@lru_cache(maxsize=128)
def _package_front(variant: int, kind: str, ground: Color, width: int, height: int) -> Pixels:
    rng = np.random.default_rng([31, variant])
    image = Image.new("RGB", (width, height), _rgb(ground))
    draw = ImageDraw.Draw(image)
    pale = _lighter(ground, 0.85)
    accent = _INKS[(variant * 3 + 1) % 8]
    draw.ellipse((-0.3 * width, 0.48 * height, 1.3 * width, 1.6 * height), fill=_rgb(pale))
    draw.ellipse((0.18 * width, 0.60 * height, 0.82 * width, 0.94 * height), fill=_rgb(accent))
    for _ in range(26):
        x, y = width * rng.uniform(0.28, 0.72), height * rng.uniform(0.66, 0.80)
        r = 0.035 * width
        draw.ellipse((x - r, y - r, x + r, y + r), outline=_rgb((0.62, 0.40, 0.16)), fill=_rgb((0.90, 0.70, 0.36)))
    plate = (0.06 * width, 0.10 * height, 0.94 * width, 0.36 * height)
    draw.rounded_rectangle(plate, radius=0.06 * width, fill=_rgb((0.98, 0.97, 0.94)))
    _centered(draw, brand(kind, variant), (width // 2, int(0.23 * height)), int(0.8 * width), 0.16 * height, accent)
    return np.asarray(image)


def book_cover(variant: int, cloth: Color, size_m: tuple[float, float]) -> Texture:
    """The front of a book bound in `cloth`: title, author and a plain figure."""
    return Texture(_book_cover(variant, cloth, *_fitted(size_m, 288)), size_m)


@lru_cache(maxsize=128)
def _book_cover(variant: int, cloth: Color, width: int, height: int) -> Pixels:
    image = Image.new("RGB", (width, height), _rgb(cloth))
    draw = ImageDraw.Draw(image)
    light = sum(cloth) > 1.7
    ink = (0.16, 0.15, 0.17) if light else (0.94, 0.90, 0.80)
    figure = _INKS[(variant * 5 + 2) % 8] if light else _lighter(_INKS[(variant * 5 + 2) % 8], 0.35)
    middle, low = width // 2, int(0.64 * height)
    reach = int(0.26 * width)
    match variant % 4:
        case 0:
            draw.ellipse((middle - reach, low - reach, middle + reach, low + reach), fill=_rgb(figure))
        case 1:
            for step in range(5):
                y = low - reach + step * reach // 2
                draw.rectangle((int(0.14 * width), y, int(0.86 * width), y + reach // 5), fill=_rgb(figure))
        case 2:
            draw.polygon(
                ((middle, low - reach), (middle + reach, low + reach), (middle - reach, low + reach)), fill=_rgb(figure)
            )
        case _:
            draw.rectangle(
                (int(0.12 * width), int(0.42 * height), int(0.88 * width), int(0.86 * height)), fill=_rgb(figure)
            )
            draw.ellipse((middle, low - reach, middle + reach, low), fill=_rgb(_lighter(figure, 0.6)))
    _centered(draw, brand("book", variant), (middle, int(0.20 * height)), int(0.84 * width), 0.12 * height, ink)
    _centered(
        draw,
        ("A. Moreau", "J. Lindqvist", "R. Okafor", "M. Tanaka")[variant % 4],
        (middle, int(0.93 * height)),
        int(0.5 * width),
        0.05 * height,
        ink,
    )
    return np.asarray(image)


@lru_cache(maxsize=32)
def book_pages(size_m: tuple[float, float]) -> Texture:
    """The edge of a closed block of pages."""
    rng = np.random.default_rng(32)
    rows = np.repeat(rng.uniform(0.80, 0.95, (48, 1, 1)), 16, axis=1) * np.array([0.97, 0.95, 0.88])
    return Texture(np.round(255 * rows).astype(np.uint8), size_m)


@lru_cache(maxsize=64)
def photograph(variant: int, size_m: tuple[float, float]) -> Texture:
    """A small landscape photograph: mountains behind a lake, dunes at dusk, a beach, or a tree in a field."""
    rng = np.random.default_rng([34, variant])
    width, height = _fitted(size_m, 160)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    low, high, hills, near, far = (
        ((0.96, 0.86, 0.74), (0.45, 0.65, 0.88), (0.35, 0.48, 0.52), (0.22, 0.36, 0.45), (0.55, 0.68, 0.76)),
        ((0.98, 0.72, 0.42), (0.46, 0.34, 0.52), (0.58, 0.34, 0.26), (0.42, 0.24, 0.16), (0.78, 0.52, 0.30)),
        ((0.90, 0.95, 0.97), (0.38, 0.66, 0.90), (0.16, 0.52, 0.62), (0.90, 0.82, 0.64), (0.84, 0.74, 0.54)),
        ((0.93, 0.95, 0.90), (0.60, 0.78, 0.92), (0.40, 0.56, 0.34), (0.52, 0.60, 0.22), (0.80, 0.74, 0.32)),
    )[variant % 4]
    horizon = int(rng.uniform(0.58, 0.70) * height)
    _gradient(draw, width, 0, horizon, high, low)
    x, y, r = width * rng.uniform(0.2, 0.8), 0.25 * height, 0.06 * height
    draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 248, 226))
    for layer in range(3 if variant % 4 < 2 else 1):
        ridge = _ridge(rng, width, height, horizon / height - 0.24 + 0.1 * layer, 0.10 if variant % 4 < 2 else 0.03)
        draw.polygon([(0, height), *ridge, (width, height)], fill=_rgb(_lighter(hills, 0.35 - 0.2 * layer)))
    _gradient(draw, width, horizon, height, far, near)
    if variant % 4 == 3:
        x, y, r = width * rng.uniform(0.3, 0.7), horizon, 0.16 * height
        draw.rectangle((x - 0.1 * r, y - 0.4 * r, x + 0.1 * r, y + 0.5 * r), fill=(70, 50, 35))
        draw.ellipse((x - r, y - 2.0 * r, x + r, y - 0.3 * r), fill=(52, 88, 40))
    return Texture(np.asarray(image.filter(ImageFilter.GaussianBlur(0.8))), size_m)


@lru_cache(maxsize=32)
def screen(variant: int, size_m: tuple[float, float]) -> Texture:
    """What is on a computer screen: a document, a spreadsheet of bars, or a wallpaper with icons."""
    rng = np.random.default_rng([36, variant])
    width, height = _fitted(size_m, 320)
    image = Image.new("RGB", (width, height), _rgb((0.90, 0.92, 0.94)))
    draw = ImageDraw.Draw(image)
    accent = _INKS[variant % 8]
    match variant % 3:
        case 0:
            draw.rectangle((0, 0, width, 0.08 * height), fill=_rgb(_lighter(accent, 0.1)))
            draw.rectangle((0.18 * width, 0.13 * height, 0.82 * width, height), fill=(252, 252, 250))
            for row in range(14):
                y, reach = (0.20 + 0.055 * row) * height, rng.uniform(0.35, 0.56)
                shade = 70 if row % 6 == 0 else 150
                draw.rectangle(
                    (0.22 * width, y, (0.22 + reach) * width, y + 0.018 * height), fill=(shade, shade, shade)
                )
        case 1:
            draw.rectangle((0, 0, 0.18 * width, height), fill=_rgb(_lighter(accent, -0.4)))
            for column in range(7):
                tall = rng.uniform(0.15, 0.6) * height
                x = (0.27 + 0.095 * column) * width
                draw.rectangle(
                    (x, 0.85 * height - tall, x + 0.06 * width, 0.85 * height), fill=_rgb(_lighter(accent, 0.2))
                )
            draw.rectangle((0.24 * width, 0.06 * height, 0.6 * width, 0.11 * height), fill=(90, 90, 95))
        case _:
            _gradient(draw, width, 0, height, _lighter(accent, 0.15), _lighter(_INKS[(variant + 3) % 8], 0.5))
            for row in range(4):
                y = (0.08 + 0.16 * row) * height
                draw.rounded_rectangle((0.04 * width, y, 0.09 * width, y + 0.09 * height), 4, fill=(245, 245, 245))
            draw.rectangle((0, 0.93 * height, width, height), fill=(35, 38, 46))
    return Texture(np.asarray(image), size_m)


@lru_cache(maxsize=32)
def phone_screen(variant: int, size_m: tuple[float, float]) -> Texture:
    """A lock screen: the time over a gradient."""
    width, height = _fitted(size_m, 256)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    _gradient(draw, width, 0, height, _lighter(_INKS[variant % 8], -0.3), _lighter(_INKS[(variant + 2) % 8], 0.3))
    _centered(
        draw,
        f"{7 + variant}:{10 + 5 * variant:02d}",
        (width // 2, height // 4),
        int(0.7 * width),
        0.12 * height,
        (1.0, 1.0, 1.0),
    )
    return Texture(np.asarray(image), size_m)


@lru_cache(maxsize=16)
def dial(variant: int, diameter_m: float, face: Color = (0.96, 0.95, 0.92)) -> Texture:
    """A clock face with hands, filling a square of `diameter_m`."""
    size = 192
    image = Image.new("RGB", (size, size), _rgb(face))
    draw = ImageDraw.Draw(image)
    ink = (0.1, 0.1, 0.12)
    for hour in range(1, 13):
        angle = np.pi / 6 * hour
        x, y = size / 2 + 0.38 * size * np.sin(angle), size / 2 - 0.38 * size * np.cos(angle)
        if variant % 2 or hour % 3 == 0:
            _centered(draw, str(hour), (int(x), int(y)), size, 0.11 * size, ink)
        else:
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_rgb(ink))
    time = (1.3 + 2.63 * variant) % 12
    for turn, reach, thick in ((time / 12, 0.22, 6), (time % 1.0, 0.33, 4)):
        tip = (size / 2 + reach * size * np.sin(2 * np.pi * turn), size / 2 - reach * size * np.cos(2 * np.pi * turn))
        draw.line((size / 2, size / 2, *tip), fill=_rgb(ink), width=thick)
    return Texture(np.asarray(image), (diameter_m, diameter_m))


@lru_cache(maxsize=16)
def keys(width_m: float, depth_m: float, rows: int, cap: Color, base: Color) -> Texture:
    """Rows of keys seen from above."""
    width = 384
    height = round(width * depth_m / width_m)
    image = Image.new("RGB", (width, height), _rgb(base))
    draw = ImageDraw.Draw(image)
    pitch = height / rows
    dark = sum(cap) < 1.2
    for row in range(rows):
        x, y = 0.15 * pitch, row * pitch
        while x < width - 0.6 * pitch:
            wide = min(pitch * (5.5 if row == rows - 1 and 0.25 * width < x < 0.32 * width else 1.0), width - x)
            draw.rounded_rectangle((x + 1, y + 1, x + wide - 2, y + pitch - 2), 2, fill=_rgb(cap))
            mark = (x + 0.3 * pitch, y + 0.3 * pitch, x + 0.45 * pitch, y + 0.5 * pitch)
            draw.rectangle(mark, fill=_rgb(_lighter(cap, 0.7) if dark else _lighter(cap, -0.6)))
            x += wide
    return Texture(np.asarray(image), (width_m, depth_m))


@lru_cache(maxsize=8)
def globe_map(variant: int, circumference_m: float) -> Texture:
    """Made-up continents on a sea, once round a globe; the poles are at top and bottom."""
    rng = np.random.default_rng([37, variant])
    height, width = 128, 256
    latitude = np.linspace(-np.pi / 2, np.pi / 2, height)[:, None]
    longitude = np.linspace(0, 2 * np.pi, width, endpoint=False)[None, :]
    spot = np.stack(
        np.broadcast_arrays(
            np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)
        ),
        -1,
    )
    relief = np.zeros((height, width))
    for frequency in (1.3, 2.1, 3.4, 5.5, 8.9):
        for _ in range(5):
            direction = rng.standard_normal(3)
            relief += np.sin(frequency * spot @ direction + rng.uniform(0, 2 * np.pi)) / frequency
    relief /= relief.std()
    sea = np.array([0.30, 0.52, 0.70]) if variant % 2 == 0 else np.array([0.80, 0.75, 0.60])
    land = np.array([0.72, 0.66, 0.42]) if variant % 2 == 0 else np.array([0.50, 0.38, 0.24])
    green = np.array([0.42, 0.58, 0.32])
    colors = np.where(relief[..., None] > 0.35, land, sea)
    colors = np.where((relief[..., None] > 0.75) & (variant % 2 == 0), green, colors)
    colors = np.where(np.abs(latitude[..., None]) > 1.30, 0.93, colors)
    return Texture(np.round(255 * colors).astype(np.uint8), (circumference_m, circumference_m / 2))


def lettered(text: str, ground: Color, ink: Color, size_m: tuple[float, float]) -> Texture:
    """One word or sign, as large as fits, on a plain ground."""
    return Texture(_lettered(text, ground, ink, *_fitted(size_m, 192)), size_m)


@lru_cache(maxsize=128)
def _lettered(text: str, ground: Color, ink: Color, width: int, height: int) -> Pixels:
    image = Image.new("RGB", (width, height), _rgb(ground))
    _centered(ImageDraw.Draw(image), text, (width // 2, height // 2), int(0.84 * width), 0.7 * height, ink)
    return np.asarray(image)


@lru_cache(maxsize=64)
def framed_letter(letter: str, ground: Color, ink: Color) -> Texture:
    """A capital letter in a frame, as on toy blocks, 1 m square."""
    size = 96
    image = Image.new("RGB", (size, size), _rgb(ground))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((3, 3, size - 4, size - 4), 8, outline=_rgb(ink), width=8)
    _centered(draw, letter, (size // 2, size // 2), int(0.6 * size), 0.62 * size, ink)
    return Texture(np.asarray(image), (1.0, 1.0))


@lru_cache(maxsize=64)
def gores(colors: tuple[Color, ...]) -> Texture:
    """Upright bands in turn, twice round, with a disc of the last colour at both ends, 1 m square."""
    bands = np.repeat(np.tile(np.array(colors), (2, 1)), 192 // (2 * len(colors)), axis=0)
    pixels = np.tile(bands[None], (96, 1, 1))
    pixels[:6] = pixels[-6:] = colors[-1]
    return Texture(np.round(255 * pixels).astype(np.uint8), (1.0, 1.0))


def banded(front: Texture, size_m: tuple[float, float]) -> Texture:
    """A wrap of circumference and height `size_m` that shows the plain picture `front` in its middle, once."""
    height, width, _ = front.pixels.shape
    across = round(width * size_m[0] / front.size_m[0])
    along = max(round(height * size_m[1] / front.size_m[1]), height)
    pixels = np.tile(front.pixels[:1, :1], (along, across, 1))
    top, left = (along - height) // 3, (across - width) // 2
    pixels[top : top + height, left : left + width] = front.pixels
    return Texture(pixels, size_m)


def _ridge(rng: Generator, width: int, height: int, level: float, swing: float) -> list[tuple[float, float]]:
    x = np.linspace(0.0, 1.0, 48)
    y = np.sum([np.sin(2 * np.pi * (f * x + rng.random())) / f for f in (0.9, 2.1, 4.7, 9.5)], axis=0)
    return [(float(a * width), float((level + 0.5 * swing * b) * height)) for a, b in zip(x, y, strict=True)]


def _gradient(draw: ImageDraw.ImageDraw, width: int, top: int, bottom: int, first: Color, second: Color) -> None:
    for y in range(top, bottom):
        share = (y - top) / (bottom - top)
        draw.line(
            (0, y, width, y), fill=_rgb(tuple((1 - share) * a + share * b for a, b in zip(first, second, strict=True)))
        )


def _centered(
    draw: ImageDraw.ImageDraw, text: str, middle: tuple[int, int], width: int, height: float, ink: Color
) -> None:
    """Text as large as the given width and height allow."""
    size = height
    font = ImageFont.load_default(size)
    reach = draw.textlength(text, font=font)
    if reach > width:
        font = ImageFont.load_default(size * width / reach)
    draw.text(middle, text, fill=_rgb(ink), font=font, anchor="mm")


def _small_print(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], ink: Color) -> None:
    left, top, right, bottom = box
    for row, y in enumerate(range(top, bottom, 5)):
        end = right - (right - left) * (row * 37 % 40) / 100
        draw.line((left, y, end, y), fill=_rgb(_lighter(ink, 0.45)), width=1)


def _barcode(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    draw.rectangle((left - 3, top - 3, right + 3, bottom + 3), fill=(250, 250, 250))
    for i, x in enumerate(range(left, right, 3)):
        draw.line((x, top, x, bottom), fill=(20, 20, 20), width=1 + i * 5 % 3 // 2)


def _label_colors(kind: str, variant: int) -> tuple[Color, Color]:
    ink = _INKS[variant % 8]
    if kind in ("soup", "paint", "shampoo"):
        return ink, (0.97, 0.95, 0.90)
    if kind == "milk" or variant % 3 == 2:
        return _lighter(ink, 0.92), ink
    return (0.96, 0.94, 0.88), ink


def _fitted(size_m: tuple[float, float], longest: int) -> tuple[int, int]:
    """Width and height in pixels, the larger one `longest`, in steps of 16, so that prints of like shape are shared."""
    scale = longest / max(size_m) / 16
    return max(2, round(size_m[0] * scale)) * 16, max(2, round(size_m[1] * scale)) * 16


def _lighter(color: Color, share: float) -> Color:
    """Mixed with white by `share`, or with black where that is negative."""
    toward = 1.0 if share > 0 else 0.0
    red, green, blue = (channel + (toward - channel) * abs(share) for channel in color)
    return red, green, blue


def _rgb(color: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(round(255 * min(max(channel, 0.0), 1.0)) for channel in color)
