"""The operations, by name. A new one is one module with a class like `operation.Operation`, and one line here."""

from gsi_ray.operations.camera_movement import CameraMovement
from gsi_ray.operations.object_placement import ObjectPlacement
from gsi_ray.operations.object_rotation import ObjectRotation
from gsi_ray.operations.object_scaling import ObjectScaling
from gsi_ray.operations.operation import Operation
from gsi_ray.operations.perspective_control import PerspectiveControl
from gsi_ray.operations.receptacle_placement import ReceptaclePlacement
from gsi_ray.operations.spatial_removal import SpatialRemoval

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        CameraMovement(),
        ObjectPlacement(),
        ObjectRotation(),
        ReceptaclePlacement(),
        PerspectiveControl(),
        SpatialRemoval(),
        ObjectScaling(),
    )
}

__all__ = ["OPERATIONS", "Operation"]
