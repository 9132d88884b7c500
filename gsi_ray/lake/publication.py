"""The published contract of the tables: `schemas/<table>/v<version>.json` for programs, `.md` for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from gsi_ray.lake.schemas import IMAGE, Table


def schema_json(table: Table) -> str:
    """The table's columns, nested as they are, with Arrow types and all that is known about them, as JSON."""
    document = {
        "table": table.name,
        "version": table.version,
        "description": table.meaning,
        "location": table.location,
        "partitions": table.partitions,
        "columns": [_described(field) for field in table.schema],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def data_dictionary(table: Table) -> str:
    """What every column of the table means, as Markdown."""
    lines = [
        f"# `{table.name}` v{table.version}",
        "",
        table.meaning,
        "",
        f"Files: `<lake>/{table.location}`",
        "",
        "A null is unknown or not applicable, never zero; a column without an entry under *null* never is null.",
        "",
        "| column | type | meaning | unit | frame | null |",
        "|---|---|---|---|---|---|",
        *(_dictionary_line(name, field) for name, field in _all_columns(table.schema)),
    ]
    return "\n".join(lines) + "\n"


def publish_schemas(tables: Iterable[Table], folder: Path) -> list[Path]:
    """Write both files of every table; returns their paths."""
    written: list[Path] = []
    for table in tables:
        place = folder / table.name
        place.mkdir(parents=True, exist_ok=True)
        for suffix, text in ((".json", schema_json(table)), (".md", data_dictionary(table))):
            file = place / f"v{table.version}{suffix}"
            file.write_text(text, encoding="utf-8")
            written.append(file)
    return written


def _described(field: pa.Field) -> dict[str, Any]:
    members = _members(field.type)
    return {
        "name": field.name,
        "type": _type_name(field.type),
        "nullable": "null" in _notes(field),
        **_notes(field),
        **({"members": [_described(member) for member in members]} if members else {}),
    }


def _dictionary_line(name: str, field: pa.Field) -> str:
    notes = _notes(field)
    cells = [
        f"`{name}`",
        f"`{_type_name(field.type)}`",
        *(notes.get(key, "") for key in ("description", "unit", "frame", "null")),
    ]
    return f"| {' | '.join(cells)} |"


def _all_columns(fields: Iterable[pa.Field], prefix: str = "") -> Iterator[tuple[str, pa.Field]]:
    """Columns with their members right after them: `target`, `target.category`; `objects_before[].size` in lists."""
    for field in fields:
        name = prefix + field.name
        yield name, field
        yield from _all_columns(_members(field.type), f"{name}[]." if pa.types.is_list(field.type) else f"{name}.")


def _members(data_type: pa.DataType) -> list[pa.Field]:
    """The members of a struct, or of the structs in a list, each with its description."""
    if pa.types.is_list(data_type):
        return _members(data_type.value_type)
    return list(data_type) if pa.types.is_struct(data_type) and data_type != IMAGE else []


def _type_name(data_type: pa.DataType) -> str:
    """Arrow's name of the type; the members of structs are listed on their own."""
    if pa.types.is_struct(data_type) and data_type != IMAGE:
        return "struct"
    if pa.types.is_fixed_size_list(data_type):
        return f"fixed_size_list<{_type_name(data_type.value_type)}>[{data_type.list_size}]"
    if pa.types.is_list(data_type):
        return f"list<{_type_name(data_type.value_type)}>"
    return str(data_type)


def _notes(field: pa.Field) -> dict[str, str]:
    return {key.decode(): text.decode() for key, text in field.metadata.items()}
