"""What judges think of the samples of a lake: of the ground truth, not of what an editor made of it.

Judgements lie in shards that are named as those of the samples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from gsi_ray.errors import did_you_mean
from gsi_ray.lake import paths
from gsi_ray.lake.errors import EmptyTable, GateError
from gsi_ray.lake.readers import read_columns, scan, scan_partition
from gsi_ray.lake.schemas import JUDGEMENTS
from gsi_ray.lake.stores import Store


@dataclass(frozen=True)
class Gate:
    """One judge with one rubric, whose word alone decides which samples count.

    It passes what that judge accepts; what it has no verdict on, or an error in place of one, waits.
    """

    judge: str
    rubric: str

    @staticmethod
    def of(judge: str | None, rubric: str | None) -> Gate | None:
        """The gate that these make together, if they are given. Raises `GateError` for one without the other."""
        if judge is None and rubric is None:
            return None
        if judge is None or rubric is None:
            raise GateError("Only a judge and a rubric together are a gate: give both, or neither.")
        return Gate(judge, rubric)

    def __str__(self) -> str:
        return f"{self.judge} ({self.rubric})"


def accepted(lake: str, *, judge: str | None = None, rubric: str | None = None) -> pl.LazyFrame:
    """Those rows of `triplets` that the gate of this judge and rubric has passed, as `scan` gives them.

    Without a gate, those that no judge has rejected by any rubric. Raises `GateError`, or what `scan` does.

    >>> accepted("lake", judge="qwen3-vl-8b", rubric="plausibility").group_by("operation").len()  # doctest: +SKIP
    """
    gate = Gate.of(judge, rubric)
    triplets = scan("triplets", lake)
    try:
        judgements = scan_partition(JUDGEMENTS, _partitions(gate), lake)
    except EmptyTable as error:
        if gate is None:
            return triplets
        raise unknown_gate(Store.open(lake), gate) from error
    about_truth = judgements.filter(pl.col("editor").is_null())
    if gate is None:
        return triplets.join(about_truth.filter(~pl.col("accept")), on="sample_id", how="anti")
    return triplets.join(about_truth.filter(pl.col("accept")), on="sample_id", how="semi")


@dataclass(frozen=True)
class Verdicts:
    """Ids of samples, each once: those that some judge has `rejected`, and those that all who judged them `passed`."""

    passed: pa.Array
    rejected: pa.Array


def judgements_by_shard(store: Store, gate: Gate | None = None) -> dict[str, list[str]]:
    """Keys of the files of judgements, or of those of a gate alone, by the name of the shard that they are about.

    Raises `UnreadableLake`.
    """
    keys: dict[str, list[str]] = defaultdict(list)
    for key in store.files(paths.shard_folder(JUDGEMENTS, _partitions(gate)), paths.SHARD_SUFFIX):
        keys[paths.ShardKey.parse(key).shard].append(key)
    return keys


def verdicts_in(store: Store, judgements: Iterable[str]) -> Verdicts:
    """What these files say together. Raises `DamagedShard`."""
    passed: list[pa.Array] = []
    rejected: list[pa.Array] = []
    for key in judgements:
        judged = read_columns(store, key, ["sample_id", "editor", "accept"])
        about_truth = judged.filter(pc.is_null(judged["editor"]))
        passed += about_truth.filter(about_truth["accept"])["sample_id"].chunks
        rejected += about_truth.filter(pc.invert(about_truth["accept"]))["sample_id"].chunks
    liked, refused = (pc.unique(pa.chunked_array(chunks, pa.string())) for chunks in (passed, rejected))
    return Verdicts(liked.filter(pc.invert(pc.is_in(liked, refused))), refused)


def unknown_gate(store: Store, gate: Gate) -> GateError:
    """The error about a gate by which nothing is judged in a lake. Raises `UnreadableLake`."""
    keys = store.files(paths.table_root(JUDGEMENTS), paths.SHARD_SUFFIX)
    there = sorted({str(Gate(**paths.ShardKey.parse(key).partitions)) for key in keys})
    return GateError(
        f'The lake {store.url!r} has no judgements by "{gate}"{did_you_mean(str(gate), there)}: '
        + (f"there are those by {', '.join(there)}." if there else "there are none yet, 'gsi-ray judge' makes some.")
    )


def _partitions(gate: Gate | None) -> dict[str, str]:
    return asdict(gate) if gate else {}
