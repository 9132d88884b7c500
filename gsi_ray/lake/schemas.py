"""The tables of the lake: every column with its type, its meaning, its unit and what a null in it means.

This is the only place where a column is described. The Arrow schema, the Hugging Face features and the data dictionary
in `schemas/` are all made from it. A new nullable column is a minor change; anything else is the next version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from gsi_ray.errors import did_you_mean
from gsi_ray.lake.errors import UnknownTable

IMAGE = pa.struct([pa.field("bytes", pa.binary()), pa.field("path", pa.string())])
"""How Hugging Face `datasets` stores an image: the encoded file, or where it lies (always null here)."""

WORLD = "world: right-handed, z up"


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, where its files lie, and the hive partitions of its folder from the outside in.

    A table without partitions has one file per run instead of shards.
    """

    name: str
    version: int
    meaning: str
    location: str
    partitions: tuple[str, ...]
    schema: pa.Schema


def column(
    name: str, data_type: pa.DataType, meaning: str, *, unit: str = "", frame: str = "", null: str = ""
) -> pa.Field:
    """A documented column (or member of a struct). `null` says what a null means; without it, there never is one."""
    notes = {"description": meaning, "unit": unit, "frame": frame, "null": null}
    # `datasets` knows a column for an image only if Arrow calls it nullable, whether or not there ever is a null in it.
    nullable = bool(null) or data_type == IMAGE
    return pa.field(name, data_type, nullable=nullable, metadata={key: text for key, text in notes.items() if text})


def fixed_list(value: pa.DataType, length: int) -> pa.DataType:
    """A list that always has `length` values, none of them null."""
    return pa.list_(pa.field("element", value, nullable=False), length)


def struct_list(members: list[pa.Field]) -> pa.DataType:
    """A list of structs, none of them null."""
    return pa.list_(pa.field("element", pa.struct(members), nullable=False))


_NOT_USED = "the operation does not use it"

_PARAMETERS = pa.struct(
    [
        column(
            "direction",
            pa.string(),
            "left, right, forward, backward as the camera sees them (camera_movement, perspective_control); up, down "
            "(tilts of perspective_control); clockwise, counterclockwise seen from above (object_rotation)",
            null=_NOT_USED,
        ),
        column(
            "relation",
            pa.string(),
            "where the target's centre goes from the reference's, as the camera sees it: left_of, right_of, "
            "in_front_of (nearer to the camera), behind",
            null=_NOT_USED,
        ),
        column(
            "placement",
            pa.string(),
            "spot of the receptacle: center, near_edge, far_edge, left_edge, right_edge, near_left_corner, "
            "near_right_corner, far_left_corner, far_right_corner",
            null=_NOT_USED,
        ),
        column(
            "superlative",
            pa.string(),
            "leftmost, rightmost, closest, farthest, highest, lowest among the objects alike",
            null=_NOT_USED,
        ),
        column("axis", pa.string(), "what the camera does: move, yaw, pitch", null=_NOT_USED),
        column("distance_m", pa.float64(), "how far the target or the camera goes", unit="m", null=_NOT_USED),
        column(
            "angle_deg",
            pa.float64(),
            "how far it is turned; positive, the direction carries the sign",
            unit="degree",
            null=_NOT_USED,
        ),
        column("factor", pa.float64(), "size afterwards over size before", null=_NOT_USED),
    ]
)

_MENTION = pa.struct(
    [
        column("object_id", pa.string(), "the object's id in `objects_before`"),
        column("category", pa.string(), "plain English noun"),
        column("expression", pa.string(), "the words of the instruction for it, without an article"),
    ]
)


def _camera(numbers: Callable[[int], pa.DataType]) -> pa.DataType:
    """A camera; `numbers` is the type of so many."""
    return pa.struct(
        [
            column("width", pa.int32(), "image width", unit="pixel"),
            column("height", pa.int32(), "image height", unit="pixel"),
            column("intrinsics", numbers(9), "K, 3x3 row by row: pixel = K p_camera / z", unit="pixel"),
            column(
                "rotation",
                numbers(9),
                "R, 3x3 row by row: p_camera = R p_world + t",
                frame="world to camera (OpenCV: x right, y down, z forward)",
            ),
            column("translation", numbers(3), "t of p_camera = R p_world + t", unit="m", frame="camera"),
        ]
    )


