from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gsi_ray.editors import create_editor
from gsi_ray.editors.recoloured import dyed
from gsi_ray.sampling.triplet import Triplet

PLAIN = 25.0  # Delta E; 2 or 3 is just noticed


def lab(colors: NDArray[np.uint8]) -> NDArray[np.float32]:
    converted: NDArray[np.float32] = cv2.cvtColor(colors[None] / np.float32(255.0), cv2.COLOR_RGB2Lab)[0]
    return converted


def shaded(color: tuple[int, ...]) -> NDArray[np.uint8]:
    """A thing of this colour, from its darkest to its brightest side."""
    return np.clip(np.outer(np.linspace(0.8, 1.2, 9), color), 0, 255).astype(np.uint8)


def test_every_colour_becomes_a_plainly_different_one() -> None:
    for color in product(range(0, 256, 15), repeat=3):
        before = shaded(color)
        assert np.linalg.norm(lab(dyed(before)).mean(axis=0) - lab(before).mean(axis=0)) > PLAIN, color


@pytest.mark.parametrize("color", [(200, 40, 40), (30, 90, 160), (120, 120, 120), (150, 110, 70)])
def test_light_and_shade_stay(color: tuple[int, int, int]) -> None:
    before, after = lab(shaded(color))[:, 0], lab(dyed(shaded(color)))[:, 0]
    assert np.all(np.diff(after) > 0.0)
    assert np.ptp(after) == pytest.approx(np.ptp(before), rel=0.35)


@pytest.mark.parametrize("value", [0, 60, 128, 255])
def test_what_has_no_hue_becomes_green(value: int) -> None:
    red, green, blue = dyed(np.full((4, 3), value, np.uint8))[0]
    assert green > blue > red


def test_one_thing_has_another_colour_and_no_other_pixel_is_touched(samples: list[Triplet]) -> None:
    for sample, edited in zip(samples, create_editor("recoloured").edit(samples), strict=True):
        assert edited.rgb is not None
        numbers = {record.object_id: record.instance for record in sample.after.objects}
        changed = np.any(edited.rgb != sample.after.rgb, axis=-1)
        (number,) = set(np.unique(sample.after.instances[changed]).tolist())
        thing = sample.after.instances == number
        if sample.target is not None and sample.target.object_id in numbers:
            assert number == numbers[sample.target.object_id]
        else:
            assert number != 0
        before, after = lab(sample.after.rgb[thing]), lab(edited.rgb[thing])
        assert np.linalg.norm(after.mean(axis=0) - before.mean(axis=0)) > PLAIN
        assert edited.objects is sample.after.objects and edited.camera is sample.after.camera
