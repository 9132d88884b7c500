"""Where the time goes: a simulator that keeps account of its own seconds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.scene import House, Scene, SceneState
from gsi_ray.simulators.protocol import Change, Observation, Simulator
from gsi_ray.spatial import Camera


class Stopwatch:
    """Seconds by phase of the work. `on_stop` is called whenever a phase has ended."""

    def __init__(self, on_stop: Callable[[], None] = lambda: None) -> None:
        self.seconds: Counter[str] = Counter()
        self._on_stop = on_stop

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time spent in the block towards a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start  # type: ignore[assignment]  # Counter of floats
        self._on_stop()


class TimedSimulator:
    """A simulator whose physics and rendering are timed and whose scenes are counted; else the one that it holds."""

    def __init__(self, simulator: Simulator, watch: Stopwatch) -> None:
        self._simulator = simulator
        self._watch = watch
        self.scenes_loaded = 0
        self.name = simulator.name
        self.version = simulator.version
        self.can_scale = simulator.can_scale
        self.scenes = simulator.scenes

    def load(self, scene: Scene | House) -> None:
        """Counted, and timed as physics."""
        self.scenes_loaded += 1
        with self._watch.phase("physics"):
            self._simulator.load(scene)

    def state(self) -> SceneState:
        """Timed as physics."""
        with self._watch.phase("physics"):
            return self._simulator.state()

    def free_positions(self) -> NDArray[np.float64]:
        """Not timed."""
        return self._simulator.free_positions()

    def support_points(self, receptacle: str) -> NDArray[np.float64]:
        """Not timed."""
        return self._simulator.support_points(receptacle)

    def look(self, camera: Camera) -> None:
        """Not timed."""
        self._simulator.look(camera)

    def apply(self, change: Change) -> None:
        """Timed as physics."""
        with self._watch.phase("physics"):
            self._simulator.apply(change)

    def settle(self, seconds: float | None = None) -> float:
        """Timed as physics."""
        with self._watch.phase("physics"):
            return self._simulator.settle(seconds)

    def snapshot(self) -> object:
        """Timed as physics."""
        with self._watch.phase("physics"):
            return self._simulator.snapshot()

    def restore(self, snapshot: object) -> None:
        """Timed as physics."""
        with self._watch.phase("physics"):
            self._simulator.restore(snapshot)

    def render(self, focus: Sequence[str] = ()) -> Observation:
        """Timed as rendering."""
        with self._watch.phase("rendering"):
            return self._simulator.render(focus)

    def render_instances(self, width: int, height: int) -> NDArray[np.uint16]:
        """Timed as rendering."""
        with self._watch.phase("rendering"):
            return self._simulator.render_instances(width, height)

    def close(self) -> None:
        """Not timed."""
        self._simulator.close()
