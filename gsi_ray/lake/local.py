"""Files of a lake on a disk: there whole or not at all, and rid of what killed writers left.

A file is written beside its place under a name that ends in `.unfinished`, flushed to the disk, and renamed. While it
is written its writer holds an advisory lock on it (`flock`), which the system frees when the writer dies, however it
dies. So an unfinished file whose lock is free is a leftover; one whose lock is taken is somebody's work.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_UNFINISHED = ".unfinished"


def names(folder: Path, prefix: str) -> Iterator[str]:
    """Names in a folder that begin so, in any order; none if there is no folder."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries if entry.name.startswith(prefix))


def publish(path: Path, content: bytes, put: Callable[[Path, Path], object] = os.replace) -> None:
    """Put a file in its place, whole: over the one that may be there, or with `os.link` only if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished, file = _begin(path)
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            put(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    _flush_folder(path.parent)


def remove_leftovers(folder: Path, prefix: str) -> int:
    """Remove what dead writers left of files under a folder, however deep, whose names begin so; say how many."""
    unfinished = list(folder.rglob(f".{prefix}*{_UNFINISHED}"))
    return sum(map(_remove_if_abandoned, unfinished))


def try_to_write(root: Path) -> None:
    """Write a file without a name in the folder, or in the nearest one above it that exists."""
    folder = next(place for place in (root, *root.parents) if place.exists())
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"?")
        probe.flush()


def _begin(path: Path) -> tuple[Path, BinaryIO]:
    """A new unfinished file for this place, locked."""
    while True:
        unfinished = path.parent / f".{path.name}.{uuid.uuid4().hex}{_UNFINISHED}"
        file = unfinished.open("xb")
        # A file system without locks, on which no leftover is ever removed.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        # Between opening and locking, a sweep may have taken it for a leftover.
        if unfinished.exists():
            return unfinished, file
        file.close()


def _remove_if_abandoned(unfinished: Path) -> bool:
    try:
        with unfinished.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            unfinished.unlink()
    except OSError:  # its writer lives, or has just finished it
        return False
    return True


def _flush_folder(folder: Path) -> None:
    """A rename lasts through a power cut only when the folder, too, is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