_CAMERA = _camera(lambda length: fixed_list(pa.float64(), length))
# Arrow does not read Parquet's lists of a fixed size where a struct around them is null.
_CAMERA_OR_NONE = _camera(lambda length: pa.list_(pa.field("element", pa.float64(), nullable=False)))

_OBJECT = [
    column("object_id", pa.string(), "stable name of the object in its scene"),
    column("category", pa.string(), "plain English noun"),
    column("instance", pa.int32(), "its value in the instance images"),
    column("center", fixed_list(pa.float64(), 3), "centre of its box", unit="m", frame=WORLD),
    column("size", fixed_list(pa.float64(), 3), "full extents of its box along its own axes", unit="m", frame="object"),
    column("rotation", fixed_list(pa.float64(), 9), "3x3 row by row: object axes to world", frame="object to world"),
    column(
        "bbox_2d",
        fixed_list(pa.float32(), 4),
        "x0, y0, x1, y1 round its visible pixels; x1 and y1 are exclusive",
        unit="pixel",
        frame="image: x right, y down",
        null="no pixel of it is seen",
    ),
    column(
        "visible_fraction",
        pa.float32(),
        "pixels seen over the pixels it would have with nothing in front and no image border; always given for target "
        "and reference",
        null="was not measured",
    ),
    column(
        "supported_by",
        pa.string(),
        "object id of what it stands on, or floor",
        null="nothing below carries it, such as a thing on a wall",
    ),
]

_NO_TARGET = "the operation has no target (perspective_control)"
_GONE = "the target is gone (spatial_removal)"
_NO_TARGET_LEFT = f"{_NO_TARGET}, or {_GONE}"

_QUALITY = pa.struct(
    [
        column(
            "changed_fraction",
            pa.float32(),
            "share of the image's pixels that the edit changed by more than 6 of 255 in a channel",
        ),
        column("target_pixels_before", pa.int32(), "pixels of the target before", unit="pixel", null=_NO_TARGET),
        column("target_pixels_after", pa.int32(), "pixels of the target after", unit="pixel", null=_NO_TARGET_LEFT),
        column("target_visible_before", pa.float32(), "share of the target's own pixels seen before", null=_NO_TARGET),
        column(
            "target_visible_after", pa.float32(), "share of the target's own pixels seen after", null=_NO_TARGET_LEFT
        ),
        column(
            "outside_change",
            pa.float32(),
            "share of the image's pixels that changed outside the target's own and shadow region",
            null=_NO_TARGET,
        ),
    ]
)

_SAMPLE_ID = column("sample_id", pa.string(), "32 hex digits, deterministic, unique in the lake")
_OPERATION = column(
    "operation",
    pa.string(),
    "camera_movement, object_placement, object_rotation, receptacle_placement, perspective_control, spatial_removal or "
    "object_scaling",
)
_SPLIT = column("split", pa.string(), "train, val or test; decided by the scene, never by the sample")
_ENVIRONMENT = column("environment", pa.string(), "room, bathroom, tabletop or real")


def _both_sides(name: str, data_type: pa.DataType, meaning: str, *, unit: str = "", frame: str = "") -> list[pa.Field]:
    return [
        column(f"{name}_{side}", data_type, f"{meaning}, {side} the edit", unit=unit, frame=frame)
        for side in ("before", "after")
    ]


def _huggingface_feature(data_type: pa.DataType) -> object:
    if data_type == IMAGE:
        return {"_type": "Image"}
    if pa.types.is_struct(data_type):
        return {field.name: _huggingface_feature(field.type) for field in data_type}
    if pa.types.is_fixed_size_list(data_type):
        return {"feature": _huggingface_feature(data_type.value_type), "length": data_type.list_size, "_type": "List"}
    if pa.types.is_list(data_type):
        return {"feature": _huggingface_feature(data_type.value_type), "_type": "List"}
    # Arrow's own names for the floats are half as wide as they sound: double, float.
    names = {pa.float64(): "float64", pa.float32(): "float32"}
    return {"dtype": names.get(data_type, str(data_type)), "_type": "Value"}


