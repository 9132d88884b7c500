"""The names of chains: edits made in a row in one view, each from where the one before it left the scene."""

from __future__ import annotations

from dataclasses import dataclass

from gsi_ray.operations import OPERATIONS


@dataclass(frozen=True)
class ChainId:
    """A `chain_id`: a key of its own and the codes of the chain's operations in order, as in "3f9a...-CM-OR-PC".

    With the operations in it, every sample of a chain tells what was done before it, so that it can be made again.
    """

    key: str
    operations: tuple[str, ...]

    def __str__(self) -> str:
        return "-".join([self.key, *(OPERATIONS[operation].code for operation in self.operations)])

    @staticmethod
    def parse(chain_id: str) -> ChainId:
        """The parts of a `chain_id`. Raises KeyError for a code that no operation has."""
        names = {operation.code: name for name, operation in OPERATIONS.items()}
        key, *codes = chain_id.split("-")
        return ChainId(key, tuple(names[code] for code in codes))
