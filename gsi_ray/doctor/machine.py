"""What generation needs of a machine, and what is optional."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from gsi_ray.doctor.findings import Finding
from gsi_ray.errors import GsiRayError

EXTRAS = {
    "thor": ("AI2-THOR scenes", ("ai2thor",)),
    "judge": ("judging by a model that a server runs", ("openai",)),
    "vllm": ("judging by a model that runs here", ("openai", "vllm")),
    "train": ("training", ("safetensors", "torch", "transformers")),
    "eval": ("edit locality by LPIPS", ("torch", "torchmetrics")),
    "detect": ("detectors of things in pictures", ("torch", "transformers")),
    "blender": ("pictures by Blender", ("bpy",)),
}
"""The optional parts: what each is for, and the modules that must be there."""

_LONGEST_PROBE_S = 120


def examine(lake: str | None = None) -> Iterator[Finding]:
    """Try everything that generation needs, and look for what is optional; also write to a lake if one is given.

    What could crash or hang is tried in a process of its own, which takes a few seconds.
    """
    yield Finding("Python", needed=True, works=True, found=f"{platform.python_version()} at {sys.executable}")
    yield _graphics()
    yield _ray()
    yield _gpu()
    if lake is not None:
        yield _store(lake)
    for name in EXTRAS:
        yield _extra(name)


def _graphics() -> Finding:
    works, said = _probe("gsi_ray.simulators.mujoco.probe")
    remedy = "Install Mesa's EGL: apt-get install libegl1 libgl1 libgl1-mesa-dri; or unset MUJOCO_GL if it is set."
    return Finding("Pictures (OpenGL)", True, works, said, "" if works else remedy)


def _ray() -> Finding:
    works, said = _probe("gsi_ray.pipelines.probe")
    remedy = "Install it again: pip install 'ray[data]'; or unset RAY_ADDRESS if it names a cluster that is gone."
    return Finding("Ray", True, works, said, "" if works else remedy)


def _gpu() -> Finding:
    program = shutil.which("nvidia-smi")
    command = [program or "nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False) if program else None
    if listed is None or listed.returncode != 0 or not listed.stdout.strip():
        return Finding("GPU", False, False, "none", "Not needed to generate: pictures are drawn on the CPU.")
    return Finding("GPU", False, True, listed.stdout.strip().replace("\n", "; "))


def _store(lake: str) -> Finding:
    from gsi_ray.lake import require_writable

    try:
        require_writable(lake)
    except GsiRayError as error:
        return Finding("Lake", True, False, lake, str(error))
    return Finding("Lake", True, True, f"{lake} can be written to")


def _extra(name: str) -> Finding:
    purpose, modules = EXTRAS[name]
    missing = [module for module in modules if find_spec(module) is None]
    found = f"{purpose}: no {', '.join(missing)}" if missing else purpose
    return Finding(f"Extra {name}", False, not missing, found, f"pip install 'gsi-ray[{name}]'" if missing else "")


def _probe(module: str) -> tuple[bool, str]:
    """Whether a module runs to its end as a program, and the last line that it said."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", module], capture_output=True, text=True, timeout=_LONGEST_PROBE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"no answer within {_LONGEST_PROBE_S} s"
    lines = (ran.stdout if ran.returncode == 0 else ran.stderr).strip().splitlines()
    return ran.returncode == 0, lines[-1] if lines else f"ended with status {ran.returncode}"
