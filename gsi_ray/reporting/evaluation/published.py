"""What others have published on GSI-Bench, to be read beside the figures of a lake, whose data are not the same.

Source: "Exploring Spatial Intelligence from a Generative Perspective", arXiv 2604.20570 (CVPR 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "arXiv 2604.20570"
SOURCE_TITLE = "Exploring Spatial Intelligence from a Generative Perspective"

DATA_SETS: Mapping[str, str] = {"real": "GSI-Real", "tabletop": "GSI-Syn-Table", "room": "GSI-Syn-Room"}
"""What the paper calls its data sets, by the environment of ours that is most like each."""


@dataclass(frozen=True)
class PublishedAverage:
    """The average of IC, SA, EL (by LPIPS) and AC of a model, in percent, by data set."""

    model: str
    averages: Mapping[str, float]


PUBLISHED = (
    PublishedAverage("Emu3.5", {"GSI-Real": 43.52, "GSI-Syn-Table": 34.25, "GSI-Syn-Room": 20.45}),
    PublishedAverage("NanoBanana", {"GSI-Real": 33.52, "GSI-Syn-Table": 37.03, "GSI-Syn-Room": 21.29}),
    PublishedAverage("BAGEL", {"GSI-Real": 28.46, "GSI-Syn-Table": 26.59, "GSI-Syn-Room": 17.37}),
    PublishedAverage("BAGEL + GSI-Syn", {"GSI-Real": 36.28, "GSI-Syn-Table": 48.74, "GSI-Syn-Room": 24.42}),
)

BAGEL_ON_REAL: Mapping[str, float] = {
    "ic": 31.973,
    "sa": 22.185,
    "el": 27.894,
    "ac": 31.882,
    "average": 28.484,
    "el_ssim": 28.748,
}
"""BAGEL on GSI-Real by measure, in percent: what the official code gives when it is run again."""
