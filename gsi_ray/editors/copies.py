"""Editors that hand out a picture of the sample itself: the best there can be, the laziest, and one that is off in
colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gsi_ray.editors.editor import Edited
from gsi_ray.editors.names import EditorName
from gsi_ray.sampling.triplet import Triplet


class Truth:
    """Gives the picture after the edit: the most that any measure can give."""

    def __init__(self, name: EditorName) -> None:
        self.name = name.text

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """The pictures after, with what they show."""
        for sample in triplets:
            yield Edited(sample.after.rgb, objects=sample.after.objects, camera=sample.after.camera)

    def close(self) -> None:
        """There is nothing to free."""


class Identity:
    """Gives the picture before the edit, as an editor that does nothing."""

    def __init__(self, name: EditorName) -> None:
        self.name = name.text

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """The pictures before, with what they show."""
        for sample in triplets:
            yield Edited(sample.before.rgb, objects=sample.before.objects, camera=sample.before.camera)

    def close(self) -> None:
        """There is nothing to free."""


class Tinted:
    """Gives the picture after the edit in a warmer light: all is in its place, and every pixel's colour is off.

    The amount is the share by which red is raised and blue lowered; values above 255 are cut off.
    """

    def __init__(self, name: EditorName) -> None:
        self.name = name.text
        self._gain = np.array([1.0 + name.amount, 1.0, 1.0 - name.amount])

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """The pictures after, tinted, with what they show."""
        for sample in triplets:
            tinted = np.clip(np.rint(sample.after.rgb * self._gain), 0.0, 255.0).astype(np.uint8)
            yield Edited(tinted, objects=sample.after.objects, camera=sample.after.camera)

    def close(self) -> None:
        """There is nothing to free."""
