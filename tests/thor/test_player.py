"""The player that stands in for AI2-THOR's, as the real client finds it."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ai2thor.build
import numpy as np
import pytest
from ai2thor.controller import Controller
from ai2thor.exceptions import UnityCrashException
from ai2thor.platform import CloudRendering
from ai2thor.server import Event
from ai2thor.wsgi_server import WsgiServer
from numpy.typing import NDArray

from tests.thor.conftest import HEIGHT, PLAYER, WIDTH, RunPlayer, client

Array = NDArray[np.float64]

DEPTH_SHARE = (20.0 - 0.1) / 20.0
POSITION, ROTATION, LENS = {"x": -0.2, "y": 1.7, "z": -1.3}, {"x": 40.0, "y": 10.0, "z": 0.0}, 60.0
ELSEWHERE = {"x": 0.4, "y": 1.2, "z": 0.1}
ZERO = {"x": 0.0, "y": 0.0, "z": 0.0}


@pytest.fixture(scope="module")
def shared(home: Path) -> Iterator[Controller]:
    with client(fastActionEmit=False) as controller:
        yield controller


@pytest.fixture
def house(shared: Controller) -> Controller:
    """The small scene as it was, with time standing still and one camera."""
    shared.reset("FloorPlan901")
    shared.step("PausePhysicsAutoSim", renderImage=False)
    shared.step("AddThirdPartyCamera", position=POSITION, rotation=ROTATION, fieldOfView=LENS, renderImage=False)
    return shared


def objects(event: Event) -> dict[str, dict[str, Any]]:
    return {item["objectId"]: item for item in event.metadata["objects"]}


def numbers(vector: dict[str, float]) -> Array:
    return np.array([vector["x"], vector["y"], vector["z"]])


def pose(event: Event, object_id: str) -> tuple[float, ...]:
    item = objects(event)[object_id]
    return (*item["position"].values(), *item["rotation"].values())


def mask(event: Event, object_id: str) -> NDArray[np.bool_]:
    """Where an object is seen; the client's own masks want a | in its name."""
    color = event.object_id_to_color[object_id]
    return np.all(event.third_party_instance_segmentation_frames[0] == np.array(color, dtype=np.uint8), axis=2)


def axes(rotation: dict[str, float]) -> Array:
    """Right, up and forward of a camera without roll, as rows."""
    pitch, yaw = np.deg2rad([rotation["x"], rotation["y"]])
    forward = [np.sin(yaw) * np.cos(pitch), -np.sin(pitch), np.cos(yaw) * np.cos(pitch)]
    right = [np.cos(yaw), 0.0, -np.sin(yaw)]
    return np.array([right, np.cross(forward, right), forward])


def projected(corners: Array) -> Array:
    """Columns and rows (n, 2) of Unity's points (n, 3)."""
    right, up, forward = axes(ROTATION) @ (corners - numbers(POSITION)).T
    focal = HEIGHT / 2.0 / np.tan(np.deg2rad(LENS) / 2.0)
    return np.stack([WIDTH / 2.0 + focal * right / forward, HEIGHT / 2.0 - focal * up / forward], axis=1)


def unprojected(event: Event, where: NDArray[np.bool_]) -> Array:
    """Unity's points (n, 3) that are seen at the pixels of a mask."""
    rows, columns = np.nonzero(where)
    forward = event.third_party_depth_frames[0][where].astype(np.float64) / DEPTH_SHARE
    focal = HEIGHT / 2.0 / np.tan(np.deg2rad(LENS) / 2.0)
    rays = [(columns + 0.5 - WIDTH / 2.0) / focal, (HEIGHT / 2.0 - rows - 0.5) / focal, np.ones(len(rows))]
    return numbers(POSITION) + (np.array(rays) * forward).T @ axes(ROTATION)


def assert_pictures_fit_metadata(event: Event) -> None:
    listed = objects(event)
    for name in ("book_1", "lunch_box_1", "block_1", "block_2", "soup_can_1"):
        seen = mask(event, name)
        assert seen.sum() > 30
        corners = np.array(listed[name]["objectOrientedBoundingBox"]["cornerPoints"])
        outline = projected(corners)
        rows, columns = np.nonzero(seen)
        bounds = np.array([[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]])
        low, high = outline.min(axis=0), outline.max(axis=0)
        assert np.all(bounds[0] >= low - 1.0) and np.all(bounds[1] <= high + 1.0)
        if name.startswith("block"):  # nothing is in front of them, and they fill their boxes
            assert np.all(bounds[0] <= low + 1.5) and np.all(bounds[1] >= high - 1.5)
        # Along the box's own axes, as the real player orders its corners.
        sides = corners[[1, 4, 3]] - corners[0]
        shares = (unprojected(event, seen) - corners[0]) @ np.linalg.inv(sides)
        assert np.all(shares > -0.05) and np.all(shares < 1.05)
    red, blue = (event.third_party_camera_frames[0][mask(event, name)].mean(axis=0) for name in ("block_1", "block_2"))
    assert red[0] > 2.0 * red[2] and blue[2] > 2.0 * blue[0]


