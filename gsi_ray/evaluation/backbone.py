"""LPIPS, where it can be had: it needs torch, and a file with the weights of AlexNet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gsi_ray.evaluation.lpips import Lpips


def load_lpips(alexnet: Path | None) -> tuple[Lpips | None, str | None]:
    """LPIPS, or None and a sentence that says how to get it; without it, what needs it is not known.

    `alexnet` is the file; if none is given, the one that torch has downloaded. Raises NoLpips if a file is given and is
    not what it should be.
    """
    try:
        from gsi_ray.evaluation.lpips import Lpips, NoLpips
    except ModuleNotFoundError as missing:
        return None, f"LPIPS needs {missing.name}, which is not installed: pip install 'gsi-ray[eval]' brings it."
    try:
        return Lpips(alexnet), None
    except NoLpips as error:
        if alexnet is not None:
            raise
        return None, str(error)
