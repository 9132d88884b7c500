"""Detectors by name, and what can be set of them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from gsi_ray.detection import (
    DETECTORS,
    DetAny3DSettings,
    DetectorError,
    LiftingSettings,
    OracleSettings,
    RecordedSettings,
    checked_settings,
)


def test_asking_what_detectors_there_are_loads_no_models() -> None:
    program = """
import sys
from gsi_ray.detection import checked_settings
checked_settings("lifting", {"box_threshold": 0.3})
print([name for name in ("torch", "transformers", "pyarrow", "scipy") if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("recorded", {"file": "a/infer_cache.json"}, RecordedSettings(Path("a/infer_cache.json"))),
        ("oracle", {}, OracleSettings()),
        ("lifting", {}, LiftingSettings()),
        ("lifting", {"depth": "mine", "box_threshold": 0.3}, LiftingSettings(depth="mine", box_threshold=0.3)),
        (
            "detany3d",
            {"checkout": "/gsi/evaluation", "python": "/env/bin/python", "official_frame": True},
            DetAny3DSettings(Path("/gsi/evaluation"), Path("/env/bin/python"), official_frame=True),
        ),
    ],
)
def test_plain_values_as_in_a_recipe_become_settings(name: str, given: dict[str, Any], expected: object) -> None:
    assert checked_settings(name, given) == expected


@pytest.mark.parametrize(
    ("name", "given", "complaint"),
    [
        ("lift", {}, r'There is no detector "lift" \(did you mean "lifting"\?\): there are recorded, oracle, lifting'),
        (
            "lifting",
            {"threshold": 0.3},
            r'has no setting "threshold" \(did you mean "\w+_threshold"\?\): there are finder',
        ),
        ("oracle", {"file": "a"}, r'"oracle" has no setting "file": it has none at all'),
        (
            "lifting",
            {"box_threshold": 1.5},
            r'"box_threshold" of the detector "lifting" cannot be 1.5: it should be less',
        ),
        ("lifting", {"batch_size": "many"}, r'"batch_size" .* cannot be \'many\': it should be a valid integer'),
        ("recorded", {}, r'The detector "recorded" needs the setting "file": give it'),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(name: str, given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DetectorError, match=complaint):
        checked_settings(name, given)


def test_settings_are_values_that_a_recipe_can_hold() -> None:
    for entry in DETECTORS.values():
        for field in fields(entry.settings):
            assert field.type in {"str", "bool", "Path", "Fraction", "Positive", "PositiveCount"}, field.name
