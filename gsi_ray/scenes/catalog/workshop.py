"""What lies on a workbench."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import materials, meshes, prints
from gsi_ray.scenes.assets import Asset, Material, Mesh, VisualPart
from gsi_ray.scenes.catalog.forms import moved, turned, upright
from gsi_ray.scenes.materials import BRIGHT, named_color
from gsi_ray.scenes.solids import box_part, cylinder_part
from gsi_ray.spatial.rotations import about_axis

_X, _Y, _Z = np.eye(3)
_TOOL_COLORS = ("red", "yellow", "blue", "orange", "green")


def hammer(rng: Generator) -> Asset:
    """A claw hammer lying on its side, its head to the left."""
    length = rng.uniform(0.27, 0.32)
    thick = 0.030
    middle = thick / 2
    wooden = rng.random() < 0.5
    color, shade = named_color(rng, _TOOL_COLORS)
    grip = materials.wood(rng, materials.pick(rng, ("oak", "pine"))) if wooden else materials.rubber(shade)
    if wooden:
        color = materials.wood_color(grip)
    girth = np.array([0.010, 0.0115, 0.0110, 0.0125, 0.015, 0.0148, 0.012])
    along = np.array([-0.46, -0.40, -0.2, 0.1, 0.3, 0.47, 0.5]) * length
    handle = meshes.tube(np.column_stack([along, np.zeros(7), np.full(7, middle)]), girth, 14)
    at = -0.44 * length
    cheek = moved(meshes.box([0.032, 0.044, thick - 0.004], 0.004), x=at, z=middle)
    face = moved(turned(meshes.cylinder(0.015, 0.028, 24, bevel=0.003), _X, np.pi / 2), x=at, y=-0.034, z=middle)
    claw = meshes.curve([(0.0, 0.018), (0.0, 0.040), (0.012, 0.062), (0.030, 0.076)], 9)
    prongs = [
        meshes.stretched(
            moved(
                meshes.tube(
                    np.column_stack([at + claw[:, 0], claw[:, 1], np.linspace(0.0, s * 0.004, 9)]),
                    np.linspace(0.0095, 0.0025, 9),
                    8,
                ),
                z=s * 0.006,
            ),
            [1.0, 1.0, 0.9],
        )
        for s in (-1.0, 1.0)
    ]
    return Asset.build(
        "hammer",
        [
            VisualPart(handle, grip),
            VisualPart(
                meshes.merge(cheek, face, *(moved(prong, z=middle) for prong in prongs)),
                materials.metal(materials.pick(rng, ("steel", "dark steel"))),
            ),
        ],
        [
            box_part([0.034, 0.095, thick], [at, 0.0, middle]),
            box_part([0.24 * length, 0.026, thick], [0.38 * length, 0.0, middle]),
            box_part([0.7 * length, 0.020, 0.020], [0.0, 0.0, middle]),
        ],
        rng.uniform(0.5, 0.8),
        color=color,
    )


def power_drill(rng: Generator) -> Asset:
    """A cordless drill standing on its battery, its chuck to the left."""
    scale = rng.uniform(0.92, 1.1)
    color, shade = named_color(rng, _TOOL_COLORS)
    shell = materials.plastic(shade)
    dark = materials.rubber((0.11, 0.11, 0.12))
    lift = 0.175
    barrel = turned(
        meshes.lathe(
            [(0.0, -0.075), (0.026, -0.075), (0.031, -0.066), (0.031, 0.02), (0.027, 0.055), (0.0, 0.055)], 28
        ),
        _Y,
        -np.pi / 2,
    )
    collar = turned(meshes.lathe([(0.0, 0.055), (0.024, 0.055), (0.024, 0.068), (0.0, 0.068)], 28), _Y, -np.pi / 2)
    chuck = turned(
        meshes.lathe([(0.0, 0.068), (0.020, 0.068), (0.019, 0.095), (0.011, 0.110), (0.0, 0.110)], 24), _Y, -np.pi / 2
    )
    bit = turned(meshes.lathe([(0.0, 0.11), (0.003, 0.11), (0.003, 0.165), (0.0, 0.170)], 10), _Y, -np.pi / 2)
    lean = 0.22
    grip_line = upright(np.array([(0.012, lift - 0.02), (0.024, lift - 0.075), (0.034, 0.045)]))
    grip = meshes.stretched(meshes.tube(grip_line, [0.022, 0.019, 0.021], 18), [1.0, 0.86, 1.0])
    trigger = moved(turned(meshes.box([0.012, 0.014, 0.030], 0.004), _Y, lean), x=-0.010, z=lift - 0.045)
    battery = moved(meshes.box([0.105, 0.066, 0.040], 0.007), x=0.024, z=0.020)
    plate = moved(meshes.box([0.085, 0.056, 0.014], 0.004), x=0.026, z=0.045)
    grow = [scale] * 3
    return Asset.build(
        "power drill",
        [
            VisualPart(meshes.stretched(meshes.merge(moved(barrel, z=lift), plate), grow), shell),
            VisualPart(meshes.stretched(meshes.merge(grip, battery, trigger, moved(chuck, z=lift)), grow), dark),
            VisualPart(
                meshes.stretched(meshes.merge(moved(collar, z=lift), moved(bit, z=lift)), grow),
                materials.metal("steel"),
            ),
        ],
        [
            box_part(np.array([0.105, 0.066, 0.05]) * scale, np.array([0.024, 0.0, 0.025]) * scale),
            box_part(np.array([0.045, 0.034, 0.11]) * scale, np.array([0.024, 0.0, 0.10]) * scale),
            box_part(np.array([0.175, 0.054, 0.056]) * scale, np.array([-0.012, 0.0, lift]) * scale),
        ],
        rng.uniform(1.1, 1.6),
        color=color,
        material="plastic",
    )


def screwdriver(rng: Generator) -> Asset:
    """A screwdriver lying down, its tip to the left."""
    length = rng.uniform(0.19, 0.25)
    color, shade = named_color(rng, _TOOL_COLORS)
    grip_length = 0.45 * length
    radius = rng.uniform(0.014, 0.017)
    side = meshes.curve(
        [
            (0.62 * radius, 0.0),
            (0.98 * radius, 0.12),
            (radius, 0.45),
            (0.72 * radius, 0.78),
            (0.92 * radius, 0.92),
            (0.7 * radius, 1.0),
        ],
        16,
    )
    profile = np.column_stack([side[:, 0], side[:, 1] * grip_length])
    grip = meshes.lathe([(0.0, 0.0), *profile, (0.0, grip_length)], 6)
    shaft = meshes.lathe(
        [(0.0, grip_length), (0.0035, grip_length), (0.0035, length - 0.008), (0.0012, length), (0.0, length)], 12
    )
    lay = about_axis(_Y, -np.pi / 2)
    low = radius * np.cos(np.pi / 6)
    pieces = [Mesh(m.vertices @ lay.T, m.faces, m.normals @ lay.T, m.uv) for m in (turned(grip, _Z, 0.0), shaft)]
    return Asset.build(
        "screwdriver",
        [
            VisualPart(moved(pieces[0], x=length / 2, z=low), Material("plastic", shade, specular=0.5, shininess=0.7)),
            VisualPart(moved(pieces[1], x=length / 2, z=low), materials.metal("steel")),
        ],
        [
            box_part([0.9 * grip_length, 1.5 * radius, 2 * low], [length / 2 - 0.5 * grip_length, 0.0, low]),
            box_part([length - grip_length, 0.007, 0.007], [-grip_length / 2, 0.0, low]),
        ],
        rng.uniform(0.09, 0.16),
        color=color,
    )


def toolbox(rng: Generator) -> Asset:
    """A closed box with a sloping lid, two latches and a handle."""
    width, depth, height = rng.uniform(0.36, 0.44), rng.uniform(0.18, 0.22), rng.uniform(0.15, 0.19)
    color, shade = named_color(rng, ("red", "blue", "yellow", "black", "gray", "orange"))
    outline = np.array([(-0.5, 0.0), (0.5, 0.0), (0.5, 0.68), (0.34, 1.0), (-0.34, 1.0), (-0.5, 0.68)]) * [
        depth,
        height,
    ]
    body = moved(meshes.extrude(outline, width, bevel=0.004), z=-width / 2)
    body = turned(turned(body, _X, np.pi / 2), _Z, np.pi / 2)
    seam = moved(meshes.box([width + 0.004, depth + 0.004, 0.008], 0.002), z=0.64 * height)
    dark = materials.plastic((0.12, 0.12, 0.13))
    bow = meshes.curve(
        [
            (-0.08, height - 0.002),
            (-0.075, height + 0.026),
            (0.0, height + 0.031),
            (0.075, height + 0.026),
            (0.08, height - 0.002),
        ],
        14,
    )
    handle = meshes.tube(upright(bow), 0.008, 10)
    latch = meshes.box([0.036, 0.008, 0.05], 0.002)
    latches = [moved(latch, x=s * 0.3 * width, y=-depth / 2 - 0.003, z=0.62 * height) for s in (-1.0, 1.0)]
    return Asset.build(
        "toolbox",
        [
            VisualPart(body, materials.enamel(shade) if rng.random() < 0.6 else materials.plastic(shade)),
            VisualPart(meshes.merge(handle, seam), dark),
            VisualPart(meshes.merge(*latches), materials.metal("steel")),
        ],
        [
            box_part([width, depth, 0.7 * height], [0.0, 0.0, 0.35 * height]),
            box_part([width, 0.7 * depth, 0.3 * height], [0.0, 0.0, 0.85 * height]),
            box_part([0.16, 0.016, 0.035], [0.0, 0.0, height + 0.0175]),
        ],
        rng.uniform(3.0, 6.0),
        color=color,
    )


def paint_can(rng: Generator) -> Asset:
    """A tin with a wire handle and a label in the paint's colour."""
    radius, height = rng.uniform(0.075, 0.09), rng.uniform(0.16, 0.20)
    steel = materials.metal("steel")
    side = [
        (0.0, 0.003),
        (radius - 0.005, 0.003),
        (radius - 0.004, 0.0),
        (radius + 0.002, 0.0),
        (radius + 0.002, 0.005),
        (radius, 0.007),
        (radius, height - 0.007),
        (radius + 0.002, height - 0.005),
        (radius + 0.002, height),
        (0.86 * radius, height),
        (0.84 * radius, height - 0.005),
        (0.72 * radius, height - 0.005),
        (0.70 * radius, height - 0.002),
        (0.0, height - 0.002),
    ]
    tall = height - 0.030
    outer = radius + 0.0006
    wrap = moved(meshes.lathe([(outer, 0.0), (outer, tall)]), z=0.015)
    print_ = prints.label(int(rng.integers(prints.VARIANTS)), "paint", (2 * np.pi * outer, tall))
    angles = np.linspace(0.0, np.pi, 20)
    lean = rng.uniform(0.5, 1.1)
    reach = radius + 0.004
    bow = np.column_stack(
        [
            reach * np.cos(angles),
            0.92 * reach * np.sin(angles) * np.sin(lean),
            0.90 * height + 0.92 * reach * np.sin(angles) * np.cos(lean),
        ]
    )
    return Asset.build(
        "paint can",
        [
            VisualPart(meshes.merge(meshes.lathe(side, 44), meshes.tube(bow, 0.0018, 6)), steel),
            VisualPart(wrap, materials.printed(print_, glossy=True)),
        ],
        [
            cylinder_part(radius + 0.002, height, [0.0, 0.0, height / 2]),
        ],
        rng.uniform(2.5, 4.5),
        material="metal",
    )


