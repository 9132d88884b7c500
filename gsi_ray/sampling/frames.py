"""From a state and an observation of it to one side of a triplet."""

from __future__ import annotations

from scipy.ndimage import find_objects

from gsi_ray.sampling.triplet import Frame, ObjectRecord
from gsi_ray.scenes.scene import SceneState
from gsi_ray.simulators.protocol import Observation
from gsi_ray.spatial import Camera


def frame_of(state: SceneState, camera: Camera, observation: Observation) -> Frame:
    """One side of a triplet: every object of the scene, with where it shows in the picture."""
    patches = find_objects(observation.instances)
    records = []
    for item in state.objects:
        patch = patches[item.instance - 1] if item.instance <= len(patches) else None
        records.append(
            ObjectRecord(
                object_id=item.object_id,
                category=item.category,
                instance=item.instance,
                box=item.box,
                bbox_2d=_bounds(patch) if patch is not None else None,
                visible_fraction=observation.visible_fraction.get(item.object_id),
                supported_by=item.supported_by,
            )
        )
    return Frame(camera, tuple(records), observation.rgb, observation.depth, observation.instances)


def _bounds(patch: tuple[slice, slice]) -> tuple[float, float, float, float]:
    rows, columns = patch
    return float(columns.start), float(rows.start), float(columns.stop), float(rows.stop)
