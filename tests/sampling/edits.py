"""Edits made by hand, which need not be sensible: no geometric check has seen them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gsi_ray.operations.edits import Designation, Edit, Parameters
from gsi_ray.operations.view import View
from gsi_ray.simulators.protocol import SetPose
from gsi_ray.spatial import RigidTransform


def move(view: View, object_id: str, *offset: float) -> Edit:
    """Moves an object by a world offset in metres; ideally it is then still supported by what it was."""
    transform = RigidTransform(translation=np.array(offset))
    item = view.state[object_id]
    moved = replace(item, box=item.box.transformed(transform))
    return Edit(
        operation="camera_movement",
        parameters=Parameters(),
        target=Designation(object_id, item.category),
        reference=None,
        change=SetPose(object_id, moved.box.pose),
        camera=view.camera,
        ideal=view.state.replacing(moved),
        transform=transform,
    )
