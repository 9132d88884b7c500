"""True triplets of a world of boxes, ray-cast in numpy, for tests about samples and not about their making."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gsi_ray.operations.edits import Parameters
from gsi_ray.sampling.triplet import Frame, Mention, ObjectRecord, Quality, Triplet
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

Boxes = Mapping[str, OrientedBox]

CAMERA = Camera.looking_at([0.3, -1.5, 1.5], [0.0, 0.0, 0.75], np.radians(50), 128, 128)
TABLE_TOP = 0.7
CATEGORIES = {
    "table-1": "table",
    "plate-1": "plate",
    "mug-1": "mug",
    "book-1": "book",
    "bottle-1": "bottle",
    "bottle-2": "bottle",
}
COLORS = {
    "table-1": (150, 105, 70),
    "plate-1": (225, 225, 220),
    "mug-1": (185, 45, 40),
    "book-1": (45, 85, 165),
    "bottle-1": (60, 130, 70),
    "bottle-2": (60, 130, 70),
}


def _standing(x: float, y: float, size: tuple[float, float, float], yaw: float = 0.0) -> OrientedBox:
    return OrientedBox([x, y, TABLE_TOP + size[2] / 2], size, rotations.about_z(yaw))


SCENE: Boxes = {
    "table-1": OrientedBox([0, 0, TABLE_TOP / 2], [1.2, 0.8, TABLE_TOP], np.eye(3)),
    "plate-1": _standing(-0.05, 0.1, (0.2, 0.2, 0.02)),
    "mug-1": _standing(0.15, -0.15, (0.09, 0.08, 0.1), yaw=0.3),
    "book-1": _standing(-0.2, -0.2, (0.12, 0.18, 0.03), yaw=0.5),
    "bottle-1": _standing(-0.4, 0.15, (0.07, 0.07, 0.25)),
    "bottle-2": _standing(0.38, 0.2, (0.07, 0.07, 0.25)),
}


@cache
def toy_triplets() -> tuple[Triplet, ...]:
    """Samples of all seven operations (and of all three axes of the camera), from one view."""
    right, forward = CAMERA.ground_right, CAMERA.ground_forward
    moved = 0.15 * right
    beside = SCENE["plate-1"].center + 0.25 * right - SCENE["mug-1"].center
    beside[2] = 0.0
    far_left = np.array([-0.5, 0.32, SCENE["mug-1"].center[2]]) - SCENE["mug-1"].center
    turn = _turned_about(SCENE["book-1"].center, -np.pi / 4)
    tilted = CAMERA.tilted(np.radians(-15))
    before = _frame(SCENE, CAMERA)
    return (
        _triplet(
            before,
            "camera_movement",
            "Move the mug 15 centimeters to the right.",
            "把杯子向右移动15厘米。",
            Parameters(direction="right", distance_m=0.15),
            "mug-1",
            transform=RigidTransform(translation=moved),
        ),
        _triplet(
            before,
            "object_placement",
            "Place the mug 25 cm to the right of the plate.",
            "把杯子放到盘子右侧25厘米处。",
            Parameters(relation="right_of", distance_m=0.25),
            "mug-1",
            reference="plate-1",
            transform=RigidTransform(translation=beside),
        ),
        _triplet(
            before,
            "object_rotation",
            "Rotate the book 45 degrees clockwise.",
            "把书顺时针旋转45度。",
            Parameters(direction="clockwise", angle_deg=45.0),
            "book-1",
            transform=turn,
        ),
        _triplet(
            before,
            "receptacle_placement",
            "Move the mug to the far left corner of the table.",
            "把杯子移到桌子的远处左角。",
            Parameters(placement="far_left_corner"),
            "mug-1",
            reference="table-1",
            transform=RigidTransform(translation=far_left),
        ),
        _triplet(
            before,
            "perspective_control",
            "Tilt the camera down by 15 degrees.",
            "把相机向下倾斜15度。",
            Parameters(axis="pitch", direction="down", angle_deg=15.0),
            None,
            camera=tilted,
            transform=tilted.pose @ CAMERA.pose.inverse(),
        ),
        _triplet(
            before,
            "perspective_control",
            "Move the camera 20 centimeters forward.",
            "把相机向前移动20厘米。",
            Parameters(axis="move", direction="forward", distance_m=0.2),
            None,
            camera=CAMERA.moved(0.2 * forward),
            transform=RigidTransform(translation=0.2 * forward),
        ),
        _triplet(
            before,
            "perspective_control",
            "Turn the camera to the left by 15 degrees.",
            "把相机向左转动15度。",
            Parameters(axis="yaw", direction="left", angle_deg=15.0),
            None,
            camera=CAMERA.turned(np.radians(15)),
            transform=CAMERA.turned(np.radians(15)).pose @ CAMERA.pose.inverse(),
        ),
        _triplet(
            before,
            "spatial_removal",
            "Remove the leftmost bottle.",
            "移除最左边的瓶子。",
            Parameters(superlative="leftmost"),
            "bottle-1",
            expression="leftmost bottle",
        ),
        _triplet(
            before,
            "object_scaling",
            "Enlarge the mug by 50 percent.",
            "把杯子放大50%。",
            Parameters(factor=1.5),
            "mug-1",
            transform=RigidTransform(),
        ),
    )


def _turned_about(center: NDArray[np.float64], yaw: float) -> RigidTransform:
    turn = rotations.about_z(yaw)
    return RigidTransform(turn, center - turn @ center)


def _triplet(
    before: Frame,
    operation: str,
    instruction: str,
    instruction_zh: str,
    parameters: Parameters,
    target: str | None,
    *,
    expression: str | None = None,
    reference: str | None = None,
    camera: Camera = CAMERA,
    transform: RigidTransform | None = None,
) -> Triplet:
    boxes = dict(SCENE)
    if target and transform is None:
        del boxes[target]
    elif target and parameters.factor is not None:
        boxes[target] = _grown(boxes[target], parameters.factor)
    elif target and transform is not None:
        boxes[target] = boxes[target].transformed(transform)
    after = _frame(boxes, camera)
    return Triplet(
        sample_id=hashlib.sha256(instruction.encode()).hexdigest()[:32],
        split="train",
        environment="tabletop",
        simulator="mujoco",
        simulator_version="0",
        scene_id="toy",
        view_id="toy-view",
        operation=operation,
        instruction=instruction,
        instruction_zh=instruction_zh,
        parameters=parameters,
        target=_mention(target, expression),
        reference=_mention(reference),
        before=before,
        after=after,
        transform=transform,
        position_error_m=None if operation == "spatial_removal" else 0.0,
        rotation_error_deg=None if operation == "spatial_removal" else 0.0,
        quality=_quality(before, after, target),
        seed=7,
        recipe="toy",
        generator_version="0",
    )


def _grown(box: OrientedBox, factor: float) -> OrientedBox:
    raised = (factor - 1) * box.size[2] / 2
    return OrientedBox(box.center + np.array([0, 0, raised]), factor * box.size, box.rotation)


def _mention(object_id: str | None, expression: str | None = None) -> Mention | None:
    return object_id and Mention(object_id, CATEGORIES[object_id], expression or CATEGORIES[object_id])  # type: ignore[return-value]


def _frame(boxes: Boxes, camera: Camera) -> Frame:
    rgb, depth, instances = _look(boxes, camera)
    records = [_record(name, box, boxes, camera, instances) for name, box in boxes.items()]
    return Frame(camera, tuple(records), rgb, depth, instances)


def _record(name: str, box: OrientedBox, boxes: Boxes, camera: Camera, instances: NDArray[np.uint16]) -> ObjectRecord:
    number = list(CATEGORIES).index(name) + 1
    rows, columns = np.nonzero(instances == number)
    bbox = None
    if len(rows):
        bbox = (float(columns.min()), float(rows.min()), columns.max() + 1.0, rows.max() + 1.0)
    margin = 48
    intrinsics = camera.intrinsics + np.array([[0, 0, margin], [0, 0, margin], [0, 0, 0]])
    wide = replace(camera, width=camera.width + 2 * margin, height=camera.height + 2 * margin, intrinsics=intrinsics)
    alone = np.count_nonzero(_look({name: box}, wide)[2])
    supported_by = "floor" if name == "table-1" else "table-1"
    return ObjectRecord(name, CATEGORIES[name], number, box, bbox, len(rows) / alone if alone else 0.0, supported_by)


def _look(boxes: Boxes, camera: Camera) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.uint16]]:
    """Colour, planar depth and instance numbers of boxes that stand on a checkered floor, with a sky behind."""
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    ends = camera.unproject(np.stack([columns, rows], axis=-1), np.ones(columns.shape))
    rays = ends - camera.position
    depth = np.full(columns.shape, np.inf)
    rgb = np.full((*columns.shape, 3), 205.0)
    instances = np.zeros(columns.shape, dtype=np.uint16)
    if len(boxes) > 1:
        with np.errstate(divide="ignore"):
            floor = np.where(rays[..., 2] < 0, -camera.position[2] / rays[..., 2], np.inf)
        ground = (floor > 0) & (floor < 20)
        depth[ground] = floor[ground]
        cells = np.floor((camera.position + rays * np.where(ground, floor, 0)[..., None])[..., :2] * 2).sum(axis=-1)
        rgb[ground] = (120 + 25 * (cells[ground] % 2))[:, None]
    for name, box in boxes.items():
        entry, shade = _entry(box, camera.position, rays)
        nearer = entry < depth
        depth[nearer] = entry[nearer]
        instances[nearer] = list(CATEGORIES).index(name) + 1
        rgb[nearer] = shade[nearer, None] * np.array(COLORS[name])
    return rgb.astype(np.uint8), np.where(np.isfinite(depth), depth, 0).astype(np.float32), instances


def _entry(
    box: OrientedBox, origin: NDArray[np.float64], rays: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Planar depth at which rays enter a box (inf where they miss it), and how light the face is that they meet."""
    start = (origin - box.center) @ box.rotation
    along = rays @ box.rotation
    first, second = (-box.size / 2 - start) / along, (box.size / 2 - start) / along
    nearest = np.minimum(first, second)
    entry, leave = nearest.max(axis=-1), np.maximum(first, second).min(axis=-1)
    face = nearest.argmax(axis=-1)
    return np.where((entry <= leave) & (entry > 0), entry, np.inf), np.array([0.75, 0.6, 1.0])[face]


def _quality(before: Frame, after: Frame, target: str | None) -> Quality:
    changed = np.abs(before.rgb.astype(int) - after.rgb.astype(int)).max(axis=-1) > 6
    if target is None:
        return Quality(float(changed.mean()), None, None, None, None, None)
    number = list(CATEGORIES).index(target) + 1
    seen = {record.object_id: record.visible_fraction for record in after.objects}
    visible_before = next(record.visible_fraction for record in before.objects if record.object_id == target)
    return Quality(
        float(changed.mean()),
        int((before.instances == number).sum()),
        int((after.instances == number).sum()),
        visible_before,
        seen.get(target, 0.0),
        0.0,
    )
