"""The script that puts AI2-THOR's player on a node: as a whole or not at all, and where the simulator finds it."""

from __future__ import annotations

import ctypes.util
import functools
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ai2thor.build
import numpy as np
import pytest

from gsi_ray.scenes.scene import House
from gsi_ray.simulators.ai2thor import Ai2ThorSimulator
from gsi_ray.simulators.protocol import SimulatorDied
from gsi_ray.spatial import Camera
from tests.cluster.files import CLUSTER, ROOT

PLAYER = ROOT / "tests/thor_player/player"
NAME = ai2thor.build.build_name("CloudRendering", ai2thor.build.COMMIT_ID)
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The stand-in player as its makers would release it."""
    release = tmp_path / "made" / NAME
    release.mkdir(parents=True)
    shutil.copy(PLAYER, release / NAME)
    (release / "metadata.json").write_text('{"server_types": ["FIFO", "WSGI"]}')
    data = release / f"{NAME}_Data"
    data.mkdir()
    (data / "noise").write_bytes(np.random.default_rng(0).bytes(100_000))
    return release


def tar(release: Path, *, folder: bool = False) -> Path:
    """An archive of what is in a release, or of the folder of releases that it is in."""
    archive = release.parents[1] / "player.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        if folder:
            file.add(release.parent, ".")
        else:
            for item in release.iterdir():
                file.add(item, item.name)
    return archive


def zipped(release: Path, archive: Path) -> Path:
    """An archive like those of the makers, which does not keep what can be run."""
    with zipfile.ZipFile(archive, "w") as file:
        for item in release.rglob("*"):
            if item.is_file():
                file.writestr(str(item.relative_to(release)), item.read_bytes())
    return archive


def seed(home: Path, *arguments: object, source: str = NOWHERE) -> subprocess.CompletedProcess[str]:
    """Run the script for a home, with this environment's Python; the client fetches from `source`."""
    changes = home.parent / "changes"
    changes.mkdir(exist_ok=True)
    (changes / "sitecustomize.py").write_text(f"import ai2thor.build\nai2thor.build.base_url = {source!r}\n")
    environment = {**os.environ, "GSI_RAY_THOR_HOME": str(home), "PYTHONPATH": str(changes)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    return subprocess.run(
        [CLUSTER / "seed-thor-player.sh", *map(str, arguments)], env=environment, capture_output=True, text=True
    )


def releases(home: Path) -> Path:
    return home / ".ai2thor" / "releases"


def assert_refused(done: subprocess.CompletedProcess[str], home: Path, *said: str) -> None:
    """Exit status 2, one sentence that says so, and nothing left behind."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("seed-thor-player.sh: ")
    assert done.stderr.count("\n") == 1
    for words in said:
        assert words in done.stderr
    assert [file for file in home.rglob("*") if not file.is_dir() and file.suffix != ".lock"] == []
    assert list(home.rglob("seed")) == []
    assert not releases(home).exists() or list(releases(home).iterdir()) == []


@pytest.mark.parametrize("kind", ["files", "folder", "zip"])
def test_an_archive_is_put_where_the_simulator_finds_it(
    release: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    archive = zipped(release, tmp_path / "player.zip") if kind == "zip" else tar(release, folder=kind == "folder")

    first = seed(home, archive)
    inode = (releases(home) / NAME / NAME).stat().st_ino
    again = seed(home, archive)

    assert (first.returncode, first.stderr) == (again.returncode, again.stderr) == (0, "")
    assert first.stdout == again.stdout == f"AI2-THOR's player is in {releases(home) / NAME}\n"
    assert (releases(home) / NAME / NAME).stat().st_ino == inode
    assert [file.name for file in (home / ".ai2thor").iterdir()] == ["releases"]
    made, put = (
        {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in (release, releases(home) / NAME)
    )
    assert put == made
    assert_the_simulator_draws(home, monkeypatch)


def assert_the_simulator_draws(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GSI_RAY_THOR_PLAYER", raising=False)
    monkeypatch.setenv("HOME", str(home))  # which the simulator sets as well
    monkeypatch.setenv("GSI_RAY_THOR_HOME", str(home))
    monkeypatch.setenv("GSI_RAY_THOR_START_LIMIT_S", "30")
    monkeypatch.setenv("GSI_RAY_TEST_THOR_SOURCE", str(PLAYER.parent))
    monkeypatch.setenv("GSI_RAY_TEST_PYTHON", sys.executable)
    monkeypatch.delenv("GSI_RAY_TEST_THOR_ORDERS", raising=False)
    # The client wants to know that Vulkan is there; this player does without.
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so.1")
    simulator = Ai2ThorSimulator()
    try:
        simulator.load(House("FloorPlan901-000000", "room", "FloorPlan901", 0))
        simulator.look(Camera.looking_at([0.0, -1.5, 1.6], [0.0, 0.0, 0.72], 1.0, 96, 80))
        seen = simulator.render()
        assert seen.rgb.shape == (80, 96, 3)
        assert set(np.unique(seen.instances)) >= {item.instance for item in simulator.state().objects}
        [player] = players_in(home)
    finally:
        simulator.close()
    assert players_in(home) == []
    assert not Path(f"/proc/{player}").exists()
    with pytest.raises(SimulatorDied):
        simulator.settle()


def players_in(home: Path) -> list[int]:
    """The processes that run the player of a home."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if str(releases(home) / NAME / NAME) in words:
                found.append(int(folder.name))
    return found


def test_damaged_archives_leave_nothing_behind(release: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    whole = tar(release).read_bytes()
    archive = tmp_path / "damaged.tar.gz"
    for content in (whole[: len(whole) // 2], whole[:-4], b"no archive", b""):
        archive.write_bytes(content)
        assert_refused(seed(home, archive), home, f"{archive} is damaged", ".tar.gz")
    archive = zipped(release, tmp_path / "damaged.zip")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    assert_refused(seed(home, archive), home, f"{archive} is damaged")


@pytest.mark.parametrize("lacking", [NAME, "metadata.json"])
def test_an_archive_of_something_else_is_refused(release: Path, tmp_path: Path, lacking: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (release / lacking).unlink()
    assert_refused(seed(home, tar(release)), home, NAME, "metadata.json")


def test_bad_input_gets_one_sentence(release: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert_refused(seed(home, tmp_path / "nothing.tar"), home, f"there is no archive {tmp_path / 'nothing.tar'}")
    assert_refused(seed(home, "one", "two"), home, "give one archive")
    file = tmp_path / "file"
    file.touch()
    assert_refused(seed(file, tar(release)), home, f"{file}/.ai2thor cannot be written to", "GSI_RAY_THOR_HOME")


def test_what_is_left_of_one_that_was_killed_is_in_nobodys_way(release: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    half = home / ".ai2thor" / "seed"
    half.mkdir(parents=True)
    (half / "half").touch()
    assert seed(home, tar(release)).returncode == 0
    assert sorted(file.name for file in (releases(home) / NAME).iterdir()) == sorted(
        file.name for file in release.iterdir()
    )


def test_a_release_without_its_player_is_not_taken_for_one(release: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (releases(home) / NAME).mkdir(parents=True)
    done = seed(home, tar(release))
    assert done.returncode == 2
    assert f"{releases(home) / NAME} is there, but has no player" in done.stderr


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server with these files."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_without_an_archive_the_client_fetches_the_player(release: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "web/builds").mkdir(parents=True)
    archive = zipped(release, tmp_path / f"web/builds/{NAME}.zip")
    archive.with_suffix(".sha256").write_text(hashlib.sha256(archive.read_bytes()).hexdigest())

    with served(tmp_path / "web") as source:
        first = seed(home, source=source)
        archive.write_bytes(b"another")
        other_home = tmp_path / "other" / "home"
        other_home.mkdir(parents=True)
        damaged = seed(other_home, source=source)
    again = seed(home)

    assert first.returncode == again.returncode == 0
    assert first.stdout == again.stdout == f"AI2-THOR's player is in {releases(home) / NAME}\n"
    assert os.access(releases(home) / NAME / NAME, os.X_OK)
    assert damaged.returncode == 2
    assert "the client cannot fetch the player" in damaged.stderr and "Digest mismatch" in damaged.stderr
    assert not (releases(other_home) / NAME).exists()


def test_where_nothing_can_be_fetched_that_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert_refused(seed(home), home, "the client cannot fetch the player; give an archive of it", "refused")
