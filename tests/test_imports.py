"""What loads what: the package and its command line start without anything heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("mujoco", "numpy", "polars", "pyarrow", "ray", "scipy", "sklearn", "torch", "transformers")


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


@pytest.mark.parametrize(
    "module",
    ["gsi_ray.detection", "gsi_ray.evaluation.scorers", "gsi_ray.pipelines.evaluate", "gsi_ray.pipelines.edit"],
)
def test_edits_are_scored_without_torch_as_far_as_that_goes(module: str) -> None:
    """`make demo` does not install it."""
    program = f"""
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchmetrics", "transformers"):
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, NotInstalled())
import {module}
from gsi_ray.evaluation.backbone import load_lpips
print(load_lpips(None))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'gsi-ray[eval]'" in ran.stdout.splitlines()[-1]
