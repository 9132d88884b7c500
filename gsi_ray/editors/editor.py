"""What every editor offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gsi_ray.sampling.triplet import ObjectRecord, Triplet
from gsi_ray.spatial import Camera


@dataclass(frozen=True, eq=False)
class Edited:
    """What an editor made of a sample: `rgb` (h, w, 3) uint8, or `error` in its place.

    `seconds` is None where nobody took the time. Where a simulator drew the picture, `objects` and `camera` are what it
    drew.
    """

    rgb: NDArray[np.uint8] | None
    error: str | None = None
    seconds: float | None = None
    objects: tuple[ObjectRecord, ...] | None = None
    camera: Camera | None = None


class Editor(Protocol):
    """Carries out instructions on pictures.

    Of a triplet, an editor that is to be measured looks at `before.rgb` and `instruction` alone; the others, which show
    what measures are worth, may look at all of it.
    """

    name: str

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """An edited picture of each of them, in their order. What goes wrong with one is that one's `error`."""

    def close(self) -> None:
        """Free everything. May be called twice."""
