"""Turns a neutral `Scene` into a MuJoCo model."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from gsi_ray.scenes.assets import BoxPart, ConvexPart, CylinderPart, Material, Texture, VisualPart
from gsi_ray.scenes.scene import Light, Scene, SceneObject
from gsi_ray.spatial import rotations

Array = NDArray[np.float64]

TIMESTEP_S = 0.004
SHADOW_MAP_PIXELS = 2048
MULTISAMPLES = 4

# MuJoCo shows geoms by group: what is seen and what collides are different geoms of the same body.
VISIBLE_GROUP = 0
COLLISION_GROUP = 3

_SLEEP_BELOW_M_PER_S = 1e-3

# Sliding, torsional and rolling friction. Rolling friction (condim 6) is what lets round fruit come to rest.
_FRICTION = (0.9, 0.01, 0.002)


@dataclass(frozen=True, eq=False)
class CompiledScene:
    """A MuJoCo model with the way back from its ids: `body_ids` in the order of the scene's objects, and the number
    in instance images of every geom (`instance_of_geom`, 0 for floor and walls)."""

    model: mujoco.MjModel
    body_ids: tuple[int, ...]
    instance_of_geom: NDArray[np.uint16]


def compile_scene(scene: Scene) -> CompiledScene:
    """Build and compile the model of a scene. Objects keep their order; instance numbers count from 1."""
    builder = _ModelBuilder(scene)
    for item in scene.objects:
        builder.add_object(item)
    return builder.compile()


class _ModelBuilder:
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.spec = mujoco.MjSpec()
        self._textures: dict[int, str] = {}
        self._materials: dict[int, str] = {}
        self._meshes = 0
        _set_physics(self.spec)
        _set_picture(self.spec, scene)
        for light in scene.lights:
            _add_light(self.spec, light)
        for visual in scene.structure.visuals:
            self._add_visual(self.spec.worldbody, visual, casts_shadow=False)
        for part in scene.structure.collisions:
            self._add_collision(self.spec.worldbody, part)

    def add_object(self, item: SceneObject) -> None:
        body = self.spec.worldbody.add_body(
            name=item.object_id, pos=item.pose.translation, quat=rotations.to_quaternion(item.pose.rotation)
        )
        if item.movable:
            body.add_freejoint()
        for visual in item.asset.visuals:
            self._add_visual(body, visual, casts_shadow=True)
        volumes = [part.box.volume for part in item.asset.collisions]
        for part, volume in zip(item.asset.collisions, volumes, strict=True):
            self._add_collision(body, part, mass=item.asset.mass_kg * volume / sum(volumes))

    def compile(self) -> CompiledScene:
        model = self.spec.compile()
        body_ids = tuple(model.body(item.object_id).id for item in self.scene.objects)
        instance_of_body = np.zeros(model.nbody, dtype=np.uint16)
        instance_of_body[list(body_ids)] = np.arange(1, len(body_ids) + 1)
        return CompiledScene(model, body_ids, instance_of_body[model.geom_bodyid])

    def _add_visual(self, body: mujoco.MjsBody, visual: VisualPart, *, casts_shadow: bool) -> None:
        mesh = self.spec.add_mesh(
            name=f"visual_{self._meshes}",
            uservert=visual.mesh.vertices.ravel(),
            userface=visual.mesh.faces.ravel(),
            usernormal=visual.mesh.normals.ravel(),
            usertexcoord=_texture_coordinates(visual).ravel(),
            # Visible meshes may be open (a sheet of cloth); only as a shell do they all have an inertia frame.
            inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
        )
        self._meshes += 1
        body.add_geom(
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=mesh.name,
            material=self._material(visual.material),
            group=VISIBLE_GROUP,
            contype=0,
            conaffinity=0,
            mass=0.0,
            castshadow=casts_shadow,
        )

    def _add_collision(self, body: mujoco.MjsBody, part: ConvexPart, mass: float = 0.0) -> None:
        physical = {"group": COLLISION_GROUP, "condim": 6, "friction": _FRICTION, "mass": mass}
        if isinstance(part, BoxPart):
            shape = {"type": mujoco.mjtGeom.mjGEOM_BOX, "size": np.asarray(part.size) / 2.0}
        elif isinstance(part, CylinderPart):
            shape = {"type": mujoco.mjtGeom.mjGEOM_CYLINDER, "size": [part.radius, part.height / 2.0, 0.0]}
        else:
            mesh = self.spec.add_mesh(name=f"hull_{self._meshes}", uservert=np.asarray(part.points).ravel())
            self._meshes += 1
            body.add_geom(type=mujoco.mjtGeom.mjGEOM_MESH, meshname=mesh.name, **physical)
            return
        quaternion = rotations.to_quaternion(part.pose.rotation)
        body.add_geom(pos=part.pose.translation, quat=quaternion, **shape, **physical)

    def _material(self, material: Material) -> str:
        # Materials and textures are shared objects of the scene, which outlives the builder: identity names them.
        if id(material) not in self._materials:
            name = self._materials[id(material)] = f"material_{len(self._materials)}"
            added = self.spec.add_material(
                name=name,
                rgba=(*material.color, 1.0),
                specular=material.specular,
                shininess=material.shininess,
                emission=material.emission,
            )
            if material.texture is not None:
                added.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = self._texture(material.texture)
        return self._materials[id(material)]

    def _texture(self, texture: Texture) -> str:
        if id(texture) not in self._textures:
            name = self._textures[id(texture)] = f"texture_{len(self._textures)}"
            height, width, _ = texture.pixels.shape
            added = self.spec.add_texture(
                name=name,
                type=mujoco.mjtTexture.mjTEXTURE_2D,
                width=width,
                height=height,
                nchannel=3,
            )
            # OpenGL counts rows from the bottom, pictures from the top.
            added.data = np.ascontiguousarray(texture.pixels[::-1]).tobytes()
        return self._textures[id(texture)]


def _texture_coordinates(visual: VisualPart) -> Array:
    texture = visual.material.texture
    return visual.mesh.uv / texture.size_m if texture is not None else visual.mesh.uv


def _set_physics(spec: mujoco.MjSpec) -> None:
    spec.option.timestep = TIMESTEP_S
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    # Elliptic cones with stiff friction keep resting things from creeping sideways.
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 10.0
    # What is at rest sleeps: it costs nothing, and stays exactly where it is.
    spec.option.enableflags |= int(mujoco.mjtEnableBit.mjENBL_SLEEP)
    spec.option.sleep_tolerance = _SLEEP_BELOW_M_PER_S


def _set_picture(spec: mujoco.MjSpec, scene: Scene) -> None:
    low, high = scene.floor.min(axis=0), scene.floor.max(axis=0)
    spec.stat.center = [*((low + high) / 2.0), 1.0]
    spec.stat.extent = 1.0  # the clipping planes below are then in metres
    spec.visual.map.znear = 0.02
    spec.visual.map.zfar = 30.0
    spec.visual.map.shadowclip = float(np.linalg.norm(high - low)) / 2.0 + 0.3
    spec.visual.quality.shadowsize = SHADOW_MAP_PIXELS
    spec.visual.quality.offsamples = MULTISAMPLES
    spec.visual.headlight.ambient = scene.ambient
    spec.visual.headlight.diffuse = (0.0, 0.0, 0.0)
    spec.visual.headlight.specular = (0.0, 0.0, 0.0)


def _add_light(spec: mujoco.MjSpec, light: Light) -> None:
    kind = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL if light.directional else mujoco.mjtLightType.mjLIGHT_SPOT
    spec.worldbody.add_light(
        type=kind,
        pos=light.position,
        dir=light.direction,
        diffuse=light.color,
        specular=tuple(0.4 * channel for channel in light.color),
        ambient=(0.0, 0.0, 0.0),
        castshadow=light.casts_shadow,
        # A shadow map spreads over the whole cone; a lamp without one can light all of the room.
        cutoff=75.0 if light.casts_shadow else 88.0,
        exponent=1.0,
        attenuation=(1.0, 0.0, 0.0),
    )
