"""The constants of the column `difficulty`, and how evenly it spreads with them: python -m benchmarks.difficulty LAKE.

The constants in `gsi_ray/sampling/difficulty.py` were measured with this on a lake of all operations in all three
environments, made with the default settings.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import asdict

import numpy as np
from rich.console import Console
from rich.table import Table

from gsi_ray import lake
from gsi_ray.sampling.difficulty import Ingredients, difficulty, ingredients, score

DECILES = range(10, 100, 10)


def main(arguments: list[str]) -> None:
    """Print the tables for a lake."""
    found: dict[str, list[Ingredients]] = defaultdict(list)
    difficulties: dict[str, list[float]] = defaultdict(list)
    for sample in lake.samples(arguments[0]):
        found[sample.operation].append(ingredients(sample))
        difficulties[sample.operation].append(difficulty(sample))
    console = Console()
    console.print(typical([one for several in found.values() for one in several]))
    console.print(places(found))
    console.print(spread(difficulties))


def typical(found: list[Ingredients]) -> Table:
    """The median of each ingredient, of the samples that have any of it."""
    table = Table("ingredient", "median", "of", title="TYPICAL")
    for name in asdict(found[0]):
        values = [value for one in found if (value := getattr(one, name)) > 0.0]
        table.add_row(name, f"{np.median(values):.4g}", str(len(values)))
    return table


def places(found: dict[str, list[Ingredients]]) -> Table:
    """Mean and standard deviation of the scores, by the `TYPICAL` that is in force."""
    table = Table("operation", "middle", "spread", "samples", title="PLACES")
    scores = {operation: [score(one) for one in several] for operation, several in found.items()}
    scores["any"] = [one for several in scores.values() for one in several]
    for operation, values in scores.items():
        table.add_row(operation, f"{np.mean(values):.3f}", f"{np.std(values):.3f}", str(len(values)))
    return table


def spread(difficulties: dict[str, list[float]]) -> Table:
    """The deciles of the difficulty: the nearer to 0.1, 0.2, 0.3..., the more evenly it spreads."""
    table = Table("operation", *(f"{decile}%" for decile in DECILES), title="Deciles of difficulty")
    for operation, values in difficulties.items():
        table.add_row(operation, *(f"{value:.2f}" for value in np.percentile(values, DECILES)))
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
