"""What makes a room a home: plants, toys, baskets, cushions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from gsi_ray.scenes import materials, meshes, prints, textures
from gsi_ray.scenes.assets import Asset, Color, ConvexPart, Material, Mesh, VisualPart
from gsi_ray.scenes.catalog.forms import copies, front_panel, moved, scattered, turned, upright
from gsi_ray.scenes.materials import BRIGHT, EVERY_COLOR, named_color, shaded
from gsi_ray.scenes.solids import box_part, crate, cylinder_part, vessel
from gsi_ray.spatial import RigidTransform
from gsi_ray.spatial.rotations import about_axis, about_z

_X, _Y, _Z = np.eye(3)


def _two_sided(mesh: Mesh) -> Mesh:
    """A sheet that can be seen from behind as well."""
    return meshes.merge(mesh, Mesh(mesh.vertices, mesh.faces[:, ::-1], -mesh.normals, mesh.uv))


def _leaf(length: float, width: float, droop: float) -> Mesh:
    """A pointed leaf that grows from the origin along +x and bends down by `droop` metres at its tip."""
    share = np.linspace(0.0, 1.0, 6)
    half = width / 2.0 * np.maximum(np.sin(np.pi * share**0.8), 0.02) ** 0.9
    across = np.linspace(-1.0, 1.0, 3)
    x = np.broadcast_to((length * share)[:, None], (6, 3))
    y = -half[:, None] * across
    z = -droop * share[:, None] ** 2 + 0.28 * half[:, None] * np.abs(across)
    return _two_sided(meshes.surface(np.stack([x, y, z], axis=-1)[:, ::-1].transpose(1, 0, 2), (length, width)))


def _blade(length: float, width: float, twist: float) -> Mesh:
    """A stiff sword-shaped leaf that grows upwards from the origin."""
    share = np.linspace(0.0, 1.0, 8)
    half = width / 2.0 * np.interp(share, [0.0, 0.25, 0.7, 1.0], [0.6, 1.0, 0.85, 0.02])
    across = np.linspace(-1.0, 1.0, 3)
    turn = twist * share
    x = half[:, None] * across * np.cos(turn)[:, None]
    y = half[:, None] * across * np.sin(turn)[:, None] + 0.25 * half[:, None] * np.abs(across)
    z = np.broadcast_to((length * share)[:, None], x.shape)
    return _two_sided(meshes.surface(np.stack([x, y, z], axis=-1), (width, length)))


_GREENS: tuple[tuple[Color, Color], ...] = (
    ((0.20, 0.40, 0.16), (0.28, 0.48, 0.20)),
    ((0.15, 0.33, 0.17), (0.22, 0.42, 0.22)),
    ((0.34, 0.48, 0.24), (0.44, 0.56, 0.30)),
)


def potted_plant(rng: Generator) -> Asset:
    """A broad-leaved, a sword-leaved or a bushy plant in a pot."""
    radius, pot = rng.uniform(0.055, 0.085), rng.uniform(0.09, 0.14)
    _, shade = named_color(rng, ("white", "gray", "brown", "orange", "beige", "blue", "black"))
    style = int(rng.integers(3))
    foot, shoulder = ((0.74, 1.0), (0.96, 1.0), (0.8, 1.0))[style]
    side = [(foot * radius, 0.0), (shoulder * radius, pot - 0.018), (1.04 * radius, pot - 0.017), (1.05 * radius, pot)]
    soil = moved(meshes.lathe([(0.94 * radius, 0.0), (0.5 * radius, 0.006), (0.0, 0.008)], 24), z=pot - 0.02)
    greens = _GREENS[int(rng.integers(len(_GREENS)))]
    leaves, stems = (_broad_leaves, _swords, _bush)[style](rng, radius)
    low = pot - 0.02
    spread = float(np.quantile(np.hypot(leaves.vertices[:, 0], leaves.vertices[:, 1]), 0.75))
    tall = float(leaves.vertices[:, 2].max())
    foliage = Material(
        "leaf", texture=textures.mottled(*greens, int(rng.integers(4)), 0.06), specular=0.2, shininess=0.35
    )
    return Asset.build(
        "potted plant",
        [
            VisualPart(
                meshes.lathe(meshes.hollow([(0.0, 0.0), *side], 0.006, pot - 0.022), 36), materials.ceramic(shade, rng)
            ),
            VisualPart(soil, Material("soil", (0.20, 0.15, 0.11), specular=0.0, shininess=0.0)),
            VisualPart(moved(leaves, z=low), foliage),
            *(VisualPart(moved(stem, z=low), Material("stem", shaded(greens[0], 0.8), specular=0.1)) for stem in stems),
        ],
        [
            cylinder_part(radius * (foot + 1.0) / 2, pot, [0.0, 0.0, pot / 2]),
            cylinder_part(0.7 * max(radius, spread), 0.85 * (tall - 0.02), [0.0, 0.0, pot + 0.45 * (tall - 0.02)]),
        ],
        rng.uniform(0.9, 1.8),
        color="green",
        yaw_symmetry=1,
    )


_GOLDEN_ANGLE = 2.4  # radians: leaves that follow each other by this never hide one another


def _broad_leaves(rng: Generator, radius: float) -> tuple[Mesh, list[Mesh]]:
    """Leaves on long stems, and the stems, above soil at z = 0."""
    tall = rng.uniform(0.18, 0.28)
    count = int(rng.integers(16, 24))
    turns, tips, lengths, stems = [], [], [], []
    for i in range(count):
        angle, share = _GOLDEN_ANGLE * i, rng.uniform(0.0, 1.0)
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        length = rng.uniform(0.09, 0.13) * (1.15 - 0.4 * share)
        tip = out * rng.uniform(0.3, 0.6) * length + [0.0, 0.0, (0.35 + 0.65 * share) * tall]
        bend = [0.3 * radius * out, tip / 2.0 + [0.0, 0.0, 0.02], tip]
        stems.append(meshes.tube(meshes.curve(bend, 5), 0.0022, 5))
        turns.append(about_z(angle) @ about_axis(_Y, rng.uniform(-0.7, 0.1) * (0.4 + share)))
        tips.append(tip)
        lengths.append(length)
    return scattered(_leaf(1.0, 0.55, rng.uniform(0.15, 0.3)), turns, tips, lengths), [meshes.merge(*stems)]


def _swords(rng: Generator, radius: float) -> tuple[Mesh, list[Mesh]]:
    """Stiff upright blades, above soil at z = 0."""
    tall = rng.uniform(0.20, 0.32)
    count = int(rng.integers(9, 14))
    angles = _GOLDEN_ANGLE * np.arange(count)
    out = np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=1)
    turns = [
        about_axis(np.cross(_Z, direction), rng.uniform(0.03, 0.22)) @ about_z(rng.uniform(0.0, 3.0))
        for direction in out
    ]
    places = 0.62 * radius * np.sqrt(np.arange(count) / count)[:, None] * out
    return scattered(_blade(1.0, 0.16, 0.5), turns, places, tall * rng.uniform(0.6, 1.0, count)), []


def _bush(rng: Generator, radius: float) -> tuple[Mesh, list[Mesh]]:
    """A dome of small leaves round a dark core, above soil at z = 0."""
    crown, count = rng.uniform(0.05, 0.075), 58
    level = 1.0 - 1.55 * (np.arange(count) + 0.5) / count
    angles, ring = _GOLDEN_ANGLE * np.arange(count), np.sqrt(np.maximum(0.0, 1.0 - level**2))
    out = np.stack([ring * np.cos(angles), ring * np.sin(angles), level], axis=1)
    places = [0.0, 0.0, 0.02 + 0.75 * crown] + out * [0.95 * radius, 0.95 * radius, 0.75 * crown]
    tilts = -0.9 * level + rng.uniform(-0.35, 0.15, count)
    turns = [about_z(float(angle)) @ about_axis(_Y, float(tilt)) for angle, tilt in zip(angles, tilts, strict=True)]
    leaves = scattered(_leaf(1.0, 0.75, 0.15), turns, places, rng.uniform(0.046, 0.062, count))
    core = moved(meshes.sphere([0.9 * radius, 0.9 * radius, 0.78 * crown], 18), z=0.02 + 0.72 * crown)
    return leaves, [core]


def candle(rng: Generator) -> Asset:
    """A pillar on a saucer, a taper in a candlestick, or a scented candle in a glass."""
    color, shade = named_color(rng, ("white", "beige", "red", "green", "blue", "purple", "pink", "orange"))
    wax = Material("wax", shade, specular=0.15, shininess=0.3, emission=0.05)
    style = rng.integers(3)
    if style == 0:
        radius, height = rng.uniform(0.028, 0.038), rng.uniform(0.09, 0.15)
        plate = [
            (0.0, 0.0),
            (1.3 * radius, 0.0),
            (1.6 * radius, 0.008),
            (1.57 * radius, 0.010),
            (1.25 * radius, 0.004),
            (0.0, 0.004),
        ]
        low, foot = 0.004, 1.6 * radius
        visuals = [
            VisualPart(meshes.lathe(plate), materials.metal(materials.pick(rng, ("brass", "dark steel", "steel"))))
        ]
        parts: list[ConvexPart] = [cylinder_part(1.3 * radius, 0.008, [0.0, 0.0, 0.004])]
    elif style == 1:
        radius, height = 0.011, rng.uniform(0.15, 0.21)
        low, foot = rng.uniform(0.07, 0.12), 0.042
        stick = [
            (0.0, 0.0),
            (foot, 0.0),
            (foot, 0.006),
            (0.016, 0.016),
            (0.007, 0.028),
            (0.009, 0.5 * low),
            (0.006, 0.75 * low),
            (0.016, low - 0.012),
            (0.017, low),
            (0.0, low),
        ]
        visuals = [
            VisualPart(meshes.lathe(stick, 32), materials.metal(materials.pick(rng, ("brass", "dark steel", "steel"))))
        ]
        parts = [cylinder_part(foot, 0.008, [0.0, 0.0, 0.004]), cylinder_part(0.012, low, [0.0, 0.0, low / 2])]
    else:
        radius, height, low, foot = rng.uniform(0.036, 0.044), 0.055, 0.006, 0.0
        tall = 0.085
        cup = meshes.hollow([(0.0, 0.0), (radius + 0.003, 0.0), (radius + 0.003, tall)], 0.003, 0.006)
        visuals = [
            VisualPart(
                meshes.lathe(cup, 36),
                materials.glass(
                    materials.pick_color(rng, ((0.84, 0.87, 0.86), (0.55, 0.38, 0.24), (0.24, 0.25, 0.26)))
                ),
            )
        ]
        parts = [cylinder_part(radius + 0.003, tall, [0.0, 0.0, tall / 2])]
    top = low + height
    rim = [(radius, low), (radius, top - 0.004), (radius - 0.004, top), (0.4 * radius, top - 0.003), (0.0, top - 0.003)]
    wick = meshes.tube([(0.0, 0.0, top - 0.004), (0.0, 0.0, top + 0.005), (0.002, 0.0, top + 0.009)], 0.001, 6)
    visuals += [
        VisualPart(meshes.lathe([(0.0, low), *rim], 32), wax),
        VisualPart(wick, materials.rubber((0.15, 0.13, 0.12))),
    ]
    if style < 2:
        parts.append(cylinder_part(radius, height, [0.0, 0.0, low + height / 2]))
    return Asset.build("candle", visuals, parts, rng.uniform(0.2, 0.45), color=color, yaw_symmetry=0)


def picture_frame(rng: Generator) -> Asset:
    """A framed photograph leaning on its own stand."""
    width, height = (rng.uniform(0.13, 0.18), rng.uniform(0.18, 0.24))
    if rng.random() < 0.4:
        width, height = height, width
    border, thick, tilt = rng.uniform(0.014, 0.024), 0.014, 0.21
    if rng.random() < 0.5:
        frame = materials.wood(rng)
        color = materials.wood_color(frame)
    else:
        color, shade = named_color(rng, ("black", "white", "gray", "red", "blue", "brown"))
        frame = materials.lacquered(shade)
    bars = []
    for side in (-1.0, 1.0):
        bars.append(moved(meshes.box([width, thick, border], 0.002), z=side * (height - border) / 2))
        bars.append(moved(meshes.box([border, thick, height - 2 * border], 0.002), x=side * (width - border) / 2))
    inner = (width - 2 * border, height - 2 * border)
    mat = rng.uniform(0.0, 0.02) if rng.random() < 0.5 else 0.0
    photo = prints.photograph(int(rng.integers(prints.VARIANTS)), (0.12, 0.16) if height > width else (0.16, 0.12))
    size = (inner[0] - 2 * mat, inner[1] - 2 * mat)
    picture = front_panel(*size)
    back = moved(front_panel(*inner), y=0.002)
    cover = moved(meshes.box([width - 0.004, 0.003, height - 0.004]), y=thick / 2 - 0.002)

    def leaning(mesh: Mesh) -> Mesh:
        return turned(moved(mesh, y=-thick / 2, z=height / 2), _X, -tilt)

    reach = float(np.sin(tilt) * 0.72 * height + 0.35 * 0.72 * height)
    strut_top = np.array([0.0, np.sin(tilt) * 0.70 * height, np.cos(tilt) * 0.70 * height])
    strut = meshes.tube(np.array([strut_top, (0.0, reach, 0.003)]), 0.003, 8)
    turn = about_axis(_X, -tilt)
    return Asset.build(
        "picture frame",
        [
            VisualPart(leaning(meshes.merge(*bars)), frame),
            VisualPart(
                leaning(picture),
                Material("paper", texture=prints.fitted(photo, size), specular=0.3, shininess=0.6),
            ),
            VisualPart(leaning(back), materials.paper()),
            VisualPart(
                meshes.merge(leaning(cover), meshes.stretched(strut, [4.0, 1.0, 1.0])),
                materials.plastic((0.16, 0.15, 0.15)),
            ),
        ],
        [
            box_part([width, thick, height - 0.004], turn @ [0.0, -thick / 2, height / 2], turn),
            box_part([0.8 * width, reach, 0.012], [0.0, reach / 2, 0.006]),
        ],
        rng.uniform(0.25, 0.5),
        color=color,
    )


def toy_car(rng: Generator) -> Asset:
    """A small car, its nose to the left: a saloon, a pickup truck or a beetle."""
    length, width = rng.uniform(0.10, 0.15), rng.uniform(0.045, 0.058)
    color, shade = named_color(rng, (*BRIGHT, "white", "black"))
    style = rng.integers(3)
    tops = [
        [
            (-0.5, 0.34),
            (-0.47, 0.50),
            (-0.22, 0.56),
            (-0.10, 0.92),
            (0.22, 0.94),
            (0.36, 0.60),
            (0.49, 0.54),
            (0.5, 0.34),
        ],
        [
            (-0.5, 0.34),
            (-0.48, 0.54),
            (-0.24, 0.58),
            (-0.13, 0.95),
            (0.08, 0.95),
            (0.11, 0.56),
            (0.5, 0.55),
            (0.5, 0.34),
        ],
        [
            (-0.5, 0.30),
            (-0.45, 0.50),
            (-0.24, 0.58),
            (-0.08, 0.96),
            (0.14, 1.0),
            (0.38, 0.72),
            (0.5, 0.40),
            (0.49, 0.30),
        ],
    ][style]
    tall = 0.40 * length
    line = np.array(tops) * [length, tall]
    if style == 2:
        line = meshes.curve(line, 20)
    outline = np.concatenate([[(-0.5 * length, 0.17 * tall), (0.5 * length, 0.17 * tall)], line[::-1]])
    body = moved(turned(meshes.extrude(outline, width, bevel=0.004), _X, np.pi / 2), y=width / 2)
    glass = np.array(
        [[-0.18, 0.62], [0.28, 0.62], [0.20, 0.86], [-0.10, 0.86]]
        if style != 1
        else [[-0.19, 0.62], [0.05, 0.62], [0.05, 0.88], [-0.12, 0.88]]
    )
    panes = moved(turned(meshes.extrude(glass * [length, tall], width + 0.001), _X, np.pi / 2), y=(width + 0.001) / 2)
    wheel_radius = 0.27 * tall
    wheel = turned(meshes.cylinder(wheel_radius, 0.011, 22, bevel=0.002), _X, np.pi / 2)
    hub = turned(meshes.cylinder(0.5 * wheel_radius, 0.0125, 16), _X, np.pi / 2)
    spots = [(x * length, y * (width / 2 - 0.003), wheel_radius) for x in (-0.30, 0.30) for y in (-1.0, 1.0)]
    lights = [
        moved(meshes.sphere([0.003, 0.006, 0.006], 12), x=-0.495 * length, y=y * 0.3 * width, z=0.42 * tall)
        for y in (-1.0, 1.0)
    ]
    return Asset.build(
        "toy car",
        [
            VisualPart(body, materials.enamel(shade)),
            VisualPart(panes, Material("glass", (0.14, 0.18, 0.22), specular=0.7, shininess=0.9)),
            VisualPart(copies(wheel, spots), materials.rubber()),
            VisualPart(meshes.merge(copies(hub, spots), *lights), materials.plastic((0.85, 0.85, 0.80))),
        ],
        [
            box_part([length, width, 0.55 * tall], [0.0, 0.0, 0.275 * tall]),
            box_part(
                [0.42 * length, 0.9 * width, 0.4 * tall],
                [0.04 * length if style != 1 else -0.05 * length, 0.0, 0.72 * tall],
            ),
        ],
        rng.uniform(0.08, 0.2),
        color=color,
        material="metal",
    )


def teddy_bear(rng: Generator) -> Asset:
    """A sitting plush bear."""
    size = rng.uniform(0.9, 1.4)
    color, fur = named_color(rng, ("brown", "brown", "beige", "white", "gray", "pink"))
    pale = shaded(fur, 1.35)

    def ball(radii: tuple[float, float, float], center: tuple[float, float, float], segments: int = 16) -> Mesh:
        return moved(meshes.sphere(radii, segments), *center)

    fluffy = [
        ball((0.060, 0.052, 0.070), (0.0, 0.0, 0.072), 20),
        ball((0.052, 0.046, 0.047), (0.0, -0.006, 0.172), 20),
        *(ball((0.019, 0.011, 0.019), (s * 0.042, 0.0, 0.212), 12) for s in (-1, 1)),
        *(ball((0.026, 0.048, 0.026), (s * 0.044, -0.056, 0.026)) for s in (-1, 1)),
        *(_arm(ball((0.020, 0.022, 0.044), (0.0, 0.0, 0.0)), s, (s * 0.064, -0.022, 0.098)) for s in (-1, 1)),
    ]
    light = [
        ball((0.025, 0.022, 0.020), (0.0, -0.044, 0.160), 16),
        *(ball((0.019, 0.006, 0.019), (s * 0.044, -0.101, 0.027), 12) for s in (-1, 1)),
        *(ball((0.011, 0.006, 0.011), (s * 0.042, -0.009, 0.212), 10) for s in (-1, 1)),
        ball((0.036, 0.010, 0.042), (0.0, -0.046, 0.070), 16),
    ]
    dark = [
        *(ball((0.0052, 0.004, 0.0058), (s * 0.019, -0.046, 0.183), 12) for s in (-1, 1)),
        ball((0.0085, 0.006, 0.006), (0.0, -0.065, 0.168), 12),
    ]
    parts = [
        box_part([0.125, 0.13, 0.05], [0.0, -0.035, 0.025]),
        box_part([0.125, 0.085, 0.09], [0.0, -0.005, 0.095]),
        box_part([0.095, 0.08, 0.08], [0.0, -0.01, 0.175]),
    ]
    flat = [_pressed(piece, 0.002) for piece in fluffy]
    enlarged = [box_part(part.size * size, part.pose.translation * size) for part in parts]
    grow = [size] * 3
    lift = 0.002 * size
    return Asset.build(
        "teddy bear",
        [
            VisualPart(moved(meshes.stretched(meshes.merge(*flat), grow), z=-lift), materials.plush(fur, rng)),
            VisualPart(moved(meshes.stretched(meshes.merge(*light), grow), z=-lift), materials.plush(pale, rng)),
            VisualPart(
                moved(meshes.stretched(meshes.merge(*dark), grow), z=-lift), materials.plastic((0.05, 0.05, 0.05))
            ),
        ],
        enlarged,
        0.25 * size**3,
        color=color,
        material="fabric",
    )


def _arm(mesh: Mesh, side: int, center: tuple[float, float, float]) -> Mesh:
    """An arm, reaching forward and outward, at `center`."""
    return moved(turned(turned(mesh, _X, -0.5), _Y, -side * 0.45), *center)


def _pressed(mesh: Mesh, floor: float) -> Mesh:
    """The mesh with whatever is under `floor` pressed up to it."""
    vertices = mesh.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], floor)
    return Mesh(vertices, mesh.faces, mesh.normals, mesh.uv)


def puzzle_cube(rng: Generator) -> Asset:
    """A twisting colour puzzle, three by three, half solved."""
    side = rng.uniform(0.055, 0.062)
    cell = side / 3.0
    names = ("red", "orange", "yellow", "green", "blue", "white")
    sticker = meshes.extrude(meshes.rounded_rectangle(0.86 * cell, 0.86 * cell, 0.12 * cell, 3), 0.0005)
    tiles: dict[str, list[Mesh]] = {name: [] for name in names}
    colors = list(np.repeat(names, 9))
    rng.shuffle(colors)
    turns = [np.eye(3), about_axis(_X, np.pi), *(about_z(k * np.pi / 2) @ about_axis(_X, np.pi / 2) for k in range(4))]
    for face, rotation in enumerate(turns):
        for i in range(9):
            at = np.array([(i % 3 - 1) * cell, (i // 3 - 1) * cell, side / 2])
            piece = sticker.transformed(RigidTransform(rotation, rotation @ at))
            tiles[str(colors[9 * face + i])].append(piece)
    visuals = [VisualPart(meshes.box([side] * 3, 0.003), materials.plastic((0.07, 0.07, 0.07)))]
    visuals += [
        VisualPart(meshes.merge(*pieces), materials.plastic(materials.COLORS[name])) for name, pieces in tiles.items()
    ]
    return Asset.build(
        "puzzle cube", visuals, [box_part([side + 0.001] * 3)], rng.uniform(0.08, 0.12), material="plastic"
    )


def toy_block(rng: Generator) -> Asset:
    """A wooden letter block with a coloured rim on each face."""
    side = rng.uniform(0.040, 0.055)
    color = materials.pick(rng, ("red", "orange", "green", "blue", "purple"))
    shade = materials.COLORS[color]
    letters = "ABCDEFGHKMRS"
    wood = (0.90, 0.80, 0.62)
    visuals = [VisualPart(meshes.box([side] * 3, 0.002), materials.wood(rng, "birch"))]
    panel = 0.90 * side
    turns = [about_axis(_X, -np.pi / 2), *(about_z(k * np.pi / 2) for k in range(4))]
    for turn in turns:
        letter = letters[int(rng.integers(len(letters)))]
        face = prints.framed_letter(letter, wood, shade)
        mesh = moved(front_panel(panel, panel), y=-side / 2 - 0.0003).transformed(RigidTransform(turn))
        visuals.append(VisualPart(mesh, materials.printed(prints.fitted(face, (panel, panel)))))
    return Asset.build(
        "toy block", visuals, [box_part([side] * 3)], 600.0 * side**3, color=color, material="wood", yaw_symmetry=1
    )


def wicker_basket(rng: Generator) -> Asset:
    """A round or rectangular basket, some with a handle over the top."""
    color, shade = named_color(rng, ("beige", "brown", "beige", "gray", "white"))
    weave = materials.wicker(shaded(shade, 1.12), rng)
    height = rng.uniform(0.12, 0.20)
    if rng.random() < 0.5:
        radius, wall = rng.uniform(0.12, 0.17), 0.008
        outside = [
            (0.0, 0.0),
            (0.86 * radius, 0.0),
            *meshes.curve([(0.87 * radius, 0.004), (0.97 * radius, 0.5 * height), (radius, height)], 6),
        ]
        body = meshes.lathe(meshes.hollow(outside, wall, 0.01), 44)
        rim = meshes.tube(
            np.column_stack([meshes.arc((0.0, 0.0), radius - 0.003, 0.0, 2 * np.pi, 41)[:-1], np.full(40, height)]),
            0.007,
            8,
            closed=True,
        )
        parts: list[ConvexPart] = list(vessel(radius, radius - 0.014, height, 0.012, foot_radius=0.88 * radius))
        half, symmetry = radius, 0
    else:
        width, depth, wall = rng.uniform(0.28, 0.38), rng.uniform(0.20, 0.28), 0.010
        outer, inner = (
            meshes.rounded_rectangle(width, depth, 0.03),
            meshes.rounded_rectangle(width - 2 * wall, depth - 2 * wall, 0.022),
        )
        body = _open_box(outer, inner, height, 0.012)
        rim = meshes.tube(
            np.column_stack([meshes.rounded_rectangle(width - wall, depth - wall, 0.026), np.full(20, height)]),
            0.008,
            8,
            closed=True,
        )
        parts = list(crate([width, depth, height], wall, 0.012))
        half, symmetry = width / 2, 2
    pieces = [body, rim]
    if rng.random() < 0.5:
        symmetry = 2
        bow = upright(meshes.arc((0.0, height), half - 0.005, 0.0, np.pi, 22))
        bow[:, 2] = height + (bow[:, 2] - height) * 0.85
        pieces.append(meshes.tube(bow, 0.0075, 8))
        parts.append(box_part([0.9 * half, 0.014, 0.02], [0.0, 0.0, height + 0.85 * (half - 0.005)]))
    return Asset.build(
        "wicker basket",
        [VisualPart(meshes.merge(*pieces), weave)],
        parts,
        rng.uniform(0.4, 0.9),
        color=color,
        material="wicker",
        yaw_symmetry=symmetry,
    )


def _open_box(outer: np.ndarray, inner: np.ndarray, height: float, floor: float) -> Mesh:
    """Walls between two outlines (n, 2) of equally many corners, on a floor."""
    rings = [
        np.column_stack([line, np.full(len(line), z)])
        for line, z in ((outer, 0.0), (outer, height), (inner, height), (inner, floor))
    ]
    closed = [np.concatenate([ring, ring[:1]]) for ring in rings]
    length = float(np.linalg.norm(np.diff(closed[0], axis=0), axis=1).sum())
    walls = [meshes.surface(np.stack(pair), (length, height)) for pair in (closed[:2], closed[1:3], closed[2:])]
    top = meshes.extrude(inner, 0.0005)
    bottom = meshes.extrude(outer, 0.0005)
    return meshes.merge(*walls, moved(top, z=floor), bottom)


def storage_box(rng: Generator) -> Asset:
    """An open box of plastic, felt or cardboard with two grips."""
    width, depth, height = rng.uniform(0.28, 0.40), rng.uniform(0.22, 0.30), rng.uniform(0.16, 0.24)
    kind = rng.integers(3)
    if kind == 2:
        color, finish = "brown", materials.cardboard(rng)
    else:
        color, shade = named_color(rng, EVERY_COLOR)
        finish = materials.plastic(shade) if kind == 0 else materials.fabric(shade, rng)
    wall = 0.006
    radius = 0.02 if kind == 0 else 0.003
    outer, inner = (
        meshes.rounded_rectangle(width, depth, radius),
        meshes.rounded_rectangle(width - 2 * wall, depth - 2 * wall, max(radius - wall, 0.001)),
    )
    visuals = [VisualPart(_open_box(outer, inner, height, 0.006), finish)]
    grip = meshes.extrude(meshes.rounded_rectangle(0.085, 0.026, 0.012), 0.0008)
    spots = [
        turned(moved(turned(grip, _X, np.pi / 2), y=-width / 2 + 0.0003, z=0.74 * height), _Z, s * np.pi / 2)
        for s in (-1.0, 1.0)
    ]
    visuals.append(
        VisualPart(meshes.merge(*spots), Material("shade", shaded(finish.color, 0.30), specular=0.0, shininess=0.0))
    )
    if kind == 0:
        lip = meshes.tube(
            np.column_stack(
                [meshes.rounded_rectangle(width - 0.002, depth - 0.002, radius), np.full(20, height - 0.004)]
            ),
            0.006,
            8,
            closed=True,
        )
        visuals.append(VisualPart(lip, finish))
    return Asset.build(
        "storage box",
        visuals,
        crate([width, depth, height], 0.010, 0.008),
        rng.uniform(0.6, 1.2),
        color=color,
        yaw_symmetry=2,
    )


def trash_can(rng: Generator) -> Asset:
    """An open waste bin, tapered, of metal or plastic."""
    radius, height = rng.uniform(0.115, 0.145), rng.uniform(0.27, 0.36)
    color, shade = named_color(rng, ("gray", "black", "white", "blue", "green", "red"))
    finish = materials.enamel(shade) if rng.random() < 0.5 else materials.plastic(shade)
    foot = rng.uniform(0.74, 0.92) * radius
    outside = [(0.0, 0.0), (foot, 0.0), (radius - 0.003, height - 0.012), (radius, height - 0.011), (radius, height)]
    return Asset.build(
        "trash can",
        [VisualPart(meshes.lathe(meshes.hollow(outside, 0.004, 0.012), 48), finish)],
        vessel(radius, radius - 0.008, height, 0.012, foot_radius=foot),
        rng.uniform(0.8, 1.6),
        color=color,
        yaw_symmetry=0,
    )


def cushion(rng: Generator) -> Asset:
    """A square sofa cushion lying flat: plain, striped or checked."""
    side, thick = rng.uniform(0.38, 0.48), rng.uniform(0.11, 0.15)
    color, shade = named_color(rng)
    pattern = rng.random()
    if pattern < 0.55:
        cloth = materials.fabric(shade, rng)
    else:
        base, other = (
            materials.COLORS[color],
            materials.COLORS["white"] if color != "white" else materials.COLORS["gray"],
        )
        print_ = textures.stripes(base, other, 0.024) if pattern < 0.8 else textures.checks(base, other, 0.03)
        cloth = Material("fabric", texture=print_, specular=0.0, shininess=0.0)
        color = color if color != "white" else ""
    return Asset.build(
        "cushion",
        [VisualPart(_pressed(moved(pillow(side, side, thick), z=thick / 2), 0.05 * thick), cloth)],
        [
            box_part([0.55 * side, 0.55 * side, 0.86 * thick], [0.0, 0.0, 0.48 * thick]),
            box_part([0.9 * side, 0.9 * side, 0.3 * thick], [0.0, 0.0, 0.5 * thick]),
        ],
        rng.uniform(0.5, 0.8),
        color=color,
        material="fabric",
        yaw_symmetry=4,
    )


def pillow(width: float, depth: float, thick: float) -> Mesh:
    """A filled cloth case around the origin: thick in the middle, pinched at its seam, corners drawn in a little."""
    edge = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 19))
    u, v = np.meshgrid(edge, edge)
    bulge = (np.clip(1.0 - u**4, 0.0, 1.0) * np.clip(1.0 - v**4, 0.0, 1.0)) ** 0.62
    x = width / 2 * u * (1.0 - 0.07 * (1.0 - v**2) * np.abs(u) ** 3)
    y = depth / 2 * v * (1.0 - 0.07 * (1.0 - u**2) * np.abs(v) ** 3)
    sides = []
    for sign in (1.0, -1.0):
        points = np.stack([x, y, sign * thick / 2 * bulge], axis=-1)
        side = meshes.surface(points if sign > 0 else points[:, ::-1], (width, depth))
        sides.append(side)
    return meshes.merge(*sides)


def backpack(rng: Generator) -> Asset:
    """A school bag standing upright, its pocket to the front, its straps at the back."""
    width, depth, height = rng.uniform(0.27, 0.32), rng.uniform(0.13, 0.16), rng.uniform(0.38, 0.45)
    color, shade = named_color(rng)
    cloth, dark = materials.fabric(shade, rng), materials.fabric(shaded(shade, 0.72), rng)
    arch = np.concatenate(
        [
            meshes.arc((0.0, height - width / 2), width / 2, 0.0, np.pi, 16),
            [(-width / 2, 0.03), (-width / 2 + 0.03, 0.0), (width / 2 - 0.03, 0.0), (width / 2, 0.03)],
        ]
    )
    body = moved(turned(meshes.extrude(arch, depth, bevel=0.035), _X, np.pi / 2), y=depth / 2)
    pocket_line = np.concatenate(
        [
            meshes.arc((0.0, 0.40 * height - 0.06), 0.40 * width, 0.15, np.pi - 0.15, 12),
            [(-0.38 * width, 0.03), (0.38 * width, 0.03)],
        ]
    )
    pocket = moved(turned(meshes.extrude(pocket_line, 0.05, bevel=0.018), _X, np.pi / 2), y=-depth / 2 + 0.012)
    zip_path = meshes.arc((0.0, height - width / 2), 0.80 * width / 2, 0.1, np.pi - 0.1, 16)
    zipper = meshes.tube(np.column_stack([zip_path[:, 0], np.full(16, -depth / 2 + 0.004), zip_path[:, 1]]), 0.0045, 6)
    straps = []
    for side in (-1.0, 1.0):
        path = meshes.curve(
            [
                (side * 0.07, depth / 2 - 0.02, 0.90 * height),
                (side * 0.085, depth / 2 + 0.028, 0.72 * height),
                (side * 0.10, depth / 2 + 0.026, 0.35 * height),
                (side * 0.11, depth / 2 - 0.015, 0.10 * height),
            ],
            12,
        )
        straps.append(meshes.tube(path, 0.011, 8))
    loop = meshes.tube(upright(meshes.arc((0.0, height - 0.006), 0.032, -0.1, np.pi + 0.1, 10)), 0.006, 8)
    return Asset.build(
        "backpack",
        [VisualPart(meshes.merge(body, pocket), cloth), VisualPart(meshes.merge(*straps, loop, zipper), dark)],
        [
            box_part([0.94 * width, depth, 0.7 * height], [0.0, 0.0, 0.35 * height]),
            box_part([0.7 * width, 0.9 * depth, 0.26 * height], [0.0, 0.0, 0.82 * height]),
            box_part([0.7 * width, 0.04, 0.36 * height], [0.0, -depth / 2 - 0.016, 0.21 * height]),
        ],
        rng.uniform(1.0, 2.5),
        color=color,
        material="fabric",
    )


def beach_ball(rng: Generator) -> Asset:
    """A ball of coloured gores that meet at two discs."""
    radius = rng.uniform(0.10, 0.15)
    ball = meshes.sphere(radius, 36)
    tones = [materials.COLORS[name] for name in (*(materials.pick(rng, BRIGHT) for _ in range(2)), "white")]
    pattern = prints.gores(tuple(tones))
    ball = Mesh(ball.vertices, ball.faces, ball.normals, ball.uv + [0.0, np.pi / 2 * radius])
    skin = Material(
        "plastic",
        texture=prints.fitted(pattern, (2 * np.pi * radius, np.pi * radius)),
        specular=0.35,
        shininess=0.5,
    )
    lean = about_axis([np.cos(rng.uniform(0, 6.28)), np.sin(rng.uniform(0, 6.28)), 0.0], rng.uniform(0.3, 1.2))
    body = ball.transformed(RigidTransform(lean))
    body = moved(_pressed(body, -0.985 * radius), z=0.985 * radius)
    return Asset.build(
        "beach ball",
        [VisualPart(body, skin)],
        [
            cylinder_part(0.45 * radius, 0.5 * radius, [0.0, 0.0, 0.25 * radius]),
            cylinder_part(0.95 * radius, 0.7 * radius, [0.0, 0.0, 0.985 * radius]),
            cylinder_part(0.6 * radius, 1.75 * radius, [0.0, 0.0, 0.985 * radius]),
        ],
        rng.uniform(0.15, 0.3),
        material="plastic",
        yaw_symmetry=1,
    )


def watering_can(rng: Generator) -> Asset:
    """A can with a long spout and rose at its left and a bowed handle at its right."""
    radius, height = rng.uniform(0.070, 0.09), rng.uniform(0.13, 0.16)
    color, shade = named_color(rng, ("green", "blue", "gray", "yellow", "red", "white", "orange"))
    finish = materials.enamel(shade) if rng.random() < 0.6 else materials.plastic(shade)
    side = [
        (0.97 * radius, 0.0),
        (radius, 0.004),
        (radius, 0.70 * height),
        (0.55 * radius, 0.98 * height),
        (0.55 * radius, height),
    ]
    body = meshes.lathe(meshes.hollow([(0.0, 0.0), *side], 0.003, 0.6 * height), 44)
    spout = np.array([(-0.85 * radius, 0.18 * height), (-1.4 * radius, 0.45 * height), (-2.5 * radius, 1.02 * height)])
    line = upright(meshes.curve(spout, 9))
    along = (line[-1] - line[-2]) / np.linalg.norm(line[-1] - line[-2])
    rose = meshes.tube(
        np.array([line[-1] - 0.008 * along, line[-1] + 0.016 * along, line[-1] + 0.020 * along]),
        [0.009, 0.024, 0.024],
        20,
    )
    handle = meshes.curve(
        [
            (0.50 * radius, 1.0 * height),
            (0.95 * radius, 1.22 * height),
            (1.55 * radius, 0.95 * height),
            (1.45 * radius, 0.45 * height),
            (0.95 * radius, 0.25 * height),
        ],
        16,
    )
    return Asset.build(
        "watering can",
        [
            VisualPart(
                meshes.merge(
                    body, meshes.tube(line, np.linspace(0.015, 0.009, 9)), rose, meshes.tube(upright(handle), 0.0065)
                ),
                finish,
            )
        ],
        [
            cylinder_part(radius, 0.72 * height, [0.0, 0.0, 0.36 * height]),
            cylinder_part(0.6 * radius, 0.28 * height, [0.0, 0.0, 0.86 * height]),
            box_part(
                [1.6 * radius, 0.024, 0.2 * height],
                [-1.75 * radius, 0.0, 0.62 * height],
                about_axis(_Y, float(np.arctan2(0.84 * height, 1.65 * radius))),
            ),
            box_part([0.6 * radius, 0.014, 0.7 * height], [1.25 * radius, 0.0, 0.72 * height]),
        ],
        rng.uniform(0.4, 0.8),
        color=color,
    )


def rubber_duck(rng: Generator) -> Asset:
    """A bath duck looking to the left."""
    size = rng.uniform(0.9, 1.3)
    yellow = materials.plastic(materials.named_color(rng, ("yellow",))[1])
    body = meshes.sphere([0.044, 0.034, 0.030], 26)
    vertices = body.vertices.copy()
    back = np.clip(vertices[:, 0] / 0.044, 0.0, 1.0)
    vertices[:, 2] += 0.020 * back**2
    vertices[:, 1] *= 1.0 - 0.45 * back**2
    body = _pressed(Mesh(vertices, body.faces, body.normals, body.uv), -0.022)
    head = moved(meshes.sphere(0.0235, 22), x=-0.024, z=0.043)
    wings = [
        moved(turned(meshes.sphere([0.020, 0.006, 0.013], 16), _Y, -0.3), x=0.006, y=s * 0.0315, z=0.005)
        for s in (-1.0, 1.0)
    ]
    bill = moved(meshes.sphere([0.012, 0.011, 0.0045], 16), x=-0.047, z=0.038)
    eyes = [moved(meshes.sphere(0.0035, 10), x=-0.040, y=s * 0.0125, z=0.051) for s in (-1.0, 1.0)]
    grow = [size] * 3
    parts = [
        box_part(np.array([0.07, 0.05, 0.042]) * size, np.array([0.0, 0.0, -0.001]) * size),
        box_part(np.array([0.045, 0.038, 0.045]) * size, np.array([-0.026, 0.0, 0.0425]) * size),
    ]
    return Asset.build(
        "rubber duck",
        [
            VisualPart(meshes.stretched(meshes.merge(body, head, *wings), grow), yellow),
            VisualPart(meshes.stretched(bill, grow), materials.plastic((0.88, 0.42, 0.10))),
            VisualPart(meshes.stretched(meshes.merge(*eyes), grow), materials.plastic((0.05, 0.05, 0.05))),
        ],
        parts,
        0.06 * size**3,
        color="yellow",
        material="plastic",
    )


DECOR: dict[str, Callable[[Generator], Asset]] = {
    "potted plant": potted_plant,
    "candle": candle,
    "picture frame": picture_frame,
    "toy car": toy_car,
    "teddy bear": teddy_bear,
    "puzzle cube": puzzle_cube,
    "toy block": toy_block,
    "wicker basket": wicker_basket,
    "storage box": storage_box,
    "trash can": trash_can,
    "cushion": cushion,
    "backpack": backpack,
    "beach ball": beach_ball,
    "watering can": watering_can,
    "rubber duck": rubber_duck,
}
