from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import datasets
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gsi_ray import lake
from gsi_ray.sampling.triplet import Triplet


def assert_same(actual: object, expected: object, where: str = "triplet") -> None:
    """Equal in every field, however deep; depth to half a millimetre."""
    if is_dataclass(expected):
        assert type(actual) is type(expected), where
        for field in fields(expected):
            assert_same(getattr(actual, field.name), getattr(expected, field.name), f"{where}.{field.name}")
    elif isinstance(expected, np.ndarray):
        assert isinstance(actual, np.ndarray) and actual.dtype == expected.dtype, where
        tolerance = 0.000_51 if where.endswith(".depth") else 0.0
        np.testing.assert_allclose(actual, expected, rtol=0.0, atol=tolerance, err_msg=where)
    elif isinstance(expected, tuple):
        assert isinstance(actual, tuple) and len(actual) == len(expected), where
        for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
            assert_same(one, other, f"{where}[{index}]")
    else:
        assert actual == expected and type(actual) is type(expected), where


def _write(samples: Sequence[Triplet], url: str, index: int = 0, environment: str = "tabletop") -> lake.WrittenShard:
    return lake.write_shard(samples, url, f"shard-ab-{index:08d}", split="train", environment=environment)


def test_a_shard_gives_back_the_samples_that_were_put_in(triplets: Sequence[Triplet], lake_url: str) -> None:
    written = _write(triplets, lake_url)
    assert_same(tuple(lake.read_shard(f"{lake_url}/{written.path}")), tuple(triplets))


def test_a_sample_is_found_by_its_id_in_any_shard(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets[:3], lake_url, 0)
    _write(triplets[3:], lake_url, 1)
    for triplet in triplets:
        assert_same(lake.read_sample(triplet.sample_id, lake_url), triplet)


def test_of_no_samples_there_is_nothing_to_read(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets[:3], lake_url)
    assert list(lake.read_samples([], lake_url)) == []


def test_some_edits_are_read_and_no_others(lake_url: str) -> None:
    for editor in ("copy", "other"):
        for shard in range(2):
            rows = [
                {"sample_id": f"{shard}{place}", "editor": editor, "image": None, "error": "none", "seconds": None}
                for place in range(3)
            ]
            lake.write_rows("edits", rows, lake_url, f"shard-ab-{shard:08d}", {"editor": editor})
    wanted = {("01", "copy"), ("12", "other"), ("10", "nobody")}
    assert {(row["sample_id"], row["editor"]) for row in lake.read_edits(wanted, lake_url)} == wanted - {
        ("10", "nobody")
    }


def test_some_samples_are_read_from_wherever_they_are(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets[:3], lake_url, 0)
    _write(triplets[3:], lake_url, 1)
    wanted = [triplets[index] for index in (0, 2, 5)]
    found = tuple(lake.read_samples([triplet.sample_id for triplet in reversed(wanted)], lake_url))
    assert_same(found, tuple(wanted))


def test_samples_come_in_the_order_of_their_shards(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets[3:], lake_url, 1)
    _write(triplets[:3], lake_url, 0)
    assert [sample.sample_id for sample in lake.samples(lake_url)] == [triplet.sample_id for triplet in triplets]


def test_a_row_of_a_scan_becomes_a_triplet(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets, lake_url)
    rows = lake.scan("triplets", lake_url).filter(operation="spatial_removal").collect().to_dicts()
    assert_same(tuple(map(lake.triplet_of, rows)), (triplets[2], triplets[5]))


def test_a_scan_has_the_columns_of_the_table(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets, lake_url)
    frame = lake.scan("triplets", lake_url)
    assert frame.collect_schema().names() == lake.TABLES["triplets"].schema.names
    lengths = frame.select(pl.col("image_before").struct.field("bytes").bin.size()).collect()
    assert lengths.to_series().min() > 1000


def test_a_filter_on_a_partition_leaves_the_other_files_unread(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets[:2], lake_url, 0)
    elsewhere = _write(triplets[2:], lake_url, 1, environment="room")
    frame = lake.scan("triplets", lake_url)
    if not lake_url.startswith("memory"):
        # Damaged in the middle: reading any of it would fail.
        file = Path(lake_url, elsewhere.path)
        file.write_bytes(b"PAR1" + b"?" * 1000 + b"PAR1")
    kept = frame.filter(environment="tabletop", split="train").select("sample_id").collect()
    assert kept["sample_id"].to_list() == [triplet.sample_id for triplet in triplets[:2]]


