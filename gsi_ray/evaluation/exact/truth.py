"""What is known of a sample, at the size at which edits are compared with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from gsi_ray.evaluation.exact.colors import Lab, Mask, difference, lab, without_tint
from gsi_ray.evaluation.keypoints import Keypoints
from gsi_ray.evaluation.ssim import Windows
from gsi_ray.sampling.triplet import Frame, ObjectRecord, Triplet
from gsi_ray.spatial import Camera

WORKING_SIDE = 512
"""Longest side in pixels: pictures are compared at this size, or their own if that is smaller."""

LEAST_CONTRAST = 0.02
"""Of keypoints: there are not enough others in the plain walls of rooms."""

_CHANGED = 4.0
EDGE_PIXELS = 3
"""So far the colours of a thing bleed into the pixels beside it, multisampled, resized and blurred."""


class WrongSize(ValueError):
    """An edited picture whose sides are not as those of the sample's; the text says both."""


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a sample: `rgb` (h, w, 3), `lab` the same in CIELAB, `depth` and `instances` (h, w)."""

    camera: Camera
    objects: tuple[ObjectRecord, ...]
    rgb: NDArray[np.uint8]
    lab: Lab
    depth: NDArray[np.float32]
    instances: NDArray[np.uint16]

    @cached_property
    def keypoints(self) -> Keypoints:
        """What of it is recognised in other pictures."""
        return Keypoints.of(self.rgb, LEAST_CONTRAST)

    @cached_property
    def windows(self) -> Windows:
        """What SSIM compares of it."""
        return Windows.of(self.rgb.astype(np.float32))

    @cached_property
    def surface(self) -> NDArray[np.float64]:
        """The world point (h, w, 3) that each pixel shows; not a number where there is none."""
        rows, columns = np.indices(self.depth.shape)
        depth = np.where(self.depth > 0.0, self.depth, np.nan).astype(np.float64)
        return self.camera.unproject(np.stack([columns, rows], axis=-1) + 0.5, depth)

    def mask(self, object_id: str) -> Mask:
        """The pixels (h, w) that show an object; none where there is no such object."""
        numbers = [one.instance for one in self.objects if one.object_id == object_id]
        return np.isin(self.instances, numbers)


@dataclass(frozen=True, eq=False)
class Truth:
    """A sample as edits are compared with it. `target` is None for edits of the camera."""

    operation: str
    target: str | None
    before: Side
    after: Side

    @staticmethod
    def of(triplet: Triplet) -> Truth:
        """From a sample of the lake."""
        target = None if triplet.target is None else triplet.target.object_id
        return Truth(triplet.operation, target, _side(triplet.before), _side(triplet.after))

    def fitted(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """An edited picture (h, w, 3) at the working size. Raises WrongSize where its sides are in another ratio."""
        height, width = rgb.shape[:2]
        camera = self.after.camera
        if abs(width * camera.height / (height * camera.width) - 1.0) > 0.02:
            raise WrongSize(
                f"the edited picture is {width}x{height} pixels, which is another shape than the sample's "
                f"({camera.width}x{camera.height} at this size): the editor is to keep the sides' ratio"
            )
        return _resized(rgb, camera.width, camera.height)

    @cached_property
    def target_before(self) -> Mask:
        """The target's pixels (h, w) before."""
        return self.before.mask(self.target or "")

    @cached_property
    def target_after(self) -> Mask:
        """The target's pixels (h, w) after; none where it was removed."""
        return self.after.mask(self.target or "")

    @cached_property
    def changed(self) -> Mask:
        """Where the true edit shows, (h, w): the target's own pixels before and after, its shadows and reflections."""
        shows = difference(self.before.lab, self.after.lab) > _CHANGED
        return grown(shows | self.target_before | self.target_after, EDGE_PIXELS)

    @cached_property
    def before_untinted(self) -> Lab:
        """The picture before, (h, w, 3), compared as edited pictures are."""
        return lab(self.untinted(self.before.rgb))

    def untinted(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """A picture (h, w, 3) with its colours as near the truth as a change of all of them alike can bring them."""
        return without_tint(rgb, self.after.rgb, ~self.changed)

    @cached_property
    def without_target(self) -> Lab:
        """The picture after, (h, w, 3), as it would be without the target.

        What the target hides on both sides nobody has seen: there it continues as it is at the nearest seen pixel.
        """
        hidden = [grown(mask, EDGE_PIXELS) for mask in (self.target_before, self.target_after)]
        empty = np.where(hidden[1][..., None], self.before.lab, self.after.lab)
        unseen = hidden[0] & hidden[1]
        if unseen.any() and not unseen.all():
            nearest = distance_transform_edt(unseen, return_distances=False, return_indices=True)
            empty = empty[tuple(nearest)]
        return empty


def grown(mask: Mask, pixels: int) -> Mask:
    """A mask (h, w) with all that is within so many pixels of it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return cv2.dilate(mask.astype(np.uint8), kernel).astype(np.bool_)


def _side(frame: Frame) -> Side:
    scale = min(1.0, WORKING_SIDE / max(frame.camera.width, frame.camera.height))
    width, height = round(scale * frame.camera.width), round(scale * frame.camera.height)
    rgb = _resized(frame.rgb, width, height)
    depth, instances = (
        cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST) for image in (frame.depth, frame.instances)
    )
    return Side(frame.camera.resized(width, height), frame.objects, rgb, lab(rgb), depth, instances)


def _resized(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    if rgb.shape[:2] == (height, width):
        return rgb
    way = cv2.INTER_AREA if rgb.shape[1] > width else cv2.INTER_LINEAR
    resized: NDArray[np.uint8] = cv2.resize(rgb, (width, height), interpolation=way)
    return resized
