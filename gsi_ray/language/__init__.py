"""Instructions and referring expressions, English and Chinese."""

from gsi_ray.language.expressions import expression, expression_zh
from gsi_ray.language.instructions import Instruction, NoWording, chinese_sentences, english_sentences, instruct
from gsi_ray.language.quantities import AmbiguousNumbers, Numbers, read_numbers
from gsi_ray.language.wordings import register_wordings

__all__ = [
    "AmbiguousNumbers",
    "Instruction",
    "NoWording",
    "Numbers",
    "chinese_sentences",
    "english_sentences",
    "expression",
    "expression_zh",
    "instruct",
    "read_numbers",
    "register_wordings",
]
