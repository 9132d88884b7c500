"""What works on this machine, what is missing, and how to get it."""

from __future__ import annotations

from collections.abc import Iterator

from gsi_ray.doctor.findings import Finding, line
from gsi_ray.doctor.machine import EXTRAS, examine
from gsi_ray.doctor.simulators import examine_simulator
from gsi_ray.errors import GsiRayError, did_you_mean
from gsi_ray.simulators import SIMULATORS

__all__ = ["EXTRAS", "Finding", "diagnosis", "examine", "line"]


class NothingToExamine(GsiRayError):
    """The doctor is asked about what there is not."""


def diagnosis(lake: str | None = None, simulator: str | None = None, *, smoke: bool = False) -> Iterator[Finding]:
    """The machine, then a registered simulator on it, then what that does with real scenes. Raises NothingToExamine."""
    if simulator is None and smoke:
        raise NothingToExamine("--smoke runs a simulator: say with --simulator which one.")
    if simulator is not None and simulator not in SIMULATORS:
        raise NothingToExamine(
            f'There is no simulator "{simulator}"{did_you_mean(simulator, SIMULATORS)}: give one of '
            f"{', '.join(SIMULATORS)}."
        )
    yield from examine(lake)
    if simulator is not None:
        yield from examine_simulator(simulator)
    if simulator is not None and smoke:
        from gsi_ray.doctor.smoke import smoke as run

        yield from run(simulator)
