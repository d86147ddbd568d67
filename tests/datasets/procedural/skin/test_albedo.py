import numpy as np
import pytest

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.skin.albedo import (
    PAINT_SIZE,
    painted_texture_model,
    skin_reflectance,
    texture_traits,
)
from aucgan.datasets.procedural.skin.albedo_paint import over, paint_eyes, smooth_noise
from aucgan.datasets.procedural.skin.albedo_traits import N_TRAITS
from aucgan.datasets.procedural.skin.face_regions import FaceRegions, polygon_distance, soft_step
from aucgan.datasets.procedural.skin.head_texels import head_texels, part_map


@pytest.fixture(scope="module")
def model():
    return painted_texture_model()


def colour_at(image, point):
    """Mean BGR of the skin texels within 3 mm of a point, seen from the front."""
    texels = head_texels(PAINT_SIZE)
    near = np.linalg.norm(texels.position[..., :2] - np.asarray(point)[:2], axis=-1) < 0.003
    near &= (texels.normal[..., 2] > 0.1) & (part_map(PAINT_SIZE) == "skin")
    return image[::2, ::2][near].mean(0)


def test_format(model):
    assert model.mean.shape == (512, 512, 3) and model.basis.shape == (512, 512, 3, 50)
    assert model.mean.dtype == model.basis.dtype == np.float32
    assert np.isfinite(model.basis).all()
    assert N_TRAITS >= 50
    assert painted_texture_model(7).basis.shape[-1] == 7


def test_too_many_components_are_refused():
    with pytest.raises(ValueError, match="lower n_tex"):
        painted_texture_model(N_TRAITS + 1)


def test_components_come_by_falling_variance_and_skin_tone_first(model):
    energy = (model.basis[::2, ::2].astype(np.float64) ** 2).sum((0, 1, 2))
    assert (np.diff(energy) <= energy[0] * 1e-3).all()
    assert texture_traits()[0] == "tone"
    assert len(set(texture_traits())) == N_TRAITS


def test_people_are_plausible(model):
    rng = np.random.default_rng(0)
    codes = np.clip(rng.standard_normal((50, 24)), -2, 2).astype(np.float32)
    codes[0, :2] = -2, 2
    albedo = model.mean[::4, ::4, :, None] + model.basis[::4, ::4] @ codes
    low, high = np.percentile(albedo, [1, 99])
    assert low > 0.0 and high < 0.97
    cheek = np.stack([colour_at(model.mean + model.basis @ code, (0.04, -0.005)) for code in codes.T[:8]])
    assert (cheek[:, 2] > cheek[:, 0]).all(), "skin is redder than it is blue"
    assert np.ptp(cheek[:, 1]) > 0.4, "skins differ in tone"


def test_mean_face_has_its_features_where_the_anatomy_says(model):
    cheek = colour_at(model.mean, anatomy.CHEEK)
    assert colour_at(model.mean, anatomy.BROW[2]).mean() < 0.8 * cheek.mean()
    lip = colour_at(model.mean, (0.008, -0.049))
    assert lip[2] / lip[1] > 1.15 * cheek[2] / cheek[1]
    hair = model.mean[::2, ::2][head_texels(PAINT_SIZE).position[..., 1] > 0.125].mean(0)
    assert hair.mean() < 0.6 * cheek.mean()


def test_eyes_have_pupil_iris_and_sclera():
    offsets = np.array([[0, 0, 1], [0.30, 0, 1], [0.7, 0, 0.5]]) * 0.0125
    colours = paint_eyes(anatomy.EYE_CENTRE + offsets, {})
    brightness = colours.mean(1)
    assert brightness[0] < 0.08 < brightness[1] < 0.4 < brightness[2]
    np.testing.assert_allclose(paint_eyes((anatomy.EYE_CENTRE + offsets) * [-1, 1, 1], {}), colours)


def test_reflectance_follows_the_tone():
    code = np.zeros(50)
    middle = skin_reflectance(code)
    code[texture_traits().index("tone")] = 2.0
    assert skin_reflectance(code) > middle + 0.2


def test_masks_are_symmetric_and_bounded():
    rng = np.random.default_rng(1)
    points = rng.uniform([-0.07, -0.1, 0.03], [0.07, 0.12, 0.08], (400, 3))
    left, right = FaceRegions(points), FaceRegions(points * [-1, 1, 1])
    for name in ("lips", "brow", "hair", "ears"):
        mask = getattr(left, name)()
        np.testing.assert_allclose(mask, getattr(right, name)(), atol=1e-6)
        assert mask.min() >= 0 and mask.max() <= 1


def test_small_tools():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    distance = polygon_distance(np.array([[0.5, 0.5], [0.5, 1.5], [0.1, 0.5]]), square)
    np.testing.assert_allclose(distance, [0.5, -0.5, 0.1], atol=0.02)
    np.testing.assert_allclose(soft_step(np.array([-2.0, 0.0, 2.0]), 1.0), [0, 0.5, 1])
    np.testing.assert_allclose(over(np.zeros((2, 3)), np.ones(3), np.array([0.0, 0.25]))[1], 0.25)
    noise = smooth_noise(np.random.default_rng(0).uniform(-0.1, 0.1, (5000, 3)), 0.01, 0)
    assert abs(noise.mean()) < 1e-5 and abs(noise.std() - 1) < 1e-5
