"""Simulators, by name. A new one is one module that follows `protocol.Simulator`, and one line here."""

from __future__ import annotations

from importlib import import_module

from gsi_ray.simulators.protocol import Simulator

# Named, not imported: a simulator's packages are loaded by those who use it.
SIMULATORS: dict[str, str] = {
    "mujoco": "gsi_ray.simulators.mujoco:MujocoSimulator",
}


def create_simulator(name: str) -> Simulator:
    """Start the simulator that `SIMULATORS` has under `name`; raises KeyError for any other."""
    module, _, class_name = SIMULATORS[name].partition(":")
    simulator: Simulator = getattr(import_module(module), class_name)()
    return simulator
