"""Surfaces tile without a seam and are shared; colour words stay true."""

import colorsys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.scenes import materials, prints, textures
from gsi_ray.scenes.assets import Texture

TILING: dict[str, Callable[[], Texture]] = {
    "wood": lambda: textures.wood("oak", 1),
    "planks": lambda: textures.planks("walnut"),
    "tiles": lambda: textures.tiles(0.15, 0.075, (0.9, 0.9, 0.9), (0.7, 0.7, 0.7), True),
    "plaster": textures.plaster,
    "weave": textures.weave,
    "pile": textures.pile,
    "brushed": textures.brushed,
    "marble": lambda: textures.marble((0.93, 0.93, 0.92), (0.5, 0.5, 0.52)),
    "terrazzo": lambda: textures.terrazzo((0.8, 0.8, 0.78)),
    "granite": textures.granite,
    "leather": textures.leather,
    "wicker": textures.wicker,
}

PRINTS: dict[str, Callable[[int], Texture]] = {
    "label": lambda variant: prints.label(variant, "soup", (0.25, 0.1)),
    "package front": lambda variant: prints.package_front(variant, "cereal", (0.19, 0.28), (0.7, 0.1, 0.1)),
    "book cover": lambda variant: prints.book_cover(variant, (0.2, 0.3, 0.6), (0.15, 0.22)),
    "photograph": lambda variant: prints.photograph(variant, (0.15, 0.1)),
    "screen": lambda variant: prints.screen(variant, (0.5, 0.3)),
    "dial": lambda variant: prints.dial(variant, 0.1),
}


@pytest.mark.parametrize("name", TILING)
def test_a_surface_goes_on_without_a_seam_where_it_repeats(name: str) -> None:
    pixels = TILING[name]().pixels.astype(float)
    for axis in (0, 1):
        steps = np.abs(np.diff(pixels, axis=axis)).mean(axis=(1 - axis, 2))
        seam = np.abs(np.take(pixels, 0, axis) - np.take(pixels, -1, axis)).mean()
        assert seam <= 1.5 * steps.max() + 1.0


@pytest.mark.parametrize("name", TILING)
def test_asking_for_the_same_surface_again_gives_the_very_same_one(name: str) -> None:
    assert TILING[name]() is TILING[name]()


@pytest.mark.parametrize("name", PRINTS)
def test_prints_differ_by_variant_are_shared_and_small(name: str) -> None:
    first, second = PRINTS[name](0), PRINTS[name](1)
    assert first.pixels.shape != second.pixels.shape or not np.array_equal(first.pixels, second.pixels)
    assert PRINTS[name](0).pixels is first.pixels
    assert max(first.pixels.shape[:2]) <= 512
    assert first.pixels.dtype == np.uint8


def test_planks_are_as_wide_as_boards_are() -> None:
    floor = textures.planks("oak")
    assert floor.size_m[0] / 8 == pytest.approx(0.16)


def looks(color: tuple[float, float, float]) -> np.ndarray:
    """A point in which near means alike: hue and saturation round the lightness axis."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*color)
    chroma = saturation * (1.0 - abs(2.0 * lightness - 1.0))
    return np.array([chroma * np.cos(2 * np.pi * hue), chroma * np.sin(2 * np.pi * hue), lightness])


@given(st.integers(0, 2**32 - 1))
def test_a_named_color_is_nearer_to_its_own_word_than_to_any_other(seed: int) -> None:
    name, color = materials.named_color(np.random.default_rng(seed))
    nearest = min(
        materials.COLORS, key=lambda word: float(np.linalg.norm(looks(color) - looks(materials.COLORS[word])))
    )
    assert nearest == name


@given(st.integers(0, 2**32 - 1))
def test_a_named_color_is_one_of_the_choices(seed: int) -> None:
    name, color = materials.named_color(np.random.default_rng(seed), ("red", "blue"))
    assert name in {"red", "blue"}
    assert all(0.0 <= channel <= 1.0 for channel in color)


def test_wood_has_the_color_word_of_its_kind() -> None:
    for species in textures.WOODS:
        material = materials.wood(np.random.default_rng(0), species)
        assert materials.wood_color(material) in materials.COLORS


def test_shades_go_from_black_over_the_color_itself_to_white() -> None:
    red = materials.COLORS["red"]
    assert materials.shaded(red, 0.0) == (0.0, 0.0, 0.0)
    assert materials.shaded(red, 1.0) == red
    np.testing.assert_allclose(materials.shaded(red, 2.0), 1.0)
