"""The lake: Parquet files with published schemas on a local disk or in object storage, written and read here."""

from gsi_ray.lake.errors import (
    DamagedShard,
    EmptyTable,
    GateError,
    LakeError,
    SampleNotFound,
    UnknownTable,
    UnreadableLake,
    UnsupportedLake,
    UnwritableLake,
)
from gsi_ray.lake.paths import ShardName
from gsi_ray.lake.publication import data_dictionary, publish_schemas, schema_json
from gsi_ray.lake.readers import read_edits, read_sample, read_samples, read_shard, samples, scan
from gsi_ray.lake.rows import triplet_of
from gsi_ray.lake.runs import Receipt, RunRecord
from gsi_ray.lake.schemas import TABLES, table_named
from gsi_ray.lake.shards import WrittenShard, finished_shards, tidy, write_rows, write_shard
from gsi_ray.lake.stores import require_writable
from gsi_ray.lake.verdicts import Gate, accepted

__all__ = [
    "TABLES",
    "DamagedShard",
    "EmptyTable",
    "Gate",
    "GateError",
    "LakeError",
    "Receipt",
    "RunRecord",
    "SampleNotFound",
    "ShardName",
    "UnknownTable",
    "UnreadableLake",
    "UnsupportedLake",
    "UnwritableLake",
    "WrittenShard",
    "accepted",
    "data_dictionary",
    "finished_shards",
    "publish_schemas",
    "read_edits",
    "read_sample",
    "read_samples",
    "read_shard",
    "require_writable",
    "samples",
    "scan",
    "schema_json",
    "table_named",
    "tidy",
    "triplet_of",
    "write_rows",
    "write_shard",
]
