"""What is asked of a lake after every fault."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gsi_ray.lake import scan
from gsi_ray.recipes import shards
from tests.faults.recipe import RECIPE


def shards_in(lake: Path) -> dict[str, bytes]:
    """The files of all shards, by their key."""
    return {str(file.relative_to(lake)): file.read_bytes() for file in sorted(lake.glob("triplets/**/*.parquet"))}


def require_same(lake: Path, undisturbed: Path) -> None:
    """All that the undisturbed lake holds is there, byte by byte, nothing else is, and the records agree with it."""
    assert shards_in(lake) == shards_in(undisturbed)
    require_sound(lake)


def require_part(lake: Path, undisturbed: Path, span: range) -> None:
    """What the undisturbed lake holds of these shards is there, byte by byte."""
    expected, made = shards_in(undisturbed), shards_in(lake)
    for plan in shards(RECIPE)[span.start : span.stop]:
        (key,) = (key for key in expected if key.endswith(f"/{plan.name}.parquet"))
        assert made[key] == expected[key]


def require_sound(lake: Path) -> None:
    """No unfinished file is there, and whatever a record says of a shard is true."""
    assert [file for file in lake.rglob("*") if file.is_file() and "unfinished" in file.name] == []
    shards = shards_in(lake)
    for receipt in scan("receipts", str(lake)).collect().iter_rows(named=True):
        if receipt["path"] is None:
            assert receipt["error"]
        else:
            content = shards[receipt["path"]]
            assert receipt["bytes"] == len(content)
            assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
