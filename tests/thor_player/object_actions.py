"""Actions on objects: put them, take them out, arrange all of them, hide them, and find room on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.thor_player import unity
from tests.thor_player.actions import ActionFailed, Refused, action
from tests.thor_player.game import Game

if TYPE_CHECKING:
    from tests.thor_player.things import Thing
    from tests.thor_player.world import World


@action()
def TeleportObject(
    game: Game,
    objectId: str,
    rotation: dict[str, float],
    position: dict[str, float] | None = None,
    positions: list[dict[str, float]] | None = None,
    x: float | None = None,
    y: float | None = None,
    z: float | None = None,
    forceAction: bool = False,
    forceKinematic: bool = False,
    allowTeleportOutOfHand: bool = False,
    makeUnbreakable: bool = False,
) -> Any:
    world = _world(game)
    thing = _listed(world, objectId, f"Cannot find object with id {objectId}.")
    if positions is None and position is None and None in (x, y, z):
        raise Refused("MissingArguments", "TeleportObject lacks position")
    one = position if position is not None else {"x": x, "y": y, "z": z}
    thing.kinematic = thing.kinematic or forceKinematic  # even where it is then refused
    before = thing.pose
    for place in positions if positions is not None else [one]:
        thing.put(unity.read(place), unity.from_euler(unity.read(rotation)))  # type: ignore[arg-type]
        hit = None if forceAction else world.hit_by(thing)
        if hit is None:
            break
        thing.put(*before)
    else:
        raise ActionFailed(f"{objectId} is colliding with {hit} after teleport.")
    if forceKinematic or positions is not None:
        return None
    if not game.paused and not world.comes_to_rest(thing):
        raise ActionFailed("object couldn't come to rest")
    return unity.written(thing.position)


@action()
def SetObjectPoses(game: Game, objectPoses: list[dict[str, Any]], placeStationary: bool = True, **ignored: Any) -> None:
    world = _world(game)
    poses = {entry["objectName"]: entry for entry in objectPoses}
    known = {thing.name: thing for thing in world.listed if thing.is_loose and thing.active}
    for name, thing in known.items():
        if name in poses:
            angles = unity.read(poses[name]["rotation"])
            thing.put(unity.read(poses[name]["position"]), unity.from_euler(angles))
            thing.kinematic = placeStationary
        else:
            thing.active = False
    world.rebuild_table()
    unknown = sorted(poses.keys() - known.keys())
    if unknown:
        raise ActionFailed(f"No object of the name {unknown[0]} was found in the scene.")
    if len(poses) < len(objectPoses):
        raise ActionFailed("This player makes no copies.")


@action()
def DisableObject(game: Game, objectId: str) -> None:
    _listed(_world(game), objectId, "").active = False


@action()
def EnableObject(game: Game, objectId: str) -> None:
    _listed(_world(game), objectId, "").active = True


@action()
def MakeAllObjectsMoveable(game: Game) -> None:
    for thing in _world(game).listed:
        thing.kinematic = thing.kinematic and not thing.is_loose


@action()
def MakeAllObjectsStationary(game: Game) -> None:
    for thing in _world(game).listed:
        thing.kinematic = True


@action()
def HideAllObjectsExcept(game: Game, objectId: str) -> None:
    world = _world(game)
    if objectId != world.floor_id:
        _listed(world, objectId, f"Cannot find object with id {objectId}.")
    world.show_only(objectId)


@action()
def UnhideAllObjects(game: Game) -> None:
    _world(game).show_everything()


@action()
def InitialRandomSpawn(
    game: Game,
    randomSeed: int = 0,
    forceVisible: bool = False,
    placeStationary: bool = True,
    numDuplicatesOfType: list[dict[str, Any]] | None = None,
    excludedReceptacles: list[str] | None = None,
    excludedObjectIds: list[str] | None = None,
    numPlacementAttempts: int = 5,
) -> None:
    world = _world(game)
    if numDuplicatesOfType:
        raise ActionFailed("This player makes no copies.")
    world.scatter(randomSeed, numPlacementAttempts, frozenset(excludedObjectIds or ()))
    for thing in world.listed:
        thing.kinematic = thing.kinematic or (placeStationary and thing.pickupable)
    if not placeStationary:
        world.advance(2.0)
    world.rebuild_table()


@action()
def GetSpawnCoordinatesAboveReceptacle(
    game: Game, objectId: str, anywhere: bool = False, **ignored: Any
) -> list[dict[str, float]]:
    world = _world(game)
    receptacle = _listed(world, objectId, f"Cannot find object with id {objectId}.")
    if not receptacle.receptacle:
        raise ActionFailed(f"{objectId} is not a receptacle.")
    reach = float("inf") if anywhere else game.settings.get("visibilityDistance", 1.5)
    points = world.spawn_points(receptacle)
    near = ((points - game.agent.position) ** 2).sum(axis=1) <= reach**2
    return [unity.written(point) for point in points[near]]


def _world(game: Game) -> World:
    assert game.world is not None, "no scene has been loaded"
    return game.world


def _listed(world: World, object_id: str, message: str) -> Thing:
    for thing in world.listed:
        if thing.object_id == object_id:
            return thing
    raise ActionFailed(message)
