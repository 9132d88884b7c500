"""SSIM, against scikit-image's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.metrics import structural_similarity

from gsi_ray.evaluation.ssim import Windows, similarity


@pytest.mark.parametrize("shape", [(61, 83, 3), (7, 120, 3), (100, 7, 3)])
@pytest.mark.parametrize(("contrast", "darkest"), [(255.0, 0.0), (20.0, 0.0), (60.0, 190.0)])
def test_every_pixel_is_as_similar_as_scikit_image_says(
    shape: tuple[int, ...], contrast: float, darkest: float
) -> None:
    rng = np.random.default_rng(0)
    first = (darkest + contrast * cv2.GaussianBlur(rng.random(shape), (0, 0), 2.0)).astype(np.float32)
    second = (first + rng.normal(0.0, 0.03 * contrast, shape)).astype(np.float32)
    value_range = float(second.max() - second.min())
    _, expected = structural_similarity(
        first.astype(np.float64), second.astype(np.float64), data_range=value_range, channel_axis=-1, full=True
    )
    found = similarity(Windows.of(first), Windows.of(second), value_range)
    # In single precision, where bright values hardly differ; skimage's own, given such numbers, is as far off.
    np.testing.assert_allclose(found, expected, atol=5e-3)
    assert found.mean(dtype=np.float64) == pytest.approx(expected.mean(), abs=1e-4)


def test_pictures_of_one_colour_have_nothing_in_common_that_could_be_told() -> None:
    black = Windows.of(np.zeros((20, 20, 3), dtype=np.float32))
    assert not similarity(black, black, 0.0).any()
