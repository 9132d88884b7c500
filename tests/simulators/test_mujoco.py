"""The MuJoCo backend beyond what every simulator promises: resizing in place, graphics, memory, textures."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Asset, BoxPart, ConvexPart, CylinderPart, HullPart, Material, Texture, VisualPart
from gsi_ray.scenes.scene import Scene, SceneObject
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.simulators.mujoco.graphics import NoGraphicsError, choose_graphics_backend
from gsi_ray.simulators.mujoco.model import compile_scene
from gsi_ray.simulators.mujoco.resizing import Resizer
from gsi_ray.simulators.mujoco.shading import CONTACT_REACH_M, ambient_openness
from gsi_ray.simulators.protocol import SetScale
from gsi_ray.spatial import Camera, RigidTransform, rotations
from tests.small_scene import TABLE_SIZE, small_scene

SIZE = np.array([0.2, 0.1, 0.14])


@pytest.fixture
def simulator() -> Iterator[MujocoSimulator]:
    started = MujocoSimulator()
    yield started
    started.close()


def test_two_in_one_process_do_not_take_each_others_pictures(simulator: MujocoSimulator) -> None:
    camera = Camera.looking_at([1.5, -1.5, 1.6], [0.0, 0.0, 0.7], 1.0, 64, 64)
    other = MujocoSimulator()
    for one in (simulator, other):
        one.load(small_scene())
        one.look(camera)
    seen = simulator.render()
    simulator.load(small_scene())  # frees the graphics memory of the scene before, while the other's is in use
    simulator.look(camera)
    again = other.render()
    other.close()
    assert np.array_equal(again.rgb, seen.rgb)
    assert np.array_equal(simulator.render().rgb, seen.rgb)


def mixed_asset() -> Asset:
    """A thing with every kind of collision part, none in the middle."""
    tilted = RigidTransform(rotations.about_axis([1.0, 0.0, 0.0], 0.4), np.array([0.05, 0.0, 0.02]))
    return Asset.build(
        "toy engine",
        [VisualPart(meshes.box(SIZE, bevel=0.01), Material("paint", (0.8, 0.3, 0.1)))],
        [
            BoxPart(RigidTransform(translation=np.array([-0.05, 0.0, -0.02])), np.array([0.1, 0.1, 0.1])),
            CylinderPart(tilted, 0.03, 0.06),
            HullPart(np.random.default_rng(0).uniform(-0.5, 0.5, (12, 3)) * SIZE),
        ],
        mass_kg=0.5,
    )


def scaled_asset(asset: Asset, factor: float) -> Asset:
    """The same thing built at another size, its texture stretched along with it."""

    def scaled_part(part: ConvexPart) -> ConvexPart:
        if isinstance(part, HullPart):
            return HullPart(part.points * factor)
        pose = RigidTransform(part.pose.rotation, part.pose.translation * factor)
        if isinstance(part, CylinderPart):
            return CylinderPart(pose, part.radius * factor, part.height * factor)
        return BoxPart(pose, part.size * factor)

    return replace(
        asset,
        visuals=tuple(
            replace(visual, mesh=replace(visual.mesh, vertices=visual.mesh.vertices * factor))
            for visual in asset.visuals
        ),
        collisions=tuple(scaled_part(part) for part in asset.collisions),
        mass_kg=asset.mass_kg * factor**3,
    )


def scene_with(asset: Asset) -> Scene:
    """The small scene's table with one thing of this kind on it."""
    scene = small_scene()
    position = np.array([0.1, -0.1, TABLE_SIZE[2] + asset.size[2] / 2.0])
    thing = SceneObject("thing_1", asset, RigidTransform(rotations.about_z(0.5), position), True)
    return replace(scene, objects=(scene.objects[0], thing))


