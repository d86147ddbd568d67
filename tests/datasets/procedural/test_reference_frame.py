import numpy as np
import pytest
from scipy.spatial import cKDTree

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.reference.curves import resampled
from aucgan.datasets.procedural.skin.head_texels import painted_head
from aucgan.heads import load_head


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def reference():
    return painted_head("anny").reference


def on_landmarks(head, values):
    corners = head.faces[head.landmarks.full_faces_idx]
    return (values[corners] * head.landmarks.full_bary_coords[..., None]).sum(1)


def test_landmarks_lie_where_the_reference_has_them(head, reference):
    places = np.r_[18:26, 27:68]  # detectors put the tails of brows on the temples
    np.testing.assert_allclose(on_landmarks(head, reference)[places], anatomy.landmarks_68()[places], atol=1e-3)
    assert np.abs(on_landmarks(head, head.v_template)[17:] - anatomy.landmarks_68()[17:]).max() > 5e-3, "a real change"


def test_no_triangle_turns_over(head, reference):
    def normals(points):
        a, b, c = (points[head.faces[:, k]] for k in range(3))
        return np.cross(b - a, c - a)

    cosine = (normals(reference) * normals(head.v_template)).sum(1)
    assert (cosine > 0).all()


def test_lid_margins_lie_on_the_references(head, reference):
    parts = head.vertex_parts[head.faces]
    border = np.unique(head.faces[(parts == "lid_rim").any(1) & (parts == "skin").any(1)])
    margin = border[(head.vertex_parts[border] == "skin") & (head.v_template[border, 2] > 0)]
    assert len(margin) > 30
    lids = np.concatenate([resampled(curve) for curve in (anatomy.UPPER_LID, anatomy.LOWER_LID)])
    distance, _ = cKDTree(np.concatenate([lids, anatomy.mirrored(lids)])).query(reference[margin])
    assert distance.max() < 1.2e-3


def test_eyeballs_are_centred_on_the_references_and_keep_their_size(head, reference):
    ball = (head.vertex_parts == "eyeball") & (head.v_template[:, 0] > 0)
    distance = np.linalg.norm(reference[ball] - anatomy.EYE_CENTRE, axis=1)
    size = np.ptp(head.v_template[ball], axis=0)[:2].mean() / 2
    np.testing.assert_allclose(distance, size, rtol=0.08)


def test_both_halves_are_treated_alike(head, reference):
    front = reference[(head.vertex_parts == "skin") & (head.v_template[:, 2] > 0.02)]
    distance, _ = cKDTree(reference).query(front * [-1.0, 1.0, 1.0])
    assert distance.max() < 2e-4
