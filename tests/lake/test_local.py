from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gsi_ray import lake

NAME = "shard-3f9a1c2b-00000007"
PLACE = {"split": "train", "environment": "tabletop"}
FOLDER = "triplets/v1/split=train/environment=tabletop"

# Stops in the middle of writing, with the lock on its file, until it is told to go on.
_SLOW_WRITER = """
import os, sys
from gsi_ray import lake
flush = os.fsync
def wait_first(descriptor):
    print("writing", flush=True)
    sys.stdin.readline()
    flush(descriptor)
os.fsync = wait_first
lake.write_rows("triplets", [], {url!r}, {name!r}, {place!r})
"""


@pytest.fixture
def slow_writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of writing the shard."""
    program = _SLOW_WRITER.format(url=str(tmp_path), name=NAME, place=PLACE)
    process = subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True, env=_environment())
    assert process.stdout is not None and process.stdout.readline() == "writing\n"
    yield process
    process.kill()
    process.communicate()


def test_what_a_killed_writer_left_is_removed(tmp_path: Path, slow_writer: subprocess.Popen[str]) -> None:
    slow_writer.send_signal(signal.SIGKILL)
    slow_writer.wait()
    assert len(_files(tmp_path)) == 1
    assert lake.tidy(str(tmp_path), "3f9a1c2b", [PLACE]) == 1
    assert _files(tmp_path) == []


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path, slow_writer: subprocess.Popen[str]) -> None:
    assert lake.tidy(str(tmp_path), "3f9a1c2b", [PLACE]) == 0
    slow_writer.communicate("go on\n")
    assert slow_writer.returncode == 0
    assert _files(tmp_path) == [f"{NAME}.parquet"]


def test_leftovers_of_other_recipes_are_none_of_a_runs_business_and_those_of_all_runs_are(tmp_path: Path) -> None:
    for key in (f"{FOLDER}/.shard-abc-00000001.parquet.0.unfinished", "runs/a/.receipts.parquet.0.unfinished"):
        (tmp_path / key).parent.mkdir(parents=True)
        (tmp_path / key).touch()
    assert lake.tidy(str(tmp_path), "3f9a1c2b", [PLACE]) == 1
    assert _files(tmp_path) == [".shard-abc-00000001.parquet.0.unfinished"]


def test_two_writers_of_one_shard_disturb_each_other_as_little_as_sweeping_all_the_time_does(tmp_path: Path) -> None:
    program = (
        "from gsi_ray import lake\n"
        f"for _ in range(25): lake.write_rows('triplets', [], {str(tmp_path)!r}, {NAME!r}, {PLACE!r})"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program], env=_environment()) for _ in range(2)]
    while any(writer.poll() is None for writer in writers):
        lake.tidy(str(tmp_path), "3f9a1c2b", [PLACE])
    assert [writer.returncode for writer in writers] == [0, 0]
    assert _files(tmp_path) == [f"{NAME}.parquet"]


def _files(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.is_file()]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
