"""Samples and edits on their way through a judge on a server: each is judged once, whatever happens on the way."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest
import ray
import yaml
from PIL import Image
from typer.testing import CliRunner

from gsi_ray.cli import app
from gsi_ray.judging import JudgeUnavailable, Rubric, load_rubric
from gsi_ray.lake import scan, write_rows, write_shard
from gsi_ray.lake.judgements import remove_judgement
from gsi_ray.lake.paths import ShardName
from gsi_ray.lake.readers import read_rows
from gsi_ray.lake.stores import Store
from gsi_ray.pipelines.derive import Derivation
from gsi_ray.pipelines.judge import Extent, judge
from gsi_ray.recipes import Judge
from tests.judging.server import MODEL, JudgeServer, judged
from tests.lake.object_store import ObjectStore
from tests.triplets import make_triplets

pytestmark = pytest.mark.usefixtures("ray_here")

Row = dict[str, Any]

SHARDS = [str(ShardName("abc", number)) for number in range(6)]
PLACE = {"split": "train", "environment": "tabletop"}
SAMPLES = len(SHARDS) * len(make_triplets())
APPEARANCE, PLAUSIBILITY = load_rubric("appearance"), load_rubric("plausibility")
AT_ONCE = 3
Done = tuple[Path, Derivation, int]
"""A judged lake, what the run said of it, and the most questions that were under way at once."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgeServer]:
    server = JudgeServer(tmp_path_factory.mktemp("judge")).start()
    yield server
    server.kill()


@pytest.fixture
def server(running: JudgeServer) -> Iterator[JudgeServer]:
    running.be_good()
    return running


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with some shards of samples, and nothing else."""
    lake = tmp_path_factory.mktemp("samples")
    for number, shard in enumerate(SHARDS):
        write_shard(make_triplets(number), str(lake), shard, **PLACE)
    return lake


@pytest.fixture(scope="module")
def done(samples: Path, running: JudgeServer, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The same, judged by two rubrics in one run."""
    lake = tmp_path_factory.mktemp("judged") / "lake"
    shutil.copytree(samples, lake)
    running.take_time(0.02)
    derivation = judge(str(lake), [served(running)], [APPEARANCE, PLAUSIBILITY], Extent())
    assert running.asked == derivation.rows
    return lake, derivation, running.most_at_once


def served(server: JudgeServer, **settings: Any) -> Judge:
    given = {"max_pixels": 1024, "requests_at_once": AT_ONCE, "timeout_s": 60.0, "tries": 2, **settings}
    return Judge.model_validate({"name": "served", "model": MODEL, "server": server.address, **given})


def ask(lake: Path, server: JudgeServer, *editors: str, rubric: Rubric = APPEARANCE, **settings: Any) -> Derivation:
    return judge(str(lake), [served(server, **settings)], [rubric], Extent(editors))


def command(lake: Path | str, server: JudgeServer, folder: Path, **settings: Any) -> list[str]:
    file = folder / "served.yaml"
    file.write_text(yaml.safe_dump(served(server, **settings).model_dump(exclude_unset=True)))
    return ["judge", "--lake", str(lake), "--judge", str(file), "--rubric", "appearance"]


def copied(lake: Path, folder: Path) -> Path:
    return Path(shutil.copytree(lake, folder / "lake"))


def files(lake: Path, rubric: str = "appearance") -> dict[str, bytes]:
    found = sorted(lake.glob(f"judgements/v1/judge=served/rubric={rubric}/shard-*"))
    return {file.name: file.read_bytes() for file in found}


def verdicts(lake: Path) -> pl.DataFrame:
    return scan("judgements", str(lake)).collect().sort("rubric", "sample_id", "editor")


def expected(sample: Row, rubric: Rubric) -> float:
    pictures = [Image.open(io.BytesIO(sample[side]["bytes"])) for side in ("image_before", "image_after")]
    prompt = rubric.prompt.replace("{instruction}", sample["instruction"])
    answer = judged(pictures, prompt, rubric.answer)
    flaws = [value for value in answer.values() if isinstance(value, bool)]
    return 1.0 - sum(flaws) / len(flaws) if flaws else float(answer["score"])


def change_sample(lake: Path, change: Callable[[Row], None]) -> str:
    """Change the second sample of the first shard; returns its id."""
    key = f"triplets/v1/split=train/environment=tabletop/{SHARDS[0]}.parquet"
    rows = read_rows(Store.open(str(lake)), key)
    change(rows[1])
    write_rows("triplets", rows, str(lake), SHARDS[0], PLACE)
    return str(rows[1]["sample_id"])


def meanwhile(action: Callable[[], object]) -> Thread:
    thread = Thread(target=action)
    thread.start()
    return thread


