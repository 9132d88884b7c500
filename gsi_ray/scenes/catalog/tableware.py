"""What stands on a kitchen counter or a laid table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import materials, meshes, prints
from gsi_ray.scenes.assets import Asset, ConvexPart, Material, Mesh, SupportSurface, VisualPart
from gsi_ray.scenes.catalog.forms import disc_outline, moved, rectangle, upright
from gsi_ray.scenes.materials import BRIGHT, EVERY_COLOR, MUTED, named_color, shaded
from gsi_ray.scenes.solids import box_part, cylinder_part, vessel


def mug(rng: Generator) -> Asset:
    """Straight, tapered, bellied or flared, with a handle at its right."""
    radius, height, wall = rng.uniform(0.037, 0.045), rng.uniform(0.082, 0.108), 0.0035
    color, shade = named_color(rng)
    glaze = materials.ceramic(shade, rng)
    style = rng.integers(4)
    widths = [(0.90, 1.0, 1.0, 1.0), (0.74, 0.84, 0.93, 1.0), (0.72, 1.0, 1.0, 0.90), (0.84, 0.86, 0.90, 1.0)][style]
    levels = (0.0, 0.12, 0.6, 1.0) if style == 0 else (0.0, 0.3, 0.65, 1.0)
    side = meshes.curve(np.column_stack([radius * np.array(widths), height * np.array(levels)]), 10)
    outside = np.concatenate([[[0.0, 0.0]], side])
    inner = materials.ceramic(shaded(materials.COLORS["white"], 1.2)) if rng.random() < 0.4 else glaze
    profile = meshes.hollow(outside, wall, 0.006)
    rim = len(outside) + 3
    visuals = [VisualPart(meshes.lathe(profile[rim - 1 :]), inner)]
    if rng.random() < 0.35:
        stripe = [word for word in ("white", "blue", "red", "green", "yellow") if word != color]
        accent = named_color(rng, stripe)[1]
        z = height * np.linspace(rng.uniform(0.38, 0.48), rng.uniform(0.58, 0.68), 5)
        band = np.column_stack([np.interp(z, side[:, 1], side[:, 0]) + 0.0004, z])
        visuals.append(VisualPart(meshes.lathe(band), materials.ceramic(accent)))
    reach, low, high = rng.uniform(0.026, 0.032), 0.24 * height, 0.80 * height
    at_low, at_high = (float(np.interp(level, side[:, 1], side[:, 0])) - wall / 2.0 for level in (low, high))
    grip = meshes.curve(
        [
            (at_low, low),
            (radius + 0.6 * reach, low + 0.002),
            (radius + reach, (low + high) / 2.0),
            (radius + 0.6 * reach, high),
            (at_high, high),
        ],
        14,
    )
    handle = meshes.tube(upright(grip), 0.0052, 10)
    return Asset.build(
        "mug",
        [VisualPart(meshes.merge(meshes.lathe(profile[:rim]), handle), glaze), *visuals],
        [
            *vessel(float(side[-1, 0]), float(side[-1, 0]) - 0.006, height, 0.006, foot_radius=0.92 * radius),
            box_part([reach, 0.010, 0.6 * height], [radius + reach / 2.0, 0.0, 0.52 * height]),
        ],
        rng.uniform(0.28, 0.40),
        color=color,
        material="ceramic",
    )


def bowl(rng: Generator) -> Asset:
    """Hemispherical, coupe-shaped or straight-sided."""
    radius = rng.uniform(0.065, 0.095)
    height = radius * rng.uniform(0.62, 0.85)
    foot, wall = 0.52 * radius, 0.004
    color, shade = named_color(rng)
    bulge = rng.uniform(0.78, 0.9)
    side = meshes.curve(
        [(foot, 0.0), (foot, 0.004), (bulge * radius, 0.42 * height), (0.96 * radius, 0.75 * height), (radius, height)],
        11,
    )
    profile = meshes.hollow(np.concatenate([[[0.0, 0.0]], side]), wall, 0.009)
    rim = len(side) + 4
    outer = materials.ceramic(shade, rng)
    inner = outer if rng.random() < 0.5 else materials.ceramic(materials.COLORS["white"])
    return Asset.build(
        "bowl",
        [
            VisualPart(meshes.lathe(profile[:rim], 44), outer),
            VisualPart(meshes.lathe(profile[rim - 1 :], 44), inner),
        ],
        vessel(radius, radius - 0.006, height, 0.009, foot_radius=0.62 * radius),
        rng.uniform(0.3, 0.5),
        color=color,
        material="ceramic",
        yaw_symmetry=0,
    )


def plate(rng: Generator) -> Asset:
    """A dinner or dessert plate, in one colour or white with a coloured rim."""
    radius, height = rng.uniform(0.095, 0.14), rng.uniform(0.018, 0.026)
    well, thick = 0.66 * radius, 0.005
    color, shade = named_color(rng, (*MUTED[:1] * 4, *EVERY_COLOR))
    glaze = materials.ceramic(shade, rng)
    top = [(radius, height), (radius - 0.002, height), (0.78 * radius, 0.55 * height), (well, thick), (0.0, thick)]
    under = [(0.0, 0.0), (0.6 * radius, 0.0), (0.8 * radius, 0.5 * height - 0.003), (radius, height - 0.003)]
    visuals = [VisualPart(meshes.lathe(under + top, 48), glaze)]
    if rng.random() < 0.5:
        band = [(radius - 0.0015, height + 0.0002), (0.955 * radius, 0.91 * height + 0.0004)]
        accent = named_color(rng, BRIGHT)[1] if color == "white" else materials.COLORS["white"]
        visuals.append(VisualPart(meshes.lathe(band, 48), materials.ceramic(accent)))
    return Asset.build(
        "plate",
        visuals,
        vessel(radius, radius - 0.004, height, thick, foot_radius=0.6 * radius),
        rng.uniform(0.35, 0.6),
        color=color,
        material="ceramic",
        yaw_symmetry=0,
        supports=[SupportSurface(disc_outline(0.64 * radius), thick)],
    )


def drinking_glass(rng: Generator) -> Asset:
    """A tumbler of pale tinted glass, straight, conical or faceted."""
    radius, height = rng.uniform(0.032, 0.041), rng.uniform(0.09, 0.145)
    tint = [(0.80, 0.88, 0.88), (0.74, 0.86, 0.93), (0.82, 0.90, 0.80), (0.90, 0.88, 0.84)][rng.integers(4)]
    taper = rng.uniform(0.74, 0.97)
    outside = [(0.0, 0.0), (taper * radius - 0.002, 0.0), (taper * radius, 0.002), (radius, height)]
    body = meshes.lathe(meshes.hollow(outside, 0.0028, 0.009), 12 if rng.random() < 0.3 else 40)
    return Asset.build(
        "drinking glass",
        [VisualPart(body, materials.glass(tint))],
        vessel(radius, radius - 0.005, height, 0.009, foot_radius=taper * radius),
        rng.uniform(0.2, 0.32),
        material="glass",
        yaw_symmetry=0,
    )


def wine_bottle(rng: Generator) -> Asset:
    """A Bordeaux, Burgundy or slender bottle with a paper label and a foil capsule."""
    radius, height = rng.uniform(0.036, 0.041), rng.uniform(0.29, 0.33)
    color, glass = [("green", (0.13, 0.24, 0.13)), ("brown", (0.24, 0.13, 0.07)), ("black", (0.07, 0.08, 0.08))][
        rng.integers(3)
    ]
    shoulder = rng.uniform(0.52, 0.64) * height
    neck = rng.uniform(0.70, 0.76) * height
    side = [
        (radius - 0.003, 0.0),
        (radius, 0.004),
        *meshes.curve([(radius, shoulder), (0.75 * radius, (shoulder + neck) / 2), (0.0145, neck)], 10),
        (0.0140, height - 0.002),
        (0.0125, height),
        (0.0, height),
    ]
    low, tall = 0.14 * height, rng.uniform(0.26, 0.32) * height
    label = meshes.lathe([(radius + 0.0004, low), (radius + 0.0004, low + tall)])
    print_ = prints.label(int(rng.integers(prints.VARIANTS)), "wine", (2 * np.pi * (radius + 0.0004), tall))
    capsule = meshes.lathe([(0.0146, neck + 0.012), (0.0146, height), (0.0, height + 0.0004)], 24)
    return Asset.build(
        "wine bottle",
        [
            VisualPart(meshes.lathe([(0.0, 0.0), *side]), Material("glass", glass, specular=0.7, shininess=0.85)),
            VisualPart(label, materials.printed(print_)),
            VisualPart(capsule, materials.enamel(named_color(rng, ("red", "black", "brown", "purple"))[1])),
        ],
        [
            cylinder_part(radius, shoulder, [0.0, 0.0, shoulder / 2]),
            cylinder_part(0.6 * radius, neck - shoulder, [0.0, 0.0, (neck + shoulder) / 2]),
            cylinder_part(0.014, height - neck, [0.0, 0.0, (neck + height) / 2]),
        ],
        rng.uniform(1.1, 1.3),
        color=color,
        material="glass",
        yaw_symmetry=1,
    )


def water_bottle(rng: Generator) -> Asset:
    """A steel flask with a screw cap, or a sports bottle with a nozzle."""
    radius, height = rng.uniform(0.032, 0.038), rng.uniform(0.20, 0.26)
    color, shade = named_color(rng)
    cap_material = materials.plastic(named_color(rng, ("black", "gray", "white"))[1])
    body = 0.84 * height
    if rng.random() < 0.55:
        side = [
            (radius - 0.004, 0.0),
            (radius, 0.004),
            (radius, 0.86 * body),
            (0.86 * radius, 0.95 * body),
            (0.7 * radius, body),
        ]
        cap = meshes.lathe(
            [
                (0.0, body),
                (0.72 * radius, body),
                (0.72 * radius, height - 0.003),
                (0.66 * radius, height),
                (0.0, height),
            ]
        )
        finish = materials.enamel(shade)
    else:
        side = [
            (radius - 0.003, 0.0),
            *meshes.curve(
                [
                    (radius, 0.003),
                    (radius, 0.4 * body),
                    (0.84 * radius, 0.56 * body),
                    (radius, 0.72 * body),
                    (radius, body),
                ],
                14,
            ),
        ]
        nozzle = meshes.curve(
            [
                (radius, body),
                (0.9 * radius, body + 0.2 * (height - body)),
                (0.3 * radius, body + 0.5 * (height - body)),
            ],
            7,
        )
        cap = meshes.lathe([(0.0, body), *nozzle, (0.3 * radius, height), (0.0, height)])
        finish = materials.plastic(shade)
    return Asset.build(
        "water bottle",
        [VisualPart(meshes.lathe([(0.0, 0.0), *side, (0.0, body)]), finish), VisualPart(cap, cap_material)],
        [
            cylinder_part(radius, 0.95 * body, [0.0, 0.0, 0.475 * body]),
            cylinder_part(0.5 * radius, height - 0.95 * body, [0.0, 0.0, (height + 0.95 * body) / 2]),
        ],
        rng.uniform(0.35, 0.75),
        color=color,
        material="metal",
        yaw_symmetry=0,
    )


def teapot(rng: Generator) -> Asset:
    """A round-bellied ceramic pot with a lid, a curved spout at its left and a loop handle at its right."""
    radius = rng.uniform(0.065, 0.08)
    height = radius * rng.uniform(1.25, 1.6)
    color, shade = named_color(rng)
    glaze = materials.ceramic(shade, rng)
    side = meshes.curve(
        [
            (0.58 * radius, 0.0),
            (0.93 * radius, 0.22 * height),
            (radius, 0.45 * height),
            (0.82 * radius, 0.8 * height),
            (0.5 * radius, height),
        ],
        12,
    )
    body = meshes.lathe([(0.0, 0.0), *side, (0.0, height)])
    lid = meshes.lathe(
        [
            (0.54 * radius, height - 0.001),
            *meshes.curve(
                [(0.54 * radius, height + 0.003), (0.35 * radius, height + 0.011), (0.006, height + 0.015)], 8
            ),
            *meshes.arc((0.0, height + 0.024), 0.010, -0.9, np.pi / 2, 8),
        ]
    )
    spout = meshes.curve(
        [
            (-0.8 * radius, 0.30 * height),
            (-1.25 * radius, 0.45 * height),
            (-1.42 * radius, 0.75 * height),
            (-1.68 * radius, 0.96 * height),
        ],
        12,
    )
    handle = meshes.curve(
        [
            (0.80 * radius, 0.80 * height),
            (1.25 * radius, 0.88 * height),
            (1.52 * radius, 0.58 * height),
            (1.28 * radius, 0.26 * height),
            (0.88 * radius, 0.22 * height),
        ],
        14,
    )
    return Asset.build(
        "teapot",
        [
            VisualPart(
                meshes.merge(
                    body,
                    lid,
                    meshes.tube(upright(spout), np.linspace(0.017, 0.0075, 12)),
                    meshes.tube(upright(handle), 0.0062),
                ),
                glaze,
            )
        ],
        [
            cylinder_part(0.60 * radius, 0.2 * height, [0.0, 0.0, 0.1 * height]),
            cylinder_part(0.96 * radius, 0.6 * height, [0.0, 0.0, 0.45 * height]),
            cylinder_part(0.54 * radius, 0.25 * height + 0.012, [0.0, 0.0, 0.875 * height + 0.006]),
            box_part([0.7 * radius, 0.02, 0.5 * height], [-1.2 * radius, 0.0, 0.62 * height]),
            box_part([0.6 * radius, 0.012, 0.55 * height], [1.15 * radius, 0.0, 0.55 * height]),
        ],
        rng.uniform(0.7, 1.1),
        color=color,
        material="ceramic",
    )


def kettle(rng: Generator) -> Asset:
    """A stove kettle: wide metal cone, short spout at its left, handle arching over the top."""
    radius, height = rng.uniform(0.09, 0.105), rng.uniform(0.115, 0.14)
    if rng.random() < 0.5:
        color, finish = "gray", materials.metal("steel")
    else:
        color, shade = named_color(rng, ("red", "blue", "green", "white", "black", "yellow"))
        finish = materials.enamel(shade)
    dark = materials.plastic(materials.COLORS["black"])
    side = meshes.curve(
        [(radius, 0.008), (0.98 * radius, 0.2 * height), (0.72 * radius, 0.75 * height), (0.42 * radius, height)], 14
    )
    body = meshes.lathe(
        [(0.0, 0.0), (radius - 0.006, 0.0), *side, (0.38 * radius, height + 0.004), (0.0, height + 0.008)]
    )
    knob = meshes.lathe([(0.006, height + 0.006), *meshes.arc((0.0, height + 0.02), 0.012, -1.0, np.pi / 2, 8)], 20)
    spout = np.column_stack([np.linspace(-0.74, -1.28, 6) * radius, np.zeros(6), np.linspace(0.55, 0.86, 6) * height])
    angles = np.linspace(0.04 * np.pi, 0.96 * np.pi, 18)
    rise = rng.uniform(0.85, 1.05) * height
    bow = np.column_stack([0.82 * radius * np.cos(angles), np.zeros(18), 0.48 * height + rise * np.sin(angles)])
    return Asset.build(
        "kettle",
        [
            VisualPart(meshes.merge(body, meshes.tube(spout, np.linspace(0.021, 0.014, 6), 14)), finish),
            VisualPart(meshes.merge(meshes.tube(bow, 0.0068), knob), dark),
        ],
        [
            cylinder_part(radius - 0.004, 0.5 * height, [0.0, 0.0, 0.25 * height]),
            cylinder_part(0.62 * radius, 0.5 * height, [0.0, 0.0, 0.75 * height]),
            box_part([0.45 * radius, 0.035, 0.3 * height], [-1.05 * radius, 0.0, 0.70 * height]),
            box_part([1.1 * radius, 0.014, 0.1 * height], [0.0, 0.0, 0.43 * height + rise]),
        ],
        rng.uniform(0.9, 1.4),
        color=color,
        material="metal",
    )


def cooking_pot(rng: Generator) -> Asset:
    """A steel or enamelled pot with two loop handles, open or with a lid."""
    radius, height = rng.uniform(0.095, 0.125), rng.uniform(0.10, 0.15)
    if rng.random() < 0.5:
        color, finish = "gray", materials.metal("steel")
    else:
        color, shade = named_color(rng, ("red", "blue", "green", "white", "black", "orange"))
        finish = materials.enamel(shade)
    side = [(radius - 0.010, 0.0), (radius - 0.003, 0.003), (radius, 0.010), (radius, height)]
    handles = []
    for side_of in (-1.0, 1.0):
        loop = meshes.curve(
            [
                (radius - 0.003, -0.036),
                (radius + 0.022, -0.030),
                (radius + 0.030, 0.0),
                (radius + 0.022, 0.030),
                (radius - 0.003, 0.036),
            ],
            12,
        )
        handles.append(
            meshes.tube(np.column_stack([side_of * loop[:, 0], loop[:, 1], np.full(12, 0.80 * height)]), 0.0048, 10)
        )
    visuals = [
        VisualPart(meshes.lathe(meshes.hollow([(0.0, 0.0), *side], 0.004, 0.006), 48), finish),
        VisualPart(
            meshes.merge(*handles), finish if rng.random() < 0.6 else materials.plastic(materials.COLORS["black"])
        ),
    ]
    grips = [box_part([0.028, 0.07, 0.009], [s * (radius + 0.014), 0.0, 0.80 * height]) for s in (-1.0, 1.0)]
    parts: list[ConvexPart]
    if rng.random() < 0.5:
        lid = [
            (radius + 0.002, height - 0.002),
            (radius + 0.002, height + 0.003),
            (0.6 * radius, height + 0.014),
            (0.010, height + 0.019),
        ]
        knob = [
            (0.009, height + 0.018),
            (0.009, height + 0.028),
            (0.019, height + 0.032),
            (0.019, height + 0.040),
            (0.0, height + 0.043),
        ]
        visuals.append(VisualPart(meshes.lathe([*lid, (0.0, height + 0.019)], 48), finish))
        visuals.append(VisualPart(meshes.lathe(knob, 24), materials.plastic(materials.COLORS["black"])))
        parts = [
            cylinder_part(radius, height + 0.003, [0.0, 0.0, (height + 0.003) / 2]),
            cylinder_part(0.7 * radius, 0.014, [0.0, 0.0, height + 0.009]),
            cylinder_part(0.019, 0.027, [0.0, 0.0, height + 0.0295]),
            *grips,
        ]
    else:
        parts = [*vessel(radius, radius - 0.006, height, 0.006), *grips]
    return Asset.build(
        "cooking pot", visuals, parts, rng.uniform(1.2, 2.0), color=color, material="metal", yaw_symmetry=2
    )


def frying_pan(rng: Generator) -> Asset:
    """A shallow dark pan with a long handle at its right."""
    radius, height = rng.uniform(0.105, 0.14), rng.uniform(0.038, 0.05)
    outer_name, outer = named_color(rng, ("black", "black", "gray", "red", "blue", "green"))
    dark = Material("metal", (0.10, 0.10, 0.11), specular=0.25, shininess=0.4)
    side = meshes.curve([(0.80 * radius, 0.0), (0.86 * radius, 0.25 * height), (radius, height)], 8)
    profile = meshes.hollow([(0.0, 0.0), *side], 0.004, 0.005)
    rim = len(side) + 4
    length = rng.uniform(0.17, 0.20)
    path = meshes.curve(
        [(0.93 * radius, 0.75 * height), (radius + 0.3 * length, height + 0.006), (radius + length, height + 0.016)], 10
    )
    handle = meshes.stretched(
        meshes.tube(upright(path), np.concatenate([[0.007], np.full(8, 0.0095), [0.006]])),
        [1.0, 1.25, 1.0],
    )
    wooden = rng.random() < 0.35
    grip = materials.wood(rng, "oak") if wooden else materials.plastic(materials.COLORS["black"])
    return Asset.build(
        "frying pan",
        [
            VisualPart(meshes.lathe(profile[:rim], 48), materials.enamel(outer)),
            VisualPart(meshes.lathe(profile[rim - 1 :], 48), dark),
            VisualPart(handle, grip),
        ],
        [
            *vessel(radius, radius - 0.008, height, 0.006, foot_radius=0.82 * radius),
            box_part([length, 0.022, 0.016], [radius + length / 2, 0.0, height + 0.006]),
        ],
        rng.uniform(0.9, 1.5),
        color=outer_name,
        material="metal",
    )


def cutting_board(rng: Generator) -> Asset:
    """A wooden board, plain or with a handle and a hole, or a plastic one."""
    width, depth, thick = rng.uniform(0.30, 0.40), rng.uniform(0.19, 0.26), rng.uniform(0.014, 0.024)
    board = materials.wood(rng, materials.pick(rng, ("oak", "pine", "birch", "walnut")))
    color = materials.wood_color(board)
    paddle = rng.random() < 0.45
    outline, grip = meshes.rounded_rectangle(width, depth, 0.018), 0.0
    if paddle:
        grip = 0.09
        tip = meshes.arc((width / 2 + grip - 0.018, 0.0), 0.018, -np.pi / 2, np.pi / 2, 6)
        neck = [(width / 2, -0.019), *tip, (width / 2, 0.019)]
        # The outline starts at the right end of its upper right corner: the handle comes just before.
        outline = np.concatenate([outline, neck])
    mesh = meshes.extrude(outline, thick, bevel=0.003)
    mesh = Mesh(mesh.vertices, mesh.faces, mesh.normals, mesh.uv[:, ::-1])
    parts = [box_part([width, depth, thick], [0.0, 0.0, thick / 2])]
    if paddle:
        parts.append(box_part([grip, 0.034, thick], [(width + grip) / 2, 0.0, thick / 2]))
    return Asset.build(
        "cutting board",
        [VisualPart(mesh, board)],
        parts,
        900.0 * width * depth * thick,
        color=color,
        material="wood",
        yaw_symmetry=1 if paddle else 2,
        supports=[SupportSurface(rectangle(width - 0.02, depth - 0.02), thick)],
    )


def salt_shaker(rng: Generator) -> Asset:
    """A small glass, ceramic or wooden shaker with a metal cap."""
    radius, height = rng.uniform(0.019, 0.024), rng.uniform(0.065, 0.09)
    color, shade = named_color(rng, ("white", "black", "red", "blue", "green", "yellow"))
    body = 0.78 * height
    waist = rng.uniform(0.72, 1.0)
    side = meshes.curve(
        [(radius, 0.002), (radius, 0.12 * height), (waist * radius, 0.55 * height), (0.8 * radius, body)], 10
    )
    dome = meshes.arc((0.0, body), 0.86 * radius, 0.0, np.pi / 2, 8)
    dome[:, 1] = body + (dome[:, 1] - body) * (height - body) / (0.86 * radius)
    return Asset.build(
        "salt shaker",
        [
            VisualPart(
                meshes.lathe([(0.0, 0.0), (radius - 0.002, 0.0), *side, (0.0, body)], 32), materials.ceramic(shade)
            ),
            VisualPart(meshes.lathe([(0.0, body), *dome], 32), materials.metal("steel")),
        ],
        [
            cylinder_part(radius, body, [0.0, 0.0, body / 2]),
            cylinder_part(0.8 * radius, height - body, [0.0, 0.0, (height + body) / 2]),
        ],
        rng.uniform(0.09, 0.16),
        color=color,
        material="ceramic",
        yaw_symmetry=0,
    )


_PRESERVES = {
    "red": (0.55, 0.10, 0.10),
    "orange": (0.86, 0.45, 0.10),
    "yellow": (0.88, 0.66, 0.18),
    "purple": (0.28, 0.12, 0.28),
    "green": (0.45, 0.50, 0.20),
}


def jar(rng: Generator) -> Asset:
    """A jar of preserves: coloured contents, a metal lid and a label."""
    radius, height = rng.uniform(0.033, 0.043), rng.uniform(0.085, 0.125)
    color = materials.pick(rng, list(_PRESERVES))
    body = height - 0.018
    side = meshes.curve([(radius - 0.003, 0.0), (radius, 0.004), (radius, body - 0.012), (0.84 * radius, body)], 12)
    lid_radius = 0.90 * radius
    lid = [(0.0, body), (lid_radius, body), (lid_radius, height - 0.002), (lid_radius - 0.002, height), (0.0, height)]
    low, tall = 0.2 * body, 0.5 * body
    wrap = meshes.lathe([(radius + 0.0004, low), (radius + 0.0004, low + tall)])
    print_ = prints.label(int(rng.integers(prints.VARIANTS)), "jam", (2 * np.pi * (radius + 0.0004), tall))
    return Asset.build(
        "jar",
        [
            VisualPart(
                meshes.lathe([(0.0, 0.0), *side, (0.0, body)]),
                Material("glass", _PRESERVES[color], specular=0.7, shininess=0.9),
            ),
            VisualPart(
                meshes.lathe(lid),
                materials.metal("brass")
                if rng.random() < 0.5
                else materials.enamel(named_color(rng, ("red", "white", "green"))[1]),
            ),
            VisualPart(wrap, materials.printed(print_)),
        ],
        [cylinder_part(radius, height, [0.0, 0.0, height / 2])],
        rng.uniform(0.35, 0.6),
        color=color,
        material="glass",
        yaw_symmetry=1,
    )


def vase(rng: Generator) -> Asset:
    """A ceramic or glass vase: bottle-necked, trumpet, urn or cylinder."""
    height = rng.uniform(0.16, 0.28)
    radius = height * rng.uniform(0.24, 0.32)
    color, shade = named_color(rng)
    shape = [
        ((0.55, 0.0), (0.98, 0.25), (1.0, 0.42), (0.42, 0.72), (0.34, 0.88), (0.46, 1.0)),
        ((0.62, 0.0), (0.60, 0.25), (0.58, 0.5), (0.70, 0.78), (1.0, 1.0)),
        ((0.48, 0.0), (0.72, 0.28), (1.0, 0.66), (0.88, 0.86), (0.62, 0.94), (0.68, 1.0)),
        ((0.80, 0.0), (0.82, 0.3), (0.82, 0.7), (0.82, 1.0)),
    ][rng.integers(4)]
    side = meshes.curve(np.array(shape) * [radius, height], 15)
    profile = meshes.hollow([(0.0, 0.0), *side], 0.005, 0.6 * height)
    middle = float(np.max(side[:, 0]))
    foot = float(side[0, 0])
    return Asset.build(
        "vase",
        [VisualPart(meshes.lathe(profile, 44), materials.ceramic(shade, rng))],
        [
            cylinder_part(foot, 0.2 * height, [0.0, 0.0, 0.1 * height]),
            cylinder_part(0.9 * middle, 0.45 * height, [0.0, 0.0, 0.42 * height]),
            cylinder_part(float(side[-1, 0]) * 0.9, 0.35 * height, [0.0, 0.0, 0.825 * height]),
        ],
        rng.uniform(0.6, 1.2) * height / 0.2,
        color=color,
        material="ceramic",
        yaw_symmetry=0,
    )


def pitcher(rng: Generator) -> Asset:
    """A jug with a pouring lip at its left and a handle at its right."""
    radius, height = rng.uniform(0.058, 0.07), rng.uniform(0.18, 0.23)
    color, shade = named_color(rng)
    glaze = materials.ceramic(shade, rng)
    side = meshes.curve(
        [
            (0.78 * radius, 0.0),
            (radius, 0.28 * height),
            (0.88 * radius, 0.6 * height),
            (0.68 * radius, 0.82 * height),
            (0.84 * radius, height),
        ],
        13,
    )
    body = meshes.lathe(meshes.hollow([(0.0, 0.0), *side], 0.004, 0.45 * height), 44)
    # The lip: the rim's left side drawn outwards and up, more the nearer to the top.
    vertices = body.vertices.copy()
    toward = (
        np.clip(-vertices[:, 0] / (0.84 * radius), 0.0, 1.0) ** 6
        * np.clip((vertices[:, 2] / height - 0.80) / 0.2, 0.0, 1.0) ** 1.5
    )
    vertices[:, 0] -= 0.32 * radius * toward
    vertices[:, 2] += 0.06 * height * toward
    handle = meshes.curve(
        [
            (0.78 * radius, 0.88 * height),
            (1.25 * radius, 0.90 * height),
            (1.55 * radius, 0.66 * height),
            (1.35 * radius, 0.36 * height),
            (0.95 * radius, 0.30 * height),
        ],
        16,
    )
    return Asset.build(
        "pitcher",
        [
            VisualPart(
                meshes.merge(
                    Mesh(vertices, body.faces, body.normals, body.uv),
                    meshes.tube(upright(handle), 0.0075),
                ),
                glaze,
            )
        ],
        [
            cylinder_part(0.78 * radius, 0.15 * height, [0.0, 0.0, 0.075 * height]),
            cylinder_part(0.95 * radius, 0.5 * height, [0.0, 0.0, 0.40 * height]),
            cylinder_part(0.80 * radius, 0.35 * height, [0.0, 0.0, 0.825 * height]),
            box_part([0.55 * radius, 0.014, 0.55 * height], [1.25 * radius, 0.0, 0.62 * height]),
        ],
        rng.uniform(0.8, 1.2),
        color=color,
        material="ceramic",
    )


def tray(rng: Generator) -> Asset:
    """A serving tray with a raised rim and two handles cut into it."""
    width, depth, height = rng.uniform(0.36, 0.46), rng.uniform(0.25, 0.32), rng.uniform(0.028, 0.042)
    if rng.random() < 0.6:
        finish = materials.wood(rng)
        color, named = materials.wood_color(finish), "wood"
    else:
        color, shade = named_color(rng)
        finish, named = materials.lacquered(shade), "wood"
    floor, wall = 0.008, 0.011
    boards = [moved(meshes.box([width - wall, depth - wall, floor]), z=floor / 2)]
    for side_of in (-1.0, 1.0):
        boards.append(moved(meshes.box([width, wall, height], 0.003), y=side_of * (depth - wall) / 2, z=height / 2))
        boards.append(
            moved(meshes.box([wall, depth - 2 * wall, height], 0.003), x=side_of * (width - wall) / 2, z=height / 2)
        )
        bow = meshes.curve([(-0.055, 0.0), (-0.045, 0.020), (0.0, 0.026), (0.045, 0.020), (0.055, 0.0)], 10)
        path = np.column_stack([np.full(10, side_of * (width - wall) / 2), bow[:, 0], height - 0.002 + bow[:, 1]])
        boards.append(meshes.tube(path, 0.0045, 8))
    parts = [box_part([width, depth, floor], [0.0, 0.0, floor / 2])]
    for s in (-1.0, 1.0):
        parts.append(box_part([width, wall, height], [0.0, s * (depth - wall) / 2, height / 2]))
        parts.append(box_part([wall, depth, height], [s * (width - wall) / 2, 0.0, height / 2]))
        parts.append(box_part([0.009, 0.10, 0.026], [s * (width - wall) / 2, 0.0, height + 0.012]))
    return Asset.build(
        "tray",
        [VisualPart(meshes.merge(*boards), finish)],
        parts,
        rng.uniform(0.7, 1.1),
        color=color,
        material=named,
        yaw_symmetry=2,
        supports=[SupportSurface(rectangle(width - 2 * wall - 0.008, depth - 2 * wall - 0.008), floor)],
    )


TABLEWARE: dict[str, Callable[[Generator], Asset]] = {
    "mug": mug,
    "bowl": bowl,
    "plate": plate,
    "drinking glass": drinking_glass,
    "wine bottle": wine_bottle,
    "water bottle": water_bottle,
    "teapot": teapot,
    "kettle": kettle,
    "cooking pot": cooking_pot,
    "frying pan": frying_pan,
    "cutting board": cutting_board,
    "salt shaker": salt_shaker,
    "jar": jar,
    "vase": vase,
    "pitcher": pitcher,
    "tray": tray,
}
