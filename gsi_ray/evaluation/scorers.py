"""Scores of a lake's edits by each protocol, as the table `scores` has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gsi_ray.detection import BadRecord, Detection, Detector, DetectorFailed, Drawn, Picture
from gsi_ray.evaluation.exact import Truth, WrongSize, score_exactly
from gsi_ray.evaluation.gsi_bench import BadPicture, EditRecord, Original, UnknownOperation, evaluate
from gsi_ray.lake.exports.gsi_bench import edit_of, image_name
from gsi_ray.lake.images import decode_rgb
from gsi_ray.lake.rows import Row, triplet_of

if TYPE_CHECKING:
    from gsi_ray.evaluation.lpips import Lpips

Scores = Mapping[str, float | None]
Found = tuple[Detection, ...] | DetectorFailed
Decoded = TypeVar("Decoded")

_GEOMETRY = ("center", "size", "rotation", "intrinsics", "translation")
# The protocol counts pixels as its detector sees them: so many on the longest side.
_SIDE = 896
# Of so many samples a detector is shown the pictures at once.
_SAMPLES_AT_ONCE = 8


@dataclass(frozen=True, eq=False)
class EditedSample:
    """A row of `triplets`, and the rows of `edits` that are about it."""

    sample: Row
    edits: tuple[Row, ...]


class Unscorable(ValueError):
    """One edit that cannot be scored; the text says why."""


_BAD = (Unscorable, WrongSize, BadPicture, BadRecord, UnknownOperation)


class Scorer(Protocol):
    """Scores edits by one protocol."""

    def scores(self, samples: Sequence[EditedSample]) -> Iterator[list[Scores | str]]:
        """For each sample, in order, the scores of each of its edits by the columns' names; or why there are none.

        What is wrong with one edit does not change another's scores.
        """


class ExactScorer:
    """By all that is known of a synthetic sample."""

    def scores(self, samples: Sequence[EditedSample]) -> Iterator[list[Scores | str]]:
        """As `Scorer` says."""
        for one in samples:
            try:
                _require_finite(one.sample)
                triplet = _read("the sample", triplet_of, one.sample)
            except Unscorable as error:
                yield [str(error)] * len(one.edits)
                continue
            truth = Truth.of(triplet)
            yield [_exact(truth, edit, triplet.after.camera.width) for edit in one.edits]


class GsiBenchScorer:
    """By the protocol of GSI-Bench, with a detector, and with LPIPS as far as there is its backbone."""

    def __init__(self, detector: Detector, lpips: Lpips | None) -> None:
        self._detector = detector
        self._lpips = lpips

    def scores(self, samples: Sequence[EditedSample]) -> Iterator[list[Scores | str]]:
        """As `Scorer` says."""
        for start in range(0, len(samples), _SAMPLES_AT_ONCE):
            some = samples[start : start + _SAMPLES_AT_ONCE]
            cases = [_case_or_error(one) for one in some]
            pictures = [picture for case in cases if isinstance(case, _Case) for picture in case.pictures]
            found = iter(self._detector.detect(pictures))
            for one, case in zip(some, cases, strict=True):
                if isinstance(case, _Case):
                    yield self._scored(case, [next(found) for _ in case.pictures])
                else:
                    yield [case] * len(one.edits)

    def _scored(self, case: _Case, found: Sequence[Found]) -> list[Scores | str]:
        original = Original(_enlarged(case.before.rgb), self._lpips)
        before, after = found[0], iter(found[1:])
        return [
            one if isinstance(one, str) else _gsi_bench(case, original, one, before, next(after)) for one in case.edited
        ]


@dataclass(frozen=True, eq=False)
class _Case:
    """A sample as GSI-Bench asks for it: `edited` are the pictures of its edits, or why there is none.

    `truth` (h, w, 3) is there for edits of the camera.
    """

    record: EditRecord
    before: Picture
    edited: tuple[Picture | str, ...]
    truth: NDArray[np.uint8] | None
    is_real: bool

    @property
    def pictures(self) -> list[Picture]:
        """What a detector is to look at: the picture before, then the edited ones."""
        return [self.before, *(one for one in self.edited if isinstance(one, Picture))]


def _case_or_error(one: EditedSample) -> _Case | str:
    try:
        return _case(one)
    except (Unscorable, BadRecord) as error:
        return str(error)


def _case(one: EditedSample) -> _Case:
    """Raises Unscorable or BadRecord where there is something wrong with the sample."""
    sample = one.sample
    _require_finite(sample)
    record = EditRecord.parse(edit_of(sample))
    name = f"{image_name(sample)}_{sample['sample_id']}"
    drawn = Drawn(sample["objects_before"], sample["camera_before"])
    rgb = _read("the sample's picture before", decode_rgb, sample["image_before"]["bytes"])

    def edited(edit: Row) -> Picture | str:
        try:
            picture = _picture(edit)
        except Unscorable as error:
            return str(error)
        known = None if edit["objects"] is None else Drawn(edit["objects"], edit["camera"])
        return Picture(picture, record.target, record.intrinsics, name, "after", known)

    return _Case(
        record=record,
        before=Picture(rgb, record.target, record.intrinsics, name, "before", drawn),
        edited=tuple(map(edited, one.edits)),
        truth=None if sample["target"] else _read("the sample", decode_rgb, sample["image_after"]["bytes"]),
        is_real=sample["environment"] == "real",
    )


def _gsi_bench(case: _Case, original: Original, edited: Picture, before: Found, after: Found) -> Scores | str:
    if isinstance(before, DetectorFailed) or isinstance(after, DetectorFailed):
        return str(before if isinstance(before, DetectorFailed) else after)
    scale = _SIDE / max(case.before.rgb.shape)
    record = replace(case.record, intrinsics=np.diag([scale, scale, 1.0]) @ case.record.intrinsics)
    detections = [[replace(one, box_2d=scale * one.box_2d) for one in found] for found in (before, after)]
    truth = None if case.truth is None else _enlarged(case.truth)
    try:
        scores = evaluate(original, edited.rgb, record, *detections, truth=truth, real=case.is_real)
    except _BAD as error:
        return str(error)
    return {name: getattr(scores, name) for name in ("ic", "sa", "el_ssim", "el_lpips", "el_mse")}


def _enlarged(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (h, w, 3), made as large as GSI-Bench's detector sees it, of which the protocol compares no more."""
    height, width = rgb.shape[:2]
    scale = _SIDE / max(height, width)
    if scale <= 1.0:
        return rgb
    return np.asarray(Image.fromarray(rgb).resize((round(scale * width), round(scale * height))))