class TestJudging:
    def test_every_sample_is_judged_once_by_every_rubric_with_the_score_for_its_pictures(self, done: Done) -> None:
        lake, derivation, _ = done
        assert derivation == Derivation(2 * len(SHARDS), 2 * SAMPLES, 0)
        samples = {row["sample_id"]: row for row in scan("triplets", str(lake)).collect().iter_rows(named=True)}
        scores = {(row["rubric"], row["sample_id"]): row["score"] for row in verdicts(lake).iter_rows(named=True)}
        assert verdicts(lake).height == len(scores) == 2 * SAMPLES
        assert scores == {
            (rubric.name, sample_id): expected(sample, rubric)
            for rubric in (APPEARANCE, PLAUSIBILITY)
            for sample_id, sample in samples.items()
        }

    def test_a_verdict_lies_in_the_shard_of_its_sample(self, done: Done) -> None:
        lake, _, _ = done
        for shard in SHARDS:
            truth, *judgements = [
                set(pl.read_parquet(file)["sample_id"]) for file in sorted(lake.rglob(shard + "*"))[::-1]
            ]
            assert judgements == [truth, truth]

    def test_as_many_are_asked_at_once_as_the_judge_says_and_no_more(self, done: Done) -> None:
        assert done[2] == AT_ONCE

    def test_what_is_judged_is_not_asked_again_and_stays_as_it_is(
        self, done: Done, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(done[0], tmp_path)
        again = judge(str(lake), [served(server)], [APPEARANCE, PLAUSIBILITY], Extent())
        assert (again.rows, again.errors, server.asked) == (0, 0, 0)
        assert files(lake) == files(done[0])

    def test_after_a_change_of_the_rubric_all_of_it_is_asked_again(
        self, done: Done, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(done[0], tmp_path)
        stricter = APPEARANCE.model_copy(update={"prompt": APPEARANCE.prompt + "Be strict."})
        assert ask(lake, server, rubric=stricter).rows == server.asked == SAMPLES
        before, after = verdicts(done[0]), verdicts(lake)
        assert after.height == before.height
        assert after.filter(rubric="plausibility").equals(before.filter(rubric="plausibility"))
        hashes = [set(frame.filter(rubric="appearance")["prompt_sha256"]) for frame in (before, after)]
        assert not hashes[0] & hashes[1]


class TestErrors:
    FAULTS = ("400", "no_api", "refusal", "prose", "empty", "cut", "eleven")

    def test_each_is_a_row_with_its_reason_and_only_those_are_asked_again(
        self, done: Done, samples: Path, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(samples, tmp_path)
        server.give(*self.FAULTS)
        first = ask(lake, server)
        assert (first.rows, first.errors) == (SAMPLES, len(self.FAULTS))
        bad = verdicts(lake).filter(pl.col("error").is_not_null())
        assert bad["error"].n_unique() == len(self.FAULTS)  # each has a reason of its own
        assert bad["score"].is_null().all() and bad["accept"].is_null().all()
        assert bad["raw"].is_not_null().sum() == 4  # what was said is kept, though it is no verdict

        second = ask(lake, server)
        assert (second.rows, second.errors) == (len(self.FAULTS), 0)
        assert server.asked == SAMPLES + len(self.FAULTS)
        assert files(lake) == files(done[0])

    def test_a_broken_picture_is_an_error_of_its_sample_alone_and_a_damaged_shard_is_named(
        self, done: Done, samples: Path, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(samples, tmp_path)
        broken = change_sample(lake, lambda row: row["image_before"].update(bytes=row["image_before"]["bytes"][:900]))
        damaged = lake / f"triplets/v1/split=train/environment=tabletop/{SHARDS[1]}.parquet"
        damaged.write_bytes(damaged.read_bytes()[:-300])

        run = CliRunner().invoke(app, command(lake, server, tmp_path))

        assert run.exit_code == 1
        assert "1 shard could not be judged" in run.stderr and SHARDS[1] in run.stderr
        assert server.asked == SAMPLES - SAMPLES // len(SHARDS) - 1
        errors = verdicts(lake).filter(pl.col("error").is_not_null())
        assert errors["sample_id"].to_list() == [broken]
        assert "A picture of the sample cannot be read" in errors["error"][0]
        others = verdicts(done[0]).filter(rubric="appearance").join(verdicts(lake), "sample_id", "semi")
        assert others.height == server.asked + 1
        is_other = pl.col("sample_id") != broken
        assert verdicts(lake).filter(is_other).equals(others.filter(is_other))


class TestEdits:
    def write_edits(self, lake: Path) -> None:
        """Edits of half of the shards: of each, one has failed."""
        for shard in SHARDS[:3]:
            key = f"triplets/v1/split=train/environment=tabletop/{shard}.parquet"
            images = [(row["sample_id"], row["image_before"]) for row in read_rows(Store.open(str(lake)), key)]
            rows = [self.edit(sample_id, image if place else None) for place, (sample_id, image) in enumerate(images)]
            write_rows("edits", rows, str(lake), shard, {"editor": "mine"})

    def edit(self, sample_id: str, image: Mapping[str, Any] | None) -> Row:
        error = "the editor failed" if image is None else None
        empty = dict.fromkeys(("seconds", "objects", "camera"))
        return {**empty, "sample_id": sample_id, "editor": "mine", "image": image, "error": error}

    def test_they_are_judged_beside_the_ground_truth_and_neither_loses_the_others_verdicts(
        self, done: Done, samples: Path, server: JudgeServer, tmp_path: Path
    ) -> None:
        edits = 3 * (SAMPLES // len(SHARDS) - 1)
        lake = copied(done[0], tmp_path)
        self.write_edits(lake)
        assert ask(lake, server, "mine") == Derivation(3, edits, 0)
        both = verdicts(lake).filter(rubric="appearance")
        assert both.filter(editor="mine").height == edits
        truth = verdicts(done[0]).filter(rubric="appearance")
        assert both.filter(pl.col("editor").is_null()).equals(truth)
        scores = {row["sample_id"]: row["score"] for row in both.filter(editor="mine").iter_rows(named=True)}
        for sample in scan("triplets", str(lake)).collect().iter_rows(named=True):
            if sample["sample_id"] in scores:
                unedited = {**sample, "image_after": sample["image_before"]}
                assert scores[sample["sample_id"]] == expected(unedited, APPEARANCE)

        whole = files(lake)
        sample = make_triplets(0)[0].sample_id
        remove_judgement(str(lake), "served", "appearance", SHARDS[0], sample, None)
        assert ask(lake, server).rows == 1
        assert files(lake) == whole


class TestServerThatGoesAway:
    def test_if_it_comes_back_nothing_is_lost(
        self, done: Done, samples: Path, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(samples, tmp_path)
        server.take_time(0.05)
        server.give("500", "429", "reset", "lost", "half")

        def restart() -> None:
            server.wait_for(asked=10)
            server.kill()
            server.start()

        thread = meanwhile(restart)
        derivation = ask(lake, server, tries=8)
        thread.join()
        assert derivation == Derivation(len(SHARDS), SAMPLES, 0)
        assert files(lake) == files(done[0])

    def test_if_it_does_not_that_is_told_and_the_next_run_asks_the_rest(
        self, done: Done, samples: Path, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(samples, tmp_path)
        server.take_time(0.05)

        def die() -> None:
            server.wait_for(asked=12)
            server.kill()

        thread = meanwhile(die)
        both = [*command(lake, server, tmp_path), "--rubric", "plausibility"]
        run = CliRunner().invoke(app, both)
        thread.join()
        server.start()
        assert run.exit_code == 2, run.output
        assert f"{server.address}, cannot be reached any more: see to it, then run the same" in run.stderr
        answered = verdicts(lake).filter(pl.col("error").is_null()).height
        assert 0 < answered <= 12

        server.be_good()
        assert CliRunner().invoke(app, both).exit_code == 0
        assert server.asked == 2 * SAMPLES - answered
        for rubric in ("appearance", "plausibility"):
            assert files(lake, rubric) == files(done[0], rubric)

    def test_if_it_was_never_there_that_is_told_at_once(
        self, samples: Path, server: JudgeServer, tmp_path: Path
    ) -> None:
        lake = copied(samples, tmp_path)
        server.kill()
        with pytest.raises(JudgeUnavailable, match="cannot be reached: start it, or correct its address"):
            ask(lake, server)
        server.start()
        assert not (lake / "judgements").exists()


def test_a_run_that_is_killed_is_finished_by_the_next(
    done: Done, samples: Path, server: JudgeServer, tmp_path: Path
) -> None:
    lake = copied(samples, tmp_path)
    server.take_time(0.2)
    program = [Path(sys.executable).with_name("gsi-ray"), *command(lake, server, tmp_path)]
    here = {**os.environ, "RAY_ADDRESS": ray.get_runtime_context().gcs_address}
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=here) as run:
        while not files(lake):
            assert run.poll() is None, run.communicate()[0]
            time.sleep(0.02)
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
    kept = verdicts(lake).height
    assert 0 < kept < SAMPLES
    assert ask(lake, server) == Derivation(len(SHARDS), SAMPLES - kept, 0)
    assert files(lake) == files(done[0])


def test_a_lake_in_an_object_store_is_judged_to_the_same_bytes(
    done: Done, object_store: ObjectStore, server: JudgeServer, tmp_path: Path
) -> None:
    lake = object_store.new_lake()
    write_shard(make_triplets(0), lake, SHARDS[0], **PLACE)
    program = [Path(sys.executable).with_name("gsi-ray"), *command(lake, server, tmp_path)]
    environment = {**os.environ, **object_store.environment}
    run = subprocess.run(program, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    key = f"judgements/v1/judge=served/rubric=appearance/{SHARDS[0]}.parquet"
    assert Store.open(lake).read(key) == (done[0] / key).read_bytes()
