"""What lies on a desk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import materials, meshes, prints, textures
from gsi_ray.scenes.assets import Asset, ConvexPart, Material, Mesh, VisualPart
from gsi_ray.scenes.catalog.forms import copies, front_panel, moved, turned, upright
from gsi_ray.scenes.materials import BRIGHT, named_color, shaded
from gsi_ray.scenes.solids import box_part, cylinder_part
from gsi_ray.spatial.rotations import about_axis

_DARK = materials.plastic((0.09, 0.09, 0.10))
_SILVER = Material("metal", (0.74, 0.75, 0.77), specular=0.45, shininess=0.5)
_X, _Y, _Z = np.eye(3)


def book(rng: Generator) -> Asset:
    """A hardback lying flat: boards, a rounded spine at its left, a block of pages."""
    width, depth, thick = rng.uniform(0.13, 0.19), rng.uniform(0.19, 0.26), rng.uniform(0.018, 0.042)
    color, cloth = named_color(rng)
    cover = materials.printed(
        prints.book_cover(int(rng.integers(prints.VARIANTS)), materials.COLORS[color], (width, depth))
    )
    cloth = materials.COLORS[color]
    board = 0.003
    inset = 0.004
    lower = moved(meshes.box([width, depth, board], 0.0008), z=board / 2)
    upper = moved(meshes.box([width, depth, board], 0.0008), z=thick - board / 2)
    spine = meshes.arc((0.0, 0.0), thick / 2 - 0.0001, np.pi / 2, 3 * np.pi / 2, 9) * [0.3, 1.0]
    back = meshes.extrude(np.concatenate([spine, [(0.002, -thick / 2), (0.002, thick / 2)]]), depth)
    back = moved(turned(back, _X, np.pi / 2), x=0.001 - width / 2, y=depth / 2, z=thick / 2)
    block = [width - inset, depth - 2 * inset, thick - 2 * board]
    pages = meshes.box(block)
    title = moved(meshes.sheet(width, depth), z=thick + 0.0002)
    return Asset.build(
        "book",
        [
            VisualPart(meshes.merge(lower, upper, back), Material("cloth", cloth, specular=0.08, shininess=0.2)),
            VisualPart(moved(pages, x=-inset / 2, z=thick / 2), materials.printed(prints.book_pages((0.05, 0.02)))),
            VisualPart(title, cover),
        ],
        [box_part([width, depth, thick], [0.0, 0.0, thick / 2])],
        620.0 * width * depth * thick,
        color=color,
        material="paper",
    )


def laptop(rng: Generator) -> Asset:
    """An open laptop, its screen tilted back."""
    width = rng.uniform(0.31, 0.36)
    depth, thick = 0.68 * width, 0.014
    color, body = [
        ("gray", _SILVER),
        ("gray", Material("metal", (0.42, 0.43, 0.45), specular=0.4, shininess=0.5)),
        ("black", _DARK),
    ][rng.integers(3)]
    tilt = rng.uniform(0.20, 0.42)
    lid, lid_thick = 0.66 * width, 0.006
    base = moved(meshes.extrude(meshes.rounded_rectangle(width, depth, 0.010), thick, bevel=0.003), y=0.0)
    key_width, key_depth = 0.88 * width, 0.42 * depth
    keys = moved(meshes.sheet(key_width, key_depth), y=0.18 * depth, z=thick + 0.0003)
    caps = prints.keys(0.29, 0.29 * key_depth / key_width, 5, (0.13, 0.13, 0.14), (0.20, 0.20, 0.21))
    caps = prints.fitted(caps, (key_width, key_depth))
    pad = moved(meshes.sheet(0.34 * width, 0.28 * depth), y=-0.27 * depth, z=thick + 0.0003)
    panel = turned(meshes.extrude(meshes.rounded_rectangle(width, lid, 0.010), lid_thick, bevel=0.002), _X, np.pi / 2)
    picture = moved(front_panel(width - 0.016, lid - 0.022), y=-lid_thick - 0.0003, z=0.003)
    bezel = moved(front_panel(width - 0.006, lid - 0.008), y=-lid_thick - 0.0001)
    hinge = np.array([0.0, depth / 2 - 0.004, thick])

    def raised(mesh: Mesh) -> Mesh:
        tilted = turned(moved(mesh, z=lid / 2), _X, -tilt)
        return moved(tilted, y=float(hinge[1]), z=float(hinge[2]))

    shown = prints.screen(int(rng.integers(prints.VARIANTS)), (0.32, 0.19))
    shown = prints.fitted(shown, (width - 0.016, lid - 0.022))
    turn = about_axis(_X, -tilt)
    return Asset.build(
        "laptop",
        [
            VisualPart(meshes.merge(base, raised(panel)), body),
            VisualPart(meshes.merge(raised(bezel)), _DARK),
            VisualPart(keys, materials.printed(caps)),
            VisualPart(pad, Material("metal", shaded(body.color, 0.85), specular=0.3, shininess=0.5)),
            VisualPart(raised(picture), Material("glass", texture=shown, emission=0.35, specular=0.3, shininess=0.7)),
        ],
        [
            box_part([width, depth, thick], [0.0, 0.0, thick / 2]),
            box_part([width, lid_thick, lid], hinge + turn @ [0.0, -lid_thick / 2, lid / 2], turn),
        ],
        rng.uniform(1.2, 1.9),
        color=color,
        material="metal",
    )


def keyboard(rng: Generator) -> Asset:
    """A flat slab with five rows of separate keys."""
    width, depth, thick = rng.uniform(0.36, 0.44), rng.uniform(0.12, 0.14), 0.014
    color, cap, base = [
        ("black", (0.12, 0.12, 0.13), (0.07, 0.07, 0.08)),
        ("white", (0.95, 0.95, 0.94), (0.84, 0.85, 0.86)),
        ("gray", (0.62, 0.63, 0.64), (0.48, 0.49, 0.50)),
    ][rng.integers(3)]
    body = meshes.extrude(meshes.rounded_rectangle(width, depth, 0.008), thick, bevel=0.003)
    pitch = (depth - 0.018) / 5
    counts = int((width - 0.016) / pitch)
    start = -pitch * counts / 2
    places: dict[float, list[tuple[float, float, float]]] = {1.0: [], 6.0: []}
    for row in range(5):
        spans = [1.0, 1.0, 1.0, 6.0] + [1.0] * (counts - 9) if row == 4 else [1.0] * counts
        ends = start + pitch * np.cumsum(spans)
        for span, end in zip(spans, ends, strict=True):
            y = depth / 2 - 0.009 - pitch * (row + 0.5)
            places[span].append((float(end) - span * pitch / 2, y, thick + 0.002))
    caps = [copies(meshes.box([span * pitch - 0.003, pitch - 0.003, 0.007]), at) for span, at in places.items()]
    return Asset.build(
        "keyboard",
        [VisualPart(body, materials.plastic(base)), VisualPart(meshes.merge(*caps), materials.plastic(cap))],
        [box_part([width, depth, thick + 0.0055], [0.0, 0.0, (thick + 0.0055) / 2])],
        rng.uniform(0.45, 0.8),
        color=color,
        material="plastic",
    )


def computer_mouse(rng: Generator) -> Asset:
    """A wireless mouse: a smooth back, two buttons and a wheel; its buttons face away from the user, to +y."""
    width, length, height = rng.uniform(0.058, 0.066), rng.uniform(0.10, 0.115), rng.uniform(0.034, 0.040)
    color, shade = named_color(rng, ("black", "black", "white", "gray", "red", "blue"))
    ball = meshes.sphere(1.0, 32)
    unit = ball.vertices
    side = np.sign(unit[:, :2]) * np.abs(unit[:, :2]) ** 0.72
    level = np.maximum(unit[:, 2], 0.0) ** 0.75
    hump = 1.0 - 0.30 * (side[:, 1] * 0.5 + 0.5)
    vertices = np.column_stack(
        [width / 2 * side[:, 0] * (1.0 - 0.06 * unit[:, 1]), length / 2 * side[:, 1], height * level * hump]
    )
    normals = unit / [width / 2, length / 2, height]
    normals[:, 2] = np.maximum(normals[:, 2], 0.0)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    normals[unit[:, 2] < -0.999] = -_Z
    body = Mesh(vertices, ball.faces, normals, vertices[:, :2])
    wheel = moved(
        turned(meshes.cylinder(0.010, 0.007, 20, bevel=0.002), _Y, np.pi / 2), y=0.27 * length, z=0.60 * height
    )
    seam_y = np.linspace(0.06, 0.44, 9) * length
    seam_z = (
        height
        * np.clip(1.0 - (2 * seam_y / length) ** (2 / 0.72), 0.0, 1.0) ** (0.75 / 2)
        * (1.0 - 0.30 * (seam_y / length + 0.5))
    )
    seam = meshes.tube(np.column_stack([np.zeros(9), seam_y, seam_z]), 0.0009, 6)
    return Asset.build(
        "computer mouse",
        [
            VisualPart(body, materials.plastic(shade)),
            VisualPart(
                meshes.merge(wheel, seam), materials.rubber((0.2, 0.2, 0.2) if color == "black" else (0.12, 0.12, 0.13))
            ),
        ],
        [
            box_part([0.85 * width, 0.9 * length, 0.5 * height], [0.0, 0.0, 0.25 * height]),
            box_part([0.6 * width, 0.55 * length, 0.4 * height], [0.0, -0.1 * length, 0.62 * height]),
        ],
        rng.uniform(0.08, 0.12),
        color=color,
        material="plastic",
    )


def monitor(rng: Generator) -> Asset:
    """A computer display on a stand."""
    width = rng.uniform(0.50, 0.62)
    tall, thick = 0.58 * width, 0.026
    lift = rng.uniform(0.08, 0.13)
    dark = rng.random() < 0.7
    shell = _DARK if dark else _SILVER
    frame = moved(meshes.box([width, thick, tall], 0.006), z=lift + tall / 2)
    hump = moved(meshes.box([0.5 * width, 0.03, 0.5 * tall], 0.012), y=0.022, z=lift + tall / 2)
    picture = moved(front_panel(width - 0.018, tall - 0.024), y=-thick / 2 - 0.0004, z=lift + tall / 2 + 0.003)
    bezel = moved(front_panel(width - 0.006, tall - 0.006), y=-thick / 2 - 0.0002, z=lift + tall / 2)
    foot_width, foot_depth = rng.uniform(0.22, 0.27), rng.uniform(0.16, 0.20)
    base = moved(meshes.extrude(meshes.rounded_rectangle(foot_width, foot_depth, 0.03), 0.010, bevel=0.003), y=0.03)
    neck = moved(meshes.box([0.06, 0.022, lift + 0.2 * tall], 0.004), y=0.045, z=(lift + 0.2 * tall) / 2 + 0.005)
    shown = prints.screen(int(rng.integers(prints.VARIANTS)), (0.54, 0.31))
    shown = prints.fitted(shown, (width - 0.018, tall - 0.024))
    return Asset.build(
        "monitor",
        [
            VisualPart(meshes.merge(frame, hump, base, neck), shell),
            VisualPart(bezel, _DARK),
            VisualPart(picture, Material("glass", texture=shown, emission=0.35, specular=0.3, shininess=0.7)),
        ],
        [
            box_part([width, thick, tall], [0.0, 0.0, lift + tall / 2]),
            box_part([foot_width, foot_depth, 0.010], [0.0, 0.03, 0.005]),
            box_part([0.06, 0.022, lift], [0.0, 0.045, lift / 2 + 0.005]),
        ],
        rng.uniform(3.2, 5.0),
        color="black" if dark else "gray",
        material="plastic",
    )


def desk_lamp(rng: Generator) -> Asset:
    """A jointed lamp with a conical shade, leaning to its front, or a stem with a fabric drum."""
    color, shade = named_color(rng)
    height = rng.uniform(0.36, 0.46)
    foot = rng.uniform(0.075, 0.09)
    parts: list[ConvexPart]
    if rng.random() < 0.5:
        finish = materials.enamel(shade)
        elbow, head = np.array([0.0, 0.07, 0.62 * height]), np.array([0.0, -0.10, 0.94 * height])
        base = meshes.lathe([(0.0, 0.0), (foot, 0.0), (foot, 0.012), (0.9 * foot, 0.018), (0.0, 0.020)])
        rods = [meshes.tube(np.array([(0.0, 0.02, 0.018), elbow]), 0.006), meshes.tube([elbow, head], 0.006)]
        joints = [moved(meshes.sphere(0.011, 16), *point) for point in (elbow, head)]
        bell = meshes.lathe(
            meshes.hollow([(0.0, -0.02), (0.022, -0.02), (0.028, 0.0), (0.066, 0.075), (0.070, 0.085)], 0.002, 0.0), 36
        )
        lean = np.pi - 0.45
        bell = moved(turned(moved(bell, z=0.0), _X, lean), *head)
        bulb = moved(turned(moved(meshes.sphere(0.026, 18), z=0.045), _X, lean), *head)
        visuals = [
            VisualPart(meshes.merge(base, bell), finish),
            VisualPart(meshes.merge(*rods, *joints), materials.metal("steel")),
            VisualPart(bulb, materials.glowing((1.0, 0.93, 0.78))),
        ]
        turn = about_axis(_X, float(np.arctan2(0.10 + 0.07, 0.32 * height)))
        parts = [
            cylinder_part(foot, 0.02, [0.0, 0.0, 0.01]),
            box_part([0.012, 0.05, 0.6 * height], [0.0, 0.045, 0.32 * height]),
            box_part([0.012, 0.012, 0.36 * height], (elbow + head) / 2, turn),
            box_part([0.09, 0.09, 0.05], head + [0.0, -0.020, -0.040]),
        ]
    else:
        base = meshes.lathe([(0.0, 0.0), (foot, 0.0), (foot, 0.014), (0.2 * foot, 0.024), (0.0, 0.024)])
        stem = meshes.cylinder(0.007, 0.6 * height)
        drum, low = rng.uniform(0.085, 0.105), 0.58 * height
        cloth = meshes.lathe(
            [(drum, low), (0.78 * drum, height), (0.77 * drum, height - 0.001), (0.99 * drum, low)], 40
        )
        bulb = moved(meshes.sphere(0.03, 18), z=0.70 * height)
        visuals = [
            VisualPart(
                meshes.merge(base, moved(stem, z=0.3 * height + 0.02)),
                materials.metal(materials.pick(rng, ("brass", "steel", "dark steel"))),
            ),
            VisualPart(cloth, Material("fabric", shade, textures.weave(), specular=0.0, shininess=0.0, emission=0.25)),
            VisualPart(bulb, materials.glowing((1.0, 0.93, 0.78))),
        ]
        parts = [
            cylinder_part(foot, 0.02, [0.0, 0.0, 0.01]),
            cylinder_part(0.01, 0.56 * height, [0.0, 0.0, 0.30 * height]),
            cylinder_part(0.88 * drum, 0.42 * height, [0.0, 0.0, 0.79 * height]),
        ]
    return Asset.build(
        "desk lamp", visuals, parts, rng.uniform(1.0, 1.6), color=color, yaw_symmetry=1 if len(parts) == 4 else 0
    )


def pen_holder(rng: Generator) -> Asset:
    """A cup full of pens and pencils."""
    radius, height = rng.uniform(0.036, 0.044), rng.uniform(0.09, 0.11)
    color, shade = named_color(rng)
    segments = 6 if rng.random() < 0.3 else 36
    cup = meshes.lathe(meshes.hollow([(0.0, 0.0), (radius, 0.0), (radius, height)], 0.003, 0.004), segments)
    pens = []
    for i in range(int(rng.integers(3, 6))):
        angle = 2.0 * np.pi * (i + rng.uniform(-0.2, 0.2)) / 4.0
        lean = np.array([np.cos(angle), np.sin(angle), 0.0])
        length = rng.uniform(0.135, 0.17)
        low = np.array([0.0, 0.0, 0.006]) - 0.4 * radius * lean
        high = low + [*(1.0 * radius * lean[:2]), length]
        share = np.array([0.0, 0.93, 1.0])
        pen = meshes.tube(low + share[:, None] * (high - low), np.array([0.0042, 0.0042, 0.0012]), 8)
        pens.append(VisualPart(pen, materials.plastic(named_color(rng, (*BRIGHT, "black"))[1])))
    body = materials.plastic(shade) if rng.random() < 0.6 else materials.ceramic(shade)
    return Asset.build(
        "pen holder",
        [VisualPart(cup, body), *pens],
        [
            cylinder_part(radius * (0.92 if segments == 6 else 1.0), height, [0.0, 0.0, height / 2]),
            cylinder_part(0.5 * radius, 0.03, [0.0, 0.0, height + 0.015]),
        ],
        rng.uniform(0.15, 0.3),
        color=color,
    )


def stapler(rng: Generator) -> Asset:
    """A desk stapler: base, arm and rubber foot; its mouth faces left."""
    length, width = rng.uniform(0.13, 0.16), rng.uniform(0.034, 0.040)
    color, shade = named_color(rng, ("black", "red", "blue", "gray", "green", "white"))
    side = meshes.curve([(-0.5, 0.30), (-0.47, 0.46), (-0.2, 0.56), (0.2, 0.60), (0.42, 0.56), (0.5, 0.40)], 14) * [
        length,
        0.105,
    ]
    outline = np.concatenate([side[::-1], [(-0.5 * length, 0.024), (0.5 * length, 0.016)]])
    arm = moved(turned(meshes.extrude(outline, width, bevel=0.005), _X, np.pi / 2), y=width / 2)
    base = meshes.extrude(meshes.rounded_rectangle(1.04 * length, width, 0.014), 0.009, bevel=0.002)
    magazine = moved(meshes.box([0.95 * length, 0.5 * width, 0.010]), z=0.016)
    return Asset.build(
        "stapler",
        [
            VisualPart(arm, materials.plastic(shade)),
            VisualPart(base, materials.plastic((0.12, 0.12, 0.13))),
            VisualPart(magazine, materials.metal("steel")),
        ],
        [
            box_part([1.04 * length, width, 0.012], [0.0, 0.0, 0.006]),
            box_part([0.96 * length, width, 0.042], [0.0, 0.0, 0.033]),
        ],
        rng.uniform(0.2, 0.35),
        color=color,
        material="plastic",
    )


def tape_dispenser(rng: Generator) -> Asset:
    """A weighted base that holds a roll of clear tape, its cutter to the left."""
    length, width, height = rng.uniform(0.14, 0.165), 0.045, rng.uniform(0.062, 0.072)
    color, shade = named_color(rng, ("black", "gray", "red", "blue", "yellow", "white"))
    side = meshes.curve(
        [(0.5, 0.10), (0.46, 0.40), (0.26, 0.62), (0.02, 0.38), (-0.26, 0.32), (-0.42, 0.62), (-0.5, 0.58)], 20
    )
    outline = np.concatenate([[(-0.5 * length, 0.0), (0.5 * length, 0.0)], side * [length, height]])
    shell = moved(turned(meshes.extrude(outline, width, bevel=0.003), _X, np.pi / 2), y=width / 2)
    roll = meshes.lathe([(0.017, -0.011), (0.034, -0.011), (0.034, 0.011), (0.017, 0.011), (0.017, -0.011)], 32)
    hub = meshes.lathe([(0.0, -0.013), (0.017, -0.013), (0.017, 0.013), (0.0, 0.013)], 24)
    lying = [turned(piece, _X, np.pi / 2) for piece in (roll, hub)]
    at = {"x": 0.06 * length, "z": height - 0.016}
    cutter = moved(meshes.box([0.004, 0.03, 0.012]), x=-0.48 * length, z=0.60 * height)
    return Asset.build(
        "tape dispenser",
        [
            VisualPart(shell, materials.plastic(shade)),
            VisualPart(moved(lying[0], **at), Material("tape", (0.86, 0.80, 0.62), specular=0.5, shininess=0.7)),
            VisualPart(moved(lying[1], **at), materials.plastic((0.9, 0.9, 0.88))),
            VisualPart(cutter, materials.metal("steel")),
        ],
        [
            box_part([length, width, 0.40 * height], [0.0, 0.0, 0.20 * height]),
            box_part([0.055, 0.022, 0.9 * height], [0.06 * length, 0.0, 0.55 * height + 0.012]),
        ],
        rng.uniform(0.5, 0.8),
        color=color,
        material="plastic",
    )


def cell_phone(rng: Generator) -> Asset:
    """A smartphone lying on its back."""
    width, length, thick = rng.uniform(0.070, 0.078), rng.uniform(0.145, 0.162), 0.0085
    color, shade = named_color(rng, ("black", "white", "blue", "red", "gray", "pink"))
    body = meshes.extrude(meshes.rounded_rectangle(width, length, 0.010), thick, bevel=0.003)
    glass = meshes.extrude(meshes.rounded_rectangle(width - 0.004, length - 0.004, 0.009), 0.0004)
    lit = prints.phone_screen(int(rng.integers(prints.VARIANTS)), (0.066, 0.146))
    lit = prints.fitted(lit, (width - 0.010, length - 0.014))
    return Asset.build(
        "cell phone",
        [
            VisualPart(body, materials.enamel(shade)),
            VisualPart(moved(glass, z=thick), Material("glass", (0.05, 0.05, 0.06), specular=0.7, shininess=0.9)),
            VisualPart(
                moved(meshes.sheet(width - 0.010, length - 0.014), z=thick + 0.0007),
                Material("glass", texture=lit, emission=0.35, specular=0.4, shininess=0.9),
            ),
        ],
        [box_part([width, length, thick + 0.0005], [0.0, 0.0, thick / 2])],
        rng.uniform(0.16, 0.22),
        color=color,
        material="plastic",
    )


def headphones(rng: Generator) -> Asset:
    """Over-ear headphones lying flat: two cushioned cups joined by a bow."""
    color, shade = named_color(rng, ("black", "white", "gray", "red", "blue"))
    reach, cup, thick = rng.uniform(0.075, 0.085), rng.uniform(0.036, 0.041), 0.035
    angles = np.linspace(-0.10 * np.pi, 1.10 * np.pi, 26)
    bow = np.column_stack([reach * np.cos(angles), 1.12 * reach * np.sin(angles), np.full(26, 0.0092)])
    band = meshes.tube(bow, 0.0085, 10)
    pads, shells = [], []
    for side in (-1.0, 1.0):
        at = {"x": side * (reach - 0.006), "y": -0.36 * reach}
        turn = side * 0.10
        shell = meshes.lathe([(0.0, 0.0), (0.7 * cup, 0.0), (cup, 0.006), (cup, 0.018), (0.0, 0.018)], 28)
        pad = meshes.lathe(
            [(cup, 0.018), *meshes.arc((0.72 * cup, 0.022), 0.013, 0.0, np.pi, 7), (0.4 * cup, 0.019), (0.0, 0.019)], 28
        )
        shells.append(moved(turned(meshes.stretched(shell, [0.85, 1.1, 1.0]), _Z, turn), **at))
        pads.append(moved(turned(meshes.stretched(pad, [0.85, 1.1, 1.0]), _Z, turn), **at))
    parts = [
        box_part([1.6 * cup, 2.1 * cup, thick], [s * (reach - 0.006), -0.36 * reach, thick / 2]) for s in (-1.0, 1.0)
    ]
    parts.append(box_part([1.2 * reach, 0.03, 0.017], [0.0, 1.05 * reach, 0.0092]))
    return Asset.build(
        "headphones",
        [
            VisualPart(meshes.merge(band, *shells), materials.plastic(shade)),
            VisualPart(meshes.merge(*pads), materials.leather((0.13, 0.13, 0.14), rng)),
        ],
        parts,
        rng.uniform(0.2, 0.32),
        color=color,
        material="plastic",
    )


def alarm_clock(rng: Generator) -> Asset:
    """A round clock on two feet with twin bells, or a block with a dial."""
    radius = rng.uniform(0.045, 0.058)
    color, shade = named_color(rng)
    face = prints.dial(int(rng.integers(4)), 0.1)
    face = prints.fitted(face, (1.76 * radius, 1.76 * radius))
    ring = meshes.arc((0.0, 0.0), 0.88 * radius, 0.0, 2 * np.pi, 33)[:-1]
    plate = meshes.extrude(ring, 0.001)
    plate = Mesh(plate.vertices, plate.faces, plate.normals, plate.vertices[:, :2] + 0.88 * radius)
    plate = turned(plate, _X, np.pi / 2)
    thick = rng.uniform(0.038, 0.05)
    if rng.random() < 0.6:
        lift = radius + 0.012
        drum = turned(meshes.cylinder(radius, thick, 36, bevel=0.005), _X, np.pi / 2)
        bells = [
            moved(
                turned(
                    meshes.lathe([(0.0, 0.0), (0.022, 0.0), *meshes.arc((0.0, 0.0), 0.022, 0.0, np.pi / 2, 8)], 20),
                    _Y,
                    side * 0.6,
                ),
                x=side * 0.62 * radius,
                z=lift + 0.86 * radius,
            )
            for side in (-1.0, 1.0)
        ]
        feet = [
            piece
            for side in (-1.0, 1.0)
            for piece in (
                meshes.tube([(side * 0.45 * radius, 0.0, 0.35 * radius), (side * 0.62 * radius, 0.0, 0.006)], 0.004, 8),
                moved(meshes.sphere(0.006, 12), x=side * 0.62 * radius, z=0.006),
            )
        ]
        handle = meshes.tube(
            upright(meshes.arc((0.0, lift + 0.9 * radius), 0.35 * radius, 0.15, np.pi - 0.15, 10)), 0.003, 8
        )
        visuals = [
            VisualPart(moved(drum, z=lift), materials.enamel(shade)),
            VisualPart(meshes.merge(*bells, *feet, handle), materials.metal(materials.pick(rng, ("brass", "steel")))),
        ]
        parts = [
            box_part([1.3 * radius, 0.8 * thick, 0.8 * radius], [0.0, 0.0, 0.4 * radius]),
            box_part([1.9 * radius, thick, 1.5 * radius], [0.0, 0.0, lift + 0.1 * radius]),
            box_part([1.6 * radius, 0.04, 0.4 * radius], [0.0, 0.0, lift + 1.05 * radius]),
        ]
    else:
        side, lift = 2.3 * radius, 1.15 * radius
        body = meshes.box([side, thick, side], 0.008)
        visuals = [
            VisualPart(moved(body, z=lift), materials.wood(rng) if rng.random() < 0.5 else materials.plastic(shade))
        ]
        if visuals[0].material.name != "plastic":
            color = materials.wood_color(visuals[0].material)
        parts = [box_part([side, thick, side], [0.0, 0.0, lift])]
    visuals.append(
        VisualPart(moved(plate, y=-thick / 2, z=lift), Material("paper", texture=face, specular=0.3, shininess=0.7))
    )
    return Asset.build("alarm clock", visuals, parts, rng.uniform(0.2, 0.35), color=color)


def globe(rng: Generator) -> Asset:
    """A tilted globe in a meridian bow on a foot."""
    radius = rng.uniform(0.09, 0.12)
    tilt = 0.41
    lift = 1.12 * radius + 0.045
    ball = meshes.sphere(radius, 36)
    circumference = 2 * np.pi * radius
    ball = Mesh(ball.vertices, ball.faces, ball.normals, ball.uv + [0.0, circumference / 4])
    map_ = prints.globe_map(int(rng.integers(4)), 0.66)
    map_ = prints.fitted(map_, (circumference, circumference / 2))
    frame = materials.metal(materials.pick(rng, ("brass", "steel", "dark steel")))
    bow = upright(meshes.arc((0.0, 0.0), 1.08 * radius, -0.5 * np.pi, 0.5 * np.pi, 24))
    pins = [moved(meshes.cylinder(0.005, 0.12 * radius, 12), z=side * 1.04 * radius) for side in (-1.0, 1.0)]
    tilted = turned(meshes.merge(meshes.tube(bow, 0.0045, 10), *pins), _Y, tilt)
    stem = meshes.lathe(
        [
            (0.0, 0.0),
            (0.62 * radius, 0.0),
            (0.62 * radius, 0.010),
            (0.12 * radius, 0.026),
            (0.06 * radius, 0.05),
            (0.0, 0.05),
        ]
    )
    wooden = rng.random() < 0.5
    return Asset.build(
        "globe",
        [
            VisualPart(
                moved(turned(ball, _Y, tilt), z=lift), Material("paper", texture=map_, specular=0.3, shininess=0.5)
            ),
            VisualPart(moved(tilted, z=lift), frame),
            VisualPart(stem, materials.wood(rng, "walnut") if wooden else frame),
        ],
        [
            cylinder_part(0.62 * radius, 0.012, [0.0, 0.0, 0.006]),
            cylinder_part(0.1 * radius, 0.05, [0.0, 0.0, 0.03]),
            cylinder_part(radius, radius, [0.0, 0.0, lift]),
            cylinder_part(0.68 * radius, 1.72 * radius, [0.0, 0.0, lift]),
        ],
        rng.uniform(0.6, 1.1),
    )


def calculator(rng: Generator) -> Asset:
    """A desk calculator with a display and five rows of buttons."""
    width, length, thick = rng.uniform(0.085, 0.11), rng.uniform(0.14, 0.165), 0.016
    color, shade = named_color(rng, ("black", "gray", "white", "blue", "pink"))
    body = meshes.extrude(meshes.rounded_rectangle(width, length, 0.008), thick, bevel=0.003)
    display = moved(meshes.sheet(0.84 * width, 0.17 * length), y=0.33 * length, z=thick + 0.0003)
    number = prints.lettered(f"{rng.integers(8) * 1250 + 42}.", (0.66, 0.72, 0.62), (0.12, 0.14, 0.12), (0.08, 0.026))
    number = prints.fitted(number, (0.84 * width, 0.17 * length))
    cell_x, cell_y = 0.84 * width / 4, 0.56 * length / 5
    button = meshes.box([0.78 * cell_x, 0.74 * cell_y, 0.005], 0.001)
    pale: list[tuple[float, float, float]] = []
    accent: list[tuple[float, float, float]] = []
    for row in range(5):
        for column in range(4):
            at = ((column - 1.5) * cell_x, 0.14 * length - (row + 0.25) * cell_y, thick + 0.001)
            (accent if column == 3 or row == 0 else pale).append(at)
    light = color in ("black", "blue", "gray")
    return Asset.build(
        "calculator",
        [
            VisualPart(body, materials.plastic(shade)),
            VisualPart(display, materials.printed(number, glossy=True)),
            VisualPart(copies(button, pale), materials.plastic((0.86, 0.86, 0.85) if light else (0.32, 0.33, 0.35))),
            VisualPart(copies(button, accent), materials.plastic((0.86, 0.45, 0.16))),
        ],
        [box_part([width, length, thick + 0.0035], [0.0, 0.0, (thick + 0.0035) / 2])],
        rng.uniform(0.12, 0.2),
        color=color,
        material="plastic",
    )


OFFICE: dict[str, Callable[[Generator], Asset]] = {
    "book": book,
    "laptop": laptop,
    "keyboard": keyboard,
    "computer mouse": computer_mouse,
    "monitor": monitor,
    "desk lamp": desk_lamp,
    "pen holder": pen_holder,
    "stapler": stapler,
    "tape dispenser": tape_dispenser,
    "cell phone": cell_phone,
    "headphones": headphones,
    "alarm clock": alarm_clock,
    "globe": globe,
    "calculator": calculator,
}