def _exact(truth: Truth, edit: Row, own_width: int) -> Scores | str:
    try:
        scores = score_exactly(truth, _picture(edit), own_width)
    except _BAD as error:
        return str(error)
    return {
        "ic": scores.compliance,
        "sa": scores.accuracy,
        "el_objects": scores.objects,
        "el_region": scores.region,
        "el_ssim": scores.ssim,
        "el_mse": scores.mse,
        "ac": scores.appearance,
        "pixel_error": scores.pixel_error,
        "position_error_m": scores.position_error_m,
    }


def _picture(edit: Row) -> NDArray[np.uint8]:
    """The edited picture (h, w, 3). Raises Unscorable where there is none, or none that can be read."""
    if edit["image"] is None:
        raise Unscorable(f"there is no picture: {edit['error'] or 'the editor gave none, and no reason'}")
    return _read("the edited picture", decode_rgb, edit["image"]["bytes"])


def _read(what: str, decode: Callable[[Any], Decoded], content: Any) -> Decoded:
    """Raises Unscorable where a picture in the content cannot be decoded."""
    try:
        return decode(content)
    # Pillow reports a broken PNG file as a SyntaxError, and one that would fill the memory as an error of its own.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unscorable(f"{what} cannot be read: {error}") from error


def _require_finite(sample: Row) -> None:
    """Raises Unscorable where a box or a camera of a sample holds a number that is not finite."""
    for side in ("before", "after"):
        for what in (sample[f"camera_{side}"], *sample[f"objects_{side}"]):
            numbers = [value for name in _GEOMETRY for value in what.get(name, ())]
            if not np.isfinite(numbers).all():
                name = what.get("object_id", "the camera")
                raise Unscorable(
                    f"the sample's box or camera {side} the edit holds a number that is not finite: {name}"
                )
