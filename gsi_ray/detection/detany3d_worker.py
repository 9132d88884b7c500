"""The program that runs DetAny3D in the environment of the official code of GSI-Bench, in its folder `evaluation`.

It is run as a file, by a Python that has none of this package and may be as old as 3.10, so it imports nothing of it.
Standard input has, for each picture, a line of JSON (`shape`, `label`, `intrinsics`) and its pixels (h, w, 3) uint8;
standard output gets a line of JSON for each: `detections` as the official code gives them, or an `error`. A line comes
first to say that all is loaded.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import IO, Any

REFERENCE = "models/model.py"
"""What tells the folder by, which has the class `DetAny3DInference`."""

_CONFIG = "./utils/detect_anything/configs/demo.yaml"
_KEYS = ("label", "bbox_2d", "bbox_3d", "rotation_matrix")


def main() -> None:
    """Answer until standard input ends."""
    # The official code prints as it goes along, and looks for its own packages and its weights in the current folder.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.path[0] = os.getcwd()
    try:
        detector = importlib.import_module("models.model").DetAny3DInference(_CONFIG)
        if detector.dino_model is None:  # it would go on, and never find anything
            raise RuntimeError("GroundingDINO, which finds things by their names, could not be loaded")
    except Exception as error:
        _say(answers, {"error": _in_words(error)})
        return
    _say(answers, {"ready": True})
    for line in sys.stdin.buffer:
        question = json.loads(line)
        height, width, channels = question["shape"]
        pixels = sys.stdin.buffer.read(height * width * channels)
        try:
            _say(answers, {"detections": _found(detector, question, pixels)})
        except Exception as error:
            _say(answers, {"error": _in_words(error)})


def _found(detector: Any, question: dict[str, Any], pixels: bytes) -> list[dict[str, Any]]:
    """Asked as the official evaluation asks; of each answer, what goes into its cache and is used there."""
    import numpy as np

    result = detector.predict(
        np.frombuffer(pixels, dtype=np.uint8).reshape(question["shape"]).copy(),
        text_prompts=[question["label"]],
        point_coords=None,
        bbox_coords=None,
        output_dir=None,
        show_orientation=False,
        gt_camera_intrinsics=np.array(question["intrinsics"]),
    )
    return [{key: one[key] for key in _KEYS} for one in result["detections"]]


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0]


def _say(answers: IO[bytes], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
