"""PC: the camera itself moves, turns or tilts, and the scene stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gsi_ray.operations.choices import Choices
from gsi_ray.operations.directions import DIRECTIONS, OPPOSITES
from gsi_ray.operations.edits import Edit, Parameters
from gsi_ray.operations.operation import shuffled
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.scenes.scene import FLOOR
from gsi_ray.spatial import Camera, polygons

_ROOM_AROUND_CAMERA_M = 0.15


class PerspectiveControl:
    """Moves the camera level, turns it about the vertical, or tilts it."""

    name = "perspective_control"
    code = "PC"
    resizes = False

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """All moves, turns and tilts that recipes allow."""
        for parameters, camera in shuffled(list(_actions(view.camera, view.choices)), rng):
            yield self._edit(view, parameters, camera)

    def inverse(self, before: View, done: Edit, after: View) -> Edit | Rejection:
        """As far in the opposite direction, to where the camera was, to the bit."""
        assert done.parameters.direction is not None
        opposite = replace(done.parameters, direction=OPPOSITES[done.parameters.direction])
        return self._edit(after, opposite, before.camera)

    def _edit(self, view: View, parameters: Parameters, camera: Camera) -> Edit | Rejection:
        return _check(view, camera) or Edit(
            operation=self.name,
            parameters=parameters,
            target=None,
            reference=None,
            change=None,
            camera=camera,
            ideal=view.state,
            transform=camera.pose @ view.camera.pose.inverse(),
        )


def _actions(camera: Camera, choices: Choices) -> Iterator[tuple[Parameters, Camera]]:
    """Every action with the camera that it leads to."""
    for name, direction in DIRECTIONS.items():
        for distance in choices.camera_moves_m:
            parameters = Parameters(axis="move", direction=name, distance_m=distance)
            yield parameters, camera.moved(distance * direction(camera))
    for name, sign in (("left", 1.0), ("right", -1.0)):
        for angle in choices.camera_turns_deg:
            yield Parameters(axis="yaw", direction=name, angle_deg=angle), camera.turned(sign * np.deg2rad(angle))
    for name, sign in (("up", 1.0), ("down", -1.0)):
        for angle in choices.camera_tilts_deg:
            yield Parameters(axis="pitch", direction=name, angle_deg=angle), camera.tilted(sign * np.deg2rad(angle))


def _check(view: View, camera: Camera) -> Rejection | None:
    """Why a camera would be of no use; None when it is fine."""
    floor = polygons.convex_hull(view.support_points[FLOOR][:, :2])
    outside = not polygons.contains(floor, camera.position[None, :2], margin=_ROOM_AROUND_CAMERA_M)[0]
    if outside or any(item.box.contains(camera.position, margin=_ROOM_AROUND_CAMERA_M) for item in view.state.objects):
        return Rejection.CAMERA_BLOCKED
    seen = np.array([item.box.center for item in view.in_view if item.movable]).reshape(-1, 3)
    pixels, depth = camera.project(seen)
    kept = (depth > 0.0) & np.all((pixels >= 0.0) & (pixels <= [camera.width, camera.height]), axis=1)
    if np.count_nonzero(kept) < max(1.0, view.choices.min_objects_kept_in_view * len(seen)):
        return Rejection.SCENE_LEAVES_VIEW
    return None
