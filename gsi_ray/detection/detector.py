"""What a detector is asked, and what every detector offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gsi_ray.detection.records import Detection
from gsi_ray.errors import GsiRayError

Side = Literal["before", "after"]


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a simulator knows of a picture that it drew: members `objects` and `camera` of the lake's tables."""

    objects: Sequence[Mapping[str, Any]]
    camera: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Picture:
    """What is to be looked at, and what for.

    `rgb` (h, w, 3) uint8; `label` is a plain noun; `intrinsics` (3, 3) in pixels. `edit` and `side` say which picture
    of which edit it is, for what was recorded before. `drawn` is None where no simulator drew the picture.
    """

    rgb: NDArray[np.uint8]
    label: str
    intrinsics: NDArray[np.float64]
    edit: str
    side: Side
    drawn: Drawn | None = None


class DetectorFailed(Exception):
    """Nothing can be said about one picture; the text says why. The others are not concerned."""


class DetectorError(GsiRayError):
    """A detector that cannot be had: its name or its settings are wrong, or something that it needs is not there."""


class Detector(Protocol):
    """Finds the 3D boxes of all things of a kind."""

    name: str

    def detect(self, pictures: Sequence[Picture]) -> list[tuple[Detection, ...] | DetectorFailed]:
        """What there is in each of the pictures, or why that cannot be said, in their order; boxes are in the frame
        of the camera that took the picture (OpenCV). Many pictures at once keep a GPU busy.

        Raises DetectorError where the detector itself is lost, as with a program that does not start.
        """
