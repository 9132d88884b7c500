"""What scored edits count, against the official averages and by hand."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.evaluation.gsi_bench import SampleScores, appearance_score, averages
from gsi_ray.reporting.evaluation.measures import EXACT, GSI_BENCH, Protocol

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT.parent / "shared/golden/gsi_bench", ROOT / "tests/data/gsi_bench"]
GOLDEN = next(folder for folder in FOLDERS if folder.is_dir())

Means = dict[str, float | None]


def rows(*some: dict[str, object]) -> pl.DataFrame:
    """Score rows; what is not given is not known."""
    numbers = {*EXACT.columns, *GSI_BENCH.columns}
    schema = dict.fromkeys(sorted(numbers), pl.Float64) | {"error": pl.String}
    return pl.DataFrame([dict.fromkeys(schema) | row for row in some], schema=schema)


def counted(protocol: Protocol, found: pl.DataFrame) -> pl.DataFrame:
    return found.select(value.alias(name) for name, value in protocol.counted().items())


def means(protocol: Protocol, found: pl.DataFrame) -> Means:
    return counted(protocol, found).mean().row(0, named=True)


def official(samples: list[SampleScores]) -> Means:
    found = averages(samples)
    return {
        "ic": found.compliance,
        "sa": found.accuracy,
        "el": found.locality_lpips,
        "ac": found.appearance,
        "el_ssim": found.locality_ssim,
    }


def as_rows(samples: list[SampleScores]) -> pl.DataFrame:
    return rows(
        *(
            {
                "ic": one.compliance,
                "sa": one.accuracy,
                "el_ssim": one.ssim,
                "el_lpips": one.lpips,
                "ac": one.appearance,
            }
            for one in samples
        )
    )


SHARE = st.floats(0.0, 1.0)
WHOLE = SampleScores(1.0, 0.5, 0.5, 0.5, 5.0)
SAMPLES = st.lists(
    st.builds(
        SampleScores,
        compliance=st.sampled_from([0.0, 1.0]) | SHARE,
        accuracy=SHARE,
        ssim=st.none() | SHARE,
        lpips=st.none() | SHARE,
        appearance=st.none() | st.integers(0, 10).map(float),
    ),
    max_size=20,
)


@given(SAMPLES)
def test_gsi_bench_counts_as_the_official_averages_do(samples: list[SampleScores]) -> None:
    # One of which everything is known: what is known of none is the business of the tests below.
    samples = [*samples, WHOLE]
    assert means(GSI_BENCH, as_rows(samples)) == pytest.approx(official(samples))


def test_gsi_bench_counts_as_the_official_code_does() -> None:
    golden = json.loads((GOLDEN / "aggregate.json").read_text())
    appearance = {one["meta"]["index"]: appearance_score(one["prediction"]) for one in golden["ac_predictions"]}
    found = []
    for key, compliance in golden["instruction_compliance"].items():
        image, _, query = key.rpartition("_")
        names = [f"{image}_edit_{query}{ending}" for ending in ("", ".jpg", ".png")]
        locality = golden["edit_locality"].get(key, {})
        found.append(
            {
                "ic": compliance["compliance"],
                "sa": golden["spatial_accuracy"][key]["edit_score"],
                "el_ssim": locality.get("ssim"),
                "el_lpips": locality.get("lpips"),
                "ac": next((appearance[name] for name in names if name in appearance), None),
            }
        )
    expected = golden["expected"]
    assert means(GSI_BENCH, rows(*found)) == pytest.approx(
        {"ic": expected["ic"], "sa": expected["sa"], "el": expected["el_lpips"], "ac": expected["ac"]}
        | {"el_ssim": expected["el_ssim"]}
    )


def test_without_a_judge_nothing_depends_on_appearance() -> None:
    good = {"ic": 1.0, "sa": 0.5, "el_ssim": 0.9, "el_lpips": 0.2}
    found = means(GSI_BENCH, rows(good, good | {"ic": 0.0}))
    assert found == pytest.approx({"ic": 50.0, "sa": 50.0, "el": 40.0, "ac": None, "el_ssim": 45.0})


def test_without_lpips_locality_is_not_known_and_no_unfair_share_of_compliance_is_shown() -> None:
    far_off = {"ic": 0.0, "sa": 0.0, "el_ssim": 0.2, "ac": 5.0}
    perhaps = {"el_ssim": 0.9, "ac": 5.0}
    found = means(GSI_BENCH, rows(far_off, perhaps))
    assert (found["ic"], found["sa"], found["el"]) == (None, None, None)
    assert found["el_ssim"] == pytest.approx(55.0)
    assert means(GSI_BENCH, rows(far_off))["ic"] == 0.0


def test_a_sample_whose_compliance_is_not_known_counts_nowhere() -> None:
    good = {"ic": 1.0, "sa": 0.5, "el_ssim": 0.9, "el_lpips": 0.2, "ac": 10.0}
    assert means(GSI_BENCH, rows(good, good | {"ic": None, "sa": None})) == means(GSI_BENCH, rows(good))


def test_exact_locality_and_appearance_count_in_proportion_to_compliance() -> None:
    half = {"ic": 0.5, "sa": 0.4, "el_objects": 0.8, "ac": 0.6, "el_ssim": 1.0, "el_region": 0.2, "pixel_error": 3.0}
    untouched = {"ic": 0.0, "sa": 0.0, "el_objects": 1.0, "ac": 1.0, "el_ssim": 1.0, "el_region": 0.0}
    found = counted(EXACT, rows(half, untouched)).to_dicts()
    assert found[0] == pytest.approx(
        {"ic": 50.0, "sa": 40.0, "el": 40.0, "ac": 30.0, "el_ssim": 50.0, "el_region": 10.0}
        | {"pixel_error": 3.0, "position_error_m": None}
    )
    assert [found[1][name] for name in ("ic", "sa", "el", "ac")] == [0.0] * 4


def test_what_is_not_known_of_a_sample_is_left_out_of_its_mean_only() -> None:
    found = means(EXACT, rows({"ic": 1.0, "sa": 0.4, "ac": None}, {"ic": 1.0, "sa": None, "ac": 0.2}))
    assert (found["ic"], found["sa"], found["ac"], found["el"]) == (100.0, 40.0, 20.0, None)


@pytest.mark.parametrize("protocol", [EXACT, GSI_BENCH], ids=lambda one: one.name)
def test_errors_and_what_is_no_number_count_nowhere(protocol: Protocol) -> None:
    good = {"ic": 1.0, "sa": 0.5, "el_ssim": 0.9, "el_lpips": 0.2, "el_objects": 0.7, "ac": 1.0}
    failed = {**good, "ic": 0.0, "error": "broken"}
    assert means(protocol, rows(good, failed)) == means(protocol, rows(good))
    assert counted(protocol, rows(good, failed)).row(1) == (None,) * len(protocol.names)
    assert means(protocol, rows(good, good | {"sa": float("nan")}))["sa"] == 50.0
