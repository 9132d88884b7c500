"""Looks at the pictures of an edit: does it show, and does nothing else?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from gsi_ray.operations.rejections import Rejection
from gsi_ray.sampling.settings import QualityLimits
from gsi_ray.sampling.triplet import Frame, ObjectRecord, Quality
from gsi_ray.scenes.scene import Light
from gsi_ray.spatial import OrientedBox

Mask = NDArray[np.bool_]

# A pixel has changed when a channel differs by more than this, of 255: less is not seen.
_VISIBLE_DIFFERENCE = 6
# Multisampled edges colour the pixels next to a mask as well.
_EDGE_PIXELS = 2
# Light that a thing takes from what stands near it (contact shading), and the blur of its shadow's edge.
_CONTACT_REACH_M = 0.15
_SHADOW_BLUR_M = 0.03
_SUN_DISTANCE_M = 50.0
# Nearer than this a thing fills the view.
_NEAR_M = 0.3


def measure(before: Frame, after: Frame, target: str | None, lights: Sequence[Light]) -> Quality:
    """Compare the two sides of a triplet. `target` is the edited object's id, None when the camera moved."""
    difference = np.maximum(before.rgb, after.rgb) - np.minimum(before.rgb, after.rgb)
    changed = np.maximum.reduce([difference[..., channel] for channel in range(3)]) > _VISIBLE_DIFFERENCE
    if target is None:
        return Quality(float(changed.mean()), None, None, None, None, None)
    records = [_record(frame, target) for frame in (before, after)]
    return Quality(
        changed_fraction=float(changed.mean()),
        target_pixels_before=_pixels(before, records[0]),
        target_pixels_after=_pixels(after, records[1]),
        target_visible_before=records[0].visible_fraction if records[0] else None,
        target_visible_after=records[1].visible_fraction if records[1] else None,
        outside_change=float((changed & ~_explained(changed, (before, after), records, lights)).mean()),
    )


def check(quality: Quality, after: Frame, limits: QualityLimits) -> Rejection | None:
    """Why the pictures of an edit will not do; None when they will."""
    if quality.changed_fraction < limits.min_changed_fraction:
        return Rejection.HARDLY_CHANGED
    if quality.target_pixels_before is None:
        near = float(np.mean((after.depth > 0.0) & (after.depth < _NEAR_M)))
        in_view = sum(record.bbox_2d is not None for record in after.objects)
        blocked = near > limits.max_near_fraction or in_view < limits.min_objects_in_view
        return Rejection.VIEW_BLOCKED if blocked else None
    if quality.target_pixels_after is not None:
        if quality.target_pixels_after < limits.min_target_pixels * after.instances.size:
            return Rejection.TARGET_SMALL
        if (quality.target_visible_after or 0.0) < limits.min_target_visible:
            return Rejection.TARGET_HIDDEN
    if (quality.outside_change or 0.0) > limits.max_outside_change:
        return Rejection.CHANGED_ELSEWHERE
    return None


def _record(frame: Frame, object_id: str) -> ObjectRecord | None:
    return next((record for record in frame.objects if record.object_id == object_id), None)


def _pixels(frame: Frame, record: ObjectRecord | None) -> int | None:
    return int(np.count_nonzero(frame.instances == record.instance)) if record else None


def _explained(
    changed: Mask, frames: Sequence[Frame], records: Sequence[ObjectRecord | None], lights: Sequence[Light]
) -> Mask:
    """Which pixels the target itself, its contact shading or its shadow accounts for, before or after the edit.

    Only pixels that changed are looked into.
    """
    explained = np.zeros_like(changed)
    for frame, record in zip(frames, records, strict=True):
        if record is not None and record.bbox_2d is not None:
            patch = _around(record.bbox_2d)
            explained[patch] |= binary_dilation(frame.instances[patch] == record.instance, iterations=_EDGE_PIXELS)
    boxes = [record.box for record in records if record is not None]
    for frame in frames:
        rows, columns = np.nonzero(changed & ~explained)
        pixels = np.stack([columns, rows], axis=1) + 0.5
        points = frame.camera.unproject(pixels, frame.depth[rows, columns])
        explained[rows, columns] |= np.any([_touched(box, points, lights) for box in boxes], axis=0)
    return explained


def _around(bounds: tuple[float, float, float, float]) -> tuple[slice, slice]:
    """The rows and columns of an image that a mask with these bounds can spread to."""
    left, top, right, bottom = (int(edge) for edge in bounds)
    return (
        slice(max(0, top - _EDGE_PIXELS), bottom + _EDGE_PIXELS),
        slice(max(0, left - _EDGE_PIXELS), right + _EDGE_PIXELS),
    )


def _touched(box: OrientedBox, points: NDArray[np.float64], lights: Sequence[Light]) -> Mask:
    """Which surface points (n, 3) a thing in a box darkens: by standing near, or in the way of a light."""
    touched = box.contains(points, margin=_CONTACT_REACH_M)
    for light in lights:
        source = points - _SUN_DISTANCE_M * light.direction if light.directional else light.position
        touched |= box.inflated(_SHADOW_BLUR_M).hit_by(points, source)
    return touched
