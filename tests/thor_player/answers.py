"""What the player says to an action, before it is put into bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

PATCH_FIELD = 11
METADATA_FIELD = 1


class Picture(Enum):
    """A kind of picture: its field in a message through pipes, and its field in a web form."""

    COLOR = 4, "image"
    DEPTH = 5, "image_depth"
    IDS = 9, "image_ids"
    CAMERA_COLOR = 10, "image-thirdParty-camera"
    CAMERA_DEPTH = 12, "image_thirdParty_depth"
    CAMERA_IDS = 14, "image_thirdParty_image_ids"

    def __init__(self, pipe_field: int, form_field: str) -> None:
        self.pipe_field = pipe_field
        self.form_field = form_field


@dataclass(frozen=True)
class Answer:
    """`metadata` in full, and pictures as bytes, bottom row first, in the order of their cameras.

    A `patch` is the one agent's metadata alone; the client then takes all else from the answer before.
    """

    metadata: dict[str, Any]
    pictures: list[tuple[Picture, bytes]] = field(default_factory=list)
    is_patch: bool = False

    @property
    def patch(self) -> dict[str, Any]:
        """What a patch consists of."""
        agent = self.metadata["agents"][0]
        told = ("lastAction", "lastActionSuccess", "errorCode", "errorMessage", "actionReturn")
        return {"agentId": 0, **{name: agent[name] for name in told}}

    def numbered(self, sequence_id: int) -> Answer:
        """The same answer to another action."""
        return replace(self, metadata={**self.metadata, "sequenceId": sequence_id})