def test_partition_values_with_special_characters_are_read_as_they_are(lake_url: str) -> None:
    for index, editor in enumerate(["copy", "org/modèle 1.0%=?"]):
        row = {"sample_id": "0", "editor": editor, "image": None, "error": "none", "seconds": None}
        lake.write_rows("edits", [row], f"{lake_url}/[a] b*", f"shard-ab-{index:08d}", {"editor": editor})
    frame = lake.scan("edits", f"{lake_url}/[a] b*")
    assert frame.collect()["editor"].to_list() == ["copy", "org/modèle 1.0%=?"]
    assert frame.filter(editor="org/modèle 1.0%=?").collect().height == 1


def test_files_older_than_a_nullable_column_are_read_with_nulls_in_it(tmp_path: Path) -> None:
    row = {"sample_id": "0", "editor": "copy", "image": None, "error": None, "seconds": 1.0}
    file = tmp_path / lake.write_rows("edits", [row], str(tmp_path), "shard-ab-00000000", {"editor": "copy"}).path
    pq.write_table(pq.read_table(file, partitioning=None).drop_columns(["seconds"]), file)
    assert lake.scan("edits", str(tmp_path)).collect().row(0, named=True) == row | dict.fromkeys(
        ("seconds", "objects", "camera")
    )


def test_triplets_older_than_the_chains_are_read_without_them(triplets: Sequence[Triplet], tmp_path: Path) -> None:
    later = ["inverse_of", "chain_id", "chain_step", "difficulty"]
    old = tmp_path / _write(triplets[:2], str(tmp_path)).path
    _write(triplets[2:3], str(tmp_path), 1)
    pq.write_table(pq.read_table(old, partitioning=None).drop_columns(later), old)
    expected = [replace(triplet, **dict.fromkeys(later)) for triplet in triplets[:2]] + [triplets[2]]
    assert_same(tuple(lake.samples(str(tmp_path))), tuple(expected))
    rows = lake.scan("triplets", str(tmp_path)).collect().to_dicts()
    assert_same(tuple(map(lake.triplet_of, rows)), tuple(expected))


def test_an_empty_lake_says_so(lake_url: str) -> None:
    for read in (lambda: lake.scan("triplets", lake_url), lambda: lake.read_sample("0" * 32, lake_url)):
        with pytest.raises(lake.EmptyTable, match="has no triplets"):
            read()


def test_a_sample_that_is_not_there_is_named(triplets: Sequence[Triplet], lake_url: str) -> None:
    _write(triplets, lake_url)
    with pytest.raises(lake.SampleNotFound, match="no sample 'abc'"):
        lake.read_sample("abc", lake_url)


def test_a_shard_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(lake.UnreadableLake, match=r"Cannot read nowhere\.parquet in .* \(No such file or directory\)"):
        lake.read_shard(f"{tmp_path}/nowhere.parquet")


@pytest.mark.parametrize("size", [0, 3, 1000, -1])
def test_a_shard_cut_short_is_named_before_any_of_it_is_used(
    triplets: Sequence[Triplet], tmp_path: Path, size: int
) -> None:
    written = _write(triplets, str(tmp_path))
    file = tmp_path / written.path
    file.write_bytes(file.read_bytes()[:size])
    for read in (
        lambda: lake.scan("triplets", str(tmp_path)),
        lambda: lake.read_sample(triplets[0].sample_id, str(tmp_path)),
        lambda: lake.read_shard(str(file)),
    ):
        with pytest.raises(lake.DamagedShard, match=r"shard-ab-00000000\.parquet in .* is damaged .*: delete it"):
            read()


def test_a_single_wrong_byte_in_a_picture_is_noticed(triplets: Sequence[Triplet], tmp_path: Path) -> None:
    written = _write(triplets, str(tmp_path))
    file = tmp_path / written.path
    content = bytearray(file.read_bytes())
    content[content.index(b"IDAT") + 100] ^= 1
    file.write_bytes(content)
    for read in (
        lambda: lake.read_shard(str(file)),
        lambda: lake.read_sample(triplets[0].sample_id, str(tmp_path)),
        lambda: list(lake.samples(str(tmp_path))),
    ):
        with pytest.raises(lake.DamagedShard, match=r"shard-ab-00000000\.parquet"):
            read()


def test_a_file_of_another_kind_is_no_shard(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    with pytest.raises(lake.DamagedShard, match=r"other\.parquet"):
        lake.read_shard(str(tmp_path / "other.parquet"))


def test_hugging_face_datasets_shows_the_pictures(triplets: Sequence[Triplet], tmp_path: Path) -> None:
    written = _write(triplets, str(tmp_path))
    loaded = datasets.load_dataset(
        "parquet", data_files=str(tmp_path / written.path), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert isinstance(loaded.features["image_before"], datasets.Image)
    np.testing.assert_array_equal(np.asarray(loaded[0]["image_after"]), triplets[0].after.rgb)
    assert loaded[2]["transform"] is None
