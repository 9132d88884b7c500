"""Reports of lakes whose scores are known: the figures, the files, and what is said where there is nothing to tell."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import numpy as np
import polars as pl
import pytest

from gsi_ray.lake import EmptyTable, write_rows
from gsi_ray.reporting.evaluation import NoScores, ScoresWithoutTriplets, write_report
from gsi_ray.reporting.evaluation.averages import averages, differences
from gsi_ray.reporting.evaluation.cases import choices
from gsi_ray.reporting.evaluation.error_counts import error_counts
from gsi_ray.reporting.evaluation.findings import findings
from gsi_ray.reporting.evaluation.sheets import comparisons, sheet
from gsi_ray.reporting.evaluation.slices import features, slices
from gsi_ray.reporting.evaluation.trials import Trial, trials
from tests.reporting.calibrated_lakes import write_verdicts
from tests.reporting.scored_lakes import samples, score_row, write_edits, write_samples, write_scores

TABLETOP, ROOM = samples(4), samples(2, "room")


def value(table: pl.DataFrame, column: str = "mean", **cell: str) -> float | None:
    """The one figure in a cell."""
    return table.filter(**cell)[column].item()


def fill(lake: str) -> None:
    """Two data sets. `exact`: three editors; `gsi-bench`: one judged, one not, on the tabletops only.

    The first tabletop of `good` is an error; `late` has not edited any but the first scene.
    """
    write_samples(lake, TABLETOP)
    write_samples(lake, ROOM, 1)
    for shard, triplets in enumerate((TABLETOP, ROOM)):
        rows = []
        for number, sample in enumerate(triplets):
            error = "the picture is broken" if (shard, number) == (0, 0) else None
            known = {} if error else {"ic": 1.0, "sa": 0.8, "el_objects": 0.9, "ac": 0.5, "pixel_error": float(number)}
            rows.append(score_row(sample, "good", "exact", error=error, **known))
            rows.append(score_row(sample, "idle", "exact", ic=0.0, sa=0.0, el_objects=1.0, ac=1.0))
            if sample.scene_id == "tabletop-0":
                rows.append(score_row(sample, "late", "exact", ic=0.6, sa=number / 10.0, el_objects=1.0, ac=1.0))
            if shard == 0:
                bench = {"ic": float(number % 2), "sa": 0.4, "el_ssim": 0.9, "el_lpips": 0.3}
                rows.append(score_row(sample, "good", "gsi-bench", **bench, ac=8.0))
                rows.append(score_row(sample, "idle", "gsi-bench", **bench))
        write_scores(lake, rows, shard)
        write_edits(lake, triplets, "good", shard)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    lake = str(tmp_path_factory.mktemp("lake"))
    fill(lake)
    return lake


@pytest.fixture(scope="module")
def tried(lake: str) -> dict[tuple[str, str], Trial]:
    return {(one.protocol.name, one.environment): one for one in trials(lake)}


@pytest.fixture(scope="module")
def report(lake: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "report"
    written = write_report(lake, out)
    assert (written.page, written.editors) == (out / "index.html", ("good", "idle", "late"))
    assert (written.scores, written.errors) == (5 * 36 - 36 + 9 + 2 * 18 - 1, 1)
    return out


def test_every_protocol_and_data_set_is_a_trial(tried: dict[tuple[str, str], Trial]) -> None:
    assert list(tried) == [("exact", "room"), ("exact", "tabletop"), ("gsi-bench", "tabletop")]
    assert list(tried["exact", "tabletop"].scores) == ["good", "idle", "late"]


def test_exact_means_are_those_counted_by_hand(tried: dict[tuple[str, str], Trial]) -> None:
    table = averages(tried["exact", "tabletop"]).filter(operation="all")
    good = {row["metric"]: row for row in table.filter(editor="good").to_dicts()}
    assert (good["ic"]["mean"], good["sa"]["mean"]) == (100.0, pytest.approx(80.0))
    assert (good["el"]["mean"], good["ac"]["mean"]) == (pytest.approx(90.0), pytest.approx(50.0))
    assert good["average"]["mean"] == pytest.approx(80.0)
    assert (good["ic"]["samples"], good["ic"]["errors"]) == (35, 1)
    # Everything but the errors in pixels is alike in all scenes.
    assert (good["sa"]["low"], good["sa"]["high"]) == (pytest.approx(80.0), pytest.approx(80.0))
    assert good["pixel_error"]["mean"] == pytest.approx(sum(range(1, 36)) / 35)
    assert good["pixel_error"]["low"] < good["pixel_error"]["mean"] < good["pixel_error"]["high"]
    assert good["position_error_m"]["mean"] is None
    assert table.filter(editor="idle", metric="average")["mean"].item() == 0.0


def test_means_of_operations_are_of_their_samples_alone(tried: dict[tuple[str, str], Trial]) -> None:
    table = averages(tried["exact", "tabletop"])
    assert table["operation"].unique(maintain_order=True).to_list()[:3] == [
        "all",
        "camera_movement",
        "object_placement",
    ]
    # Of the nine samples of a scene, those from the fifth to the seventh are of the camera.
    assert value(table, editor="late", operation="perspective_control", metric="sa") == pytest.approx(50.0)
    assert value(table, editor="late", operation="camera_movement", metric="sa") == 0.0
    assert value(table, "samples", editor="late", operation="perspective_control", metric="sa") == 3
    assert value(table, "errors", editor="good", operation="camera_movement", metric="sa") == 1
    # One scene is no ground for an interval.
    assert value(table, "low", editor="late", operation="all", metric="sa") is None


def test_gsi_bench_means_are_official_or_without_the_rule_of_appearance(tried: dict[tuple[str, str], Trial]) -> None:
    table = averages(tried["gsi-bench", "tabletop"]).filter(operation="all")
    for editor, appearance, average in (("good", 40.0, (50.0 + 40.0 + 35.0 + 40.0) / 4), ("idle", None, None)):
        assert value(table, editor=editor, metric="ic") == pytest.approx(50.0)
        assert value(table, editor=editor, metric="sa") == pytest.approx(40.0)
        assert value(table, editor=editor, metric="el") == pytest.approx(35.0)
        assert value(table, editor=editor, metric="ac") == pytest.approx(appearance)
        assert value(table, editor=editor, metric="average") == pytest.approx(average)


def test_differences_are_of_the_samples_that_both_have(tried: dict[tuple[str, str], Trial]) -> None:
    table = differences(tried["exact", "tabletop"]).filter(operation="all")
    assert table.select("editor", "against").unique(maintain_order=True).rows() == [
        ("good", "idle"),
        ("good", "late"),
        ("idle", "late"),
    ]
    against_idle = table.filter(editor="good", against="idle", metric="average").to_dicts()[0]
    assert (against_idle["mean"], against_idle["samples"]) == (pytest.approx(80.0), 35)
    assert against_idle["excludes_zero"] is True
    # Eight samples: the error of one is not the other's. `late` has 10, 20, ... 80 there.
    late = table.filter(editor="good", against="late", metric="sa").to_dicts()[0]
    assert (late["mean"], late["samples"]) == (pytest.approx(80.0 - 45.0), 8)
    assert (late["low"], late["excludes_zero"]) == (None, None)


def test_a_difference_that_goes_either_way_does_not_exclude_zero(tmp_path: Path) -> None:
    lake = str(tmp_path)
    write_samples(lake, TABLETOP)
    for editor, sign in (("a", 1), ("b", -1)):
        write_scores(
            lake,
            [
                score_row(
                    sample, editor, "exact", ic=0.5 + sign * (0.1 if number // 9 % 2 else -0.1), sa=0.5 + 0.1 * sign
                )
                for number, sample in enumerate(TABLETOP)
            ],
        )
    (trial,) = trials(lake)
    table = differences(trial).filter(operation="all")
    assert value(table, metric="ic") == pytest.approx(0.0)
    assert value(table, "excludes_zero", metric="ic") is False
    assert (value(table, metric="sa"), value(table, "excludes_zero", metric="sa")) == (pytest.approx(20.0), True)


def test_who_was_judged_and_who_was_not_do_not_compare(lake: str, tried: dict[tuple[str, str], Trial]) -> None:
    found = findings(tried["gsi-bench", "tabletop"], lake)
    assert found.differences.is_empty()
    assert any(note.startswith("Appearance was not judged of idle") for note in found.notes)
    assert any(note.endswith("of one of the two only: good and idle.") for note in found.notes)


def test_where_no_average_is_known_the_first_measure_that_is_stands_in_its_place(tmp_path: Path) -> None:
    lake = str(tmp_path)
    write_samples(lake, TABLETOP)
    write_scores(lake, [score_row(sample, "a", "gsi-bench", ic=1.0, sa=0.4, el_ssim=0.9) for sample in TABLETOP])
    (trial,) = trials(lake)
    found = findings(trial, lake)
    assert sheet(found).shown_first == "ic"
    assert any(note.startswith("EL is missing of a: LPIPS was not computed") for note in found.notes)
    assert comparisons([found]) == []


def test_features_are_those_of_the_triplets(lake: str, tried: dict[tuple[str, str], Trial]) -> None:
    trial = tried["exact", "tabletop"]
    found = {row["sample_id"]: row for row in features(trial, lake).to_dicts()}
    moved, turned, camera = TABLETOP[0], TABLETOP[2], TABLETOP[4]
    assert found[moved.sample_id]["difficulty"] == "low (0.00 to 0.31)"
    assert found[TABLETOP[-1].sample_id]["difficulty"] == "high (0.67 to 0.97)"
    assert (found[moved.sample_id]["category"], found[turned.sample_id]["category"]) == ("mug", "book")
    assert [found[camera.sample_id][kind] for kind in ("size", "distance", "occlusion", "category")] == [None] * 4
    away = {
        sample.sample_id: np.linalg.norm(
            next(one.box.center for one in sample.before.objects if one.object_id == sample.target.object_id)
            - sample.before.camera.position
        )
        for sample in TABLETOP
        if sample.target
    }
    farthest = max(away, key=lambda one: away[one])
    assert str(found[farthest]["distance"]).endswith(f"to {away[farthest]:.2f} m)")
    sizes = {one.sample_id: 100 * one.quality.target_pixels_before / 128**2 for one in TABLETOP if one.target}
    largest = max(sizes, key=lambda one: sizes[one])
    assert str(found[largest]["size"]).endswith(f"to {sizes[largest]:.2g} %)")
    assert found[moved.sample_id]["occlusion"] == "wholly (98 % and more)"


def test_slices_have_the_means_of_their_samples(lake: str, tried: dict[tuple[str, str], Trial]) -> None:
    table = slices(tried["exact", "tabletop"], lake).filter(editor="late", metric="sa")
    # Of the one scene that `late` has done: mugs are moved (0), placed (10), put on a spot (30) and resized (80).
    assert value(table, slice="category", value="mug") == pytest.approx((0.0 + 10.0 + 30.0 + 80.0) / 4)
    assert value(table, slice="category", value="book") == pytest.approx(20.0)
    assert value(table, slice="operation", value="spatial_removal") == pytest.approx(70.0)
    assert value(table, "samples", slice="difficulty", position=0) == 9
    everyone = slices(tried["exact", "tabletop"], lake).filter(editor="good", metric="ic")
    assert everyone.filter(slice="difficulty")["samples"].to_list() == [11, 12, 12]


def test_errors_are_counted_by_bin(tried: dict[tuple[str, str], Trial]) -> None:
    good = next(one for one in error_counts(tried["exact", "tabletop"]) if one.editor == "good")
    # 1 to 35, in bins that begin with 0, 1, 2, 4, 8, 16, 32, 64 and 128.
    assert good.counts == (0, 1, 2, 4, 8, 16, 4, 0, 0)
    assert (good.total, good.unknown, good.median) == (35, 0, 18.0)
    idle = next(one for one in error_counts(tried["exact", "tabletop"]) if one.editor == "idle")
    assert (idle.total, idle.unknown, idle.median) == (0, 36, None)
    assert {one.scale.title for one in error_counts(tried["exact", "tabletop"])} == {"How far off in the picture"}


def test_the_best_and_the_worst_are_chosen_each_of_another_operation(tried: dict[tuple[str, str], Trial]) -> None:
    late = [one for one in choices(tried["exact", "tabletop"]) if one.editor == "late"]
    best, worst = ([one.sample_id for one in late if one.is_best is side] for side in (True, False))
    assert best == ["tabletop-0-8", "tabletop-0-7", "tabletop-0-6"]
    assert worst == ["tabletop-0-0", "tabletop-0-1", "tabletop-0-2"]


def test_the_tables_have_every_figure(report: Path, tried: dict[tuple[str, str], Trial]) -> None:
    table = pl.read_csv(report / "scores.csv")
    assert table.columns == [
        "editor", "protocol", "environment", "split", "operation", "metric", "mean", "low", "high", "samples", "errors"
    ]  # fmt: skip
    assert table.equals(pl.read_parquet(report / "scores.parquet"))
    assert value(table, editor="good", protocol="exact", environment="room", operation="all", metric="average") == 80.0
    found = pl.read_csv(report / "slices.csv")
    assert set(found["slice"]) == {"operation", "difficulty", "size", "distance", "occlusion", "category"}
    assert found.equals(pl.read_parquet(report / "slices.parquet"))
    assert set(pl.read_csv(report / "differences.csv")["excludes_zero"]) == {True, None}


def test_the_markdown_has_the_figures_and_what_to_know_of_them(report: Path) -> None:
    text = (report / "report.md").read_text(encoding="utf-8")
    assert "## tabletop, test, by the protocol exact" in text
    assert "| good | 80.0 (80.0 to 80.0) | 100.0 (100.0 to 100.0) | 80.0 (80.0 to 80.0)" in text
    assert "> Some edits could not be scored, and are in no mean: 1 of 36 of good." in text
    assert "- good: 1 × the picture is broken" in text
    assert "> Appearance was not judged of idle: AC and the average are left open" in text
    assert "| BAGEL \\+ GSI-Syn | 36.28 | 48.74 | 24.42 | GSI-Bench |" in text
    assert "| good, test | – | 41.25 | – | other data: this lake |" in text


def test_a_report_is_the_same_every_time_and_from_an_object_store(report: Path, lake: str, tmp_path: Path) -> None:
    remote = f"memory://{uuid4().hex}"
    fill(remote)
    for number, address in enumerate((lake, remote)):
        write_report(address, tmp_path / str(number))
        for file in report.iterdir():
            assert (tmp_path / str(number) / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_lake_without_scores_is_told_so(tmp_path: Path) -> None:
    lake = str(tmp_path)
    with pytest.raises(NoScores, match="has no scores: check its address, or make some with 'gsi-ray evaluate'"):
        write_report(lake, tmp_path / "report")
    write_samples(lake, TABLETOP)
    write_rows("scores", [], lake, "shard-abc-00000000", {"editor": "a", "protocol": "exact"})
    with pytest.raises(NoScores):
        write_report(lake, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_lake_with_calibrated_judges_and_no_scores_gives_a_report_of_them(tmp_path: Path) -> None:
    lake, out = str(tmp_path / "lake"), tmp_path / "report"
    for judge in ("a", "b"):
        write_verdicts(lake, judge, {"truth": [1] * 9 + [0], "floating-8cm": [0] * 8 + [1, 1]})
    write_report(lake, out)
    names = {"index.html", "report.md", "judges.csv", "judges.parquet", "judge_pairs.csv"}
    assert {file.name for file in out.iterdir()} == names
    table = pl.read_parquet(out / "judges.parquet")
    assert value(table, "value", judge="a", metric="precision") == pytest.approx(100.0 * 9 / 11)
    assert table.equals(pl.read_csv(out / "judges.csv", schema=table.schema))
    assert value(pl.read_csv(out / "judge_pairs.csv"), "value", judge="a", other="b", metric="kappa") == 1.0
    text = (out / "report.md").read_text(encoding="utf-8")
    assert "| hangs 8 cm in the air | 80.0 (49.0 to 94.3), 8 of 10 | 80.0 (49.0 to 94.3), 8 of 10 |" in text
    assert "scores.csv" not in text


def test_scores_without_their_triplets_are_named(tmp_path: Path) -> None:
    lake = str(tmp_path)
    write_scores(lake, [score_row(sample, "a", "exact", ic=1.0) for sample in TABLETOP])
    with pytest.raises(EmptyTable, match="has no triplets"):
        write_report(lake, tmp_path / "report")
    write_samples(lake, TABLETOP[1:])
    with pytest.raises(ScoresWithoutTriplets, match="1 samples that it has no triplets of, such as 'tabletop-0-0'"):
        write_report(lake, tmp_path / "report")


def test_a_lake_where_nothing_could_be_scored_gives_a_report_of_that(tmp_path: Path) -> None:
    lake = str(tmp_path)
    write_samples(lake, TABLETOP)
    write_scores(lake, [score_row(sample, "a", "exact", error="no picture") for sample in TABLETOP])
    written = write_report(lake, tmp_path / "report")
    assert (written.scores, written.errors) == (0, 36)
    assert "36 × no picture" in (tmp_path / "report/report.md").read_text(encoding="utf-8")
