"""Where everything in a scene is to be drawn, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gsi_ray.sampling.triplet import Frame
from gsi_ray.spatial import Camera, OrientedBox


class CannotEdit(Exception):
    """There is no edit of one sample; the text says why, in a sentence. The others are not concerned."""


@dataclass(frozen=True, eq=False)
class Arrangement:
    """The box, in the world, of every object that is there, by its id, and the camera."""

    boxes: Mapping[str, OrientedBox]
    camera: Camera

    @staticmethod
    def of(frame: Frame) -> Arrangement:
        """What one side of a triplet shows."""
        return Arrangement({record.object_id: record.box for record in frame.objects}, frame.camera)

    def placing(self, object_id: str, box: OrientedBox) -> Arrangement:
        """The same but for one object, which fills this box."""
        return replace(self, boxes={**self.boxes, object_id: box})

    def without(self, object_id: str) -> Arrangement:
        """The same with one object gone."""
        return replace(self, boxes={name: box for name, box in self.boxes.items() if name != object_id})

    def seen_from(self, camera: Camera) -> Arrangement:
        """The same scene in another camera."""
        return replace(self, camera=camera)
