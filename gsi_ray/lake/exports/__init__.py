"""Exports: the samples of a lake as other programs want them, whole or not at all."""

from collections.abc import Mapping

from gsi_ray.lake.exports.bagel import Bagel
from gsi_ray.lake.exports.errors import ExportError, unknown
from gsi_ray.lake.exports.export import Export
from gsi_ray.lake.exports.format import ExportFormat
from gsi_ray.lake.exports.gsi_bench import GsiBench
from gsi_ray.lake.exports.huggingface import HuggingFace
from gsi_ray.lake.exports.source import Selection
from gsi_ray.lake.exports.webdataset import WebDataset

FORMATS: Mapping[str, ExportFormat] = {form.name: form for form in (HuggingFace(), WebDataset(), Bagel(), GsiBench())}

__all__ = ["FORMATS", "Export", "ExportError", "ExportFormat", "Selection", "format_named"]


def format_named(name: str) -> ExportFormat:
    """The format of this name. Raises ExportError."""
    if name not in FORMATS:
        raise unknown("export format {}", name, FORMATS)
    return FORMATS[name]
