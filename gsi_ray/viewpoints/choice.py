"""From a loaded scene to the few views that its edits are made in.

As in GSI-Bench (arXiv 2604.20570), free positions are clustered and thinned out, cameras look from each in many
directions, views are scored by the things that can be acted on, and near-duplicates of better views are suppressed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.scene import SceneState
from gsi_ray.simulators.protocol import Simulator
from gsi_ray.spatial import Camera, OrientedBox
from gsi_ray.viewpoints.positions import clear, dispersed_positions, gaps
from gsi_ray.viewpoints.scoring import Looks, Targets, expected_scores, in_sight, is_blocked, measured_score
from gsi_ray.viewpoints.settings import ViewSettings

Array = NDArray[np.float64]

_CLEARANCE_M = 0.25
_SHORTLIST = 20
_GLANCE_ROWS = 112
_MOST_OF_ONE_POSITION = 6
_PITCHES = 3
_AIMS_AT_STAGE = 6
_AIM_SPREAD_M = 0.08


@dataclass(frozen=True, eq=False)
class Viewpoint:
    """A camera of a scene by a stable name; the best view is "view-00". `score` is about the number of good targets."""

    view_id: str
    camera: Camera
    score: float


def choose_views(
    simulator: Simulator,
    settings: ViewSettings,
    rng: np.random.Generator,
    *,
    width: int,
    height: int,
    stage: str | None = None,
) -> tuple[Viewpoint, ...]:
    """At most `settings.views` good and different views of the loaded scene, best first; none where there is none.

    `stage` is the object that the scene is about (see `Scene.stage`): cameras then stand around it and look at it.
    Leaves the simulator looking somewhere else.
    """
    state = simulator.state()
    free = simulator.free_positions()
    focus = None
    if stage is not None:
        free = _around_stage(free, state[stage].box, settings)
        focus = _focus(state, stage)
    positions = _standpoints(free, state, 0.0 if focus is None else float(focus[2]), settings, rng)
    candidates = _expected_views(positions, state, focus, settings, rng, (width, height))
    shortlist = different(candidates, _SHORTLIST, settings.apart_m / 2.0, np.radians(settings.apart_deg) / 2.0)
    measured = [view for candidate in shortlist if (view := _measured_view(simulator, candidate, state, settings))]
    best = different(measured, settings.views, settings.apart_m, np.radians(settings.apart_deg))
    return tuple(replace(view, view_id=f"view-{rank:02d}") for rank, view in enumerate(best))


def different(views: Sequence[Viewpoint], count: int, apart_m: float, apart_rad: float) -> list[Viewpoint]:
    """At most `count` of the views, best first, leaving out what is closer than `apart_m` to a better one and looks in
    a direction less than `apart_rad` from its: non-maximum suppression."""
    kept: list[Viewpoint] = []
    positions, directions = np.empty((0, 3)), np.empty((0, 3))
    for view in sorted(views, key=lambda view: -view.score):
        if len(kept) == count:
            break
        close = np.linalg.norm(positions - view.camera.position, axis=1) < apart_m
        parallel = directions @ view.camera.forward > np.cos(apart_rad)
        if not np.any(close & parallel):
            kept.append(view)
            positions = np.vstack([positions, view.camera.position])
            directions = np.vstack([directions, view.camera.forward])
    return kept


def _around_stage(free: Array, stage: OrientedBox, settings: ViewSettings) -> Array:
    """Those of the floor positions (n, 2) that are as far from the stage as the settings say."""
    distances = gaps(stage, np.column_stack([free, np.full(len(free), stage.center[2])]))
    nearest, farthest = settings.distance_m
    return free[(distances >= nearest) & (distances <= farthest)]


def _focus(state: SceneState, stage: str) -> Array:
    """The point (3,) to look at: amid the things on the stage, at the height of what they stand on."""
    things = state.resting_on(stage)
    if not things:
        return np.array([*state[stage].box.center[:2], state[stage].box.top])
    center = np.mean([thing.box.center[:2] for thing in things], axis=0)
    return np.array([*center, np.median([thing.box.bottom for thing in things])])


def _standpoints(
    free: Array, state: SceneState, ground: float, settings: ViewSettings, rng: np.random.Generator
) -> Array:
    """Camera positions (n, 3) at their height over `ground`, clear of everything."""
    spots = dispersed_positions(free, settings.positions, rng)
    positions = np.column_stack([spots, ground + rng.uniform(*settings.height_m, size=len(spots))])
    return positions[clear(positions, [part for item in state.objects for part in item.parts], _CLEARANCE_M)]


def _expected_views(
    positions: Array,
    state: SceneState,
    focus: Array | None,
    settings: ViewSettings,
    rng: np.random.Generator,
    image_size: tuple[int, int],
) -> list[Viewpoint]:
    """Every camera worth a glance, scored by what the boxes of things let expect."""
    targets = Targets.of(state.objects)
    views: list[Viewpoint] = []
    for position, visible in zip(positions, in_sight(positions, targets, state.objects), strict=True):
        looks = _looks(position, focus, settings, rng, image_size[0] / image_size[1])
        scores = expected_scores(looks, targets, visible, settings)
        # A position never gives more than a few views: its best ones are enough to choose from.
        for best in np.argsort(-scores, kind="stable")[:_MOST_OF_ONE_POSITION]:
            if scores[best] > 0.0:
                direction = looks.yaws[best], looks.pitches[best], looks.fields_of_view[best]
                views.append(Viewpoint("", Camera.at(position, *direction, *image_size), float(scores[best])))
    return views


def _looks(
    position: Array, focus: Array | None, settings: ViewSettings, rng: np.random.Generator, aspect: float
) -> Looks:
    """Cameras at `position` (3,) that look at points about the focus, or all round where there is none."""
    if focus is not None:
        x, y, z = (focus + rng.normal(scale=_AIM_SPREAD_M, size=(_AIMS_AT_STAGE, 3)) - position).T
        yaws, pitches = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    else:
        low, high = np.radians(settings.pitch_deg)
        step = 2.0 * np.pi / settings.yaws
        yaws, pitches = (
            grid.ravel() for grid in np.meshgrid(step * np.arange(settings.yaws), np.linspace(low, high, _PITCHES))
        )
        if settings.randomised:
            yaws = yaws + rng.uniform(0.0, step, size=len(yaws))
            pitches = rng.uniform(low, high, size=len(pitches))
    narrow, wide = np.radians(settings.field_of_view_deg)
    fields_of_view = np.full(len(yaws), (narrow + wide) / 2.0)
    if settings.randomised:
        fields_of_view = rng.uniform(narrow, wide, size=len(yaws))
    return Looks(position, yaws, pitches, fields_of_view, aspect)


def _measured_view(
    simulator: Simulator, view: Viewpoint, state: SceneState, settings: ViewSettings
) -> Viewpoint | None:
    """The view with its score from a glance through the camera; None if it is blocked or shows too few targets."""
    simulator.look(view.camera)
    columns = round(_GLANCE_ROWS * view.camera.width / view.camera.height)
    instances = simulator.render_instances(columns, _GLANCE_ROWS)
    score, shown = measured_score(view.camera, Targets.of(state.objects), instances, settings)
    if shown < settings.fewest_targets or is_blocked(instances, view.camera.position, state.objects):
        return None
    return replace(view, score=score)
