"""Actions about the session: scenes, the window, time, and third-party cameras."""

from __future__ import annotations

import math
from typing import Any

from tests.thor_player import scene_names, unity
from tests.thor_player.actions import ActionFailed, action
from tests.thor_player.game import FAR_M, NEAR_M, Agent, Game, ThirdPartyCamera

_LONGEST_STEP_S = 0.05


@action()
def GetScenesInBuild(game: Game) -> list[str]:
    return list(scene_names.IN_BUILD)


@action()
def Reset(game: Game, sceneName: str) -> None:
    if sceneName not in scene_names.IN_BUILD:
        raise ActionFailed(f"there is no scene {sceneName}")
    from tests.thor_player.world import World

    if game.world is not None:
        game.world.close()
    game.world = World(sceneName)
    game.scene_name = sceneName
    game.agent = Agent(position=game.world.agent_start)
    game.cameras = []
    game.paused = False
    game.world.place_agent(game.agent.position)


@action()
def Initialize(game: Game, **settings: Any) -> dict[str, float]:
    game.settings = settings
    if game.world is not None:
        game.world.show_agent(settings.get("makeAgentsVisible", True))
    return {"cameraNearPlane": NEAR_M, "cameraFarPlane": FAR_M}


@action()
def Pass(game: Game) -> None:
    pass


@action()
def ChangeResolution(game: Game, x: int, y: int) -> None:
    if (x, y) == (game.width, game.height):
        return
    game.width, game.height = x, y
    for camera in game.cameras:
        camera.hidden_lens = camera.field_of_view


@action()
def ChangeQuality(game: Game, quality: str) -> None:
    pass


@action()
def PausePhysicsAutoSim(game: Game) -> None:
    game.paused = True


@action()
def UnpausePhysicsAutoSim(game: Game) -> None:
    game.paused = False


@action()
def AdvancePhysicsStep(
    game: Game, timeStep: float = 0.02, simSeconds: float | None = None, allowAutoSimulation: bool = False
) -> None:
    if not 0.0 < timeStep <= _LONGEST_STEP_S:
        raise ActionFailed("Please use a timeStep between 0.0f and 0.05f. Larger timeSteps produce inconsistencies.")
    if simSeconds is not None and simSeconds < 0.0:
        raise ActionFailed("simSeconds must be non-negative.")
    if not game.paused and not allowAutoSimulation:
        raise ActionFailed("AdvancePhysicsStep can only be called if Physics AutoSimulation is currently paused.")
    assert game.world is not None
    game.world.advance(timeStep if simSeconds is None else simSeconds, timeStep)


@action()
def AddThirdPartyCamera(
    game: Game,
    position: dict[str, float],
    rotation: dict[str, float],
    fieldOfView: float = 90.0,
) -> None:
    _require_lens(fieldOfView)
    game.cameras.append(ThirdPartyCamera(unity.read(position), unity.read(rotation), fieldOfView, fieldOfView))


@action()
def UpdateThirdPartyCamera(
    game: Game,
    thirdPartyCameraId: int = 0,
    position: dict[str, float] | None = None,
    rotation: dict[str, float] | None = None,
    fieldOfView: float | None = None,
) -> None:
    if not 0 <= thirdPartyCameraId < len(game.cameras):
        raise ActionFailed(f"there is no third-party camera {thirdPartyCameraId}")
    camera = game.cameras[thirdPartyCameraId]
    if fieldOfView is not None:
        _require_lens(fieldOfView)
        camera.field_of_view = fieldOfView
    if position is not None:
        camera.position = unity.read(position, default=camera.position)
    if rotation is not None:
        camera.angles = unity.read(rotation, default=camera.angles)


def _require_lens(field_of_view: float) -> None:
    if not (math.isfinite(field_of_view) and 0.0 < field_of_view < 180.0):
        raise ActionFailed("fov must be set to a value between 0 and 180.")
