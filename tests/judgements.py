"""Judgements as a judge leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gsi_ray.lake import write_rows


def verdict(sample_id: str, accept: bool | None, editor: str | None = None) -> dict[str, Any]:
    """What a judge says of a sample, or of what an editor made of it; None is an error in place of a verdict."""
    return {
        **dict.fromkeys(("score", "reasoning", "raw")),
        "sample_id": sample_id,
        "editor": editor,
        "accept": accept,
        "error": "no answer" if accept is None else None,
        "prompt_sha256": "00",
    }


def judge(
    lake: str, shard: str, verdicts: Sequence[dict[str, Any]], *, judge: str = "strict", rubric: str = "quality"
) -> None:
    """Let a judge say all that of the samples of a shard."""
    place = {"judge": judge, "rubric": rubric}
    write_rows("judgements", [{**row, **place} for row in verdicts], lake, shard, place)