def front_view(width: int, height: int) -> Camera:
    return Camera.looking_at([0.1, -1.0, 1.1], [0.1, 0.0, 0.75], 0.8, width, height)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_model_resized_in_place_is_the_model_compiled_at_that_size(factor: float) -> None:
    resized = compile_scene(scene_with(mixed_asset()))
    Resizer(resized.model).resize(resized.body_ids[1], factor)
    compiled = compile_scene(scene_with(scaled_asset(mixed_asset(), factor)))
    one, other = resized.model, compiled.model
    for name in (
        *("body_mass", "body_inertia", "body_ipos", "body_iquat", "body_subtreemass", "body_invweight0"),
        *("geom_pos", "geom_quat", "geom_size", "geom_rbound", "geom_aabb"),
        *("dof_invweight0", "dof_M0", "mesh_vert", "mesh_normal", "bvh_aabb"),
    ):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=2e-5, atol=1e-6, err_msg=name)


def test_resizing_back_is_exact() -> None:
    compiled = compile_scene(scene_with(mixed_asset()))
    resizer, body = Resizer(compiled.model), compiled.body_ids[1]
    before = arrays_of(compiled.model)
    resizer.resize(body, 1.7)
    assert any(not np.array_equal(before[name], value) for name, value in arrays_of(compiled.model).items())
    resizer.resize(body, 1.0)
    for name, value in arrays_of(compiled.model).items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)


def arrays_of(model: object) -> dict[str, np.ndarray]:
    """Copies of all arrays of a MuJoCo model."""
    fields = {name: getattr(model, name) for name in dir(model) if not name.startswith("_")}
    return {name: value.copy() for name, value in fields.items() if isinstance(value, np.ndarray)}


def test_a_thing_resized_in_place_looks_and_rests_like_one_built_at_that_size(simulator: MujocoSimulator) -> None:
    pictures, boxes = [], []
    for asset, factor in ((mixed_asset(), 1.5), (scaled_asset(mixed_asset(), 1.5), 1.0)):
        simulator.load(scene_with(asset))
        simulator.look(front_view(160, 128))
        simulator.render()  # so that the meshes are in graphics memory before they change
        simulator.apply(SetScale("thing_1", factor))
        simulator.settle()
        pictures.append(simulator.render(["thing_1"]))
        boxes.append(simulator.state()["thing_1"].box)
    np.testing.assert_allclose(boxes[0].corners, boxes[1].corners, atol=1e-3)
    assert np.mean(pictures[0].instances != pictures[1].instances) < 0.002
    assert np.mean(np.abs(pictures[0].rgb.astype(int) - pictures[1].rgb)) < 0.3
    assert pictures[0].visible_fraction["thing_1"] == pytest.approx(pictures[1].visible_fraction["thing_1"], abs=0.01)


def test_pictures_on_surfaces_are_upright_and_not_mirrored(simulator: MujocoSimulator) -> None:
    pixels = np.full((64, 64, 3), 255, dtype=np.uint8)
    pixels[:32, :32] = (255, 0, 0)  # a red mark in the upper left corner
    label = Material("label", texture=Texture(pixels, (0.3, 0.2)))
    size = (0.3, 0.3, 0.2)
    asset = Asset.build("box", [VisualPart(meshes.box(size), label)], [BoxPart(RigidTransform(), np.array(size))], 1.0)
    position = np.array([0.0, 0.0, TABLE_SIZE[2] + 0.1])
    scene = small_scene()
    box = SceneObject("box_1", asset, RigidTransform(translation=position), True)
    simulator.load(replace(scene, objects=(scene.objects[0], box)))
    camera = Camera.looking_at([0.0, -1.0, 0.8], position, 0.5, 128, 128)
    simulator.look(camera)
    rgb = simulator.render().rgb.astype(int)
    for x, z, red in ((-0.08, 0.05, True), (0.08, 0.05, False), (-0.08, -0.05, False), (0.08, -0.05, False)):
        column, row = camera.project(position + [x, -0.15, z])[0].astype(int)
        assert (rgb[row, column, 0] > 2 * rgb[row, column, 1]) == red


