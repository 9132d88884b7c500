"""What else a sample shows: things that its edit is not about."""

from __future__ import annotations

import numpy as np

from gsi_ray.editors.arrangement import CannotEdit
from gsi_ray.sampling.triplet import ObjectRecord, Triplet
from gsi_ray.scenes.scene import SceneState


def bystanders(sample: Triplet) -> list[ObjectRecord]:
    """What is in view after the edit, carries nothing and is not named by the instruction: most pixels first.

    Raises CannotEdit where there is none.
    """
    named = {mention.object_id for mention in (sample.target, sample.reference) if mention}
    carriers = {record.supported_by for frame in (sample.before, sample.after) for record in frame.objects}
    others = [
        record
        for record in sample.after.objects
        if record.bbox_2d is not None and record.object_id not in named | carriers
    ]
    if not others:
        raise CannotEdit("There is nothing else in view.")
    pixels = np.bincount(sample.after.instances.ravel())
    return sorted(others, key=lambda other: -int(pixels[other.instance]))


def movable_bystanders(sample: Triplet, scene: SceneState) -> list[ObjectRecord]:
    """Those of them that can be moved. Raises CannotEdit where there is none."""
    others = [other for other in bystanders(sample) if scene[other.object_id].movable]
    if not others:
        raise CannotEdit("There is nothing else in view that could be moved.")
    return others
