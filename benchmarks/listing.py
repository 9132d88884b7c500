"""What it takes to find out which shards are there, and how hot their prefixes get, with a billion samples in a lake.

python -m benchmarks.listing requests      listings of a simulated store with 8.3 million shards
python -m benchmarks.listing prefixes      requests per second for one prefix, against what S3 promises for it

The store is simulated: it works out which keys a listing gives, in pages of a thousand as S3 does, and keeps none.
What is asked of it is asked by the code that asks a real one.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
from botocore.parsers import ResponseParserFactory
from botocore.session import Session
from fsspec import AbstractFileSystem
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.resident import resident_mb
from gsi_ray.lake import paths
from gsi_ray.lake.s3 import PART_BYTES, timestamp
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.shards import LISTINGS_AT_ONCE, listed_shards
from gsi_ray.lake.stores import Store
from gsi_ray.recipes import load_recipe, shards, with_samples

KEYS_PER_PAGE = 1000
"""Of ListObjectsV2."""

PAGE_SECONDS = 0.2
"""An assumption: what a store in the same region takes for one page."""

PUTS_PER_SECOND = 3500
GETS_PER_SECOND = 5500
"""What S3 promises for every prefix, and for a newly hot one at once: docs.aws.amazon.com/AmazonS3/latest/userguide,
"Best practices design patterns: optimizing Amazon S3 performance"."""

SAMPLES = 10**9
CLUSTERS = 10
FINGERPRINT = "0123456789ab"

SHARD_CORE_SECONDS = 150
SHARD_BYTES = 40_000_000
"""Of 120 samples at 512 px, as `gsi-ray plan` says."""


class SimulatedStore(AbstractFileSystem):
    """A store that holds `spans` of the shards of one recipe, by folder, without those where index % 1000 < `gaps`.

    It counts pages in `requests`, by folder; `largest` is the most keys that one listing gave.
    """

    protocol = "simulated"
    cachable = False

    def __init__(self, spans: Mapping[str, range], gaps: int = 0) -> None:
        super().__init__()
        self.requests: Counter[str] = Counter()
        self.empty = 0
        self.largest = 0
        self._spans = spans
        self._gaps = gaps
        self._lock = threading.Lock()

    def find(self, path: str, maxdepth: int | None = None, prefix: str = "", **options: Any) -> list[str]:
        """The keys in a folder that begin so."""
        digits = prefix.removeprefix(f"shard-{FINGERPRINT}-")
        span, missing = self._spans[path], paths.INDEX_DIGITS - len(digits)
        first, last = int(digits + "0" * missing), int(digits + "9" * missing)
        indices = np.arange(max(first, span.start), min(last + 1, span.stop))
        indices = indices[indices % 1000 >= self._gaps]
        with self._lock:
            self.requests[path] += max(1, math.ceil(len(indices) / KEYS_PER_PAGE))
            self.empty += not len(indices)
            self.largest = max(self.largest, len(indices))
        return [f"{path}/shard-{FINGERPRINT}-{index:08d}.parquet" for index in indices.tolist()]


def folders() -> dict[str, range]:
    """Where the shards of gsi-syn-train are, made a billion samples large: their folders, and which are in each."""
    recipe = load_recipe("gsi-syn-train")
    plans = shards(with_samples(recipe, SAMPLES // sum(len(cell.operations) for cell in recipe.cells)))
    spans: dict[str, range] = {}
    start = 0
    for batch in plans.batches:
        partitions = {"environment": batch.environment, "split": batch.split}
        spans[paths.shard_folder(TRIPLETS, partitions)] = range(start, start + batch.shards)
        start += batch.shards
    return spans


def listed(asked: range, stored: range, gaps: int = 0) -> tuple[SimulatedStore, NDArray[np.bool_]]:
    """What a run that asks for a span of shards is told when another span is stored, and the store that was asked."""
    spans = {
        f"lake/{folder}": range(max(span.start, stored.start), max(span.start, min(span.stop, stored.stop)))
        for folder, span in folders().items()
    }
    simulated = SimulatedStore(spans, gaps)
    return simulated, listed_shards(Store("simulated://lake", simulated, "lake"), FINGERPRINT, asked, list(folders()))


def page_cpu_seconds() -> float:
    """What the client takes to understand one page."""
    session = Session()
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=timestamp)
    shape = session.get_service_model("s3").operation_model("ListObjectsV2").output_shape
    keys = "".join(
        f"<Contents><Key>{quote(folder)}/shard-{FINGERPRINT}-{index:08d}.parquet</Key><Size>{SHARD_BYTES}</Size>"
        "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for folder in [f"lake/{next(iter(folders()))}"]
        for index in range(KEYS_PER_PAGE)
    )
    answer = {"status_code": 200, "headers": {}, "body": f"<ListBucketResult>{keys}</ListBucketResult>".encode()}
    parser = factory.create_parser("rest-xml")

    def once() -> float:
        started = time.process_time()
        parser.parse(answer, shape)
        return time.process_time() - started

    return min(once() for _ in range(10))


def requests() -> Table:
    """Listings of a whole recipe, of the part of one cluster, and of runs that go on."""
    everything = range(max(span.stop for span in folders().values()))
    part = range(4 * len(everything) // CLUSTERS, 5 * len(everything) // CLUSTERS)
    questions = {
        "whole recipe, finished": (everything, everything, 0),
        "whole recipe, one shard in a thousand missing": (everything, everything, 1),
        "whole recipe, just begun": (everything, range(20_000), 0),
        f"one of {CLUSTERS} clusters, all finished": (part, everything, 0),
        f"one of {CLUSTERS} clusters, its part half done": (part, range(part.start, part.start + len(part) // 2), 0),
        "a range of 100 shards": (range(part.start, part.start + 100), everything, 0),
    }
    page_cpu = page_cpu_seconds()
    table = Table(
        "what is asked for, and what is there",
        "shards",
        "found",
        "requests",
        "of them empty",
        "seconds",
        "memory grows by",
        title=f"Finding out what is there: {len(everything):,} shards of {SAMPLES:,} samples",
        caption=f"A request takes {PAGE_SECONDS} s, {LISTINGS_AT_ONCE} at once; parsing a page takes {page_cpu:.3f} s.",
    )
    for question, (asked, stored, gaps) in questions.items():
        memory = resident_mb()
        store, found = listed(asked, stored, gaps)
        count = store.requests.total()
        table.add_row(
            question,
            f"{len(asked):,}",
            f"{found.sum():,}",
            f"{count:,}",
            f"{store.empty:,}",
            f"{count * PAGE_SECONDS / LISTINGS_AT_ONCE + (count - store.empty) * page_cpu:,.1f}",
            f"{max(resident_mb() - memory, 0):.0f} MB",
        )
    return table


def prefixes() -> Table:
    """All writers in one prefix, which is the worst case: shards that are made at the same time are neighbours."""
    per_shard = math.ceil(SHARD_BYTES / PART_BYTES) + 2  # its parts, their beginning, and their end
    table = Table(
        "cores",
        "shards/s",
        "PUT/s",
        f"of {PUTS_PER_SECOND:,}",
        "a billion samples in",
        title=f"Writers in one prefix: shards of {SHARD_BYTES / 1e6:.0f} MB in {SHARD_CORE_SECONDS} core-seconds",
        caption=f"Listing asks {LISTINGS_AT_ONCE / PAGE_SECONDS:.0f} times a second, of {GETS_PER_SECOND:,} GET/s.",
    )
    count = max(span.stop for span in folders().values())
    for cores in (100, 1_000, 10_000, 100_000):
        rate = cores / SHARD_CORE_SECONDS
        table.add_row(
            f"{cores:,}",
            f"{rate:,.1f}",
            f"{rate * per_shard:,.0f}",
            f"{rate * per_shard / PUTS_PER_SECOND:.1%}",
            f"{count / rate / 86_400:,.1f} days",
        )
    return table


def main(names: list[str]) -> None:
    """Print the named tables, or all."""
    tables = {"requests": requests, "prefixes": prefixes}
    for name in names or tables:
        Console().print(tables[name]())


if __name__ == "__main__":
    main(sys.argv[1:])
