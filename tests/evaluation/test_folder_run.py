"""A run over folders in the official layout: what it leaves, and what bad input costs."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gsi_ray.detection import Detection, Detector, DetectorFailed, Picture
from gsi_ray.evaluation.gsi_bench.folder_run import FolderRun, NothingToScore, evaluate_folders
from tests.evaluation.backbone import loaded_lpips
from tests.evaluation.test_evaluation import ALIKE, CUP, EDIT, INTRINSICS, MOVED, ORIGINAL, STRANGE, TURNED

RECORD = {
    "prompt": EDIT.prompt,
    "target": "cup",
    "original_bbox_3d": CUP.box_3d.tolist(),
    "new_bbox_3d": MOVED.box_3d.tolist(),
    "camera_intrinsics": INTRINSICS.tolist(),
    "rotation_matrix": CUP.rotation.tolist(),
    "new_rotation_matrix": TURNED.rotation.tolist(),
}
PROMPTS = {
    "a_0": "Move the cup 40 centimeters to the right.",
    "a_1": "Please rotate the cup 90 degrees clockwise.",
    "b_0": "Remove the cup.",
    "b_7": "Rotate the camera 30 degrees to the right.",
}
FOUND = {"a_0": [MOVED], "a_1": [TURNED], "b_0": [], "b_7": []}


class Folders:
    """Two originals with two edits each, all as they should be, and all detections recorded."""

    def __init__(self, root: Path) -> None:
        self.originals, self.edited, self.output = (root / name for name in ("originals", "edited", "output"))
        for folder in (self.originals, self.edited, self.output):
            folder.mkdir(parents=True)
        for image in "ab":
            Image.fromarray(ORIGINAL).save(self.originals / f"{image}.png")
        for key, prompt in PROMPTS.items():
            image, _, query = key.partition("_")
            self.save(key, STRANGE if key == "b_7" else ALIKE)
            self.record(key, prompt=prompt)
            if key == "b_7":
                Image.fromarray(STRANGE).save(self.originals / f"{image}_true_gtedit_{query}.png")
        self.cache = self.output / "infer_cache.json"
        self.cache.write_text(json.dumps({key: entry(FOUND[key]) for key in PROMPTS}))

    def save(self, key: str, picture: np.ndarray[Any, Any]) -> None:
        Image.fromarray(picture).save(self.edited / f"{key.replace('_', '_edit_')}.png")

    def record(self, key: str, **changes: object) -> None:
        file = self.originals / f"{key.replace('_', '_edit_')}.json"
        file.write_text(json.dumps(RECORD | changes))

    def run(self, *, with_lpips: bool = False, detector: Detector | None = None) -> FolderRun:
        lpips = loaded_lpips() if with_lpips else None
        return evaluate_folders(self.originals, self.edited, self.output, real=True, lpips=lpips, detector=detector)

    def written(self, name: str) -> dict[str, Any]:
        return json.loads((self.output / name).read_text())


def entry(after: Sequence[Detection]) -> dict[str, Any]:
    return {
        "origin_result": {"detections": [CUP.record]},
        "new_result": {"detections": [one.record for one in after]},
    }


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_the_files_are_those_of_the_official_code(folders: Folders) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate_folders(
        folders.originals,
        folders.edited,
        folders.output,
        real=True,
        lpips=loaded_lpips(),
        progress=lambda *progress: told.append(progress),
    )
    modes = ("instruction-compliance", "spatial-accuracy", "edit-locality")
    assert sorted(file.name for file in folders.output.iterdir()) == sorted(
        [f"{mode}_eval_{part}.json" for mode in modes for part in ("results", "stats")]
        + ["eval_errors.json", "infer_cache.json"]
    )
    assert folders.written("eval_errors.json") == {}
    assert folders.written("instruction-compliance_eval_results.json") == {
        "a_0": {"operation": "move", "compliance": 1.0},
        "a_1": {"operation": "rotate", "compliance": 1.0},
        "b_0": {"operation": "remove", "compliance": 1.0},
        "b_7": {"operation": "view", "compliance": 1.0},
    }
    accuracy = folders.written("spatial-accuracy_eval_results.json")
    assert accuracy["b_0"] == {"operation": "remove", "edit_score": 1.0}
    locality = folders.written("edit-locality_eval_results.json")
    assert [list(row) for row in locality.values()] == [["operation", "ssim", "lpips", "mse"]] * 4

    once = {"rate": 1.0, "count": 1}
    assert folders.written("instruction-compliance_eval_stats.json") == {
        "operation_success_rate": {operation: once for operation in ("move", "rotate", "remove", "view")},
        "overall_success_rate": 1.0,
        "overall_total_count": 4,
    }
    assert folders.written("spatial-accuracy_eval_stats.json") == {
        "operation_mean_score": {row["operation"]: row["edit_score"] for row in accuracy.values()},
        "overall_mean_score": pytest.approx(np.mean([row["edit_score"] for row in accuracy.values()])),
    }
    assert folders.written("edit-locality_eval_stats.json") == {
        f"operation_mean_{name}": {row["operation"]: row[name] for row in locality.values()}
        for name in ("ssim", "lpips")
    } | {
        f"overall_mean_{name}": pytest.approx(np.mean([row[name] for row in locality.values()]))
        for name in ("ssim", "lpips")
    }
    assert told == [("scored", 2, 4), ("scored", 4, 4)]


def test_without_lpips_what_is_not_known_is_null_and_in_no_mean(folders: Folders) -> None:
    run = folders.run()
    assert run.errors == {}
    assert folders.written("instruction-compliance_eval_results.json")["b_7"] == {
        "operation": "view",
        "compliance": None,
    }
    assert folders.written("edit-locality_eval_results.json")["a_0"]["lpips"] is None
    statistics = folders.written("instruction-compliance_eval_stats.json")
    assert statistics["overall_total_count"] == 3
    assert "view" not in statistics["operation_success_rate"]
    assert folders.written("edit-locality_eval_stats.json")["operation_mean_lpips"] == {}


def edit_cache(folders: Folders, key: str, new_result: object) -> None:
    cache = json.loads(folders.cache.read_text())
    cache[key]["new_result"] = new_result
    folders.cache.write_text(json.dumps(cache))


NOT_A_NUMBER = CUP.record | {"bbox_3d": [float("nan")] * 7}

DAMAGES: dict[str, tuple[Callable[[Folders], object], str, str]] = {
    "no original": (lambda it: (it.originals / "b.png").unlink(), "b_edit_0.png", "has no picture b.jpg"),
    "no record": (lambda it: (it.originals / "a_edit_1.json").unlink(), "a_edit_1.png", "a_edit_1.json cannot be read"),
    "cut record": (
        lambda it: (it.originals / "a_edit_1.json").write_text('{"prompt"'),
        "a_edit_1.png",
        "a_edit_1.json is no JSON",
    ),
    "box in record": (
        lambda it: it.record("a_1", original_bbox_3d=[float("nan")] * 7),
        "a_edit_1.png",
        '"original_bbox_3d" holds a number that is not finite',
    ),
    "goal": (lambda it: it.record("a_0", new_bbox_3d=None), "a_edit_0.png", 'the key "new_bbox_3d" is missing'),
    "verb": (lambda it: it.record("a_0", prompt="Juggle the cup."), "a_edit_0.png", '"Juggle" is no verb of GSI-Bench'),
    "no picture": (
        lambda it: (it.edited / "a_edit_0.png").write_bytes(b""),
        "a_edit_0.png",
        "a_edit_0.png cannot be read as a picture",
    ),
    "cut picture": (
        lambda it: (it.edited / "a_edit_0.png").write_bytes((it.edited / "a_edit_0.png").read_bytes()[:5000]),
        "a_edit_0.png",
        "a_edit_0.png cannot be read as a picture",
    ),
    "no detections": (
        lambda it: edit_cache(it, "a_0", None),
        "a_edit_0.png",
        'the cached detections of "a_0" cannot be used',
    ),
    "detected box": (
        lambda it: edit_cache(it, "a_0", {"detections": [NOT_A_NUMBER]}),
        "a_edit_0.png",
        '"bbox_3d" holds a number that is not finite',
    ),
    "no true picture": (
        lambda it: (it.originals / "b_true_gtedit_7.png").unlink(),
        "b_edit_7.png",
        "has no true picture of this edit of the camera",
    ),
    "size of true picture": (
        lambda it: Image.fromarray(STRANGE[:50]).save(it.originals / "b_true_gtedit_7.png"),
        "b_edit_7.png",
        r"has \(50, 160, 3\)",
    ),
    "name": (
        lambda it: shutil.copyfile(it.edited / "a_edit_0.png", it.edited / "a.png"),
        "a.png",
        r"is to be called <image>_edit_<query>\.png",
    ),
    "twice": (
        lambda it: shutil.copyfile(it.edited / "a_edit_0.png", it.edited / "a_edit_0_rgb.png"),
        "a_edit_0_rgb.png",
        "a_edit_0_rgb.png is the same edit as a_edit_0.png",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_bad_input_costs_its_own_score_and_no_other(tmp_path: Path, undamaged: FolderRun, name: str) -> None:
    folders = Folders(tmp_path)
    damage, file, complaint = DAMAGES[name]
    damage(folders)
    run = folders.run()
    # An original that is missing is missing for both of its edits.
    concerned = {"b_edit_0.png", "b_edit_7.png"} if name == "no original" else {file}
    assert set(run.errors) == concerned
    assert re.search(complaint, run.errors[file])
    assert folders.written("eval_errors.json") == run.errors
    lost = {file.removesuffix(".png").replace("_edit_", "_") for file in concerned}
    assert run.evaluations == {key: one for key, one in undamaged.evaluations.items() if key not in lost}


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory: pytest.TempPathFactory) -> FolderRun:
    return Folders(tmp_path_factory.mktemp("undamaged") / "all").run()


class Told:
    """A detector that has been told what there is, and keeps what it was asked."""

    name = "told"

    def __init__(self, failing: str = "") -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.failing = failing

    def detect(self, pictures: Sequence[Picture]) -> list[tuple[Detection, ...] | DetectorFailed]:
        self.asked += [(picture.edit, picture.side, picture.label) for picture in pictures]
        return [self._found(picture) for picture in pictures]

    def _found(self, picture: Picture) -> tuple[Detection, ...] | DetectorFailed:
        assert picture.rgb.shape == ORIGINAL.shape and np.array_equal(picture.intrinsics, INTRINSICS)
        if picture.edit == self.failing:
            return DetectorFailed("it is too dark")
        return (CUP,) if picture.side == "before" else tuple(FOUND[picture.edit])


class TestDetector:
    def test_it_is_asked_for_what_the_cache_lacks_and_once(self, folders: Folders, undamaged: FolderRun) -> None:
        complete = json.loads(folders.cache.read_text())
        folders.cache.write_text(json.dumps({"a_0": complete["a_0"], "other_0": {"kept": True}}))
        detector = Told()
        run = folders.run(detector=detector)
        assert detector.asked == [(key, side, "cup") for key in ("a_1", "b_0", "b_7") for side in ("before", "after")]
        assert run == undamaged
        assert json.loads(folders.cache.read_text()) == complete | {"other_0": {"kept": True}}
        again = Told()
        assert folders.run(detector=again) == undamaged
        assert again.asked == []

    def test_where_there_is_no_cache_it_makes_one(self, folders: Folders, undamaged: FolderRun) -> None:
        shutil.rmtree(folders.output)
        assert folders.run(detector=Told()) == undamaged
        assert set(json.loads(folders.cache.read_text())) == set(PROMPTS)

    def test_where_it_fails_one_edit_has_no_score(self, folders: Folders) -> None:
        folders.cache.unlink()
        run = folders.run(detector=Told(failing="a_1"))
        assert run.errors == {"a_edit_1.png": "told failed: it is too dark"}
        assert set(run.evaluations) == {"a_0", "b_0", "b_7"}
        assert "a_1" not in json.loads(folders.cache.read_text())

    def test_it_is_not_asked_about_pictures_that_cannot_be_read(self, folders: Folders) -> None:
        folders.cache.unlink()
        (folders.edited / "a_edit_1.png").write_bytes(b"?")
        detector = Told()
        assert set(folders.run(detector=detector).errors) == {"a_edit_1.png"}
        assert {edit for edit, _, _ in detector.asked} == {"a_0", "b_0", "b_7"}

    def test_without_one_edits_that_were_never_looked_at_have_no_score(self, folders: Folders) -> None:
        folders.cache.write_text("{}")
        run = folders.run()
        assert run.evaluations == {}
        assert run.errors["a_edit_0.png"] == ('infer_cache.json has no detections of "a_0", and there is no detector')
        assert folders.written("instruction-compliance_eval_stats.json") == {
            "operation_success_rate": {},
            "overall_success_rate": 0.0,
            "overall_total_count": 0,
        }


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda it: shutil.rmtree(it.edited), "There is no folder .*/edited"),
        (lambda it: shutil.rmtree(it.originals), "There is no folder .*/originals"),
        (lambda it: [file.unlink() for file in it.edited.iterdir()], "The folder .*/edited has no pictures"),
        (lambda it: it.cache.write_text("{"), "infer_cache.json is no JSON: .*: repair it, or delete it"),
    ],
)
def test_where_nothing_can_be_scored_one_sentence_says_so(
    folders: Folders, damage: Callable[[Folders], object], complaint: str
) -> None:
    damage(folders)
    with pytest.raises(NothingToScore, match=complaint) as raised:
        folders.run()
    assert "\n" not in str(raised.value)
