"""What is exported: the wanted samples of a lake, shard by shard, with their pictures as the files they are."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gsi_ray.lake import paths
from gsi_ray.lake.errors import EmptyTable, damaged_shard
from gsi_ray.lake.exports.errors import ExportError, unknown
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.stores import Store
from gsi_ray.lake.verdicts import Gate, Verdicts, judgements_by_shard, unknown_gate, verdicts_in
from gsi_ray.operations import OPERATIONS


@dataclass(frozen=True)
class Selection:
    """Which samples are wanted. An empty tuple means all there are.

    With a `gate`, only what that has passed; else what no judge has rejected, or all of it `with_rejected`.
    """

    splits: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    with_rejected: bool = False
    gate: Gate | None = None


@dataclass(frozen=True)
class SourceShard:
    """A file of the table `triplets`, and the judgements about its samples."""

    key: str
    bytes: int
    split: str
    environment: str
    judgements: tuple[str, ...]


@dataclass(frozen=True)
class Chosen:
    """Some samples, with all the columns of `triplets`.

    Besides, how many that were asked for are left out beside them: `rejected`, or `unjudged` by the gate.
    """

    table: pa.Table
    rejected: int
    unjudged: int


class Source:
    """The selected samples of a lake.

    Raises ExportError or GateError where there can be none, EmptyTable or UnreadableLake.
    """

    def __init__(self, lake: str, selection: Selection) -> None:
        self.store = Store.open(lake)
        self.selection = selection
        _require_known("operation", selection.operations, OPERATIONS)
        if selection.gate and selection.with_rejected:
            raise ExportError(
                "A gate leaves out what it rejects: ask for it, or for what is rejected, but not for both."
            )
        found = self._found()
        if not found:
            raise EmptyTable(f"The lake {lake!r} has no triplets: check its address, or fill it first.")
        _require_known("split", selection.splits, {shard.split for shard in found})
        _require_known("environment", selection.environments, {shard.environment for shard in found})
        self.shards = tuple(
            shard
            for shard in found
            if shard.split in (selection.splits or [shard.split])
            and shard.environment in (selection.environments or [shard.environment])
        )

    def chosen(self, shard: SourceShard) -> Iterator[Chosen]:
        """The wanted samples of a shard, one row group of it after another. Raises DamagedShard or UnreadableLake."""
        verdicts = verdicts_in(self.store, shard.judgements)
        try:
            file = pq.ParquetFile(io.BytesIO(self.store.read(shard.key)), page_checksum_verification=True)
            for group in range(file.num_row_groups):
                yield self._chosen(_with_all_columns(file.read_row_group(group)), verdicts)
        except (OSError, pa.ArrowException) as error:
            raise damaged_shard(self.store.url, shard.key, str(error)) from error

    def judges(self) -> list[str]:
        """Names of the judges whose word counts, each with its rubric."""
        keys = {key for shard in self.shards for key in shard.judgements}
        places = [paths.ShardKey.parse(key).partitions for key in keys]
        return sorted({f"{place['judge']} ({place['rubric']})" for place in places})

    def recipe(self, name: str) -> str | None:
        """The YAML of a recipe, by the name and fingerprint that its samples give; None if no run has left it."""
        runs = [key for key in self.store.files(paths.RUNS, "/recipe.yaml") if key.split("/")[1].startswith(name)]
        return self.store.read(runs[-1]).decode() if runs else None

    def _found(self) -> list[SourceShard]:
        gate = self.selection.gate
        judgements = {} if self.selection.with_rejected else judgements_by_shard(self.store, gate)
        if gate and not judgements:
            raise unknown_gate(self.store, gate)
        folder = self.store.path(paths.table_root(TRIPLETS))
        self.store.file_system.invalidate_cache()
        found = self.store.file_system.find(folder, detail=True)
        sizes = {self.store.key(path): entry["size"] for path, entry in found.items()}
        shards: list[SourceShard] = []
        for key in sorted(key for key in sizes if key.endswith(paths.SHARD_SUFFIX)):
            try:
                parsed = paths.ShardKey.parse(key)
                about = tuple(judgements.get(parsed.shard, ()))
                shards.append(SourceShard(key, sizes[key], **parsed.partitions, judgements=about))
            except (ValueError, TypeError) as error:
                raise ExportError(
                    f"{key} in {self.store.url} is no shard of triplets: move it out of the way."
                ) from error
        return shards

    def _chosen(self, table: pa.Table, verdicts: Verdicts) -> Chosen:
        operations = self.selection.operations
        asked = _is_in(table["operation"], pa.array(operations)) if operations else np.full(len(table), True)
        rejected = asked & _is_in(table["sample_id"], verdicts.rejected)
        wanted = asked & (_is_in(table["sample_id"], verdicts.passed) if self.selection.gate else ~rejected)
        unjudged = asked & ~wanted & ~rejected
        # Pictures are heavy: a copy of all rows is worth avoiding.
        return Chosen(table if wanted.all() else table.filter(wanted), int(rejected.sum()), int(unjudged.sum()))


def _is_in(column: pa.ChunkedArray, values: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_in(column, values).to_numpy()
    return found


def _with_all_columns(table: pa.Table) -> pa.Table:
    """In the schema of today: files written before a nullable column was added to the table lack it."""
    columns = [
        table[field.name] if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in TRIPLETS.schema
    ]
    return pa.Table.from_arrays(columns, schema=TRIPLETS.schema)


def _require_known(kind: str, asked: Collection[str], known: Collection[str]) -> None:
    for name in asked:
        if name not in known:
            raise unknown(f"{kind} {{}} to export", name, sorted(known))
