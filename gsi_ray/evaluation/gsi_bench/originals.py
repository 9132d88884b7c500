"""A picture that edits start from. Many edits share one, so what they all need of it is worked out once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gsi_ray.evaluation.gsi_bench.frames import framed, signed
from gsi_ray.evaluation.keypoints import Keypoints
from gsi_ray.evaluation.ssim import Windows

if TYPE_CHECKING:
    from gsi_ray.evaluation.lpips import Features, Lpips

_SMALLEST_SIDE = 31


class BadPicture(ValueError):
    """A picture that cannot be scored; the text says why."""


class Original:
    """A picture `rgb` (h, w, 3), with what LPIPS (None: there is none), SSIM and SIFT make of it."""

    def __init__(self, rgb: NDArray[np.uint8], lpips: Lpips | None) -> None:
        """Raises BadPicture where the picture is too small for AlexNet."""
        if min(rgb.shape[:2]) < _SMALLEST_SIDE:
            raise BadPicture(f"the original picture is to have {_SMALLEST_SIDE} pixels a side, and has {rgb.shape[:2]}")
        self.rgb = rgb
        self.lpips = lpips

    @cached_property
    def windows(self) -> Windows:
        """Those of the framed picture."""
        return Windows.of(framed(self.rgb))

    @cached_property
    def features(self) -> Features | None:
        """Those of the framed picture."""
        return self.lpips.features(signed(self.windows.picture)[None]) if self.lpips else None

    @cached_property
    def keypoints(self) -> Keypoints:
        """Those of the picture itself."""
        return Keypoints.of(self.rgb)
