"""How evenly samples are spread over operations, opposite words and categories: what a model could guess by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from scipy.special import bdtr

from gsi_ray.lake.auditing.findings import Check, Finding, Severity
from gsi_ray.lake.rows import Row

Counts = Counter[tuple[str, ...]]
"""How many samples there are of each of these:

- ("operation", environment, split, operation),
- ("word", operation, slot, word), the slot of a camera's direction being its axis,
- ("category", environment, category of the target),
- ("number", operation, name of the parameter, value).
"""

UNEVEN_OPERATIONS = Check(
    "uneven_operations", Severity.WARNING, "If that is not meant, ask the recipe for as many of each operation."
)
UNEVEN_WORDS = Check(
    "uneven_words", Severity.WARNING, "A model can learn to guess the more frequent word: weigh or leave out samples."
)
DOMINANT_CATEGORY = Check(
    "dominant_category",
    Severity.WARNING,
    "A model sees little else being edited: use scenes with more kinds of things.",
)

OPPOSITES = (
    ("left", "right"),
    ("forward", "backward"),
    ("up", "down"),
    ("clockwise", "counterclockwise"),
    ("left_of", "right_of"),
    ("in_front_of", "behind"),
    ("near_edge", "far_edge"),
    ("left_edge", "right_edge"),
    ("near_left_corner", "near_right_corner"),
    ("far_left_corner", "far_right_corner"),
    ("leftmost", "rightmost"),
    ("closest", "farthest"),
    ("highest", "lowest"),
)
"""Words between which a mirror, or going the other way, decides: there is no reason for one to be rarer."""

_FAR_FROM_EVEN = 2.0
_CHANCE = 1e-3
_MOST_OF_A_CATEGORY = 0.5
_FEWEST_TARGETS = 50


def tally(row: Row) -> Iterator[tuple[str, ...]]:
    """What a row of the table `triplets` counts for."""
    operation, parameters = row["operation"], row["parameters"]
    yield "operation", row["environment"], row["split"], operation
    for slot in ("direction", "relation", "placement", "superlative"):
        if parameters[slot] is not None:
            name = parameters["axis"] if slot == "direction" and parameters["axis"] else slot
            yield "word", operation, name, parameters[slot]
    for name in ("distance_m", "angle_deg", "factor"):
        if parameters[name] is not None:
            yield "number", operation, name, f"{parameters[name]:.3g}"
    if row["target"] is not None:
        yield "category", row["environment"], row["target"]["category"]


def balance_findings(counts: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
    """Where one is more than twice as frequent as its like, by more than chance explains."""
    yield from _operation_findings(counts)
    yield from _word_findings(counts)
    yield from _category_findings(counts)


def _operation_findings(counts: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
    for (environment, split), operations in _grouped(counts, "operation").items():
        ranked = operations.most_common()
        (commonest, most), (rarest, fewest) = ranked[0], ranked[-1]
        if _far_from_even(most, fewest):
            found = f"{most} samples of {commonest}, {fewest} of {rarest}"
            yield UNEVEN_OPERATIONS.finding(f"{environment}/{split}", found)


def _word_findings(counts: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
    for (operation, slot), words in _grouped(counts, "word").items():
        for first, second in OPPOSITES:
            if _far_from_even(words[first], words[second]):
                found = f"{words[first]} times {first}, {words[second]} times {second}"
                yield UNEVEN_WORDS.finding(f"{operation}, {slot}", found)


def _category_findings(counts: Mapping[tuple[str, ...], int]) -> Iterator[Finding]:
    for (environment,), categories in _grouped(counts, "category").items():
        ((category, most),) = categories.most_common(1)
        if categories.total() >= _FEWEST_TARGETS and most > _MOST_OF_A_CATEGORY * categories.total():
            found = f"{most} of {categories.total()} targets are a {category}"
            yield DOMINANT_CATEGORY.finding(environment, found)


def _far_from_even(first: int, second: int) -> bool:
    fewer, more = sorted((first, second))
    if more <= _FAR_FROM_EVEN * fewer or more == 0:
        return False
    return bool(2.0 * bdtr(fewer, fewer + more, 0.5) < _CHANCE)  # as rarely would a fair coin fall so


def _grouped(counts: Mapping[tuple[str, ...], int], kind: str) -> dict[tuple[str, ...], Counter[str]]:
    """The counts of one kind by what comes before their last word."""
    groups: dict[tuple[str, ...], Counter[str]] = {}
    for (first, *place, last), count in sorted(counts.items()):
        if first == kind:
            groups.setdefault(tuple(place), Counter())[last] += count
    return groups
