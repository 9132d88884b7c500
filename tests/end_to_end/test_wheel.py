"""The wheel, installed into an environment of its own, is all that the demo needs."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        ".",
    ]
    subprocess.run(build, cwd=REPOSITORY, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that holds this wheel, and the dependencies of the environment we run in."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    python = folder / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    # A path alone: the .pth file of our own editable installation, which lies there too, is not followed.
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.parent


def _run(command: list[str], folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_it_holds_every_file_of_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    held = {name for name in names if name.startswith("gsi_ray/")}
    package = REPOSITORY / "gsi_ray"
    files = {file.relative_to(REPOSITORY).as_posix() for file in package.rglob("*") if file.is_file()}
    assert held == {name for name in files if "__pycache__" not in name}
    assert "gsi_ray/py.typed" in held
    assert "gsi_ray/recipes/demo.yaml" in held


def test_the_demo_runs_from_there(installed: Path, tmp_path: Path) -> None:
    where = _run([str(installed / "python"), "-c", "import gsi_ray; print(gsi_ray.__file__)"], tmp_path)
    assert Path(where).is_relative_to(installed.parent)
    _run([str(installed / "gsi-ray"), "demo", "--samples", "1", "--image-size", "128"], tmp_path)
    assert "<html" in (tmp_path / "demo.html").read_text(encoding="utf-8")
    assert len(list((tmp_path / "demo-lake").glob("triplets/v1/split=*/environment=*/*.parquet"))) == 3
