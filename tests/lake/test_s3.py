from __future__ import annotations

import random
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from gsi_ray import lake
from gsi_ray.lake import s3
from gsi_ray.lake.rows import rows_of
from gsi_ray.lake.shards import parquet_bytes
from gsi_ray.lake.stores import Store
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import load_recipe, revised, shards, with_samples
from gsi_ray.sampling.triplet import Triplet
from tests.judgements import judge, verdict
from tests.lake.faulty_proxy import Choice, Fault, FaultyProxy, at_random, first
from tests.lake.object_store import KEYS_PER_PAGE, ObjectStore, storage_settings
from tests.lake.test_readers import assert_same
from tests.triplets import make_frame, make_triplet

PLACE = {"split": "train", "environment": "room"}
FAULTS = [Fault.INTERNAL_ERROR, Fault.SLOW_DOWN, Fault.RESET, Fault.LOST_ANSWER, Fault.TRUNCATED]


@contextmanager
def _between(object_store: ObjectStore, choice: Choice) -> Iterator[FaultyProxy]:
    """A proxy on the way to the store that does what is chosen."""
    with (
        FaultyProxy(object_store.endpoint, choice).running() as proxy,
        storage_settings(AWS_ENDPOINT_URL=proxy.endpoint),
    ):
        yield proxy


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for an answer does so for a second."""
    monkeypatch.setenv("FSSPEC_S3", '{"config_kwargs": {"read_timeout": 1}}')


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest that S3 takes."""
    monkeypatch.setattr(s3, "PART_BYTES", 5 * 2**20)


def _content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def test_a_file_is_whole_after_any_fault_of_its_upload_or_download(object_store: ObjectStore) -> None:
    content = _content(3 * 2**20)
    # Each is followed by the request that succeeds. (The answer to an upload has no body to break off in.)
    uploads, downloads = (first(*chain(*product(FAULTS, [None])), method=method) for method in ("PUT", "GET"))
    with _between(object_store, lambda *request: uploads(*request) or downloads(*request)) as proxy:
        store = Store.open(object_store.new_lake())
        for fault in FAULTS:
            store.publish(fault.name, content)
            assert store.read(fault.name) == content
    assert Counter(method for method, _ in proxy.requests) == {"PUT": 2 * len(FAULTS) - 1, "GET": 2 * len(FAULTS)}


@pytest.mark.usefixtures("short_waits")
def test_a_file_is_whole_after_silence_in_its_upload_or_download(object_store: ObjectStore) -> None:
    content = _content(10 * 2**20)  # more than the sockets' buffers hold
    url = object_store.new_lake()
    with _between(object_store, first(Fault.STALL)):
        Store.open(url).publish("a.bin", content)
    with _between(object_store, first(Fault.STALL)):
        assert Store.open(url).read("a.bin") == content


@pytest.mark.usefixtures("small_parts")
def test_a_file_in_parts_is_whole_after_faults_of_all_its_requests(object_store: ObjectStore) -> None:
    content = _content(2 * s3.PART_BYTES + 1)
    url = object_store.new_lake()
    parts = first(None, Fault.RESET, Fault.LOST_ANSWER, Fault.INTERNAL_ERROR, method="PUT")
    beginning_and_end = first(Fault.SLOW_DOWN, None, Fault.LOST_ANSWER, Fault.TRUNCATED, method="POST")
    with _between(object_store, lambda *request: parts(*request) or beginning_and_end(*request)) as proxy:
        Store.open(url).publish("a.bin", content)
    assert Counter(method for method, _ in proxy.requests) == {"PUT": 3 + 3, "POST": 2 + 3}
    assert Store.open(url).read("a.bin") == content


@pytest.mark.usefixtures("small_parts")
def test_a_file_in_parts_is_whole_when_the_store_forgets_that_it_has_finished_it(object_store: ObjectStore) -> None:
    content = _content(2 * s3.PART_BYTES)
    url = object_store.new_lake()
    with _between(object_store, first(None, Fault.LOST_ANSWER, Fault.NO_SUCH_UPLOAD, method="POST")):
        Store.open(url).publish("a.bin", content)
    assert Store.open(url).read("a.bin") == content


