"""What a simulator knows, as if a perfect detector had found it: the truth against which others are measured."""

from __future__ import annotations

from collections.abc import Sequence

from gsi_ray.detection.detector import DetectorFailed, Picture
from gsi_ray.detection.records import BadRecord, Detection
from gsi_ray.detection.settings import OracleSettings
from gsi_ray.lake.exports.gsi_bench import true_detections


class SimulatorOracle:
    """Finds all that is of the category asked for and of which a pixel is seen, where the simulator says it is."""

    name = "oracle"

    def __init__(self, settings: OracleSettings | None = None) -> None:
        """`settings` is there for the registry, and has nothing in it."""

    def detect(self, pictures: Sequence[Picture]) -> list[tuple[Detection, ...] | DetectorFailed]:
        """What was drawn in each picture; a picture that no simulator drew has failed."""
        return [_drawn(picture) for picture in pictures]


def _drawn(picture: Picture) -> tuple[Detection, ...] | DetectorFailed:
    if picture.drawn is None:
        return DetectorFailed(
            f'no simulator drew the picture {picture.side} the edit "{picture.edit}", so nobody knows what is in it'
        )
    found = true_detections(picture.drawn.objects, picture.drawn.camera, picture.label)
    try:
        return tuple(map(Detection.parse, found))
    except BadRecord as error:
        return DetectorFailed(f'what was drawn {picture.side} the edit "{picture.edit}" cannot be told: {error}')
