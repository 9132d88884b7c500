"""Which samples of a lake judges have not accepted. Judgements lie in shards that are named as those of the samples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from gsi_ray.lake import paths
from gsi_ray.lake.readers import read_columns
from gsi_ray.lake.schemas import JUDGEMENTS
from gsi_ray.lake.stores import Store


def judgements_by_shard(store: Store) -> dict[str, list[str]]:
    """Keys of the files of judgements, by the name of the shard that they are about. Raises `UnreadableLake`."""
    keys: dict[str, list[str]] = defaultdict(list)
    for key in store.files(paths.table_root(JUDGEMENTS), paths.SHARD_SUFFIX):
        keys[paths.ShardKey.parse(key).shard].append(key)
    return keys


def rejected_samples(store: Store, judgements: Iterable[str]) -> pa.Array:
    """Ids of the samples that any of these files does not accept, each once. Raises `DamagedShard`."""
    rejected: list[pa.Array] = []
    for key in judgements:
        judged = read_columns(store, key, ["sample_id", "editor", "accept"])
        # Judgements with an editor are about what that editor made of the sample.
        about_truth = pc.is_null(judged["editor"])
        refused = pc.fill_null(pc.invert(judged["accept"]), False)
        rejected += judged.filter(pc.and_(about_truth, refused))["sample_id"].chunks
    return pc.unique(pa.chunked_array(rejected, pa.string()))
