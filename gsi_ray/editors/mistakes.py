"""Mistakes of known size: what a sample would show after an edit that is right but for one thing.

Each is a function of the sample, of its scene (at rest, before anything was edited), and of the mistake's size (metres,
radians, or a share). Nothing is asked about room or support: things may hang in the air or cut into each other, so that
a mistake has its exact size. Which way it goes (right or left, clockwise or not, larger or smaller) is a matter of the
sample's id; but where only the other way keeps a shifted or resized object wholly in view, that is taken.

Where the edit is of the camera, the mistakes of the target are the camera's own; but what hangs too high or stands too
low is then, as after a removal, something else in view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from gsi_ray.editors.arrangement import Arrangement, CannotEdit
from gsi_ray.editors.bystanders import movable_bystanders
from gsi_ray.operations.object_rotation import shows_on
from gsi_ray.sampling import seeds
from gsi_ray.sampling.triplet import Mention, ObjectRecord, Triplet
from gsi_ray.scenes.scene import ObjectState, SceneState
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

Array = NDArray[np.float64]
Mistake = Callable[[Triplet, SceneState, float], Arrangement]

# Of the height of what is sunk into its support, at least this share is left above.
_LEAST_LEFT = 0.25


def shifted(sample: Triplet, scene: SceneState, distance: float) -> Arrangement:
    """The target is off to the right or left as the camera sees it, on the floor plane; or the camera is itself."""
    if sample.target is None:
        return camera_shifted(sample, scene, distance)
    truth, box = Arrangement.of(sample.after), _box_after(sample, sample.target)
    places = [(sample.target.object_id, _aside(box, truth.camera, way * distance)) for way in _ways(sample)]
    return truth.placing(*_first_in_view(truth.camera, places))


def turned(sample: Triplet, scene: SceneState, angle: float) -> Arrangement:
    """The target is turned too far or not far enough about the vertical through its centre; or the camera is."""
    if sample.target is None:
        return camera_turned(sample, scene, angle)
    box = _box_after(sample, sample.target)
    if not shows_on(scene[sample.target.object_id].yaw_symmetry, round(float(np.rad2deg(angle)), 6)):
        raise CannotEdit("The target looks the same after such a turn.")
    rotation = rotations.about_z(_ways(sample)[0] * angle) @ box.rotation
    return Arrangement.of(sample.after).placing(sample.target.object_id, OrientedBox(box.center, box.size, rotation))


def resized(sample: Triplet, scene: SceneState, share: float) -> Arrangement:
    """The target, still standing where it should, is 1 + share times too large or too small."""
    if sample.target is None:
        raise CannotEdit("The edit is of the camera, which has no size.")
    truth, box = Arrangement.of(sample.after), _box_after(sample, sample.target)
    sizes = [box.size * (1.0 + share) ** way for way in _ways(sample)]
    options = [(sample.target.object_id, _standing(size, box.rotation, _foot(box))) for size in sizes]
    return truth.placing(*_first_in_view(truth.camera, options))


def floating(sample: Triplet, scene: SceneState, distance: float) -> Arrangement:
    """The target hangs in the air above its place; where none is left, something else of which much is seen does."""
    return _raised(sample, _what_stands(sample, scene), distance)


def sunk(sample: Triplet, scene: SceneState, distance: float) -> Arrangement:
    """The target, or where none is left something else of which much is seen, is partly in what it stands on."""
    records = [one for one in _what_stands(sample, scene) if distance <= (1.0 - _LEAST_LEFT) * _height(one.box)]
    if not records:
        raise CannotEdit("Nothing that could sink is tall enough to be seen when so deep.")
    return _raised(sample, records, -distance)


def undershot(sample: Triplet, scene: SceneState, share: float) -> Arrangement:
    """The target, or the camera, lacks this share of the way: of the translation, of the angle, of the log size."""
    truth = Arrangement.of(sample.after)
    if sample.target is None:
        return truth.seen_from(_camera_on_the_way(sample, 1.0 - share))
    before, after = _box_before(sample, sample.target), _box_after(sample, sample.target)
    return truth.placing(sample.target.object_id, _on_the_way(before, after, 1.0 - share))


def opposite(sample: Triplet, scene: SceneState, _: float) -> Arrangement:
    """The target, or the camera, goes or turns as far the other way, or shrinks by the factor by which it should grow.

    Where the instruction says beside what it is to stand, or at which edge or corner of what, it stands at the same
    height on the other side of the middle of that, as far off.
    """
    truth = Arrangement.of(sample.after)
    if sample.target is None:
        return truth.seen_from(_camera_on_the_way(sample, -1.0))
    box = _opposite_box(sample, scene[sample.target.object_id], sample.target)
    if not _in_view(truth.camera, box.center):
        raise CannotEdit("The opposite place is out of view.")
    return truth.placing(sample.target.object_id, box)


def wrong_object(sample: Triplet, scene: SceneState, _: float) -> Arrangement:
    """The target is as before, and another thing is edited in its place, one of its category if there is any.

    That one is removed too, goes as far, turns and grows as much; or, where the instruction says beside or on what the
    target is to stand, it stands there. A camera goes the wrong way instead, as far as it should have gone.
    """
    truth = Arrangement.of(sample.after)
    if sample.target is None:
        return truth.seen_from(_camera_on_the_way(sample, -1.0))
    others = _others_alike(sample, scene, sample.target)
    undone = truth.placing(sample.target.object_id, _box_before(sample, sample.target))
    if sample.target.object_id not in truth.boxes:
        return undone.without(others[0].object_id)
    edited = [(other.object_id, _edited_likewise(sample, sample.target, other.box)) for other in others]
    return undone.placing(*_first_in_view(truth.camera, edited))


def bystander_shifted(sample: Triplet, scene: SceneState, distance: float) -> Arrangement:
    """All is as it should be, and one more thing, of which much is seen, is off to the right or left."""
    truth = Arrangement.of(sample.after)
    places = [
        (other.object_id, _aside(other.box, truth.camera, way * distance))
        for other in movable_bystanders(sample, scene)
        for way in _ways(sample)
    ]
    return truth.placing(*_first_in_view(truth.camera, places))


def camera_shifted(sample: Triplet, scene: SceneState, distance: float) -> Arrangement:
    """All is as it should be, and the camera is off to its right or left."""
    truth = Arrangement.of(sample.after)
    return truth.seen_from(truth.camera.moved(_ways(sample)[0] * distance * truth.camera.ground_right))


def camera_turned(sample: Triplet, scene: SceneState, angle: float) -> Arrangement:
    """All is as it should be, and the camera is turned on the spot, about the vertical."""
    truth = Arrangement.of(sample.after)
    return truth.seen_from(truth.camera.turned(_ways(sample)[0] * angle))


MISTAKES: dict[str, Mistake] = {
    "shifted-Ncm": shifted,
    "turned-Ndeg": turned,
    "resized-Npct": resized,
    "floating-Ncm": floating,
    "sunk-Ncm": sunk,
    "undershoot-Npct": undershot,
    "opposite": opposite,
    "wrong-object": wrong_object,
    "bystander-Ncm": bystander_shifted,
    "camera-Ncm": camera_shifted,
    "camera-Ndeg": camera_turned,
}
"""By the form of the name of the editor that makes it."""


def _ways(sample: Triplet) -> tuple[float, float]:
    """1 and -1: the way that a sample's mistakes go, and the other one."""
    way = 1.0 if seeds.generator(f"{sample.sample_id}/mistake").random() < 0.5 else -1.0
    return way, -way


