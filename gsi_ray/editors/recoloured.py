"""The truth, of which one thing has another colour: a mistake that needs no simulator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gsi_ray.editors.arrangement import CannotEdit
from gsi_ray.editors.bystanders import bystanders
from gsi_ray.editors.editor import Edited
from gsi_ray.editors.names import EditorName
from gsi_ray.sampling.triplet import Triplet

# In CIELAB: nothing that is nearly black or white has room for a strong colour.
_MEAN_LIGHTNESS = (50.0, 70.0)
_LEAST_CHROMA = 50.0


class Recoloured:
    """Gives the picture after the edit with the target, or where none is left the bystander that shows most, dyed in
    the opposite hue.

    Its light and shade stay; what is grey, black or white gets a strong colour. Boxes and camera are the sample's.
    """

    def __init__(self, name: EditorName) -> None:
        self.name = name.text

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """The pictures after, one thing in each recoloured, with what they show."""
        for sample in triplets:
            try:
                pixels = sample.after.instances == _instance(sample)
            except CannotEdit as failure:
                yield Edited(None, error=str(failure))
                continue
            rgb = sample.after.rgb.copy()
            rgb[pixels] = dyed(rgb[pixels])
            yield Edited(rgb, objects=sample.after.objects, camera=sample.after.camera)

    def close(self) -> None:
        """There is nothing to free."""


def dyed(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours (n, 3) of one thing after it is dyed: of the hue that is opposite to the mean one, with the
    differences in lightness that there were."""
    lightness, *opponents = cv2.cvtColor(colors[None] / np.float32(255.0), cv2.COLOR_RGB2Lab)[0].T
    mean = float(lightness.mean())
    lightness = lightness + (np.clip(mean, *_MEAN_LIGHTNESS) - mean)
    # In whole steps, too small to be seen, so that no rounding decides the hue of what has none: that becomes green.
    red, yellow = (np.rint(axis.mean()) for axis in opponents)
    hue = np.arctan2(-yellow, -red)
    chroma = max(float(np.hypot(red, yellow)), _LEAST_CHROMA) * lightness / lightness.mean()
    dye = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1).astype(np.float32)
    return np.rint(cv2.cvtColor(dye[None], cv2.COLOR_Lab2RGB)[0] * 255.0).astype(np.uint8)


def _instance(sample: Triplet) -> int:
    """The number, in the image of instances, of what is recoloured."""
    records = {record.object_id: record for record in sample.after.objects}
    if sample.target is not None and sample.target.object_id in records:
        return records[sample.target.object_id].instance
    return bystanders(sample)[0].instance
