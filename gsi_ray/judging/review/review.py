"""One person's way through a queue: what is decided, what comes next, and what may be taken back."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from itertools import chain
from threading import Lock
from typing import Any

from gsi_ray.judging.records import judgement_row
from gsi_ray.judging.requests import request
from gsi_ray.judging.review.decisions import Decision
from gsi_ray.judging.review.errors import ReviewError, UnfitDecision
from gsi_ray.judging.review.queue import Selection, read_queue
from gsi_ray.judging.review.showing import Shown, shown_in
from gsi_ray.judging.rubric import Rubric
from gsi_ray.lake import require_writable
from gsi_ray.lake.derived import shard_names
from gsi_ray.lake.judgements import add_judgements, read_judgements, remove_judgement
from gsi_ray.lake.rows import Row
from gsi_ray.recipes.judging import JUDGE_NAME

SHARDS_IN_MEMORY = 2
"""The one whose samples are shown, and its neighbour, which is needed on the way from one to the other."""

Answer = dict[str, Any]
"""What the page is told."""


class Review:
    """Verdicts by one rubric, under a person's name. Each is in the lake before anyone is told that it is.

    So nothing is lost when this process dies, and another one goes on at the first sample without a verdict. Several
    threads may use a review.
    """

    def __init__(self, lake: str, name: str, rubric: Rubric, selection: Selection) -> None:
        """Raises `ReviewError`, what `read_queue` does, or `UnwritableLake`."""
        if not re.fullmatch(JUDGE_NAME, name):
            raise ReviewError(
                f"The name {name!r} cannot be a judge's: use lower-case letters, digits, dots and hyphens, as in alice."
            )
        self._lake, self._name, self._rubric, self._editor = lake, name, rubric, selection.editor
        self._queue = read_queue(lake, rubric.name, selection)
        self._decided = self._read_decided()
        self._given: list[tuple[int, Row | None]] = []
        self._shown_in = lru_cache(SHARDS_IN_MEMORY)(partial(shown_in, lake, selection.editor))
        self._lock = Lock()
        require_writable(lake)

    def overview(self) -> Answer:
        """What is reviewed by whom, how far it is, and which sample is the first without a verdict."""
        with self._lock:
            about = {"lake": self._lake, "name": self._name, "rubric": self._rubric.name, "editor": self._editor}
            return about | self._progress(after=-1)

    def sample(self, place: int) -> Answer:
        """The words about the sample at a place of the queue, and what was decided about it."""
        with self._lock:
            entry, shown, row = self._queue[place], self._shown(place), self._decided.get(place)
        keys = ("accept", "reasoning", "instruction", "instruction_zh")
        return {
            "place": place,
            "sample_id": entry.sample_id,
            "operation": shown.operation,
            "environment": entry.samples.environment,
            "split": entry.samples.split,
            "scene": shown.scene,
            "instruction": shown.subject.instruction,
            "instruction_zh": shown.instruction_zh,
            "doubt": entry.doubt,
            "verdict": None if row is None else {key: row[key] for key in keys},
        }

    def picture(self, place: int, which: str) -> bytes:
        """The picture `before` or `after` the edit, a PNG file."""
        with self._lock:
            subject = self._shown(place).subject
        return subject.before if which == "before" else subject.after

    def decide(self, place: int, raw: bytes) -> Answer:
        """Keep a decision, as the page sends it, in the lake; tell which sample is the next without a verdict.

        Raises `UnfitDecision`, or what `add_judgements` does.
        """
        decision = Decision.read(raw)
        with self._lock:
            shown = self._shown(place)
            asked = request(shown.subject, self._rubric, {"person": self._name})
            row = judgement_row(asked, self._name, self._rubric.name, decision.verdict(shown), raw.decode())
            before = self._decided.get(place)
            self._keep(place, row)
            self._given.append((place, before))
            return self._progress(after=place)

    def undo(self) -> Answer:
        """Take back the last decision that is not taken back yet; `next` is the sample that it was about.

        Raises `UnfitDecision` if there is none since the review began, or what `remove_judgement` does.
        """
        with self._lock:
            if not self._given:
                raise UnfitDecision(
                    "There is nothing to undo since the program was started: go back to a sample and decide it anew."
                )
            place, before = self._given[-1]
            self._keep(place, before)
            self._given.pop()
            return self._progress(after=place) | {"next": place}

    @property
    def summary(self) -> str:
        """How far it is, as a sentence."""
        progress = self.overview()
        accepted, rejected = progress["accepted"], progress["rejected"]
        return f"{accepted:,} accepted, {rejected:,} rejected, {progress['total'] - accepted - rejected:,} left."

    def __len__(self) -> int:
        return len(self._queue)

    def _read_decided(self) -> dict[int, Row]:
        """By place in the queue, what this person has decided before. Raises `ReviewError` if it was no person."""
        places = {entry.sample_id: place for place, entry in enumerate(self._queue)}
        judged = shard_names(self._lake, "judgements", {"judge": self._name, "rubric": self._rubric.name})
        decided = {}
        for shard in sorted(judged & {entry.samples.shard for entry in self._queue}):
            for row in read_judgements(self._lake, self._name, self._rubric.name, shard):
                self._require_persons(row)
                if row["editor"] == self._editor and row["sample_id"] in places:
                    decided[places[row["sample_id"]]] = row
        return decided

    def _require_persons(self, row: Row) -> None:
        # Verdicts that a model took hours for should not be overwritten because of a name.
        try:
            Decision.read((row["raw"] or "").encode())
        except UnfitDecision:
            raise ReviewError(
                f"The lake {self._lake!r} has judgements by {self._name} that no person gave: use another --name."
            ) from None

    def _shown(self, place: int) -> Shown:
        entry = self._queue[place]
        return self._shown_in(entry.samples)[entry.sample_id]

    def _keep(self, place: int, row: Row | None) -> None:
        """Put this row into the lake as the verdict on a sample, or, if it is None, leave the sample without one."""
        entry, judge = self._queue[place], (self._name, self._rubric.name)
        if row is None:
            remove_judgement(self._lake, *judge, entry.samples.shard, entry.sample_id, self._editor)
            del self._decided[place]
        else:
            add_judgements(self._lake, *judge, entry.samples.shard, [row])
            self._decided[place] = row

    def _progress(self, after: int) -> Answer:
        total = len(self._queue)
        accepted = sum(row["accept"] for row in self._decided.values())
        places = chain(range(after + 1, total), range(after))
        return {
            "total": total,
            "accepted": accepted,
            "rejected": len(self._decided) - accepted,
            "next": next((place for place in places if place not in self._decided), None),
        }
