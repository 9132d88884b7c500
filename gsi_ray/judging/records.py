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
        "reasoning": verdict.reasoning,
        "raw": raw,
        "error": verdict.error,
        "prompt_sha256": request.sha256,
        "instruction": verdict.instruction,
        "instruction_zh": verdict.instruction_zh,
    }
