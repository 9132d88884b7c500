"""Cheap proofs that a row tells the truth: its numbers must agree with each other, and with its words."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gsi_ray.lake.auditing.findings import Check, Finding, Severity
from gsi_ray.lake.rows import Row
from gsi_ray.language.quantities import AmbiguousNumbers, Numbers, read_numbers
from gsi_ray.spatial import RigidTransform, rotations

_REMEDY = "Do not train on these samples: remove their files, and report how they were made."

FALSE_TRANSFORM = Check("false_transform", Severity.ERROR, _REMEDY)
FALSE_NUMBERS = Check("false_numbers", Severity.ERROR, _REMEDY)
FALSE_CAMERA = Check("false_camera", Severity.ERROR, _REMEDY)

_TOLERANCE_M = 1e-3
_TOLERANCE_DEG = 0.1
_SIZE_TOLERANCE = 0.02


def truth_findings(row: Row, where: str) -> Iterator[Finding]:
    """What cannot be true of a row of the table `triplets`; its pictures are not looked at."""
    if row["target"] is None:
        yield from _camera_findings(row, where)
    else:
        if row["camera_before"] != row["camera_after"]:
            yield FALSE_CAMERA.finding(where, f"the camera moves in a sample of {row['operation']}")
        yield from _target_findings(row, where)
    yield from _number_findings(row, where)


def _camera_findings(row: Row, where: str) -> Iterator[Finding]:
    if row["transform"] is None:
        yield FALSE_TRANSFORM.finding(where, "there is neither a target nor a transform of the camera")
        return
    before, after = (_camera_pose(row[f"camera_{side}"]) for side in ("before", "after"))
    yield from _pose_findings(RigidTransform.from_matrix(row["transform"]) @ before, after, "camera", where)


def _target_findings(row: Row, where: str) -> Iterator[Finding]:
    name, factor = row["target"]["object_id"], row["parameters"]["factor"]
    before, after = (
        next((record for record in row[f"objects_{side}"] if record["object_id"] == name), None)
        for side in ("before", "after")
    )
    if before is None:
        yield FALSE_TRANSFORM.finding(where, f"the target {name} is not there before")
    elif row["transform"] is None:
        if after is not None:
            yield FALSE_TRANSFORM.finding(where, f"the target {name} has no transform, but is there after")
    elif after is None:
        yield FALSE_TRANSFORM.finding(where, f"the target {name} has a transform, but is not there after")
    elif factor is not None:
        if not np.allclose(after["size"], factor * np.asarray(before["size"]), rtol=_SIZE_TOLERANCE):
            yield FALSE_TRANSFORM.finding(where, f"{name} is not scaled by {factor:g}")
    else:
        expected = RigidTransform.from_matrix(row["transform"]) @ _object_pose(before)
        yield from _pose_findings(expected, _object_pose(after), name, where)


def _pose_findings(expected: RigidTransform, actual: RigidTransform, name: str, where: str) -> Iterator[Finding]:
    distance = float(np.linalg.norm(actual.translation - expected.translation))
    angle = math.degrees(rotations.angle_between(actual.rotation, expected.rotation))
    if not (distance <= _TOLERANCE_M and angle <= _TOLERANCE_DEG):  # and what is not a number is not right
        apart = f"{1000.0 * distance:.1f} mm and {angle:.2f} degrees"
        yield FALSE_TRANSFORM.finding(where, f"{name} is {apart} away from where its transform leads")


def _object_pose(record: Row) -> RigidTransform:
    return RigidTransform(record["rotation"], record["center"])


def _camera_pose(camera: Row) -> RigidTransform:
    return RigidTransform(camera["rotation"], camera["translation"]).inverse()


def _number_findings(row: Row, where: str) -> Iterator[Finding]:
    given = row["parameters"]
    meant = Numbers(given["distance_m"], given["angle_deg"], given["factor"])
    for instruction in filter(None, (row["instruction"], row["instruction_zh"])):
        try:
            said = read_numbers(instruction)
        except AmbiguousNumbers as error:
            yield FALSE_NUMBERS.finding(where, str(error))
            continue
        for name in ("distance_m", "angle_deg", "factor"):
            if not _same(getattr(said, name), getattr(meant, name)):
                told = f"says {name} {getattr(said, name)}, and it is {getattr(meant, name)}"
                yield FALSE_NUMBERS.finding(where, f'"{instruction}" {told}')


def _same(said: float | None, meant: float | None) -> bool:
    if said is None or meant is None:
        return said is meant
    return math.isclose(said, meant, rel_tol=1e-4)
