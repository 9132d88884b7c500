"""Furnishing a room: every thing at rest on something, nothing inside another thing, and room left to move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from gsi_ray.scenes.assets import Asset, SupportSurface
from gsi_ray.scenes.catalog import CATALOG
from gsi_ray.scenes.scene import FLOOR, SceneObject
from gsi_ray.scenes.structure import Opening, RoomStyle, room_shell
from gsi_ray.spatial import OrientedBox, RigidTransform, polygons, rotations

Array = NDArray[np.float64]

TURNED_ANYHOW = frozenset(
    {
        "apple",
        "banana",
        "bowl",
        "cooking pot",
        "drinking glass",
        "frying pan",
        "hammer",
        "lemon",
        "mug",
        "orange",
        "pitcher",
        "plate",
        "teapot",
        "toy car",
        "vase",
    }
)
"""Things that people put down facing no way in particular."""

_TRIES = 32
_PLACES_TRIED = 4
_ROUNDING_M = 1e-6  # what stands on a surface may be this much in it
_REACH_M = 2.0  # what is kept clear for people is kept clear up to here
_DOOR_REACH_M = 0.8
_HANGING_GAP_M = 0.002  # between a wall and what hangs on it
_CURTAIN_M = 0.13  # how far curtains hang below the sill
_ALIKE_GAP_M = 0.12  # between things of one category, so that "the leftmost" of them is plain to see
_SHELF_GAP_M = 0.02  # free height kept between a thing and the board above it


@dataclass(frozen=True, eq=False)
class Blocks:
    """Upright boxes, many at once: `centers` (n, 2), half extents `halves` (n, 2) along their own axes, `yaws` (n,),
    and the heights `lows` and `highs` (n,) between which they stand."""

    centers: Array
    halves: Array
    yaws: Array
    lows: Array
    highs: Array

    @staticmethod
    def of(boxes: Sequence[OrientedBox]) -> Blocks:
        """The boxes themselves where they stand upright, else upright boxes round them."""
        rows = [_upright(box) for box in boxes]
        table = np.array(rows, dtype=np.float64).reshape(-1, 7)
        return Blocks(table[:, 0:2], table[:, 2:4], table[:, 4], table[:, 5], table[:, 6])

    @staticmethod
    def joined(groups: Sequence[Blocks]) -> Blocks:
        """All of them in one."""
        return Blocks(*(np.concatenate([getattr(group, name) for group in groups]) for name in _BLOCK_FIELDS))

    def where(self, chosen: NDArray[np.bool_]) -> Blocks:
        """The chosen ones (n,)."""
        return Blocks(*(getattr(self, name)[chosen] for name in _BLOCK_FIELDS))

    def placed(self, positions: Array, yaws: Array, heights: Array) -> Blocks:
        """Copies (len(positions) * n), one set for each position (c, 2), yaw (c,) and height (c,) of their origin."""
        cosine, sine = np.cos(yaws)[:, None], np.sin(yaws)[:, None]
        x, y = self.centers[:, 0], self.centers[:, 1]
        centers = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1) + positions[:, None, :]
        return Blocks(
            centers.reshape(-1, 2),
            np.tile(self.halves, (len(positions), 1)),
            (yaws[:, None] + self.yaws).ravel(),
            (heights[:, None] + self.lows).ravel(),
            (heights[:, None] + self.highs).ravel(),
        )

    def corners(self) -> Array:
        """Outlines (n, 4, 2) on the floor, counterclockwise."""
        signs = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        local = self.halves[:, None, :] * signs
        cosine, sine = np.cos(self.yaws)[:, None], np.sin(self.yaws)[:, None]
        x, y = local[..., 0], local[..., 1]
        return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1) + self.centers[:, None, :]


_BLOCK_FIELDS = ("centers", "halves", "yaws", "lows", "highs")


def _upright(box: OrientedBox) -> tuple[float, ...]:
    # The most level of its axes gives the direction: that fits leaning walls of bowls as tightly as upright boxes.
    level = int(np.argmin(np.abs(box.rotation[2]) + [0.0, 1e-9, 2e-9]))
    yaw = float(np.arctan2(box.rotation[1, level], box.rotation[0, level]))
    half = np.abs(rotations.about_z(-yaw) @ box.rotation) @ box.size / 2.0
    x, y, z = box.center
    return (x, y, half[0], half[1], yaw, z - half[2], z + half[2])


def gaps(first: Blocks, second: Blocks) -> tuple[Array, Array]:
    """Horizontal and vertical gaps (n, m) in metres between upright boxes, the widest along any separating axis.

    Two boxes are apart if and only if one of their gaps is positive.
    """
    offsets = second.centers[None, :, :] - first.centers[:, None, :]
    turn = second.yaws[None, :] - first.yaws[:, None]
    cosine, sine = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    horizontal = np.full(turn.shape, -np.inf)
    for own, other, yaws in (
        (first.halves[:, None], second.halves[None], first.yaws[:, None]),
        (second.halves[None], first.halves[:, None], second.yaws[None]),
    ):
        along = np.abs(offsets[..., 0] * np.cos(yaws) + offsets[..., 1] * np.sin(yaws))
        across = np.abs(offsets[..., 1] * np.cos(yaws) - offsets[..., 0] * np.sin(yaws))
        horizontal = np.maximum(horizontal, along - own[..., 0] - cosine * other[..., 0] - sine * other[..., 1])
        horizontal = np.maximum(horizontal, across - own[..., 1] - sine * other[..., 0] - cosine * other[..., 1])
    vertical = np.maximum(second.lows[None] - first.highs[:, None], first.lows[:, None] - second.highs[None])
    return horizontal, vertical


@dataclass(frozen=True)
class Wall:
    """One side of the room: `yaw` turns the front of an asset into the room, `length` and `distance` (from the middle
    of the room) in metres."""

    yaw: float
    length: float
    distance: float

    def points(self, along: ArrayLike, out: ArrayLike) -> Array:
        """Floor points (n, 2), `along` metres to the right of the wall's middle as one faces it, `out` in front."""
        along, out = np.broadcast_arrays(np.atleast_1d(along), np.atleast_1d(out))
        local = np.stack([along, self.distance - out], axis=-1)
        turned: Array = local @ rotations.about_z(self.yaw)[:2, :2].T
        return turned


