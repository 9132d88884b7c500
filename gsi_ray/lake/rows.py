"""Triplets as rows of the table `triplets`, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.lake import images
from gsi_ray.operations.edits import Parameters
from gsi_ray.sampling.triplet import Frame, Mention, ObjectRecord, Quality, Triplet
from gsi_ray.spatial import Camera, OrientedBox, RigidTransform

Row = dict[str, Any]

_PLAIN_COLUMNS = (
    "sample_id", "split", "environment", "simulator", "simulator_version", "scene_id", "view_id", "operation",
    "instruction", "instruction_zh", "position_error_m", "rotation_error_deg", "seed", "recipe", "generator_version",
)  # fmt: skip
"""Columns that hold just what the field of the same name of `Triplet` does."""

_LATER_COLUMNS = ("inverse_of", "chain_id", "chain_step", "difficulty")
"""Likewise, but files written before these columns were added to the table lack them."""


def rows_of(triplets: Iterable[Triplet]) -> list[Row]:
    """Rows of the table, with encoded images. Edits of one view share its pictures; those are encoded once."""
    encoded = _OncePerObject()
    return [_row(triplet, encoded) for triplet in triplets]


def triplet_of(row: Mapping[str, Any]) -> Triplet:
    """The triplet of a row of the table (as `polars` or `pyarrow` give it as a dictionary), with decoded images."""
    transform = row["transform"]
    return Triplet(
        **{name: row[name] for name in _PLAIN_COLUMNS} | {name: row.get(name) for name in _LATER_COLUMNS},
        parameters=Parameters(**row["parameters"]),
        target=None if row["target"] is None else Mention(**row["target"]),
        reference=None if row["reference"] is None else Mention(**row["reference"]),
        before=_frame(row, "before"),
        after=_frame(row, "after"),
        transform=None if transform is None else RigidTransform.from_matrix(transform),
        quality=Quality(**row["quality"]),
    )


def camera_row(camera: Camera) -> Row:
    """A camera as a member of a row."""
    return {
        "width": camera.width,
        "height": camera.height,
        "intrinsics": camera.intrinsics.ravel().tolist(),
        "rotation": camera.rotation.ravel().tolist(),
        "translation": camera.translation.tolist(),
    }


def object_row(record: ObjectRecord) -> Row:
    """An object as a member of a row."""
    return {
        "object_id": record.object_id,
        "category": record.category,
        "instance": record.instance,
        "center": record.box.center.tolist(),
        "size": record.box.size.tolist(),
        "rotation": record.box.rotation.ravel().tolist(),
        "bbox_2d": record.bbox_2d,
        "visible_fraction": record.visible_fraction,
        "supported_by": record.supported_by,
    }


class _OncePerObject:
    """Encodes an array only the first time that this very array is met."""

    def __init__(self) -> None:
        # The array is kept beside its file, lest another one take over its identity.
        self._files: dict[int, tuple[NDArray[Any], bytes]] = {}

    def image(self, encode: Callable[[NDArray[Any]], bytes], pixels: NDArray[Any]) -> Row:
        """The pixels as a Hugging Face image."""
        if id(pixels) not in self._files:
            self._files[id(pixels)] = (pixels, encode(pixels))
        return {"bytes": self._files[id(pixels)][1], "path": None}


def _row(triplet: Triplet, encoded: _OncePerObject) -> Row:
    return {
        **{name: getattr(triplet, name) for name in _PLAIN_COLUMNS + _LATER_COLUMNS},
        "parameters": asdict(triplet.parameters),
        "target": None if triplet.target is None else asdict(triplet.target),
        "reference": None if triplet.reference is None else asdict(triplet.reference),
        "transform": None if triplet.transform is None else triplet.transform.matrix.ravel().tolist(),
        "quality": asdict(triplet.quality),
        **_frame_columns(triplet.before, "before", encoded),
        **_frame_columns(triplet.after, "after", encoded),
    }


def _frame_columns(frame: Frame, side: str, encoded: _OncePerObject) -> Row:
    return {
        f"camera_{side}": camera_row(frame.camera),
        f"objects_{side}": [object_row(record) for record in frame.objects],
        f"image_{side}": encoded.image(images.encode_rgb, frame.rgb),
        f"depth_{side}": encoded.image(images.encode_depth, frame.depth),
        f"instances_{side}": encoded.image(images.encode_instances, frame.instances),
    }


def _frame(row: Mapping[str, Any], side: str) -> Frame:
    camera = row[f"camera_{side}"]
    return Frame(
        camera=Camera(
            camera["width"],
            camera["height"],
            np.reshape(camera["intrinsics"], (3, 3)),
            np.reshape(camera["rotation"], (3, 3)),
            np.asarray(camera["translation"]),
        ),
        objects=tuple(_object(record) for record in row[f"objects_{side}"]),
        rgb=images.decode_rgb(row[f"image_{side}"]["bytes"]),
        depth=images.decode_depth(row[f"depth_{side}"]["bytes"]),
        instances=images.decode_instances(row[f"instances_{side}"]["bytes"]),
    )


def _object(record: Mapping[str, Any]) -> ObjectRecord:
    bbox = record["bbox_2d"]
    return ObjectRecord(
        object_id=record["object_id"],
        category=record["category"],
        instance=record["instance"],
        box=OrientedBox(
            np.asarray(record["center"]), np.asarray(record["size"]), np.reshape(record["rotation"], (3, 3))
        ),
        bbox_2d=None if bbox is None else (bbox[0], bbox[1], bbox[2], bbox[3]),
        visible_fraction=record["visible_fraction"],
        supported_by=record["supported_by"],
    )
