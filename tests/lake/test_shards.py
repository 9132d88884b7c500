from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gsi_ray import lake
from gsi_ray.lake import shards
from gsi_ray.lake.rows import rows_of
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.sampling.triplet import Triplet
from tests.triplets import make_frame, make_triplet, make_triplets

NAME = "shard-3f9a1c2b-00000007"
PLACE = {"split": "train", "environment": "tabletop"}
PICTURES = [f"{kind}_{side}.bytes" for kind in ("image", "depth", "instances") for side in ("before", "after")]


def _write(triplets: Sequence[Triplet], url: str, name: str = NAME) -> lake.WrittenShard:
    return lake.write_shard(triplets, url, name, **PLACE)


def _parquet(triplets: Sequence[Triplet]) -> pq.ParquetFile:
    return pq.ParquetFile(io.BytesIO(shards.parquet_bytes(TRIPLETS, rows_of(triplets))))


def _chunks(file: pq.ParquetFile, group: int = 0) -> dict[str, pq.ColumnChunkMetaData]:
    metadata = file.metadata.row_group(group)
    return {chunk.path_in_schema: chunk for chunk in map(metadata.column, range(metadata.num_columns))}


def test_what_is_told_about_a_shard_is_true_of_its_file(triplets: Sequence[Triplet], tmp_path: Path) -> None:
    written = _write(triplets, str(tmp_path))
    content = (tmp_path / written.path).read_bytes()
    assert written.path == f"triplets/v1/split=train/environment=tabletop/{NAME}.parquet"
    assert (written.bytes, written.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert written.rows == len(triplets)


def test_the_same_samples_give_the_same_bytes_in_any_process_and_any_store(tmp_path: Path) -> None:
    program = (
        "from gsi_ray.lake.rows import rows_of; from gsi_ray.lake.shards import write_rows;"
        "from tests.triplets import make_triplets;"
        f"rows = rows_of(make_triplets()); partitions = dict(split='train', environment='tabletop');"
        f"print(write_rows('triplets', rows, {str(tmp_path)!r}, {NAME!r}, partitions).sha256)"
    )
    elsewhere = _run(program, PYTHONHASHSEED="7").stdout.read()
    assert elsewhere.strip() == _write(make_triplets(), "memory://same-bytes").sha256


def test_a_shard_without_a_sample_is_a_file_too(lake_url: str) -> None:
    _write([], lake_url)
    assert np.flatnonzero(lake.finished_shards(lake_url, "3f9a1c2b", range(10), [PLACE])).tolist() == [7]
    assert lake.scan("triplets", lake_url).collect().height == 0


def test_the_finished_shards_of_a_recipe_and_a_span_are_told_whatever_else_is_there(lake_url: str) -> None:
    places = [{"split": split, "environment": "room"} for split in ("train", "val")]
    there = [
        ("ab", 3, 0),
        ("ab", 19_999, 0),
        ("ab", 20_000, 1),
        ("ab", 20_002, 1),
        ("ab", 41_000, 0),
        ("abc", 20_001, 0),
    ]
    for fingerprint, index, place in there:
        lake.write_rows("triplets", [], lake_url, str(lake.ShardName(fingerprint, index)), places[place])

    def told(span: range, partitions: Sequence[Mapping[str, str]] = places) -> list[int]:
        found = lake.finished_shards(lake_url, "ab", span, partitions)
        assert len(found) == len(span)
        return [span[offset] for offset in np.flatnonzero(found)]

    assert told(range(50_000)) == [3, 19_999, 20_000, 20_002, 41_000]
    assert told(range(4, 20_002)) == [19_999, 20_000]
    assert told(range(20_000, 20_003), places[:1]) == []
    assert told(range(7, 7)) == []


def test_pictures_before_are_stored_once_for_all_edits_of_a_view() -> None:
    rng = np.random.default_rng(1)
    before = make_frame(rng, size=128)
    one, ten = (_parquet([make_triplet(rng, before, size=128) for _ in range(count)]) for count in (1, 10))
    for path in PICTURES:
        chunk, single = _chunks(ten)[path], _chunks(one)[path]
        assert ("RLE_DICTIONARY" in chunk.encodings) == ("_before." in path)
        growth = chunk.total_compressed_size / single.total_compressed_size
        assert growth == pytest.approx(1.0 if "_before." in path else 10.0, rel=0.02)


def test_pictures_are_neither_compressed_again_nor_summarised_and_all_else_is() -> None:
    for path, chunk in _chunks(_parquet(make_triplets())).items():
        is_picture = path.removesuffix("path").removesuffix("bytes") in {
            name.removesuffix("bytes") for name in PICTURES
        }
        assert chunk.compression == ("UNCOMPRESSED" if is_picture else "ZSTD"), path
        assert chunk.is_stats_set != is_picture, path
        assert chunk.has_offset_index
        assert chunk.has_column_index != is_picture


def test_a_row_group_ends_before_its_pictures_weigh_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = make_triplets()  # two views with three edits each
    per_view = sum(
        chunk.total_compressed_size for path, chunk in _chunks(_parquet(samples[:3])).items() if path in PICTURES
    )
    monkeypatch.setattr(shards, "ROW_GROUP_BYTES", per_view * 1.1)
    file = _parquet(samples)
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [3, 3]


def test_a_row_that_lacks_what_a_column_requires_is_not_written(tmp_path: Path) -> None:
    row = rows_of(make_triplets()[:1])[0] | {"instruction": None}
    with pytest.raises(pa.ArrowInvalid, match="instruction"):
        lake.write_rows("triplets", [row], str(tmp_path), NAME, {"split": "train", "environment": "tabletop"})
    assert not list(tmp_path.iterdir())


def test_a_killed_writer_leaves_no_file_that_looks_whole_and_what_it_leaves_is_tidied_up(tmp_path: Path) -> None:
    # The kernel kills it, with no time for last words, in the middle of writing: when the file grows past 50 kB.
    program = (
        "import resource, signal; from gsi_ray import lake; from tests.triplets import make_triplets;"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); signal.signal(signal.SIGXFSZ, signal.SIG_DFL);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000));"
        f"lake.write_shard(make_triplets(), {str(tmp_path)!r}, {NAME!r}, split='train', environment='tabletop')"
    )
    assert _run(program).wait() == -signal.SIGXFSZ
    folder = tmp_path / "triplets/v1/split=train/environment=tabletop"
    (unfinished,) = folder.iterdir()
    assert unfinished.stat().st_size == 50_000
    assert not lake.finished_shards(str(tmp_path), "3f9a1c2b", range(10), [PLACE]).any()
    with pytest.raises(lake.EmptyTable):
        lake.scan("triplets", str(tmp_path))

    _write(make_triplets(), str(tmp_path))
    lake.tidy(str(tmp_path), "3f9a1c2b", [PLACE])
    assert [file.name for file in folder.iterdir()] == [f"{NAME}.parquet"]


def test_a_full_disk_is_reported_and_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import resource; from gsi_ray import lake; from tests.triplets import make_triplets\n"
        "samples = make_triplets()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        f"try: lake.write_shard(samples, {str(tmp_path)!r}, {NAME!r}, split='train', environment='tabletop')\n"
        "except lake.UnwritableLake as error: print(error)"
    )
    assert f"{NAME}.parquet to the lake '{tmp_path}' (File too large)" in _run(program).communicate()[0]
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def _run(program: str, **environment: str) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "PYTHONPATH": root, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