@dataclass(frozen=True, eq=False)
class Place:
    """A level place in the world: convex `outline` (n, 2), counterclockwise, at `height`; `yaw` is its owner's."""

    owner: str
    outline: Array
    height: float
    clearance_m: float
    yaw: float

    @property
    def middle(self) -> Array:
        """The middle (2,) of the outline's corners."""
        middle: Array = self.outline.mean(axis=0)
        return middle

    def points(self, local: ArrayLike) -> Array:
        """World points (n, 2) of points in the owner's directions, where (-1, -1) to (1, 1) spans the outline:
        x to the right as one faces the owner's front, y towards its back."""
        turn = rotations.about_z(self.yaw)[:2, :2]
        corners = self.outline @ turn
        low, high = corners.min(axis=0), corners.max(axis=0)
        points: Array = ((low + high) / 2.0 + np.asarray(local, dtype=np.float64) * (high - low) / 2.0) @ turn.T
        return points

    @property
    def halves(self) -> Array:
        """Half the extents (2,) in metres of the outline, along its owner's width and depth."""
        corners = self.outline @ rotations.about_z(self.yaw)[:2, :2]
        halves: Array = (corners.max(axis=0) - corners.min(axis=0)) / 2.0
        return halves

    @cached_property
    def area(self) -> float:
        """Area in square metres."""
        return polygons.area(self.outline)


