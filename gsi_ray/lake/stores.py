"""Storage by address: a local folder, s3://, gs://, az:// or memory://, through fsspec.

A file appears whole or not at all. Objects of a store do so by nature (one PUT, or a completed multipart upload); how
local files do is in `local`, what S3 needs is in `s3`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.registry import known_implementations

from gsi_ray.lake import local
from gsi_ray.lake.errors import LakeError, UnreadableLake, UnsupportedLake, UnwritableLake

if TYPE_CHECKING:
    from gsi_ray.lake.s3 import UnfinishedUpload

_LOCAL = ("file", "local")
_S3 = ("s3", "s3a")
# Only where a file becomes visible at once, when it is complete.
_PROTOCOLS = (*_LOCAL, *_S3, "memory", "gs", "gcs", "az", "abfs", "abfss")


@dataclass(frozen=True)
class Store:
    """An open lake: its file system, and the path of its root there. `url` is the address as the user gave it."""

    url: str
    file_system: AbstractFileSystem
    root: str

    @staticmethod
    def open(url: str, *, patient: bool = True) -> Store:
        """The store at a local path or an fsspec URL. Raises `UnsupportedLake`. Nothing is created yet.

        `patient` says whether a store that does not answer is given time (S3 only).
        """
        protocol = url.split("://", 1)[0] if "://" in url else "file"
        if protocol not in _PROTOCOLS:
            raise UnsupportedLake(
                f"A lake cannot lie at {url!r}: use a local path, or s3://, gs://, az:// or memory://."
            )
        try:
            file_system, root = _open_s3(url, patient) if protocol in _S3 else url_to_fs(url)
        except ImportError as error:
            package = str(known_implementations[protocol]["class"]).split(".")[0]
            raise UnsupportedLake(f"The lake {url!r} needs the package {package}: pip install {package}.") from error
        return Store(url, file_system, root.rstrip("/"))

    @property
    def is_local(self) -> bool:
        """Whether its files are ordinary files of this machine."""
        return not set(_LOCAL).isdisjoint(self.file_system.protocol)

    @property
    def is_s3(self) -> bool:
        """Whether its files are objects of S3, or of a store that speaks its language."""
        return not set(_S3).isdisjoint(self.file_system.protocol)

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

    def names(self, folder: str, prefix: str) -> Iterator[str]:
        """Names of the files right in a folder that begin so, in any order; none if there is no folder.

        An object store looks at these keys alone. Raises `UnreadableLake`.
        """
        with self._reported(UnreadableLake, "Cannot list"):
            if self.is_local:
                yield from local.names(Path(self.path(folder)), prefix)
                return
            place = f"{self.path(folder)}/"
            for path in self.file_system.find(self.path(folder), prefix=prefix):
                name = path[len(place) :]
                if name.startswith(prefix) and "/" not in name:
                    yield name

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
                local.publish(Path(self.path(key)), content)
            else:
                self.file_system.pipe_file(self.path(key), content)

    def publish_first(self, key: str, content: bytes) -> bytes:
        """Put a file in its place unless there is one, and return what is then there, whoever was first.

        Raises `UnwritableLake` or `UnreadableLake`.
        """
        with self._reported(UnwritableLake, f"Cannot write {key} to"):
            try:
                if self.is_local:
                    local.publish(Path(self.path(key)), content, os.link)
                else:
                    self.file_system.pipe_file(self.path(key), content, mode="create")
            except Exception:  # the stores have no common word for "it is there already"
                self.file_system.invalidate_cache()
                if not self.file_system.exists(self.path(key)):
                    raise
        return self.read(key)

    def remove(self, keys: Sequence[str]) -> None:
        """Take files away. Raises `UnwritableLake`."""
        with self._reported(UnwritableLake, "Cannot remove files from"):
            self.file_system.rm([self.path(key) for key in keys])

    def remove_leftovers(self, folder: str, prefix: str) -> int:
        """Remove what killed writers left of files under a folder whose names begin so; returns how many.

        None in an object store. Raises `UnwritableLake`.
        """
        with self._reported(UnwritableLake, "Cannot tidy"):
            return local.remove_leftovers(Path(self.path(folder)), prefix) if self.is_local else 0

    def require_writable(self) -> None:
        """Find out up front whether the lake can be written to, and leave nothing behind. Raises `UnwritableLake`."""
        with self._reported(UnwritableLake, "Cannot write to"):
            if self.is_local:
                local.try_to_write(Path(self.root))
            else:
                self.file_system.pipe_file(self.path(".writable"), b"?")
                # Who may write need not be allowed to remove.
                with suppress(PermissionError):
                    self.file_system.rm_file(self.path(".writable"))

    def unfinished_uploads(self, before: datetime) -> list[UnfinishedUpload]:
        """Files that S3 has parts of, and that nobody finished, begun before a time with a time zone.

        None for other stores, which forget them by themselves. Raises `UnreadableLake`.
        """
        if not self.is_s3:
            return []
        with self._reported(UnreadableLake, "Cannot list the unfinished uploads to"):
            return list(self.file_system.unfinished_uploads(self.root, before))

    def abort_upload(self, upload: UnfinishedUpload) -> None:
        """Drop the parts of a file that nobody will finish. Raises `UnwritableLake`."""
        with self._reported(UnwritableLake, f"Cannot drop the parts of {self.key(upload.path)} in"):
            self.file_system.abort_upload(upload)

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


def _open_s3(url: str, patient: bool) -> tuple[AbstractFileSystem, str]:
    from gsi_ray.lake.s3 import PatientS3  # as slow to import as all the rest, and of no use to a local lake

    return PatientS3(patient=patient), PatientS3._strip_protocol(url)


def require_writable(lake: str) -> None:
    """Find out up front, within seconds, whether a lake can be written to.

    Raises `UnwritableLake` or `UnsupportedLake`.
    """
    Store.open(lake, patient=False).require_writable()
