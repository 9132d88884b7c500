"""One sample as one picture: before and after side by side over the instruction."""

from __future__ import annotations

import textwrap

from PIL import Image, ImageDraw, ImageFont

from gsi_ray.reporting.wireframes import wireframe
from gsi_ray.sampling.triplet import Frame, Triplet

_PAPER, _INK = (255, 255, 255), (29, 31, 35)
_COLORS = {"target": (255, 77, 77), "reference": (53, 195, 255)}


def strip(triplet: Triplet, size: int = 512, boxes: bool = False) -> Image.Image:
    """Both images, each `size` pixels wide, and the instruction below; with `boxes`, target and reference outlined."""
    pictures = [_drawn(triplet, frame, size, boxes) for frame in (triplet.before, triplet.after)]
    gap, text_size = max(4, size // 64), max(12, size // 22)
    font = ImageFont.load_default(text_size)
    width, height = 2 * size + gap, pictures[0].height
    # The built-in font is about half as wide as it is high.
    lines = textwrap.wrap(triplet.instruction, width=2 * width // text_size - 4)
    sheet = Image.new("RGB", (width, height + round(1.4 * text_size * len(lines)) + text_size), _PAPER)
    sheet.paste(pictures[0], (0, 0))
    sheet.paste(pictures[1], (size + gap, 0))
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        place = (width / 2, height + text_size * (0.5 + 1.4 * number))
        pen.text(place, line, fill=_INK, font=font, anchor="ma")
    return sheet


def _drawn(triplet: Triplet, frame: Frame, size: int, boxes: bool) -> Image.Image:
    scale = size / frame.camera.width
    picture = Image.fromarray(frame.rgb).resize((size, round(scale * frame.camera.height)), Image.Resampling.LANCZOS)
    if boxes:
        pen = ImageDraw.Draw(picture)
        roles = {
            mention.object_id: role
            for role, mention in (("target", triplet.target), ("reference", triplet.reference))
            if mention is not None
        }
        for record in frame.objects:
            if record.object_id in roles and record.bbox_2d is not None:
                for segment in wireframe(record.box, frame.camera):
                    pen.line(
                        [tuple(end) for end in (scale * segment).reshape(2, 2)], _COLORS[roles[record.object_id]], 2
                    )
    return picture
