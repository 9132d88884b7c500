"""Where an export goes: a folder that bears its name only when it is whole.

Until then its files gather in `<name>.unfinished`, which a later attempt at the same export goes on from. Files there
may be cut short; those of a finished part are not, and its record, stored after them, says which they are.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsi_ray.lake.errors import LakeError
from gsi_ray.lake.exports.errors import ExportError
from gsi_ray.lake.stores import Store

UNFINISHED = ".unfinished"
MANIFEST = "export.json"
"""What an export is of, and all its files with their sizes and SHA-256."""

_RECORDS = ".parts"
_IDENTITY = ".identity"


@dataclass(frozen=True)
class WrittenFile:
    """A file of an export: its path in the folder, its size, and its SHA-256 in hex."""

    path: str
    bytes: int
    sha256: str


class Files:
    """The files of one part of an export, as they are written."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.written: list[WrittenFile] = []

    @contextmanager
    def create(self, path: str) -> Iterator[io.RawIOBase]:
        """A new file in the folder, to be written from the beginning to the end. Raises ExportError."""
        with self._target.create(path) as stream:
            yield stream
        self.written.append(WrittenFile(path, stream.bytes, stream.sha256.hexdigest()))

    def put(self, path: str, content: bytes) -> None:
        """A new file with this content. Raises ExportError."""
        with self.create(path) as file:
            file.write(content)


class Target:
    """The folder of one export, local or in an object store. Raises ExportError for whatever cannot be done there."""

    def __init__(self, url: str) -> None:
        self._store = Store.open(url.rstrip("/") or "/")
        if "/" not in self._store.root.strip("/") and not self._store.is_local:
            raise ExportError(
                f"An export cannot be {url!r} itself: name a folder in it, such as {url.rstrip('/')}/data."
            )
        self._staging = Store(f"{url}{UNFINISHED}", self._store.file_system, f"{self._store.root}{UNFINISHED}")

    @property
    def location(self) -> str:
        """Its address for programs that run elsewhere: an absolute path, or a URL."""
        return self._store.root if self._store.is_local else self._store.url.rstrip("/")

    def is_finished(self, identity: str) -> bool:
        """Whether the export with this identity is there. Raises ExportError if anything else is."""
        with self._reported("looked into"):
            file_system = self._store.file_system
            file_system.invalidate_cache()
            if file_system.exists(self._store.path(MANIFEST)):
                if json.loads(file_system.cat_file(self._store.path(MANIFEST))).get("identity") == identity:
                    return True
                raise ExportError(
                    f"{self._store.url} holds another export: name another folder, or delete this one first."
                )
            # In an object store, files get their names one by one: these may be the first of ours.
            ours = not self._store.is_local and self._started() == identity
            if not ours and _occupied(self._store):
                raise ExportError(
                    f"{self._store.url} holds something that is no export: name a folder that is empty or not there."
                )
        return False

    def prepare(self, identity: str) -> None:
        """Make the unfinished folder ready for the export with this identity; what is there of another goes.

        Raises ExportError also if what is there is no unfinished export.
        """
        with self._reported("written to"):
            started = self._started()
            if started == identity:
                return
            if started is not None:
                self._staging.file_system.rm(self._staging.root, recursive=True)
            elif _occupied(self._staging):
                raise ExportError(
                    f"{self._staging.url} is in the way: an export gathers there until it is whole; move it away."
                )
            if self._staging.is_local:
                Path(self._staging.root).mkdir(parents=True, exist_ok=True)
            self._staging.file_system.pipe_file(self._staging.path(_IDENTITY), identity.encode())

    def records(self) -> dict[int, dict[str, Any]]:
        """The records of the parts that are finished, by their numbers."""
        with self._reported("read"):
            keys = self._staging.files(_RECORDS, ".json")
            return {int(Path(key).stem): json.loads(self._staging.read(key)) for key in keys}

    def record(self, part: int, record: dict[str, Any]) -> None:
        """A part is finished."""
        with self._reported("written to"):
            self._staging.publish(f"{_RECORDS}/{part:06d}.json", json.dumps(record).encode())

    @contextmanager
    def create(self, path: str) -> Iterator[_Stream]:
        """A file in the unfinished folder."""
        place = self._staging.path(path)
        with self._reported("written to"):
            if self._staging.is_local:
                Path(place).parent.mkdir(parents=True, exist_ok=True)
            file = self._staging.file_system.open(place, "wb")
        stream = _Stream(self, file)
        try:
            yield stream
            with self._reported("written to"):
                if self._staging.is_local:
                    file.flush()
                    os.fsync(file.fileno())
        finally:
            with self._reported("written to"):
                file.close()

    def discard(self) -> None:
        """Remove the unfinished folder."""
        with self._reported("written to"):
            self._staging.file_system.rm(self._staging.root, recursive=True)

    def finish(self) -> None:
        """Give the folder its name."""
        with self._reported("written to"):
            file_system = self._store.file_system
            if self._store.is_local:
                os.replace(self._staging.root, self._store.root)
                file_system.rm(self._store.path(_RECORDS), recursive=True)
                file_system.rm(self._store.path(_IDENTITY))
                return
            keys = [self._staging.key(path) for path in file_system.find(self._staging.root)]
            files = [key for key in keys if key not in (MANIFEST, _IDENTITY) and not key.startswith(_RECORDS)]
            # The manifest comes last: who finds it finds the rest.
            for group in (files, [MANIFEST]):
                file_system.copy([self._staging.path(key) for key in group], [self._store.path(key) for key in group])
            file_system.rm(self._staging.root, recursive=True)

    def _started(self) -> str | None:
        """The identity of the export that gathers in the unfinished folder."""
        file_system, place = self._staging.file_system, self._staging.path(_IDENTITY)
        return file_system.cat_file(place).decode() if file_system.exists(place) else None

    @contextmanager
    def _reported(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong into one sentence: the clients of the stores share no class of errors."""
        try:
            yield
        except ExportError:
            raise
        except Exception as error:
            cause = error.__cause__ if isinstance(error, LakeError) and error.__cause__ else error
            reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
            raise ExportError(
                f"{self._store.url} cannot be {what} ({reason.rstrip('.')}): check address, rights and space there."
            ) from error


def _occupied(store: Store) -> bool:
    """Whether there is a file, or a folder with something in it."""
    file_system = store.file_system
    return file_system.exists(store.root) and (file_system.isfile(store.root) or bool(file_system.ls(store.root)))


class _Stream(io.RawIOBase):
    """A file that is written once from the beginning to the end, counted and hashed on the way."""

    def __init__(self, target: Target, file: Any) -> None:
        self._target = target
        self._file = file
        self.bytes = 0
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        with self._target._reported("written to"):
            self._file.write(content)
        self.sha256.update(content)
        size = memoryview(content).nbytes
        self.bytes += size
        return size
