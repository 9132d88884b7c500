"""`python -m gsi_ray.simulators.mujoco.probe` draws a box and prints what drew it. `gsi-ray doctor` runs it."""

from __future__ import annotations

import os
import sys

import numpy as np

from gsi_ray.errors import GsiRayError
from gsi_ray.scenes.assets import Asset, BoxPart, Material, VisualPart
from gsi_ray.scenes.meshes import box
from gsi_ray.scenes.scene import Light, Scene, SceneObject, Structure
from gsi_ray.spatial import Camera, RigidTransform


def _scene() -> Scene:
    """One white box that hangs in the air, under one lamp."""
    size = np.ones(3)
    asset = Asset.build(
        "box", [VisualPart(box(size), Material("white"))], [BoxPart(RigidTransform(), size)], mass_kg=1.0
    )
    lamp = Light(np.array([0.0, -2.0, 3.0]), np.array([0.0, 0.5, -1.0]), (1.0, 1.0, 1.0))
    floor = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 2.0], [-2.0, 2.0]])
    things = (SceneObject("box", asset, RigidTransform(), movable=False),)
    return Scene("probe", "room", "probe", Structure((), ()), things, (lamp,), (0.5, 0.5, 0.5), floor)


def main() -> None:
    """Draw the box; the exit status is not 0 unless it was seen."""
    try:
        from gsi_ray.simulators.mujoco import MujocoSimulator
    except GsiRayError as error:
        sys.exit(str(error))
    from OpenGL import GL

    simulator = MujocoSimulator()
    simulator.load(_scene())
    simulator.look(Camera.looking_at([0.0, -3.0, 1.0], [0.0, 0.0, 0.0], 1.0, 64, 64))
    seen = simulator.render()
    if not (seen.instances == 1).any() or not seen.rgb.any():
        sys.exit("Pictures come out empty.")
    print(f"{os.environ.get('MUJOCO_GL', 'native')}: {GL.glGetString(GL.GL_RENDERER).decode()}")
    simulator.close()


if __name__ == "__main__":
    main()
