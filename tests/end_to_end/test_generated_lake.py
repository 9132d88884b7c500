"""A lake as a user makes it is true, and passes its audit."""

from __future__ import annotations

from pathlib import Path

import pytest

from gsi_ray.lake.audit import audit
from gsi_ray.pipelines.generate import generate
from gsi_ray.recipes import load_recipe, revised, with_samples
from tests.end_to_end import truth

UNEVEN = {"uneven_operations", "uneven_words", "dominant_category"}
"""What chance and the recipe decide."""


@pytest.fixture(scope="module")
def generated_lake(ray_here: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's operations and environments, with 17 samples of each at 256 pixels: a good 300."""
    lake = tmp_path_factory.mktemp("generated-lake")
    generate(revised(with_samples(load_recipe("demo"), 17), image_size=256), str(lake))
    return lake


def test_three_hundred_generated_samples_are_true(generated_lake: Path) -> None:
    report = truth.examine_lake(generated_lake)
    assert report.looked_at["rows_can_be_read"] >= 300
    assert set(report.looked_at) >= {check.name for check in truth.CHECKS}
    assert report.violations == [], truth.describe(report, examples=5)


def test_it_passes_its_audit_without_look_alikes_among_its_scenes(generated_lake: Path) -> None:
    report = audit(str(generated_lake))

    assert [result for result in report.results if result.check not in UNEVEN] == []
    assert (report.opened, report.without_receipt) == (report.files, 0)
    assert report.samples >= 300
