from __future__ import annotations

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from gsi_ray.lake import images

SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=12)


@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))))
def test_a_picture_comes_back_exactly(rgb: np.ndarray) -> None:
    np.testing.assert_array_equal(images.decode_rgb(images.encode_rgb(rgb)), rgb)


@given(arrays(np.uint16, SHAPES))
def test_instance_numbers_come_back_exactly(instances: np.ndarray) -> None:
    decoded = images.decode_instances(images.encode_instances(instances))
    assert decoded.dtype == np.uint16
    np.testing.assert_array_equal(decoded, instances)


@given(arrays(np.float32, SHAPES, elements=st.floats(0.0, 65.0, width=32)))
def test_depth_comes_back_to_the_nearest_millimetre(depth: np.ndarray) -> None:
    decoded = images.decode_depth(images.encode_depth(depth))
    assert decoded.dtype == np.float32
    np.testing.assert_allclose(decoded, depth, rtol=0.0, atol=0.000_51)


def test_depth_that_16_bits_cannot_tell_is_nothing() -> None:
    depth = np.array([[0.0, 65.535, 65.536, 100.0], [-1.0, np.inf, np.nan, 0.0004]], dtype=np.float32)
    expected = np.array([[0.0, 65.535, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]], dtype=np.float32)
    np.testing.assert_array_equal(images.decode_depth(images.encode_depth(depth)), expected)


def test_others_read_depth_and_instances_as_16_bit_grey() -> None:
    depth = np.full((4, 6), 1.234, dtype=np.float32)
    with Image.open(io.BytesIO(images.encode_depth(depth))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "I;16", (6, 4))
        assert picture.getpixel((5, 3)) == 1234
