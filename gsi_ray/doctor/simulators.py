"""What a simulator needs of a node, beyond what all of them need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from gsi_ray.doctor.findings import Finding
from gsi_ray.errors import GsiRayError

_LONGEST_ANSWER_S = 60
# Locks and pipes do not work, or are slow, on disks that several machines share.
_SHARED_DISKS = ("nfs", "cifs", "smb", "fuse.sshfs", "lustre", "gpfs", "ceph", "glusterfs", "beegfs")


def examine_simulator(name: str) -> Iterator[Finding]:
    """Look for what a registered simulator needs on this node; nothing for those that bring along all they need."""
    yield from _NODES.get(name, lambda: iter(()))()


def _ai2thor() -> Iterator[Finding]:
    """AI2-THOR: its client, its player, and what the player needs to draw without a screen."""
    if find_spec("ai2thor") is None:
        yield Finding("AI2-THOR client", True, False, "not installed", "pip install 'gsi-ray[thor]'")
        return
    from gsi_ray.simulators.ai2thor.node import Node

    try:
        node = Node.here()
    except GsiRayError as error:
        yield Finding("AI2-THOR settings", True, False, str(error), "Set it right in the environment of Ray's workers.")
        return
    yield Finding("AI2-THOR client", True, True, f"ai2thor {node.client_version}")
    yield _home(node.home)
    if node.executable is not None:
        yield _executable(node.executable)
        return
    yield _release(node.release)
    yield _vulkan(node.vulkan_library)
    yield _gpu_indices(node.gpu_indices)


def _home(home: Path) -> Finding:
    folder = home / ".ai2thor"
    remedy = "Set GSI_RAY_THOR_HOME to a folder on a disk of this node that Ray's workers may write to."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"probe-{os.getpid()}"
        os.mkfifo(probe)
        probe.unlink()
    except OSError as error:
        return Finding("AI2-THOR home", True, False, f"{folder}: {error.strerror}", remedy)
    kind = _file_system(folder)
    shared = kind.startswith(_SHARED_DISKS)
    return Finding("AI2-THOR home", True, not shared, f"{folder} ({kind})", remedy if shared else "")


def _file_system(folder: Path) -> str:
    """The type of the file system that a folder is on."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(holding, key=lambda mount: len(mount[0]))[1]


def _executable(player: Path) -> Finding:
    works = os.access(player, os.X_OK) and player.is_file()
    found = str(player) if works else f"{player} is no program"
    return Finding(
        "AI2-THOR player", True, works, found, "" if works else "Set GSI_RAY_THOR_PLAYER right, or unset it."
    )


def _release(release: Path) -> Finding:
    if release.is_dir():
        return Finding("AI2-THOR player", True, True, str(release))
    remedy = "cluster/seed-thor-player.sh puts it there; else the first worker fetches 1 GB while all others wait."
    return Finding("AI2-THOR player", False, False, f"no {release}", remedy)


def _vulkan(library: str | None) -> Finding:
    if library is None:
        return Finding("Vulkan", True, False, "no library", "apt-get install libvulkan1, and a driver that knows it.")
    drivers = [line.split("=", 1)[1].strip() for line in _said("vulkaninfo", "--summary") if "deviceName" in line]
    if not drivers:
        remedy = "apt-get install vulkan-tools; in a container NVIDIA_DRIVER_CAPABILITIES must name graphics."
        return Finding("Vulkan", True, False, f"{library}, but no device answers", remedy)
    return Finding("Vulkan", True, True, "; ".join(drivers))


def _gpu_indices(file: Path) -> Finding:
    """The client asks two programs which Vulkan device is which CUDA device, and keeps what they say in a file."""
    name = "GPU indices"
    if file.is_file():
        known = json.loads(file.read_text())
        return Finding(name, True, True, f"{len(known)} GPUs in {file}")
    missing = [program for program in ("vulkaninfo", "nvidia-smi") if shutil.which(program) is None]
    if missing and os.environ.get("CUDA_VISIBLE_DEVICES"):
        return Finding(name, True, False, f"no {' and no '.join(missing)}", "apt-get install vulkan-tools")
    return Finding(name, False, not missing, "are found out by the first player")


def _said(*command: str) -> list[str]:
    """The lines that a program printed; none where it does not run."""
    if shutil.which(command[0]) is None:
        return []
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_ANSWER_S, check=False)
    except subprocess.TimeoutExpired:
        return []
    return ran.stdout.splitlines() if ran.returncode == 0 else []


_NODES: dict[str, Callable[[], Iterator[Finding]]] = {"ai2thor": _ai2thor}
