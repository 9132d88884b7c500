"""Resizes bodies of a compiled model in place: a millisecond, where compiling the scene again takes 300."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Resizer:
    """Keeps the sizes that a model was compiled with, and multiplies them.

    A uniform scale s turns lengths into s lengths, masses into s^3 masses and moments of inertia into s^5 of them;
    MuJoCo then recomputes every derived quantity. Always starting from the compiled sizes makes it exact to return.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self._scale_of_body: dict[int, float] = {}
        self._compiled: dict[str, Array] = {
            name: getattr(model, name).copy() for name in _POWERS_OF_BODY | _POWERS_OF_GEOM
        }
        self._vertices = model.mesh_vert.copy()
        self._bounds = model.bvh_aabb.copy()

    def scale_of(self, body: int) -> float:
        """The scale that a body has now, relative to how it was compiled."""
        return self._scale_of_body.get(body, 1.0)

    def resize(self, body: int, scale: float) -> list[int]:
        """Give a body another scale about its own origin; returns the meshes that must be uploaded to the renderer."""
        if scale == self.scale_of(body):
            return []
        self._scale_of_body[body] = scale
        for name, power in _POWERS_OF_BODY.items():
            getattr(self._model, name)[body] = self._compiled[name][body] * scale**power
        geoms = np.flatnonzero(self._model.geom_bodyid == body)
        for name, power in _POWERS_OF_GEOM.items():
            getattr(self._model, name)[geoms] = self._compiled[name][geoms] * scale**power
        meshes = self._resize_meshes(geoms, scale)
        self._resize_bounds(self._model.body_bvhadr[body], self._model.body_bvhnum[body], scale)
        # Works on data of its own: constants are those of the rest pose, and must not disturb the running state.
        mujoco.mj_setConst(self._model, mujoco.MjData(self._model))
        return meshes

    def _resize_meshes(self, geoms: NDArray[np.int64], scale: float) -> list[int]:
        # Every mesh of a compiled scene belongs to exactly one geom.
        of_mesh = self._model.geom_type[geoms] == mujoco.mjtGeom.mjGEOM_MESH
        meshes = [int(mesh) for mesh in self._model.geom_dataid[geoms[of_mesh]]]
        for mesh in meshes:
            start, count = self._model.mesh_vertadr[mesh], self._model.mesh_vertnum[mesh]
            self._model.mesh_vert[start : start + count] = self._vertices[start : start + count] * scale
            self._resize_bounds(self._model.mesh_bvhadr[mesh], self._model.mesh_bvhnum[mesh], scale)
        return meshes

    def _resize_bounds(self, start: int, count: int, scale: float) -> None:
        if count:
            self._model.bvh_aabb[start : start + count] = self._bounds[start : start + count] * scale


_POWERS_OF_BODY = {"body_ipos": 1, "body_mass": 3, "body_inertia": 5}
_POWERS_OF_GEOM = {"geom_pos": 1, "geom_size": 1, "geom_rbound": 1, "geom_aabb": 1}
