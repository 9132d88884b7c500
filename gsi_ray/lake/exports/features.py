"""Columns as the head of a data card on the Hugging Face Hub describes them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from gsi_ray.lake.schemas import IMAGE


def feature(name: str, data_type: pa.DataType) -> dict[str, Any]:
    """A column, or a member of a struct. The Hub wants the keys in this order."""
    return {"name": name, **_described(data_type)}


def _described(data_type: pa.DataType) -> dict[str, Any]:
    if data_type == IMAGE:
        return {"dtype": "image"}
    if pa.types.is_struct(data_type):
        return {"struct": [feature(member.name, member.type) for member in data_type]}
    if pa.types.is_fixed_size_list(data_type):
        return {**_list(data_type.value_type), "length": data_type.list_size}
    if pa.types.is_list(data_type):
        return _list(data_type.value_type)
    # Arrow's own names for the floats are half as wide as they sound.
    return {"dtype": {"double": "float64", "float": "float32"}.get(str(data_type), str(data_type))}


def _list(of: pa.DataType) -> dict[str, Any]:
    element = _described(of)
    return {"list": element.get("dtype") or element["struct"]}