def spray_can(rng: Generator) -> Asset:
    """An aerosol with a coloured cap."""
    radius, height = rng.uniform(0.030, 0.034), rng.uniform(0.18, 0.22)
    color, shade = named_color(rng, (*BRIGHT, "black", "white"))
    body = 0.76 * height
    side = [
        (0.0, 0.002),
        (radius - 0.004, 0.002),
        (radius - 0.003, 0.0),
        (radius + 0.001, 0.0),
        (radius + 0.001, 0.004),
        (radius, 0.005),
        (radius, body),
        *meshes.arc((0.0, body), radius, 0.0, 0.40 * np.pi, 6),
    ]
    dome = np.array(side)
    dome[-6:, 1] = body + 0.6 * (dome[-6:, 1] - body)
    shoulder = float(dome[-1, 1])
    cap = meshes.lathe(
        [
            (0.84 * radius, body + 0.006),
            (0.84 * radius, height - 0.006),
            *meshes.arc((0.84 * radius - 0.006, height - 0.006), 0.006, 0.0, np.pi / 2, 4),
            (0.0, height),
        ],
        36,
    )
    tall = 0.86 * body
    outer = radius + 0.0005
    wrap = moved(meshes.lathe([(outer, 0.0), (outer, tall)]), z=0.07 * body)
    variant = int(rng.integers(prints.VARIANTS))
    paint = prints.lettered(
        prints.brand("paint", variant),
        materials.COLORS[color],
        (0.95, 0.95, 0.93) if color != "white" else (0.2, 0.2, 0.25),
        (0.052, 0.032),
    )
    panel = prints.banded(paint, (2 * np.pi * outer, tall))
    return Asset.build(
        "spray can",
        [
            VisualPart(meshes.lathe([*dome, (0.0, shoulder)], 36), materials.metal("steel")),
            VisualPart(wrap, materials.printed(panel, glossy=True)),
            VisualPart(cap, materials.plastic(shade)),
        ],
        [
            cylinder_part(radius, body + 0.01, [0.0, 0.0, (body + 0.01) / 2]),
            cylinder_part(0.84 * radius, height - body - 0.01, [0.0, 0.0, (height + body + 0.01) / 2]),
        ],
        rng.uniform(0.3, 0.45),
        color=color,
        material="metal",
    )


