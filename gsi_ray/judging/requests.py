"""What a judge is shown and asked about one subject."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from PIL import Image, ImageDraw

from gsi_ray.judging.rubric import Rubric
from gsi_ray.judging.subjects import Box, Subject

_BEFORE, _AFTER = "The picture before the edit:", "The picture after the edit:"
_ALONE = "The picture:"
_FRAMED = " The thing in question is framed in red."
_FRAME_COLOR = (255, 0, 0)


@dataclass(frozen=True)
class Picture:
    """A stored PNG file, and the box to be framed in it, if any."""

    png: bytes
    box: Box | None = None

    def image(self, max_pixels: int) -> Image.Image:
        """The picture in RGB, framed, and made smaller where it has more pixels. Raises OSError for a broken file."""
        try:
            with Image.open(io.BytesIO(self.png)) as opened:
                image = opened.convert("RGB")
        except (SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow says of some files
            raise OSError(str(error)) from error
        if self.box is not None:
            width = max(2, round(min(image.size) / 200))
            ImageDraw.Draw(image).rectangle(self.box, outline=_FRAME_COLOR, width=width)
        shrink = sqrt(max_pixels / (image.width * image.height))
        if shrink < 1.0:
            size = (max(1, int(image.width * shrink)), max(1, int(image.height * shrink)))
            image = image.resize(size, Image.Resampling.LANCZOS)
        return image


@dataclass(frozen=True)
class Request:
    """What to ask about one subject: texts and pictures in the order in which the judge sees them.

    `sha256` is that of all that the answer depends on: the judge, the rubric, and the pictures.
    """

    subject: Subject
    parts: tuple[str | Picture, ...]
    sha256: str

    def without_pictures(self) -> Request:
        """The same once it has been shown: what an answer's verdict needs, and little to carry about."""
        return Request(replace(self.subject, before=b"", after=b""), (), self.sha256)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Its pictures alone."""
        return tuple(part for part in self.parts if isinstance(part, Picture))


def request(subject: Subject, rubric: Rubric, judge: Mapping[str, Any], *, swapped: bool = False) -> Request:
    """What to ask a judge, whose settings that bear on its answers are `judge`.

    `swapped`, the picture after the edit comes first: a judge that looks should say the same.
    """
    before = Picture(subject.before, subject.box_before if rubric.boxes else None)
    after = Picture(subject.after, subject.box_after if rubric.boxes else None)
    shown = [(_BEFORE, before), (_AFTER, after)] if rubric.about == "edit" else [(_ALONE, before)]
    parts: list[str | Picture] = []
    for caption, picture in reversed(shown) if swapped else shown:
        parts += [caption + (_FRAMED if picture.box else ""), picture]
    # Instructions may hold braces of their own, so nothing else is filled in.
    parts.append(rubric.prompt.format(instruction=subject.instruction))
    return Request(subject, tuple(parts), _digest(parts, rubric, judge))


def _digest(parts: list[str | Picture], rubric: Rubric, judge: Mapping[str, Any]) -> str:
    shown = [
        part if isinstance(part, str) else {"png": hashlib.sha256(part.png).hexdigest(), "box": part.box}
        for part in parts
    ]
    content = {"judge": judge, "rubric": rubric.model_dump(mode="json", exclude={"description"}), "shown": shown}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
