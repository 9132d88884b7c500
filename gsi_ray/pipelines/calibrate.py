"""Finding out how far a judge is to be trusted: it judges edits of which it is known whether they are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gsi_ray.errors import GsiRayError
from gsi_ray.judging import Rubric
from gsi_ray.judging.calibration import AGAIN, SWAPPED, calibration_editors
from gsi_ray.pipelines.derive import Derivation
from gsi_ray.pipelines.edit import edit
from gsi_ray.pipelines.judge import Extent, judge
from gsi_ray.recipes import Judge, Panel

_WAYS = (None, SWAPPED, AGAIN)


class CannotCalibrate(GsiRayError):
    """Nothing is known of what a rubric asks about."""


def calibrate(
    lake: str,
    judges: Sequence[Judge],
    rubrics: Sequence[Rubric],
    extent: Extent,
    *,
    panel: Panel | None = None,
    workers: int | None = None,
) -> Derivation:
    """Make the edits that a lake does not hold yet, and have them judged three times: `judging.calibration` says how.

    Its editors take the place of the extent's. Raises CannotCalibrate, and what `edit` and `judge` do.
    """
    for rubric in rubrics:
        if rubric.about != "edit":
            raise CannotCalibrate(
                f"The rubric {rubric.name} is about instructions, and calibration makes mistakes in pictures: "
                "calibrate by a rubric about edits, such as plausibility."
            )
    total = Derivation(0, 0, 0)
    for rubric in rubrics:
        editors = calibration_editors(rubric.name)
        edit(lake, editors, splits=extent.splits, environments=extent.environments, workers=workers)
        total += judge(lake, judges, [rubric], replace(extent, editors=editors), panel=panel, variants=_WAYS)
    return total
