"""The files that the official code writes, by its names and keys, from which it works out its tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gsi_ray.evaluation.gsi_bench.evaluation import Evaluation
from gsi_ray.lake.local import publish

ERRORS = "eval_errors.json"
"""Ours alone: why an edited picture has no scores, by the name of its file."""

Statistics = dict[str, Any]


def write_results(folder: Path, evaluations: Mapping[str, Evaluation], errors: Mapping[str, str]) -> None:
    """Write scores by edit and their means, of each of the three modes, and what went wrong. What is not known is null,
    and is left out of the means."""
    for mode, (names, statistics) in _MODES.items():
        rows = {
            key: {"operation": one.operation} | {name: getattr(one, ours) for name, ours in names.items()}
            for key, one in evaluations.items()
        }
        write_json(folder / f"{mode}_eval_results.json", rows)
        write_json(folder / f"{mode}_eval_stats.json", statistics(list(evaluations.values())))
    write_json(folder / ERRORS, dict(errors))


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a file whole, or not at all."""
    publish(file, json.dumps(content, indent=4).encode())


def _compliance(evaluations: Sequence[Evaluation]) -> Statistics:
    means = _means(evaluations, "ic")
    return {
        "operation_success_rate": {
            operation: {"rate": mean, "count": count} for operation, (mean, count) in means.items()
        },
        "overall_success_rate": _mean(evaluations, "ic"),
        "overall_total_count": sum(count for _, count in means.values()),
    }


def _accuracy(evaluations: Sequence[Evaluation]) -> Statistics:
    return {
        "operation_mean_score": {operation: mean for operation, (mean, _) in _means(evaluations, "sa").items()},
        "overall_mean_score": _mean(evaluations, "sa"),
    }


def _locality(evaluations: Sequence[Evaluation]) -> Statistics:
    statistics: Statistics = {}
    for name in ("ssim", "lpips"):
        means = _means(evaluations, f"el_{name}")
        statistics[f"operation_mean_{name}"] = {operation: mean for operation, (mean, _) in means.items()}
        statistics[f"overall_mean_{name}"] = _mean(evaluations, f"el_{name}")
    return statistics


def _means(evaluations: Sequence[Evaluation], name: str) -> dict[str, tuple[float, int]]:
    """The mean of a score, and of how many, by operation."""
    known: dict[str, list[float]] = {}
    for one in evaluations:
        if getattr(one, name) is not None:
            known.setdefault(one.operation, []).append(getattr(one, name))
    return {operation: (sum(values) / len(values), len(values)) for operation, values in known.items()}


def _mean(evaluations: Sequence[Evaluation], name: str) -> float:
    values = [getattr(one, name) for one in evaluations if getattr(one, name) is not None]
    return sum(values) / len(values) if values else 0.0


# By mode of the official code: its names of our scores, and how they are summed up.
_MODES: dict[str, tuple[dict[str, str], Callable[[Sequence[Evaluation]], Statistics]]] = {
    "instruction-compliance": ({"compliance": "ic"}, _compliance),
    "spatial-accuracy": ({"edit_score": "sa"}, _accuracy),
    "edit-locality": ({"ssim": "el_ssim", "lpips": "el_lpips", "mse": "el_mse"}, _locality),
}
