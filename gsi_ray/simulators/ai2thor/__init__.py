"""AI2-THOR: its houses, its physics and its pictures, by a player that runs beside this process."""

from gsi_ray.simulators.ai2thor.simulator import Ai2ThorSimulator

__all__ = ["Ai2ThorSimulator"]
