"""One file of a table: is it whole, is it what its run wrote, and does it hold what it should?"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.parquet as pq

from gsi_ray.lake import paths
from gsi_ray.lake.auditing.balance import Counts, tally
from gsi_ray.lake.auditing.findings import Check, Finding, Severity
from gsi_ray.lake.auditing.pictures import UNDECODABLE, opening_findings, picture_findings
from gsi_ray.lake.auditing.reading import Damaged, open_parquet, read_if_there, rows
from gsi_ray.lake.auditing.sharing import TraceCollector, Traces
from gsi_ray.lake.auditing.truth import truth_findings
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import IMAGE, TABLES, TRIPLETS, Table
from gsi_ray.lake.shards import WrittenShard
from gsi_ray.lake.stores import Store

_REPAIR = "gsi-ray repair removes the file; then run again what wrote it, which makes only what is missing."

DAMAGED_FILE = Check("damaged_file", Severity.ERROR, _REPAIR)
FOREIGN_FILE = Check("foreign_file", Severity.ERROR, _REPAIR)
ALTERED_FILE = Check("altered_file", Severity.ERROR, _REPAIR)
WRONG_RECEIPT = Check(
    "wrong_receipt", Severity.ERROR, "Remove the file and make it again, for a receipt that is right; and report it."
)
WRONG_PLACE = Check("wrong_place", Severity.ERROR, "Move the file to the folder of its rows, or remove it.")
MALFORMED_ID = Check("malformed_sample_id", Severity.ERROR, "Remove the file, and make it again.")


@dataclass(frozen=True, eq=False)
class FileAudit:
    """What there is to say about one file; `counts` and `traces` are of samples.

    `vouched_for` says that it is, byte for byte, what a run wrote. `rows` is None if they could not be read.
    """

    key: str
    vouched_for: bool = False
    rows: int | None = None
    findings: tuple[Finding, ...] = ()
    counts: Counts = field(default_factory=Counter)
    traces: Traces = field(default_factory=lambda: TraceCollector().traces())


def audit_file(lake: str, key: str, written: Sequence[WrittenShard], *, pictures: bool) -> FileAudit | None:
    """Look into one file of a table; None if it is gone by now.

    `written` is what receipts say of it: where there are any, it must be what one of them says. With `pictures`, all of
    it is read; without, only its other columns, and of the receipts the rows and the bytes are compared. Raises
    `UnreadableLake`.
    """
    store = Store.open(lake)
    if not pictures:
        try:
            with store.file_system.open(store.path(key)) as file:
                size = file.seek(0, os.SEEK_END)
                vouchers = [receipt for receipt in written if receipt.bytes == size]
                if written and not vouchers:
                    return _altered(key, f"{size:,} bytes")
                return _compared(_content_audit(key, open_parquet(file), pictures=False), vouchers)
        except (OSError, Damaged):  # damaged, or out of reach? Reading all of it tells.
            pass
    content = read_if_there(store, key)
    if content is None:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    vouchers = [receipt for receipt in written if receipt.sha256 == sha256]
    if written and not vouchers:
        return _altered(key, f"{len(content):,} bytes with SHA-256 {sha256[:12]}...")
    try:
        audited = _content_audit(key, open_parquet(content), pictures=True)
    except Damaged as damage:
        audited = FileAudit(key, findings=(DAMAGED_FILE.finding(key, f"cannot be read: {damage}"),))
    return replace(_compared(audited, vouchers), vouched_for=bool(vouchers))


def _altered(key: str, found: str) -> FileAudit:
    return FileAudit(key, findings=(ALTERED_FILE.finding(key, f"is not what its run wrote: {found}"),))


def _compared(audited: FileAudit, vouchers: Sequence[WrittenShard]) -> FileAudit:
    """With a finding if the receipts of the file give another number of rows."""
    told = {receipt.rows for receipt in vouchers}
    if not told or audited.rows is None or audited.rows in told:
        return audited
    finding = WRONG_RECEIPT.finding(audited.key, f"has {audited.rows} rows, its receipts say {sorted(told)}")
    return replace(audited, findings=(*audited.findings, finding))


def _content_audit(key: str, file: pq.ParquetFile, *, pictures: bool) -> FileAudit:
    """Raises `Damaged`."""
    table = TABLES[paths.ShardKey.parse(key).table]
    problem = _schema_problem(table, file.schema_arrow)
    if problem is not None:
        return FileAudit(key, findings=(FOREIGN_FILE.finding(key, problem),))
    findings: list[Finding] = []
    misplaced: dict[str, Finding] = {}
    counts: Counts = Counter()
    collector = TraceCollector()
    for row in _table_rows(table, file, pictures):
        misplaced = dict(_place_findings(row, key)) | misplaced
        if table is TRIPLETS:
            findings += _sample_findings(row, key, collector, pictures)
            counts.update(tally(row))
        elif pictures:
            findings += opening_findings(row, [name for name in _pictures(table) if row[name] is not None], key)
    findings += misplaced.values()
    return FileAudit(
        key, rows=file.metadata.num_rows, findings=tuple(findings), counts=counts, traces=collector.traces()
    )


def _sample_findings(row: Row, key: str, collector: TraceCollector, pictures: bool) -> Iterator[Finding]:
    where = f"sample {row['sample_id']} in {key}"
    if not re.fullmatch("[0-9a-f]{32}", row["sample_id"]):
        yield MALFORMED_ID.finding(where, "sample_id is not 32 hex digits")
    yield from truth_findings(row, where)
    collector.add(row)
    if pictures:
        found = list(picture_findings(row, where))
        yield from found
        if not any(finding.check == UNDECODABLE.name for finding in found):
            collector.add_pictures(row)


def _place_findings(row: Row, key: str) -> Iterator[tuple[str, Finding]]:
    """Partitions of the folder that are not those of a row."""
    for name, value in paths.ShardKey.parse(key).partitions.items():
        if row[name] != value:
            yield name, WRONG_PLACE.finding(key, f"holds rows of {name} {row[name]!r}, such as {row['sample_id']}")


def _pictures(table: Table) -> list[str]:
    return [column.name for column in table.schema if column.type == IMAGE]


def _table_rows(table: Table, file: pq.ParquetFile, pictures: bool) -> Iterator[Row]:
    """All rows, with None in columns that came later than the file; without pictures unless they are asked for."""
    stored = set(file.schema_arrow.names)
    wanted = [name for name in table.schema.names if pictures or name not in _pictures(table)]
    absent = dict.fromkeys(name for name in wanted if name not in stored)
    for row in rows(file, [name for name in wanted if name in stored]):
        yield {**row, **absent}


def _schema_problem(table: Table, stored: pa.Schema) -> str | None:
    """How a file's columns are not those of the table, be it older or newer than this program.

    An older file can lack columns that may be null, and a newer one have more of them; none does both.
    """
    if len(set(stored.names)) < len(stored.names):
        return "has two columns of one name"
    absent = [column for column in table.schema if column.name not in stored.names]
    unknown = [column for column in stored if column.name not in table.schema.names]
    if absent and (unknown or not all(column.nullable for column in absent)):
        return f"has no column {absent[0].name}, and so is no file of {table.name}"
    if not all(column.nullable for column in unknown):
        return f"has a column {unknown[0].name}, and so is no file of {table.name}"
    for column in table.schema:
        found = stored.field(column.name) if column not in absent else column
        if found.type != column.type:
            return f"column {column.name} is {found.type}, and should be {column.type}"
        if found.nullable and not column.nullable:
            return f"column {column.name} can be null, and should not"
    return None
