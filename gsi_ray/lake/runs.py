"""What a run leaves besides its shards: its recipe, a receipt for every shard, the rejections, and a summary.

While it goes on, receipts are stored in parts, so that others can follow it, and a run that is killed has still told
what it did; when it ends, the parts become one file.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pyarrow.parquet as pq

from gsi_ray.lake import paths
from gsi_ray.lake.schemas import RECEIPTS, REJECTIONS
from gsi_ray.lake.shards import WrittenShard, parquet_bytes, parquet_writer
from gsi_ray.lake.stores import Store

_PART_SECONDS = 30.0
PART_RECEIPTS = 1000


@dataclass(frozen=True)
class Receipt:
    """What a worker hands back for a shard. `file` is None, and `error` says why, if the shard failed.

    `scenes` is how many it looked into, `accepted` counts samples per operation, `rejected` candidates per (operation,
    rejection); `seconds` is wall time per phase; `worker` names the host and the process.
    """

    shard: str
    split: str
    environment: str
    worker: str
    file: WrittenShard | None = None
    scenes: int | None = None
    accepted: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[tuple[str, str], int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None
    finished_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class RunRecord:
    """The record of one run in a lake. It holds no more than the receipts of half a minute. Raises `UnwritableLake`."""

    def __init__(self, lake: str, run_id: str) -> None:
        self._store = Store.open(lake)
        self.run_id = run_id
        self._pending: list[Receipt] = []
        self._parts: list[str] = []
        self._stored_at = time.monotonic()
        self._rejections: Counter[tuple[str, str, str]] = Counter()

    def begin(self, recipe_yaml: str) -> None:
        """The run is on."""
        self._publish("recipe.yaml", recipe_yaml.encode())

    def add(self, receipt: Receipt) -> None:
        """One more shard is done, or has failed."""
        self._pending.append(receipt)
        for (operation, rejection), count in receipt.rejected.items():
            self._rejections[receipt.environment, operation, rejection] += count
        if len(self._pending) >= PART_RECEIPTS or time.monotonic() - self._stored_at > _PART_SECONDS:
            self._store_part()

    def finish(self, summary: Mapping[str, Any]) -> None:
        """The run is over; `summary` is anything JSON can hold."""
        self._store_part()
        content = io.BytesIO()
        with parquet_writer(RECEIPTS, content) as receipts:
            for part in self._parts:
                receipts.write_table(pq.read_table(io.BytesIO(self._store.read(part)), schema=RECEIPTS.schema))
        self._publish("receipts.parquet", content.getvalue())
        self._publish("rejections.parquet", parquet_bytes(REJECTIONS, self._rejection_rows()))
        self._store.remove(self._parts)
        # Last: who finds a summary finds the rest.
        self._publish("summary.json", (json.dumps(summary, indent=2, ensure_ascii=False) + "\n").encode())

    def _store_part(self) -> None:
        name = paths.receipts_part(len(self._parts))
        pending = sorted(self._pending, key=lambda receipt: receipt.shard)
        self._publish(name, parquet_bytes(RECEIPTS, [_receipt_row(self.run_id, receipt) for receipt in pending]))
        self._parts.append(paths.run_file(self.run_id, name))
        self._pending.clear()
        self._stored_at = time.monotonic()

    def _publish(self, name: str, content: bytes) -> None:
        self._store.publish(paths.run_file(self.run_id, name), content)

    def _rejection_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "run_id": self.run_id,
                "environment": environment,
                "operation": operation,
                "rejection": rejection,
                "count": count,
            }
            for (environment, operation, rejection), count in sorted(self._rejections.items())
        ]


def _receipt_row(run_id: str, receipt: Receipt) -> dict[str, Any]:
    file = receipt.file
    return {
        "run_id": run_id,
        "shard": receipt.shard,
        "split": receipt.split,
        "environment": receipt.environment,
        "path": file and file.path,
        "rows": file and file.rows,
        "bytes": file and file.bytes,
        "sha256": file and file.sha256,
        "accepted": [{"operation": name, "count": count} for name, count in sorted(receipt.accepted.items())],
        "rejected": [
            {"operation": operation, "rejection": rejection, "count": count}
            for (operation, rejection), count in sorted(receipt.rejected.items())
        ],
        "seconds": [{"phase": phase, "seconds": seconds} for phase, seconds in receipt.seconds.items()],
        "worker": receipt.worker,
        "error": receipt.error,
        "scenes": receipt.scenes,
        "finished_at": receipt.finished_at,
    }


@dataclass(frozen=True)
class RecordedRun:
    """What the folder of a run holds besides tables; there is no `summary` before the run has ended."""

    id: paths.RunId
    summary: Mapping[str, Any] | None


def recorded_runs(lake: str) -> list[RecordedRun]:
    """The runs that generated what is in a lake, and those that are about to, by recipe and time; one listing.

    Raises `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    found = []
    for name, keys in groupby(store.files(paths.RUNS, ""), key=lambda key: key.split("/")[1]):
        files = {key.rpartition("/")[2]: key for key in keys}
        try:
            run_id = paths.RunId.parse(name)
        except ValueError:
            continue  # of another kind
        if "recipe.yaml" in files:
            summary = files.get("summary.json")
            found.append(RecordedRun(run_id, json.loads(store.read(summary)) if summary else None))
    return sorted(found, key=lambda run: run.id)


def read_recipe(lake: str, run: paths.RunId) -> bytes:
    """The recipe of a run, as YAML. Raises `UnreadableLake` or `UnsupportedLake`."""
    return Store.open(lake).read(paths.run_file(str(run), "recipe.yaml"))
