"""Placing logic, on plain boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsi_ray.scenes import meshes
from gsi_ray.scenes.assets import Asset, BoxPart, Material, SupportSurface, VisualPart
from gsi_ray.scenes.layout import Blocks, Layout, gaps
from gsi_ray.spatial import OrientedBox, RigidTransform, rotations, separation


def block(category: str, width: float, depth: float, height: float) -> Asset:
    """A plain box that things can stand on."""
    size = np.array([width, depth, height])
    outline = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * size[:2] / 2.0
    return Asset.build(
        category,
        [VisualPart(meshes.box(size), Material("grey"))],
        [BoxPart(RigidTransform(), size)],
        1.0,
        supports=[SupportSurface(outline, height / 2.0)],
    )


def empty_room(seed: int = 0, width: float = 4.0, depth: float = 3.0) -> Layout:
    return Layout("test", width, depth, 2.6, np.random.default_rng(seed))


boxes = st.builds(
    lambda x, y, z, size, yaw: OrientedBox([x, y, z], size, rotations.about_z(yaw)),
    *[st.floats(-1.0, 1.0)] * 3,
    st.tuples(*[st.floats(0.05, 1.0)] * 3),
    st.floats(-np.pi, np.pi),
)


@given(boxes, boxes)
def test_gaps_of_upright_boxes_are_their_separation(first: OrientedBox, second: OrientedBox) -> None:
    horizontal, vertical = gaps(Blocks.of([first]), Blocks.of([second]))
    assert max(horizontal[0, 0], vertical[0, 0]) == pytest.approx(separation(first, second), abs=1e-9)


def test_a_tilted_box_counts_as_the_upright_box_around_it() -> None:
    tilted = OrientedBox([0.0, 0.0, 1.0], [0.1, 0.2, 2.0], rotations.about_axis([1.0, 0.0, 0.0], np.pi / 2.0))
    blocks = Blocks.of([tilted])
    assert blocks.highs[0] - blocks.lows[0] == pytest.approx(0.2)
    assert 2.0 * blocks.halves[0] == pytest.approx([0.1, 2.0])


def test_furniture_along_a_wall_turns_its_front_into_the_room() -> None:
    layout = empty_room()
    for wall in layout.walls:
        item = layout.along_wall(block("cabinet", 0.8, 0.4, 0.7), [wall], out=0.02)
        assert item is not None
        front = item.pose.rotation @ [0.0, -1.0, 0.0]
        assert front @ item.pose.translation < 0.0
        behind = item.pose.translation[:2] - (0.2 + 0.02) * front[:2]
        assert np.min(np.abs(np.abs(behind) - [2.0, 1.5])) == pytest.approx(0.0, abs=1e-9)


def test_things_put_on_a_table_rest_on_it_apart_from_each_other_and_from_its_edge() -> None:
    layout = empty_room()
    table = layout.stand(block("table", 1.2, 0.8, 0.7), [0.5, 0.2], 0.4)
    assert table is not None
    (place,) = layout.places(table)
    items = [layout.put(block("cup", 0.08, 0.08, 0.1), place, gap=0.03, edge=0.02) for _ in range(12)]
    standing = [item for item in items if item is not None]
    assert len(standing) >= 6
    inner = table.box.inflated(-0.02).footprint
    for index, item in enumerate(standing):
        assert item.box.bottom == pytest.approx(0.7)
        assert np.all([separation(item.box, other.box) >= 0.03 for other in standing[:index]])
        hull = OrientedBox.around(np.column_stack([inner, np.zeros(len(inner))]))
        assert hull.contains(np.column_stack([item.box.footprint, np.zeros(4)]), 1e-9).all()


def test_alike_things_keep_farther_apart_than_others() -> None:
    layout = empty_room()
    table = layout.stand(block("table", 1.2, 0.8, 0.7), [0.0, 0.0], 0.0)
    assert table is not None
    cups = [layout.put(block("cup", 0.08, 0.08, 0.1), layout.places(table)[0]) for _ in range(10)]
    standing = [cup for cup in cups if cup is not None]
    assert min(separation(one.box, two.box) for one in standing for two in standing if one is not two) >= 0.1


def test_nothing_is_put_where_it_is_too_high_for_the_shelf() -> None:
    layout = empty_room()
    shelf = block("shelf", 1.0, 0.4, 0.5)
    low = Asset.build(
        "shelf", shelf.visuals, shelf.collisions, 1.0, supports=[SupportSurface(shelf.supports[0].outline, 0.25, 0.2)]
    )
    item = layout.stand(low, [0.0, 0.0], 0.0)
    assert item is not None
    assert layout.put(block("jar", 0.1, 0.1, 0.15), layout.places(item)[0]) is not None
    assert layout.put(block("vase", 0.1, 0.1, 0.25), layout.places(item)[0]) is None


def test_furniture_stays_off_what_is_kept_clear() -> None:
    layout = empty_room()
    layout.keep_clear([0.0, 0.0], [3.9, 2.9])
    assert layout.along_wall(block("cabinet", 0.8, 0.4, 1.0), layout.walls) is None


def test_a_full_room_has_no_room() -> None:
    layout = empty_room()
    assert layout.stand(block("crate", 1.0, 1.0, 1.0), [0.0, 0.0], 0.0) is not None
    assert layout.stand(block("crate", 1.0, 1.0, 1.0), [0.9, 0.0], 0.0) is None
    assert [item.object_id for item in layout.objects] == ["crate_1"]
