"""What Ray exports of a generation to Prometheus: names get `ray_` before them, and those of counters `_total` behind.

Workers count what they make, and the driver what is left; the rest (CPUs, memory, GPUs) Ray exports by itself.
"""

from __future__ import annotations

from ray.util.metrics import Counter, Gauge

from gsi_ray.lake.runs import Receipt

_SAMPLES_ACCEPTED = Counter(
    "gsi_ray_samples_accepted", "Verified samples that are in the lake.", ("operation", "environment")
)
_CANDIDATES_REJECTED = Counter(
    "gsi_ray_candidates_rejected", "Edits that were tried and did not become samples.", ("operation", "rejection")
)
_PHASE_SECONDS = Counter(
    "gsi_ray_phase_seconds", "Wall time of the workers: in physics, rendering, encoding, and in total.", ("phase",)
)
_SHARD_BYTES = Counter("gsi_ray_shard_bytes", "Bytes of the shards that are in the lake.")
_WORKER_RESTARTS = Counter(
    "gsi_ray_worker_restarts", "Simulator processes that were replaced: died, stalled, failed, worn_out.", ("reason",)
)
_SHARDS_FAILED = Counter("gsi_ray_shards_failed", "Shards that were given up.", ("recipe",))
_SHARDS_LEFT = Gauge("gsi_ray_shards_left", "Shards that are still to be made, or are being made.", ("recipe",))


def count_shard(receipt: Receipt) -> None:
    """A worker has made a shard."""
    for operation, count in receipt.accepted.items():
        _add(_SAMPLES_ACCEPTED, count, operation=operation, environment=receipt.environment)
    for (operation, rejection), count in receipt.rejected.items():
        _add(_CANDIDATES_REJECTED, count, operation=operation, rejection=rejection)
    for phase, seconds in receipt.seconds.items():
        _add(_PHASE_SECONDS, seconds, phase=phase)
    if receipt.file is not None:
        _add(_SHARD_BYTES, receipt.file.bytes)


def count_restart(reason: str) -> None:
    """A worker has to replace its simulator's process, for one of the reasons above."""
    _add(_WORKER_RESTARTS, 1, reason=reason)


def count_failed(recipe: str, shards: int) -> None:
    """A run has given up so many shards of a recipe (its name and fingerprint)."""
    _add(_SHARDS_FAILED, shards, recipe=recipe)


def show_left(recipe: str, shards: int) -> None:
    """So many shards of a recipe (its name and fingerprint) are left to a run."""
    _SHARDS_LEFT.set(shards, {"recipe": recipe})


def _add(counter: Counter, amount: float, **tags: str) -> None:
    if amount > 0:  # Ray's counters refuse to count nothing
        counter.inc(amount, tags)
