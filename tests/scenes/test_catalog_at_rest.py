"""Put down on level ground, every small thing stays exactly where it was put."""

import numpy as np

from gsi_ray.scenes.assets import BoxPart, Material, VisualPart
from gsi_ray.scenes.catalog import SMALL_THINGS
from gsi_ray.scenes.meshes import sheet
from gsi_ray.scenes.scene import Light, Scene, SceneObject, Structure
from gsi_ray.simulators.mujoco import MujocoSimulator
from gsi_ray.spatial import RigidTransform
from gsi_ray.spatial.rotations import about_z, angle_between

SPACING_M = 0.8
PER_ROW = 9


def scene_with_one_of_each() -> Scene:
    objects = []
    for number, (name, make) in enumerate(SMALL_THINGS.items()):
        rng = np.random.default_rng([7, number])
        asset = make(rng)
        place = [SPACING_M * (number % PER_ROW), SPACING_M * (number // PER_ROW), float(asset.size[2]) / 2.0]
        pose = RigidTransform(about_z(rng.uniform(-np.pi, np.pi)), np.array(place))
        objects.append(SceneObject(name.replace(" ", "_"), asset, pose, movable=True))
    ground = BoxPart(RigidTransform(translation=np.array([3.0, 3.0, -0.05])), np.array([12.0, 12.0, 0.1]))
    return Scene(
        scene_id="one-of-each",
        environment="tabletop",
        kind="dining",
        structure=Structure((VisualPart(sheet(12.0, 12.0), Material("floor")),), (ground,)),
        objects=tuple(objects),
        lights=(Light(np.array([3.0, 3.0, 3.0]), np.array([0.0, 0.0, -1.0]), (0.7, 0.7, 0.7)),),
        ambient=(0.4, 0.4, 0.4),
        floor=np.array([[-3.0, -3.0], [9.0, -3.0], [9.0, 9.0], [-3.0, 9.0]]),
    )


def test_everything_stays_where_it_is_put_down() -> None:
    scene = scene_with_one_of_each()
    simulator = MujocoSimulator()
    simulator.load(scene)
    state = simulator.state()
    simulator.close()
    for item in scene.objects:
        settled = state[item.object_id].box
        assert np.abs(settled.center - item.pose.translation).max() < 2e-3, item.object_id
        assert np.rad2deg(angle_between(settled.rotation, item.pose.rotation)) < 0.5, item.object_id
