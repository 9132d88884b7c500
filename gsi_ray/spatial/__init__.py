"""Geometry of scenes: rotations, rigid transforms, oriented boxes, convex polygons and pinhole cameras.

World frame: right-handed, z up, metres. Camera frame: OpenCV (x right, y down, z forward). Angles are radians.
"""

from gsi_ray.spatial.boxes import OrientedBox, clearance, intersection_volume, iou, separation
from gsi_ray.spatial.cameras import Camera
from gsi_ray.spatial.transforms import RigidTransform

__all__ = ["Camera", "OrientedBox", "RigidTransform", "clearance", "intersection_volume", "iou", "separation"]
