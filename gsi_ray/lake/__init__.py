"""The lake: Parquet files with published schemas on a local disk or in object storage, written and read here."""

from gsi_ray.lake.errors import (
    DamagedShard,
    EmptyTable,
    LakeError,
    SampleNotFound,
    UnknownTable,
    UnreadableLake,
    UnsupportedLake,
    UnwritableLake,
)
from gsi_ray.lake.paths import ShardName
from gsi_ray.lake.publication import data_dictionary, publish_schemas, schema_json
from gsi_ray.lake.readers import read_sample, read_samples, read_shard, samples, scan
from gsi_ray.lake.rows import triplet_of
from gsi_ray.lake.runs import Receipt, write_run
from gsi_ray.lake.schemas import TABLES, table_named
from gsi_ray.lake.shards import WrittenShard, existing_shards, write_rows, write_shard
from gsi_ray.lake.stores import require_writable

__all__ = [
    "TABLES",
    "DamagedShard",
    "EmptyTable",
    "LakeError",
    "Receipt",
    "SampleNotFound",
    "ShardName",
    "UnknownTable",
    "UnreadableLake",
    "UnsupportedLake",
    "UnwritableLake",
    "WrittenShard",
    "data_dictionary",
    "existing_shards",
    "publish_schemas",
    "read_sample",
    "read_samples",
    "read_shard",
    "require_writable",
    "samples",
    "scan",
    "schema_json",
    "table_named",
    "triplet_of",
    "write_rows",
    "write_run",
    "write_shard",
]