def _schema(columns: list[pa.Field]) -> pa.Schema:
    """An Arrow schema that also tells `datasets.load_dataset("parquet", ...)` what each column is."""
    features = {field.name: _huggingface_feature(field.type) for field in columns}
    return pa.schema(columns, metadata={"huggingface": json.dumps({"info": {"features": features}})})


TRIPLETS = Table(
    "triplets",
    1,
    "One verified spatial edit: image before, instruction, image after, and the whole 3D truth of both.",
    "triplets/v1/split=<split>/environment=<environment>/<shard>.parquet",
    ("split", "environment"),
    _schema(
        [
            _SAMPLE_ID,
            _SPLIT,
            _ENVIRONMENT,
            column("simulator", pa.string(), "what made the scene: mujoco, ai2thor, mesatask or scannetpp"),
            column("simulator_version", pa.string(), "its version"),
            column("scene_id", pa.string(), "stable name of the scene"),
            column(
                "view_id",
                pa.string(),
                "stable name of the viewpoint in the scene; of a chain or an inverse, the one that the first edit was "
                "made from, wherever the camera has gone since",
            ),
            _OPERATION,
            column("instruction", pa.string(), "the instruction in English"),
            column("instruction_zh", pa.string(), "the instruction in Chinese", null="there is none in Chinese"),
            column("parameters", _PARAMETERS, "the numbers and words in the instruction"),
            column("target", _MENTION, "the object that the edit acts on", null=_NO_TARGET),
            column("reference", _MENTION, "the other object that the instruction names", null="it names no other"),
            *_both_sides("camera", _CAMERA, "the camera"),
            *_both_sides("objects", struct_list(_OBJECT), "every object of the scene, in view or not"),
            column(
                "transform",
                fixed_list(pa.float64(), 16),
                "4x4 row by row: actual pose after = transform x pose before, of the target, or of the camera for "
                "perspective_control; the identity for object_scaling (its factor is about the support point)",
                unit="m",
                frame=WORLD,
                null=_GONE,
            ),
            column(
                "position_error_m",
                pa.float64(),
                "distance of the actual from the ideal position",
                unit="m",
                null=_GONE,
            ),
            column(
                "rotation_error_deg",
                pa.float64(),
                "angle between the actual and the ideal orientation",
                unit="degree",
                null=_GONE,
            ),
            *_both_sides("image", IMAGE, "RGB picture, 8-bit PNG"),
            *_both_sides(
                "depth",
                IMAGE,
                "planar depth, 16-bit PNG, 0 where there is nothing within 65.535 m",
                unit="mm",
                frame="camera",
            ),
            *_both_sides("instances", IMAGE, "instance number of each pixel's object, 16-bit PNG, 0 for background"),
            column("quality", _QUALITY, "how much the edit shows"),
            column("seed", pa.int64(), "replays this sample; an inverse has that of the sample that it undoes"),
            column("recipe", pa.string(), "name and fingerprint of the recipe"),
            column("generator_version", pa.string(), "version of the package that made it"),
            # Columns that were added later: files written before lack them, and nulls are read in their place.
            column(
                "inverse_of",
                pa.string(),
                "sample_id of the sample that this one undoes: the sides before and after are that one's, swapped",
                null="it undoes no other",
            ),
            column(
                "chain_id",
                pa.string(),
                "shared by the edits of a chain, which were made in a row: the side before of each is the side after "
                "of the one before it, to the bit. 32 hex digits and the codes of all its operations in order (CM, OP, "
                "OR, RP, PC, SR, OS), as in 3f9a...-CM-OR-PC",
                null="it is no part of a chain",
            ),
            column("chain_step", pa.int32(), "its place in the chain, from 1", null="it is no part of a chain"),
            column(
                "difficulty",
                pa.float64(),
                "how hard the edit is to carry out exactly from its image, as its place among the samples of its "
                "operation: 0 the easiest, 1 the hardest. Phi((s - middle) / spread), where s is the mean of "
                "x / (x + typical) over five ingredients x that the other columns give: distance (how far the corners "
                "of the target's box go in the image, over its width), occlusion (1 - the smaller target_visible), "
                "clutter (objects nearer to the target in the image than its own size), smallness (pixels of the image "
                "over the smaller target_pixels) and ambiguity (objects in view that the words almost fit). Constants, "
                "and the ingredients of perspective_control: gsi_ray/sampling/difficulty.py",
                null="the sample was made before this column was",
            ),
        ]
    ),
)

