"""Verdicts as rows of the table `judgements`."""

from __future__ import annotations

from gsi_ray.judging.requests import Request
from gsi_ray.judging.verdicts import Verdict
from gsi_ray.lake.rows import Row


def judgement_row(request: Request, judge: str, rubric: str, verdict: Verdict, raw: str | None) -> Row:
    """What a judge thinks of a request's subject; `raw` is its answer word for word, None where there was none."""
    return {
        "sample_id": request.subject.sample_id,
        "editor": request.subject.editor,
        "judge": judge,
        "rubric": rubric,
        "score": verdict.score,
        "accept": verdict.accept,
        "reasoning": _storable(verdict.reasoning),
        "raw": _storable(raw),
        "error": _storable(verdict.error),
        "prompt_sha256": request.sha256,
        "instruction": _storable(verdict.instruction),
        "instruction_zh": _storable(verdict.instruction_zh),
    }


def _storable(text: str | None) -> str | None:
    """Halves of characters, which JSON can hold as "\\ud83d" and files cannot, become question marks."""
    return None if text is None else text.encode("utf-8", "replace").decode()
