"""The record of a run, as a run leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gsi_ray.lake import Receipt, RunRecord


def record_run(
    lake: str, run_id: str, receipts: Iterable[Receipt], *, recipe_yaml: str = "", summary: Mapping[str, Any] = {}
) -> None:
    """Record a run from its beginning to its end."""
    record = RunRecord(lake, run_id)
    record.begin(recipe_yaml)
    for receipt in receipts:
        record.add(receipt)
    record.finish(summary)