def test_shards_are_written_listed_and_read_as_if_nothing_had_happened(
    object_store: ObjectStore, triplets: Sequence[Triplet]
) -> None:
    url = object_store.new_lake()
    with _between(object_store, at_random(1, 0.2)) as proxy:
        for index, triplet in enumerate(triplets):
            lake.write_shard([triplet], url, str(lake.ShardName("ab", index)), split="train", environment="tabletop")
        there = lake.finished_shards(url, "ab", range(8), [{"split": "train", "environment": "tabletop"}])
        assert np.flatnonzero(there).tolist() == list(range(len(triplets)))
        frame = lake.scan("triplets", url).select("sample_id", "image_before").collect()
        assert frame["sample_id"].to_list() == [triplet.sample_id for triplet in triplets]
        assert_same(lake.read_sample(triplets[4].sample_id, url), triplets[4])
        assert len(proxy.requests) > 20
    store = Store.open(url)
    for key, triplet in zip(store.files("triplets", ".parquet"), triplets, strict=True):
        assert store.read(key) == parquet_bytes(lake.TABLES["triplets"], rows_of([triplet]))


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("fault", [Fault.INTERNAL_ERROR, Fault.STALL])
def test_a_store_that_stays_down_is_reported_in_one_sentence_and_keeps_what_it_had(
    object_store: ObjectStore, fault: Fault
) -> None:
    url = object_store.new_lake()
    Store.open(url).publish("a.bin", b"before")
    with _between(object_store, lambda method, path: fault), storage_settings(AWS_MAX_ATTEMPTS="1"):
        with pytest.raises(lake.UnwritableLake, match=r"^Cannot write a\.bin to the lake 's3://[^']+' \(.*\): check"):
            Store.open(url).publish("a.bin", b"after")
        with pytest.raises(lake.UnreadableLake, match=r"^Cannot read a\.bin in the lake 's3://[^']+' \(.*\): check"):
            Store.open(url).read("a.bin")
    assert Store.open(url).read("a.bin") == b"before"


def test_a_store_that_cannot_be_reached_is_said_after_a_second_attempt(object_store: ObjectStore) -> None:
    with _between(object_store, lambda method, path: Fault.SLOW_DOWN) as proxy:
        with pytest.raises(lake.UnwritableLake, match="We are sorry"):
            lake.require_writable(object_store.new_lake())
        assert len(proxy.requests) == 2
    with (
        storage_settings(AWS_ENDPOINT_URL=proxy.endpoint),  # where nobody listens any more
        pytest.raises(lake.UnwritableLake, match=f"Could not connect to the endpoint URL: .{proxy.endpoint}"),
    ):
        lake.require_writable(object_store.new_lake())


def test_a_bucket_that_does_not_exist_is_said(object_store: ObjectStore) -> None:
    with pytest.raises(lake.UnwritableLake, match="The specified bucket does not exist"):
        lake.require_writable("s3://no-such-bucket/lake")
    with pytest.raises(lake.UnreadableLake, match="The specified bucket does not exist"):
        lake.finished_shards("s3://no-such-bucket/lake", "ab", range(10), [PLACE])


def test_credentials_that_the_store_does_not_know_are_said(object_store: ObjectStore) -> None:
    url = object_store.new_lake()
    _check_credentials_from_now_on(object_store, True)
    try:
        with pytest.raises(lake.UnwritableLake, match="Access Key Id you provided does not exist in our records"):
            lake.require_writable(url)
    finally:
        _check_credentials_from_now_on(object_store, False)


def _check_credentials_from_now_on(object_store: ObjectStore, check: bool) -> None:
    unchecked_requests = b"0" if check else b"inf"
    url = f"{object_store.endpoint}/moto-api/reset-auth"
    request = urllib.request.Request(url, unchecked_requests, {"Content-Type": "text/plain"})
    urllib.request.urlopen(request).close()


def test_missing_credentials_are_said(object_store: ObjectStore, tmp_path: Path) -> None:
    url = object_store.new_lake()
    nowhere = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    with (
        storage_settings(
            AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_EC2_METADATA_DISABLED="true", **nowhere
        ),
        pytest.raises(lake.UnwritableLake, match="Unable to locate credentials"),
    ):
        lake.require_writable(url)


def test_finding_out_what_is_finished_asks_for_the_keys_of_one_recipe_page_by_page(object_store: ObjectStore) -> None:
    url = object_store.new_lake()
    there = [*range(0, 24, 2), 10_001]
    for index in there:
        Store.open(url).publish(_key("ab", index), b"")
    for index in range(2 * KEYS_PER_PAGE):
        Store.open(url).publish(_key("of-another-recipe", index), b"")
    with _between(object_store, first()) as proxy:
        found = lake.finished_shards(url, "ab", range(10_000), [PLACE])
        assert np.flatnonzero(found).tolist() == there[:-1]
        assert len(proxy.requests) == 2  # twelve keys
        found = lake.finished_shards(url, "ab", range(10, 20), [PLACE])
        assert np.flatnonzero(found).tolist() == [0, 2, 4, 6, 8]
        assert len(proxy.requests) == 3
    assert all(method == "GET" and "list-type=2" in path for method, path in proxy.requests)


