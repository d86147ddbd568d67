"""The identity prior: people's sizes, symmetric but for a little, largest first."""

import numpy as np
import pytest

from aucgan.heads import load_head
from aucgan.heads.anny.anthropometry import MEASURES, measured
from aucgan.heads.anny.assembly import head_mesh
from aucgan.heads.anny.contact import depth_in_sphere
from aucgan.heads.anny.identity import components, without_rigid


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def identity(head):
    return head.shapedirs[..., : head.n_identity].astype(float)


def test_components_have_the_covariance_of_what_they_are_made_of():
    rng = np.random.default_rng(0)
    fields, root = rng.normal(size=(4, 9)), rng.normal(size=(4, 4))
    columns = components(fields, root @ root.T)
    np.testing.assert_allclose(columns @ columns.T, fields.T @ (root @ root.T) @ fields, atol=1e-9)
    gram = columns.T @ columns
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=1e-9)
    assert (np.diff(np.diag(gram)) <= 1e-9).all()


def test_a_rigid_motion_is_taken_out_whole():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(30, 3))
    rigid = np.cross([0.1, -0.2, 0.3], points) + [1.0, 2.0, 3.0]
    held = np.arange(30) < 12
    np.testing.assert_allclose(without_rigid(points, rigid[None], held), 0, atol=1e-12)


def test_columns_are_ordered_by_variance(identity):
    size = np.square(identity).sum((0, 1))
    assert (np.diff(size) <= 1e-6 * size[0]).all()
    assert size[:100].sum() > 0.99 * size.sum()


def test_measures_scatter_as_those_of_people(identity):
    deviations = 1000 * np.sqrt(np.square(measured(head_mesh(), np.moveaxis(identity, -1, 0))).sum(0))
    for (name, measure), deviation in zip(MEASURES.items(), deviations, strict=True):
        assert 0.8 * measure.deviation < deviation < 1.45 * measure.deviation, (name, deviation)
    assert np.mean(deviations / [measure.deviation for measure in MEASURES.values()]) == pytest.approx(1.0, abs=0.07)


def test_the_mean_is_within_a_standard_deviation_of_people(head):
    sizes = 1000 * measured(head_mesh(), head.v_template.astype(float))
    off = {
        name: (size - measure.mean) / measure.deviation
        for (name, measure), size in zip(MEASURES.items(), sizes, strict=True)
    }
    narrow = off.pop("intercanthal breadth")  # the mesh has no caruncle: its eyes open 3 mm further out
    assert 0 < narrow < 2.5
    assert max(map(abs, off.values())) < 1.5, off
    assert np.mean(np.abs(list(off.values()))) < 0.7
    assert abs(off["interpupillary distance"]) < 0.2


def test_every_column_is_symmetric_or_antisymmetric_and_asymmetry_is_small(identity):
    mirror = head_mesh().mirror
    flipped = identity[mirror] * np.array([-1.0, 1.0, 1.0])[:, None]
    even = np.abs(flipped - identity).max((0, 1)) < 1e-7
    odd = np.abs(flipped + identity).max((0, 1)) < 1e-7
    assert (even | odd).all() and 20 < odd.sum() < 150
    sizes = [np.sqrt(np.square(identity[..., kind]).sum()) for kind in (odd, even)]
    assert 0.02 < sizes[0] / sizes[1] < 0.15


def test_eyeballs_fit_into_the_lids_of_people(head, identity):
    rng = np.random.default_rng(2)
    template = head.v_template.astype(float)
    deepest = []
    for _ in range(60):
        verts = template + identity @ rng.standard_normal(identity.shape[-1])
        for sign in (1, -1):
            ball = (head.vertex_parts == "eyeball") & (sign * template[:, 0] > 0)
            centre = 0.5 * (verts[ball].min(0) + verts[ball].max(0))
            radius = np.linalg.norm(verts[ball] - centre, axis=1).min()
            lids = np.isin(head.vertex_parts, ("skin", "lid_rim")) & (verts[:, 2] > centre[2] + 0.2 * radius)
            deepest.append(1000 * depth_in_sphere(verts[lids], centre, radius)[0].max())
    assert np.percentile(deepest, 95) < 0.3