def _box_before(sample: Triplet, target: Mention) -> OrientedBox:
    return Arrangement.of(sample.before).boxes[target.object_id]


def _box_after(sample: Triplet, target: Mention) -> OrientedBox:
    boxes = Arrangement.of(sample.after).boxes
    if target.object_id not in boxes:
        raise CannotEdit("The edit is a removal: what is gone is in no wrong place, pose or size, nor half gone.")
    return boxes[target.object_id]


def _what_stands(sample: Triplet, scene: SceneState) -> list[ObjectRecord]:
    """The target after the edit; where there is none, the bystanders."""
    target = [one for one in sample.after.objects if sample.target and one.object_id == sample.target.object_id]
    return target or movable_bystanders(sample, scene)


def _raised(sample: Triplet, records: Iterable[ObjectRecord], distance: float) -> Arrangement:
    """The truth with one of these so much higher, or lower: the first that is then wholly in view."""
    truth = Arrangement.of(sample.after)
    up = RigidTransform(translation=np.array([0.0, 0.0, distance]))
    return truth.placing(*_first_in_view(truth.camera, [(one.object_id, one.box.transformed(up)) for one in records]))


def _others_alike(sample: Triplet, scene: SceneState, target: Mention) -> list[ObjectRecord]:
    """Those others on which the edit of the target would show, those of its category first."""
    angle = sample.parameters.angle_deg
    others = [
        other
        for other in movable_bystanders(sample, scene)
        if angle is None or shows_on(scene[other.object_id].yaw_symmetry, angle)
    ]
    if not others:
        raise CannotEdit("There is nothing else in view on which such a turn would show.")
    return sorted(others, key=lambda other: other.category != target.category)


