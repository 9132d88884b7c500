"""The scenes of samples, made again in a simulator and drawn as somebody wants them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.editors.arrangement import Arrangement, CannotEdit
from gsi_ray.sampling.frames import frame_of
from gsi_ray.sampling.triplet import Frame
from gsi_ray.scenes.build import UnknownScene
from gsi_ray.scenes.scene import ObjectState, SceneState
from gsi_ray.simulators.protocol import ActionRejected, Change, Remove, SetPose, SetScale, Simulator
from gsi_ray.spatial import OrientedBox

# A picture is another one when more than this share of its pixels differ by more than so much, of 255, in a channel.
_DIFFERENT_SHARE = 0.001
_VISIBLE_DIFFERENCE = 6


class Stage:
    """One scene at a time in one simulator, of which `rest` is the state before anything was edited.

    Once a scene is made, physics never runs: what is drawn is what is told. The methods raise CannotEdit, and what a
    simulator raises.
    """

    rest: SceneState

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._scene_id: str | None = None

    def enter(self, scene_id: str) -> None:
        """Make a scene again, unless it is the one that is there."""
        if scene_id == self._scene_id:
            return
        self._scene_id = None
        try:
            scene = self._simulator.scenes.build_scene(scene_id)
        except UnknownScene as unknown:
            raise CannotEdit(f"The scene cannot be made again: {unknown}.") from unknown
        self._simulator.load(scene)
        self._snapshot, self.rest = self._simulator.snapshot(), self._simulator.state()
        self._found_same: set[bytes] = set()
        self._scene_id = scene_id

    def require_same(self, frame: Frame) -> None:
        """Raise CannotEdit where the scene, arranged as in a frame that was drawn of it once, looks different now.

        Each frame is drawn once, however often it is asked about.
        """
        digest = _digest(frame)
        if digest in self._found_same:
            return
        if not self._comes_out_same(frame):
            raise CannotEdit(
                f"Scene {self._scene_id} no longer comes out as it is in the sample: was that made by another version?"
            )
        self._found_same.add(digest)

    def draw(self, arrangement: Arrangement, focus: Collection[str]) -> Frame:
        """The scene so arranged; of the objects in `focus` that are there, the visible fraction is measured."""
        self._simulator.restore(self._snapshot)
        for item in self.rest.objects:
            for change in _changes(item, arrangement.boxes.get(item.object_id)):
                self._simulator.apply(change)
        self._simulator.look(arrangement.camera)
        observation = self._simulator.render([name for name in focus if name in arrangement.boxes])
        return frame_of(self._simulator.state(), arrangement.camera, observation)

    def close(self) -> None:
        """End the simulator. May be called twice."""
        self._simulator.close()
        self._scene_id = None

    def _comes_out_same(self, frame: Frame) -> bool:
        arrangement = Arrangement.of(frame)
        if not arrangement.boxes.keys() <= {item.object_id for item in self.rest.objects}:
            return False
        try:
            drawn = self.draw(arrangement, ())
        except ActionRejected:  # what is fixed now, or has one size, was elsewhere or had another
            return False
        difference = np.abs(frame.rgb.astype(np.int16) - drawn.rgb).max(axis=-1)
        return bool(np.mean(difference > _VISIBLE_DIFFERENCE) <= _DIFFERENT_SHARE)


def _changes(item: ObjectState, box: OrientedBox | None) -> Iterator[Change]:
    """What makes an object fill a box, or, where there is none, go."""
    if box is None:
        yield Remove(item.object_id)
        return
    has_size = np.array_equal(box.size, item.box.size)
    has_pose = np.array_equal(box.pose.matrix, item.box.pose.matrix)
    if not has_size:
        yield SetScale(item.object_id, float(np.max(box.size / item.box.size)))
    if not (has_size and has_pose):
        yield SetPose(item.object_id, box.pose)


def _digest(frame: Frame) -> bytes:
    """Of all that decides whether a frame comes out again."""
    camera = frame.camera
    arrays: list[NDArray[Any]] = [frame.rgb, camera.intrinsics, camera.rotation, camera.translation]
    for record in frame.objects:
        arrays += [record.box.center, record.box.size, record.box.rotation]
    digest = hashlib.sha256(" ".join(record.object_id for record in frame.objects).encode())
    for array in arrays:
        digest.update(array.tobytes())
    return digest.digest()
