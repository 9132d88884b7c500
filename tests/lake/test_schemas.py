from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from gsi_ray import lake
from gsi_ray.lake.schemas import IMAGE, Table

SCHEMAS = Path(__file__).parents[2] / "schemas"
EVERY_TABLE = pytest.mark.parametrize("table", lake.TABLES.values(), ids=lake.TABLES)


def test_the_published_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    lake.publish_schemas(lake.TABLES.values(), tmp_path)
    expected = {file.relative_to(tmp_path): file.read_text("utf-8") for file in tmp_path.rglob("*.*")}
    published = {file.relative_to(SCHEMAS): file.read_text("utf-8") for file in SCHEMAS.rglob("*.*")}
    assert published == expected, "run `gsi-ray schema --out schemas`"


def test_triplets_have_the_columns_of_the_design() -> None:
    mention = {"object_id": pa.string(), "category": pa.string(), "expression": pa.string()}
    words = dict.fromkeys(["direction", "relation", "placement", "superlative", "axis"], pa.string())
    numbers = dict.fromkeys(["distance_m", "angle_deg", "factor"], pa.float64())
    camera = {"width": pa.int32(), "height": pa.int32(), "intrinsics": 9, "rotation": 9, "translation": 3}
    record = {
        **{"object_id": pa.string(), "category": pa.string(), "instance": pa.int32(), "center": 3, "size": 3},
        **{"rotation": 9, "bbox_2d": 4, "visible_fraction": pa.float32(), "supported_by": pa.string()},
    }
    quality = {
        **{"changed_fraction": pa.float32(), "target_pixels_before": pa.int32(), "target_pixels_after": pa.int32()},
        **dict.fromkeys(["target_visible_before", "target_visible_after", "outside_change"], pa.float32()),
    }
    expected = {
        **dict.fromkeys(["sample_id", "split", "environment", "simulator", "simulator_version"], pa.string()),
        **dict.fromkeys(["scene_id", "view_id", "operation", "instruction", "instruction_zh"], pa.string()),
        **{"parameters": words | numbers, "target": mention, "reference": mention},
        **{"camera_before": camera, "camera_after": camera, "objects_before": [record], "objects_after": [record]},
        **{"transform": 16, "position_error_m": pa.float64(), "rotation_error_deg": pa.float64()},
        **{f"{kind}_{side}": IMAGE for kind in ("image", "depth", "instances") for side in ("before", "after")},
        **{"quality": quality, "seed": pa.int64(), "recipe": pa.string(), "generator_version": pa.string()},
        **{"inverse_of": pa.string(), "chain_id": pa.string(), "chain_step": pa.int32(), "difficulty": pa.float64()},
    }
    assert {field.name: _shape(field.type) for field in lake.TABLES["triplets"].schema} == expected
    assert pa.struct([("bytes", pa.binary()), ("path", pa.string())]) == IMAGE


def _shape(data_type: pa.DataType) -> object:
    """A struct as a dictionary, a list as a list, a fixed list of numbers as its length."""
    if data_type == IMAGE:
        return data_type
    if pa.types.is_struct(data_type):
        return {field.name: _shape(field.type) for field in data_type}
    if pa.types.is_fixed_size_list(data_type):
        return data_type.list_size
    if pa.types.is_list(data_type):
        return [_shape(data_type.value_type)]
    return data_type


@EVERY_TABLE
def test_partitions_are_columns_too(table: Table) -> None:
    assert set(table.partitions) <= set(table.schema.names)


@EVERY_TABLE
def test_hugging_face_features_cover_every_column_and_show_pictures(table: Table) -> None:
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert list(features) == table.schema.names
    for field in table.schema:
        assert (features[field.name] == {"_type": "Image"}) == (field.type == IMAGE)
        # A column of another nullability than `datasets` would give it loses its feature without a word.
        assert field.nullable or field.type != IMAGE


def test_an_unknown_table_is_named_with_the_nearest_right_name() -> None:
    with pytest.raises(lake.UnknownTable, match=r'"triplet".*did you mean "triplets"'):
        lake.table_named("triplet")


def test_the_data_dictionary_tells_meaning_unit_frame_and_null_of_nested_columns() -> None:
    dictionary = lake.data_dictionary(lake.TABLES["triplets"])
    line = next(line for line in dictionary.splitlines() if line.startswith("| `objects_before[].bbox_2d` |"))
    assert "exclusive | pixel | image: x right, y down | no pixel of it is seen |" in line
