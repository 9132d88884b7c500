"""The truth, of which the target is hidden: whether something hides it is seen only when it is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from gsi_ray.editors.arrangement import Arrangement, CannotEdit
from gsi_ray.editors.bystanders import movable_bystanders
from gsi_ray.editors.degraded import DrawnAnew, focus
from gsi_ray.editors.stage import Stage
from gsi_ray.sampling.triplet import Frame, ObjectRecord, Triplet
from gsi_ray.scenes.scene import FLOOR
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, polygons

# Of what is seen of the target in the truth, at least so much is hidden.
_HIDDEN = 0.6
# Where the other thing stands: right before the target, or these shares of the way from there to the camera.
_SHARES = (0.0, 0.25, 0.5)
_GAP_M = 0.01


class OccludedTruth(DrawnAnew):
    """All is as it should be, and something else stands on what the target stands on, between it and the camera.

    At least 60 % of what is seen of the target is hidden: by a thing that stood there already, if one does it, else by
    one from elsewhere; by the one that shows most, as near to the target as does. Things may cut into each other.
    """

    def _drawn(self, sample: Triplet, stage: Stage) -> Frame:
        truth, target = Arrangement.of(sample.after), _target(sample)
        support = truth.boxes.get(target.supported_by or FLOOR)
        shown = sample.after.instances == target.instance
        others = movable_bystanders(sample, stage.rest)
        for other in sorted(others, key=lambda one: one.supported_by != target.supported_by):
            for box in _places_before(target.box, other.box, truth.camera):
                # A thing hides nothing outside of its box, so most places need not be drawn.
                may_hide = _hidden_share(shown, _outline(box, truth.camera)) >= _HIDDEN
                if not (may_hide and _stands_on(support, box)):
                    continue
                frame = stage.draw(truth.placing(other.object_id, box), focus(sample))
                if _hidden_share(shown, frame.instances != target.instance) >= _HIDDEN:
                    return frame
        raise CannotEdit("Nothing else in view would hide the target.")


def _target(sample: Triplet) -> ObjectRecord:
    if sample.target is None:
        raise CannotEdit("The edit is of the camera: there is no target to hide.")
    records = {record.object_id: record for record in sample.after.objects}
    if sample.target.object_id not in records:
        raise CannotEdit("The edit is a removal: what is gone cannot be hidden.")
    return records[sample.target.object_id]


def _places_before(target: OrientedBox, other: OrientedBox, camera: Camera) -> Iterator[OrientedBox]:
    """Where the other thing, upright as it is, may stand as high as the target and nearer to the camera."""
    way = (camera.position - target.center) * [1.0, 1.0, 0.0]
    distance = float(np.linalg.norm(way))
    direction = way / distance
    touching = sum(float(np.abs(direction @ box.rotation) @ box.size) / 2.0 for box in (target, other)) + _GAP_M
    for share in _SHARES:
        place = target.center + (touching + share * (distance - touching)) * direction
        place[2] = target.bottom + other.center[2] - other.bottom
        yield other.transformed(RigidTransform(translation=place - other.center))


def _stands_on(support: OrientedBox | None, box: OrientedBox) -> bool:
    """Whether the middle of a box is above the box of its support; the floor, which has none, is everywhere."""
    return support is None or bool(polygons.contains(support.footprint, box.center[None, :2])[0])


def _outline(box: OrientedBox, camera: Camera) -> NDArray[np.bool_]:
    """The pixels (h, w) of a box; none where part of it is behind the camera."""
    pixels, depth = camera.project(box.corners)
    filled = np.zeros((camera.height, camera.width), np.uint8)
    if np.all(depth > 0.0):
        cv2.fillConvexPoly(filled, cv2.convexHull(np.rint(pixels).astype(np.int32)), 1)
    return filled > 0


def _hidden_share(shown: NDArray[np.bool_], hidden: NDArray[np.bool_]) -> float:
    return float(np.mean(hidden[shown]))
