"""Storage by address: a local folder, s3://, gs://, az:// or memory://, through fsspec.

A file appears whole or not at all. Objects of a store do so by nature (one PUT, or a completed multipart upload); a
local file is written beside its place, flushed to the disk, and renamed.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.registry import known_implementations

from gsi_ray.lake.errors import LakeError, UnreadableLake, UnsupportedLake, UnwritableLake

_LOCAL = ("file", "local")
# Only where a file becomes visible at once, when it is complete.
_PROTOCOLS = (*_LOCAL, "memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss")
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Store:
    """An open lake: its file system, and the path of its root there. `url` is the address as the user gave it."""

    url: str
    file_system: AbstractFileSystem
    root: str

    @staticmethod
    def open(url: str) -> Store:
        """The store at a local path or an fsspec URL. Raises `UnsupportedLake`. Nothing is created yet."""
        protocol = url.split("://", 1)[0] if "://" in url else "file"
        if protocol not in _PROTOCOLS:
            raise UnsupportedLake(
                f"A lake cannot lie at {url!r}: use a local path, or s3://, gs://, az:// or memory://."
            )
        try:
            file_system, root = url_to_fs(url)
        except ImportError as error:
            package = str(known_implementations[protocol]["class"]).split(".")[0]
            raise UnsupportedLake(f"The lake {url!r} needs the package {package}: pip install {package}.") from error
        return Store(url, file_system, root.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether its files are ordinary files of this machine."""
        return "file" in self.file_system.protocol or "local" in self.file_system.protocol

    def path(self, key: str) -> str:
        """Where the file with this key lies in the file system."""
        return f"{self.root}/{key}"

    def key(self, path: str) -> str:
        """Undo `path`."""
        return path.removeprefix(f"{self.root}/")

    def files(self, folder: str, suffix: str) -> list[str]:
        """Keys of all files under a folder, however deep, whose name ends so, sorted; none if there is no folder.

        Raises `UnreadableLake`.
        """
        with self._reported(UnreadableLake, "Cannot list"):
            self.file_system.invalidate_cache()
            found: list[str] = self.file_system.find(self.path(folder))
        return sorted(self.key(path) for path in found if path.endswith(suffix))

    def read(self, key: str) -> bytes:
        """The whole file. Raises `UnreadableLake`."""
        with self._reported(UnreadableLake, f"Cannot read {key} in"):
            content: bytes = self.file_system.cat_file(self.path(key))
        return content

    def endings(self, keys: Sequence[str], length: int) -> list[bytes]:
        """The last bytes of many files. Raises `UnreadableLake`."""
        with self._reported(UnreadableLake, "Cannot read files of"):
            paths = [self.path(key) for key in keys]
            found: list[bytes] = self.file_system.cat_ranges(paths, -length, None, on_error="raise")
        return found

    def publish(self, key: str, content: bytes) -> None:
        """Put a file in its place, whole, over the one that may be there. Raises `UnwritableLake`."""
        with self._reported(UnwritableLake, f"Cannot write {key} to"):
            if self.is_local:
                _publish_locally(Path(self.path(key)), content)
            else:
                self.file_system.pipe_file(self.path(key), content)

    def require_writable(self) -> None:
        """Find out up front whether the lake can be written to, and leave nothing behind. Raises `UnwritableLake`."""
        with self._reported(UnwritableLake, "Cannot write to"):
            if self.is_local:
                _try_to_write(Path(self.root))
            else:
                probe = self.path(f".writable-{uuid.uuid4().hex}{_UNFINISHED}")
                self.file_system.pipe_file(probe, b"?")
                self.file_system.rm_file(probe)

    @contextmanager
    def _reported(self, kind: type[LakeError], what: str) -> Iterator[None]:
        """Turn whatever goes wrong into one sentence: the clients of the stores share no class of errors."""
        try:
            yield
        except Exception as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise kind(
                f"{what} the lake {self.url!r} ({reason.rstrip('.')}): check address, rights and space there."
            ) from error


def _publish_locally(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.parent / f".{path.name}.{uuid.uuid4().hex}{_UNFINISHED}"
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except FileNotFoundError:
        # Another writer of the same file was faster, and tidied this one's attempt away with the others.
        if not path.exists():
            raise
    finally:
        unfinished.unlink(missing_ok=True)
    _flush_folder(path.parent)
    # What writers that were killed have left of this very file.
    for leftover in path.parent.glob(f".{path.name}.*{_UNFINISHED}"):
        leftover.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """A rename lasts through a power cut only when the folder, too, is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _try_to_write(root: Path) -> None:
    """Write, and take away again, a file in the folder, or in the nearest one above it that exists."""
    folder = next(place for place in (root, *root.parents) if place.exists())
    probe = folder / f".writable-{uuid.uuid4().hex}{_UNFINISHED}"
    try:
        probe.write_bytes(b"?")
    finally:
        probe.unlink(missing_ok=True)


def require_writable(lake: str) -> None:
    """Find out up front whether a lake can be written to. Raises `UnwritableLake` or `UnsupportedLake`."""
    Store.open(lake).require_writable()
