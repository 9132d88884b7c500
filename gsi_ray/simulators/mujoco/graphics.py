"""Chooses how MuJoCo reaches OpenGL. Must run before `mujoco` is first imported, which reads the choice just once."""

from __future__ import annotations

import ctypes
import os
import sys

from gsi_ray.errors import GsiRayError


class NoGraphicsError(GsiRayError):
    """There is no OpenGL library to render with."""


_LIBRARY_OF_BACKEND = {"egl": "libEGL.so.1", "osmesa": "libOSMesa.so.8"}


def choose_graphics_backend() -> str:
    """Set MUJOCO_GL to the best backend there is, unless the user has set it; returns its name.

    EGL comes first: it is hardware rendering where there is a GPU, and Mesa's llvmpipe where there is none.
    Raises NoGraphicsError on a Linux machine without EGL and OSMesa.
    """
    chosen = os.environ.get("MUJOCO_GL", "")
    if chosen or sys.platform != "linux":  # macOS and Windows bring OpenGL along
        return chosen or "native"
    for backend, library in _LIBRARY_OF_BACKEND.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        os.environ["MUJOCO_GL"] = backend
        return backend
    raise NoGraphicsError(
        "No OpenGL library to render with was found on this machine: install EGL with "
        "'apt-get install libegl1 libgl1 libgl1-mesa-dri' (Debian, Ubuntu) or "
        "'dnf install mesa-libEGL mesa-dri-drivers' (Fedora), then run 'gsi-ray doctor'."
    )
