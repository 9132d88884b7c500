"""Rigid transforms form a group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from gsi_ray.spatial import RigidTransform
from tests.spatial.shapes import points, transforms


def assert_same(first: RigidTransform, second: RigidTransform) -> None:
    np.testing.assert_allclose(first.matrix, second.matrix, atol=1e-12)


@given(transforms, transforms, points)
def test_a_product_applies_its_right_factor_first(
    second: RigidTransform, first: RigidTransform, point: np.ndarray
) -> None:
    np.testing.assert_allclose((second @ first).apply(point), second.apply(first.apply(point)), atol=1e-12)


@given(transforms, transforms, transforms)
def test_products_are_associative(a: RigidTransform, b: RigidTransform, c: RigidTransform) -> None:
    assert_same((a @ b) @ c, a @ (b @ c))


@given(transforms)
def test_the_identity_changes_nothing_and_the_inverse_undoes(transform: RigidTransform) -> None:
    assert_same(transform @ RigidTransform(), transform)
    assert_same(transform @ transform.inverse(), RigidTransform())
    assert_same(transform.inverse() @ transform, RigidTransform())


@given(transforms, transforms)
def test_products_are_products_of_matrices(a: RigidTransform, b: RigidTransform) -> None:
    assert_same(a @ b, RigidTransform.from_matrix(a.matrix @ b.matrix))
    assert_same(a, RigidTransform.from_matrix(a.matrix.ravel()))


def test_transforms_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="read-only"):
        RigidTransform().translation[0] = 1.0


def test_a_translation_has_three_numbers() -> None:
    with pytest.raises(ValueError, match="reshape"):
        RigidTransform(translation=np.zeros(2))
