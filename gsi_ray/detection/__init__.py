"""3D boxes of what is in a picture: recorded, lifted from 2D by open-vocabulary models, or known to a simulator.

Detectors, by name. A new one is one module that follows `detector.Detector`, its settings, and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gsi_ray.detection.detector import Detector, DetectorError, DetectorFailed, Drawn, Picture, Side
from gsi_ray.detection.records import BadRecord, Detection
from gsi_ray.detection.settings import DetAny3DSettings, LiftingSettings, OracleSettings, RecordedSettings
from gsi_ray.errors import did_you_mean

__all__ = [
    "DETECTORS",
    "BadRecord",
    "DetAny3DSettings",
    "Detection",
    "Detector",
    "DetectorError",
    "DetectorFailed",
    "Drawn",
    "LiftingSettings",
    "OracleSettings",
    "Picture",
    "RecordedSettings",
    "Settings",
    "Side",
    "checked_settings",
    "create_detector",
]

Settings = RecordedSettings | OracleSettings | LiftingSettings | DetAny3DSettings


@dataclass(frozen=True)
class Entry:
    """Where a detector is: what can be set of it, and `package.module:name` of what makes one of its settings."""

    settings: type[Settings]
    maker: str


# Named, not imported: a detector's packages are loaded by those who use it.
DETECTORS: dict[str, Entry] = {
    "recorded": Entry(RecordedSettings, "gsi_ray.detection.recorded:read_recorded"),
    "oracle": Entry(OracleSettings, "gsi_ray.detection.oracle:SimulatorOracle"),
    "lifting": Entry(LiftingSettings, "gsi_ray.detection.lifting:Lifting"),
    "detany3d": Entry(DetAny3DSettings, "gsi_ray.detection.detany3d:DetAny3D"),
}


def checked_settings(name: str, given: Mapping[str, Any]) -> Settings:
    """A detector's settings from what a recipe or a command line gives, the rest at their defaults.

    Nothing of the detector itself is loaded. Raises DetectorError where there is no such detector, or setting, or a
    value is of the wrong kind.
    """
    if name not in DETECTORS:
        raise DetectorError(
            f'There is no detector "{name}"{did_you_mean(name, DETECTORS)}: there are {", ".join(DETECTORS)}.'
        )
    kind = DETECTORS[name].settings
    known = [field.name for field in fields(kind)]
    for key in given:
        if key not in known:
            raise DetectorError(
                f'The detector "{name}" has no setting "{key}"{did_you_mean(key, known)}: '
                f"{'there are ' + ', '.join(known) if known else 'it has none at all'}."
            )
    try:
        return TypeAdapter(kind).validate_python(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        setting = first["loc"][0]
        if first["type"] == "missing":
            raise DetectorError(f'The detector "{name}" needs the setting "{setting}": give it.') from error
        raise DetectorError(
            f'The setting "{setting}" of the detector "{name}" cannot be {first["input"]!r}: '
            f"{first['msg'].replace('Input should', 'it should')}."
        ) from error


def create_detector(name: str, given: Mapping[str, Any] | None = None) -> Detector:
    """The detector of this name with these settings; models are loaded here and now.

    Raises what `checked_settings` does, and DetectorError where something that it needs is not there.
    """
    settings = checked_settings(name, given or {})
    module, _, maker = DETECTORS[name].maker.partition(":")
    detector: Detector = getattr(import_module(module), maker)(settings)
    return detector
