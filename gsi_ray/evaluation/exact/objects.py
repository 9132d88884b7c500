"""Edits of things: did the right one end where it should, looking as it should?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gsi_ray.evaluation.exact.colors import Lab, Mask, difference, disturbance
from gsi_ray.evaluation.exact.finding import Found, find
from gsi_ray.evaluation.exact.truth import EDGE_PIXELS, Truth, grown

Array = NDArray[np.float64]

_ON_THE_SPOT = ("object_rotation", "object_scaling")
# A target that moves less than this in the picture is as good as on the spot.
_LEAST_SHIFT_PIXELS = 1.5
# Fewer pixels than this tell nothing.
_LEAST_PIXELS = 40
# More than this is no noise.
_MOST_NOISE = 5.0


@dataclass(frozen=True, eq=False)
class ObjectScores:
    """`compliance`, `accuracy` and `appearance` from 0 to 1, and how far off the target was found.

    `edited` (h, w) is where the edit should show or does: the target where it was found and where it belongs, with its
    shadows. Errors are None where there is no target to be found, or where it was not.
    """

    compliance: float
    accuracy: float
    appearance: float
    pixel_error: float | None
    position_error_m: float | None
    edited: Mask


def score_object(truth: Truth, picture: Lab, matched: Lab) -> ObjectScores:
    """Score an edited picture (h, w, 3) of a sample whose target is moved, turned, resized or removed; `matched` is the
    same without its tint."""
    if not truth.target_after.any():
        return _removed(truth, picture, matched)
    found = _find(truth, matched)
    if found is None:
        return ObjectScores(0.0, 0.0, 0.0, None, None, truth.changed)
    asked = _shift(truth)
    if truth.operation in _ON_THE_SPOT or np.hypot(*asked) < _LEAST_SHIFT_PIXELS:
        compliance = form = _reshaped(truth, matched, found)
        reach = _half_size(truth.target_after)
    else:
        # What is like the target at its goal, while the target is where it was, is another thing, or a copy.
        left = _left(truth, matched)
        compliance, form = left * _way(asked, found), left * found.likeness
        reach = float(np.hypot(*asked))
    return ObjectScores(
        compliance=compliance,
        accuracy=max(0.0, 1.0 - found.distance / reach) * form,
        appearance=_likeness(_shifted(picture, found), truth.after.lab, truth.target_after),
        pixel_error=found.distance,
        position_error_m=_metres(truth, found),
        edited=truth.changed | grown(_shifted_mask(truth.target_after, found), EDGE_PIXELS),
    )


def progress(truth: Truth, before: Lab, matched: Lab, region: Mask) -> float:
    """How far a picture has come from the one before to the one after, over a region: 0 not at all, 1 all the way.

    1 - difference(picture, after) / difference(before, after), means over the region. What the editor does to pixels
    that should stay as they are, such as the noise of its decoder, is no lack of progress and is taken off both.
    """
    astray = difference(matched, truth.after.lab)
    noise = min(float(np.median(astray[~truth.changed])), _MOST_NOISE)
    whole = float(difference(before, truth.after.lab)[region].mean()) - noise
    if whole <= 0.0:
        return 0.0
    return float(np.clip(1.0 - max(float(astray[region].mean()) - noise, 0.0) / whole, 0.0, 1.0))


def _removed(truth: Truth, picture: Lab, matched: Lab) -> ObjectScores:
    """What is behind the target is there to be compared; and of things alike, only the right one may be gone."""
    target = next(one for one in truth.before.objects if one.object_id == truth.target)
    alike = [truth.after.mask(one.object_id) for one in truth.after.objects if one.category == target.category]
    kept = [
        _likeness(picture, truth.after.lab, mask & ~truth.changed) for mask in alike if (mask & ~truth.changed).any()
    ]
    gone = progress(truth, truth.before_untinted, matched, truth.target_before)
    return ObjectScores(
        compliance=progress(truth, truth.before_untinted, matched, truth.changed),
        accuracy=gone * min(kept, default=1.0),
        appearance=_likeness(picture, truth.after.lab, truth.target_before),
        pixel_error=None,
        position_error_m=None,
        edited=truth.changed,
    )


def _find(truth: Truth, picture: Lab) -> Found | None:
    """The target, as it should look after the edit."""
    return find(picture, truth.after.lab, grown(truth.target_after, EDGE_PIXELS), truth.without_target)


def _way(asked: Array, found: Found) -> float:
    """Which share of the way asked for, (2,) in pixels, the target has gone; sideways does not count."""
    made = asked + [found.right, found.down]
    return float(np.clip(made @ asked / (asked @ asked), 0.0, 1.0))


def _left(truth: Truth, matched: Lab) -> float:
    """Whether the target is gone from where it was: 0 where it is still there, as after copying it."""
    uncovered = truth.target_before & ~truth.target_after
    enough = np.count_nonzero(uncovered) >= _LEAST_PIXELS
    return progress(truth, truth.before_untinted, matched, uncovered if enough else truth.changed)


def _reshaped(truth: Truth, matched: Lab, found: Found) -> float:
    """How far the target has come from its look before to that after, wherever it is: turned, resized.

    The picture before is laid as well on the one after as its target allows: that much is no progress.
    """
    region = truth.target_before | truth.target_after
    at_best = _find(truth, truth.before_untinted)
    before = truth.before_untinted if at_best is None else _shifted(truth.before_untinted, at_best)
    return progress(truth, before, _shifted(matched, found), region)


def _half_size(mask: Mask) -> float:
    """Half the diagonal of a mask (h, w), in pixels."""
    rows, columns = np.nonzero(mask)
    return float(np.hypot(np.ptp(rows) + 1, np.ptp(columns) + 1)) / 2.0


def _shift(truth: Truth) -> Array:
    """How far the centre of the target's box goes in the picture, (2,) in pixels."""
    centers = [
        next(one.box.center for one in side.objects if one.object_id == truth.target)
        for side in (truth.before, truth.after)
    ]
    pixels, _ = truth.after.camera.project(np.stack(centers))
    shift: Array = pixels[1] - pixels[0]
    return shift


def _metres(truth: Truth, found: Found) -> float:
    """The distance across the line of sight that so many pixels are, as far away as the target's surface is."""
    depth = float(np.median(truth.after.depth[truth.target_after]))
    focal = truth.after.camera.intrinsics.diagonal()[:2]
    return float(np.hypot(found.right / focal[0], found.down / focal[1]) * depth)


def _shifted(picture: Lab, found: Found) -> Lab:
    """The picture with what was found moved to where it belongs."""
    way = np.array([[1.0, 0.0, -found.right], [0.0, 1.0, -found.down]])
    size = (picture.shape[1], picture.shape[0])
    shifted: Lab = cv2.warpAffine(picture, way, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return shifted


def _shifted_mask(mask: Mask, found: Found) -> Mask:
    """A mask moved from where the thing belongs to where it was found."""
    way = np.array([[1.0, 0.0, found.right], [0.0, 1.0, found.down]])
    size = (mask.shape[1], mask.shape[0])
    return cv2.warpAffine(mask.astype(np.uint8), way, size, flags=cv2.INTER_NEAREST).astype(np.bool_)


def _likeness(picture: Lab, truth: Lab, where: Mask) -> float:
    return 1.0 - float(disturbance(difference(picture[where], truth[where])).mean())
