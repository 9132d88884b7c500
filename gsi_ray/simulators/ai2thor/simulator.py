"""AI2-THOR behind the simulator protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.scene import FLOOR, House, Scene, SceneState
from gsi_ray.simulators.ai2thor import frames, houses, object_types, surfaces
from gsi_ray.simulators.ai2thor.node import Node
from gsi_ray.simulators.ai2thor.pictures import Eye, Picture, resampled
from gsi_ray.simulators.ai2thor.things import (
    Metadata,
    Thing,
    box_around,
    can_be_stood_on,
    object_states,
    pose_of,
    things_of,
)
from gsi_ray.simulators.protocol import ActionRejected, Change, Observation, Remove, SetScale, SimulatorDied
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

if TYPE_CHECKING:
    from ai2thor.server import Event

    from gsi_ray.simulators.ai2thor.player import Player

Array = NDArray[np.float64]
Pose = Mapping[str, Any]
"""An object's `position` and `rotation` as Unity writes them."""

_CHECK_INTERVAL_S = 0.2
_LONGEST_SETTLING_S = 5.0
_TIMESTEP_S = 0.02
_STILL_M = 5e-5
_STILL_RAD = 1e-4
# What single precision, and nothing else, may change when a scene is restored.
_RESTORED_M = 1e-4
_RESTORED_RAD = 1e-3
_OUT_OF_THE_WAY = {"x": 0.0, "y": 50.0, "z": 0.0}
# Of a thing that reaches closer than this to the camera nobody can tell how many pixels it would have.
_NEAR_M = 0.1
# Windows on things that the border of the picture cuts off are drawn with at most so many pixels a side.
_LARGEST_WINDOW = 1024
_INITIALIZATION: dict[str, Any] = {
    "width": surfaces.PICTURE_PIXELS,
    "height": surfaces.PICTURE_PIXELS,
    "agentMode": "default",
    "gridSize": 0.15,
    "snapToGrid": False,
    "renderDepthImage": True,
    "renderInstanceSegmentation": True,
    "makeAgentsVisible": False,
}


@dataclass(frozen=True, eq=False)
class _Snapshot:
    """The poses that lead to a moment: AI2-THOR has no snapshots, but the same orders always give the same scene."""

    house: House
    poses: Mapping[str, Pose]
    reported: Mapping[str, RigidTransform]


