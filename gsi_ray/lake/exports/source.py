"""What is exported: the wanted samples of a lake, shard by shard, with their pictures as the files they are."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gsi_ray.lake import paths
from gsi_ray.lake.errors import EmptyTable, damaged_shard
from gsi_ray.lake.exports.errors import ExportError, unknown
from gsi_ray.lake.schemas import TRIPLETS
from gsi_ray.lake.stores import Store
from gsi_ray.lake.verdicts import judgements_by_shard, rejected_samples
from gsi_ray.operations import OPERATIONS


@dataclass(frozen=True)
class Selection:
    """Which samples are wanted. An empty tuple means all there are.

    Samples that a judge has not accepted are left out unless `with_rejected`.
    """

    splits: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    with_rejected: bool = False


@dataclass(frozen=True)
class SourceShard:
    """A file of the table `triplets`, and the judgements about its samples."""

    key: str
    bytes: int
    split: str
    environment: str
    judgements: tuple[str, ...]


class Source:
    """The selected samples of a lake. Raises ExportError where there can be none, EmptyTable or UnreadableLake."""

    def __init__(self, lake: str, selection: Selection) -> None:
        self.store = Store.open(lake)
        self.selection = selection
        _require_known("operation", selection.operations, OPERATIONS)
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

    def tables(self, shard: SourceShard, rejected: pa.Array) -> Iterator[pa.Table]:
        """The wanted samples of a shard, with all the columns of `triplets`; one row group of it after another.

        Raises DamagedShard or UnreadableLake.
        """
        try:
            file = pq.ParquetFile(io.BytesIO(self.store.read(shard.key)), page_checksum_verification=True)
            for group in range(file.num_row_groups):
                yield self._wanted(_with_all_columns(file.read_row_group(group)), rejected)
        except (OSError, pa.ArrowException) as error:
            raise damaged_shard(self.store.url, shard.key, str(error)) from error

    def rejected(self, shard: SourceShard) -> pa.Array:
        """Ids of the shard's samples that some judge has not accepted, each once. Raises DamagedShard."""
        return rejected_samples(self.store, shard.judgements)

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
        judgements = {} if self.selection.with_rejected else judgements_by_shard(self.store)
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

    def _wanted(self, table: pa.Table, rejected: pa.Array) -> pa.Table:
        wanted = pc.invert(pc.is_in(table["sample_id"], rejected))
        if self.selection.operations:
            wanted = pc.and_(wanted, pc.is_in(table["operation"], pa.array(self.selection.operations)))
        # Pictures are heavy: a copy of all rows is worth avoiding.
        return table if pc.all(wanted).as_py() else table.filter(wanted)


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