def _first_in_view(camera: Camera, options: Iterable[tuple[str, OrientedBox]]) -> tuple[str, OrientedBox]:
    """The first object and box of which no corner is outside the picture; if there is none, the first of all."""
    options = list(options)
    return next((option for option in options if _in_view(camera, option[1].corners)), options[0])


def _in_view(camera: Camera, points: Array) -> bool:
    """Whether all of these points (..., 3) are before the camera and inside the picture."""
    pixels, depth = camera.project(points)
    return bool(np.all(depth > 0.0) and np.all((pixels >= 0.0) & (pixels <= [camera.width, camera.height])))


def _aside(box: OrientedBox, camera: Camera, distance: float) -> OrientedBox:
    return box.transformed(RigidTransform(translation=distance * camera.ground_right))


def _height(box: OrientedBox) -> float:
    return box.top - box.bottom


def _opposite_box(sample: Triplet, item: ObjectState, target: Mention) -> OrientedBox:
    before, after, parameters = _box_before(sample, target), _box_after(sample, target), sample.parameters
    if parameters.placement == "center":
        raise CannotEdit("What should be in the middle has no opposite place.")
    if parameters.angle_deg is not None and not shows_on(item.yaw_symmetry, 2.0 * parameters.angle_deg):
        raise CannotEdit("The target looks the same after such a turn.")
    if sample.reference is not None:
        return _across(Arrangement.of(sample.after).boxes[sample.reference.object_id], after)
    return _on_the_way(before, after, -1.0)


def _across(middle: OrientedBox, box: OrientedBox) -> OrientedBox:
    """A box on the other side of the middle of another, at the same height."""
    way = 2.0 * (middle.center - box.center) * [1.0, 1.0, 0.0]
    return box.transformed(RigidTransform(translation=way))


def _foot(box: OrientedBox) -> Array:
    """The middle (3,) of the underside, in the world."""
    return np.array([*box.center[:2], box.bottom])


def _standing(size: Array, rotation: Array, foot: Array) -> OrientedBox:
    """The box of this size and orientation with the middle of its underside there."""
    at_origin = OrientedBox(np.zeros(3), size, rotation)
    return OrientedBox(foot - [0.0, 0.0, at_origin.bottom], size, rotation)


def _on_the_way(before: OrientedBox, after: OrientedBox, share: float) -> OrientedBox:
    """An object that stands on its support all the way; `share` is 0 at the start and 1 at the end."""
    return _standing(
        before.size * (after.size / before.size) ** share,
        _part_of_turn(before.rotation, after.rotation, share) @ before.rotation,
        _foot(before) + share * (_foot(after) - _foot(before)),
    )


def _camera_on_the_way(sample: Triplet, share: float) -> Camera:
    before, after = sample.before.camera, sample.after.camera
    turn = _part_of_turn(before.pose.rotation, after.pose.rotation, share)
    position = before.position + share * (after.position - before.position)
    return before.with_pose(RigidTransform(turn @ before.pose.rotation, position))


def _part_of_turn(before: Array, after: Array, share: float) -> Array:
    """So much of the turn, about a fixed axis in the world, that takes one rotation to another."""
    turn: Array = Rotation.from_rotvec(share * Rotation.from_matrix(after @ before.T).as_rotvec()).as_matrix()
    return turn


def _edited_likewise(sample: Triplet, target: Mention, other: OrientedBox) -> OrientedBox:
    """Another object after what the target should have gone through."""
    before, after = _box_before(sample, target), _box_after(sample, target)
    has_place = sample.parameters.relation is not None or sample.parameters.placement is not None
    foot = _foot(after) if has_place else _foot(other) + _foot(after) - _foot(before)
    return _standing(other.size * (after.size / before.size), after.rotation @ before.rotation.T @ other.rotation, foot)
