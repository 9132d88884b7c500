"""What can be set of each detector: plain dataclasses, checked by the types of their fields.

This module loads nothing heavy, so that settings can be checked long before a detector is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gsi_ray.limits import Fraction, Positive, PositiveCount


@dataclass(frozen=True)
class RecordedSettings:
    """`file` is a JSON file of the official form, such as `infer_cache.json`."""

    file: Path


@dataclass(frozen=True)
class OracleSettings:
    """A simulator's knowledge has nothing to set."""


@dataclass(frozen=True)
class LiftingSettings:
    """Names on the Hugging Face hub, or folders, of the three models, which are to have their weights as safetensors.

    `finder` is a Grounding DINO, `segmenter` a SAM 2, `depth` a Depth Anything with metric depth. A box is kept where
    the finder's score is above `box_threshold`; of the words of a label, those count as seen there whose own score is
    above `text_threshold`. Both are GSI-Bench's own for the same weights. `batch_size` pictures go through a model
    together.
    """

    finder: str = "IDEA-Research/grounding-dino-base"
    segmenter: str = "facebook/sam2.1-hiera-large"
    depth: str = "depth-anything/Depth-Anything-V2-Metric-Indoor-Large-hf"
    box_threshold: Fraction = 0.47
    text_threshold: Fraction = 0.25
    batch_size: PositiveCount = 8


@dataclass(frozen=True)
class DetAny3DSettings:
    """`checkout` is the folder `evaluation` of the official code of GSI-Bench, with DetAny3D's weights in place;
    `python` is the interpreter of the environment that was made for it.

    With `official_frame`, all is as the official evaluation does it, whatever comes of that, and as its caches have it:
    the intrinsics are handed over for the picture as it is, though the network sees it with 896 pixels on its longest
    side, and `box_2d` counts the pixels of the latter. Without it, both are as `Picture` and `Detection` say; the two
    are the same for pictures of that size whose sides are multiples of 14. `start_limit_s` is how long it may take to
    load the weights, `answer_limit_s` to look at a picture.
    """

    checkout: Path
    python: Path
    official_frame: bool = False
    start_limit_s: Positive = 900.0
    answer_limit_s: Positive = 120.0
