"""The independent check finds what is false, and finds nothing in what is true."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gsi_ray import lake
from gsi_ray.lake.rows import Row, rows_of
from gsi_ray.lake.shards import write_shard
from gsi_ray.recipes import load_recipe, revised, sampling_settings, shards
from gsi_ray.sampling.difficulty import difficulty
from gsi_ray.sampling.sampler import Sampler
from gsi_ray.simulators import create_simulator
from tests.end_to_end import truth
from tests.toy_triplets import toy_triplets


@pytest.fixture(scope="module")
def true_rows() -> list[Row]:
    return rows_of(toy_triplets())


def _entry(row: Row, side: str, object_id: str) -> dict[str, Any]:
    return next(one for one in row[f"objects_{side}"] if one["object_id"] == object_id)


def _shift(row: Row, object_id: str, offset: list[float], sides: tuple[str, ...] = ("before", "after")) -> None:
    for side in sides:
        entry = _entry(row, side, object_id)
        entry["center"] = [value + by for value, by in zip(entry["center"], offset, strict=True)]


def _redraw(row: Row, column: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    pixels = np.array(Image.open(io.BytesIO(row[column]["bytes"])))
    file = io.BytesIO()
    Image.fromarray(change(pixels).astype(pixels.dtype)).save(file, "PNG")
    row[column] = {"bytes": file.getvalue(), "path": None}


def _swap_instances(row: Row) -> None:
    first, second = _entry(row, "before", "mug-1"), _entry(row, "before", "book-1")
    first["instance"], second["instance"] = second["instance"], first["instance"]


def _shrink_box_2d(row: Row) -> None:
    entry = _entry(row, "after", "plate-1")
    entry["bbox_2d"] = [entry["bbox_2d"][0] + 1, *entry["bbox_2d"][1:]]


def _enlarge_box(row: Row) -> None:
    for side in ("before", "after"):
        entry = _entry(row, side, "plate-1")
        entry["size"] = [1.4 * value for value in entry["size"]]


def _turn(row: Row, object_id: str, side: str, angle_deg: float) -> None:
    entry = _entry(row, side, object_id)
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    entry["rotation"] = (turn @ np.reshape(entry["rotation"], (3, 3))).ravel().tolist()


def _second_plate(row: Row) -> None:
    for side in ("before", "after"):
        _entry(row, side, "book-1")["category"] = "plate"


def _shadow_everywhere(row: Row) -> None:
    _redraw(row, "image_after", lambda rgb: np.where(np.arange(len(rgb))[:, None, None] < 20, rgb // 2, rgb))


FALSEHOODS: dict[str, tuple[str, Callable[[Row], object], str]] = {
    "a box 2 cm to the side": (
        "camera_movement",
        lambda row: _shift(row, "book-1", [0.02, 0, 0]),
        "depth_lies_within_the_boxes",
    ),
    "a box 10 cm to the side": (
        "camera_movement",
        lambda row: _shift(row, "book-1", [0.1, 0, 0]),
        "masks_lie_within_the_projected_boxes",
    ),
    "a box too large": ("object_placement", _enlarge_box, "fully_seen_objects_reach_the_faces_of_their_boxes"),
    "a 2D box one pixel too narrow": ("camera_movement", _shrink_box_2d, "two_dimensional_boxes_are_the_masks_bounds"),
    "a 2D box of something unseen": (
        "spatial_removal",
        lambda row: _redraw(row, "instances_before", lambda ids: np.where(ids == 3, 0, ids)),
        "two_dimensional_boxes_are_the_masks_bounds",
    ),
    "an unlisted instance": (
        "spatial_removal",
        lambda row: _redraw(row, "instances_after", lambda ids: np.where(ids == 3, 77, ids)),
        "two_dimensional_boxes_are_the_masks_bounds",
    ),
    "instances swapped": ("camera_movement", _swap_instances, "depth_lies_within_the_boxes"),
    "depth 3 cm too far": (
        "camera_movement",
        lambda row: _redraw(row, "depth_before", lambda depth: depth + 30),
        "depth_lies_within_the_boxes",
    ),
    "visible fraction too small": (
        "object_rotation",
        lambda row: _entry(row, "before", "book-1").update(visible_fraction=0.4),
        "visible_fractions_fit_the_masks",
    ),
    "a bystander 3 mm away": (
        "camera_movement",
        lambda row: _shift(row, "book-1", [0.003, 0, 0], ("after",)),
        "nothing_else_moved",
    ),
    "a bystander turned by 1 degree": (
        "object_scaling",
        lambda row: _turn(row, "book-1", "after", 1.0),
        "nothing_else_moved",
    ),
    "a bystander gone": (
        "camera_movement",
        lambda row: row["objects_after"].remove(_entry(row, "after", "bottle-1")),
        "objects_are_the_same_things_before_and_after",
    ),
    "a bystander gone from the picture": (
        "camera_movement",
        lambda row: _redraw(row, "instances_after", lambda ids: np.where(ids == 5, 0, ids)),
        "only_the_target_changes_what_is_where",
    ),
    "the wrong direction": (
        "camera_movement",
        lambda row: row["parameters"].update(direction="left"),
        "movement_is_the_one_in_the_instruction",
    ),
    "the wrong distance": (
        "camera_movement",
        lambda row: row["parameters"].update(distance_m=0.16),
        "movement_is_the_one_in_the_instruction",
    ),
    "another distance in words": (
        "camera_movement",
        lambda row: row.update(instruction_zh="把杯子向右移动25厘米。"),
        "instructions_say_the_numbers_and_the_words",
    ),
    "another direction in words": (
        "camera_movement",
        lambda row: row.update(instruction="Move the mug 15 centimeters to the left."),
        "instructions_say_the_numbers_and_the_words",
    ),
    "the wrong side of the reference": (
        "object_placement",
        lambda row: row["parameters"].update(relation="in_front_of"),
        "placement_is_the_one_in_the_instruction",
    ),
    "the wrong sense of rotation": (
        "object_rotation",
        lambda row: row["parameters"].update(direction="counterclockwise"),
        "rotation_is_the_one_in_the_instruction",
    ),
    "turned 2 degrees too far": (
        "object_rotation",
        lambda row: _turn(row, "book-1", "after", -2.0),
        "rotation_is_the_one_in_the_instruction",
    ),
    "another corner": (
        "receptacle_placement",
        lambda row: row["parameters"].update(placement="near_left_corner"),
        "receptacle_placement_is_the_one_in_the_instruction",
    ),
    "beside the receptacle": (
        "receptacle_placement",
        lambda row: _entry(row, "after", "mug-1").update(supported_by="floor"),
        "what_stands_touches_its_support",
    ),
    "the camera tilted the other way": (
        "perspective_control",
        lambda row: row["parameters"].update(direction="up"),
        "camera_motion_is_the_one_in_the_instruction",
    ),
    "another camera than the picture's": (
        "perspective_control",
        lambda row: row["camera_after"].update(translation=row["camera_before"]["translation"]),
        "depth_lies_within_the_boxes",
    ),
    "not the leftmost": (
        "spatial_removal",
        lambda row: row["parameters"].update(superlative="rightmost"),
        "removal_takes_the_right_one_of_its_kind",
    ),
    "another factor": (
        "object_scaling",
        lambda row: row["parameters"].update(factor=1.6),
        "scaling_is_the_one_in_the_instruction",
    ),
    "floating after scaling": (
        "object_scaling",
        lambda row: _shift(row, "mug-1", [0, 0, 0.02], ("after",)),
        "scaling_is_the_one_in_the_instruction",
    ),
    "a name that fits two": ("object_placement", _second_plate, "names_fit_exactly_one_object_in_view"),
    "a transform that leads elsewhere": (
        "camera_movement",
        lambda row: row.update(transform=np.eye(4).ravel().tolist()),
        "the_transform_leads_from_before_to_after",
    ),
    "an outcome out of tolerance": (
        "camera_movement",
        lambda row: row.update(position_error_m=0.006),
        "stored_errors_are_within_tolerance",
    ),
    "change far from the target": ("camera_movement", _shadow_everywhere, "the_picture_changes_only_around_the_target"),
    "pixels miscounted": (
        "camera_movement",
        lambda row: row["quality"].update(target_pixels_before=1),
        "quality_counts_the_targets_pixels",
    ),
    "no 16-bit depth": (
        "camera_movement",
        lambda row: row.update(depth_before=row["image_before"]),
        "images_have_the_cameras_size",
    ),
    "a broken picture": (
        "camera_movement",
        lambda row: row.update(image_before={"bytes": b"\x89PNG", "path": None}),
        "rows_can_be_read",
    ),
}


def test_true_samples_pass(true_rows: list[Row]) -> None:
    report = truth.examine(true_rows)
    assert report.violations == []
    assert set(report.looked_at) >= {check.name for check in truth.CHECKS}


@pytest.mark.parametrize("falsehood", FALSEHOODS)
def test_a_false_sample_is_caught(true_rows: list[Row], falsehood: str) -> None:
    operation, falsify, expected = FALSEHOODS[falsehood]
    row = deepcopy(next(row for row in true_rows if row["operation"] == operation))
    falsify(row)
    assert expected in {violation.check for violation in truth.examine([row]).violations}


def test_a_sample_id_used_twice_and_a_scene_in_two_splits_are_caught(true_rows: list[Row]) -> None:
    twice = truth.examine([true_rows[0], true_rows[0]])
    elsewhere = truth.examine([true_rows[0], {**true_rows[1], "split": "test"}])
    assert [violation.message for violation in twice.violations] == ["sample_id is taken"]
    assert [violation.message for violation in elsewhere.violations] == ["scene toy is in train and in test"]


def _there_and_back(true_rows: list[Row]) -> tuple[Row, Row]:
    """A movement of the mug and the one that takes it back, both true."""
    there = deepcopy(true_rows[0])
    back = deepcopy(there)
    for name in ("camera", "objects", "image", "depth", "instances"):
        back[f"{name}_before"], back[f"{name}_after"] = there[f"{name}_after"], there[f"{name}_before"]
    quality = there["quality"]
    for name in ("target_pixels", "target_visible"):
        back["quality"][f"{name}_before"], back["quality"][f"{name}_after"] = (
            quality[f"{name}_after"],
            quality[f"{name}_before"],
        )
    back["sample_id"] = "b" * 32
    back["instruction"], back["instruction_zh"] = "Move the mug 15 centimeters to the left.", "把杯子向左移动15厘米。"
    back["parameters"]["direction"] = "left"
    back["transform"] = np.linalg.inv(np.reshape(there["transform"], (4, 4))).ravel().tolist()
    return there, deepcopy(back)


LINK_FALSEHOODS: dict[str, tuple[str, Callable[[Row, Row], object], str]] = {
    "the inverse of nothing": (
        "inverse",
        lambda there, back: back.update(inverse_of="c" * 32),
        "inverses_take_back_what_was_done",
    ),
    "an inverse that ends elsewhere": (
        "inverse",
        lambda there, back: _redraw(back, "image_after", lambda rgb: rgb ^ 1),
        "inverses_take_back_what_was_done",
    ),
    "an inverse in the same direction": (
        "inverse",
        lambda there, back: back["parameters"].update(direction="right"),
        "inverses_take_back_what_was_done",
    ),
    "an inverse by another number": (
        "inverse",
        lambda there, back: back["parameters"].update(distance_m=0.1),
        "inverses_take_back_what_was_done",
    ),
    "an inverse whose transform is not": (
        "inverse",
        lambda there, back: back.update(transform=there["transform"]),
        "inverses_take_back_what_was_done",
    ),
    "a chain with a gap": ("chain", lambda there, back: back.update(chain_step=3), "chains_go_on_where_they_were"),
    "a chain that jumps": (
        "chain",
        lambda there, back: _shift(back, "plate-1", [1e-6, 0, 0], ("before",)),
        "chains_go_on_where_they_were",
    ),
    "a chain of other operations": (
        "chain",
        lambda there, back: [row.update(chain_id="d" * 32 + "-CM-OR") for row in (there, back)],
        "chains_go_on_where_they_were",
    ),
    "a chain over two views": (
        "chain",
        lambda there, back: back.update(view_id="another"),
        "chains_go_on_where_they_were",
    ),
    "a chain without steps": (
        "chain",
        lambda there, back: back.update(chain_step=None),
        "links_and_difficulty_are_well_formed",
    ),
    "a difficulty beyond 1": (
        "chain",
        lambda there, back: back.update(difficulty=1.5),
        "links_and_difficulty_are_well_formed",
    ),
}


def _linked(true_rows: list[Row], kind: str) -> tuple[Row, Row]:
    there, back = _there_and_back(true_rows)
    if kind == "inverse":
        back["inverse_of"] = there["sample_id"]
    else:
        for step, row in enumerate((there, back), start=1):
            row.update(chain_id="d" * 32 + "-CM-CM", chain_step=step)
    return there, back


@pytest.mark.parametrize("kind", ["inverse", "chain"])
def test_true_links_pass(true_rows: list[Row], kind: str) -> None:
    report = truth.examine(_linked(true_rows, kind))
    assert report.violations == []
    assert set(report.looked_at) & {"inverses_take_back_what_was_done", "chains_go_on_where_they_were"}


@pytest.mark.parametrize("falsehood", LINK_FALSEHOODS)
def test_a_false_link_is_caught(true_rows: list[Row], falsehood: str) -> None:
    kind, falsify, expected = LINK_FALSEHOODS[falsehood]
    there, back = _linked(true_rows, kind)
    falsify(there, back)
    assert expected in {violation.check for violation in truth.examine([there, back]).violations}


def test_a_lake_is_checked_from_its_files(tmp_path: Path) -> None:
    write_shard(toy_triplets()[:3], str(tmp_path), "shard-abc-00000000", split="train", environment="tabletop")
    write_shard(toy_triplets()[3:4], str(tmp_path), "shard-abc-00000001", split="train", environment="room")
    report = truth.examine_lake(tmp_path)
    assert report.looked_at["rows_can_be_read"] == 4
    assert report.violations == [
        truth.Violation(
            "shard-abc-00000001.parquet",
            "files_have_the_promised_columns",
            "environment ['tabletop'] in the folder of room",
        )
    ]


@pytest.mark.parametrize(
    ("option", "environment", "own"),
    [({"inverses": True}, "tabletop", "object_scaling"), ({"chains": {"length": 3}}, "room", "receptacle_placement")],
    ids=["inverses", "chains"],
)
def test_generated_inverses_and_chains_are_true(
    option: dict[str, Any], environment: str, own: str, tmp_path: Path
) -> None:
    operations = ["camera_movement", "object_rotation", "perspective_control", "spatial_removal", own]
    cell = {"environment": environment, "split": "val", "operations": operations, "samples_per_operation": 3}
    recipe = revised(load_recipe("demo"), cells=[cell], image_size=128, **option)
    (plan,) = shards(recipe)
    simulator = create_simulator("mujoco")
    samples = Sampler(simulator, sampling_settings(recipe)).sample_shard(plan)
    simulator.close()
    assert samples.accepted == plan.quotas
    write_shard(samples.triplets, str(tmp_path), plan.name, split="val", environment=environment)
    assert all(sample.difficulty == difficulty(sample) for sample in lake.samples(str(tmp_path)))
    report = truth.examine_lake(tmp_path)
    assert report.violations == [], truth.describe(report, examples=5)
    assert report.looked_at["inverses_take_back_what_was_done"] + report.looked_at["chains_go_on_where_they_were"] >= 4
