"""Simulators, by name. A new one is one module that follows `protocol.Simulator`, and one line here."""

from __future__ import annotations

from importlib import import_module

from gsi_ray.simulators.protocol import Simulator

# Named, not imported: a simulator's packages are loaded by those who use it.
SIMULATORS: dict[str, str] = {
    "ai2thor": "gsi_ray.simulators.ai2thor:Ai2ThorSimulator",
    "mujoco": "gsi_ray.simulators.mujoco:MujocoSimulator",
}


def simulator_class(name: str) -> type[Simulator]:
    """The class that `SIMULATORS` has under `name`, or that `name` itself points to as `package.module:Class`.

    Raises KeyError for any other name, ImportError or AttributeError where it points to nothing.
    """
    module, _, class_name = (name if ":" in name else SIMULATORS[name]).partition(":")
    found: type[Simulator] = getattr(import_module(module), class_name)
    return found


def create_simulator(name: str) -> Simulator:
    """Start a simulator; raises what `simulator_class` does."""
    return simulator_class(name)()