class Layout:
    """A room being furnished, from the ground up.

    The floor runs from -width/2 to width/2 and from -depth/2 to depth/2 metres. Methods that place something return
    the object, or None where there is no room for it.
    """

    def __init__(
        self, kind: str, width: float, depth: float, height: float, rng: Generator, style: RoomStyle = "living"
    ) -> None:
        self.kind = kind
        self.width, self.depth, self.height = width, depth, height
        self.rng = rng
        self.objects: list[SceneObject] = []
        self.stage: str | None = None
        self.walls = tuple(
            Wall(yaw, length, distance / 2.0)
            for yaw, length, distance in (
                (0.0, width, depth),
                (-np.pi / 2.0, depth, width),
                (np.pi, width, depth),
                (np.pi / 2.0, depth, width),
            )
        )
        self._style = style
        self.shell = room_shell(width, depth, height, rng, style)
        self._counts: Counter[str] = Counter()
        self._solids: dict[str, Blocks] = {}
        self._parts: dict[str, Blocks] = {}
        self._clear: list[Blocks] = []
        self._openings = [self._free_zone(opening) for opening in self.shell.openings]

    # What there is -------------------------------------------------------------------------------------------------

    @property
    def floor(self) -> Array:
        """Outline (4, 2) of the ground."""
        return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * [self.width / 2.0, self.depth / 2.0]

    @property
    def ground(self) -> Place:
        """The whole floor as a place to put things."""
        return Place(FLOOR, self.floor, 0.0, self.height, 0.0)

    def places(self, item: SceneObject) -> list[Place]:
        """The level places that an object offers, lowest first."""
        return sorted((_in_world(item, surface) for surface in item.asset.supports), key=lambda place: place.height)

    def tops(self, item: SceneObject) -> list[Place]:
        """The level places of an object that have nothing overhead."""
        return [place for place in self.places(item) if np.isinf(place.clearance_m)]

    def make(self, category: str) -> Asset:
        """A new thing of this category, in a random variation."""
        return CATALOG[category](self.rng)

    @staticmethod
    def yaw(item: SceneObject) -> float:
        """How far an object is turned about the vertical, in radians."""
        return float(np.arctan2(item.pose.rotation[1, 0], item.pose.rotation[0, 0]))

    def pick(self, choices: Sequence[str]) -> str:
        """One of the choices at random."""
        return choices[int(self.rng.integers(len(choices)))]

    def some(self, choices: Sequence[str], least: int, most: int) -> list[str]:
        """From `least` to `most` of the choices, in random order."""
        count = int(self.rng.integers(least, most + 1))
        return [choices[index] for index in self.rng.permutation(len(choices))[:count]]

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.rng.random() < probability)

    @property
    def window_wall(self) -> Wall:
        """The wall that daylight comes from."""
        yaw = next(opening.yaw for opening in self.shell.openings if opening.kind == "window")
        return next(wall for wall in self.walls if wall.yaw == yaw)

    def _free_zone(self, opening: Opening) -> Blocks:
        """What nothing may stand in: the way through a door, and a window with its curtains."""
        wall = next(wall for wall in self.walls if wall.yaw == opening.yaw)
        door = opening.kind == "door"
        width, reach = (opening.width, _DOOR_REACH_M) if door else (opening.width + 0.5, 0.1)
        low = 0.0 if door else opening.bottom - _CURTAIN_M * (self._style == "living")
        return _zone(wall.points(opening.along, reach / 2.0)[0], (width, reach), wall.yaw, low, opening.top)

    def keep_clear(self, center: ArrayLike, size: ArrayLike, yaw: float = 0.0) -> None:
        """Keep furniture out of a stretch of floor round `center` (2,), `size` (2,) metres."""
        self._clear.append(_zone(center, size, yaw, 0.0, _REACH_M))

    # Furniture -----------------------------------------------------------------------------------------------------

    def stand(
        self,
        asset: Asset,
        positions: ArrayLike,
        yaw: float,
        *,
        movable: bool = False,
        gap: float = 0.01,
        off_clear: bool = False,
    ) -> SceneObject | None:
        """Put something on the floor, at the first of the positions (2,) or (n, 2) where it has room."""
        candidates = np.atleast_2d(np.asarray(positions, dtype=np.float64))
        return self._first_free(
            asset,
            self.ground,
            candidates,
            np.full(len(candidates), yaw),
            movable=movable,
            gap=gap,
            edge=0.0,
            whole=False,
            off_clear=off_clear,
        )

    def beside(
        self, item: SceneObject, asset: Asset, *, gap: float = 0.006, movable: bool = False
    ) -> SceneObject | None:
        """Stand something to the right of an object, or else to its left, their backs in one line."""
        across = (item.asset.size[0] + asset.size[0]) / 2.0 + gap + 0.001
        back = (item.asset.size[1] - asset.size[1]) / 2.0
        sides = item.pose.apply([[across, back, 0.0], [-across, back, 0.0]])[:, :2]
        return self.stand(asset, sides, self.yaw(item), movable=movable, gap=gap, off_clear=True)

    def spread(self, asset: Asset, position: ArrayLike, yaw: float) -> SceneObject:
        """Lay something flat (a rug) on the floor, under all that stands there: it is seen, but not collided with."""
        reach = np.abs(rotations.about_z(yaw)[:2, :2]) @ asset.size[:2] / 2.0 + 0.02
        room = np.maximum(np.array([self.width, self.depth]) / 2.0 - reach, 0.0)
        center = np.clip(np.asarray(position, dtype=np.float64), -room, room)
        pose = RigidTransform(rotations.about_z(yaw), np.array([*center, asset.size[2] / 2.0]))
        return self._add(replace(asset, collisions=(), supports=()), pose, False, Blocks.of([]))

    def along_wall(
        self,
        asset: Asset,
        walls: Iterable[Wall],
        *,
        out: float = 0.015,
        front: float = 0.0,
        along: tuple[float, float] | None = None,
        movable: bool = False,
        gap: float = 0.03,
    ) -> SceneObject | None:
        """Stand something with its back `out` metres from one of the walls, and keep `front` metres before it clear.

        `along` (-1 to 1) limits where along the wall it may stand.
        """
        size = asset.size
        low, high = along if along is not None else (-1.0, 1.0)
        positions, yaws = [], []
        for wall in walls:
            reach = max(wall.length / 2.0 - size[0] / 2.0 - 0.02, 0.0)
            steps = self.rng.uniform(low, high, _TRIES // 2) * reach
            positions.append(wall.points(steps, out + size[1] / 2.0))
            yaws.append(np.full(len(steps), wall.yaw))
        item = self._first_free(
            asset,
            self.ground,
            np.concatenate(positions),
            np.concatenate(yaws),
            movable=movable,
            gap=gap,
            edge=0.005,
            whole=False,
            off_clear=True,
            front=front,
        )
        if item is not None and front > 0.0:
            ahead = item.pose.apply([0.0, -(size[1] + front) / 2.0, 0.0])[:2]
            self.keep_clear(ahead, (size[0], front), self.yaw(item))
        return item

    def above(self, item: SceneObject, asset: Asset, bottom: float, along: ArrayLike = 0.0) -> SceneObject | None:
        """Hang something on the wall at an object's back, `along` metres to the right of its middle."""
        wall = min(self.walls, key=lambda one: 1.0 - np.cos(one.yaw - self.yaw(item)))
        middle = float(rotations.about_z(-wall.yaw)[0] @ item.pose.translation)
        return self.hang(asset, wall, middle + np.atleast_1d(along), bottom)

    def hang(self, asset: Asset, wall: Wall, along: ArrayLike, bottom: float) -> SceneObject | None:
        """Hang something on a wall, its lower edge at height `bottom`, at the first free one of `along` metres."""
        positions = wall.points(along, _HANGING_GAP_M + asset.size[1] / 2.0)
        level = Place("", self.floor, bottom, np.inf, wall.yaw)
        return self._first_free(
            asset,
            level,
            positions,
            np.full(len(positions), wall.yaw),
            movable=False,
            gap=0.02,
            edge=0.0,
            whole=True,
            off_clear=False,
        )

    # Small things --------------------------------------------------------------------------------------------------

    def put(
        self,
        asset: Asset,
        place: Place,
        *,
        at: ArrayLike = (0.0, 0.0),
        spread: float | ArrayLike = 1.0,
        yaw: float | None = None,
        jitter: float = 0.15,
        gap: float = 0.025,
        edge: float = 0.02,
        movable: bool = True,
    ) -> SceneObject | None:
        """Put something on a place, within `spread` of `at` (both as in `Place.points`).

        `yaw` is relative to the place's owner, give or take `jitter` radians; None turns the thing anyhow. `gap` and
        `edge` are the metres kept from other things and from the edge.
        """
        local = np.asarray(at) + self.rng.uniform(-1.0, 1.0, (_TRIES, 2)) * np.asarray(spread)
        yaws = (
            self.rng.uniform(-np.pi, np.pi, _TRIES)
            if yaw is None
            else place.yaw + yaw + self.rng.uniform(-jitter, jitter, _TRIES)
        )
        return self._first_free(
            asset,
            place,
            place.points(local),
            yaws,
            movable=movable,
            gap=gap,
            edge=edge,
            whole=True,
            off_clear=place.owner == FLOOR,
        )

    def scatter(
        self, places: Sequence[Place], categories: Sequence[str], count: int, *, gap: float = 0.03, edge: float = 0.02
    ) -> list[SceneObject]:
        """Put up to `count` things, one of each category that the room has none of yet, anywhere on the places."""
        placed: list[SceneObject] = []
        fresh = self._fresh(categories)
        for index in self.rng.permutation(len(fresh)):
            if len(placed) >= count:
                break
            placed.extend(self._anywhere(self.make(fresh[index]), places, gap, edge))
        return placed

    def alike(
        self, places: Sequence[Place], categories: Sequence[str], *, gap: float = 0.03, edge: float = 0.02
    ) -> list[SceneObject]:
        """Put two to four things of one category that the room has none of yet in different spots on the places.

        Half of the time they are copies of each other, else each is a variation of its own.
        """
        fresh = self._fresh(categories)
        if not fresh:
            return []
        category, copies = self.pick(fresh), self.chance(0.5)
        first = self.make(category)
        placed = self._anywhere(first, places, gap, edge)
        for _ in range(int(self.rng.integers(1, 4))):
            placed.extend(self._anywhere(first if copies else self.make(category), places, gap, edge))
        return placed

    def _fresh(self, categories: Sequence[str]) -> list[str]:
        return [category for category in dict.fromkeys(categories) if not self._counts[category]]

    def _anywhere(self, asset: Asset, places: Sequence[Place], gap: float, edge: float) -> list[SceneObject]:
        """Put it on one of the places, on a large one rather than on a small one."""
        draws = [self.rng.exponential() / place.area for place in places]
        for index in np.argsort(draws)[:_PLACES_TRIED]:
            yaw = None if asset.category in TURNED_ANYHOW or self.chance(0.15) else 0.0
            item = self.put(asset, places[index], yaw=yaw, jitter=0.35, gap=gap, edge=edge)
            if item is not None:
                return [item]
        return []

    def on_top(self, base: SceneObject) -> Place:
        """The upper side of an object's box as a place to stack things on."""
        half = base.asset.size / 2.0
        square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * half[:2]
        return _in_world(base, SupportSurface(square, float(half[2])))

    # How -----------------------------------------------------------------------------------------------------------

    def _first_free(
        self,
        asset: Asset,
        place: Place,
        positions: Array,
        yaws: Array,
        *,
        movable: bool,
        gap: float,
        edge: float,
        whole: bool,
        off_clear: bool,
        front: float = 0.0,
    ) -> SceneObject | None:
        """Place the asset at the first of the candidates (c, 2), (c,) where it has room.

        `whole` takes it for one solid box, so that nothing comes to stand beneath or inside it.
        """
        half = asset.size / 2.0
        if 2.0 * half[2] + _SHELF_GAP_M > place.clearance_m:
            return None
        box = Blocks.of([OrientedBox(np.zeros(3), asset.size, np.eye(3))])
        solid = box if whole else Blocks.of([part.box for part in asset.collisions])
        heights = np.full(len(positions), place.height + half[2])
        inside = polygons.contains(place.outline, box.placed(positions, yaws, heights).corners().reshape(-1, 2), edge)
        free: NDArray[np.bool_] = np.all(inside.reshape(-1, 4), axis=1)
        candidates = solid.placed(positions, yaws, heights)
        free &= self._free(candidates, self._obstacles(place.owner, off_clear), gap, len(free))
        if whole:
            free &= self._free(candidates, self._alike(asset.category), max(gap, _ALIKE_GAP_M), len(free))
        if front > 0.0:
            ahead = _zone((0.0, -half[1] - front / 2.0), (2.0 * half[0], front), 0.0, -half[2], half[2])
            zone = ahead.placed(positions, yaws, heights)
            free &= self._free(zone, self._obstacles(place.owner, False), 0.0, len(free))
        if not free.any():
            return None
        first = int(np.argmax(free))
        pose = RigidTransform(rotations.about_z(yaws[first]), np.array([*positions[first], heights[first]]))
        return self._add(asset, pose, movable, solid)

    def _obstacles(self, owner: str, off_clear: bool) -> list[Blocks]:
        solids = [solid for object_id, solid in self._solids.items() if object_id != owner]
        own = [self._parts[owner]] if owner in self._parts else []
        return [*solids, *own, *self._openings, *(self._clear if off_clear else [])]

    def _alike(self, category: str) -> list[Blocks]:
        return [self._solids[item.object_id] for item in self.objects if item.asset.category == category]

    @staticmethod
    def _free(candidates: Blocks, obstacles: list[Blocks], gap: float, count: int) -> NDArray[np.bool_]:
        """Which of `count` candidates of equally many blocks each are clear of all obstacles."""
        if not obstacles or not len(candidates.yaws):
            return np.ones(count, dtype=np.bool_)
        every = Blocks.joined(obstacles)
        level = (every.lows < candidates.highs.max()) & (every.highs > candidates.lows.min())
        horizontal, vertical = gaps(candidates, every.where(level))
        apart = (horizontal >= gap) | (vertical >= -_ROUNDING_M)
        clear: NDArray[np.bool_] = np.all(apart.reshape(count, -1), axis=1)
        return clear

    def _add(self, asset: Asset, pose: RigidTransform, movable: bool, solid: Blocks) -> SceneObject:
        self._counts[asset.category] += 1
        object_id = f"{asset.category.replace(' ', '_')}_{self._counts[asset.category]}"
        item = SceneObject(object_id, asset, pose, movable)
        self.objects.append(item)
        origin, yaw = pose.translation[None, :], np.array([self.yaw(item)])
        self._solids[object_id] = solid.placed(origin[:, :2], yaw, origin[:, 2])
        parts = Blocks.of([part.box for part in asset.collisions])
        self._parts[object_id] = parts.placed(origin[:, :2], yaw, origin[:, 2])
        return item


def _zone(center: ArrayLike, size: ArrayLike, yaw: float, low: float, high: float) -> Blocks:
    """One block over a stretch of floor round `center` (2,), between two heights."""
    middle, half = np.asarray(center, dtype=np.float64), np.asarray(size, dtype=np.float64) / 2.0
    return Blocks(middle[None], half[None], np.array([yaw]), np.array([low]), np.array([high]))


def _in_world(item: SceneObject, surface: SupportSurface) -> Place:
    outline = item.pose.apply(np.column_stack([surface.outline, np.zeros(len(surface.outline))]))[:, :2]
    height = float(item.pose.translation[2]) + surface.height
    return Place(item.object_id, outline, height, surface.clearance_m, Layout.yaw(item))
