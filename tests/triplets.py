"""Made-up triplets: not physically true, but with every kind of value that a true one may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gsi_ray.operations.edits import Parameters
from gsi_ray.sampling.triplet import Frame, Mention, ObjectRecord, Quality, Triplet
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations


def make_frame(rng: np.random.Generator, size: int = 32, objects: int = 3) -> Frame:
    """A frame with noise for a picture: `size` pixels wide and high, with one object out of view."""
    camera = Camera.looking_at([*rng.uniform(-2.0, -1.0, 2), 1.5], [0.0, 0.0, 0.5], 1.0, size, size)
    records = tuple(
        ObjectRecord(
            object_id=f"mug_{index}",
            category="mug",
            instance=index + 1,
            box=OrientedBox(rng.normal(size=3), rng.uniform(0.05, 0.5, 3), rotations.about_z(rng.uniform(-3.0, 3.0))),
            bbox_2d=None if index == 0 else (1.0, 2.0, 8.5, 9.25),
            visible_fraction=None if index == 0 else 0.75,
            supported_by=None if index == 1 else "floor",
        )
        for index in range(objects)
    )
    depth = rng.uniform(0.5, 9.0, (size, size)).astype(np.float32)
    depth[0] = 0.0
    return Frame(
        camera=camera,
        objects=records,
        rgb=rng.integers(0, 256, (size, size, 3), dtype=np.uint8),
        depth=depth,
        instances=rng.integers(0, 1000, (size, size), dtype=np.uint16),
    )


def make_triplet(rng: np.random.Generator, before: Frame | None = None, size: int = 32) -> Triplet:
    """A movement of a mug, seen from a view of its own unless the frame `before` is given."""
    return Triplet(
        sample_id=rng.bytes(16).hex(),
        split="train",
        environment="tabletop",
        simulator="mujoco",
        simulator_version="4.0.0",
        scene_id="tabletop-train-000001",
        view_id="tabletop-train-000001/view-02",
        operation="camera_movement",
        instruction="Move the mug 15 centimeters to the left relative to the camera view.",
        instruction_zh="从相机视角看，把杯子向左移动15厘米。",
        parameters=Parameters(direction="left", distance_m=0.15),
        target=Mention("mug_1", "mug", "leftmost mug"),
        reference=Mention("mug_2", "mug", "red mug"),
        before=make_frame(rng, size) if before is None else before,
        after=make_frame(rng, size),
        transform=RigidTransform(rotations.about_z(0.3), rng.normal(size=3)),
        position_error_m=0.001,
        rotation_error_deg=0.25,
        quality=Quality(0.125, 400, 380, 1.0, 0.9375, 0.0),
        seed=2**62 + 1,
        recipe="demo-3f9a1c2b",
        generator_version="0.1.0",
        inverse_of="ab" * 16,
        chain_id="cd" * 16,
        chain_step=2,
        difficulty=0.375,
    )


def make_camera_triplet(rng: np.random.Generator, before: Frame | None = None) -> Triplet:
    """Perspective control: no target, no reference, nothing known about the target's pixels."""
    return replace(
        make_triplet(rng, before),
        operation="perspective_control",
        instruction="Rotate the camera 30 degrees to the right.",
        instruction_zh=None,
        parameters=Parameters(direction="right", axis="yaw", angle_deg=30.0),
        target=None,
        reference=None,
        quality=Quality(0.5, None, None, None, None, None),
        inverse_of=None,
        chain_id=None,
        chain_step=None,
        difficulty=None,
    )


def make_removal_triplet(rng: np.random.Generator, before: Frame | None = None) -> Triplet:
    """A removal: no pose afterwards, so no transform and no errors."""
    return replace(
        make_triplet(rng, before),
        operation="spatial_removal",
        instruction="Remove the leftmost mug.",
        parameters=Parameters(superlative="leftmost"),
        reference=None,
        transform=None,
        position_error_m=None,
        rotation_error_deg=None,
    )


def make_triplets(seed: int = 0) -> Sequence[Triplet]:
    """Two views; the edits of one view share the very same frame before."""
    rng = np.random.default_rng(seed)
    made: list[Triplet] = []
    for _ in range(2):
        before = make_frame(rng)
        made += [make_triplet(rng, before), make_camera_triplet(rng, before), make_removal_triplet(rng, before)]
    return made
