"""DetAny3D, the detector of GSI-Bench, in an environment of its own.

The official code wants Python 3.10, numpy 1 and a CUDA of its time, switches off torch's distributed package, and
unpickles its weights. So it runs as a program beside this one (`detany3d_worker`), and gets what the official
evaluation gives it: the picture, the label as its only text, and the intrinsics. It looks at one picture at a time, and
always on the first GPU.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gsi_ray.detection import detany3d_worker
from gsi_ray.detection.detector import DetectorError, DetectorFailed, Picture
from gsi_ray.detection.records import Array, BadRecord, Detection
from gsi_ray.detection.settings import DetAny3DSettings

# As the network sees a picture: with so many pixels on its longest side, and sides that are multiples of its patch.
_SIDE = 896
_PATCH = 14


class DetAny3D:
    """Looks at one picture after the other; one at which the official code fails, or takes too long, has failed.

    The program is started for the first picture, again where it has died over one, and ends with this object. In
    `DetAny3DSettings` is what `official_frame` means.
    """

    name = "detany3d"

    def __init__(self, settings: DetAny3DSettings) -> None:
        """Raises DetectorError where the code or the interpreter is not there."""
        if not (settings.checkout / detany3d_worker.REFERENCE).is_file():
            raise DetectorError(
                f"{settings.checkout} has no {detany3d_worker.REFERENCE}: give the folder 'evaluation' of the official "
                "code, github.com/aim-uofa/GSI-Bench."
            )
        if not settings.python.is_file():
            raise DetectorError(
                f"{settings.python} is no Python interpreter: give that of the environment which setup_gsi_env.sh in "
                f"{settings.checkout} makes."
            )
        self._settings = settings
        self._program: _Program | None = None

    def detect(self, pictures: Sequence[Picture]) -> list[tuple[Detection, ...] | DetectorFailed]:
        """What there is in each picture, in their order. Raises DetectorError where the program does not start."""
        return [self._look(picture) for picture in pictures]

    def _look(self, picture: Picture) -> tuple[Detection, ...] | DetectorFailed:
        if self._program is None:
            self._program = _Program(self._settings)
        frame = _Unchanged() if self._settings.official_frame else _Frame.of(*picture.rgb.shape[:2])
        try:
            answer = self._program.ask(frame.seen(picture.rgb), picture.label, frame.intrinsics(picture.intrinsics))
            if "error" in answer:
                return DetectorFailed(f"DetAny3D: {answer['error']}")
            found = [Detection.parse(one) for one in answer["detections"]]
        except _Died as error:
            self._program = None
            return DetectorFailed(str(error))
        except BadRecord as error:
            return DetectorFailed(f"what DetAny3D says cannot be used: {error}")
        return tuple(
            Detection(picture.label, frame.restored(one.box_2d, picture.rgb), one.box_3d, one.rotation) for one in found
        )


@dataclass(frozen=True)
class _Frame:
    """How a picture comes to be what the network sees: its size is changed, and its middle cut out.

    `size` is width and height after the first, `left` and `top` are what the second cuts away, in pixels.
    """

    size: tuple[int, int]
    scale: tuple[float, float]
    left: int
    top: int

    @staticmethod
    def of(height: int, width: int) -> _Frame:
        """As the official code does it."""
        scale = _SIDE / max(height, width)
        size = int(width * scale + 0.5), int(height * scale + 0.5)
        left, top = (side // 2 - side // _PATCH * _PATCH // 2 for side in size)
        return _Frame(size, (size[0] / width, size[1] / height), left, top)

    def seen(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        resized = np.asarray(Image.fromarray(rgb).resize(self.size, Image.Resampling.BILINEAR))
        width, height = (side // _PATCH * _PATCH for side in self.size)
        return resized[self.top : self.top + height, self.left : self.left + width]

    def intrinsics(self, intrinsics: Array) -> Array:
        change = np.array([[self.scale[0], 0.0, -self.left], [0.0, self.scale[1], -self.top], [0.0, 0.0, 1.0]])
        return change @ intrinsics

    def restored(self, box_2d: Array, rgb: NDArray[np.uint8]) -> Array:
        """A rectangle (4,) in pixels of the picture as it was, as far as it lies within."""
        corners = (box_2d + np.tile([self.left, self.top], 2)) / np.tile(self.scale, 2)
        return np.clip(corners, 0.0, np.tile(rgb.shape[1::-1], 2))


class _Unchanged:
    """The picture, its intrinsics and what is found in it are handed on as they are."""

    def seen(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return rgb

    def intrinsics(self, intrinsics: Array) -> Array:
        return intrinsics

    def restored(self, box_2d: Array, rgb: NDArray[np.uint8]) -> Array:
        return box_2d


class _Died(Exception):
    """The program has ended, or was ended for taking too long; the text says which."""


class _Program:
    """The worker in the environment of the official code. Raises DetectorError where it does not get ready."""

    def __init__(self, settings: DetAny3DSettings) -> None:
        self._limit_s = settings.answer_limit_s
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the program
        self._process = subprocess.Popen(
            [settings.python, Path(detany3d_worker.__file__)],
            cwd=settings.checkout,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        weakref.finalize(self, _end, self._process)
        try:
            trouble = self._answer(settings.start_limit_s).get("error")
        except _Died as error:
            trouble = str(error)
        if trouble:
            raise DetectorError(
                f"DetAny3D in {settings.checkout} does not start ({trouble}): see docs/detectors.md for what it needs."
            )

    def ask(self, rgb: NDArray[np.uint8], label: str, intrinsics: Array) -> dict[str, Any]:
        """The worker's answer for a picture (h, w, 3). Raises _Died."""
        question = {"shape": rgb.shape, "label": label, "intrinsics": intrinsics.tolist()}
        stdin = _pipe(self._process.stdin)
        try:
            stdin.write(json.dumps(question).encode() + b"\n" + rgb.tobytes())
            stdin.flush()
        except BrokenPipeError as error:
            raise _Died(self._last_words()) from error
        return self._answer(self._limit_s)

    def _answer(self, limit_s: float) -> dict[str, Any]:
        with _killed_after(self._process, limit_s) as was_killed:
            line = _pipe(self._process.stdout).readline()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._process.wait()
        raise _Died(f"DetAny3D took longer than {limit_s:g} s" if was_killed.is_set() else self._last_words())

    def _last_words(self) -> str:
        self._log.seek(0)
        words = self._log.read().decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(words) if line.strip()), "it said nothing")
        return f"DetAny3D has died (exit status {self._process.wait()}): {last}"


@contextmanager
def _killed_after(process: subprocess.Popen[bytes], limit_s: float) -> Iterator[threading.Event]:
    """Ends a process that has not come out of this by then, which ends its pipes, too; the event tells."""
    was_killed = threading.Event()

    def kill() -> None:
        was_killed.set()
        process.kill()

    timer = threading.Timer(limit_s, kill)
    timer.start()
    try:
        yield was_killed
    finally:
        timer.cancel()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # both were asked for
    return pipe


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    _pipe(process.stdout).close()
    with suppress(BrokenPipeError):  # of what it has not read
        _pipe(process.stdin).close()
