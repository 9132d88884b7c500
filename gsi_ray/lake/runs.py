"""What a run leaves besides its shards: its recipe, a receipt for every shard, the rejections, and a summary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gsi_ray.lake import paths
from gsi_ray.lake.schemas import RECEIPTS, REJECTIONS
from gsi_ray.lake.shards import WrittenShard, parquet_bytes
from gsi_ray.lake.stores import Store


@dataclass(frozen=True)
class Receipt:
    """What a worker hands back for a shard. `file` is None, and `error` says why, if the shard failed.

    `accepted` counts samples per operation, `rejected` candidates per (operation, rejection); `seconds` is wall time
    per phase; `worker` names the host and the process.
    """

    shard: str
    split: str
    environment: str
    worker: str
    file: WrittenShard | None = None
    accepted: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[tuple[str, str], int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None


def write_run(
    lake: str, run_id: str, *, recipe_yaml: str, receipts: Sequence[Receipt], summary: Mapping[str, Any]
) -> None:
    """Record a run in the lake; `summary` is anything JSON can hold. Raises `UnwritableLake` or `UnsupportedLake`."""
    store = Store.open(lake)
    ordered = sorted(receipts, key=lambda receipt: receipt.shard)
    files = {
        "recipe.yaml": recipe_yaml.encode(),
        "receipts.parquet": parquet_bytes(RECEIPTS, [_receipt_row(run_id, receipt) for receipt in ordered]),
        "rejections.parquet": parquet_bytes(REJECTIONS, _rejection_rows(run_id, receipts)),
        # Last: who finds a summary finds the rest.
        "summary.json": (json.dumps(summary, indent=2, ensure_ascii=False) + "\n").encode(),
    }
    for name, content in files.items():
        store.publish(paths.run_file(run_id, name), content)


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
    }


def _rejection_rows(run_id: str, receipts: Sequence[Receipt]) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for receipt in receipts:
        for (operation, rejection), count in receipt.rejected.items():
            counts[receipt.environment, operation, rejection] += count
    return [
        {"run_id": run_id, "environment": environment, "operation": operation, "rejection": rejection, "count": count}
        for (environment, operation, rejection), count in sorted(counts.items())
    ]
