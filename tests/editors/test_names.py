from __future__ import annotations

import numpy as np
import pytest

from gsi_ray.editors import EDITORS, UnknownEditor, create_editor
from gsi_ray.editors.names import EditorName, parse


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("truth", EditorName("truth", "truth")),
        ("wrong-object", EditorName("wrong-object", "wrong-object")),
        ("shifted-5cm", EditorName("shifted-5cm", "shifted-Ncm", 0.05)),
        ("camera-2.5deg", EditorName("camera-2.5deg", "camera-Ndeg", np.deg2rad(2.5))),
        ("floating-8cm", EditorName("floating-8cm", "floating-Ncm", 0.08)),
        ("resized-100pct", EditorName("resized-100pct", "resized-Npct", 1.0)),
        ("some-model-7b", EditorName("some-model-7b", "some-model-7b")),
    ],
)
def test_a_name_has_a_form_and_an_amount_in_si_units(name: str, parsed: EditorName) -> None:
    assert parse(name) == parsed


@pytest.mark.parametrize("name", ["shifted-0cm", "shifted-501cm", "turned-181deg", "tinted-05pct", "tinted-5.0pct"])
def test_amounts_that_are_out_of_bounds_or_could_be_written_otherwise_are_refused(name: str) -> None:
    with pytest.raises(UnknownEditor, match=name):
        create_editor(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("shiftd-5cm", "shifted-Ncm"),
        ("shifted-5deg", "shifted-Ncm"),
        ("turned", "turned-Ndeg"),
        ("thruth", "truth"),
        ("recolored", "recoloured"),
    ],
)
def test_the_error_of_an_unknown_name_tells_the_nearest_and_all_there_are(name: str, meant: str) -> None:
    with pytest.raises(UnknownEditor, match=f'"{name}".*did you mean "{meant}"') as refusal:
        create_editor(name)
    assert all(form in str(refusal.value) for form in EDITORS)


@pytest.mark.parametrize("name", ["os:system", "gsi_ray.editors.copies:Truth", ""])
def test_nothing_is_imported_that_is_not_registered(name: str) -> None:
    with pytest.raises(UnknownEditor):
        create_editor(name)
