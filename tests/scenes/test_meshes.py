"""Shapes are closed, face outward, have the volume that geometry gives them, and wear textures true to scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Mesh

LENGTHS = st.floats(0.02, 2.0)

L_SHAPE = [(0.0, 0.0), (0.5, 0.0), (0.5, 0.2), (0.2, 0.2), (0.2, 0.6), (0.0, 0.6)]

SOLIDS = {
    "box": meshes.box([0.3, 0.2, 0.1]),
    "rounded box": meshes.box([0.3, 0.2, 0.1], bevel=0.02),
    "cylinder": meshes.cylinder(0.1, 0.4),
    "rounded cylinder": meshes.cylinder(0.1, 0.4, bevel=0.03),
    "sphere": meshes.sphere([0.1, 0.2, 0.3]),
    "cup": meshes.lathe(meshes.hollow([(0.0, 0.0), (0.04, 0.0), (0.05, 0.1)], 0.004, 0.006)),
    "concave prism": meshes.extrude(L_SHAPE, 0.3),
    "rounded concave prism": meshes.extrude(L_SHAPE, 0.3, bevel=0.03),
    "rod": meshes.tube([(0.0, 0.0, 0.0), (0.0, 0.0, 0.3), (0.2, 0.0, 0.5)], [0.03, 0.02, 0.04]),
    "ring": meshes.tube(
        [(np.cos(t), np.sin(t), 0.2 * np.sin(2 * t)) for t in np.arange(0.0, 6.2, 0.2)], 0.1, closed=True
    ),
}


def corners(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return mesh.vertices[mesh.faces[:, 0]], mesh.vertices[mesh.faces[:, 1]], mesh.vertices[mesh.faces[:, 2]]


def volume(mesh: Mesh) -> float:
    """Signed volume by the divergence theorem: positive when faces run counterclockwise from outside."""
    first, second, third = corners(mesh)
    return float(np.sum(first * np.cross(second, third)) / 6.0)


@pytest.mark.parametrize("name", SOLIDS)
def test_every_edge_of_a_solid_is_shared_by_two_faces(name: str) -> None:
    mesh = SOLIDS[name]
    _, welded = np.unique(np.round(mesh.vertices / 1e-7).astype(np.int64), axis=0, return_inverse=True)
    faces = welded.reshape(-1)[mesh.faces]
    edges = {(int(face[i]), int(face[(i + 1) % 3])) for face in faces for i in range(3)}
    assert all((end, start) in edges for start, end in edges)


@pytest.mark.parametrize("name", SOLIDS)
def test_normals_are_of_unit_length_and_on_the_side_that_the_face_shows(name: str) -> None:
    mesh = SOLIDS[name]
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1.0, atol=1e-9)
    first, second, third = corners(mesh)
    facing = np.cross(second - first, third - first)
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    for corner in range(3):
        assert np.min(np.sum(facing * mesh.normals[mesh.faces[:, corner]], axis=1)) > 0.7


@given(LENGTHS, LENGTHS, LENGTHS)
def test_a_box_has_the_volume_of_its_size(width: float, depth: float, height: float) -> None:
    assert volume(meshes.box([width, depth, height])) == pytest.approx(width * depth * height)


@given(LENGTHS, LENGTHS, st.floats(0.0, 1.0))
def test_a_lathed_cone_has_the_volume_of_a_cone_frustum(radius: float, height: float, share: float) -> None:
    top = share * radius
    mesh = meshes.lathe([(0.0, 0.0), (radius, 0.0), (top, height), (0.0, height)], segments=64)
    frustum = np.pi * height / 3.0 * (radius**2 + radius * top + top**2)
    polygon = 64 / (2.0 * np.pi) * np.sin(2.0 * np.pi / 64)  # a circle's share that its 64-sided polygon covers
    assert volume(mesh) == pytest.approx(frustum * polygon, rel=1e-6)


@given(LENGTHS)
def test_a_concave_prism_has_the_volume_of_its_outline(height: float) -> None:
    assert volume(meshes.extrude(L_SHAPE, height)) == pytest.approx(0.18 * height)


def test_rounding_edges_keeps_the_extents_and_takes_a_little_volume() -> None:
    for plain, rounded in (
        (SOLIDS["box"], SOLIDS["rounded box"]),
        (SOLIDS["concave prism"], SOLIDS["rounded concave prism"]),
    ):
        np.testing.assert_allclose(np.ptp(plain.vertices, axis=0), np.ptp(rounded.vertices, axis=0), atol=1e-9)
        assert 0.8 < volume(rounded) / volume(plain) < 1.0


def test_a_hollow_vessel_holds_air() -> None:
    outer = np.pi * 0.1 / 3.0 * (0.04**2 + 0.04 * 0.05 + 0.05**2)
    assert volume(SOLIDS["cup"]) < 0.3 * outer
    assert volume(SOLIDS["cup"]) > 0.0


@pytest.mark.parametrize("name", ["box", "cylinder", "concave prism"])
def test_textures_keep_their_scale_on_flat_and_rolled_surfaces(name: str) -> None:
    mesh = SOLIDS[name]
    index = mesh.faces[:, [0, 1, 2, 0]]
    along = np.linalg.norm(np.diff(mesh.vertices[index], axis=1), axis=2)
    on_texture = np.linalg.norm(np.diff(mesh.uv[index], axis=1), axis=2)
    longest = np.argmax(along, axis=1)
    rows = np.arange(len(index))
    stretch = on_texture[rows, longest] / along[rows, longest]
    assert np.quantile(stretch, 0.1) > 0.8
    assert np.quantile(stretch, 0.9) < 1.3


def test_the_front_of_a_round_label_is_the_middle_of_its_picture_and_reads_left_to_right() -> None:
    label = meshes.lathe([(0.04, 0.0), (0.04, 0.1)])
    front = label.vertices[:, 1] < -0.035
    middle = label.uv[np.argmin(label.vertices[:, 1]), 0]
    assert middle == pytest.approx(np.pi * 0.04, rel=1e-6)
    assert np.corrcoef(label.vertices[front, 0], label.uv[front, 0])[0, 1] > 0.99
    np.testing.assert_allclose(label.uv[:, 1], label.vertices[:, 2], atol=1e-12)


def test_a_sheet_faces_up_and_its_texture_starts_at_its_lower_left_corner() -> None:
    sheet = meshes.sheet(0.4, 0.2)
    np.testing.assert_allclose(sheet.normals, [[0.0, 0.0, 1.0]] * 4)
    np.testing.assert_allclose(sheet.uv, sheet.vertices[:, :2] + [0.2, 0.1])


def test_a_smooth_side_has_creases_only_where_its_profile_turns_sharply() -> None:
    mesh = meshes.cylinder(0.1, 0.4)
    side = np.abs(mesh.normals[:, 2]) < 1e-9
    np.testing.assert_allclose(mesh.normals[side, :2] * 0.1, mesh.vertices[side, :2], atol=1e-9)
    np.testing.assert_allclose(np.abs(mesh.normals[~side, 2]), 1.0)


def test_a_closed_ring_meets_itself_without_a_twist() -> None:
    ring = SOLIDS["ring"]
    rows = len(ring.vertices) // 13
    np.testing.assert_allclose(ring.vertices[:13], ring.vertices[13 * (rows - 1) :], atol=1e-9)
    np.testing.assert_allclose(ring.normals[:13], ring.normals[13 * (rows - 1) :], atol=0.1)


def test_a_curve_passes_through_its_ends_and_stays_between_its_points() -> None:
    points = np.array([(1.0, 0.0), (2.0, 1.0), (2.0, 2.0), (0.5, 3.0)])
    smooth = meshes.curve(points, 50)
    np.testing.assert_allclose(smooth[[0, -1]], points[[0, -1]])
    assert smooth[:, 0].max() <= 2.0 + 1e-9
    assert np.all(np.diff(smooth[:, 1]) > 0.0)


def test_stretching_keeps_normals_at_right_angles_to_the_surface() -> None:
    stretched = meshes.stretched(meshes.sphere(0.1), [1.0, 2.0, 3.0])
    ellipsoid = meshes.sphere([0.1, 0.2, 0.3])
    np.testing.assert_allclose(stretched.vertices, ellipsoid.vertices, atol=1e-12)
    np.testing.assert_allclose(stretched.normals, ellipsoid.normals, atol=1e-9)