@pytest.mark.parametrize("gate", [None, {"judge": "strict", "rubric": "quality"}])
def test_a_run_lists_every_table_once(object_store: ObjectStore, gate: dict[str, str] | None) -> None:
    url = object_store.new_lake()
    recipe = revised(with_samples(load_recipe("demo"), 5), gate=gate)
    record = lake.RunRecord(url, "run")
    record.begin("")
    for plan in shards(recipe):
        file = lake.write_shard([], url, plan.name, split=plan.split, environment=plan.environment)
        record.add(lake.Receipt(plan.name, plan.split, plan.environment, "here:1", file, accepted=plan.quotas))
    record.finish({})
    with _between(object_store, first()) as proxy:
        assert generate(recipe, url).run_id is None  # nothing to do
    tables = Counter(prefix.split("/")[1] for prefix in _listed(proxy))
    assert tables == {"triplets": len(shards(recipe).places), "runs": 1, "judgements": 1, "top-ups": 1}


def test_reading_a_table_lists_it_once_and_fetches_what_is_asked_for(
    object_store: ObjectStore,
) -> None:
    url, rng = object_store.new_lake(), np.random.default_rng(1)
    triplets = [make_triplet(rng, make_frame(rng, size=256), size=256) for _ in range(3)]
    shards = [
        lake.write_shard(triplets, url, str(lake.ShardName("ab", index)), split="train", environment="room")
        for index in range(3)
    ]
    with _between(object_store, first()) as proxy:
        frame = lake.scan("triplets", url).group_by("operation").len().collect()
        assert frame["len"].sum() == 3 * len(triplets)
        assert sum("list-type=2" in path for _, path in proxy.requests) == 1
        assert len(proxy.requests) <= 1 + 4 * len(shards)
        assert proxy.bytes_sent < sum(shard.bytes for shard in shards) / 5


def test_reading_what_a_gate_has_passed_lists_no_other_judgements_and_fetches_no_pictures(
    object_store: ObjectStore,
) -> None:
    url, rng = object_store.new_lake(), np.random.default_rng(1)
    triplets = [make_triplet(rng, make_frame(rng, size=256), size=256) for _ in range(3)]
    shard = lake.write_shard(triplets, url, str(lake.ShardName("ab", 0)), split="train", environment="room")
    ids = [triplet.sample_id for triplet in triplets]
    judge(url, str(lake.ShardName("ab", 0)), [verdict(ids[0], True), verdict(ids[1], False)])
    judge(url, str(lake.ShardName("ab", 0)), [verdict(ids[2], True)], rubric="quality-2")
    with _between(object_store, first()) as proxy:
        frame = lake.accepted(url, judge="strict", rubric="quality").select("sample_id", "instruction").collect()
        assert frame["sample_id"].to_list() == ids[:1]
        assert [prefix.split("/", 1)[1] for prefix in _listed(proxy)] == [
            "triplets/v1/",
            "judgements/v1/judge=strict/rubric=quality/",
        ]
        assert proxy.bytes_sent < shard.bytes / 5


def test_uploads_that_nobody_will_finish_are_told_from_young_ones_and_can_be_dropped(object_store: ObjectStore) -> None:
    url = object_store.new_lake()
    bucket = url.split("/")[2]
    for key in ("lake/a", "elsewhere/a"):
        object_store.client.create_multipart_upload(Bucket=bucket, Key=key)
    store, soon = Store.open(url), datetime.now(UTC) + timedelta(days=1)
    (upload,) = store.unfinished_uploads(soon)
    assert store.key(upload.path) == "a"
    assert store.unfinished_uploads(upload.begun) == []
    store.abort_upload(upload)
    assert store.unfinished_uploads(soon) == []
    assert Store.open("memory://lake").unfinished_uploads(soon) == []


def test_whoever_is_first_puts_a_file_in_its_place(object_store: ObjectStore) -> None:
    store = Store.open(object_store.new_lake())
    assert store.publish_first("round", b"one") == b"one"
    assert store.publish_first("round", b"two") == b"one"


def _listed(proxy: FaultyProxy) -> list[str]:
    """The prefixes that keys were asked for, with the name of the lake before them."""
    queries = [parse_qs(urlsplit(path).query) for _, path in proxy.requests]
    # Where there is nothing, s3fs asks for one key more: it might be a file.
    return [query["prefix"][0] for query in queries if "list-type" in query and "max-keys" not in query]


def _key(fingerprint: str, index: int) -> str:
    folder = f"triplets/v1/split={PLACE['split']}/environment={PLACE['environment']}"
    return f"{folder}/{lake.ShardName(fingerprint, index)}.parquet"
