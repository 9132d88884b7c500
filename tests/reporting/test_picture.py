from __future__ import annotations

from dataclasses import replace

import numpy as np

from gsi_ray.reporting.picture import strip
from tests.toy_triplets import toy_triplets

TRIPLET = toy_triplets()[1]


def test_the_strip_has_before_left_after_right_and_words_below() -> None:
    picture = np.asarray(strip(TRIPLET, size=128))
    assert np.array_equal(picture[:128, :128], TRIPLET.before.rgb)
    assert np.array_equal(picture[:128, -128:], TRIPLET.after.rgb)
    words = picture[128:]
    assert words.min() < 100 < 200 < np.median(words)


def test_a_long_instruction_takes_more_lines_and_stays_inside() -> None:
    long = strip(replace(TRIPLET, instruction=" ".join([TRIPLET.instruction] * 5)), size=128)
    pixels = np.asarray(long)[128:]
    assert long.height > strip(TRIPLET, size=128).height
    assert pixels[:, :2].min() == 255
    assert pixels[:, -2:].min() == 255


def test_boxes_are_drawn_round_target_and_reference() -> None:
    drawn, plain = (np.asarray(strip(TRIPLET, size=128, boxes=boxes)) for boxes in (True, False))
    colors = {tuple(color) for color in drawn[(drawn != plain).any(axis=-1)].tolist()}
    assert colors == {(255, 77, 77), (53, 195, 255)}
