"""No lips through teeth, no lids through eyes."""

import numpy as np
import pytest

from aucgan.heads import load_head
from aucgan.heads.anny.contact import closest_on_triangles, depth_in_sphere, depth_in_teeth

SINGLE, TOGETHER = 0.3, 1.0  # mm


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def eyes(head):
    found = []
    for sign in (1, -1):
        ball = (head.vertex_parts == "eyeball") & (sign * head.v_template[:, 0] > 0)
        centre = 0.5 * (head.v_template[ball].min(0) + head.v_template[ball].max(0)).astype(float)
        away = head.v_template - centre
        radius = float(np.linalg.norm(away[ball], axis=1).mean())
        lids = np.isin(head.vertex_parts, ("skin", "lid_rim")) & (away[:, 2] > 0.2 * radius)
        found.append((centre, radius, np.flatnonzero(lids & (np.linalg.norm(away, axis=1) < 0.03))))
    return found


def lids_in_eyes(verts, eyes):
    return 1000 * max(depth_in_sphere(verts[lids], centre, radius)[0].max() for centre, radius, lids in eyes)


@pytest.fixture(scope="module")
def lips_in_teeth(head):
    """Millimetres by which the lips of posed vertices are in the teeth."""
    lips = np.isin(head.vertex_parts, ("lip_upper", "lip_lower"))
    teeth = [head.faces[(head.vertex_parts[head.faces] == part).all(1)] for part in ("teeth_upper", "teeth_lower")]
    return lambda verts: 1000 * max(depth_in_teeth(verts[lips], verts[faces])[0].max() for faces in teeth)


def test_closest_point_equals_a_search():
    rng = np.random.default_rng(0)
    triangles, points = rng.normal(size=(5, 3, 3)), rng.normal(size=(40, 3))
    nearest, distance = closest_on_triangles(points, triangles)
    grid = rng.dirichlet([1, 1, 1], 20000)
    every = np.stack([closest_on_triangles(points, triangle[None])[1][:, 0] for triangle in triangles], axis=1)
    np.testing.assert_array_equal(distance, np.where(np.isinf(distance), np.inf, every))  # far ones are left out
    np.testing.assert_array_equal(distance.argmin(1), every.argmin(1))
    for point, found, number in zip(points, nearest, distance.argmin(1), strict=True):
        best = np.linalg.norm(grid @ triangles - point, axis=-1).min()
        assert np.linalg.norm(found - point) <= best + 1e-9
        assert np.linalg.norm(found - point) == pytest.approx(best, abs=0.05)
        assert np.linalg.det(triangles[number] - found) == pytest.approx(0.0, abs=1e-9)  # in its plane


def test_depth_in_sphere_is_what_it_says():
    depth, normal = depth_in_sphere(np.array([[0, 0, 0.5], [0, 2.0, 0]]), np.zeros(3), 1.0)
    np.testing.assert_allclose(depth, [0.5, 0.0])
    np.testing.assert_allclose(normal, [[0, 0, 1], [0, 1, 0]])


def test_depth_in_teeth_sees_a_point_behind_the_surface():
    square = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]) * 0.1
    depth, normal = depth_in_teeth(np.array([[0.02, 0.02, -0.001], [0.02, 0.02, 0.001], [0.02, 0.02, -0.01]]), square)
    np.testing.assert_allclose(depth, [0.001, 0.0, 0.0], atol=1e-12)  # the last lies behind the teeth
    np.testing.assert_allclose(normal[0], [0, 0, 1])


def test_the_measure_can_fail(head, eyes, lips_in_teeth):
    """A lid pulled inward and lips pushed back are seen."""
    centre, radius, lids = eyes[0]
    verts = head.v_template.astype(float)
    verts[lids[0]] = centre + 0.5 * (verts[lids[0]] - centre)
    lips = np.isin(head.vertex_parts, ("lip_upper", "lip_lower"))
    assert lids_in_eyes(verts, eyes) > 1.0
    back = np.array([0, 0, 0.001]) * lips[:, None]
    assert max(lips_in_teeth(verts - step * back) for step in range(5, 10)) > 0.5


@pytest.mark.parametrize("weight", [0.25, 0.5, 0.75, 1.0])
def test_single_shapes(head, eyes, lips_in_teeth, weight):
    for name in head.expression_names:
        verts = head.v_template + weight * head.columns(name)[..., 0].astype(float)
        assert lids_in_eyes(verts, eyes) <= SINGLE, name
        assert lips_in_teeth(verts) <= SINGLE, name


def test_five_hundred_random_expressions(head, eyes, lips_in_teeth):
    """A fifth of the shapes at once, at any weight; the lips close no further than the jaw is open."""
    rng = np.random.default_rng(1)
    names = head.expression_names
    columns = head.shapedirs[..., head.n_identity :].astype(float)
    deepest = []
    for _ in range(500):
        weights = rng.random(len(names)) * (rng.random(len(names)) < 0.2)
        weights[names.index("mouthClose")] *= weights[names.index("jawOpen")]
        verts = head.v_template + columns @ weights
        deepest.append(max(lids_in_eyes(verts, eyes), lips_in_teeth(verts)))
    assert np.percentile(deepest, 95) <= TOGETHER
