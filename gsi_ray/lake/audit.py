"""Looks through a whole lake for what is damaged, untrue, shared where it must not be, or lopsided."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from gsi_ray.lake.auditing.balance import Counts, balance_findings
from gsi_ray.lake.auditing.files import audit_file
from gsi_ray.lake.auditing.findings import CheckResult, Findings, Severity
from gsi_ray.lake.auditing.inventory import take_inventory
from gsi_ray.lake.auditing.processes import in_order
from gsi_ray.lake.auditing.sharing import Comparison
from gsi_ray.lake.errors import EmptyTable
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.stores import Store

Progress = Callable[[int, int, int], None]
"""Is told how many files are done, how many there are, and how many samples those that are done hold."""


@dataclass(frozen=True, eq=False)
class AuditReport:
    """What an audit found.

    All `files` were looked into; of `opened` of them, the pictures too. `without_receipt` are those of samples that no
    run vouches for, because it was killed. `counts` says how many samples there are of each kind.
    """

    lake: str
    files: int
    opened: int
    without_receipt: int
    samples: int
    results: tuple[CheckResult, ...]
    counts: Counts

    def count(self, severity: Severity) -> int:
        """How many findings are so bad."""
        return sum(result.count for result in self.results if result.severity is severity)


def audit(lake: str, *, pictures: float = 1.0, workers: int = 1, progress: Progress | None = None) -> AuditReport:
    """Look through a lake, in so many processes at once. Nothing in it is changed.

    Of a share of the files (`pictures`, from 0 to 1, always the same ones) the pictures are opened and the contents
    compared with the receipts; of the others, all columns but the pictures are read. Memory does not grow with the
    number of samples: a few hundred bytes for each wait in a temporary folder. Raises `EmptyTable`, `UnreadableLake`,
    `UnsupportedLake` or `ProcessDied`.
    """
    inventory = take_inventory(Store.open(lake))
    keys = [key for shards in inventory.shards.values() for key in shards]
    if not keys:
        raise EmptyTable(f"The lake {lake!r} holds nothing to audit: check its address, or fill it first.")
    opened = {key for key in keys if _is_among(pictures, key)}
    findings, counts = Findings(), Counts()
    findings.add(inventory.findings)
    without_receipt = samples = 0
    with TemporaryDirectory(prefix="gsi-ray-audit-") as folder:
        comparison = Comparison(Path(folder))
        look = partial(audit_file, lake)
        jobs = (partial(look, key, inventory.written.get(key, ()), pictures=key in opened) for key in keys)
        for done, audited in enumerate(in_order(jobs, workers), 1):
            if audited is not None:
                is_sample_file = audited.key.startswith(f"{TRIPLETS.name}/")
                findings.add(audited.findings)
                counts.update(audited.counts)
                comparison.add(audited.key, audited.traces)
                samples += (audited.rows or 0) * is_sample_file
                without_receipt += is_sample_file and audited.key not in inventory.written
            if progress is not None:
                progress(done, len(keys), samples)
        findings.add(comparison.findings())
    findings.add(balance_findings(counts))
    return AuditReport(lake, len(keys), len(opened), without_receipt, samples, findings.results(), counts)


def _is_among(share: float, key: str) -> bool:
    """Whether a file is among a share of all, chosen by its name alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) < share * 2**64
