"""What moves things: MuJoCo, without a memory.

Before every advance MuJoCo is given the poses and velocities of things and nothing else, so that the same poses and
velocities have the same future to the last bit, in this process and in any other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import mujoco
import numpy as np
from numpy.typing import NDArray

from gsi_ray.simulators.mujoco.model import TIMESTEP_S, CompiledScene
from tests.thor_player.things import Thing

# A free body with so much more inertia is as good as fixed; with yet more, what lies on it would tremble.
_IMMOVABLE = 1e5
# What touches something, and has come forward by less than this of late, goes to sleep, even while it trembles; what
# was asleep and has not gone farther than this has not been woken, and is where it was to the last bit.
_SLEEPY_M_PER_S, _SLEEPY_RAD_PER_S, _LATELY_S = 5e-3, 0.05, 0.1
_STIRRED_M, _STIRRED_RAD = 5e-4, 5e-3
_TOUCHING_M = 1e-3
# A thing is "moving" while the square of its speed changes faster than this.
_STEADY = 1e-4


class Physics:
    """The bodies of a compiled scene, in the order of its objects."""

    def __init__(self, compiled: CompiledScene) -> None:
        self.data = mujoco.MjData(compiled.model)
        self._model = compiled.model
        self._bodies = compiled.body_ids
        self._collides = self._model.geom_contype.copy()
        self._inertia = self._model.dof_M0.copy()

    def place(self, things: Sequence[Thing]) -> None:
        """Forget everything, and put all things where they are."""
        for thing, body in zip(things, self._bodies, strict=True):
            colliding = thing.active and thing.solid
            geoms = self._model.geom_bodyid == body
            self._model.geom_contype[geoms] = self._model.geom_conaffinity[geoms] = self._collides[geoms] * colliding
            self._model.body_contype[body] = self._model.body_conaffinity[body] = int(colliding)
            if not thing.is_loose:
                self._model.body_pos[body], self._model.body_quat[body] = thing.center, thing.quaternion
        mujoco.mj_resetData(self._model, self.data)  # only now does MuJoCo look where fixed bodies are
        for thing, body in zip(things, self._bodies, strict=True):
            if thing.is_loose:
                where, how_fast = self._addresses(body)
                held = thing.kinematic or not (thing.active and thing.solid)
                self.data.qpos[where] = [*thing.center, *thing.quaternion]
                self.data.qvel[how_fast] = 0.0 if held else thing.velocity
                self._model.dof_armature[how_fast] = _IMMOVABLE * held
                self._model.dof_M0[how_fast] = self._inertia[how_fast] + _IMMOVABLE * held  # which is not made anew
        mujoco.mj_forward(self._model, self.data)

    def advance(self, things: Sequence[Thing], seconds: float, step_s: float) -> None:
        """Let time pass, in steps that are no longer than `step_s`."""
        self.place(things)
        substeps = math.ceil(round(step_s / TIMESTEP_S, 6))
        self._model.opt.timestep = step_s / substeps
        steps = math.ceil(round(seconds / step_s, 6))
        if steps == 0:
            return
        lately = min(steps, max(1, round(_LATELY_S / step_s)))
        mujoco.mj_step(self._model, self.data, (steps - lately) * substeps)
        coordinates = self.data.qpos.copy()
        mujoco.mj_step(self._model, self.data, (lately - 1) * substeps)
        speeds = self.data.qvel.copy()
        mujoco.mj_step(self._model, self.data, substeps)
        mujoco.mj_forward(self._model, self.data)  # steps leave the contacts of the moment before
        touching = self._touching()
        for thing, body in zip(things, self._bodies, strict=True):
            thing.moving = False
            if thing.is_loose and thing.active and thing.solid and not thing.kinematic:
                where, how_fast = self._addresses(body)
                asleep = body in touching and self._is_slow(coordinates[where], where, lately * step_s)
                self._take(thing, where, how_fast, asleep=asleep)
                change = np.sum(thing.velocity**2) - np.sum(speeds[how_fast] ** 2)
                thing.moving = bool(not asleep and abs(change) / step_s > _STEADY)

    def touched_by(self, things: Sequence[Thing], thing: Thing) -> str | None:
        """What a thing sinks into where it now is: an object id, or the building; None if it stands free."""
        self.place(things)
        own = self._bodies[things.index(thing)]
        names = {body: other.object_id for body, other in zip(self._bodies, things, strict=True)}
        for contact in self.data.contact:
            pair = [int(self._model.geom_bodyid[geom]) for geom in contact.geom]
            if own in pair and contact.dist < -_TOUCHING_M:
                return names.get(pair[0] if pair[1] == own else pair[1], "Structure")
        return None

    def _is_slow(self, before: NDArray[np.float64], where: slice, seconds: float) -> bool:
        shifted, turned = _difference(before, self.data.qpos[where])
        return shifted < _SLEEPY_M_PER_S * seconds and turned < _SLEEPY_RAD_PER_S * seconds

    def _take(self, thing: Thing, where: slice, how_fast: slice, *, asleep: bool) -> None:
        """Read where a thing is now, unless it slept all along."""
        pose = self.data.qpos[where]
        shifted, turned = _difference(np.concatenate([thing.center, thing.quaternion]), pose)
        slept_on = asleep and not thing.velocity.any() and shifted < _STIRRED_M and turned < _STIRRED_RAD
        if not slept_on:
            thing.take(pose[:3], pose[3:])
        thing.velocity = np.zeros(6) if asleep else self.data.qvel[how_fast].copy()

    def _touching(self) -> frozenset[int]:
        """Bodies that touch something, or that MuJoCo has found to be at rest and looks after no more."""
        bodies = {int(self._model.geom_bodyid[geom]) for contact in self.data.contact for geom in contact.geom}
        resting = self.data.tree_asleep[self._model.body_treeid[list(self._bodies)]] >= 0
        movable = self._model.body_treeid[list(self._bodies)] >= 0
        return frozenset(bodies | set(np.asarray(self._bodies)[resting & movable].tolist()))

    def _addresses(self, body: int) -> tuple[slice, slice]:
        """Where a free body's coordinates and velocities are."""
        first, motion = self._model.jnt_qposadr[self._model.body_jntadr[body]], self._model.body_dofadr[body]
        return slice(first, first + 7), slice(motion, motion + 6)


def _difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float]:
    """Metres and radians between two poses (7,)."""
    # The chord between quaternions stays exact where their product is 1 within rounding.
    chord = min(np.linalg.norm(first[3:] - second[3:]), np.linalg.norm(first[3:] + second[3:]))
    return float(np.linalg.norm(first[:3] - second[:3])), 4.0 * math.asin(min(1.0, float(chord) / 2.0))
