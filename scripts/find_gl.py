"""Exit status 0 if this machine can draw without a screen: EGL with a driver that starts, or OSMesa."""

import ctypes
import sys

PLATFORM_DEVICE = 0x313F  # EGL_PLATFORM_DEVICE_EXT


def egl_works() -> bool:
    """Whether some EGL device can be initialised, the way MuJoCo does it."""
    try:
        egl = ctypes.CDLL("libEGL.so.1")
        ctypes.CDLL("libGL.so.1")
    except OSError:
        return False
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    query_address = egl.eglGetProcAddress(b"eglQueryDevicesEXT")
    display_address = egl.eglGetProcAddress(b"eglGetPlatformDisplayEXT")
    if not query_address or not display_address:
        return False
    handle, integer = ctypes.c_void_p, ctypes.c_int
    query = ctypes.CFUNCTYPE(integer, integer, ctypes.POINTER(handle), ctypes.POINTER(integer))(query_address)
    get_display = ctypes.CFUNCTYPE(handle, integer, handle, handle)(display_address)
    egl.eglInitialize.argtypes = [handle, handle, handle]

    devices, count = (handle * 16)(), integer()
    query(16, devices, ctypes.byref(count))
    displays = (get_display(PLATFORM_DEVICE, device, None) for device in devices[: count.value])
    return any(display and egl.eglInitialize(display, None, None) for display in displays)


def osmesa_works() -> bool:
    """Whether Mesa's off-screen library is there."""
    for name in ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


if __name__ == "__main__":
    sys.exit(not (sys.platform == "darwin" or egl_works() or osmesa_works()))
