"""Referring expressions name things as people do, in both languages."""

from __future__ import annotations

import pytest

from gsi_ray.language import expression, expression_zh
from gsi_ray.language.lexicon import CHINESE_COLORS, CHINESE_NOUNS
from gsi_ray.operations.edits import Designation
from gsi_ray.scenes.catalog import CATALOG
from gsi_ray.scenes.materials import COLORS


@pytest.mark.parametrize(
    ("designation", "english", "chinese"),
    [
        (Designation("m", "mug"), "mug", "马克杯"),
        (Designation("m", "mug", color="red"), "red mug", "红色的马克杯"),
        (Designation("b", "water bottle", superlative="leftmost"), "leftmost water bottle", "最左边的矿泉水瓶"),
        (Designation("m", "mug", superlative="closest"), "closest mug", "离相机最近的马克杯"),
    ],
)
def test_category_colour_and_superlative_stand_in_their_natural_order(
    designation: Designation, english: str, chinese: str
) -> None:
    assert expression(designation) == english
    assert expression_zh(designation) == chinese


def test_an_unknown_category_has_no_made_up_chinese_name() -> None:
    assert expression_zh(Designation("x", "theremin")) is None


def test_every_category_and_colour_of_the_scenes_has_a_chinese_word() -> None:
    assert [category for category in CATALOG if category not in CHINESE_NOUNS] == []
    assert [color for color in COLORS if color not in CHINESE_COLORS] == []


def test_categories_are_distinct_however_they_are_spelled() -> None:
    plain = [category.lower().replace("-", "").replace(" ", "") for category in CATALOG]
    assert len(set(plain)) == len(plain)


def test_no_chinese_word_of_the_scenes_is_the_ending_of_another() -> None:
    words = [CHINESE_NOUNS[category] for category in CATALOG]
    assert [(word, longer) for word in words for longer in words if longer != word and longer.endswith(word)] == []


def test_no_chinese_word_stands_for_two_categories_or_two_colours() -> None:
    assert len(set(CHINESE_NOUNS.values())) == len(CHINESE_NOUNS)
    assert len(set(CHINESE_COLORS.values())) == len(CHINESE_COLORS)
