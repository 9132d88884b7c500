"""All that a session has: the window, the world in it, the agent, cameras and settings; and what it tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.thor_player import unity
from tests.thor_player.answers import Answer, Picture

if TYPE_CHECKING:  # these bring the physics along, which is a second that connecting need not wait for
    from tests.thor_player.actions import Outcome
    from tests.thor_player.world import World

NEAR_M = 0.1
FAR_M = 20.0
_EYES_ABOVE_AGENT_M = 0.675


@dataclass
class ThirdPartyCamera:
    """A camera that hangs in the room. Depth and ids are taken through a lens of their own, which does not follow
    a change of `field_of_view` (degrees, vertical) before the window's size changes."""

    position: unity.Single
    angles: unity.Single
    field_of_view: float
    hidden_lens: float


@dataclass
class Agent:
    """Who walks about: the middle of its body, where it looks (degrees), and whether others see it."""

    position: unity.Single = field(default_factory=lambda: np.zeros(3, dtype=np.float32))
    yaw: float = 0.0
    horizon: float = 0.0
    standing: bool = True


@dataclass
class Game:
    """The state of a session. Pictures are `width` by `height`, of 3 or 4 `channels`."""

    width: int
    height: int
    channels: int
    world: World | None = None
    scene_name: str = ""
    agent: Agent = field(default_factory=Agent)
    cameras: list[ThirdPartyCamera] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    paused: bool = False

    def answer(self, request: Mapping[str, Any], outcome: Outcome) -> Answer:
        """Everything there is to say after an action."""
        pictures: list[tuple[Picture, bytes]] = []
        with_depth = bool(self._asked(request, "renderDepthImage"))
        with_ids = bool(self._asked(request, "renderInstanceSegmentation"))
        if request.get("renderImage", True):
            pictures = self._own_pictures(with_depth, with_ids) + self._camera_pictures(with_depth, with_ids)
        agent = self._agent_metadata(request, outcome)
        agent["colors"] = self.world.colors() if self.world and with_ids and pictures else None
        return Answer(
            {
                "agents": [agent],
                "thirdPartyCameras": agent["thirdPartyCameras"],
                "activeAgentId": 0,
                "sequenceId": request["sequenceId"],
            },
            pictures,
        )

    def _asked(self, request: Mapping[str, Any], what: str) -> Any:
        return request.get(what, self.settings.get(what, False))

    def _own_pictures(self, with_depth: bool, with_ids: bool) -> list[tuple[Picture, bytes]]:
        """What the agent would see, were there anything to see: nobody needs it, and drawing takes its time."""
        size = (self.height, self.width)
        blank = [(Picture.COLOR, np.full((*size, self.channels), 128, dtype=np.uint8))]
        if with_depth:
            blank.append((Picture.DEPTH, np.full(size, FAR_M - NEAR_M, dtype=np.float32)))
        if with_ids:
            blank.append((Picture.IDS, np.full((*size, 4), (0, 0, 0, 255), dtype=np.uint8)))
        return [(kind, pixels.tobytes()) for kind, pixels in blank]

    def _camera_pictures(self, with_depth: bool, with_ids: bool) -> list[tuple[Picture, bytes]]:
        if self.world is None:
            return []
        taken: list[tuple[Picture, bytes]] = []
        for camera in self.cameras:
            view = (camera.position, camera.angles, self.width, self.height)
            taken.append((Picture.CAMERA_COLOR, self.world.draw_color(*view, camera.field_of_view, self.channels)))
            if with_depth or with_ids:
                depth, ids = self.world.draw_geometry(*view, camera.hidden_lens)
                taken += [(Picture.CAMERA_DEPTH, depth)] if with_depth else []
                taken += [(Picture.CAMERA_IDS, ids)] if with_ids else []
        return taken

    def _agent_metadata(self, request: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
        rotation = {"x": 0.0, "y": self.agent.yaw, "z": 0.0}
        eyes = self.agent.position + np.float32([0.0, _EYES_ABOVE_AGENT_M, 0.0])
        cameras = [
            {
                "thirdPartyCameraId": number,
                "position": unity.written(camera.position),
                "rotation": unity.written(unity.to_euler(unity.from_euler(camera.angles))),
                "fieldOfView": camera.field_of_view,
            }
            for number, camera in enumerate(self.cameras)
        ]
        return {
            "agentId": 0,
            "screenWidth": self.width,
            "screenHeight": self.height,
            "depthFormat": "Meters",
            "sceneName": self.scene_name,
            "lastAction": request["action"],
            "lastActionSuccess": outcome.succeeded,
            "errorCode": outcome.error_code,
            "errorMessage": outcome.error_message,
            "actionReturn": outcome.returned,
            "agent": {
                "name": "agent",
                "position": unity.written(self.agent.position),
                "rotation": rotation,
                "cameraHorizon": self.agent.horizon,
                "isStanding": self.agent.standing,
            },
            "cameraPosition": unity.written(eyes),
            "fov": self.settings.get("fieldOfView", 90.0),
            "thirdPartyCameras": cameras,
            "objects": self._objects(),
            "isSceneAtRest": self.world is None or self.world.at_rest,
            "inventoryObjects": [],
        }

    def _objects(self) -> list[dict[str, Any]]:
        if self.world is None:
            return []
        return self.world.metadata(self.agent.position, self.settings.get("visibilityDistance", 1.5))
