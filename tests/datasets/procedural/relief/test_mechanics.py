import numpy as np
import pytest
from sheets import SIDE, TEXELS, TRAITS, grid, pressed, sheet

from aucgan.datasets.procedural.relief.mechanics.line_field import SkinMesh, combed, fold_count
from aucgan.datasets.procedural.relief.mechanics.process import MechanicsProcess
from aucgan.datasets.procedural.relief.mechanics.strain import compression_tensor, green_strain, tangent_frames
from aucgan.datasets.procedural.relief.mechanics.thickness import FOLD_RATIO, skin_thickness


def test_the_texels_of_the_sheet_lie_where_they_should():
    surface = sheet(grid()[0])
    places = np.einsum("tk,tkc->tc", surface.texel_weights, surface.vertices[surface.faces[surface.texel_faces]])
    at = ((np.arange(TEXELS) + 0.5) / TEXELS - 0.5) * SIDE
    np.testing.assert_allclose(places[:, 0].reshape(TEXELS, TEXELS), np.tile(at, (TEXELS, 1)), atol=1e-12)


def test_strain_is_that_of_a_stretched_sheet_and_blind_to_turning():
    vertices, faces = grid()
    frames, inverse = tangent_frames(vertices, faces)
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    strain = green_strain(inverse, pressed(vertices, 0.2, 0.3) @ turn.T, faces)
    np.testing.assert_allclose(np.linalg.eigvalsh(strain), [[0.5 * (0.8**2 - 1), 0.0]] * len(faces), atol=1e-12)
    along = np.array([np.cos(0.3), np.sin(0.3), 0.0])
    expected = 0.18 * np.outer(along, along)
    np.testing.assert_allclose(compression_tensor(strain, frames), [expected] * len(faces), atol=1e-12)


def test_folds_are_counted_along_the_direction():
    vertices, faces = grid()
    mesh = SkinMesh.of(vertices, faces)
    signs = np.where(np.random.default_rng(0).random(len(vertices)) > 0.5, 1.0, -1.0)
    lines = combed(signs[:, None] * np.array([0.6, 0.8, 0.0]), np.ones(len(vertices)), faces)
    assert (lines @ lines[0] > 0.99).all()
    count = fold_count(mesh, lines, np.full(len(vertices), 100.0), np.ones(len(vertices)))
    expected = 100.0 * vertices @ lines[0]
    np.testing.assert_allclose(count - count.mean(), expected - expected.mean(), atol=1e-3)


@pytest.mark.parametrize("angle", [0.0, 0.6, np.pi / 2])
def test_folds_lie_across_the_compression(angle):
    vertices, _ = grid()
    posed = pressed(vertices, 0.2, angle)
    process = MechanicsProcess(sheet(posed))
    person = process.person(TRAITS, vertices, np.random.default_rng(0))
    relief = process.relief(person, posed[None])[0].reshape(TEXELS, TEXELS)[8:-8, 8:-8]
    dy, dx = np.gradient(relief)
    along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    assert (along**2).sum() > 4 * (across**2).sum()
    assert 2e-4 < -relief.min() < 1.2e-3


def test_the_distance_of_folds_is_set_by_the_thickness():
    vertices, _ = grid()
    posed = pressed(vertices, 0.2, 0.0)
    process = MechanicsProcess(sheet(posed))
    relief = process.relief(process.person(TRAITS, vertices, np.random.default_rng(1)), posed[None])[0]
    spectrum = (np.abs(np.fft.rfft(relief.reshape(TEXELS, TEXELS) - relief.mean(), axis=1)) ** 2).mean(0)
    frequencies = np.arange(len(spectrum)) / SIDE
    expected = 1.0 / (FOLD_RATIO * skin_thickness(vertices, np.zeros((68, 3)))).mean()
    strongest = frequencies[spectrum.argmax()]
    assert 0.5 * expected < strongest < 1.6 * expected


def test_skin_at_rest_and_stretched_skin_have_no_folds_but_lined_skin_keeps_some():
    vertices, _ = grid()
    process = MechanicsProcess(sheet(pressed(vertices, 0.2, 0.0)))
    young = process.person(TRAITS, vertices, np.random.default_rng(2))
    lined = process.person(TRAITS | {"lined": 1.0}, vertices, np.random.default_rng(2))
    poses = np.stack([vertices, pressed(vertices, -0.15, 0.0), pressed(vertices, 0.2, 0.0)])
    smooth, kept = process.relief(young, poses), process.relief(lined, poses)
    assert np.abs(smooth[0]).max() < 1e-9
    assert smooth[1].max() < 0, "stretched skin is thinner"
    assert smooth[1].std() < 0.1 * smooth[2].std()
    assert kept[1].std() < kept[0].std() < kept[2].std() and kept[0].std() > 3e-5
    np.testing.assert_allclose(np.corrcoef(kept[0], kept[2])[0, 1], 1.0, atol=0.35)
