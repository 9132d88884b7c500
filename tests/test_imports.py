"""What loads what: the package and its command line start without anything heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("mujoco", "numpy", "polars", "pyarrow", "ray", "scipy", "sklearn", "torch")


@pytest.mark.parametrize(
    "started", ["import gsi_ray", "import gsi_ray.cli", "from gsi_ray.cli import app; app(['--help'])"]
)
def test_nothing_heavy_is_loaded_before_a_command_needs_it(started: str) -> None:
    program = f"""
import sys
try:
    {started}
except SystemExit:
    pass
print([name for name in {HEAVY} if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
