"""What rays from a point see of a mesh."""

import numpy as np
import pytest

from aucgan.heads.anny import landmarks
from aucgan.heads.anny.landmarks import seen_from


@pytest.fixture(scope="module")
def shells():
    """Triangles of two octahedra around the origin, of which the second is twice as large."""
    corners = np.stack([np.eye(3), -np.eye(3)])
    signs = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
    inner = np.array([[corners[sign[axis], axis] for axis in range(3)] for sign in signs])
    return np.concatenate([inner, 2.0 * inner])


def test_the_outer_shell_is_seen_where_it_is(shells):
    directions = np.random.default_rng(0).normal(size=(3 * landmarks._RAYS_AT_ONCE + 1, 3))
    hit, weights, reach = seen_from(np.zeros(3), directions, shells)
    np.testing.assert_allclose(reach, 2.0 / np.abs(directions).sum(1))  # |x| + |y| + |z| = 2 there
    assert (hit >= 8).all()
    np.testing.assert_allclose((shells[hit] * weights[..., None]).sum(1), directions * reach[:, None], atol=1e-12)


def test_rays_do_not_depend_on_those_beside_them(shells):
    directions = np.random.default_rng(1).normal(size=(2 * landmarks._RAYS_AT_ONCE, 3))
    together = seen_from(np.full(3, 0.1), directions, shells)
    alone = [seen_from(np.full(3, 0.1), one[None], shells) for one in directions]
    for found, parts in zip(together, zip(*alone, strict=True), strict=True):
        np.testing.assert_allclose(found, np.concatenate(parts), atol=1e-12)


def test_what_misses_is_told(shells):
    _, _, reach = seen_from(np.array([5.0, 0.0, 0.0]), np.array([[1.0, 0.0, 0.0], [-1.0, 0.01, 0.01]]), shells)
    assert reach[0] == -np.inf and np.isfinite(reach[1])
