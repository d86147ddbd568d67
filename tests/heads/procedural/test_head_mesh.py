"""The mean head: a clean, symmetric, closed surface with a usable texture layout."""

from collections import Counter

import numpy as np
import pytest

from aucgan.heads.procedural import anatomy
from aucgan.heads.procedural.curves import cross_2d
from aucgan.heads.procedural.half_mesh import strip
from aucgan.heads.procedural.masks import rasterize_uv
from aucgan.heads.procedural.mesh import head_mesh


@pytest.fixture(scope="module")
def mesh():
    return head_mesh()


def edge_counts(faces):
    directed = Counter((int(a), int(b)) for i, j in ((0, 1), (1, 2), (2, 0)) for a, b in faces[:, [i, j]])
    undirected = Counter()
    for (a, b), count in directed.items():
        undirected[min(a, b), max(a, b)] += count
    return directed, undirected


def test_size_of_the_mesh(mesh):
    assert 4500 <= len(mesh.vertices) <= 5500
    assert 9000 <= len(mesh.faces) <= 11000
    assert set(np.unique(mesh.faces)) == set(range(len(mesh.vertices)))
    assert set(np.unique(mesh.uv_faces)) == set(range(len(mesh.uv)))


def test_exact_mirror_symmetry(mesh):
    assert np.array_equal(mesh.vertices[mesh.mirror], mesh.vertices * [-1.0, 1.0, 1.0])
    assert np.array_equal(mesh.mirror[mesh.mirror], np.arange(len(mesh.mirror)))
    whole = {tuple(sorted(face)) for face in mesh.faces.tolist()}
    assert {tuple(sorted(face)) for face in mesh.mirror[mesh.faces].tolist()} == whole


def test_no_degenerate_faces(mesh):
    corners = mesh.vertices[mesh.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    assert area.min() > 1e-9
    assert (np.diff(np.sort(mesh.faces, axis=1)) > 0).all()


def test_neighbours_agree_on_the_outside(mesh):
    directed, undirected = edge_counts(mesh.faces)
    assert max(directed.values()) == 1
    assert max(undirected.values()) == 2


def test_the_skin_is_open_only_at_the_neck(mesh):
    _, undirected = edge_counts(mesh.faces)
    skin = mesh.part("skin", "lip_upper", "lip_lower", "ear")
    border = [edge for edge, count in undirected.items() if count == 1 and skin[list(edge)].all()]
    assert border and mesh.vertices[np.array(border)][..., 1].max() < -0.185


def test_skin_faces_look_outward(mesh):
    corners = mesh.vertices[mesh.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    centre = corners.mean(1)
    cranium = mesh.part("skin")[mesh.faces].all(1) & (centre[:, 1] > 0.06)
    outward = ((centre - anatomy.CRANIUM_CENTRE) * normal).sum(1)
    assert (outward[cranium] > 0).all()
    eyes = mesh.part("eyeball")[mesh.faces].all(1)
    from_eye = centre[eyes] - anatomy.EYE_CENTRE * np.stack([np.sign(centre[eyes, 0]), *np.ones((2, eyes.sum()))], 1)
    assert ((from_eye * normal[eyes]).sum(1) > 0).all()
    cheek = mesh.part("skin")[mesh.faces].all(1) & (np.abs(centre[:, 1]) < 0.03) & (centre[:, 2] > 0.05)
    assert (normal[cheek, 2] > 0).mean() > 0.97


def test_eyeballs_are_spheres_behind_the_lids(mesh):
    left = mesh.part("eyeball") & (mesh.vertices[:, 0] > 0)
    radius = np.linalg.norm(mesh.vertices[left] - anatomy.EYE_CENTRE, axis=1)
    assert np.allclose(radius, anatomy.EYE_RADIUS, atol=0.0007)
    skin = mesh.vertices[mesh.part("skin") & (mesh.vertices[:, 0] > 0)]
    assert np.linalg.norm(skin - anatomy.EYE_CENTRE, axis=1).min() > anatomy.EYE_RADIUS + 0.0003


def test_texture_charts_do_not_overlap(mesh):
    corners = mesh.uv[mesh.uv_faces]
    area = cross_2d(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    assert mesh.uv.min() > 0 and mesh.uv.max() < 1
    assert (area > 1e-9).all()  # turned triangles would lie over their neighbours
    _, covered = rasterize_uv(mesh, mesh.vertices, 1024)
    assert np.abs(area).sum() == pytest.approx(covered.mean(), rel=0.005)


def test_texture_is_symmetric_and_spent_on_the_face(mesh):
    flipped = mesh.uv * [-1.0, 1.0] + [1.0, 0.0]
    assert {tuple(p) for p in np.round(flipped, 9)} == {tuple(p) for p in np.round(mesh.uv, 9)}
    position, covered = rasterize_uv(mesh, mesh.vertices, 256)
    row = int((1 - 0.58) * 256)
    front = covered[row] & (position[row, :, 2] > 0.0)
    assert front.mean() >= 0.5


def test_strip_between_rows():
    faces = strip(np.array([0, 1, 2]), np.array([3, 4, 5]), closed=False)
    assert sorted(map(tuple, faces.tolist())) == [(0, 1, 4), (0, 4, 3), (1, 2, 5), (1, 5, 4)]
