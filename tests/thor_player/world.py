"""A scene with everything that happens in it: physics, pictures, and what there is to say of its objects."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Asset, CylinderPart, Material, VisualPart
from gsi_ray.scenes.scene import SceneObject
from gsi_ray.simulators.mujoco.model import compile_scene
from gsi_ray.spatial import RigidTransform, polygons
from tests.thor_player import houses, listing, unity
from tests.thor_player.physics import Physics
from tests.thor_player.studio import Studio, camera_at, color_of
from tests.thor_player.things import FLOOR, Thing, things_of

AGENT_HEIGHT_M = 0.900999
"""How high the middle of the agent's body is when it stands."""

_AGENT_RADIUS_M = 0.2
_ROOM_HEIGHT_M = 3.0
_STEP_HEIGHT_M = 0.05
_SETTLING_S, _LONGEST_SETTLING_S = 0.5, 5.0
_STEP_S = 0.02
_LONGEST_REST_S = 1.0
_AT_REST = 1e-3


class World:
    """One scene of AI2-THOR's, by its name. `listed` are the objects in the player's table."""

    def __init__(self, name: str) -> None:
        self._scene = houses.scene_of(name)
        self._things = things_of(self._scene, name)
        self._agent = _agent()
        self._bodies = [*self._things, self._agent]
        compiled = compile_scene(replace(self._scene, objects=tuple(thing.item for thing in self._bodies)))
        self._physics = Physics(compiled)
        self._studio = Studio(self._scene, compiled, [thing.object_id for thing in self._bodies])
        self._shown_alone: str | None = None
        self._agent_shown = True
        # The real player promises no order, and keeps none from one start to the next.
        self.listed = random.sample(self._things, len(self._things))
        self._settle()
        self.agent_start = self._free_place()

    @property
    def at_rest(self) -> bool:
        """Whether nothing is moving."""
        return not any(thing.moving for thing in self._things)

    def close(self) -> None:
        """Free everything."""
        self._studio.close()

    def advance(self, seconds: float, step_s: float = _STEP_S) -> None:
        """Let time pass."""
        self._physics.advance(self._bodies, seconds, step_s)

    def hit_by(self, thing: Thing) -> str | None:
        """What a thing sinks into where it now is."""
        return self._physics.touched_by(self._bodies, thing)

    def comes_to_rest(self, thing: Thing) -> bool:
        """Let time pass until a thing no longer gathers speed, and lay it to rest; False if that takes too long."""
        for _ in range(round(_LONGEST_REST_S / _STEP_S)):
            before = float(np.sum(thing.velocity**2))
            self.advance(_STEP_S)
            if abs(float(np.sum(thing.velocity**2)) - before) / _STEP_S <= _AT_REST:
                thing.put(*thing.pose)
                return True
        return False

    def rebuild_table(self) -> None:
        """List what is active; what is not can no longer be named."""
        self.listed = [thing for thing in self.listed if thing.active]

    def scatter(self, seed: int, attempts: int, left_out: frozenset[str]) -> None:
        """Put small things elsewhere on what they stand on, where there is room."""
        generator = np.random.default_rng(seed)
        parents = listing.parents_of(self._things)
        by_id = {thing.object_id: thing for thing in self._things}
        for thing in self._things:
            receptacle = next((by_id[name] for name in parents.get(thing.object_id, ()) if name in by_id), None)
            if receptacle is None or not thing.pickupable or thing.object_id in left_out:
                continue
            before = thing.pose
            for _ in range(attempts):
                self._move_over(thing, receptacle, generator)
                if self.hit_by(thing) is None and receptacle.object_id in self._parents(thing):
                    break
                thing.put(*before)

    def metadata(self, agent: unity.Single, visible_within: float) -> list[dict[str, Any]]:
        """Of every object that is listed, and of the floor."""
        parents = listing.parents_of(self._things)
        children: dict[str, list[str]] = {}
        for name, receptacles in parents.items():
            for receptacle in receptacles:
                children.setdefault(receptacle, []).append(name)
        entries = [
            listing.entry(
                thing, parents.get(thing.object_id, ()), children.get(thing.object_id, ()), agent, visible_within
            )
            for thing in self.listed
        ]
        return [*entries, listing.floor_entry(self._scene.floor, children.get(FLOOR, ()), agent)]

    def colors(self) -> list[dict[str, Any]]:
        """The colours of objects and of their types, as in pictures of ids."""
        types = {thing.object_type: color_of(thing.object_type) for thing in self._things}
        return [{"name": name, "color": color} for name, color in {**types, **self._studio.colors}.items()]

    def spawn_points(self, receptacle: Thing) -> unity.Double:
        """Points (n, 3), Unity's, over the surfaces of a receptacle."""
        return listing.spawn_points(receptacle)

    @property
    def floor_id(self) -> str:
        """The floor's name, which is listed like an object."""
        return FLOOR

    def show_only(self, object_id: str) -> None:
        """Hide everything but an object, or the floor."""
        self._shown_alone = object_id

    def show_everything(self) -> None:
        """Undo it."""
        self._shown_alone = None

    def draw_color(
        self, position: unity.Single, angles: unity.Single, width: int, height: int, field_of_view: float, channels: int
    ) -> bytes:
        """What a camera sees, bottom row first."""
        self._prepare_drawing()
        camera = camera_at(position, angles, width, height, field_of_view)
        return self._studio.color(self._physics.data, camera, channels)

    def draw_geometry(
        self, position: unity.Single, angles: unity.Single, width: int, height: int, field_of_view: float
    ) -> tuple[bytes, bytes]:
        """How far what a camera sees is, and which things these are, bottom rows first."""
        self._prepare_drawing()
        return self._studio.geometry(self._physics.data, camera_at(position, angles, width, height, field_of_view))

    def show_agent(self, shown: bool) -> None:
        """Whether cameras see the agent's body."""
        self._agent_shown = shown

    def place_agent(self, position: unity.Single) -> None:
        """Where the agent's body is; it is in nobody's way."""
        self._agent.put(position, unity.from_euler(np.zeros(3)))

    def is_inside(self, position: unity.Double | unity.Single) -> bool:
        """Whether a place of the agent's is within the bounds of the scene."""
        x, height, y = np.asarray(position, dtype=np.float64)
        low, high = self._scene.floor.min(axis=0), self._scene.floor.max(axis=0)
        return bool(np.all(low <= [x, y]) and np.all([x, y] <= high) and 0.0 <= height <= _ROOM_HEIGHT_M)

    def agent_is_blocked(self, positions: unity.Double | unity.Single) -> NDArray[np.bool_]:
        """At which of the positions (n, 3) the agent would stand in something; above the room nothing is in its way."""
        places, heights = unity.swapped(positions)[:, :2], np.asarray(positions)[:, 1]
        blocked = ~polygons.contains(self._scene.floor, places, margin=_AGENT_RADIUS_M)
        for thing in self._things:
            box = thing.box
            if thing.active and box.top > _STEP_HEIGHT_M and box.bottom < 2.0 * AGENT_HEIGHT_M:
                blocked |= polygons.contains(box.footprint, places, margin=-_AGENT_RADIUS_M)
        return blocked & (heights <= _ROOM_HEIGHT_M)

    def _settle(self) -> None:
        elapsed = 0.0
        while elapsed < _LONGEST_SETTLING_S:
            self.advance(_SETTLING_S)
            elapsed += _SETTLING_S
            if not any(thing.velocity.any() for thing in self._things):
                break

    def _free_place(self) -> unity.Single:
        """Where on the grid of its steps the agent can stand, as close to the middle of the floor as possible."""
        low, high = self._scene.floor.min(axis=0), self._scene.floor.max(axis=0)
        x, y = (
            np.arange(np.ceil(start * 4.0), np.floor(end * 4.0) + 1.0) / 4.0
            for start, end in zip(low, high, strict=True)
        )
        places = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        middle = self._scene.floor.mean(axis=0)
        nearest = places[np.argsort(np.linalg.norm(places - middle, axis=1), kind="stable")]
        standing = np.insert(nearest, 1, AGENT_HEIGHT_M, axis=1).astype(np.float32)
        free: unity.Single = standing[~self.agent_is_blocked(standing)][0]
        return free

    def _prepare_drawing(self) -> None:
        self._physics.place(self._bodies)
        alone = self._shown_alone
        shown = [thing.active and alone in (None, thing.object_id) for thing in self._things]
        self._studio.show(
            [*shown, self._agent_shown and alone is None], building=alone is None, floor=alone in (None, FLOOR)
        )

    def _parents(self, thing: Thing) -> list[str]:
        return listing.parents_of(self._things)[thing.object_id]

    def _move_over(self, thing: Thing, receptacle: Thing, generator: np.random.Generator) -> None:
        """Shift a thing, as high and as it is turned, to a random place above its receptacle's box."""
        corners = receptacle.box.footprint
        x, y = generator.uniform(corners.min(axis=0), corners.max(axis=0))
        shift = unity.swapped([x, y, 0.0] - thing.center * [1.0, 1.0, 0.0])
        thing.put((thing.position + shift).astype(np.float32), thing.pose[1])


def _agent() -> Thing:
    """The body of the agent, which others see though they do not feel it."""
    size = 2.0 * AGENT_HEIGHT_M
    asset = Asset.build(
        "agent",
        [VisualPart(meshes.cylinder(_AGENT_RADIUS_M, size), Material("agent", (0.9, 0.9, 0.9)))],
        [CylinderPart(RigidTransform(), _AGENT_RADIUS_M, size)],
        mass_kg=1.0,
    )
    item = SceneObject("agent", asset, RigidTransform(), movable=True)
    return Thing(item, "agent", "agent", pivot=np.zeros(3), solid=False)
