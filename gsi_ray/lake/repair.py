"""Removes from a lake what is proven bad, so that it is made again, and nothing else.

A file is proven bad when it is not, byte for byte, what one of its receipts says; when it cannot be read to its last
page, or when a picture in it does not open; or when it has other columns than its table and no receipt. Nothing should
write to the lake meanwhile: a file that was just made again, on a machine that gives other bytes, and whose receipt is
still on its way, looks like one that was altered. It would only have to be made once more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from gsi_ray.lake import paths
from gsi_ray.lake.audit import Progress
from gsi_ray.lake.auditing.files import ALTERED_FILE, DAMAGED_FILE, FOREIGN_FILE, FileAudit, audit_file
from gsi_ray.lake.auditing.inventory import DAMAGED_RECORD, LEFTOVER, take_inventory
from gsi_ray.lake.auditing.pictures import UNDECODABLE
from gsi_ray.lake.auditing.processes import in_order
from gsi_ray.lake.stores import Store

_PROOFS = {check.name for check in (ALTERED_FILE, DAMAGED_FILE, UNDECODABLE)}
# Nobody is still sending what was begun so long ago.
_ABANDONED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class BadFile:
    """A file that is proven bad, and the proof in words."""

    key: str
    proof: str


@dataclass(frozen=True)
class Damage:
    """What can be removed from a lake.

    `leftovers` are unfinished files on a disk, which may be somebody's work. `uploads` is how many uploads to an object
    store were begun more than a day ago and did not end.
    """

    files: tuple[BadFile, ...]
    leftovers: tuple[str, ...]
    uploads: int

    @property
    def is_some(self) -> bool:
        """Whether there is anything to remove."""
        return bool(self.files or self.leftovers or self.uploads)


def find_damage(lake: str, *, workers: int = 1, progress: Progress | None = None) -> Damage:
    """Read every file of a lake, in so many processes at once, and say which are proven bad. Nothing is changed.

    Raises `UnreadableLake`, `UnsupportedLake` or `ProcessDied`.
    """
    store = Store.open(lake)
    leftovers = [finding.where for finding in take_inventory(store).findings if finding.check == LEFTOVER.name]
    uploads = store.unfinished_uploads(datetime.now(UTC) - _ABANDONED_AFTER)
    return Damage(tuple(_bad_files(lake, None, workers, progress)), tuple(leftovers), len(uploads))


def remove_damage(lake: str, damage: Damage) -> tuple[str, ...]:
    """Remove those of the bad files that still are, and what dead writers left; returns the keys of these bad files.

    Unfinished files of writers that live are left alone. Raises `UnwritableLake`, `UnreadableLake` or
    `UnsupportedLake`.
    """
    store = Store.open(lake)
    removed: list[str] = []
    for bad in _bad_files(lake, {bad.key for bad in damage.files}):
        store.remove([bad.key])
        removed.append(bad.key)
    if damage.leftovers:
        store.remove_leftovers("", "")
    for upload in store.unfinished_uploads(datetime.now(UTC) - _ABANDONED_AFTER):
        store.abort_upload(upload)
    return tuple(removed)


def recipes_of(lake: str, keys: Collection[str]) -> tuple[str, ...]:
    """Keys of the recipes, as runs have recorded them, that make these files of the table `triplets`.

    Raises `UnreadableLake` or `UnsupportedLake`.
    """
    wanted = {match[1] for key in keys if (match := re.search(r"/shard-([0-9a-z]+)-\d+\.parquet$", key))}
    recorded: dict[str, str] = {}
    for key in Store.open(lake).files(paths.RUNS, "/recipe.yaml"):
        fingerprints = wanted.intersection(key.split("/")[1].split("-"))
        recorded |= dict.fromkeys(fingerprints, key)
    return tuple(sorted(set(recorded.values())))


def _bad_files(
    lake: str, among: Collection[str] | None, workers: int = 1, progress: Progress | None = None
) -> Iterator[BadFile]:
    """All files that are proven bad, or those among some."""
    inventory = take_inventory(Store.open(lake))
    for finding in inventory.findings:
        if finding.check == DAMAGED_RECORD.name and (among is None or finding.where in among):
            yield BadFile(finding.where, finding.what)
    keys = [key for shards in inventory.shards.values() for key in shards if among is None or key in among]
    jobs = (partial(audit_file, lake, key, inventory.written.get(key, ()), pictures=True) for key in keys)
    samples = 0
    for done, audited in enumerate(in_order(jobs, workers), 1):
        if audited is not None:
            samples += audited.rows or 0
            yield from _proofs(audited)
        if progress is not None:
            progress(done, len(keys), samples)


def _proofs(audited: FileAudit) -> Iterator[BadFile]:
    """The first proof that a file is bad, if there is one. What a run wrote with other columns is older, not bad."""
    proofs = _PROOFS if audited.vouched_for else {*_PROOFS, FOREIGN_FILE.name}
    found = [finding for finding in audited.findings if finding.check in proofs]
    if found:
        yield BadFile(audited.key, found[0].what)
