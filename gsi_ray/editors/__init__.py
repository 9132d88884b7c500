"""Anything that edits a picture on instruction. A new editor is one module that follows `editor.Editor`, and one line
here."""

from __future__ import annotations

from importlib import import_module

from gsi_ray.editors.editor import Edited, Editor
from gsi_ray.editors.mistakes import MISTAKES
from gsi_ray.editors.names import EditorName, UnknownEditor, parse
from gsi_ray.errors import did_you_mean

__all__ = ["EDITORS", "Edited", "Editor", "EditorName", "UnknownEditor", "create_editor"]

# Named, not imported: an editor's packages are loaded by those who use it. Each class is made from an `EditorName`.
EDITORS: dict[str, str] = {
    "truth": "gsi_ray.editors.copies:Truth",
    "identity": "gsi_ray.editors.copies:Identity",
    "tinted-Npct": "gsi_ray.editors.copies:Tinted",
    "recoloured": "gsi_ray.editors.recoloured:Recoloured",
    "occluded": "gsi_ray.editors.occluded:OccludedTruth",
    **dict.fromkeys(MISTAKES, "gsi_ray.editors.degraded:DegradedTruth"),
}
"""Where the class of an editor is, by the form of the editor's name: N stands for an amount."""


def create_editor(name: str) -> Editor:
    """The editor of this name, such as "truth" or "shifted-5cm". Raises UnknownEditor."""
    parsed = parse(name)
    if parsed.form not in EDITORS:
        raise UnknownEditor(
            f'There is no editor "{name}"{did_you_mean(parsed.form, EDITORS)}: there are {", ".join(EDITORS)}, where N '
            "is an amount."
        )
    module, _, class_name = EDITORS[parsed.form].partition(":")
    editor: Editor = getattr(import_module(module), class_name)(parsed)
    return editor
