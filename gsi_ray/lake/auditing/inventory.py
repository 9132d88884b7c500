"""What lies in a lake, by one listing: files of tables, records of runs, and what does not belong there."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from gsi_ray.lake import paths
from gsi_ray.lake.auditing.findings import Check, Finding, Severity
from gsi_ray.lake.auditing.reading import Damaged, damage_reported, open_parquet, read_if_there, rows
from gsi_ray.lake.schemas import RECEIPTS, TABLES
from gsi_ray.lake.shards import WrittenShard
from gsi_ray.lake.stores import Store

STRAY_TABLE_FILE = Check(
    "stray_table_file",
    Severity.ERROR,
    "Readers take every .parquet file in the folder of a table for a part of it: move this one out of the lake.",
)
STRAY_FILE = Check("stray_file", Severity.WARNING, "Nothing here reads it: move it out of the lake.")
LEFTOVER = Check("leftover", Severity.WARNING, "If nothing writes to the lake now, gsi-ray repair removes it.")
DAMAGED_RECORD = Check(
    "damaged_record",
    Severity.ERROR,
    "gsi-ray repair removes it: no sample is lost, but this run's shards are then without receipts.",
)
MISSING_FILE = Check(
    "missing_file",
    Severity.WARNING,
    "Unless it was removed on purpose, run again what wrote it: that makes only what is missing.",
)

_LEFTOVER = re.compile(r"(.*/)?\.[^/]+\.unfinished")
_RECORD = re.compile(r"runs/[^/]+/[^/]+|top-ups/.+")


@dataclass(frozen=True)
class Inventory:
    """The files of a lake by what they are; `findings` are about those that should not be there, or not so.

    `shards` are keys, in order, by the name of their table. `written` has what the receipts say of a file, by its key:
    one for each run that wrote it.
    """

    shards: Mapping[str, Sequence[str]]
    records: Sequence[str]
    written: Mapping[str, Sequence[WrittenShard]]
    findings: Sequence[Finding]


def take_inventory(store: Store) -> Inventory:
    """List a lake, and read the records of its runs. Raises `UnreadableLake`."""
    shards: dict[str, list[str]] = defaultdict(list)
    records: list[str] = []
    findings: list[Finding] = []
    for key in store.files("", ""):
        if _LEFTOVER.fullmatch(key):
            findings.append(LEFTOVER.finding(key, "is an unfinished file"))
        elif _RECORD.fullmatch(key):
            records.append(key)
        elif _is_shard(key):
            shards[key.split("/")[0]].append(key)
        elif key.split("/")[0] in TABLES and key.endswith(paths.SHARD_SUFFIX):
            findings.append(STRAY_TABLE_FILE.finding(key, "is not the name of a shard"))
        else:
            findings.append(STRAY_FILE.finding(key, "does not belong to a lake"))
    written = _written(store, records, findings)
    gone = sorted(set(written).difference(*shards.values()))
    findings += [MISSING_FILE.finding(key, "a run has written it, and it is gone") for key in gone]
    return Inventory(shards, records, written, findings)


def _is_shard(key: str) -> bool:
    try:
        parsed = paths.ShardKey.parse(key)
        paths.ShardName.parse(parsed.shard)
    except ValueError:
        return False
    table = TABLES.get(parsed.table)
    return table is not None and (parsed.version, tuple(parsed.partitions)) == (table.version, table.partitions)


def _written(store: Store, records: Sequence[str], findings: list[Finding]) -> dict[str, list[WrittenShard]]:
    """What all receipts say; records that cannot be read become findings."""
    receipts = set(paths.run_table_keys(RECEIPTS, records))
    written: dict[str, list[WrittenShard]] = defaultdict(list)
    for key in records:
        content = read_if_there(store, key)
        if content is None:  # a run has just put its receipts together
            continue
        try:
            for file in _receipts(content) if key in receipts else _nothing(key, content):
                written[file.path].append(file)
        except Damaged as damage:
            findings.append(DAMAGED_RECORD.finding(key, f"cannot be read: {damage}"))
    return written


def _receipts(content: bytes) -> Iterable[WrittenShard]:
    for row in rows(open_parquet(content), [field.name for field in fields(WrittenShard)]):
        if row["path"] is not None:
            yield WrittenShard(**row)


def _nothing(key: str, content: bytes) -> Iterable[WrittenShard]:
    """Records other than receipts tell of no files, but must be readable. Raises `Damaged`."""
    if key.endswith(paths.SHARD_SUFFIX):
        file = open_parquet(content)
        for _ in rows(file, file.schema_arrow.names):
            pass
    elif key.endswith(".json"):
        with damage_reported():
            json.loads(content)
    return ()
