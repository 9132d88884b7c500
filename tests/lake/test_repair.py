from __future__ import annotations

import fcntl
import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from gsi_ray.cli import app
from gsi_ray.lake import Receipt, WrittenShard, write_shard
from gsi_ray.lake.audit import audit
from gsi_ray.lake.repair import Damage, find_damage, remove_damage
from gsi_ray.lake.runs import RunRecord
from gsi_ray.lake.stores import Store
from tests.lake.object_store import ObjectStore
from tests.toy_triplets import toy_triplets

SHARDS = 3
RUN = "toy-abc-20260101T000000"


def _fill(lake: Path | str) -> list[WrittenShard]:
    """Three shards of different samples."""
    return [
        write_shard(
            toy_triplets()[2 * index : 2 * index + 2],
            str(lake),
            f"shard-abc-{index:08d}",
            split="train",
            environment="tabletop",
        )
        for index in range(SHARDS)
    ]


def _record(lake: Path, written: list[WrittenShard], run: str = RUN) -> None:
    record = RunRecord(str(lake), run)
    record.begin("name: toy\n")
    for file in written:
        record.add(Receipt(Path(file.path).stem, "train", "tabletop", "here/1", file))
    record.finish({})


def _contents(lake: Path) -> dict[str, bytes]:
    return {str(file.relative_to(lake)): file.read_bytes() for file in sorted(lake.rglob("*")) if file.is_file()}


def _repair(lake: Path) -> tuple[Damage, tuple[str, ...]]:
    damage = find_damage(str(lake))
    return damage, remove_damage(str(lake), damage)


@pytest.fixture(scope="module")
def vouched_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("vouched")
    _record(lake, _fill(lake))
    return lake


