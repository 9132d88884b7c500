"""For the official evaluation of GSI-Bench: its folders, file names and edit files::

    <data set>/<image>.png                           the picture before
    <data set>/<image>_edit_<sample_id>.json         the edit
    <data set>/<image>_gtedit_<sample_id>.png        the picture after, for edits of the camera only
    infer_cache/<data set>.json                      true boxes in the pictures before, as the evaluator's cache

Boxes are in the camera frame (OpenCV, metres). There, the second axis of an upright box is its vertical one, pointing
down; the yaw turns about the camera's y axis.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gsi_ray.lake.exports.format import FinishedPart, Part, ShardTables
from gsi_ray.lake.exports.target import Files
from gsi_ray.lake.rows import Row

FOLDERS: Mapping[str, str] = {
    "real": "fine_dataset",
    "tabletop": "mesatask_dataset",
    "bathroom": "bathroom_dataset",
    "room": "robothor_dataset",
}
"""What the official scripts call the data set of each environment."""

_COLUMNS = [
    "sample_id", "environment", "scene_id", "view_id", "operation", "instruction", "target",
    "camera_before", "objects_before", "objects_after", "image_before", "image_after",
]  # fmt: skip

# The lake's boxes have their third axis up; here the second one points down, and all three stay right-handed.
_AXES = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


class GsiBench:
    """Edits as the benchmark's own: boxes are those of the simulator before and after, not what was asked for."""

    name = "gsi-bench"
    groups: tuple[str, ...] = ("environment",)
    splits: tuple[str, ...] = ("test",)

    def write(self, part: Part, shards: ShardTables, files: Files) -> dict[str, Any]:
        """The files of every edit, each picture before once; notes the true boxes of what a detector will look for."""
        folder = FOLDERS[part.group["environment"]]
        images: set[str] = set()
        cache: dict[str, Any] = {}
        for table in chain.from_iterable(shards):
            for row in table.select(_COLUMNS).to_pylist():
                image = image_name(row)
                if image not in images:
                    images.add(image)
                    files.put(f"{folder}/{image}.png", row["image_before"]["bytes"])
                edit = edit_of(row)
                files.put(f"{folder}/{image}_edit_{row['sample_id']}.json", _json(edit))
                if row["target"] is None:
                    files.put(f"{folder}/{image}_gtedit_{row['sample_id']}.png", row["image_after"]["bytes"])
                cache[f"{image}_{row['sample_id']}"] = {
                    "origin_result": {
                        "detections": true_detections(row["objects_before"], row["camera_before"], edit["target"])
                    }
                }
        return {"cache": cache}

    def finish(self, parts: Sequence[FinishedPart], location: str, files: Files) -> None:
        """The true boxes of every data set."""
        caches: dict[str, dict[str, Any]] = defaultdict(dict)
        for part in parts:
            caches[FOLDERS[part.part.group["environment"]]].update(part.notes["cache"])
        for folder, cache in caches.items():
            files.put(f"infer_cache/{folder}.json", _json(cache))

    def front_matter(self, parts: Sequence[FinishedPart]) -> dict[str, Any]:
        """Nothing: this is not for the viewer."""
        return {}

    def usage(self, parts: Sequence[FinishedPart], location: str) -> str:
        """Where the official scripts look for it."""
        folders = sorted({FOLDERS[part.part.group["environment"]] for part in parts})
        links = "\n".join(f"ln -s {location}/{folder} evaluation/{folder}" for folder in folders)
        example = folders[0].removesuffix("_dataset")
        return f"""\
In a checkout of the official code (github.com/aim-uofa/GSI-Bench):

```bash
{links}
```

Let the editor carry out every `prompt` in `*_edit_*.json` on the picture before, `<image>.png`, and store the outcome
as `evaluation/eval/<model>/generated_images_{example}/<image>_edit_<sample_id>.png`; then run `bash eval.sh`.

The evaluator finds the target in the picture before with its own detector, and gives no score where that misses. To
evaluate with the true boxes there instead, put `infer_cache/{folders[0]}.json` in place as
`evaluation/eval/<model>/{example}_eval/infer_cache.json` beforehand. For edits of the camera, which have no target, the
official evaluator still wants one, to leave out of edit locality; `target` is then the largest thing in view that
nothing stands on.

Mind what that evaluator can tell apart: after a move it takes two boxes for the same if their squared difference is
below 0.1 (a move of 31 cm), or below 100 in pixels (5 at each side of the box in the image). A perfect edit that is
smaller than that scores nothing, so large pictures (1024 pixels) and long moves are measured best.
"""


