"""Did anything change that should not have?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gsi_ray.evaluation.exact.colors import Lab, Mask, difference, disturbance, lab, without_tint
from gsi_ray.evaluation.exact.truth import EDGE_PIXELS, Side, Truth, grown

_LEAST_PIXELS = 40
# The background is looked at in so many patches across and down, so that a small thing that appears there shows.
_PATCHES = 8
_CHANGED = 10.0


def undisturbed(picture: Lab, truth: Side, edited: Mask) -> float:
    """1 - the disturbance of whatever is most disturbed: a thing, or a patch of the background.

    `picture` (h, w, 3) should be as `truth` everywhere but in the mask `edited` (h, w), and a little beside it.
    """
    kept = ~grown(edited, EDGE_PIXELS)
    parts = _parts(truth)[kept]
    sizes = np.bincount(parts)
    sums = np.bincount(parts, weights=disturbance(difference(picture[kept], truth.lab[kept])))
    # Of what only a few pixels are left, nobody can tell whether it changed.
    enough = sizes >= _LEAST_PIXELS
    return 1.0 - float(np.max(sums[enough] / sizes[enough], initial=0.0))


def region_overlap(truth: Truth, rgb: NDArray[np.uint8]) -> float:
    """Intersection over union of where a picture differs from the one before, and where it should."""
    untinted = lab(without_tint(rgb, truth.before.rgb, ~truth.changed))
    should, does = (difference(one, truth.before.lab) > _CHANGED for one in (truth.after.lab, untinted))
    either = np.count_nonzero(should | does)
    return float(np.count_nonzero(should & does) / either) if either else 1.0


def _parts(side: Side) -> NDArray[np.int64]:
    """A number for each pixel (h, w): that of the thing which it shows, or, after those, of its patch of background."""
    height, width = side.instances.shape
    down = np.arange(height) * _PATCHES // height
    across = np.arange(width) * _PATCHES // width
    patches = int(side.instances.max()) + 1 + down[:, None] * _PATCHES + across
    return np.where(side.instances == 0, patches, side.instances)
