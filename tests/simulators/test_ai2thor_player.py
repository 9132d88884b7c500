"""AI2-THOR's player, by the two ways in which a node may have it, and by the two in which it may talk."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from ai2thor.wsgi_server import WsgiServer

from gsi_ray.simulators.ai2thor.node import NoClient, Node, WrongSetting
from gsi_ray.simulators.ai2thor.player import Player
from gsi_ray.simulators.protocol import ActionRejected
from tests.thor.conftest import PLAYER

CAMERA = {
    "position": {"x": 0.0, "y": 1.6, "z": -1.5},
    "rotation": {"x": 30.0, "y": 0.0, "z": 0.0},
    "fieldOfView": 60.0,
}


@pytest.fixture
def node_with_release(thor_player: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Node:
    """No player is named, but the client's own release is there."""
    monkeypatch.delenv("GSI_RAY_THOR_PLAYER")
    monkeypatch.setenv("GSI_RAY_THOR_HOME", str(tmp_path))
    # The client wants to know that Vulkan is there; the player that stands in does without.
    monkeypatch.setattr("ctypes.util.find_library", lambda name: f"lib{name}.so.1")
    node = Node.here()
    node.release.mkdir(parents=True)
    (node.release / node.release.name).symlink_to(PLAYER)
    return node


@pytest.mark.parametrize("servers", ['["FIFO", "WSGI"]', '["WSGI"]'], ids=["pipes", "web"])
def test_the_release_for_cloud_rendering_is_run_however_it_talks(node_with_release: Node, servers: str) -> None:
    (node_with_release.release / "metadata.json").write_text(f'{{"server_types": {servers}}}')
    player = Player(node_with_release, "FloorPlan901", width=320, height=240)
    event = player.step("AddThirdPartyCamera", **CAMERA)
    talks_by_the_web = isinstance(player._client.server, WsgiServer)  # type: ignore[union-attr]
    player.close()
    assert event.third_party_camera_frames[0].shape == (240, 320, 4)
    assert len(np.unique(event.third_party_camera_frames[0])) > 20
    assert talks_by_the_web == ("FIFO" not in servers)


def test_a_player_draws_on_the_gpu_that_its_worker_was_given(
    thor_player: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = Node(PLAYER, tmp_path, 30.0, 30.0)
    node.gpu_indices.parent.mkdir()
    node.gpu_indices.write_text('{"0": 3, "1": 0, "2": 1}')  # of Vulkan's devices, as a player has found them out
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2")
    player = Player(node, "FloorPlan901")
    command = Path(f"/proc/{player.pid}/cmdline").read_text().split("\0")
    player.close()
    assert command[command.index("-force-device-index") + 1] == "1"


def test_refusals_are_told_from_ends(thor_player: None, tmp_path: Path) -> None:
    player = Player(Node(PLAYER, tmp_path, 30.0, 30.0), "FloorPlan901")
    with pytest.raises(ActionRejected, match="no_such_thing"):
        pose = {"position": CAMERA["position"], "rotation": CAMERA["rotation"]}
        player.step("TeleportObject", objectId="no_such_thing", **pose, forceAction=True)
    for action, arguments in (("FlyToTheMoon", {}), ("DisableObject", {}), ("DisableObject", {"objectId": "x"})):
        with pytest.raises(ActionRejected, match=action):
            player.step(action, **arguments)
    assert player.step("Pass").metadata["lastActionSuccess"]
    player.close()


def test_pipes_have_no_names_left_once_both_ends_are_open(
    thor_player: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    home = tmp_path / "home"
    player = Player(Node(PLAYER, home, 30.0, 30.0), "FloorPlan901")
    assert [folder for folder in tmp_path.iterdir() if folder != home] == []
    player.close()


class TestNode:
    def test_it_is_as_the_environment_says(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("PLAYER", "HOME", "START_LIMIT_S", "ANSWER_LIMIT_S"):
            monkeypatch.delenv(f"GSI_RAY_THOR_{name}", raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert Node.here() == Node(None, tmp_path, 180.0, 60.0)
        monkeypatch.setenv("GSI_RAY_THOR_PLAYER", "/opt/player")
        monkeypatch.setenv("GSI_RAY_THOR_HOME", "/scratch")
        monkeypatch.setenv("GSI_RAY_THOR_START_LIMIT_S", "9")
        monkeypatch.setenv("GSI_RAY_THOR_ANSWER_LIMIT_S", "2.5")
        assert Node.here() == Node(Path("/opt/player"), Path("/scratch"), 9.0, 2.5)

    @pytest.mark.parametrize("value", ["soon", "0", "-3"])
    def test_a_limit_that_is_no_time_is_refused(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("GSI_RAY_THOR_START_LIMIT_S", value)
        with pytest.raises(WrongSetting, match=f'"{value}" is none'):
            Node.here()

    def test_without_its_client_the_remedy_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "ai2thor.build", None)
        with pytest.raises(NoClient, match=r"pip install 'gsi-ray\[thor\]'"):
            _ = Node.here().client_version