class TestGraphics:
    def test_the_users_choice_of_backend_stands(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MUJOCO_GL", "osmesa")
        assert choose_graphics_backend() == "osmesa"

    @pytest.mark.parametrize(("there", "chosen"), [("libEGL", "egl"), ("libOSMesa", "osmesa")])
    def test_the_backend_is_one_that_is_there(self, monkeypatch: pytest.MonkeyPatch, there: str, chosen: str) -> None:
        self.leave_only(there, monkeypatch)
        assert choose_graphics_backend() == chosen

    def test_without_any_backend_the_remedy_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.leave_only("nothing", monkeypatch)
        with pytest.raises(NoGraphicsError, match=r"No OpenGL library .* 'apt-get install libegl1 .* 'gsi-ray doctor'"):
            choose_graphics_backend()

    def leave_only(self, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine on which no other library can be loaded."""

        def load(name: str) -> None:
            if not name.startswith(library):
                raise OSError(f"{name}: cannot open shared object file")

        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setattr(ctypes, "CDLL", load)
        monkeypatch.setenv("MUJOCO_GL", "")


class TestShading:
    camera = Camera.looking_at([0.0, -1.2, 1.0], [0.0, 0.0, 0.0], 0.9, 128, 128)

    def plane_depth(self, lowered: float = 0.0) -> np.ndarray:
        """Planar depth, under every second pixel, of a level floor `lowered` metres below the origin."""
        columns, rows = np.meshgrid(np.arange(0, 128, 2) + 0.5, np.arange(0, 128, 2) + 0.5)
        rays = self.camera.unproject(np.stack([columns, rows], axis=-1), np.ones(columns.shape)) - self.camera.position
        return ((-lowered - self.camera.position[2]) / rays[..., 2]).astype(np.float32)

    def test_a_plane_does_not_shade_itself(self) -> None:
        np.testing.assert_allclose(ambient_openness(self.plane_depth(), self.camera)[4:-4, 4:-4], 1.0, atol=0.01)

    def test_a_step_shades_its_foot_and_nothing_far_from_it(self) -> None:
        upper, lower = self.plane_depth(), self.plane_depth(lowered=0.1)
        depth = lower.copy()
        depth[:, :24] = upper[:, :24]
        openness = ambient_openness(depth, self.camera)
        assert openness[30, 24:27].max() < 0.99
        columns = np.arange(64)
        far = (columns - 24) * 2.0 * lower[30] / self.camera.intrinsics[0, 0] > CONTACT_REACH_M + 0.05
        np.testing.assert_allclose(openness[30, far][:-4], 1.0, atol=0.01)


def test_memory_stays_flat_over_many_scenes() -> None:
    # In a process of its own: other tests have left others' threads in this one.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        resident = pool.submit(_resident_mebibytes_by_scene, 60).result()
    # The allocator wanders, up to 50 between such lows; 42 scenes would be 1,700, and their textures alone 126.
    assert min(resident[48:]) - min(resident[6:18]) < 100.0


def _resident_mebibytes_by_scene(scenes: int) -> list[float]:
    texture = Texture(np.zeros((1024, 1024, 3), dtype=np.uint8), (0.2, 0.1))  # 3 MiB, so that it shows
    visual = VisualPart(meshes.box(SIZE), Material("print", texture=texture))
    scene = scene_with(replace(mixed_asset(), visuals=(visual,)))
    simulator = MujocoSimulator()
    resident = []
    for _ in range(scenes):
        simulator.load(scene)
        simulator.look(front_view(96, 96))
        simulator.render(["thing_1"])
        gc.collect()
        resident.append(_resident_mebibytes())
    simulator.close()
    return resident


def _resident_mebibytes() -> float:
    """Memory of this process, from /proc: pages of 4 KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20
