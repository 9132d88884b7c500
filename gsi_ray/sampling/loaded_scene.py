"""One scene in a simulator: looked at and edited, at rest or from where an earlier edit left it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gsi_ray.operations import Operation
from gsi_ray.operations.edits import Edit
from gsi_ray.operations.operation import Invertible
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.sampling import quality, seeds
from gsi_ray.sampling.frames import frame_of
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.triplet import Frame, Quality
from gsi_ray.sampling.verification import Deviation, achieved_transform, bystander_moved, check_target
from gsi_ray.scenes.scene import FLOOR, House, Scene, SceneState
from gsi_ray.simulators.protocol import ActionRejected, Simulator
from gsi_ray.spatial import Camera, RigidTransform
from gsi_ray.viewpoints import Viewpoint, choose_views

# The objects whose visibility is worth measuring are found in a picture smaller by this factor.
_GLANCE = 4
_MOST_CANDIDATES = 60
_MOST_EXECUTIONS = 6


@dataclass(frozen=True, eq=False)
class Moment:
    """The scene when all is still, and the simulator's snapshot of it."""

    state: SceneState
    snapshot: object


@dataclass(frozen=True, eq=False)
class Situation(Moment):
    """A moment from which edits are made.

    `supports` has for each thing that can carry others, and for the floor, a grid (n, 3) of world points. `controls`
    are the states after so many seconds of doing nothing, as far as they have been needed.
    """

    supports: Mapping[str, NDArray[np.float64]]
    controls: dict[float, SceneState] = field(default_factory=dict, init=False)


@dataclass(frozen=True, eq=False)
class SeenView:
    """A situation as one camera sees it, and the `before` side that all edits made there share."""

    view_id: str
    situation: Situation
    view: View
    before: Frame


@dataclass(frozen=True, eq=False)
class Outcome:
    """An edit that the simulator carried out as asked.

    `transform` took the target (or the camera) from its pose before to the actual one after. Where the target is gone,
    it and `deviation` are None. `moment` is what the edit left.
    """

    edit: Edit
    after: Frame
    transform: RigidTransform | None
    deviation: Deviation | None
    quality: Quality
    moment: Moment


