"""Referring expressions: the words that single out one object, without article."""

from __future__ import annotations

from gsi_ray.language.lexicon import CHINESE_COLORS, CHINESE_NOUNS
from gsi_ray.operations.edits import Designation

CHINESE_SUPERLATIVES = {
    "leftmost": "最左边的",
    "rightmost": "最右边的",
    "closest": "离相机最近的",
    "farthest": "离相机最远的",
    "highest": "位置最高的",
    "lowest": "位置最低的",
}


def expression(designation: Designation) -> str:
    """English: "mug", "red mug", "leftmost water bottle". Closest and farthest are meant from the camera."""
    return " ".join(word for word in (designation.superlative, designation.color, designation.category) if word)


def expression_zh(designation: Designation) -> str | None:
    """Chinese: "马克杯", "红色的马克杯", "最左边的马克杯"; None where the lexicon lacks the category or the colour."""
    noun = CHINESE_NOUNS.get(designation.category)
    if noun is None:
        return None
    if designation.color:
        color = CHINESE_COLORS.get(designation.color)
        if color is None:
            return None
        noun = f"{color}的{noun}"
    return CHINESE_SUPERLATIVES[designation.superlative] + noun if designation.superlative else noun
