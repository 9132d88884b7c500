"""AI2-THOR's player dies, hangs, lies and falls silent: at once known, of no consequence, and nothing left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from gsi_ray.lake import scan
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import Recipe
from gsi_ray.simulators.ai2thor.node import Node
from gsi_ray.simulators.ai2thor.player import Player
from gsi_ray.simulators.protocol import SimulatorDied

ENDS = {
    ("launch", "exit"): "ended with status 0",
    ("launch", "segfault"): "ended with status -11",
    ("launch", "never_connect"): "not answered in time",
    ("connected", "exit3"): "ended with status 3",
    ("connected", "close"): "closed its pipe",
    ("Reset", "hang"): "not answered in time",
    ("Initialize", "segfault"): "ended with status -11",
    ("Pass", "segfault"): "ended with status -11",
    ("Pass", "abort"): "ended with status -6",
    ("Pass", "half"): "not answered in time",
    ("Pass", "half_exit"): "ended with status 0",
    ("Pass", "garbage"): "FormatError",
    ("Pass", "patch"): "without a picture",
    ("Pass", "wrong_sequence"): "Sequence id mismatch",
    ("Pass", "close"): "closed its pipe",
    ("Pass", "die_idle"): "ended with status -9|pipe",
}
"""Moment and fault, and what is then said of the player."""

# At moments that every shard comes by, to the first players there: a few at a time, as a worker pauses the longer the
# more often it fails in a row.
ORDERS = [
    ["launch-exit", "TeleportFull-die_idle", "HideAllObjectsExcept.3-segfault", "UpdateThirdPartyCamera.7-patch"],
    ["launch-never_connect", "AdvancePhysicsStep.3-grandchild"],
]

RECIPE = Recipe.model_validate(
    {
        "name": "houses",
        "description": "Small shards of bathrooms",
        "simulator": "ai2thor",
        "image_size": 64,
        "samples_per_shard": 2,
        "scenes_per_shard": 3,
        "views": {"per_scene": 2},
        "cells": [
            {
                "environment": "bathroom",
                "split": "val",
                "operations": ["camera_movement", "perspective_control"],
                "samples_per_operation": 2,
            }
        ],
    }
)


@pytest.fixture
def orders(thor_orders: Path) -> Iterator[Path]:
    """What is to go wrong; all is called off in the end."""
    yield thor_orders
    for order in thor_orders.iterdir():
        order.unlink()


def living_players(orders: Path, within_s: float = 20.0) -> list[int]:
    """The players that have been started and, after a while, still are."""
    started = [int(file.name.removeprefix("pid-")) for file in orders.glob("pid-*")]
    end = time.monotonic() + within_s
    while (alive := [pid for pid in started if is_alive(pid)]) and time.monotonic() < end:
        time.sleep(0.05)
    return alive


def is_alive(pid: int) -> bool:
    """Whether a process is there, and not only its exit status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def node(thor_home: Path) -> Node:
    return Node(Path(os.environ["GSI_RAY_THOR_PLAYER"]), thor_home, start_limit_s=20.0, answer_limit_s=15.0)


@pytest.mark.parametrize(("moment", "fault"), ENDS)
def test_every_end_of_a_player_is_known_and_leaves_none(
    thor_player: None, orders: Path, tmp_path: Path, moment: str, fault: str
) -> None:
    (orders / f"{moment}-{fault}").touch()

    with pytest.raises(SimulatorDied, match=ENDS[moment, fault]):
        player = Player(node(tmp_path), "FloorPlan901")
        for _ in range(20):
            player.step("Pass")
            time.sleep(0.05)

    assert (orders / f"done-{moment}-{fault}").exists()
    assert list(orders.glob("pid-*"))
    assert living_players(orders) == []


def test_a_player_that_is_killed_while_it_waits_is_missed_at_the_next_action(
    thor_player: None, orders: Path, tmp_path: Path
) -> None:
    player = Player(node(tmp_path), "FloorPlan901")
    os.kill(player.pid, signal.SIGKILL)
    with pytest.raises(SimulatorDied):
        player.step("Pass")
    player.close()
    player.close()
    with pytest.raises(SimulatorDied):
        player.step("Pass")


@pytest.mark.parametrize("moment", ["launch", "Pass"])
def test_a_player_does_not_outlive_a_process_that_is_killed(
    thor_player: None, orders: Path, tmp_path: Path, moment: str
) -> None:
    (orders / f"{moment}-hang").touch()
    program = (
        "import os; from pathlib import Path; from gsi_ray.simulators.ai2thor.node import Node;"
        "from gsi_ray.simulators.ai2thor.player import Player;"
        "Player(Node.here(), 'FloorPlan901').step('Pass')"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    while not (orders / f"done-{moment}-hang").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()

    assert list(orders.glob("pid-*"))
    assert living_players(orders) == []


@pytest.fixture(scope="module")
def undisturbed(ray_here: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    lake = tmp_path_factory.mktemp("undisturbed")
    generate(RECIPE, str(lake), workers=2)
    assert scan("triplets", str(lake)).select(pl.len()).collect().item() == RECIPE.samples
    return shard_bytes(lake)


@pytest.mark.parametrize("ordered", ORDERS, ids=["deaths", "silence"])
def test_whatever_befalls_players_their_shards_come_out_the_same(
    undisturbed: dict[str, bytes], orders: Path, tmp_path: Path, ordered: list[str]
) -> None:
    for order in ordered:
        (orders / order).touch()

    generate(RECIPE, str(tmp_path), workers=2)

    assert [order for order in ordered if not (orders / f"done-{order}").exists()] == []
    assert shard_bytes(tmp_path) == undisturbed
    assert living_players(orders) == []
    assert sleepers() == []


def shard_bytes(lake: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in lake.glob("triplets/**/*.parquet")}


def sleepers() -> list[str]:
    """The programs that a player has started: what "grandchild" leaves behind."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if command == b"sleep\0" + b"1000000\0":
                found.append(folder.name)
    return found