_EDITOR = column("editor", pa.string(), "name of the editor that made the image")

JUDGEMENTS = Table(
    "judgements",
    1,
    "What a vision-language model, several together, or a person thinks of one image after an edit, or of one "
    "instruction, by one rubric.",
    "judgements/v1/judge=<judge>/rubric=<rubric>/<shard>.parquet",
    ("judge", "rubric"),
    _schema(
        [
            _SAMPLE_ID,
            column("editor", pa.string(), "name of the editor that made the image", null="it is the ground truth"),
            column("judge", pa.string(), "name of the judge: of a model, of a panel of them, or of a person"),
            column("rubric", pa.string(), "name of the rubric"),
            column("score", pa.float64(), "score on the rubric's scale", null="no verdict could be had"),
            column("accept", pa.bool_(), "whether the rubric accepts it", null="no verdict could be had"),
            column("reasoning", pa.string(), "the judge's reasons", null="it gave none"),
            column("raw", pa.string(), "the judge's answer, word for word", null="there was no answer"),
            column("error", pa.string(), "why there is no verdict", null="there is one"),
            column("prompt_sha256", pa.string(), "SHA-256 of the whole request: judge, prompt and pictures, in hex"),
            # Columns that were added later.
            column("instruction", pa.string(), "the instruction in other words", null="the judge gave none"),
            column("instruction_zh", pa.string(), "the same in Chinese", null="the judge gave none"),
        ]
    ),
)

EDITS = Table(
    "edits",
    1,
    "What an editor made of the image before and the instruction.",
    "edits/v1/editor=<editor>/<shard>.parquet",
    ("editor",),
    _schema(
        [
            _SAMPLE_ID,
            _EDITOR,
            column("image", IMAGE, "the edited picture, 8-bit PNG", null="the editor failed"),
            column("error", pa.string(), "why there is no image", null="there is one"),
            column("seconds", pa.float64(), "time that the editor took", unit="s", null="was not measured"),
            # Columns that were added later.
            column(
                "objects",
                struct_list(_OBJECT),
                "every object of the scene as the edited picture shows it",
                null="no simulator drew the picture",
            ),
            column("camera", _CAMERA_OR_NONE, "the camera of the edited picture", null="no simulator drew the picture"),
        ]
    ),
)

_NOT_SCORED = "the metric does not apply, or could not be computed"

SCORES = Table(
    "scores",
    1,
    "How good one edit is, by one protocol.",
    "scores/v1/editor=<editor>/protocol=<protocol>/<shard>.parquet",
    ("editor", "protocol"),
    _schema(
        [
            _SAMPLE_ID,
            _EDITOR,
            column("protocol", pa.string(), "gsi-bench or exact"),
            _OPERATION,
            _ENVIRONMENT,
            _SPLIT,
            column("ic", pa.float64(), "instruction compliance", null=_NOT_SCORED),
            column("sa", pa.float64(), "spatial accuracy", null=_NOT_SCORED),
            column("el_ssim", pa.float64(), "edit locality: SSIM outside the edit", null=_NOT_SCORED),
            column("el_lpips", pa.float64(), "edit locality: LPIPS outside the edit", null=_NOT_SCORED),
            column("el_mse", pa.float64(), "edit locality: mean squared error outside the edit", null=_NOT_SCORED),
            column("ac", pa.float64(), "appearance consistency", null=_NOT_SCORED),
            column("error", pa.string(), "why the edit could not be scored", null="it could"),
            # Columns that were added later.
            column(
                "el_objects",
                pa.float64(),
                "edit locality: 1 - the most that any one bystander, or the background, was disturbed (exact)",
                null=_NOT_SCORED,
            ),
            column(
                "el_region",
                pa.float64(),
                "edit locality: overlap (IoU) of what changed with what should have (exact)",
                null=_NOT_SCORED,
            ),
            column(
                "pixel_error",
                pa.float64(),
                "how far off the target was found, or, of edits of the camera, the mean of all points (exact)",
                unit="pixel",
                null=_NOT_SCORED,
            ),
            column(
                "position_error_m",
                pa.float64(),
                "the same in space: across the line of sight for a target; of the camera itself for its edits (exact)",
                unit="m",
                null=_NOT_SCORED,
            ),
        ]
    ),
)