class LoadedScene:
    """Loads a scene into a simulator and tries edits on it, all those of a view from the very same situation."""

    def __init__(self, simulator: Simulator, scene: Scene | House, settings: SamplingSettings) -> None:
        self._simulator = simulator
        self._scene = scene
        self._settings = settings
        simulator.load(scene)
        self._rest = self._situation(self._moment())

    @cached_property
    def viewpoints(self) -> tuple[Viewpoint, ...]:
        """Where to look from, best first; a pure function of the settings and the scene."""
        self._simulator.restore(self._rest.snapshot)
        size = self._settings.image_size
        views = self._settings.views[self._scene.environment]
        rng = seeds.generator(f"{self._settings.fingerprint}/views/{self._scene.scene_id}")
        return choose_views(self._simulator, views, rng, width=size, height=size, stage=self._scene.stage)

    def see(self, viewpoint: Viewpoint) -> SeenView:
        """Look at the scene at rest."""
        self._simulator.restore(self._rest.snapshot)
        return self._see(self._rest, viewpoint.camera, viewpoint.view_id)

    def see_after(self, seen: SeenView, outcome: Outcome) -> SeenView:
        """Look at what an edit made in `seen` left, from where its camera is then, to make the next edit there.

        Its `before` side is `outcome.after`, pixel for pixel, with the visibility of everything that it shows.
        """
        self._simulator.restore(outcome.moment.snapshot)
        return self._see(self._situation(outcome.moment), outcome.edit.camera, seen.view_id, _named(outcome.edit))

    def attempt(
        self, seen: SeenView, operation: Operation, rng: np.random.Generator
    ) -> tuple[Outcome | None, list[Rejection]]:
        """The first candidate edit that works out, if any, and why those before it did not."""
        rejections: list[Rejection] = []
        executions = 0
        for candidate in operation.candidates(seen.view, rng):
            if isinstance(candidate, Rejection):
                rejections.append(candidate)
            else:
                executions += 1
                outcome = self.carry_out(seen, candidate)
                if isinstance(outcome, Outcome):
                    return outcome, rejections
                rejections.append(outcome)
            if len(rejections) >= _MOST_CANDIDATES or executions >= _MOST_EXECUTIONS:
                break
        return None, rejections

    def carry_out(self, seen: SeenView, edit: Edit) -> Outcome | Rejection:
        """Let the simulator do an edit, compare what happens with the ideal and with doing nothing, and undo it."""
        try:
            self._simulator.restore(seen.situation.snapshot)
            actual, control = self._moments_after(seen.situation, edit)
            return self._verified(seen, edit, actual, control, lambda: self._photograph(actual.state, edit))
        except ActionRejected:
            return Rejection.ACTION_REFUSED
        finally:
            self._simulator.restore(seen.situation.snapshot)

    def take_back(self, seen: SeenView, operation: Invertible, outcome: Outcome, left: SeenView) -> Outcome | Rejection:
        """The edit that undoes one that `operation` made in `seen`; `left` is what that one left.

        The simulator carries the return out, from `left`, and it is verified like any edit. As its side after it then
        gets the very scene and picture that were before, to the bit, which must themselves be the ideal outcome and the
        simulator's within the same tolerances.
        """
        edit = operation.inverse(seen.view, outcome.edit, left.view)
        if isinstance(edit, Rejection):
            return edit
        returned = self.carry_out(left, edit)
        if isinstance(returned, Rejection):
            return returned
        return self._verified(left, edit, seen.situation, returned.moment.state, lambda: seen.before)

    def _see(self, situation: Situation, camera: Camera, view_id: str, named: Collection[str] = ()) -> SeenView:
        self._simulator.look(camera)
        glance = self._simulator.render_instances(camera.width // _GLANCE, camera.height // _GLANCE)
        glimpsed = frozenset(np.unique(glance).tolist())
        focus = [
            item.object_id for item in situation.state.objects if item.instance in glimpsed or item.object_id in named
        ]
        observation = self._simulator.render(focus)
        view = View(situation.state, camera, observation, situation.supports, self._settings.choices)
        return SeenView(view_id, situation, view, frame_of(situation.state, camera, observation))

    def _moment(self) -> Moment:
        return Moment(self._simulator.state(), self._simulator.snapshot())

    def _situation(self, moment: Moment) -> Situation:
        """A moment, which the simulator is in, with the places to stand on."""
        carriers = [FLOOR, *(item.object_id for item in moment.state.objects)]
        return Situation(
            moment.state, moment.snapshot, {name: self._simulator.support_points(name) for name in carriers}
        )

    def _moments_after(self, situation: Situation, edit: Edit) -> tuple[Moment, SceneState]:
        """What an edit leaves, and the control: the state after settling for as long with no action."""
        if edit.change is None:
            return situation, situation.state
        self._simulator.apply(edit.change)
        seconds = self._simulator.settle()
        actual = self._moment()
        if seconds not in situation.controls:
            self._simulator.restore(situation.snapshot)
            self._simulator.settle(seconds)
            situation.controls[seconds] = self._simulator.state()
            self._simulator.restore(actual.snapshot)
        return actual, situation.controls[seconds]

    def _verified(
        self, seen: SeenView, edit: Edit, actual: Moment, control: SceneState, photograph: Callable[[], Frame]
    ) -> Outcome | Rejection:
        """The outcome of an edit, if what came of it stands the comparisons, first of states and then of pictures."""
        if bystander_moved(edit, actual.state, control, self._settings.tolerances):
            return Rejection.BYSTANDER_MOVED
        deviation = check_target(edit, actual.state, self._settings.tolerances)
        if isinstance(deviation, Rejection):
            return deviation
        after = photograph()
        target = edit.target.object_id if edit.target else None
        measured = quality.measure(seen.before, after, target, actual.state.lights)
        rejection = quality.check(measured, after, self._settings.quality)
        transform = achieved_transform(edit, seen.situation.state, actual.state)
        return rejection or Outcome(edit, after, transform, deviation, measured, actual)

    def _photograph(self, state: SceneState, edit: Edit) -> Frame:
        self._simulator.look(edit.camera)
        observation = self._simulator.render([name for name in _named(edit) if name in state])
        return frame_of(state, edit.camera, observation)


def _named(edit: Edit) -> list[str]:
    """The objects that the words of an edit are about: how much of them is seen must always be known."""
    return [designation.object_id for designation in (edit.target, edit.reference) if designation]
