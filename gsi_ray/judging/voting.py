"""What several judges think together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from statistics import fmean

from gsi_ray.judging.rubric import Rubric
from gsi_ray.lake.rows import Row
from gsi_ray.recipes import Panel

About = tuple[str, str | None]
"""A sample, and the editor whose edit of it is judged, or None."""


def vote(panel: Panel, rubric: Rubric, rubric_name: str, members: Mapping[str, Sequence[Row]]) -> list[Row]:
    """The panel's judgements from those of its members about one shard: of all that any of them has judged.

    Where one of them has no verdict, the panel has none. `rubric_name` is the rubric's, or that of a variant.
    """
    ballots = {name: {(row["sample_id"], row["editor"]): row for row in rows} for name, rows in members.items()}
    every: set[About] = set().union(*ballots.values())
    return [
        _row(panel, rubric, rubric_name, about, {name: ballot.get(about) for name, ballot in ballots.items()})
        for about in sorted(every, key=lambda about: (about[0], about[1] or ""))
    ]


def _row(panel: Panel, rubric: Rubric, rubric_name: str, about: About, given: Mapping[str, Row | None]) -> Row:
    votes = {name: row for name, row in given.items() if row is not None and row["error"] is None}
    missing = [name for name in given if name not in votes]
    score = None if missing else fmean(row["score"] for row in votes.values())
    sha256 = hashlib.sha256(" ".join(row["prompt_sha256"] for row in given.values() if row).encode()).hexdigest()
    return {
        "sample_id": about[0],
        "editor": about[1],
        "judge": panel.name,
        "rubric": rubric_name,
        "score": score,
        "accept": None if score is None else _accepted(panel, rubric, score, [row["accept"] for row in votes.values()]),
        "reasoning": None if missing else " ".join(f"{name}: {row['reasoning']}" for name, row in votes.items()),
        "raw": None,
        "error": f"There is no verdict of {', '.join(missing)}." if missing else None,
        "prompt_sha256": sha256,
        "instruction": None,
        "instruction_zh": None,
    }


def _accepted(panel: Panel, rubric: Rubric, score: float, votes: Sequence[bool]) -> bool:
    return 2 * sum(votes) > len(votes) if panel.vote == "majority" else score >= rubric.accept_from
