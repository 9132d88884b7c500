"""A lake as it is generated passes its audit: no errors, and no look-alikes among its scenes."""

from __future__ import annotations

from pathlib import Path

from gsi_ray.lake.audit import audit

UNEVEN = {"uneven_operations", "uneven_words", "dominant_category"}
"""What chance and the recipe decide."""


def test_a_generated_lake_passes_its_audit(generated_lake: Path) -> None:
    report = audit(str(generated_lake))

    assert [result for result in report.results if result.check not in UNEVEN] == []
    assert (report.opened, report.without_receipt) == (report.files, 0)
    assert report.samples >= 300