@pytest.fixture(scope="module")
def bare_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake whose run was killed before it left any receipt."""
    lake = tmp_path_factory.mktemp("bare")
    _fill(lake)
    return lake


def _flipped(content: bytes, position: int, bit: int) -> bytes:
    return content[:position] + bytes([content[position] ^ (1 << bit)]) + content[position + 1 :]


def _zeroed(content: bytes, position: int, length: int) -> bytes:
    return content[:position] + bytes(min(length, len(content) - position)) + content[position + length :]


Damaged = Callable[[bytes], bytes]

PLACES = st.floats(0.0, 1.0, exclude_max=True)
TRUNCATIONS = st.builds(lambda place: lambda content: content[: int(place * len(content))], PLACES)
FLIPS = st.builds(
    lambda place, bit: lambda content: _flipped(content, int(place * len(content)), bit), PLACES, st.integers(0, 7)
)
ZEROED_BLOCKS = st.builds(
    lambda place, length: lambda content: _zeroed(content, int(place * len(content)), length),
    PLACES,
    st.sampled_from([512, 4096]),
)
GARBAGE = st.builds(lambda garbage: lambda content: garbage, st.binary(max_size=100))


@given(st.integers(0, SHARDS - 1), TRUNCATIONS | FLIPS | ZEROED_BLOCKS | GARBAGE)
def test_whatever_happens_to_a_file_with_a_receipt_that_file_is_removed_and_no_other(
    vouched_lake: Path, index: int, damaged: Damaged
) -> None:
    good = _contents(vouched_lake)
    key = sorted(key for key in good if key.startswith("triplets"))[index]
    bad = damaged(good[key])
    (vouched_lake / key).write_bytes(bad)
    try:
        _, removed = _repair(vouched_lake)
        left = _contents(vouched_lake)
    finally:
        (vouched_lake / key).write_bytes(good[key])

    changed = bad != good[key]  # a block of zeros may have been one before
    assert removed == ((key,) if changed else ())
    assert left == {name: content for name, content in good.items() if name != key or not changed}


@given(st.integers(0, SHARDS - 1), TRUNCATIONS | FLIPS | ZEROED_BLOCKS | GARBAGE)
def test_without_receipts_a_file_is_removed_or_still_reads_the_same(
    bare_lake: Path, index: int, damaged: Damaged
) -> None:
    good = _contents(bare_lake)
    key = sorted(good)[index]
    (bare_lake / key).write_bytes(damaged(good[key]))
    try:
        _, removed = _repair(bare_lake)
        left = _contents(bare_lake)
    finally:
        (bare_lake / key).write_bytes(good[key])

    assert removed in ((), (key,))
    assert left.keys() == good.keys() - set(removed)
    if not removed:
        read = [pq.read_table(io.BytesIO(content)).to_pylist() for content in (left[key], good[key])]
        assert read[0] == read[1]


def test_swapped_files_are_removed_both(vouched_lake: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(vouched_lake, tmp_path / "lake")
    first, second, third = sorted(lake.rglob("shard-*.parquet"))
    first.rename(tmp_path / "kept")
    second.rename(first)
    (tmp_path / "kept").rename(second)

    _, removed = _repair(lake)

    assert removed == (str(first.relative_to(lake)), str(second.relative_to(lake)))
    assert sorted(lake.rglob("shard-*.parquet")) == [third]


def test_a_lake_of_good_files_stays_as_it_is(vouched_lake: Path, bare_lake: Path) -> None:
    for lake in (vouched_lake, bare_lake):
        before = _contents(lake)
        assert _repair(lake) == (Damage((), (), 0), ())
        assert _contents(lake) == before


def test_files_of_other_versions_and_of_others_are_no_damage(bare_lake: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(bare_lake, tmp_path / "lake")
    older, newer, _ = sorted(lake.rglob("shard-*.parquet"))
    pq.write_table(pq.read_table(older, partitioning=None).drop_columns(["difficulty"]), older)
    table = pq.read_table(newer, partitioning=None)
    pq.write_table(table.append_column("mood", table["view_id"]), newer)
    (newer.parent / "copy.parquet").write_bytes(b"PAR1")
    (lake / "notes.txt").write_text("mine")
    before = _contents(lake)

    assert _repair(lake) == (Damage((), (), 0), ())
    assert _contents(lake) == before


def test_what_a_run_wrote_with_other_columns_is_old_and_no_damage(bare_lake: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(bare_lake, tmp_path / "lake")
    file = sorted(lake.rglob("shard-*.parquet"))[0]
    pq.write_table(pq.read_table(file, partitioning=None).drop_columns(["scene_id"]), file)
    key = str(file.relative_to(lake))
    assert [bad.key for bad in find_damage(str(lake)).files] == [key]

    content = file.read_bytes()
    _record(lake, [WrittenShard(key, 2, len(content), hashlib.sha256(content).hexdigest())])

    assert find_damage(str(lake)).files == ()


def test_a_file_that_was_made_anew_meanwhile_stays(vouched_lake: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(vouched_lake, tmp_path / "lake")
    file = sorted(lake.rglob("shard-*.parquet"))[0]
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    damage = find_damage(str(lake))
    file.write_bytes(content)

    assert len(damage.files) == 1
    assert remove_damage(str(lake), damage) == ()
    assert file.exists()


def test_damaged_records_of_runs_are_removed_and_whole_ones_stay(vouched_lake: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(vouched_lake, tmp_path / "lake")
    receipts = lake / "runs" / RUN / "receipts.parquet"
    receipts.write_bytes(receipts.read_bytes()[:100])

    _, removed = _repair(lake)

    assert removed == (f"runs/{RUN}/receipts.parquet",)
    assert sorted(_contents(lake)) == sorted(_contents(vouched_lake).keys() - set(removed))


def test_leftovers_of_dead_writers_are_removed_and_the_work_of_living_ones_stays(
    vouched_lake: Path, tmp_path: Path
) -> None:
    lake = shutil.copytree(vouched_lake, tmp_path / "lake")
    folder = next(lake.rglob("shard-*.parquet")).parent
    dead, alive = (folder / f".shard-abc-0000000{index}.parquet.0f.unfinished" for index in (7, 8))
    dead.write_bytes(b"PAR1")
    with alive.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        damage, removed = _repair(lake)

    assert len(damage.leftovers) == 2
    assert removed == ()
    assert (dead.exists(), alive.exists()) == (False, True)


def test_a_lake_in_an_object_store_is_audited_and_repaired_too(object_store: ObjectStore) -> None:
    lake = object_store.new_lake()
    good = _fill(lake)
    bucket, _ = lake.removeprefix("s3://").split("/")
    key = f"lake/{good[1].path}"
    content = object_store.client.get_object(Bucket=bucket, Key=key)["Body"].read()
    object_store.client.put_object(Bucket=bucket, Key=key, Body=content[:-1000])

    quick, thorough = audit(lake, pictures=0.0), audit(lake)
    removed = remove_damage(lake, find_damage(lake))

    assert [[(result.check, result.count) for result in report.results] for report in (quick, thorough)] == [
        [("damaged_file", 1)]
    ] * 2
    assert removed == (good[1].path,)
    assert Store.open(lake).files("triplets", "") == sorted(file.path for file in (good[0], good[2]))


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["repair", "--workers", "1", *arguments])


def test_the_command_removes_nothing_before_it_is_told_to(vouched_lake: Path, tmp_path: Path) -> None:
    lake = shutil.copytree(vouched_lake, tmp_path / "lake")
    file = sorted(lake.rglob("shard-*.parquet"))[0]
    file.write_bytes(file.read_bytes()[:-1])
    key = str(file.relative_to(lake))

    listed = _run("--lake", str(lake))
    assert listed.exit_code == 0
    assert f"bad: {key}: is not what its run wrote" in listed.stdout
    assert "--yes" in listed.stdout
    assert file.exists()

    done = _run("--lake", str(lake), "--yes")
    assert done.exit_code == 0
    assert not file.exists()
    assert f"gsi-ray generate {lake}/runs/{RUN}/recipe.yaml --lake {lake}" in done.stdout

    assert "Nothing to repair" in _run("--lake", str(lake)).stdout
    assert [result.check for result in audit(str(lake)).results] == ["missing_file"]


def test_a_lake_that_cannot_be_read_is_told_in_a_sentence() -> None:
    result = _run("--lake", "ftp://example.org/lake")
    assert result.exit_code == 2
    assert result.stderr.startswith("gsi-ray: A lake cannot lie at")
