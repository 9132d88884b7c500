"""What a detector found at some other time, as the official evaluation of GSI-Bench keeps it::

{"<edit>": {"origin_result": {"detections": [...]}, "new_result": {"detections": [...]}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gsi_ray.detection.detector import DetectorError, DetectorFailed, Picture, Side
from gsi_ray.detection.records import BadRecord, Detection, given
from gsi_ray.detection.settings import RecordedSettings

RESULTS: Mapping[Side, str] = {"before": "origin_result", "after": "new_result"}
"""The official names of the two pictures of an edit."""


class RecordedDetections:
    """Answers by a picture's edit and side alone, with what is in the record, unchanged.

    So labels and pixels are those of who recorded it. Official caches count `box_2d` in pixels of the picture as
    DetAny3D saw it, 896 on its longest side.
    """

    name = "recorded"

    def __init__(self, cache: Mapping[str, Any]) -> None:
        self._cache = cache

    def detect(self, pictures: Sequence[Picture]) -> list[tuple[Detection, ...] | DetectorFailed]:
        """What was recorded of each picture; a picture of which nothing was, or nothing sound, has failed."""
        return [self._recorded(picture) for picture in pictures]

    def _recorded(self, picture: Picture) -> tuple[Detection, ...] | DetectorFailed:
        try:
            listed = given(given(given(self._cache, picture.edit), RESULTS[picture.side]), "detections")
            if not isinstance(listed, Sequence):
                raise BadRecord('"detections" is no list')
            return tuple(map(Detection.parse, listed))
        except BadRecord as error:
            return DetectorFailed(
                f'the record of the picture {picture.side} the edit "{picture.edit}" cannot be used: {error}'
            )


def read_recorded(settings: RecordedSettings) -> RecordedDetections:
    """What is in a file. Raises DetectorError where it cannot be read, or is no JSON object."""
    try:
        cache = json.loads(settings.file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DetectorError(
            f"{settings.file} cannot be read: {error.strerror}; give the path of a file of recorded detections."
        ) from error
    except ValueError as error:
        raise DetectorError(f"{settings.file} is no JSON: {error}; record its detections again.") from error
    if not isinstance(cache, dict):
        raise DetectorError(
            f"{settings.file} is no record of detections: give a file with an object that has a key for each edit."
        )
    return RecordedDetections(cache)
