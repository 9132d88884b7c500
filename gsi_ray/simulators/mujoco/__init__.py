"""The embedded simulator: MuJoCo physics and MuJoCo's own renderer, on a CPU or a GPU."""

from gsi_ray.simulators.mujoco.graphics import NoGraphicsError, choose_graphics_backend

choose_graphics_backend()

from gsi_ray.simulators.mujoco.simulator import MujocoSimulator  # noqa: E402  (MuJoCo reads MUJOCO_GL on import)

__all__ = ["MujocoSimulator", "NoGraphicsError"]
