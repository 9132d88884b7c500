"""Instructions say what the edit does, in words that a person and the official evaluator understand."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.language import (
    AmbiguousNumbers,
    NoWording,
    Numbers,
    chinese_sentences,
    english_sentences,
    expression,
    expression_zh,
    instruct,
    read_numbers,
    register_wordings,
    wordings,
)
from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.scenes.scene import SceneState
from gsi_ray.spatial import Camera

MUG = Designation("mug-1", "mug", color="red")
TABLE = Designation("table-1", "coffee table")

HORIZONTAL = ("left", "right", "forward", "backward")
PLACEMENTS = (
    "center", "near_edge", "far_edge", "left_edge", "right_edge",
    "near_left_corner", "near_right_corner", "far_left_corner", "far_right_corner",
)  # fmt: skip
SUPERLATIVES = ("leftmost", "rightmost", "closest", "farthest", "highest", "lowest")


def edit(
    operation: str, target: Designation | None, reference: Designation | None = None, **parameters: object
) -> Edit:
    camera = Camera.at((0.0, 0.0, 1.5), 0.0, 0.0, 1.0, 64, 64)
    ideal = SceneState("scene", "room", ())
    return Edit(operation, Parameters(**parameters), target, reference, None, camera, ideal, None)  # type: ignore[arg-type]


def every_kind_of_edit(distance: float = 0.15, angle: float = 30.0) -> list[Edit]:
    """One edit for each combination of words that the seven operations know."""
    edits = [edit("camera_movement", MUG, direction=way, distance_m=distance) for way in HORIZONTAL]
    for relation in ("left_of", "right_of", "in_front_of", "behind"):
        edits.append(edit("object_placement", MUG, TABLE, relation=relation, distance_m=distance))
    for turn in ("clockwise", "counterclockwise"):
        edits.append(edit("object_rotation", MUG, direction=turn, angle_deg=angle))
    edits += [edit("receptacle_placement", MUG, TABLE, placement=spot) for spot in PLACEMENTS]
    edits += [edit("perspective_control", None, axis="move", direction=way, distance_m=distance) for way in HORIZONTAL]
    edits += [
        edit("perspective_control", None, axis="yaw", direction=way, angle_deg=angle) for way in ("left", "right")
    ]
    edits += [edit("perspective_control", None, axis="pitch", direction=way, angle_deg=angle) for way in ("up", "down")]
    for superlative in SUPERLATIVES:
        edits.append(edit("spatial_removal", Designation("mug-1", "mug", None, superlative), superlative=superlative))
    edits += [edit("object_scaling", MUG, factor=factor) for factor in (0.5, 0.75, 1.5, 2.0)]
    return edits


EVERY_KIND = every_kind_of_edit()


def describe(one: Edit) -> str:
    words = (one.parameters.axis, one.parameters.direction, one.parameters.relation, one.parameters.placement)
    return "-".join([one.operation, *(word for word in words if word), str(one.parameters.factor or "")])


every_edit = pytest.mark.parametrize("one", EVERY_KIND, ids=describe)


OFFICIAL_VERBS = {
    "move": {"move", "shift", "relocate", "place", "put", "push", "pull"},
    "rotate": {"rotate", "turn", "spin"},
    "remove": {"remove"},
    "scale": {"scale", "resize", "make", "shrink", "reduce", "enlarge", "expand", "increase"},
}
OFFICIAL_OPERATION = {
    "camera_movement": "move",
    "object_placement": "move",
    "receptacle_placement": "move",
    "object_rotation": "rotate",
    "spatial_removal": "remove",
    "object_scaling": "scale",
    "perspective_control": "view",
}


def official_operation(prompt: str) -> str | None:
    """The operation that the official GSI-Bench evaluator would read off a prompt."""
    if "camera" in prompt and "from the camera" not in prompt and "to the camera" not in prompt:
        return "view"
    words = prompt.lower().split(" ")
    verb = words[1] if words[0] == "please" else words[0]
    return next((operation for operation, verbs in OFFICIAL_VERBS.items() if verb in verbs), None)


def templates_in_use(templates: tuple[str, ...], sentences: list[str]) -> int:
    patterns = [re.sub(r"\\{\w+\\}", ".+", re.escape(template)) for template in templates]
    return sum(any(re.fullmatch(pattern, sentence) for sentence in sentences) for pattern in patterns)


@every_edit
def test_each_edit_can_be_asked_for_in_at_least_four_ways_in_both_languages(one: Edit) -> None:
    english, chinese = english_sentences(one), chinese_sentences(one)
    assert templates_in_use(wordings.ENGLISH[one.operation], english) >= 4
    assert templates_in_use(wordings.CHINESE[one.operation], chinese) >= 4
    assert len(set(english)) == len(english)
    assert len(set(chinese)) == len(chinese)


@every_edit
def test_the_official_evaluator_reads_the_right_operation(one: Edit) -> None:
    readings = {sentence: official_operation(sentence) for sentence in english_sentences(one)}
    assert set(readings.values()) == {OFFICIAL_OPERATION[one.operation]}, readings


@every_edit
def test_the_objects_are_named_by_their_expressions(one: Edit) -> None:
    for designation in (one.target, one.reference):
        if designation is not None:
            assert all(f"the {expression(designation)}" in sentence for sentence in english_sentences(one))
            assert all(str(expression_zh(designation)) in sentence for sentence in chinese_sentences(one))


@every_edit
def test_sentences_are_whole_and_clean(one: Edit) -> None:
    for sentence in english_sentences(one):
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Za-z0-9 .,]+\.", sentence), sentence
        assert "  " not in sentence
        assert not re.search(r"\b1 (centimeters|meters|degrees)\b", sentence)
    for sentence in chinese_sentences(one):
        assert re.fullmatch(r"[^A-Za-z{}_ ]+。", sentence), sentence


def test_opposite_words_never_share_a_sentence() -> None:
    meanings: dict[str, Edit] = {}
    for one in EVERY_KIND:
        for sentence in english_sentences(one) + chinese_sentences(one):
            assert meanings.setdefault(sentence, one) is one, f"{sentence} asks for two different edits"


@given(
    distance=st.integers(1, 3000).map(lambda millimeters: millimeters / 1000.0),
    angle=st.integers(1, 720).map(lambda halves: halves / 2.0),
    factor=st.integers(1, 400).filter(lambda percent: percent != 100).map(lambda percent: percent / 100.0),
)
def test_every_number_of_the_parameters_can_be_read_back(distance: float, angle: float, factor: float) -> None:
    edits = [*every_kind_of_edit(distance, angle)[:-4], edit("object_scaling", MUG, factor=factor)]
    for one in edits:
        stated = one.parameters
        for sentence in english_sentences(one) + chinese_sentences(one):
            read = read_numbers(sentence)
            for number, expected in (
                (read.distance_m, stated.distance_m),
                (read.angle_deg, stated.angle_deg),
                (read.factor, stated.factor),
            ):
                assert number == (None if expected is None else pytest.approx(expected, abs=1e-9)), sentence


def test_a_single_unit_is_singular() -> None:
    one_meter = english_sentences(edit("camera_movement", MUG, direction="left", distance_m=1.0))
    assert any("1 meter " in sentence for sentence in one_meter)
    one_centimeter = english_sentences(edit("camera_movement", MUG, direction="left", distance_m=0.01))
    assert any("1 centimeter " in sentence for sentence in one_centimeter)
    one_degree = english_sentences(edit("object_rotation", MUG, direction="clockwise", angle_deg=1.0))
    assert any("1 degree " in sentence for sentence in one_degree)


@pytest.mark.parametrize(
    ("instruction", "numbers"),
    [
        ("Move the Mug 15 centimeters left relative to the camera view.", Numbers(distance_m=0.15)),
        ("Push the vase 10 cm toward the far end of the table.", Numbers(distance_m=0.1)),
        ("Move the camera to the left by 0.2 meters.", Numbers(distance_m=0.2)),
        ("Give the chair a 90-degree turn clockwise.", Numbers(angle_deg=90.0)),
        ("Make the cup 1.5 times larger.", Numbers(factor=1.5)),
        ("Shrink the bottle by 25 percent.", Numbers(factor=0.75)),
        ("Move the cup 15 cm (0.15 m) to the left.", Numbers(distance_m=0.15)),
        ("把杯子放大到原来的2倍。", Numbers(factor=2.0)),
        ("把杯子缩小25%。", Numbers(factor=0.75)),
        ("把杯子向左移动0.2米。", Numbers(distance_m=0.2)),
        ("Remove the leftmost bottle.", Numbers()),
    ],
)
def test_numbers_are_read_from_sentences_of_others(instruction: str, numbers: Numbers) -> None:
    assert read_numbers(instruction) == numbers


def test_a_sentence_with_two_different_distances_is_refused() -> None:
    with pytest.raises(AmbiguousNumbers, match="two values"):
        read_numbers("Move the mug 15 cm to the left, then 20 cm away from the camera.")


def test_the_same_generator_gives_the_same_words_and_many_draws_give_all_of_them() -> None:
    one = edit("object_rotation", MUG, direction="clockwise", angle_deg=90.0)
    first, second = np.random.default_rng(7), np.random.default_rng(7)
    drawn = [instruct(one, first) for _ in range(300)]
    assert drawn == [instruct(one, second) for _ in range(300)]
    assert {words.english for words in drawn} == set(english_sentences(one))
    assert {words.chinese for words in drawn} == set(chinese_sentences(one))


def test_an_object_without_a_chinese_word_leaves_the_instruction_english_only() -> None:
    one = edit("camera_movement", Designation("x", "theremin"), direction="left", distance_m=0.1)
    words = instruct(one, np.random.default_rng(0))
    assert "the theremin" in words.english
    assert words.chinese is None


def test_a_colour_without_a_chinese_word_leaves_the_instruction_english_only() -> None:
    one = edit("camera_movement", replace(MUG, color="puce"), direction="left", distance_m=0.1)
    assert instruct(one, np.random.default_rng(0)).chinese is None


def test_a_new_operation_brings_its_own_sentences() -> None:
    english, chinese = "Lift the {target} by {distance}.", "把{target}抬高{distance}。"
    register_wordings("object_lift", english=[english], chinese=[chinese])
    try:
        one = edit("object_lift", MUG, distance_m=0.2)
        assert "Lift the red mug by 20 centimeters." in english_sentences(one)
        assert "把红色的马克杯抬高20厘米。" in chinese_sentences(one)
    finally:
        del wordings.ENGLISH["object_lift"], wordings.CHINESE["object_lift"]


def test_an_operation_without_sentences_is_named_in_the_error() -> None:
    with pytest.raises(NoWording, match=r"object_lift.*register_wordings"):
        instruct(edit("object_lift", MUG, distance_m=0.2), np.random.default_rng(0))