def edit_of(row: Row) -> dict[str, Any]:
    """The edit of a row of `triplets`, with the keys of the official edit files.

    `original_bbox_3d` and `new_bbox_3d` are x, y, z, width, height, length (m) and yaw (rad) in the camera frame, the
    sizes along the axes that are the columns of `rotation_matrix` and `new_rotation_matrix`. What is gone has no new
    ones; neither has an edit of the camera, which moves nothing.
    """
    before = _target(row)
    edit = {
        "prompt": row["instruction"],
        "target": before["category"],
        "camera_intrinsics": np.reshape(row["camera_before"]["intrinsics"], (3, 3)).tolist(),
        "original_bbox_3d": _box(before, row["camera_before"]),
        "rotation_matrix": _rotation(before, row["camera_before"]).tolist(),
    }
    after = [record for record in row["objects_after"] if record["object_id"] == before["object_id"]]
    if row["target"] is not None and after:
        edit["new_bbox_3d"] = _box(after[0], row["camera_before"])
        edit["new_rotation_matrix"] = _rotation(after[0], row["camera_before"]).tolist()
    return edit


def true_detections(objects: Sequence[Mapping[str, Any]], camera: Mapping[str, Any], label: str) -> list[Row]:
    """What a perfect detector finds when it is asked for a category, with the keys of the official detections.

    `objects` and `camera` are as in `triplets`. All of the category count of which a pixel is seen.
    """
    return [
        {
            "label": label,
            "bbox_2d": record["bbox_2d"],
            "bbox_3d": _box(record, camera),
            "rotation_matrix": _rotation(record, camera).tolist(),
        }
        for record in objects
        if record["category"] == label and record["bbox_2d"] is not None
    ]


def yaw_about_y(rotation: NDArray[np.float64]) -> float:
    """The turn about the camera's y axis alone that comes nearest to a whole rotation (3, 3), in radians."""
    return float(np.arctan2(rotation[0, 2] - rotation[2, 0], rotation[0, 0] + rotation[2, 2]))


def _target(row: Row) -> Row:
    objects: list[Row] = row["objects_before"]
    if row["target"] is not None:
        return next(record for record in objects if record["object_id"] == row["target"]["object_id"])
    supports = {record["supported_by"] for record in objects}
    return max(objects, key=lambda record: (record["object_id"] not in supports, _area(record["bbox_2d"])))


def _area(bbox: list[float] | None) -> float:
    return 0.0 if bbox is None else (bbox[2] - bbox[0]) * (bbox[3] - bbox[1])


def _rotation(record: Mapping[str, Any], camera: Mapping[str, Any]) -> NDArray[np.float64]:
    """Axes of the box in the camera frame, (3, 3), one in each column."""
    turned = np.reshape(camera["rotation"], (3, 3)) @ np.reshape(record["rotation"], (3, 3))
    return turned @ _AXES


def _box(record: Mapping[str, Any], camera: Mapping[str, Any]) -> list[float]:
    center = np.reshape(camera["rotation"], (3, 3)) @ record["center"] + camera["translation"]
    size = np.abs(_AXES.T @ record["size"])
    return [*center.tolist(), *size.tolist(), yaw_about_y(_rotation(record, camera))]


def image_name(row: Row) -> str:
    """One name for every picture before: a view has several where its edits follow on one another."""
    digest = hashlib.sha256(row["image_before"]["bytes"]).hexdigest()[:8]
    place = re.sub(r"[^a-z0-9]+", "-", f"{row['scene_id']}-{row['view_id']}".lower())
    return f"{place}-{digest}"


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()