class Ai2ThorSimulator:
    """AI2-THOR's player. See `gsi_ray.simulators.protocol.Simulator` for what the methods promise.

    Things are moved by telling the player their poses, never by an agent. Whatever physics has moved is stopped where
    it is: so the poses alone are the scene, and telling them again restores it.
    """

    name = "ai2thor"
    can_scale = False
    scenes = houses

    def __init__(self) -> None:
        self._node = Node.here()
        self.version = self._node.client_version
        self._player: Player | None = None
        self._state: SceneState | None = None

    def load(self, scene: Scene | House) -> None:
        assert isinstance(scene, House)
        self._house = scene
        self._start(scene.name)
        self._do("PausePhysicsAutoSim")  # or physics goes on by the clock
        self._free_positions = self._reachable_positions()
        self._do("TeleportFull", position=_OUT_OF_THE_WAY, rotation=0.0, horizon=0.0, standing=True, forceAction=True)
        if scene.arrangement:
            self._try("InitialRandomSpawn", randomSeed=scene.arrangement, forceVisible=False, placeStationary=False)
            self._do("PausePhysicsAutoSim")  # the spawning has run it
        listed = self._event.metadata["objects"]
        self._things = things_of(listed)
        self._floors = [item for item in listed if item["objectType"] == object_types.FLOOR]
        self._poses: Mapping[str, Pose] = {
            str(item["objectId"]): _pose(item) for item in listed if self._is_movable(str(item["objectId"]))
        }
        self.settle()
        # Told its pose, a thing may be turned by a rounding error: from here on, all stand as they have been told.
        self._set_poses({name: _pose(item) for name, item in self._listed().items() if name in self._poses})
        self._survey()

    def state(self) -> SceneState:
        if self._state is None:
            listed = self._listed()
            levels = {
                name: np.unique(pose_of(item).apply(self._surfaces[name])[:, 2].round(4))
                for name, item in listed.items()
                if name in self._surfaces
            }
            objects = object_states(self._things, [*listed.values()], levels)
            self._state = SceneState(self._house.scene_id, self._house.environment, objects)
        return self._state

    def free_positions(self) -> Array:
        return self._free_positions

    def support_points(self, receptacle: str) -> Array:
        if receptacle == FLOOR:
            return self._surfaces[FLOOR]
        pose = pose_of(self._metadata(receptacle))
        return pose.apply(self._surfaces[receptacle]) if receptacle in self._surfaces else np.empty((0, 3))

    def look(self, camera: Camera) -> None:
        self._camera = camera

    def apply(self, change: Change) -> None:
        self._metadata(change.object_id)
        thing = self._things[change.object_id]
        if not thing.movable:
            raise ActionRejected(f"{thing.object_id} is fixed in place.")
        if isinstance(change, SetScale):
            raise ActionRejected(f"AI2-THOR cannot resize {thing.object_id}.")
        if isinstance(change, Remove):
            self._do("DisableObject", objectId=thing.object_id)
            self._poses = {name: pose for name, pose in self._poses.items() if name != thing.object_id}
        else:
            pose = change.pose @ thing.box.pose.inverse()
            self._set_poses({thing.object_id: frames.pose_to_unity(pose)})

    def settle(self, seconds: float | None = None) -> float:
        before = self._listed()
        self._do("MakeAllObjectsMoveable")
        elapsed = self._run_until_still() if seconds is None else self._run(seconds)
        after = self._listed()
        self._set_poses({name: _pose(after[name]) for name in self._poses if _pose(after[name]) != _pose(before[name])})
        return elapsed

    def snapshot(self) -> object:
        reported = {name: pose_of(item) for name, item in self._listed().items() if name in self._poses}
        return _Snapshot(self._house, self._poses, reported)

    def restore(self, snapshot: object) -> None:
        assert isinstance(snapshot, _Snapshot) and snapshot.house is self._house
        for object_id in sorted(snapshot.poses.keys() - self._poses.keys()):
            self._do("EnableObject", objectId=object_id)
        for object_id in sorted(self._poses.keys() - snapshot.poses.keys()):
            self._do("DisableObject", objectId=object_id)
        changed = {name: pose for name, pose in snapshot.poses.items() if self._poses.get(name) != pose}
        self._poses = {name: pose for name, pose in self._poses.items() if name in snapshot.poses}
        self._set_poses(changed)
        self._require_restored(snapshot)

    def render(self, focus: Sequence[str] = ()) -> Observation:
        boxes = {name: self._things[name].box_at(pose_of(self._metadata(name))) for name in focus}
        picture = self._draw(self._camera)
        visible_fraction = {}
        for name, box in boxes.items():
            thing = self._things[name]
            alone = self._pixels_alone(thing, box)
            if alone is not None:
                seen = float(np.count_nonzero(picture.instances == thing.instance))
                visible_fraction[name] = min(1.0, seen / alone) if alone else 0.0
        if boxes:
            self._do("UnhideAllObjects")
        return Observation(picture.rgb, picture.depth, picture.instances, visible_fraction)

    def render_instances(self, width: int, height: int) -> NDArray[np.uint16]:
        return resampled(self._draw(self._camera).instances, width, height)

    def close(self) -> None:
        if self._player is not None:
            self._player.close()
            self._player = None

    def _start(self, house: str) -> None:
        """Bring the house in, in a player that is started if there is none.

        In one that has just been started it is brought in once more: until physics is paused it goes on from action to
        action, and only a reset always has the same ones.
        """
        from gsi_ray.simulators.ai2thor.player import Player

        if self._player is None:
            self._player = Player(self._node, house, **_INITIALIZATION)
            self._eye = Eye(self._do, self._player.depth_planes)
            self._depth_is_known = False
        self._event = self._player.reset(house)
        self._eye.forget()
        self._state = None

    def _reachable_positions(self) -> Array:
        """Where the agent, who is still where it began, could go."""
        found = self._do("GetReachablePositions").metadata["actionReturn"]
        if not found:
            raise ActionRejected(f"There is no way to go in {self._house.name}.")
        return frames.points_to_world(found)[:, :2]

    def _do(self, action: str, *, picture: bool = False, **arguments: Any) -> Event:
        """Have an action done that no sound player refuses."""
        try:
            return self._try(action, picture=picture, **arguments)
        except ActionRejected as refusal:
            self.close()
            raise SimulatorDied(f"{refusal}; is it the player of ai2thor {self.version}?") from refusal

    def _try(self, action: str, *, picture: bool = False, **arguments: Any) -> Event:
        if self._player is None:
            raise SimulatorDied("AI2-THOR's player is gone.")
        self._state = None
        self._event = self._player.step(action, renderImage=picture, **arguments)
        return self._event

    def _listed(self) -> dict[str, Metadata]:
        """What the player says of everything that is there. It goes on listing what has been removed."""
        there = {str(item["objectId"]): item for item in self._event.metadata["objects"]}
        return {
            name: there[name]
            for name, thing in self._things.items()
            if name in there and (name in self._poses or not thing.movable)
        }

    def _metadata(self, object_id: str) -> Metadata:
        listed = self._listed()
        if object_id not in listed:
            raise ActionRejected(f"There is no object {object_id} in scene {self._house.scene_id}.")
        return listed[object_id]

    def _is_movable(self, object_id: str) -> bool:
        return object_id in self._things and self._things[object_id].movable

    def _set_poses(self, poses: Mapping[str, Pose]) -> None:
        """Put things where they are told, at rest, where they stay until physics runs."""
        for object_id in sorted(poses):
            self._try("TeleportObject", objectId=object_id, **poses[object_id], forceAction=True, forceKinematic=True)
        self._poses = {**self._poses, **poses}

    def _run(self, seconds: float) -> float:
        left = seconds
        while left > 1e-9:
            self._do("AdvancePhysicsStep", timeStep=_TIMESTEP_S, simSeconds=min(left, _CHECK_INTERVAL_S))
            left -= _CHECK_INTERVAL_S
        return seconds

    def _run_until_still(self) -> float:
        elapsed, moving = 0.0, True
        while moving and elapsed < _LONGEST_SETTLING_S:
            before = self._listed()
            self._run(_CHECK_INTERVAL_S)
            elapsed = round(elapsed + _CHECK_INTERVAL_S, 6)
            # Not by `isMoving`, which is true of what gets faster or slower.
            moving = any(
                _differ(pose_of(before[name]), pose_of(item), _STILL_M, _STILL_RAD)
                for name, item in self._listed().items()
                if name in self._poses
            )
        return elapsed

    def _require_restored(self, snapshot: _Snapshot) -> None:
        listed = self._listed()
        for name, pose in snapshot.reported.items():
            if name not in listed or _differ(pose, pose_of(listed[name]), _RESTORED_M, _RESTORED_RAD):
                self.close()
                raise SimulatorDied(f"AI2-THOR's player does not put {name} back where it was.")

    def _survey(self) -> None:
        """Look at every receptacle, and at the floor, from above and alone, for where something could stand."""
        if not self._depth_is_known:
            self._measure_depth()
        self._surfaces: dict[str, Array] = {}
        for name, item in self._listed().items():
            if can_be_stood_on(item):
                points = self._points_from_above(item, self._things[name].box_at(pose_of(item)))
                self._surfaces[name] = pose_of(item).inverse().apply(points)
        floors = [self._points_from_above(item, box_around(item)) for item in self._floors]
        self._surfaces[FLOOR] = np.concatenate([np.empty((0, 3)), *floors])
        self._do("UnhideAllObjects")

    def _measure_depth(self) -> None:
        try:
            self._eye.measure_depth(self._free_positions[0])
        except ValueError as error:
            self.close()
            raise SimulatorDied(f"AI2-THOR's player does not tell depth in metres: {error}.") from error
        self._depth_is_known = True

    def _points_from_above(self, item: Metadata, box: OrientedBox) -> Array:
        self._do("HideAllObjectsExcept", objectId=item["objectId"])
        camera = surfaces.camera_above(box)
        depth = self._eye.draw(camera, {}).depth
        return surfaces.level_points(camera, depth, depth > 0.0)

    def _draw(self, camera: Camera) -> Picture:
        return self._eye.draw(camera, {name: thing.instance for name, thing in self._things.items()})

    def _pixels_alone(self, thing: Thing, box: OrientedBox) -> float | None:
        """Pixels that a thing would have with nothing in front and no image border; all others are hidden after this.

        None where part of its box is behind the camera, so that the image plane does not show it all.
        """
        pixels, depth = self._camera.project(box.corners)
        if np.any(depth <= _NEAR_M):
            return None
        low, high = np.floor(pixels.min(axis=0)) - 1.0, np.ceil(pixels.max(axis=0)) + 1.0
        size = np.array([self._camera.width, self._camera.height])
        window = self._camera
        if np.any(low < 0.0) or np.any(high > size):
            window = self._camera.cropped(low, high)
        shrinking = min(1.0, _LARGEST_WINDOW / max(window.width, window.height))
        if shrinking < 1.0:
            window = window.resized(*(max(1, int(side * shrinking)) for side in (window.width, window.height)))
        self._do("HideAllObjectsExcept", objectId=thing.object_id)
        return float(np.count_nonzero(self._draw(window).instances == thing.instance)) / shrinking**2


def _pose(item: Metadata) -> Pose:
    return {"position": dict(item["position"]), "rotation": dict(item["rotation"])}


def _differ(one: RigidTransform, other: RigidTransform, by_m: float, by_rad: float) -> bool:
    """Whether two poses are farther apart than that."""
    apart = float(np.linalg.norm(one.translation - other.translation))
    return apart > by_m or rotations.angle_between(one.rotation, other.rotation) > by_rad
