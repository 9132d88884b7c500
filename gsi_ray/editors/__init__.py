"""Anything that edits a picture on instruction."""

from gsi_ray.editors.editor import Edited, Editor

__all__ = ["Edited", "Editor"]
