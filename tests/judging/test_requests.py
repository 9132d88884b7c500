"""What a judge is shown, and what makes a question another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gsi_ray.judging import Inquiry, Picture, Request, Rubric, Subject, load_rubric, subject_of
from gsi_ray.judging.calibration import AGAIN, SWAPPED
from gsi_ray.lake.images import encode_rgb
from gsi_ray.lake.rows import rows_of
from gsi_ray.recipes import Judge
from tests.triplets import make_triplets

BEFORE, AFTER = (
    encode_rgb(np.random.default_rng(seed).integers(0, 200, (40, 60, 3), dtype=np.uint8)) for seed in (1, 2)
)
SUBJECT = Subject(
    "ab" * 16, None, "Move the mug 15 cm to the left.", BEFORE, AFTER, (10.0, 5.0, 30.0, 25.0), (2.0, 3.0, 20.0, 20.0)
)
JUDGE = Judge(name="mine", model="my/model", engine={"dtype": "float16"})
EDIT, WORDING = load_rubric("plausibility"), load_rubric("wording")
FRAMED = EDIT.model_copy(update={"boxes": True})
RED = np.array([255, 0, 0])


def ask(subject: Subject = SUBJECT, rubric: Rubric = FRAMED, variant: str | None = None, **settings: Any) -> Request:
    return Inquiry(JUDGE.model_copy(update=settings), rubric, variant).request(subject)


def revised(**changes: Any) -> Rubric:
    return Rubric.model_validate({**FRAMED.model_dump(), **changes})


OTHERS: dict[str, Callable[[], Request]] = {
    "another instruction": lambda: ask(replace(SUBJECT, instruction="Move the mug 16 cm to the left.")),
    "another picture before": lambda: ask(replace(SUBJECT, before=AFTER)),
    "another picture after": lambda: ask(replace(SUBJECT, after=BEFORE)),
    "another box before": lambda: ask(replace(SUBJECT, box_before=(10.0, 5.0, 30.0, 26.0))),
    "another box after": lambda: ask(replace(SUBJECT, box_after=None)),
    "another model": lambda: ask(model="my/other-model"),
    "another seed": lambda: ask(seed=7),
    "another temperature": lambda: ask(temperature=0.5),
    "smaller pictures": lambda: ask(max_pixels=2048),
    "shorter answers": lambda: ask(max_tokens=100),
    "another prompt": lambda: ask(rubric=revised(prompt=FRAMED.prompt + "Be strict.")),
    "another schema": lambda: ask(rubric=revised(answer={**FRAMED.answer, "title": "An answer"})),
    "no frames": lambda: ask(rubric=EDIT),
    "pictures swapped": lambda: ask(variant=SWAPPED),
    "asked again": lambda: ask(variant=AGAIN),
}


def test_whatever_bears_on_the_answer_makes_it_another_question() -> None:
    hashes = {name: other().sha256 for name, other in OTHERS.items()} | {"as it was": ask().sha256}
    assert len(set(hashes.values())) == len(hashes)
    assert all(len(value) == 64 for value in hashes.values())


@pytest.mark.parametrize(
    "settings",
    [
        {"engine": {"tensor_parallel_size": 8}},
        {"replicas": 4},
        {"device": "cpu"},
        {"server": "http://localhost:8000/v1", "key_variable": "KEY", "timeout_s": 1.0, "tries": 1},
        {"requests_at_once": 1},
        {"name": "another-name"},
        {"description": "It is mine."},
    ],
    ids=lambda settings: ", ".join(settings),
)
def test_whatever_does_not_leaves_it_the_same(settings: dict[str, Any]) -> None:
    assert ask(**settings).sha256 == ask().sha256


def test_neither_do_the_description_of_the_rubric_nor_who_made_the_picture_nor_boxes_that_are_not_shown() -> None:
    assert ask(rubric=revised(description="It is mine.")).sha256 == ask().sha256
    assert ask(replace(SUBJECT, sample_id="cd" * 16, editor="me")).sha256 == ask().sha256
    assert ask(replace(SUBJECT, box_after=None), EDIT).sha256 == ask(rubric=EDIT).sha256


def test_a_judge_of_an_edit_sees_before_and_after_and_below_them_the_instruction() -> None:
    first, before, second, after, prompt = ask(rubric=EDIT).parts
    assert (first, second) == ("The picture before the edit:", "The picture after the edit:")
    assert (before, after) == (Picture(BEFORE), Picture(AFTER))
    assert prompt == EDIT.prompt.replace("{instruction}", SUBJECT.instruction)


def test_swapped_each_picture_keeps_its_caption() -> None:
    first, after, second, before, prompt = ask(rubric=EDIT, variant=SWAPPED).parts
    assert (first, second) == ("The picture after the edit:", "The picture before the edit:")
    assert (before, after) == (Picture(BEFORE), Picture(AFTER))
    assert prompt == ask(rubric=EDIT).parts[-1]


def test_a_judge_of_an_instruction_sees_the_picture_before_alone() -> None:
    caption, picture, prompt = ask(rubric=WORDING).parts
    assert (caption, picture) == ("The picture:", Picture(BEFORE))
    assert SUBJECT.instruction in str(prompt)
    other = replace(SUBJECT, after=BEFORE, box_after=None)
    assert ask(other, WORDING).sha256 == ask(rubric=WORDING).sha256


@pytest.mark.parametrize("instruction", ["Move {it} {", "{instruction}", "{0}{x!r}", "100% {{sure}}", "把{杯子}移开"])
def test_an_instruction_may_have_braces_of_its_own(instruction: str) -> None:
    prompt = ask(replace(SUBJECT, instruction=instruction)).parts[-1]
    assert prompt == FRAMED.prompt.replace("{instruction}", instruction)


def test_what_is_framed_is_said_to_be_and_what_is_not_seen_is_not_framed() -> None:
    first, before, second, after, _ = ask(replace(SUBJECT, box_after=None)).parts
    assert (first, second) == (
        "The picture before the edit: The thing in question is framed in red.",
        "The picture after the edit:",
    )
    assert (before, after) == (Picture(BEFORE, SUBJECT.box_before), Picture(AFTER))


def pixels(picture: Picture, max_pixels: int = 10**6) -> np.ndarray:
    return np.array(picture.image(max_pixels))


def test_the_frame_is_two_pixels_of_red_along_the_box_and_nothing_else_changes() -> None:
    plain, framed = pixels(Picture(BEFORE)), pixels(Picture(BEFORE, (10.0, 5.0, 30.0, 25.0)))
    is_frame = np.zeros(plain.shape[:2], bool)
    is_frame[5:26, 10:31] = True
    is_frame[7:24, 12:29] = False
    assert (framed[is_frame] == RED).all()
    assert (framed[~is_frame] == plain[~is_frame]).all()


@pytest.mark.parametrize("box", [(0.0, 0.0, 60.0, 40.0), (-20.0, 30.0, 5.0, 90.0), (7.0, 7.0, 7.0, 7.0)])
def test_a_box_at_the_border_or_of_one_pixel_can_be_framed(box: tuple[float, ...]) -> None:
    framed = pixels(Picture(BEFORE, box))
    assert framed.shape == (40, 60, 3)
    assert (framed == RED).all(axis=-1).any()


def test_the_frame_of_a_large_picture_is_still_seen_when_that_is_made_smaller() -> None:
    large = encode_rgb(np.full((1000, 1000, 3), 90, np.uint8))
    shown = pixels(Picture(large, (250.0, 250.0, 500.0, 500.0)), 200 * 200).astype(int)
    reddish = (shown[..., 0] - shown[..., 1] > 60).nonzero()
    assert [(places.min(), places.max()) for places in reddish] == [(50, 100), (50, 100)]


@pytest.mark.parametrize(
    ("size", "max_pixels", "shown"),
    [
        ((40, 60), 2400, (40, 60)),
        ((40, 60), 2399, (39, 59)),
        ((40, 60), 600, (20, 30)),
        ((100, 25), 400, (40, 10)),
        ((1, 3000), 1500, (1, 2121)),
    ],
)
def test_pictures_are_made_smaller_only_above_the_limit_and_keep_their_shape(
    size: tuple[int, int], max_pixels: int, shown: tuple[int, int]
) -> None:
    assert pixels(Picture(encode_rgb(np.zeros((*size, 3), np.uint8))), max_pixels).shape == (*shown, 3)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"GIF89a",
        BEFORE[:20],
        BEFORE[:100],
        BEFORE[:-30],
        BEFORE[:60] + b"\0" + BEFORE[60:],
        BEFORE[:33] + BEFORE[37:],
        BEFORE[:16] + b"\0\0\xff\xff\0\0\xff\xff" + BEFORE[24:],
    ],
    ids=["none", "no PNG", "half a header", "half", "no end", "a byte more", "four less", "4,000 megapixels"],
)
def test_a_broken_picture_is_an_os_error(file: bytes) -> None:
    with pytest.raises(OSError):
        Picture(file).image(1024)


def test_once_it_has_been_shown_a_request_is_small_and_known_by_the_same_hash() -> None:
    slim = ask().without_pictures()
    assert (slim.subject.before, slim.subject.after, slim.pictures) == (b"", b"", ())
    assert (slim.sha256, slim.subject.instruction) == (ask().sha256, SUBJECT.instruction)


def test_the_subject_of_a_sample_has_the_boxes_of_its_target_where_it_has_one() -> None:
    moved, camera, _ = rows_of(make_triplets()[:3])
    subject = subject_of(moved)
    assert (subject.sample_id, subject.editor) == (moved["sample_id"], None)
    assert (subject.before, subject.after) == (moved["image_before"]["bytes"], moved["image_after"]["bytes"])
    assert subject.box_before == subject.box_after == (1.0, 2.0, 8.5, 9.25)
    assert (subject_of(camera).box_before, subject_of(camera).box_after) == (None, None)


def test_the_subject_of_an_edit_has_its_picture_and_its_editor() -> None:
    moved = rows_of(make_triplets()[:1])[0]
    subject = subject_of(moved, {"editor": "me", "image": {"bytes": BEFORE}})
    assert (subject.editor, subject.before, subject.after) == ("me", moved["image_before"]["bytes"], BEFORE)


def test_a_target_that_is_gone_or_not_seen_has_no_box() -> None:
    moved = rows_of(make_triplets()[:1])[0]
    gone = {**moved, "objects_after": []}
    hidden = {**moved, "target": {**moved["target"], "object_id": "mug_0"}}
    assert subject_of(gone).box_after is None
    assert (subject_of(hidden).box_before, subject_of(hidden).box_after) == (None, None)
