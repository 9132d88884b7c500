"""The truth with a mistake of known size in it, drawn by the simulator that made the sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gsi_ray.editors.arrangement import CannotEdit
from gsi_ray.editors.editor import Edited
from gsi_ray.editors.mistakes import MISTAKES
from gsi_ray.editors.names import EditorName
from gsi_ray.editors.stage import Stage
from gsi_ray.sampling.triplet import Triplet
from gsi_ray.simulators import SIMULATORS, create_simulator
from gsi_ray.simulators.protocol import ActionRejected


class DegradedTruth:
    """Draws what each sample shows after the edit, but for one mistake: see `mistakes.MISTAKES`.

    Simulators start when they are needed; samples of one scene should follow each other, since it is loaded for them
    once. Edits are the same bytes every time, so nobody takes their time.
    """

    def __init__(self, name: EditorName) -> None:
        self.name = name.text
        self._mistake = MISTAKES[name.form]
        self._amount = name.amount
        self._stages: dict[str, Stage] = {}

    def edit(self, triplets: Sequence[Triplet]) -> Iterator[Edited]:
        """The pictures with the mistake, and what they show. Raises SimulatorDied."""
        for sample in triplets:
            try:
                edited = self._degraded(sample)
            except (CannotEdit, ActionRejected) as failure:
                edited = Edited(None, error=str(failure))
            yield edited

    def close(self) -> None:
        """End the simulators. May be called twice."""
        for stage in self._stages.values():
            stage.close()
        self._stages.clear()

    def _degraded(self, sample: Triplet) -> Edited:
        stage = self._stage(sample.simulator)
        stage.enter(sample.scene_id)
        stage.require_same(sample.before)
        arrangement = self._mistake(sample, stage.rest, self._amount)
        frame = stage.draw(arrangement, [one.object_id for one in (sample.target, sample.reference) if one])
        return Edited(frame.rgb, objects=frame.objects, camera=frame.camera)

    def _stage(self, simulator: str) -> Stage:
        # Only by these names: what a sample says is never imported.
        if simulator not in SIMULATORS:
            raise CannotEdit(f'"{simulator}" cannot draw the scene again: only {" and ".join(SIMULATORS)} can.')
        if simulator not in self._stages:
            self._stages[simulator] = Stage(create_simulator(simulator))
        return self._stages[simulator]
