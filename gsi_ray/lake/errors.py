"""What can go wrong with a lake. Every message is one sentence that says what is wrong, where, and what to do."""

from __future__ import annotations

from gsi_ray.errors import GsiRayError


class LakeError(GsiRayError):
    """Something is wrong with a lake."""


class UnsupportedLake(LakeError):
    """The address of the lake names a kind of storage that cannot be used, or whose package is not installed."""


class UnwritableLake(LakeError):
    """The lake cannot be written to."""


class UnreadableLake(LakeError):
    """The storage of the lake does not answer, or does not let us read."""


class UnknownTable(LakeError):
    """No table has this name."""


class EmptyTable(LakeError):
    """The lake holds no file of this table."""


class DamagedShard(LakeError):
    """A file of the lake is not what was written there."""


def damaged_shard(lake: str, key: str, reason: str) -> DamagedShard:
    """The error about one file of a lake, and what to do about it."""
    return DamagedShard(
        f"The file {key} in {lake!r} is damaged ({reason.rstrip('.')}): delete it, and run again what wrote it, "
        "which then makes only this file."
    )


class GateError(LakeError):
    """A judge or a rubric is missing, or the lake holds no judgements by the two of them."""


class SampleNotFound(LakeError):
    """No triplet in the lake has this sample id."""
