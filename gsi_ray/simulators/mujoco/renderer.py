"""Draws a compiled scene from any pinhole camera: colour, planar depth and instance numbers."""

from __future__ import annotations

import mujoco
import numpy as np
from numpy.typing import NDArray

from gsi_ray.simulators.mujoco.model import VISIBLE_GROUP, CompiledScene
from gsi_ray.spatial import Camera, OrientedBox

# A group of its own for the one object that is drawn alone.
_ALONE_GROUP = 4
_MAX_GEOMS = 4000


class Renderer:
    """An OpenGL context with one scene's meshes and textures in it. `close` gives both back."""

    def __init__(self, compiled: CompiledScene, width: int, height: int) -> None:
        self._compiled = compiled
        self._model = compiled.model
        self._gl = mujoco.GLContext(width, height)
        self._gl.make_current()
        self._is_open = True
        self._model.vis.global_.offwidth = width
        self._model.vis.global_.offheight = height
        self._context = mujoco.MjrContext(self._model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._context)
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR
        self._scene = mujoco.MjvScene(self._model, maxgeom=_MAX_GEOMS)
        for flag in (mujoco.mjtRndFlag.mjRND_REFLECTION, mujoco.mjtRndFlag.mjRND_SKYBOX, mujoco.mjtRndFlag.mjRND_HAZE):
            self._scene.flags[flag] = False

    def close(self) -> None:
        """Free the context's memory. May be called twice."""
        if self._is_open:
            # Or it would be the buffers of another one, which happens to be current, that are freed.
            self._gl.make_current()
            self._context.free()
            self._gl.free()
        self._is_open = False

    def upload_mesh(self, mesh_id: int) -> None:
        """Send a mesh whose vertices changed to the graphics memory again."""
        self._gl.make_current()
        mujoco.mjr_uploadMesh(self._model, self._context, mesh_id)

    def color(self, data: mujoco.MjData, camera: Camera) -> NDArray[np.uint8]:
        """The picture (h, w, 3) as MuJoCo lights it."""
        self._aim(data, camera, VISIBLE_GROUP)
        pixels = np.empty((camera.height, camera.width, 3), dtype=np.uint8)
        self._draw(camera, pixels, None)
        return pixels[::-1]

    def geometry(self, data: mujoco.MjData, camera: Camera) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
        """Planar depth (h, w) in metres, 0 where there is nothing, and instance numbers (h, w).

        Both come from one pass without multisampling, so that they agree at every pixel.
        """
        self._aim(data, camera, VISIBLE_GROUP)
        return self._draw_geometry(camera)

    def silhouette_pixels(self, data: mujoco.MjData, camera: Camera, box: OrientedBox, body_id: int) -> float | None:
        """Pixels that a body would cover in the image plane with nothing in front and no image border.

        `box` bounds the body; None where part of it is behind the camera, so that the plane does not show it all.
        """
        pixels, depth = camera.project(box.corners)
        if np.any(depth <= self._model.vis.map.znear):
            return None
        window = camera.cropped(np.floor(pixels.min(axis=0)) - 1.0, np.ceil(pixels.max(axis=0)) + 1.0)
        shrinking = min(1.0, self._context.offWidth / window.width, self._context.offHeight / window.height)
        drawn = window.resized(max(1, int(window.width * shrinking)), max(1, int(window.height * shrinking)))
        self._aim_at_body(data, drawn, body_id)
        _, instances = self._draw_geometry(drawn)
        return float(np.count_nonzero(instances)) * (window.width * window.height) / (drawn.width * drawn.height)

    def _aim_at_body(self, data: mujoco.MjData, camera: Camera, body_id: int) -> None:
        groups = self._model.geom_group.copy()
        self._model.geom_group[(self._model.geom_bodyid == body_id) & (groups == VISIBLE_GROUP)] = _ALONE_GROUP
        self._aim(data, camera, _ALONE_GROUP)
        self._model.geom_group[:] = groups

    def _aim(self, data: mujoco.MjData, camera: Camera, group: int) -> None:
        option = mujoco.MjvOption()
        option.geomgroup[:] = 0
        option.geomgroup[group] = 1
        mujoco.mjv_updateScene(
            self._model, data, option, None, mujoco.MjvCamera(), mujoco.mjtCatBit.mjCAT_ALL.value, self._scene
        )
        near, far = self._model.vis.map.znear, self._model.vis.map.zfar
        focal_x, focal_y = camera.intrinsics[0, 0], camera.intrinsics[1, 1]
        center_x, center_y = camera.intrinsics[0, 2], camera.intrinsics[1, 2]
        for eye in self._scene.camera:  # MuJoCo renders the mean of a left and a right eye
            eye.pos = camera.position
            eye.forward = camera.forward
            eye.up = -camera.rotation[1]
            eye.frustum_near, eye.frustum_far = near, far
            eye.frustum_center = near * (camera.width / 2.0 - center_x) / focal_x
            eye.frustum_width = near * camera.width / 2.0 / focal_x
            eye.frustum_top = near * center_y / focal_y
            eye.frustum_bottom = -near * (camera.height - center_y) / focal_y

    def _draw(self, camera: Camera, pixels: NDArray[np.uint8], window_depth: NDArray[np.float32] | None) -> None:
        self._gl.make_current()
        if camera.width > self._context.offWidth or camera.height > self._context.offHeight:
            mujoco.mjr_resizeOffscreen(camera.width, camera.height, self._context)
        viewport = mujoco.MjrRect(0, 0, camera.width, camera.height)
        mujoco.mjr_render(viewport, self._scene, self._context)
        mujoco.mjr_readPixels(pixels, window_depth, viewport, self._context)

    def _draw_geometry(self, camera: Camera) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
        colors = np.empty((camera.height, camera.width, 3), dtype=np.uint8)
        window_depth = np.empty((camera.height, camera.width), dtype=np.float32)
        for flag in (mujoco.mjtRndFlag.mjRND_SEGMENT, mujoco.mjtRndFlag.mjRND_IDCOLOR):
            self._scene.flags[flag] = True
        self._draw(camera, colors, window_depth)
        for flag in (mujoco.mjtRndFlag.mjRND_SEGMENT, mujoco.mjtRndFlag.mjRND_IDCOLOR):
            self._scene.flags[flag] = False
        instance_of_segment = np.zeros(self._scene.ngeom + 1, dtype=np.uint16)
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.segid >= 0:
                instance_of_segment[geom.segid + 1] = self._compiled.instance_of_geom[geom.objid]
        segments = colors[..., 0].astype(np.int32) + (colors[..., 1].astype(np.int32) << 8)
        depth = _planar_depth(window_depth, self._model.vis.map.znear, self._model.vis.map.zfar)
        return depth[::-1], instance_of_segment[segments][::-1]


def _planar_depth(window_depth: NDArray[np.float32], near: float, far: float) -> NDArray[np.float32]:
    """Metres from reversed window depth, which is 1 at the near plane and 0 at the far plane.

    window = near (far - z) / (z (far - near)), solved for z; 0 stands for the background.
    """
    window = window_depth.astype(np.float64)
    depth = near * far / (near + window * (far - near))
    return np.where(window > 0.0, depth, 0.0).astype(np.float32)
