"""What every operation offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar, runtime_checkable

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


@runtime_checkable
class Invertible(Protocol):
    """An operation whose edits can be taken back by an edit of the same operation, with numbers that words can say."""

    def inverse(self, before: View, done: Edit, after: View) -> Edit | Rejection:
        """The edit that leads from the view `after` an edit of this operation back to the one `before` it.

        Its target is singled out anew, in the view after; or the reason why geometry does not allow it.
        """


def shuffled(items: Sequence[T], rng: np.random.Generator) -> list[T]:
    """The items in random order."""
    return [items[index] for index in rng.permutation(len(items))]
