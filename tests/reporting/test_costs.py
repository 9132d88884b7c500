from __future__ import annotations

import pytest
from rich.console import Console

from gsi_ray.recipes import Recipe, load_recipe, revised
from gsi_ray.recipes.costs import costs
from gsi_ray.recipes.rates import measured_rates
from gsi_ray.reporting.costs import costs_table, duration


def told(recipe: Recipe) -> str:
    rates = measured_rates()
    console = Console(width=120)
    with console.capture() as capture:
        console.print(costs_table(recipe, costs(recipe, rates), rates))
    return " ".join(capture.get().split())


def test_a_plan_says_where_and_when_its_rates_were_measured() -> None:
    rates = measured_rates()

    assert f"Measured on {rates.date}" in told(load_recipe("demo"))
    assert " ".join(rates.machine.split()) in told(load_recipe("demo"))


def test_gpu_hours_are_told_of_workers_with_gpus_alone_and_said_not_to_be_measured() -> None:
    with_gpus = told(revised(load_recipe("demo"), workers={"gpus": 0.25}))

    assert "GPU" in with_gpus and "No GPU was measured" in with_gpus
    assert "GPU-hours" not in told(load_recipe("demo"))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0 seconds"), (80, "80 seconds"), (90, "1.5 minutes"), (7200, "2.0 hours"), (1e6, "11.6 days")],
)
def test_a_time_is_told_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