def tape_measure(rng: Generator) -> Asset:
    """A pocket tape in its case, standing on its flat side, the tongue to the left."""
    width, depth, height = rng.uniform(0.066, 0.078), rng.uniform(0.034, 0.040), rng.uniform(0.062, 0.072)
    color, shade = named_color(rng, ("yellow", "red", "orange", "blue", "green", "gray"))
    outline = np.concatenate(
        [
            [(-width / 2, 0.0), (width / 2, 0.0)],
            meshes.arc((width / 2 - 0.028, height - 0.028), 0.028, 0.0, np.pi / 2, 7),
            meshes.arc((-width / 2 + 0.016, height - 0.016), 0.016, np.pi / 2, np.pi, 5),
        ]
    )
    case = moved(turned(meshes.extrude(outline, depth, bevel=0.005), _X, np.pi / 2), y=depth / 2)
    rim = meshes.arc((0.002, 0.52 * height), 0.36 * height, 0.0, 2 * np.pi, 33)[:-1]
    badge = moved(turned(meshes.extrude(rim, depth + 0.002, bevel=0.001), _X, np.pi / 2), y=depth / 2 + 0.001)
    tongue = moved(meshes.box([0.020, 0.020, 0.0015]), x=-width / 2 - 0.009, z=0.006)
    hook = moved(meshes.box([0.0015, 0.020, 0.010]), x=-width / 2 - 0.019, z=0.005)
    return Asset.build(
        "tape measure",
        [
            VisualPart(case, materials.plastic(shade)),
            VisualPart(badge, materials.rubber((0.13, 0.13, 0.14))),
            VisualPart(meshes.merge(tongue, hook), Material("metal", (0.90, 0.80, 0.35), specular=0.4, shininess=0.5)),
        ],
        [
            box_part([width, depth, 0.6 * height], [0.0, 0.0, 0.3 * height]),
            box_part([0.7 * width, depth, 0.4 * height], [0.0, 0.0, 0.8 * height]),
        ],
        rng.uniform(0.2, 0.35),
        color=color,
        material="plastic",
    )


