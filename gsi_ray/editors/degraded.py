"""The truth with a mistake in it, drawn by the simulator that made the sample."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from gsi_ray.editors.arrangement import CannotEdit
from gsi_ray.editors.editor import Edited
from gsi_ray.editors.mistakes import MISTAKES
from gsi_ray.editors.names import EditorName
from gsi_ray.editors.stage import Stage
from gsi_ray.sampling.triplet import Frame, Triplet
from gsi_ray.simulators import SIMULATORS, create_simulator
from gsi_ray.simulators.protocol import ActionRejected


class DrawnAnew(ABC):
    """Has each sample's simulator draw what the sample shows after the edit, but for one mistake.

    Simulators start when they are needed; samples of one scene should follow each other, since it is loaded for them
    once. Edits are the same bytes every time, so nobody takes their time.
    """

    def __init__(self, name: EditorName) -> None:
        self.name = name.text
        self._stages: dict[str, Stage] = {}

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """The pictures with the mistake, and what they show. Raises SimulatorDied."""
        for sample in triplets:
            try:
                edited = self._edited(sample)
            except (CannotEdit, ActionRejected) as failure:
                edited = Edited(None, error=str(failure))
            yield edited

    def close(self) -> None:
        """End the simulators. May be called twice."""
        for stage in self._stages.values():
            stage.close()
        self._stages.clear()

    @abstractmethod
    def _drawn(self, sample: Triplet, stage: Stage) -> Frame:
        """The picture with the mistake, of the scene that is on the stage. Raises CannotEdit."""

    def _edited(self, sample: Triplet) -> Edited:
        stage = self._stage(sample.simulator)
        stage.enter(sample.scene_id)
        stage.require_same(sample.before)
        frame = self._drawn(sample, stage)
        return Edited(frame.rgb, objects=frame.objects, camera=frame.camera)

    def _stage(self, simulator: str) -> Stage:
        # Only by these names: what a sample says is never imported.
        if simulator not in SIMULATORS:
            raise CannotEdit(f'"{simulator}" cannot draw the scene again: only {" and ".join(SIMULATORS)} can.')
        if simulator not in self._stages:
            self._stages[simulator] = Stage(create_simulator(simulator))
        return self._stages[simulator]


class DegradedTruth(DrawnAnew):
    """The mistakes of `mistakes.MISTAKES`."""

    def __init__(self, name: EditorName) -> None:
        super().__init__(name)
        self._mistake = MISTAKES[name.form]
        self._amount = name.amount

    def _drawn(self, sample: Triplet, stage: Stage) -> Frame:
        return stage.draw(self._mistake(sample, stage.rest, self._amount), focus(sample))


def focus(sample: Triplet) -> list[str]:
    """The objects, named by the instruction, of which the visible fraction is recorded."""
    return [one.object_id for one in (sample.target, sample.reference) if one]
