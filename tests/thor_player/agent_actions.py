"""Actions of the agent: where it can go, and going there."""

from __future__ import annotations

import numpy as np

from tests.thor_player import unity
from tests.thor_player.actions import ActionFailed, Refused, action
from tests.thor_player.game import Game

_LOWEST_HORIZON, _HIGHEST_HORIZON = -30.0, 60.0
_MOST_STEPS = 10000
_NEIGHBOURS = ((1, 0), (-1, 0), (0, 1), (0, -1))


@action(emits=True)
def GetReachablePositions(
    game: Game,
    maxStepCount: int | None = None,
    directionsRelativeAgent: bool = False,
    gridSize: float | None = None,
) -> list[dict[str, float]]:
    assert game.world is not None
    grid = gridSize or game.settings.get("gridSize", 0.25)
    turn = unity.matrix(unity.from_euler([0.0, game.agent.yaw if directionsRelativeAgent else 0.0, 0.0]))
    start = game.agent.position.astype(np.float64)
    found, frontier = {(0, 0): start}, [(0, 0)]
    while frontier:
        steps = [(place, (place[0] + east, place[1] + north)) for place in frontier for east, north in _NEIGHBOURS]
        steps = [(place, end) for place, end in steps if end not in found]
        ends = (
            start + np.array([[east * grid, 0.0, north * grid] for _, (east, north) in steps]).reshape(-1, 3) @ turn.T
        )
        halfway = (ends + np.array([found[place] for place, _ in steps]).reshape(-1, 3)) / 2.0
        free = ~(game.world.agent_is_blocked(ends) | game.world.agent_is_blocked(halfway))
        reached = {end: to for (_, end), to, is_free in zip(steps, ends, free, strict=True) if is_free}
        if not all(game.world.is_inside(to) for to in reached.values()):
            raise ActionFailed(
                "InvalidOperationException: a position can be reached via capsule cast but is beyond the scene bounds"
            )
        found |= reached
        frontier = list(reached)
        if len(found) > (maxStepCount or _MOST_STEPS) / grid**2:
            raise ActionFailed("InvalidOperationException: too many steps")
    return [unity.written(position) for position in found.values()]


@action()
def TeleportFull(
    game: Game,
    rotation: dict[str, float],
    horizon: float,
    standing: bool,
    position: dict[str, float] | None = None,
    x: float | None = None,
    y: float | None = None,
    z: float | None = None,
    forceAction: bool = False,
) -> None:
    assert game.world is not None
    if position is None and None in (x, y, z):
        raise Refused("MissingArguments", "TeleportFull lacks position")
    to = unity.read(position if position is not None else {"x": x, "y": y, "z": z})  # type: ignore[dict-item]
    if not forceAction:
        _require_possible(game, to, rotation, horizon)
    game.agent.position = to
    game.agent.yaw = float(rotation.get("y", 0.0)) % 360.0
    game.agent.horizon, game.agent.standing = horizon, standing
    game.world.place_agent(to)


def _require_possible(game: Game, to: unity.Single, rotation: dict[str, float], horizon: float) -> None:
    assert game.world is not None
    grid = game.settings.get("gridSize", 0.25)
    off_grid = np.abs(to[[0, 2]] / grid - np.round(to[[0, 2]] / grid)) * grid
    if any(abs(rotation.get(axis, 0.0)) > 1e-3 for axis in "xz"):
        raise ActionFailed("No agents currently can change in pitch or roll.")
    if not _LOWEST_HORIZON <= horizon <= _HIGHEST_HORIZON:
        raise ActionFailed(f"Each horizon must be in [{_LOWEST_HORIZON}:{_HIGHEST_HORIZON}]. You gave {horizon}.")
    if not game.world.is_inside(to):
        raise ActionFailed("Teleport target out of scene bounds.")
    if game.settings.get("snapToGrid", True) and np.any(off_grid > 1e-3):
        raise ActionFailed("The position is not on the grid, and snapToGrid is on.")
    if game.world.agent_is_blocked(to[None])[0]:
        raise ActionFailed("Cannot teleport to a location that is in collision with something.")
    if abs(float(to[1] - game.world.agent_start[1])) > 0.05:
        raise ActionFailed("After teleporting and adjusting agent position to floor, there was too large a change.")
