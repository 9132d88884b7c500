from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.lake import paths
from gsi_ray.lake.schemas import EDITS, SCORES, TRIPLETS


def test_a_shard_lies_where_the_design_says() -> None:
    shard = str(paths.ShardName("3f9a1c2b", 42))
    key = paths.shard_key(TRIPLETS, {"split": "val", "environment": "room"}, shard)
    assert key == "triplets/v1/split=val/environment=room/shard-3f9a1c2b-00000042.parquet"
    assert paths.run_file("r1", "summary.json") == "runs/r1/summary.json"


@given(st.text("0123456789abcdefgz", min_size=1), st.integers(0, 10**7))
def test_the_name_of_a_shard_is_read_back(fingerprint: str, index: int) -> None:
    name = paths.ShardName(fingerprint, index)
    assert paths.ShardName.parse(str(name)) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_key_is_read_back_whatever_an_editor_is_called(editor: str, protocol: str) -> None:
    partitions = {"editor": editor, "protocol": protocol}
    parsed = paths.ShardKey.parse(paths.shard_key(SCORES, partitions, "shard-ab-00000001"))
    assert parsed == paths.ShardKey("scores", 1, partitions, "shard-ab-00000001")


def test_a_slash_in_a_name_makes_no_folder() -> None:
    key = paths.shard_key(EDITS, {"editor": "org/model"}, "shard-ab-00000001")
    assert key.count("/") == 3


@pytest.mark.parametrize("name", ["shard-abc", "shard-abc-00012", "part-abc-00000001", "shard-a-b-00000001.parquet"])
def test_other_names_are_no_shards(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a shard"):
        paths.ShardName.parse(name)


@given(st.integers(0, 10**7), st.integers(0, 30_000), st.data())
def test_a_few_prefixes_of_keys_cover_a_span_of_shards(start: int, length: int, data: st.DataObject) -> None:
    span = range(start, start + length)
    prefixes = list(paths.shard_prefixes("ab", span, 10_000))
    assert len(prefixes) <= 2 + length // 10_000
    if length:
        index = data.draw(st.sampled_from(span))
        assert sum(str(paths.ShardName("ab", index)).startswith(prefix) for prefix in prefixes) == 1
        covered = sum(10 ** (len(str(paths.ShardName("ab", 0))) - len(prefix)) for prefix in prefixes)
        assert covered <= 20 * length
