"""The player's pictures: how to have them drawn as a camera sees them, and what they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gsi_ray.simulators.ai2thor import frames
from gsi_ray.spatial import Camera

# Beyond this share of the far plane there is nothing but sky.
_SKY = 0.999


class Do(Protocol):
    """Has the player do an action, which no sound player refuses, and returns its event."""

    def __call__(self, action: str, *, picture: bool = False, **arguments: Any) -> Any:
        """With a picture only where one is wanted: drawing is what takes long."""


@dataclass(frozen=True, eq=False)
class Picture:
    """`rgb` (h, w, 3), planar `depth` (h, w) in metres, 0 where there is nothing, and `instances` (h, w)."""

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    instances: NDArray[np.uint16]


@dataclass(frozen=True)
class Framing:
    """How to cut a camera's picture out of one that Unity can draw, which has the optical axis in its middle.

    Unity draws `width` x `height` pixels; the camera's own begin at (`left`, `top`) and are `columns` x `rows`.
    """

    width: int
    height: int
    left: int
    top: int
    columns: int
    rows: int
    field_of_view_deg: float

    @staticmethod
    def of(camera: Camera) -> Framing:
        """The smallest picture that holds the camera's. Its pixels are square, which all our cameras' are."""
        focal, center = camera.intrinsics[1, 1], camera.intrinsics[:2, 2]
        width, left = _centered(float(center[0]), camera.width)
        height, top = _centered(float(center[1]), camera.height)
        return Framing(
            width, height, left, top, camera.width, camera.height, frames.field_of_view_deg(height, float(focal))
        )

    def cut(self, image: NDArray[Any]) -> NDArray[Any]:
        """The camera's part of an image (height, width, ...), as a copy."""
        return image[self.top : self.top + self.rows, self.left : self.left + self.columns].copy()


def _centered(center: float, size: int) -> tuple[int, int]:
    """The size of the image with its middle at `center` that holds an image of `size`, and where that begins in it."""
    whole = ceil(2.0 * max(center, size - center) - 1e-6)
    return whole, round(whole / 2.0 - center)


class Eye:
    """The one camera with which a scene in the player is looked at; it is put wherever it is needed.

    The pictures of depth and of instances keep the lens that their camera had when it was made, or when the size of the
    player's window last changed; so a new lens always comes with a new size.
    """

    def __init__(self, do: Do, depth_planes: tuple[float, float]) -> None:
        self._do = do
        self._near, self._far = depth_planes
        self._lens: tuple[int, int, float] | None = None
        self._depth_scale = 1.0

    def draw(self, camera: Camera, numbers: Mapping[str, int]) -> Picture:
        """What a camera sees; `numbers` are those of objects in instance images, by their ids."""
        framing = Framing.of(camera)
        self._set_lens(framing, camera)
        event = self._do("UpdateThirdPartyCamera", picture=True, thirdPartyCameraId=0, **frames.camera_to_unity(camera))
        depth = framing.cut(event.third_party_depth_frames[0])
        return Picture(
            rgb=framing.cut(event.third_party_camera_frames[0][..., :3]),
            depth=np.where(
                depth < _SKY * (self._far - self._near), depth * np.float32(self._depth_scale), np.float32(0)
            ),
            instances=_instances(
                framing.cut(event.third_party_instance_segmentation_frames[0]), event.object_id_to_color, numbers
            ),
        )

    def measure_depth(self, spot: NDArray[np.float64]) -> None:
        """Find out by what to multiply the player's depth to have metres. Raises ValueError where nothing fits.

        Some builds shorten it by (far - near) / far, as if depth began at the near plane. Whether this one does
        shows in how much farther the floor at `spot` (2,) is for a camera that is higher by a metre.
        """
        depths = []
        for height in (1.0, 2.0):
            camera = Camera.at([*spot, height], np.pi / 2.0, -np.pi / 2.0, np.pi / 3.0, 101, 101)
            depths.append(float(self.draw(camera, {}).depth[50, 50]))
        measured = 1.0 / max(depths[1] - depths[0], 1e-6)
        fitting = [scale for scale in (1.0, self._far / (self._far - self._near)) if abs(measured - scale) < 1e-3]
        if not fitting:
            raise ValueError(f"in its depth a metre is {1.0 / measured:.4f}")
        self._depth_scale = fitting[0]

    def forget(self) -> None:
        """The scene is a new one, and has no camera yet."""
        self._lens = None

    def _set_lens(self, framing: Framing, camera: Camera) -> None:
        lens = (framing.width, framing.height, framing.field_of_view_deg)
        if lens == self._lens:
            return
        place: dict[str, Any] = {**frames.camera_to_unity(camera), "fieldOfView": framing.field_of_view_deg}
        if self._lens is None:
            self._do("AddThirdPartyCamera", **place)
        else:
            self._do("UpdateThirdPartyCamera", thirdPartyCameraId=0, **place)
        self._do("ChangeResolution", x=framing.width + 2, y=framing.height + 2)
        self._do("ChangeResolution", x=framing.width, y=framing.height)
        self._lens = lens


def _instances(
    image: NDArray[np.uint8], colors: Mapping[str, tuple[int, int, int]], numbers: Mapping[str, int]
) -> NDArray[np.uint16]:
    """Instance numbers (h, w) of an image of colours (h, w, 3); 0 is whatever has no number."""
    number_of = {_key(*colors[name]): number for name, number in numbers.items() if name in colors}
    red, green, blue = np.moveaxis(image.astype(np.int64), -1, 0)
    keys, places = np.unique(_key(red, green, blue), return_inverse=True)
    found = np.array([number_of.get(int(key), 0) for key in keys], dtype=np.uint16)
    return found[places].reshape(image.shape[:2])


def _key(red: Any, green: Any, blue: Any) -> Any:
    """One number for a colour, or for each of arrays of colours."""
    return (red << 16) + (green << 8) + blue


def resampled(image: NDArray[np.uint16], width: int, height: int) -> NDArray[np.uint16]:
    """An image at another size over the same field of view; every pixel is the nearest one of the image."""
    rows, columns = image.shape
    row = ((np.arange(height) + 0.5) * rows / height).astype(int)
    column = ((np.arange(width) + 0.5) * columns / width).astype(int)
    return image[np.ix_(row, column)]
