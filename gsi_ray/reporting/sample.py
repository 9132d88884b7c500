"""One sample for the terminal: its facts as a table, and its pictures side by side as one image."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from rich.console import Group
from rich.markup import escape
from rich.table import Table

from gsi_ray.reporting.gallery import card, difference_image
from gsi_ray.reporting.wireframes import wireframe
from gsi_ray.sampling.triplet import Frame, Triplet

_TARGET_COLOR = (255, 64, 64)
_REFERENCE_COLOR = (64, 160, 255)


def describe(triplet: Triplet) -> Group:
    """The instruction, and every number and name of the sample under it."""
    shown = card(triplet)
    table = Table.grid(padding=(0, 2))
    place = (("sample", triplet.sample_id), ("operation", triplet.operation), ("environment", triplet.environment))
    for name, value in (*place, ("split", triplet.split), *shown.parameters, *shown.measures, *shown.facts):
        table.add_row(f"[dim]{escape(name)}[/]", escape(value))
    wordings = [escape(words) for words in (triplet.instruction, triplet.instruction_zh) if words]
    return Group(*(f"[bold]{words}[/]" for words in wordings), table)


def picture(triplet: Triplet) -> Image.Image:
    """Before, after and their difference, from left to right; the boxes are the target's and the reference's."""
    difference = difference_image(triplet.before.rgb, triplet.after.rgb)
    sides = [_with_boxes(triplet, triplet.before), _with_boxes(triplet, triplet.after), Image.fromarray(difference)]
    return Image.fromarray(np.concatenate([np.asarray(side) for side in sides], axis=1))


def _with_boxes(triplet: Triplet, frame: Frame) -> Image.Image:
    image = Image.fromarray(frame.rgb)
    draw = ImageDraw.Draw(image)
    for mention, color in ((triplet.reference, _REFERENCE_COLOR), (triplet.target, _TARGET_COLOR)):
        for item in frame.objects:
            if mention is not None and item.object_id == mention.object_id:
                for segment in wireframe(item.box, frame.camera):
                    draw.line(tuple(segment), fill=color, width=2)
    return image
