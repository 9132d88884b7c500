"""Tables that are made from the triplets, shard by shard: each shard is named as that of the samples it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gsi_ray.lake import paths
from gsi_ray.lake.errors import EmptyTable
from gsi_ray.lake.schemas import EDITS, TRIPLETS, table_named
from gsi_ray.lake.stores import Store


@dataclass(frozen=True, order=True)
class Samples:
    """A shard of triplets: where it lies in the lake, and which part of the data it is of."""

    key: str
    shard: str
    split: str
    environment: str


def sample_shards(lake: str, splits: Sequence[str] = (), environments: Sequence[str] = ()) -> list[Samples]:
    """The shards of the triplets of a lake, or of some splits and environments, in the order of their keys.

    Raises `EmptyTable`, `UnreadableLake` or `UnsupportedLake`.
    """
    store = Store.open(lake)
    found = []
    for key in store.files(paths.table_root(TRIPLETS), paths.SHARD_SUFFIX):
        parsed = paths.ShardKey.parse(key)
        split, environment = parsed.partitions["split"], parsed.partitions["environment"]
        if (not splits or split in splits) and (not environments or environment in environments):
            found.append(Samples(key, parsed.shard, split, environment))
    if not found:
        of_what = " ".join([*splits, *environments])
        raise EmptyTable(
            f"The lake {store.url!r} has no triplets{f' of {of_what}' if of_what else ''}: check its address, or "
            "generate them first."
        )
    return sorted(found)


def shard_names(lake: str, table: str, partitions: Mapping[str, str]) -> set[str]:
    """The names of the shards that a table has under these values of its partitions.

    Raises `UnknownTable`, `UnreadableLake` or `UnsupportedLake`.
    """
    folder = paths.shard_folder(table_named(table), partitions)
    return {paths.ShardKey.parse(key).shard for key in Store.open(lake).files(folder, paths.SHARD_SUFFIX)}


def editors(lake: str) -> list[str]:
    """The names of all editors of whose edits a lake has any. Raises `UnreadableLake` or `UnsupportedLake`."""
    keys = Store.open(lake).files(paths.table_root(EDITS), paths.SHARD_SUFFIX)
    return sorted({paths.ShardKey.parse(key).partitions["editor"] for key in keys})


def require_editors(lake: str, names: Sequence[str]) -> list[str]:
    """These editors, or all of whose edits a lake has any; raises `EmptyTable` where it has none of one of them."""
    known = editors(lake)
    if not known:
        raise EmptyTable(f"The lake {lake!r} has no edits: 'gsi-ray edit' makes some.")
    for name in names:
        if name not in known:
            raise EmptyTable(
                f"The lake {lake!r} has no edits by {name}: there are those of {', '.join(known)}, and 'gsi-ray edit' "
                "makes more."
            )
    return list(names) or known
