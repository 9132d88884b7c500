"""Judgements of edits whose truth is known, for tests of how far judges are to be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gsi_ray.judging.calibration import variant_name
from gsi_ray.lake import write_rows
from gsi_ray.lake.rows import Row
from gsi_ray.lake.schemas import JUDGEMENTS

_NOTHING = dict.fromkeys(JUDGEMENTS.schema.names)

Verdicts = Mapping[str, Iterable[bool | float | None]]
"""By editor, what a judge says of its edits of sample 0, 1, and so on: accept or not, a score, or None for an error."""


def write_verdicts(
    lake: str, judge: str, verdicts: Verdicts, rubric: str = "plausibility", variant: str = "", accept_from: float = 1.0
) -> None:
    """All that a judge says by a variant of a rubric."""
    place = {"judge": judge, "rubric": variant_name(rubric, variant) if variant else rubric}
    rows = [
        {**_NOTHING, **place, "sample_id": f"sample-{number}", "editor": editor, **_said(verdict, accept_from)}
        for editor, edits in verdicts.items()
        for number, verdict in enumerate(edits)
    ]
    write_rows("judgements", rows, lake, "shard-abc-00000000", place)


def _said(verdict: bool | float | None, accept_from: float) -> Row:
    said = {"prompt_sha256": "00"}
    if verdict is None:
        return {**said, "error": "no answer"}
    return {**said, "score": float(verdict), "accept": verdict >= accept_from}