_RUN_ID = column("run_id", pa.string(), "name of the run, and of its folder")
_COUNT = column("count", pa.int64(), "how many")
_REJECTION = column("rejection", pa.string(), "name of the reason")

RECEIPTS = Table(
    "receipts",
    1,
    "What became of one shard in one run.",
    "runs/<run id>/receipts.parquet",
    (),
    _schema(
        [
            _RUN_ID,
            column("shard", pa.string(), "name of the shard, fixed before the run"),
            _SPLIT,
            _ENVIRONMENT,
            column("path", pa.string(), "its file, from the root of the lake", null="the shard failed"),
            column("rows", pa.int64(), "samples in the file", null="the shard failed"),
            column("bytes", pa.int64(), "size of the file", unit="byte", null="the shard failed"),
            column("sha256", pa.string(), "SHA-256 of the file, in hex", null="the shard failed"),
            column("accepted", struct_list([_OPERATION, _COUNT]), "samples per operation"),
            column(
                "rejected",
                struct_list([_OPERATION, _REJECTION, _COUNT]),
                "rejected candidates per operation and reason",
            ),
            column(
                "seconds",
                struct_list(
                    [
                        column("phase", pa.string(), "name of the phase"),
                        column("seconds", pa.float64(), "wall time spent in it", unit="s"),
                    ]
                ),
                "where the time went",
            ),
            column("worker", pa.string(), "host and process that made it"),
            column("error", pa.string(), "why the shard failed", null="it did not"),
            column("scenes", pa.int64(), "scenes that it looked into", null="the shard failed"),
            column("finished_at", pa.timestamp("us", tz="UTC"), "when the shard was done, or given up"),
        ]
    ),
)

REJECTIONS = Table(
    "rejections",
    1,
    "How many candidates were rejected in one run, by environment, operation and reason.",
    "runs/<run id>/rejections.parquet",
    (),
    _schema([_RUN_ID, _ENVIRONMENT, _OPERATION, _REJECTION, _COUNT]),
)

TABLES: Mapping[str, Table] = {
    table.name: table for table in (TRIPLETS, JUDGEMENTS, EDITS, SCORES, RECEIPTS, REJECTIONS)
}


def table_named(name: str) -> Table:
    """The table of this name. Raises `UnknownTable`."""
    if name not in TABLES:
        raise UnknownTable(
            f'There is no table "{name}" in a lake{did_you_mean(name, TABLES)}: there are {", ".join(TABLES)}.'
        )
    return TABLES[name]


def leaf_columns(schema: pa.Schema) -> Iterator[tuple[str, pa.Field]]:
    """Every leaf of the schema as Parquet names it ("camera_before.intrinsics.list.element"), with its column."""
    for field in schema:
        for path in _leaf_paths(field.name, field.type):
            yield path, field


def _leaf_paths(path: str, data_type: pa.DataType) -> Iterator[str]:
    if pa.types.is_struct(data_type):
        for member in data_type:
            yield from _leaf_paths(f"{path}.{member.name}", member.type)
    elif pa.types.is_list(data_type) or pa.types.is_fixed_size_list(data_type):
        yield from _leaf_paths(f"{path}.list.element", data_type.value_type)
    else:
        yield path
