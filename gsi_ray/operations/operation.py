"""What every operation offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

import numpy as np

from gsi_ray.operations.edits import Edit
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View

T = TypeVar("T")


class Operation(Protocol):
    """One way of editing a scene.

    `name` is the value of the column `operation`, `code` its short form in tables; `resizes` says that the simulator
    must be able to scale objects.
    """

    name: str
    code: str
    resizes: bool

    def candidates(self, view: View, rng: np.random.Generator) -> Iterator[Edit | Rejection]:
        """Edits that geometry allows in this view, in random order, and the names of those that it does not.

        Lazy: the caller takes edits until the simulator confirms one.
        """


def shuffled(items: Sequence[T], rng: np.random.Generator) -> list[T]:
    """The items in random order."""
    return [items[index] for index in rng.permutation(len(items))]