def test_pictures_fit_metadata_through_pipes(house: Controller) -> None:
    event = house.step("Pass")
    assert_pictures_fit_metadata(event)
    assert event.third_party_camera_frames[0].shape == (HEIGHT, WIDTH, 3)
    assert event.frame.shape == (HEIGHT, WIDTH, 3) and event.third_party_depth_frames[0].max() == np.float32(19.9)


def test_pictures_fit_metadata_through_the_web(home: Path) -> None:
    with client(server_class=WsgiServer) as controller:
        event = controller.step("AddThirdPartyCamera", position=POSITION, rotation=ROTATION, fieldOfView=LENS)
        assert_pictures_fit_metadata(event)


@pytest.mark.parametrize("link", [True, False], ids=["link", "copy"])
def test_runs_as_the_release_for_cloud_rendering(home: Path, monkeypatch: pytest.MonkeyPatch, link: bool) -> None:
    build = ai2thor.build.Build(CloudRendering, ai2thor.build.COMMIT_ID, False, str(home / ".ai2thor" / "releases"))
    folder = Path(build.base_dir)
    folder.mkdir(parents=True)
    (folder / "metadata.json").write_text('{"server_types": ["FIFO", "WSGI"]}')
    if link:
        (folder / folder.name).symlink_to(PLAYER)
    else:
        shutil.copy(PLAYER, folder / folder.name)
        monkeypatch.setenv("GSI_RAY_TEST_THOR_SOURCE", str(PLAYER.parent))
    # The client wants to know that Vulkan is there; this player does without.
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: f"lib{name}.so.1")
    try:
        with client(local_executable_path=None, platform=CloudRendering, fastActionEmit=False) as controller:
            event = controller.step("AddThirdPartyCamera", position=POSITION, rotation=ROTATION, fieldOfView=LENS)
            assert event.third_party_camera_frames[0].shape == (HEIGHT, WIDTH, 4)
            assert_pictures_fit_metadata(event)
    finally:
        shutil.rmtree(folder)


def test_transforms_are_not_at_the_middles_of_boxes(house: Controller) -> None:
    for item in objects(house.step("Pass", renderImage=False)).values():
        if item["objectType"] != "Floor":
            assert abs(item["position"]["y"] - item["axisAlignedBoundingBox"]["center"]["y"]) > 0.01
            assert (item["objectOrientedBoundingBox"] is None) != (item["pickupable"] or item["moveable"])


def test_an_object_goes_exactly_where_it_is_put(house: Controller) -> None:
    turn = {"x": 10.0, "y": 200.0, "z": 30.0}
    event = house.step(
        "TeleportObject", objectId="block_1", position=ELSEWHERE, rotation=turn, forceAction=True, forceKinematic=True
    )
    item = objects(event)["block_1"]
    assert item["position"] == {axis: float(np.float32(value)) for axis, value in ELSEWHERE.items()}
    np.testing.assert_allclose(numbers(item["rotation"]), numbers(turn), atol=1e-4)
    # Its box turned as Unity turns: about z first, then x, then y.
    corners = np.array(item["objectOrientedBoundingBox"]["cornerPoints"])
    x, y, z = np.deg2rad(numbers(turn))
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    own = np.stack([corners[0] - corners[1], corners[4] - corners[0], corners[0] - corners[3]]).T / 0.08
    np.testing.assert_allclose(own, about_y @ about_x @ about_z, atol=1e-5)
    assert_is_seen_where_it_says(event, "block_1")


def assert_is_seen_where_it_says(event: Event, name: str) -> None:
    center = np.mean(objects(event)[name]["objectOrientedBoundingBox"]["cornerPoints"], axis=0)
    assert np.linalg.norm(np.mean(unprojected(event, mask(event, name)), axis=0) - center) < 0.06


