"""What a node of a cluster has for AI2-THOR; its environment variables say where."""

from __future__ import annotations

import ctypes.util
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gsi_ray.errors import GsiRayError


class WrongSetting(GsiRayError):
    """An environment variable of the node's makes no sense."""


class NoClient(GsiRayError):
    """The node lacks AI2-THOR's client."""


@dataclass(frozen=True)
class Node:
    """Where a node has its player, and how long that may take.

    `executable` (GSI_RAY_THOR_PLAYER) is a player of one's own; without it the client runs its release for
    CloudRendering, which draws without a screen. `home` (GSI_RAY_THOR_HOME, or HOME) is the folder whose `.ai2thor` has
    releases, locks and logs, on a disk of the node's own. `start_limit_s` (GSI_RAY_THOR_START_LIMIT_S) is for the start
    until the player has connected, `answer_limit_s` (GSI_RAY_THOR_ANSWER_LIMIT_S) for any one answer.
    """

    executable: Path | None
    home: Path
    start_limit_s: float
    answer_limit_s: float

    @staticmethod
    def here() -> Node:
        """As the environment of this process has it. Raises WrongSetting."""
        executable = os.environ.get("GSI_RAY_THOR_PLAYER")
        return Node(
            executable=Path(executable) if executable else None,
            home=Path(os.environ.get("GSI_RAY_THOR_HOME") or Path.home()),
            start_limit_s=_seconds("GSI_RAY_THOR_START_LIMIT_S", 180.0),
            answer_limit_s=_seconds("GSI_RAY_THOR_ANSWER_LIMIT_S", 60.0),
        )

    @property
    def client_version(self) -> str:
        """The client's version and the commit of the player that goes with it. Raises NoClient."""
        try:
            import ai2thor.build
        except ModuleNotFoundError as missing:
            raise NoClient("AI2-THOR's client is not installed here: pip install 'gsi-ray[thor]'.") from missing
        return f"{ai2thor.__version__}+{ai2thor.build.COMMIT_ID[:8]}"

    @property
    def release(self) -> Path:
        """The folder where the client looks for its player, and puts it if it has to fetch it."""
        import ai2thor.build

        return self.home / ".ai2thor" / "releases" / f"thor-CloudRendering-{ai2thor.build.COMMIT_ID}"

    @property
    def gpu_indices(self) -> Path:
        """The file in which the client keeps which Vulkan device is which CUDA device."""
        return self.home / ".ai2thor" / "cuda-vulkan-mapping.json"

    @property
    def vulkan_library(self) -> str | None:
        """The library without which CloudRendering does not start; None where there is none."""
        return ctypes.util.find_library("vulkan")


def _seconds(variable: str, default: float) -> float:
    given = os.environ.get(variable) or default
    with suppress(ValueError):
        if float(given) > 0.0:
            return float(given)
    raise WrongSetting(f'{variable} is to be a number of seconds, and "{given}" is none: set it right on this node.')