def flashlight(rng: Generator) -> Asset:
    """A torch standing on its head or on its tail: a ribbed barrel and a wide head."""
    length = rng.uniform(0.15, 0.20)
    radius = rng.uniform(0.024, 0.029)
    color, shade = named_color(rng, ("black", "black", "red", "blue", "yellow", "gray"))
    barrel = 0.62 * radius
    ribs = []
    for z in np.linspace(0.36, 0.60, 6) * length:
        ribs += [(barrel, z), (barrel + 0.0015, z + 0.001), (barrel + 0.0015, z + 0.005), (barrel, z + 0.006)]
    side = [
        (0.0, 0.002),
        (radius - 0.003, 0.002),
        (radius - 0.002, 0.0),
        (radius, 0.002),
        (radius, 0.14 * length),
        (barrel, 0.28 * length),
        *ribs,
        (barrel, 0.94 * length),
        (barrel + 0.002, 0.945 * length),
        (barrel + 0.002, length - 0.002),
        (barrel, length),
        (0.0, length),
    ]
    button = moved(meshes.box([0.010, 0.005, 0.018], 0.002), y=-barrel - 0.001, z=0.30 * length + 0.012)
    return Asset.build(
        "flashlight",
        [
            VisualPart(meshes.lathe(side, 32), Material("metal", shade, specular=0.4, shininess=0.6)),
            VisualPart(button, materials.rubber((0.5, 0.1, 0.1))),
        ],
        [
            cylinder_part(radius, 0.2 * length, [0.0, 0.0, 0.1 * length]),
            cylinder_part(barrel, 0.8 * length, [0.0, 0.0, 0.6 * length]),
        ],
        rng.uniform(0.15, 0.3),
        color=color,
        yaw_symmetry=1,
    )


WORKSHOP: dict[str, Callable[[Generator], Asset]] = {
    "hammer": hammer,
    "power drill": power_drill,
    "screwdriver": screwdriver,
    "toolbox": toolbox,
    "paint can": paint_can,
    "spray can": spray_can,
    "tape measure": tape_measure,
    "flashlight": flashlight,
}