def test_objects_are_refused_a_place_that_is_taken(house: Controller) -> None:
    before = house.step("Pass", renderImage=False)
    taken = objects(before)["block_2"]["position"]
    event = house.step("TeleportObject", objectId="block_1", position=taken, rotation=ZERO, renderImage=False)
    assert not event and event.metadata["errorMessage"] == "block_1 is colliding with block_2 after teleport."
    assert pose(event, "block_1") == pose(before, "block_1")
    assert house.step("TeleportObject", objectId="block_1", position=taken, rotation=ZERO, forceAction=True)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("FlyToTheMoon", {}),
        ("TeleportObject", {"objectId": "block_1"}),
        ("DisableObject", {}),
        ("DisableObject", {"objectId": "block_1", "forever": True}),
    ],
)
def test_requests_that_make_no_action_are_errors(house: Controller, action: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{action}"):
        house.step(action, renderImage=False, **arguments)


@pytest.mark.parametrize("action", ["DisableObject", "EnableObject", "HideAllObjectsExcept"])
def test_actions_on_what_is_not_there_fail(house: Controller, action: str) -> None:
    assert not house.step(action, objectId="unicorn_1", renderImage=False)


def test_time_passes_only_when_it_may(house: Controller) -> None:
    house.step(
        "TeleportObject", objectId="block_1", position=ELSEWHERE, rotation=ZERO, forceAction=True, forceKinematic=True
    )
    hanging = house.step("AdvancePhysicsStep", timeStep=0.01, simSeconds=0.5, renderImage=False)
    assert pose(hanging, "block_1")[1] == np.float32(1.2)
    released = house.step("MakeAllObjectsMoveable", renderImage=False)
    assert pose(released, "block_1")[1] == np.float32(1.2)
    falling = house.step("AdvancePhysicsStep", timeStep=0.01, simSeconds=0.1, renderImage=False)
    assert pose(falling, "block_1")[1] == pytest.approx(1.2 - 9.81 * 0.1**2 / 2.0, abs=3e-3)
    assert objects(falling)["block_1"]["isMoving"] and not falling.metadata["isSceneAtRest"]
    house.step("AdvancePhysicsStep", timeStep=0.05, simSeconds=2.0, renderImage=False)
    landed = house.step("AdvancePhysicsStep", renderImage=False)
    assert pose(landed, "block_1")[1] == pytest.approx(0.7, abs=1e-3) and landed.metadata["isSceneAtRest"]
    assert objects(landed)["block_1"]["parentReceptacles"] == ["dining_table_1"]


@pytest.mark.parametrize("bearer", ["lunch_box_1", "dining_table_1"])
def test_what_is_put_somewhere_bears_others_there(house: Controller, bearer: str) -> None:
    place = {"x": 0.4, "y": 1.2, "z": 0.1}
    event = house.step(
        "TeleportObject", objectId=bearer, position=place, rotation=ZERO, forceAction=True, forceKinematic=True
    )
    box = objects(event)[bearer]["axisAlignedBoundingBox"]
    top = box["center"]["y"] + box["size"]["y"] / 2.0
    above = {**box["center"], "y": top + 0.05}
    house.step("TeleportObject", objectId="block_1", position=above, rotation=ZERO, renderImage=False)
    house.step("AdvancePhysicsStep", timeStep=0.02, simSeconds=1.0, renderImage=False)
    event = house.step("AdvancePhysicsStep", timeStep=0.02, simSeconds=1.0)
    assert pose(event, bearer)[1] == np.float32(1.2) and event.metadata["isSceneAtRest"]
    assert pose(event, "block_1")[1] == pytest.approx(top, abs=1e-3)
    assert mask(event, bearer).any()


@pytest.mark.parametrize("arguments", [{"timeStep": 0.0}, {"timeStep": 0.06}, {"simSeconds": -1.0}])
def test_time_refuses_odd_steps(house: Controller, arguments: dict[str, float]) -> None:
    assert not house.step("AdvancePhysicsStep", renderImage=False, **arguments)


def test_time_goes_on_by_itself_unless_it_is_paused(house: Controller) -> None:
    house.step("UnpausePhysicsAutoSim", renderImage=False)
    assert not house.step("AdvancePhysicsStep", renderImage=False)
    assert house.step("AdvancePhysicsStep", allowAutoSimulation=True, renderImage=False)
    place = {"x": 0.4, "y": 0.85, "z": 0.1}
    event = house.step("TeleportObject", objectId="block_1", position=place, rotation=ZERO, renderImage=False)
    assert event and event.metadata["actionReturn"]["y"] == pytest.approx(0.7, abs=1e-3)
    event = house.step("TeleportObject", objectId="block_1", position={**place, "y": 30.0}, rotation=ZERO)
    assert event.metadata["errorMessage"] == "object couldn't come to rest"
    assert pose(house.step("Pass", renderImage=False), "block_1")[1] < pose(event, "block_1")[1] < 27.0


def test_what_rests_stays_to_the_last_bit(house: Controller) -> None:
    before = house.step("Pass", renderImage=False)
    after = house.step("AdvancePhysicsStep", timeStep=0.02, simSeconds=1.0, renderImage=False)
    assert all(pose(after, name) == pose(before, name) for name in objects(before))


def test_the_same_poses_have_the_same_future(house: Controller) -> None:
    start = objects(house.step("Pass", renderImage=False))
    futures = []
    for _ in range(2):
        for name, item in start.items():
            if item["pickupable"]:
                place = {**item["position"], "y": item["position"]["y"] + 0.1} if name == "book_1" else item["position"]
                turn = {"x": 30.0, "y": 20.0, "z": 10.0} if name == "book_1" else item["rotation"]
                put = {"objectId": name, "position": place, "rotation": turn}
                house.step("TeleportObject", **put, forceAction=True, forceKinematic=True, renderImage=False)
        house.step("MakeAllObjectsMoveable", renderImage=False)
        for _ in range(3):
            event = house.step("AdvancePhysicsStep", timeStep=0.01, simSeconds=0.15, renderImage=False)
            futures.append({name: pose(event, name) for name in start})
    assert futures[:3] == futures[3:] and futures[0] != futures[1] != futures[2]


def test_a_disabled_object_is_listed_but_not_there(house: Controller) -> None:
    before = house.step("Pass")
    event = house.step("DisableObject", objectId="block_1")
    assert mask(before, "block_1").any() and not mask(event, "block_1").any()
    assert pose(event, "block_1") == pose(before, "block_1")
    place = objects(before)["block_1"]["position"]
    assert house.step("TeleportObject", objectId="soup_can_3", position=place, rotation=ZERO)
    house.step("DisableObject", objectId="soup_can_3")
    back = house.step("EnableObject", objectId="block_1")
    assert mask(back, "block_1").sum() == mask(before, "block_1").sum()


def test_poses_for_all_take_away_what_has_none(house: Controller) -> None:
    before = objects(house.step("DisableObject", objectId="block_2", renderImage=False))
    book = {
        "objectName": before["book_1"]["name"],
        "position": {"x": 0.1, "y": 0.9, "z": 0.0},
        "rotation": {"x": 0.0, "y": 45.0, "z": 0.0},
    }
    event = house.step("SetObjectPoses", objectPoses=[book])
    assert event and set(objects(event)) == {"book_1", "dining_table_1", "Floor|+00.00|+00.00|+00.00"}
    assert pose(house.step("AdvancePhysicsStep", simSeconds=0.5), "book_1")[1] == np.float32(0.9)
    assert not house.step("EnableObject", objectId="block_2", renderImage=False)
    event = house.step("SetObjectPoses", objectPoses=[book, {**book, "objectName": "Unicorn"}], placeStationary=False)
    assert not event
    assert pose(house.step("AdvancePhysicsStep", simSeconds=1.0), "book_1")[1] == pytest.approx(0.7, abs=1e-3)


def test_one_object_can_be_seen_alone(house: Controller) -> None:
    alone = house.step("HideAllObjectsExcept", objectId="lunch_box_1")
    seen = mask(alone, "lunch_box_1")
    assert seen.any() and np.all(alone.third_party_depth_frames[0][~seen] == np.float32(19.9))
    together = house.step("UnhideAllObjects")
    assert mask(together, "lunch_box_1").any() and mask(together, "dining_table_1").any()


def test_depth_and_ids_keep_their_lens_until_the_window_changes(house: Controller) -> None:
    before = house.step("Pass")
    event = house.step("UpdateThirdPartyCamera", fieldOfView=30.0)
    assert (event.third_party_camera_frames[0] != before.third_party_camera_frames[0]).any()
    assert np.array_equal(event.third_party_depth_frames[0], before.third_party_depth_frames[0])
    assert event.metadata["thirdPartyCameras"][0]["fieldOfView"] == 30.0
    house.step("ChangeResolution", x=WIDTH + 2, y=HEIGHT, renderImage=False)
    event = house.step("ChangeResolution", x=WIDTH, y=HEIGHT)
    assert mask(event, "block_1").sum() > 2.0 * mask(before, "block_1").sum()


def test_the_agent_is_in_the_picture_unless_it_is_made_invisible(house: Controller) -> None:
    house.step("TeleportFull", position={"x": 0.0, "y": 50.0, "z": 0.0}, rotation=ZERO, horizon=0.0, standing=True)
    assert not house.last_event
    house.step("Initialize", gridSize=0.25, renderDepthImage=True, renderInstanceSegmentation=True)
    stand = {"x": 0.0, "y": 0.900999, "z": 1.0}
    event = house.step("TeleportFull", position=stand, rotation=ZERO, horizon=0.0, standing=True)
    assert event and mask(event, "agent").any()
    away = {"x": 0.0, "y": 50.0, "z": 0.0}
    event = house.step("TeleportFull", position=away, rotation=ZERO, horizon=0.0, standing=True, forceAction=True)
    assert event and not mask(event, "agent").any()


def test_the_agent_finds_its_way_round_the_table(house: Controller) -> None:
    event = house.step("GetReachablePositions", gridSize=0.25, renderImage=False)
    found = np.array([[place["x"], place["z"]] for place in event.metadata["actionReturn"]])
    assert np.abs(found).max() <= 1.8 and found[:, 1].min() < -1.0 and found[:, 1].max() > 1.0
    assert np.all((np.abs(found[:, 0]) > 0.7) | (np.abs(found[:, 1]) > 0.45))


def test_an_answer_can_be_without_pictures_or_with_old_ones(home: Path) -> None:
    with client(scene="FloorPlan903", renderDepthImage=False) as controller:
        before = controller.step("AddThirdPartyCamera", position=POSITION, rotation=ROTATION, fieldOfView=LENS)
        assert objects(before)["dining_table_1"]["moveable"] and not before.third_party_depth_frames
        controller.step("DisableObject", objectId="dining_table_1", renderImage=False)
        assert controller.last_event.third_party_camera_frames == []
        controller.step("Pass")
        controller.step("UpdateThirdPartyCamera", position={"x": 0.0, "y": 9.0, "z": 0.0})
        stale = controller.step("GetReachablePositions")
        assert np.array_equal(stale.third_party_camera_frames[0], controller.last_event.third_party_camera_frames[0])
        assert len(stale.metadata["actionReturn"]) > 50


def test_room_above_a_receptacle_is_a_grid_in_the_air(house: Controller) -> None:
    event = house.step("GetSpawnCoordinatesAboveReceptacle", objectId="dining_table_1", anywhere=True)
    points = np.array([numbers(place) for place in event.metadata["actionReturn"]])
    assert len(points) == 441 and np.all(points[:, 1] > 0.7)
    np.testing.assert_allclose([points.min(axis=0)[[0, 2]], points.max(axis=0)[[0, 2]]], [[-0.7, -0.45], [0.7, 0.45]])
    assert not house.step("GetSpawnCoordinatesAboveReceptacle", objectId="book_1", renderImage=False)


def test_a_room_of_ai2thor_has_its_names_and_can_be_rearranged(house: Controller) -> None:
    house.reset("FloorPlan5")
    house.step("PausePhysicsAutoSim", renderImage=False)
    before = objects(house.step("Pass", renderImage=False))
    assert len(before) > 15 and "Floor|+00.00|+00.00|+00.00" in before
    assert all(re.fullmatch(r"[A-Z]\w+(\|[+-]\d\d\.\d\d){3}(\|\d)?", name) for name in before)
    bearers = {name for item in before.values() for name in item["parentReceptacles"] or ()}
    assert len(bearers) > 2 and all(before[name]["receptacle"] for name in bearers)
    event = house.step("InitialRandomSpawn", randomSeed=1, placeStationary=False)
    moved = [name for name, item in objects(event).items() if item["position"] != before[name]["position"]]
    assert moved and all(before[name]["pickupable"] for name in moved)
    house.reset("FloorPlan5")
    house.step("PausePhysicsAutoSim", renderImage=False)
    again = house.step("InitialRandomSpawn", randomSeed=1, placeStationary=False)
    assert all(pose(again, name) == pose(event, name) for name in before)


def test_two_players_give_the_same_answers(house: Controller) -> None:
    with client(fastActionEmit=False) as other:
        answers = []
        for controller in (house, other):
            controller.reset("FloorPlan901")
            for action, arguments in (
                ("InitialRandomSpawn", {"randomSeed": 7, "placeStationary": False}),
                ("AddThirdPartyCamera", {"position": POSITION, "rotation": ROTATION, "fieldOfView": LENS}),
                ("PausePhysicsAutoSim", {}),
                ("TeleportObject", {"objectId": "book_1", "position": ELSEWHERE, "rotation": {"x": 50.0}}),
                ("AdvancePhysicsStep", {"timeStep": 0.01, "simSeconds": 0.4}),
            ):
                answers.append(controller.step(action, **arguments))
    for first, second in zip(answers[:5], answers[5:], strict=True):
        assert objects(first) == objects(second)
        for pictures in ("camera", "depth", "instance_segmentation"):
            mine, theirs = (getattr(each, f"third_party_{pictures}_frames") for each in (first, second))
            assert all(np.array_equal(*pair) for pair in zip(mine, theirs, strict=True))


@pytest.mark.parametrize(
    ("fault", "status"), [("exit", 0), ("exit3", 3), ("half_exit", 0), ("segfault", -11), ("abort", -6)]
)
def test_players_die_in_an_action(run_player: RunPlayer, orders: Path, fault: str, status: int) -> None:
    (orders / f"Pass.2-{fault}").touch()
    server, process = run_player()
    server.receive()
    assert [path.name for path in orders.glob("pid-*")] == [f"pid-{process.pid}"]
    server.send({"action": "Pass"})
    assert server.receive()
    server.send({"action": "Pass"})
    with pytest.raises(UnityCrashException if status < 0 else Exception, match=f"returncode={status}"):
        server.receive()
    assert process.wait(5) == status and (orders / f"done-Pass.2-{fault}").exists()


@pytest.mark.parametrize("fault", ["hang", "hang_hard", "half", "close", "grandchild"])
def test_players_live_on_and_say_nothing(run_player: RunPlayer, orders: Path, fault: str) -> None:
    (orders / f"Pass-{fault}").touch()
    server, process = run_player()
    server.receive()
    server.send({"action": "Pass"})
    with pytest.raises(TimeoutError):
        server.receive(timeout=0.7)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == (fault == "grandchild")
    process.send_signal(signal.SIGTERM)
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    if fault == "hang_hard":
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
    else:
        assert process.wait(5) == -signal.SIGTERM


@pytest.mark.parametrize("fault", ["garbage", "wrong_sequence"])
def test_players_answer_nonsense_once(run_player: RunPlayer, orders: Path, fault: str) -> None:
    (orders / f"GetScenesInBuild-{fault}").touch()
    server, _ = run_player()
    server.receive()
    server.send({"action": "GetScenesInBuild"})
    with pytest.raises(ValueError):
        server.receive()
    assert not list(orders.glob("Get*")) and list(orders.glob("done-*"))


def test_a_player_answers_with_a_patch(run_player: RunPlayer, orders: Path) -> None:
    (orders / "GetScenesInBuild-patch").touch()
    server, _ = run_player()
    before = server.receive()
    server.send({"action": "GetScenesInBuild"})
    event = server.receive()
    assert event.metadata["actionReturn"] and event.metadata["lastAction"] == "GetScenesInBuild"
    assert np.array_equal(event.frame, before.frame)


@pytest.mark.parametrize("fault", ["exit3", "never_connect"])
def test_players_never_connect(run_player: RunPlayer, orders: Path, fault: str) -> None:
    (orders / f"launch-{fault}").touch()
    server, process = run_player()
    pipe = os.open(server.server_pipe_path, os.O_RDONLY | os.O_NONBLOCK)
    if fault == "exit3":
        assert process.wait(10) == 3
    else:
        while not (orders / f"done-launch-{fault}").exists():
            time.sleep(0.02)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
    assert os.read(pipe, 1) == b""
    os.close(pipe)


@pytest.mark.parametrize("moment", ["connected-exit3", "connected-die_idle", "Pass-die_idle"])
def test_players_die_while_nothing_is_asked(run_player: RunPlayer, orders: Path, moment: str) -> None:
    (orders / moment).touch()
    server, process = run_player()
    server.receive()
    if moment.startswith("Pass"):
        server.send({"action": "Pass"})
        assert server.receive()
    # Whoever has not opened the other pipe yet would wait for ever for the one who is gone.
    assert process.wait(5) == (3 if moment.endswith("exit3") else -signal.SIGKILL)


def test_a_player_closes_its_pipes_and_lives_on(run_player: RunPlayer, orders: Path) -> None:
    (orders / "connected-close").touch()
    server, process = run_player()
    server.receive()
    assert server.server_pipe is not None and server.server_pipe.read() == b""
    assert process.poll() is None
