"""Disks that are full, and object stores that do not do as they are told."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake.stores import Store
from tests.faults.driver import driver, output_of
from tests.faults.lakes import require_part, require_sound, shards_in
from tests.faults.processes import left_over
from tests.faults.recipe import recipe_file
from tests.faults.simulators import Orders
from tests.lake.faulty_proxy import Fault, FaultyProxy, at_random
from tests.lake.object_store import ObjectStore


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    for mount in (["mount"], ["sudo", "-n", "mount"]):
        command = [*mount, "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True).returncode == 0:
            yield folder
            subprocess.run([*mount[:-1], "umount", str(folder)], check=True)
            return
    pytest.skip("only who may mount a disk can fill one")


def test_a_full_disk_is_told_and_once_there_is_space_the_same_command_goes_on(
    small_disk: Path, undisturbed: Path, tmp_path: Path
) -> None:
    lake = small_disk / "lake"
    command = ["generate", str(recipe_file(tmp_path)), "--lake", str(lake), "--shards", "0:3"]
    ballast = small_disk / "ballast"
    room = 2.5 * max(map(len, shards_in(undisturbed).values()))
    ballast.write_bytes(bytes(2**20 - int(room)))

    run = CliRunner().invoke(app, command)

    assert run.exit_code in (1, 2)
    assert "No space left on device" in run.stderr
    assert "Traceback" not in run.output
    assert len(shards_in(lake)) == 2
    require_sound(lake)

    ballast.unlink()
    assert CliRunner().invoke(app, command).exit_code == 0
    require_part(lake, undisturbed, range(3))
    require_sound(lake)


def test_an_object_store_that_fails_stalls_and_goes_away_for_a_while_gets_every_object_whole(
    object_store: ObjectStore, own_orders: Orders, undisturbed: Path, tmp_path: Path
) -> None:
    lake = object_store.new_lake()
    with FaultyProxy(object_store.endpoint, _bad_day()).running() as proxy:
        impatient = {"AWS_MAX_ATTEMPTS": "4", "FSSPEC_S3": '{"config_kwargs": {"read_timeout": 3}}'}
        environment = {**object_store.environment, "AWS_ENDPOINT_URL": proxy.endpoint, **impatient}
        with driver(lake, own_orders, "--shards", "0:8", environment=environment) as run:
            output = output_of(run)
    assert run.returncode == 0, output
    assert left_over(own_orders.folder) == []
    copy = _copy_of(lake, tmp_path / "copy")
    require_part(copy, undisturbed, range(8))
    require_sound(copy)

    store = Store.open(lake)
    (lost, *_) = store.files("triplets", ".parquet")
    store.remove([lost])
    with driver(lake, own_orders, "--shards", "0:8", environment=object_store.environment) as run:
        output = output_of(run)
    assert run.returncode == 0, output
    assert "1 shard" in output
    require_part(_copy_of(lake, tmp_path / "second-copy"), undisturbed, range(8))


def _bad_day():
    """Every tenth request goes wrong; the third shard is met by silence, and nothing works for a while at the fifth."""
    chance = at_random(7, 0.1)
    shards: set[str] = set()
    outage = iter([Fault.SLOW_DOWN] * 6)

    def choice(method: str, path: str) -> Fault | None:
        key = path.split("?")[0]
        if method == "PUT" and "shard-" in key and key not in shards:
            shards.add(key)
            if len(shards) == 3:
                return Fault.STALL
        if len(shards) >= 5 and (fault := next(outage, None)):
            return fault
        return chance(method, path)

    return choice


def _copy_of(lake: str, folder: Path) -> Path:
    store = Store.open(lake)
    store.file_system.get(store.root, str(folder), recursive=True)
    return folder
