"""Random rotations, poses, boxes and cameras for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gsi_ray.spatial import Camera, OrientedBox, RigidTransform, rotations

angles = st.floats(-np.pi, np.pi)
points = arrays(np.float64, 3, elements=st.floats(-2.0, 2.0))
quaternions = arrays(np.float64, 4, elements=st.floats(-1.0, 1.0)).filter(lambda q: np.linalg.norm(q) > 0.1)
any_rotation = quaternions.map(rotations.from_quaternion)
transforms = st.builds(RigidTransform, any_rotation, points)
sizes = arrays(np.float64, 3, elements=st.floats(0.1, 1.5))
boxes = st.builds(OrientedBox, points.map(lambda p: p / 4.0), sizes, any_rotation)
cameras = st.builds(
    Camera.at,
    points,
    angles,
    st.floats(-1.3, 1.3),
    field_of_view=st.floats(0.4, 1.6),
    width=st.integers(32, 800),
    height=st.integers(32, 800),
)
