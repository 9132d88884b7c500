"""Appearance consistency (AC) in reports, where it is left to a judge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.lake import write_rows
from gsi_ray.lake.schemas import JUDGEMENTS
from gsi_ray.reporting.evaluation import SeveralJudges, UnknownJudge, write_report
from tests.reporting.scored_lakes import samples, score_row, write_samples, write_scores

TABLETOP = samples(3)
BENCH = {"ic": 1.0, "sa": 0.4, "el_ssim": 0.9, "el_lpips": 0.3}
NOT_ASKED = -1.0

Scores = Mapping[str, list[float | None]]


def judge(lake: str, name: str, scores: Scores, rubric: str = "appearance") -> None:
    """What a judge gives the edits, by editor, of one sample after the other; None is an error."""
    place = {"judge": name, "rubric": rubric}
    rows = [
        {
            **dict.fromkeys(JUDGEMENTS.schema.names),
            **place,
            "sample_id": sample.sample_id,
            "editor": editor,
            "score": score,
            "accept": None if score is None else score >= 6.0,
            "error": "no answer" if score is None else None,
            "prompt_sha256": "00",
        }
        for editor, some in scores.items()
        for sample, score in zip(TABLETOP, some, strict=True)
        if score != NOT_ASKED
    ]
    write_rows("judgements", rows, lake, "shard-abc-00000000", place)


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """The editors `a` and `b`: AC is known by the exact protocol, and left to a judge by the other."""
    lake = str(tmp_path / "lake")
    write_samples(lake, TABLETOP)
    exact = {"ic": 1.0, "sa": 0.5, "el_objects": 1.0, "ac": 0.25}
    rows = [score_row(one, editor, "exact", **exact) for one in TABLETOP for editor in "ab"]
    write_scores(lake, rows + [score_row(one, editor, "gsi-bench", **BENCH) for one in TABLETOP for editor in "ab"])
    return lake


def figures(lake: str, out: Path, name: str | None = None) -> tuple[dict[tuple[str, str, str], float | None], str]:
    """Means of all operations by editor, protocol and metric; and the page in Markdown."""
    write_report(lake, out, name)
    table = pl.read_parquet(out / "scores.parquet").filter(operation="all")
    means = {row[:3]: row[3] for row in table.select("editor", "protocol", "metric", "mean").iter_rows()}
    return means, (out / "report.md").read_text(encoding="utf-8")


def test_ac_is_what_the_judge_says_where_scores_lack_it(lake: str, tmp_path: Path) -> None:
    judge(lake, "vlm", {"a": [8.0] * 27})
    judge(lake, "vlm", {"a": [1.0] * 27}, "plausibility")
    judge(lake, "other", {"a": [1.0] * 27}, "appearance.again")
    means, text = figures(lake, tmp_path / "report")
    assert means["a", "gsi-bench", "ac"] == pytest.approx(80.0)
    assert means["a", "gsi-bench", "average"] == pytest.approx((100.0 + 40.0 + 70.0 + 80.0) / 4)
    assert (means["b", "gsi-bench", "ac"], means["b", "gsi-bench", "average"]) == (None, None)
    assert means["a", "exact", "ac"] == pytest.approx(25.0)
    assert text.count("> AC of a is what the judge vlm says.") == 1
    assert text.count("> Appearance was not judged of b: AC and the average are left open") == 1
    assert "How far to trust" not in text


def test_what_is_scored_stays_and_the_rest_is_on_the_scale_of_its_protocol(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write_samples(lake, TABLETOP)
    known = [0.5] * 9 + [None] * 18
    exact = {"ic": 1.0, "sa": 0.5, "el_objects": 1.0}
    write_scores(lake, [score_row(one, "a", "exact", **exact, ac=ac) for one, ac in zip(TABLETOP, known, strict=True)])
    judge(lake, "vlm", {"a": [NOT_ASKED] * 9 + [8.0] * 18})
    means, _ = figures(lake, tmp_path / "report")
    assert means["a", "exact", "ac"] == pytest.approx((50.0 + 2 * 80.0) / 3)


def test_an_edit_without_a_verdict_has_no_ac_and_counts_nothing_by_the_official_rule(lake: str, tmp_path: Path) -> None:
    judge(lake, "vlm", {"a": [8.0] * 18 + [None] * 9})
    means, text = figures(lake, tmp_path / "report")
    assert means["a", "gsi-bench", "ac"] == pytest.approx(80.0 * 2 / 3)
    assert means["a", "gsi-bench", "ic"] == pytest.approx(100.0 * 2 / 3)
    assert (
        "On some edits vlm gave no verdict, which count nothing, by the official rule: 9 of 27 of a."
        in text.replace("\\", "")
    )


def test_as_long_as_some_edits_are_not_judged_ac_is_left_open(lake: str, tmp_path: Path) -> None:
    judge(lake, "vlm", {"a": [8.0] * 9 + [NOT_ASKED] * 18})
    means, text = figures(lake, tmp_path / "report")
    assert (means["a", "gsi-bench", "ac"], means["a", "gsi-bench", "ic"]) == (None, 100.0)
    assert "> Appearance was not judged of a and b: AC and the average are left open" in text
    assert (
        "> vlm has been asked about 9 of the 27 edits of a: AC is left open until it has been asked about all" in text
    )


def test_of_several_judges_one_is_to_be_named(lake: str, tmp_path: Path) -> None:
    judge(lake, "strict", {"a": [2.0] * 27})
    judge(lake, "vlm", {"a": [8.0] * 27})
    with pytest.raises(SeveralJudges, match="with --judge and one of strict, vlm"):
        write_report(lake, tmp_path / "report")
    means, text = figures(lake, tmp_path / "report", "strict")
    assert means["a", "gsi-bench", "ac"] == pytest.approx(20.0)
    assert "AC of a is what the judge strict says." in text
    with pytest.raises(UnknownJudge, match=r'"stric" \(did you mean "strict"\?\) has judged .* strict, vlm has'):
        write_report(lake, tmp_path / "report", "stric")


def test_the_command_says_in_one_sentence_that_a_judge_is_to_be_named(lake: str, tmp_path: Path) -> None:
    judge(lake, "strict", {"a": [2.0] * 27})
    judge(lake, "vlm", {"a": [8.0] * 27})
    arguments = ["report", "--lake", lake, "--out", str(tmp_path / "report")]
    refused = CliRunner().invoke(app, arguments)
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith("gsi-ray: Several judges have judged the appearance of edits")
    assert CliRunner().invoke(app, [*arguments, "--judge", "vlm"]).exit_code == 0


def test_where_scores_lack_no_appearance_several_judges_are_no_question(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write_samples(lake, TABLETOP)
    write_scores(lake, [score_row(one, "a", "gsi-bench", **BENCH, ac=7.0) for one in TABLETOP])
    for name in ("strict", "vlm"):
        judge(lake, name, {"a": [2.0] * 27})
    means, text = figures(lake, tmp_path / "report")
    assert means["a", "gsi-bench", "ac"] == pytest.approx(70.0)
    assert "is what the judge" not in text
