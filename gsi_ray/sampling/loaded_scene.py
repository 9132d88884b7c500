"""One scene in a simulator: at rest, looked at, edited, and put back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gsi_ray.operations import Operation
from gsi_ray.operations.edits import Edit
from gsi_ray.operations.rejections import Rejection
from gsi_ray.operations.view import View
from gsi_ray.sampling import quality, seeds
from gsi_ray.sampling.frames import frame_of
from gsi_ray.sampling.settings import SamplingSettings
from gsi_ray.sampling.triplet import Frame, Quality
from gsi_ray.sampling.verification import Deviation, achieved_transform, bystander_moved, check_target
from gsi_ray.scenes.scene import FLOOR, Scene, SceneState
from gsi_ray.simulators.protocol import ActionRejected, Simulator
from gsi_ray.spatial import RigidTransform
from gsi_ray.viewpoints import Viewpoint, choose_views

# The objects whose visibility is worth measuring are found in a picture smaller by this factor.
_GLANCE = 4
_MOST_CANDIDATES = 60
_MOST_EXECUTIONS = 6


@dataclass(frozen=True, eq=False)
class SeenView:
    """A view of the scene at rest, and the `before` side that all edits made in it share."""

    view_id: str
    view: View
    before: Frame


@dataclass(frozen=True, eq=False)
class Outcome:
    """An edit that the simulator carried out as asked.

    `transform` took the target (or the camera) from its pose before to the actual one after. Where the target is gone,
    it and `deviation` are None.
    """

    edit: Edit
    after: Frame
    transform: RigidTransform | None
    deviation: Deviation | None
    quality: Quality


class LoadedScene:
    """Loads a scene into a simulator and tries edits on it, each from the very same state."""

    def __init__(self, simulator: Simulator, scene: Scene, settings: SamplingSettings) -> None:
        self._simulator = simulator
        self._scene = scene
        self._settings = settings
        simulator.load(scene)
        self._rest = simulator.snapshot()
        self._state = simulator.state()
        carriers = [FLOOR, *(item.object_id for item in self._state.objects)]
        self._supports = {name: simulator.support_points(name) for name in carriers}
        self._controls: dict[float, SceneState] = {}

    @cached_property
    def viewpoints(self) -> tuple[Viewpoint, ...]:
        """Where to look from, best first; a pure function of the settings and the scene."""
        size = self._settings.image_size
        views = self._settings.views[self._scene.environment]
        rng = seeds.generator(f"{self._settings.fingerprint}/views/{self._scene.scene_id}")
        return choose_views(self._simulator, views, rng, width=size, height=size, stage=self._scene.stage)

    def see(self, viewpoint: Viewpoint) -> SeenView:
        """Look at the scene at rest."""
        camera = viewpoint.camera
        self._simulator.look(camera)
        glance = self._simulator.render_instances(camera.width // _GLANCE, camera.height // _GLANCE)
        glimpsed = frozenset(np.unique(glance).tolist())
        focus = [item.object_id for item in self._state.objects if item.instance in glimpsed]
        observation = self._simulator.render(focus)
        view = View(self._state, camera, observation, self._supports, self._settings.choices)
        return SeenView(viewpoint.view_id, view, frame_of(self._state, camera, observation))

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
            return self._carry_out(seen, edit)
        except ActionRejected:
            return Rejection.ACTION_REFUSED
        finally:
            self._simulator.restore(self._rest)

    def _carry_out(self, seen: SeenView, edit: Edit) -> Outcome | Rejection:
        actual = self._state
        if edit.change is not None:
            self._simulator.apply(edit.change)
            seconds = self._simulator.settle()
            actual = self._simulator.state()
            if bystander_moved(edit, actual, self._control(seconds), self._settings.tolerances):
                return Rejection.BYSTANDER_MOVED
        deviation = check_target(edit, actual, self._settings.tolerances)
        if isinstance(deviation, Rejection):
            return deviation
        after = self._photograph(actual, edit)
        target = edit.target.object_id if edit.target else None
        measured = quality.measure(seen.before, after, target, self._state.lights)
        rejection = quality.check(measured, after, self._settings.quality)
        return rejection or Outcome(edit, after, achieved_transform(edit, self._state, actual), deviation, measured)

    def _photograph(self, state: SceneState, edit: Edit) -> Frame:
        named = [designation.object_id for designation in (edit.target, edit.reference) if designation]
        self._simulator.look(edit.camera)
        observation = self._simulator.render([name for name in named if name in state])
        return frame_of(state, edit.camera, observation)

    def _control(self, seconds: float) -> SceneState:
        """The scene after settling as long from the same state with no action. Leaves the simulator as it was."""
        if seconds not in self._controls:
            edited = self._simulator.snapshot()
            self._simulator.restore(self._rest)
            self._simulator.settle(seconds)
            self._controls[seconds] = self._simulator.state()
            self._simulator.restore(edited)
        return self._controls[seconds]
