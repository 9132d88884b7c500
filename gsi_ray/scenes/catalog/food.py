"""Fruit and groceries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import materials, meshes, prints, textures
from gsi_ray.scenes.assets import Asset, ConvexPart, Material, Mesh, VisualPart
from gsi_ray.scenes.catalog.forms import front_panel, moved, turned
from gsi_ray.scenes.materials import named_color, shaded
from gsi_ray.scenes.solids import box_part, cylinder_part
from gsi_ray.spatial.rotations import about_z

_STALK = Material("wood", (0.30, 0.22, 0.12), specular=0.05, shininess=0.1)
_LEAF = Material("leaf", (0.22, 0.42, 0.16), specular=0.15, shininess=0.3)


def _resting(mesh: Mesh, depth: float) -> Mesh:
    """A rounded mesh with its underside pressed flat, `depth` metres up, so that it stands instead of rolling."""
    vertices = mesh.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], vertices[:, 2].min() + depth)
    return Mesh(vertices, mesh.faces, mesh.normals, mesh.uv)


def _standing_ball(radius: float, height: float, foot: float) -> list[ConvexPart]:
    """Three discs, from z = 0, for a ball with a flat foot: they stay where a ball would roll."""
    return [
        cylinder_part(foot, 0.3 * height, [0.0, 0.0, 0.15 * height]),
        cylinder_part(0.97 * radius, 0.4 * height, [0.0, 0.0, 0.5 * height]),
        cylinder_part(0.75 * radius, 0.2 * height, [0.0, 0.0, 0.8 * height]),
    ]


def apple(rng: Generator) -> Asset:
    """Red, green or yellow, dimpled at both ends, with a stalk."""
    radius = rng.uniform(0.035, 0.042)
    color, first, second = [
        ("red", (0.66, 0.10, 0.09), (0.80, 0.42, 0.16)),
        ("green", (0.45, 0.62, 0.16), (0.60, 0.70, 0.26)),
        ("yellow", (0.88, 0.74, 0.24), (0.86, 0.58, 0.26)),
    ][rng.integers(3)]
    height = radius * rng.uniform(1.68, 1.86)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 22)
    width = radius * np.cos(angle) ** 0.8 * (1.0 + 0.06 * np.sin(angle))
    level = height / 2 * (np.sin(angle) + 0.35 * np.exp(-((width / (0.33 * radius)) ** 2)) * np.sign(-angle))
    level -= level.min()
    width[[0, -1]] = 0.0
    skin = Material(
        "fruit", texture=textures.mottled(first, second, int(rng.integers(4))), specular=0.35, shininess=0.55
    )
    top = float(level[-1])
    stalk = meshes.tube([(0.0, 0.0, top - 0.002), (0.001, 0.0, top + 0.008), (0.004, 0.001, top + 0.016)], 0.0013, 6)
    body = meshes.lathe(np.column_stack([width, level]), 32)
    return Asset.build(
        "apple",
        [VisualPart(body, skin), VisualPart(stalk, _STALK)],
        _standing_ball(radius, float(body.vertices[:, 2].max()), 0.55 * radius),
        rng.uniform(0.15, 0.22),
        color=color,
        yaw_symmetry=0,
    )


def orange(rng: Generator) -> Asset:
    """A round fruit with a green navel."""
    radius = rng.uniform(0.036, 0.043)
    peel = textures.mottled((0.92, 0.50, 0.08), (0.95, 0.58, 0.14), int(rng.integers(4)), 0.05)
    body = moved(_resting(meshes.sphere([radius, radius, 0.96 * radius]), 0.05 * radius), z=0.91 * radius)
    navel = meshes.lathe([(0.005, 1.862 * radius), (0.0, 1.885 * radius)], 10)
    return Asset.build(
        "orange",
        [VisualPart(body, Material("fruit", texture=peel, specular=0.2, shininess=0.35)), VisualPart(navel, _LEAF)],
        _standing_ball(radius, 1.87 * radius, 0.5 * radius),
        rng.uniform(0.16, 0.22),
        color="orange",
        yaw_symmetry=0,
    )


def banana(rng: Generator) -> Asset:
    """A single curved fruit lying on its side."""
    length, thick = rng.uniform(0.17, 0.20), rng.uniform(0.016, 0.0185)
    bend = rng.uniform(1.1, 1.5)
    radius = length / bend
    angles = np.linspace(-bend / 2, bend / 2, 18) - np.pi / 2
    path = np.column_stack([radius * np.cos(angles), radius * np.sin(angles) + radius, np.full(18, thick)])
    share = np.linspace(0.0, 1.0, 18)
    girth = thick * np.interp(share, [0.0, 0.06, 0.22, 0.75, 0.93, 1.0], [0.34, 0.45, 0.95, 1.0, 0.5, 0.25])
    body = _resting(meshes.tube(path, girth, 10), 0.001)
    low = float(body.vertices[:, 2].min())
    tips = [meshes.tube(path[:2], girth[:2] * 1.04, 8), meshes.tube(path[-2:], girth[-2:] * 1.06, 8)]
    skin = Material(
        "fruit",
        texture=textures.mottled((0.93, 0.78, 0.20), (0.90, 0.72, 0.18), int(rng.integers(4))),
        specular=0.12,
        shininess=0.3,
    )
    parts: list[ConvexPart] = []
    for first, last in ((1, 5), (5, 8), (8, 11), (11, 16)):
        span = path[last] - path[first]
        yaw = float(np.arctan2(span[1], span[0]))
        middle = (path[first] + path[last]) / 2
        parts.append(
            box_part(
                [float(np.linalg.norm(span)), 1.5 * thick, 2 * thick - low],
                [middle[0], middle[1], thick + low / 2],
                about_z(yaw),
            )
        )
    dark = Material("fruit", (0.35, 0.27, 0.12), specular=0.05, shininess=0.1)
    return Asset.build(
        "banana",
        [VisualPart(body, skin), *(VisualPart(tip, dark) for tip in tips)],
        parts,
        rng.uniform(0.12, 0.18),
        color="yellow",
    )


def lemon(rng: Generator) -> Asset:
    """A small pointed fruit lying on its side."""
    radius, length = rng.uniform(0.026, 0.030), rng.uniform(0.078, 0.09)
    ends = [(0.0, 0.0), (0.006, 0.003), (0.010, 0.008), (0.75 * radius, 0.22 * length), (radius, 0.5 * length)]
    half = meshes.curve(ends, 10)
    profile = np.concatenate([half, (half * [1.0, -1.0] + [0.0, length])[::-1]])
    body = turned(moved(meshes.lathe(profile, 24), z=-length / 2), [0.0, 1.0, 0.0], np.pi / 2)
    body = moved(_resting(body, 0.04 * radius), z=0.96 * radius)
    skin = Material(
        "fruit",
        texture=textures.mottled((0.95, 0.83, 0.20), (0.90, 0.80, 0.25), int(rng.integers(4)), 0.05),
        specular=0.2,
        shininess=0.35,
    )
    return Asset.build(
        "lemon",
        [VisualPart(body, skin)],
        [
            box_part([0.62 * length, 1.1 * radius, 1.9 * radius], [0.0, 0.0, 0.95 * radius]),
            box_part([0.5 * length, 1.8 * radius, 1.0 * radius], [0.0, 0.0, 0.96 * radius]),
        ],
        rng.uniform(0.08, 0.11),
        color="yellow",
        yaw_symmetry=2,
    )


def bread_loaf(rng: Generator) -> Asset:
    """A crusty oval loaf with slashes, or a tin loaf with a domed top."""
    length, width, height = rng.uniform(0.20, 0.27), rng.uniform(0.10, 0.13), rng.uniform(0.075, 0.10)
    patches = textures.mottled((0.66, 0.40, 0.18), (0.80, 0.58, 0.32), int(rng.integers(4)), 0.16)
    crust = Material("bread", texture=patches, specular=0.05, shininess=0.1)
    if rng.random() < 0.5:
        visuals = _oval_loaf(length, width, height, crust)
    else:
        dome = meshes.arc((0.0, 0.0), 0.5 * width, -0.25, np.pi + 0.25, 18) * [1.12, 0.72] + [0.0, 0.62 * height]
        outline = np.concatenate([[(-0.46 * width, 0.0), (0.46 * width, 0.0)], dome])
        body = turned(moved(meshes.extrude(outline, length, bevel=0.012), z=-length / 2), [1.0, 0.0, 0.0], np.pi / 2)
        visuals = [VisualPart(turned(body, [0.0, 0.0, 1.0], np.pi / 2), crust)]
        height = float(body.vertices[:, 2].max())
    return Asset.build(
        "bread loaf",
        visuals,
        [
            box_part([0.78 * length, 0.72 * width, 0.93 * height], [0.0, 0.0, 0.465 * height]),
            box_part([0.94 * length, 0.5 * width, 0.5 * height], [0.0, 0.0, 0.25 * height]),
        ],
        rng.uniform(0.45, 0.8),
        color="brown",
        yaw_symmetry=2,
    )


def _oval_loaf(length: float, width: float, height: float, crust: Material) -> list[VisualPart]:
    half, middle = 0.62 * height, 0.38 * height
    body = moved(_resting(meshes.sphere([length / 2, width / 2, half], 32), 0.24 * height), z=middle)
    cuts = []
    for at in (-0.24, 0.0, 0.24):
        across = np.linspace(-0.26, 0.26, 9) * width
        along = at * length + 0.35 * across
        rise = half * np.sqrt(1.0 - (2 * along / length) ** 2 - (2 * across / width) ** 2)
        line = np.column_stack([along, across, middle + rise - 0.001])
        cuts.append(meshes.tube(line, np.array([0.001, *[0.0055] * 7, 0.001]), 8))
    crumb = Material("bread", (0.90, 0.78, 0.56), specular=0.0, shininess=0.0)
    # Seen from above, as a loaf mostly is, the patches of its crust run evenly over it.
    loaf = Mesh(body.vertices, body.faces, body.normals, body.vertices[:, :2])
    return [VisualPart(loaf, crust), VisualPart(meshes.merge(*cuts), crumb)]


def cereal_box(rng: Generator) -> Asset:
    """A tall printed carton."""
    width, depth, height = rng.uniform(0.17, 0.20), rng.uniform(0.05, 0.07), rng.uniform(0.25, 0.30)
    color = materials.pick(rng, ("red", "blue", "yellow", "green", "orange", "purple"))
    ground = materials.COLORS[color]
    variant = int(rng.integers(prints.VARIANTS))
    front = prints.package_front(variant, "cereal", (width - 0.006, height - 0.006), ground)
    board = Material("paper", ground, specular=0.12, shininess=0.3)
    face = front_panel(width - 0.006, height - 0.006)
    back = turned(moved(face, y=-depth / 2 - 0.0003), [0.0, 0.0, 1.0], np.pi)
    return Asset.build(
        "cereal box",
        [
            VisualPart(meshes.box([width, depth, height], 0.001), board),
            VisualPart(meshes.merge(moved(face, y=-depth / 2 - 0.0003), back), materials.printed(front, glossy=True)),
        ],
        [box_part([width, depth, height])],
        rng.uniform(0.35, 0.55),
        color=color,
        material="paper",
        yaw_symmetry=2,
    )


def soup_can(rng: Generator) -> Asset:
    """A tin can with ribs, rims and a paper label."""
    radius, height = rng.uniform(0.033, 0.043), rng.uniform(0.095, 0.125)
    rim = 0.0016
    side = [
        (0.0, 0.002),
        (radius - 0.004, 0.002),
        (radius - 0.003, 0.0),
        (radius + rim, 0.0),
        (radius + rim, 0.004),
        (radius, 0.0055),
        (radius, height - 0.0055),
        (radius + rim, height - 0.004),
        (radius + rim, height),
        (radius - 0.002, height),
        (radius - 0.003, height - 0.004),
        (0.6 * radius, height - 0.0035),
        (0.0, height - 0.0035),
    ]
    tall = height - 0.018
    wrap = moved(meshes.lathe([(radius + 0.0005, 0.0), (radius + 0.0005, tall)]), z=0.009)
    print_ = prints.label(int(rng.integers(prints.VARIANTS)), "soup", (2 * np.pi * (radius + 0.0005), tall))
    return Asset.build(
        "soup can",
        [
            VisualPart(meshes.lathe(side, 36), materials.metal("steel")),
            VisualPart(wrap, materials.printed(print_, glossy=True)),
        ],
        [cylinder_part(radius + rim, height, [0.0, 0.0, height / 2])],
        rng.uniform(0.35, 0.5),
        material="metal",
    )


def milk_carton(rng: Generator) -> Asset:
    """A gable-top carton, white with a coloured band, or plain coloured with a screw cap."""
    width, body = rng.uniform(0.068, 0.078), rng.uniform(0.17, 0.205)
    roof = 0.5 * width * 0.85
    fin = 0.018
    _, accent = named_color(rng, ("blue", "green", "red", "orange"))
    half = width / 2
    outline = [
        (-half, 0.0),
        (half, 0.0),
        (half, body),
        (0.004, body + roof),
        (0.004, body + roof + fin),
        (-0.004, body + roof + fin),
        (-0.004, body + roof),
        (-half, body),
    ]
    # Modelled lying, its front up, then stood on its base: the gable shows from the sides.
    solid = moved(
        turned(
            turned(meshes.extrude(outline, width, bevel=0.0008), [1.0, 0.0, 0.0], np.pi / 2), [0.0, 0.0, 1.0], np.pi / 2
        ),
        x=-half,
    )
    pale = materials.paper((0.94, 0.95, 0.95))
    tall = 0.80 * body
    print_ = prints.label(int(rng.integers(prints.VARIANTS)), "milk", (2.9 * (width - 0.004), tall))
    face = front_panel(width - 0.004, tall)
    face = Mesh(face.vertices, face.faces, face.normals, face.uv + [0.95 * (width - 0.004), 0.0])
    panels = [turned(moved(face, y=-half - 0.0003), [0.0, 0.0, 1.0], turn) for turn in (0.0, np.pi)]
    cap = turned(meshes.cylinder(0.013, 0.014, 24, bevel=0.001), [1.0, 0.0, 0.0], 0.86)
    cap = moved(cap, y=-0.24 * width, z=body + 0.5 * roof + 0.004)
    return Asset.build(
        "milk carton",
        [
            VisualPart(solid, pale),
            VisualPart(moved(meshes.merge(*panels), z=0.52 * body), materials.printed(print_, glossy=True)),
            VisualPart(cap, materials.plastic(accent)),
        ],
        [
            box_part([width, width, body], [0.0, 0.0, body / 2]),
            box_part([width, 0.5 * width, roof], [0.0, 0.0, body + roof / 2]),
        ],
        rng.uniform(0.6, 1.05),
        color="white",
        material="paper",
    )


def pumpkin(rng: Generator) -> Asset:
    """A ribbed pumpkin with a stalk."""
    radius = rng.uniform(0.085, 0.13)
    ribs = int(rng.integers(8, 12))
    color, shade = ("orange", (0.86, 0.44, 0.10)) if rng.random() < 0.75 else ("green", (0.36, 0.45, 0.28))
    flat = rng.uniform(0.68, 0.82)
    ball = meshes.sphere([radius, radius, flat * radius], 4 * ribs)
    longitude = np.arctan2(ball.vertices[:, 1], ball.vertices[:, 0])
    groove = np.abs(np.cos(ribs * longitude / 2.0))
    level = ball.vertices[:, 2] / (flat * radius)
    vertices = ball.vertices * (1.0 - 0.10 * (1.0 - groove**0.7) * np.sqrt(1.0 - 0.9 * level**2))[:, None]
    vertices[:, 2] -= (
        0.28 * radius * flat * np.sign(level) * np.exp(-((np.hypot(*ball.vertices[:, :2].T) / (0.30 * radius)) ** 2))
    )
    normals = ball.normals.copy()
    tilt = 0.45 * np.sin(ribs * longitude) * np.sqrt(np.clip(1.0 - level**2, 0.0, 1.0))
    normals[:, :2] += tilt[:, None] * np.column_stack([-np.sin(longitude), np.cos(longitude)])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    body = _resting(Mesh(vertices, ball.faces, normals, ball.uv), 0.02 * radius)
    top, low = float(body.vertices[:, 2].max()), float(body.vertices[:, 2].min())
    stalk = meshes.tube(
        meshes.curve([(0.0, 0.0, 0.7 * top), (0.0, 0.0, top + 0.01), (0.012, 0.004, top + 0.035)], 7),
        np.linspace(0.016, 0.010, 7),
        8,
    )
    skin = Material(
        "vegetable",
        texture=textures.mottled(shade, shaded(shade, 0.9), int(rng.integers(4)), 0.2),
        specular=0.2,
        shininess=0.3,
    )
    return Asset.build(
        "pumpkin",
        [
            VisualPart(moved(body, z=-low), skin),
            VisualPart(moved(stalk, z=-low), Material("stalk", (0.36, 0.40, 0.20), specular=0.05, shininess=0.1)),
        ],
        [
            *_standing_ball(0.96 * radius, top - low, 0.5 * radius),
            cylinder_part(0.012, 0.03, [0.004, 0.0, top - low + 0.015]),
        ],
        4200.0 * radius**2 * flat * 0.6 * radius,
        color=color,
        yaw_symmetry=0,
    )


FOOD: dict[str, Callable[[Generator], Asset]] = {
    "apple": apple,
    "orange": orange,
    "banana": banana,
    "lemon": lemon,
    "bread loaf": bread_loaf,
    "cereal box": cereal_box,
    "soup can": soup_can,
    "milk carton": milk_carton,
    "pumpkin": pumpkin,
}
