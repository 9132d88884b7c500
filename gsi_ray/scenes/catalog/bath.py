"""What stands on a washbasin, a shelf or the edge of a bath."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import materials, meshes, prints
from gsi_ray.scenes.assets import Asset, Material, Mesh, VisualPart
from gsi_ray.scenes.catalog.forms import copies, front_panel, moved, turned
from gsi_ray.scenes.materials import EVERY_COLOR, named_color, shaded
from gsi_ray.scenes.solids import box_part, cylinder_part

_X, _Y, _Z = np.eye(3)


def soap_dispenser(rng: Generator) -> Asset:
    """A pump bottle; its nozzle points to the front."""
    radius, height = rng.uniform(0.030, 0.038), rng.uniform(0.15, 0.19)
    color, shade = named_color(rng)
    body = 0.66 * height
    pump = (
        materials.metal(materials.pick(rng, ("steel", "brass", "dark steel")))
        if rng.random() < 0.6
        else materials.plastic((0.9, 0.9, 0.89))
    )
    if rng.random() < 0.5:
        side = meshes.curve(
            [(radius, 0.004), (radius, 0.8 * body), (0.82 * radius, 0.94 * body), (0.4 * radius, body)], 12
        )
        bottle = meshes.lathe([(0.0, 0.0), (radius - 0.003, 0.0), *side, (0.0, body)])
    else:
        bottle = moved(meshes.box([1.8 * radius, 1.8 * radius, body], 0.008), z=body / 2)
    neck = meshes.lathe(
        [
            (0.0, body),
            (0.013, body),
            (0.013, body + 0.014),
            (0.005, body + 0.016),
            (0.0045, height - 0.008),
            (0.0, height - 0.008),
        ],
        24,
    )
    head = moved(meshes.cylinder(0.011, 0.012, 24, bevel=0.003), z=height - 0.006)
    nozzle = meshes.tube(
        meshes.curve([(0.0, 0.0, height - 0.006), (0.0, -0.030, height - 0.006), (0.0, -0.040, height - 0.013)], 7),
        0.0042,
        10,
    )
    finish = materials.ceramic(shade, rng) if rng.random() < 0.6 else materials.plastic(shade)
    visuals = [VisualPart(bottle, finish), VisualPart(meshes.merge(neck, head, nozzle), pump)]
    return Asset.build(
        "soap dispenser",
        visuals,
        [
            cylinder_part(0.95 * radius, body, [0.0, 0.0, body / 2]),
            box_part([0.022, 0.04, height - body], [0.0, -0.010, (height + body) / 2]),
        ],
        rng.uniform(0.3, 0.5),
        color=color,
    )


def shampoo_bottle(rng: Generator) -> Asset:
    """A flattened plastic bottle with a flip cap and a label on its front."""
    width, height = rng.uniform(0.062, 0.076), rng.uniform(0.18, 0.23)
    depth = rng.uniform(0.55, 0.68) * width
    color, shade = named_color(rng, EVERY_COLOR)
    body = 0.86 * height
    half = width / 2
    bulge = rng.uniform(0.90, 1.0)
    side = meshes.curve(
        [
            (0.92 * half, 0.003),
            (half, 0.12 * body),
            (bulge * half, 0.6 * body),
            (0.86 * half, 0.88 * body),
            (0.5 * half, body),
        ],
        14,
    )
    flat = [1.0, depth / width, 1.0]
    bottle = meshes.stretched(meshes.lathe([(0.0, 0.0), (0.88 * half, 0.0), *side, (0.0, body)]), flat)
    cap = meshes.stretched(
        meshes.lathe(
            [(0.0, body), (0.52 * half, body), (0.50 * half, height - 0.002), (0.44 * half, height), (0.0, height)]
        ),
        [1.0, 0.8, 1.0],
    )
    low, tall = 0.16 * body, 0.56 * body
    inside = side[(side[:, 1] > low) & (side[:, 1] < low + tall)]
    edge = [(float(np.interp(z, side[:, 1], side[:, 0])), z) for z in (low, low + tall)]
    band = np.array([edge[0], *inside, edge[1]]) + [0.0006, 0.0]
    wrap = meshes.stretched(meshes.lathe(band), flat)
    front = wrap.vertices[:, 1] < -0.13 * depth
    faces = wrap.faces[np.all(front[wrap.faces], axis=1)]
    print_ = prints.label(int(rng.integers(prints.VARIANTS)), "shampoo", (2 * np.pi * float(band[:, 0].max()), tall))
    sticker = Mesh(wrap.vertices, faces, wrap.normals, wrap.uv)
    return Asset.build(
        "shampoo bottle",
        [
            VisualPart(bottle, materials.plastic(shade)),
            VisualPart(cap, materials.plastic(materials.COLORS["white"] if rng.random() < 0.6 else shaded(shade, 0.6))),
            VisualPart(_used(sticker), materials.printed(print_, glossy=True)),
        ],
        [
            box_part([0.94 * width, 0.78 * depth, 0.9 * body], [0.0, 0.0, 0.45 * body]),
            box_part([0.5 * width, 0.4 * width, height - 0.9 * body], [0.0, 0.0, (height + 0.9 * body) / 2]),
        ],
        rng.uniform(0.25, 0.45),
        color=color,
        material="plastic",
    )


def _used(mesh: Mesh) -> Mesh:
    """The mesh without the vertices that no face uses."""
    kept, faces = np.unique(mesh.faces, return_inverse=True)
    return Mesh(mesh.vertices[kept], faces.reshape(-1, 3), mesh.normals[kept], mesh.uv[kept])


def toothbrush_cup(rng: Generator) -> Asset:
    """A tumbler with one to three toothbrushes leaning in it."""
    radius, height = rng.uniform(0.034, 0.040), rng.uniform(0.095, 0.11)
    color, shade = named_color(rng)
    cup = meshes.lathe(meshes.hollow([(0.0, 0.0), (0.86 * radius, 0.0), (radius, height)], 0.003, 0.005))
    brushes = []
    for i in range(int(rng.integers(1, 4))):
        angle = 2.1 * i + rng.uniform(0.0, 1.0)
        lean = np.array([np.cos(angle), np.sin(angle), 0.0])
        low = np.array([0.0, 0.0, 0.006]) - 0.4 * radius * lean
        along = np.array(
            [0.9 * radius * lean[0] + 0.4 * radius * lean[0], 0.9 * radius * lean[1] + 0.4 * radius * lean[1], 0.165]
        )
        share = np.linspace(0.0, 1.0, 6)[:, None]
        stick = meshes.tube(low + share * along, np.array([0.005, 0.0055, 0.0045, 0.003, 0.004, 0.004]), 8)
        bristles = moved(
            meshes.box([0.010, 0.013, 0.024], 0.002), *(low + 0.93 * along + 0.008 * np.array([-lean[1], lean[0], 0.0]))
        )
        shade_ = named_color(rng, ("blue", "green", "red", "pink", "purple", "orange"))[1]
        brushes += [
            VisualPart(stick, materials.plastic(shade_)),
            VisualPart(bristles, materials.plush((0.94, 0.95, 0.96), rng)),
        ]
    return Asset.build(
        "toothbrush cup",
        [VisualPart(cup, materials.ceramic(shade, rng)), *brushes],
        [
            cylinder_part(0.9 * radius, height, [0.0, 0.0, height / 2]),
            cylinder_part(0.4 * radius, 0.04, [0.0, 0.0, height + 0.02]),
        ],
        rng.uniform(0.2, 0.35),
        color=color,
    )


def bar_of_soap(rng: Generator) -> Asset:
    """A soap in an oval or rectangular dish."""
    width, depth = rng.uniform(0.11, 0.13), rng.uniform(0.078, 0.092)
    color, dish = named_color(rng, ("white", "gray", "beige", "blue", "green", "black"))
    _, soap = named_color(rng, ("white", "pink", "green", "yellow", "beige", "purple", "orange"))
    tall, floor = 0.020, 0.006
    if rng.random() < 0.5:
        side = [(0.40 * width, 0.0), *meshes.curve([(0.42 * width, 0.002), (0.5 * width, tall)], 5)]
        bowl = meshes.stretched(
            meshes.lathe(meshes.hollow([(0.0, 0.0), *side], 0.004, floor)), [1.0, depth / width, 1.0]
        )
    else:
        walls = [moved(meshes.box([width, depth, floor], 0.001), z=floor / 2)]
        for side_of in (-1.0, 1.0):
            walls.append(moved(meshes.box([width, 0.005, tall], 0.0015), y=side_of * (depth - 0.005) / 2, z=tall / 2))
            walls.append(moved(meshes.box([0.005, depth, tall], 0.0015), x=side_of * (width - 0.005) / 2, z=tall / 2))
        bowl = meshes.merge(*walls)
    bar = meshes.extrude(meshes.rounded_rectangle(0.66 * width, 0.60 * depth, 0.018), 0.026, bevel=0.009)
    return Asset.build(
        "bar of soap",
        [
            VisualPart(bowl, materials.ceramic(dish)),
            VisualPart(moved(bar, z=floor), Material("soap", soap, specular=0.25, shininess=0.4)),
        ],
        [
            box_part([0.84 * width, 0.84 * depth, tall], [0.0, 0.0, tall / 2]),
            box_part([0.6 * width, 0.5 * depth, floor + 0.026 - tall], [0.0, 0.0, (tall + floor + 0.026) / 2]),
        ],
        rng.uniform(0.2, 0.35),
        color=color,
        yaw_symmetry=2,
    )


def toilet_paper_roll(rng: Generator) -> Asset:
    """A roll standing on end, round its cardboard core."""
    radius, height, core = rng.uniform(0.050, 0.060), rng.uniform(0.095, 0.105), 0.021
    paper = Material("paper", (0.95, 0.95, 0.94), specular=0.0, shininess=0.0)
    ring = meshes.lathe(
        [
            (core, 0.0),
            (radius - 0.003, 0.0),
            (radius, 0.003),
            (radius, height - 0.003),
            (radius - 0.003, height),
            (core, height),
        ]
    )
    tube = meshes.lathe([(core, height), (core, 0.0)], 24)
    return Asset.build(
        "toilet paper roll",
        [VisualPart(ring, paper), VisualPart(tube, materials.cardboard(rng))],
        [cylinder_part(radius, height, [0.0, 0.0, height / 2])],
        rng.uniform(0.1, 0.14),
        color="white",
        material="paper",
        yaw_symmetry=0,
    )


def folded_towel(rng: Generator) -> Asset:
    """One to three towels, folded and stacked."""
    width, depth = rng.uniform(0.24, 0.32), rng.uniform(0.17, 0.22)
    color, shade = named_color(rng)
    layers = int(rng.integers(1, 4))
    each = rng.uniform(0.034, 0.046)
    visuals = []
    for i in range(layers):
        tone = shade if i != 1 else shaded(shade, 1.25)
        leaf = meshes.box([width - 0.006 * i, depth - 0.006 * i, each / 2], 0.45 * each / 2)
        leaves = copies(leaf, [[0.0, 0.0, (i + 0.25) * each], [0.0, 0.004, (i + 0.75) * each]])
        visuals.append(VisualPart(leaves, materials.plush(tone, rng)))
    return Asset.build(
        "folded towel",
        visuals,
        [box_part([width, depth, layers * each], [0.0, 0.0, layers * each / 2])],
        0.28 * layers,
        color=color,
        material="fabric",
        yaw_symmetry=2,
    )


def tissue_box(rng: Generator) -> Asset:
    """A printed box with a tissue sticking out of its top."""
    cube = rng.random() < 0.4
    width, depth, height = (0.115, 0.115, 0.125) if cube else (rng.uniform(0.22, 0.25), 0.115, rng.uniform(0.07, 0.085))
    color = materials.pick(rng, EVERY_COLOR)
    shade = materials.COLORS[color]
    variant = int(rng.integers(prints.VARIANTS))
    face = prints.lettered(
        prints.brand("tissue", variant),
        shade,
        (0.97, 0.97, 0.95) if sum(shade) < 1.9 else (0.25, 0.25, 0.3),
        (width - 0.01, height - 0.012),
    )
    panel = moved(front_panel(width - 0.01, height - 0.012), y=-depth / 2 - 0.0003, z=height / 2)
    oval = meshes.arc((0.0, 0.0), 1.0, 0.0, 2 * np.pi, 25)[:-1] * [0.33 * width, 0.22 * depth]
    slot = moved(meshes.extrude(oval, 0.0004), z=height)
    tissue = _crumpled(0.26 * width if cube else 0.16 * width, rng.uniform(0.05, 0.065))
    return Asset.build(
        "tissue box",
        [
            VisualPart(
                moved(meshes.box([width, depth, height], 0.0015), z=height / 2),
                Material("paper", shade, specular=0.1, shininess=0.2),
            ),
            VisualPart(meshes.merge(panel, turned(panel, _Z, np.pi)), materials.printed(face)),
            VisualPart(slot, Material("paper", shaded(shade, 0.45), specular=0.0, shininess=0.0)),
            VisualPart(moved(tissue, z=height), Material("paper", (0.96, 0.96, 0.96), specular=0.0, shininess=0.0)),
        ],
        [
            box_part([width, depth, height], [0.0, 0.0, height / 2]),
            box_part([0.2 * width, 0.3 * depth, 0.045], [0.0, 0.0, height + 0.0225]),
        ],
        rng.uniform(0.15, 0.25),
        color=color,
        material="paper",
        yaw_symmetry=2,
    )


def _crumpled(radius: float, height: float) -> Mesh:
    """A tissue pulled up into a fluted, leaning tip."""
    side = meshes.curve(
        [(0.9 * radius, 0.0), (0.55 * radius, 0.35 * height), (0.75 * radius, 0.7 * height), (0.15 * radius, height)],
        10,
    )
    cloth = meshes.lathe([*side, (0.0, 0.97 * height)], 30)
    angle = np.arctan2(cloth.vertices[:, 1], cloth.vertices[:, 0])
    flutes = 1.0 + 0.22 * np.sin(5 * angle + 3.0 * cloth.vertices[:, 2] / height)
    vertices = cloth.vertices * np.column_stack([flutes, 0.75 * flutes, np.ones(len(angle))])
    vertices[:, 0] += 0.3 * radius * (vertices[:, 2] / height) ** 2
    normals = cloth.normals.copy()
    normals[:, :2] += (
        0.5
        * np.cos(5 * angle + 3.0 * vertices[:, 2] / height)[:, None]
        * np.column_stack([np.sin(angle), -np.cos(angle)])
    )
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(vertices, cloth.faces, normals, cloth.uv)


def perfume_bottle(rng: Generator) -> Asset:
    """A small faceted or round flacon with a cap."""
    width, height = rng.uniform(0.045, 0.065), rng.uniform(0.075, 0.11)
    color, liquid = [
        ("pink", (0.88, 0.62, 0.64)),
        ("yellow", (0.88, 0.74, 0.40)),
        ("purple", (0.60, 0.48, 0.72)),
        ("blue", (0.46, 0.62, 0.78)),
        ("green", (0.56, 0.70, 0.54)),
    ][rng.integers(5)]
    body = 0.66 * height
    style = rng.integers(3)
    if style == 0:
        flacon = meshes.extrude(meshes.rounded_rectangle(width, 0.55 * width, 0.2 * width, steps=2), body, bevel=0.005)
        part = box_part([width, 0.5 * width, body], [0.0, 0.0, body / 2])
    elif style == 1:
        flacon = turned(moved(meshes.cylinder(body / 2, 0.5 * width, 36, bevel=0.006), z=0.0), _X, np.pi / 2)
        flat = np.maximum(flacon.vertices, [-1.0, -1.0, -0.46 * body])
        flacon = moved(Mesh(flat, flacon.faces, flacon.normals, flacon.uv), z=0.46 * body)
        part = box_part([0.70 * body, 0.45 * width, 0.92 * body], [0.0, 0.0, 0.46 * body])
        body *= 0.955
    else:
        flacon = moved(meshes.box([width, 0.7 * width, body], 0.006), z=body / 2)
        part = box_part([width, 0.7 * width, body], [0.0, 0.0, body / 2])
    collar = meshes.lathe([(0.0, body), (0.20 * width, body), (0.20 * width, body + 0.006), (0.0, body + 0.006)], 24)
    top = height - body - 0.006
    cap = moved(meshes.cylinder(0.26 * width, top, 8 if rng.random() < 0.4 else 28, bevel=0.002), z=height - top / 2)
    return Asset.build(
        "perfume bottle",
        [
            VisualPart(flacon, Material("glass", liquid, specular=0.9, shininess=0.9)),
            VisualPart(collar, materials.metal("brass")),
            VisualPart(
                cap,
                materials.metal("brass")
                if rng.random() < 0.4
                else materials.enamel(named_color(rng, ("black", "white"))[1]),
            ),
        ],
        [part, cylinder_part(0.22 * width, height - body, [0.0, 0.0, (height + body) / 2])],
        rng.uniform(0.15, 0.28),
        color=color,
        material="glass",
        yaw_symmetry=2,
    )


def hairbrush(rng: Generator) -> Asset:
    """A paddle or oval brush lying on its back, bristles up; its handle points to the right."""
    length, width = rng.uniform(0.21, 0.25), rng.uniform(0.062, 0.08)
    if rng.random() < 0.4:
        finish = materials.wood(rng, materials.pick(rng, ("oak", "walnut", "pine")))
        color = materials.wood_color(finish)
    else:
        color, shade = named_color(rng)
        finish = materials.plastic(shade)
    head = 0.5 * length
    half = width / 2
    top = meshes.curve(
        [
            (-0.5 * length, 0.0),
            (-0.47 * length, 0.7 * half),
            (-0.28 * length, half),
            (-0.04 * length, 0.75 * half),
            (0.06 * length, 0.011),
            (0.30 * length, 0.012),
            (0.47 * length, 0.010),
            (0.5 * length, 0.0),
        ],
        30,
    )
    outline = np.concatenate([top[::-1], top[1:-1] * [1.0, -1.0]])
    body = meshes.extrude(outline, 0.014, bevel=0.004)
    pad = meshes.stretched(meshes.sphere(1.0, 24), [0.40 * head, 0.72 * half, 0.009])
    pin = meshes.tube([(0.0, 0.0, 0.0), (0.0, 0.0, 0.017)], 0.0011, 5)
    spots = np.array(
        [(x, y, 0.0) for x in np.linspace(-0.8, 0.8, 9) for y in np.linspace(-0.8, 0.8, 7) if x * x + y * y < 0.8]
    )
    pins = copies(pin, spots * [0.40 * head, 0.72 * half, 0.0] + [-0.25 * length, 0.0, 0.017])
    return Asset.build(
        "hairbrush",
        [
            VisualPart(body, finish),
            VisualPart(moved(pad, x=-0.25 * length, z=0.014), materials.rubber((0.16, 0.16, 0.17))),
            VisualPart(pins, materials.plastic((0.12, 0.12, 0.13))),
        ],
        [
            box_part([0.45 * length, 0.85 * width, 0.014], [-0.26 * length, 0.0, 0.007]),
            box_part([0.45 * length, 0.022, 0.014], [0.26 * length, 0.0, 0.007]),
            box_part([0.36 * length, 0.5 * width, 0.018], [-0.25 * length, 0.0, 0.023]),
        ],
        rng.uniform(0.08, 0.14),
        color=color,
    )


def lotion_tube(rng: Generator) -> Asset:
    """A squeeze tube standing on its cap, flat at the top."""
    radius, height = rng.uniform(0.021, 0.027), rng.uniform(0.13, 0.165)
    color, shade = named_color(rng)
    cap_height = 0.16 * height
    cap = meshes.lathe([(0.0, 0.0), (0.9 * radius, 0.0), (0.92 * radius, cap_height), (0.0, cap_height)], 32)
    angles = np.linspace(np.pi / 2, 5 * np.pi / 2, 33)
    share = np.linspace(0.0, 1.0, 9)[:, None]
    x = radius * (1.0 + 0.28 * share**2) * np.cos(angles)
    y = radius * (1.0 - 0.93 * share**1.6) * np.sin(angles)
    z = np.broadcast_to(cap_height + share * (height - cap_height), x.shape)
    skin = meshes.surface(np.stack([x, y, z], axis=-1), (2 * np.pi * radius, height - cap_height))
    lid = meshes.extrude(np.column_stack([x[-1, :-1], y[-1, :-1]]), 0.0004)
    stripe = prints.label(int(rng.integers(prints.VARIANTS)), "soap", (2 * np.pi * radius, height - cap_height))
    body = materials.printed(stripe, glossy=True) if rng.random() < 0.6 else materials.plastic(shade)
    if body.texture is not None:
        color = "white"
    return Asset.build(
        "lotion tube",
        [
            VisualPart(skin, body),
            VisualPart(moved(lid, z=height - 0.0004), materials.plastic(shade)),
            VisualPart(cap, materials.plastic(shade)),
        ],
        [
            cylinder_part(0.9 * radius, 0.4 * height, [0.0, 0.0, 0.2 * height]),
            box_part([2.2 * radius, 0.7 * radius, 0.6 * height], [0.0, 0.0, 0.7 * height]),
        ],
        rng.uniform(0.1, 0.18),
        color=color,
        material="plastic",
    )


BATH: dict[str, Callable[[Generator], Asset]] = {
    "soap dispenser": soap_dispenser,
    "shampoo bottle": shampoo_bottle,
    "toothbrush cup": toothbrush_cup,
    "bar of soap": bar_of_soap,
    "toilet paper roll": toilet_paper_roll,
    "folded towel": folded_towel,
    "tissue box": tissue_box,
    "perfume bottle": perfume_bottle,
    "hairbrush": hairbrush,
    "lotion tube": lotion_tube,
}
