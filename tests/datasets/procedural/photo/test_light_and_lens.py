import numpy as np
import pytest
import torch

from aucgan.datasets.procedural.lighting import front_normals
from aucgan.datasets.procedural.photo.lamps import draw_light
from aucgan.datasets.procedural.photo.lens import DISTANCES, draw_distance, framing, perspective
from aucgan.datasets.procedural.photo.means import box_mean, halved
from aucgan.datasets.procedural.photo.photograph import FURROW, Lamps, fitted_light, irradiance, open_sky
from aucgan.datasets.procedural.photo.sensor import GAMMA
from aucgan.datasets.procedural.photo.skin_light import SCATTER, gloss, lamp_irradiance
from aucgan.renderers.camera import orthographic
from aucgan.renderers.shading import sh_irradiance

NORMALS = torch.as_tensor(np.concatenate([front_normals(300), front_normals(300) * [1, 1, -1]]).T, dtype=torch.float32)
NORMALS = NORMALS[None, :, None]
LAMP = torch.nn.functional.normalize(torch.tensor([[[0.5, 0.3, 0.6]]]), dim=-1)
COSINE = (NORMALS * LAMP[0, 0][None, :, None, None]).sum(1)[0, 0]


def test_a_point_lamp_on_plaster_is_the_clamped_cosine():
    light = lamp_irradiance(NORMALS, LAMP, torch.zeros(1, 1), torch.zeros(3))[0, 0, :, 0]
    torch.testing.assert_close(light, COSINE.clamp(min=0).expand(3, -1))


def test_the_terminator_is_soft_and_red():
    light = lamp_irradiance(NORMALS, LAMP, torch.zeros(1, 1), torch.tensor(SCATTER))[0, 0, :, 0]
    red, green, blue = (light[k, (COSINE < 0) & (COSINE > -0.15)].sum() for k in range(3))
    assert red > 2 * green > 2 * blue > 0
    assert light[:, COSINE < -0.17].max() == 0 and light.max() <= 1
    order = COSINE.argsort()
    assert (light[:, order].diff(dim=1) >= -1e-6).all(), "never darker towards the lamp"


def test_large_lamps_reach_further_round():
    small, large = (lamp_irradiance(NORMALS, LAMP, torch.full((1, 1), s), torch.zeros(3)) for s in (0.1, 0.8))
    assert (large > 0).float().mean() > (small > 0).float().mean() + 0.1


def test_gloss_is_brightest_half_way_between_lamp_and_viewer():
    shine = gloss(NORMALS, LAMP, (6,), (1.0,))[0, 0, 0]
    half = torch.nn.functional.normalize(LAMP[0, 0] + torch.tensor([0.0, 0.0, 1.0]), dim=0)
    assert NORMALS[0, :, 0, shine.argmax()] @ half > 0.98
    assert shine.min() >= 0 and (shine[COSINE <= 0] == 0).all()


def alone(light):
    names = ("directions", "colours", "softness", "ambient")
    return Lamps(*(torch.from_numpy(getattr(light, name))[None] for name in names))


def test_lights_are_of_many_kinds_and_normalised():
    lights = [draw_light(np.random.default_rng(k)) for k in range(200)]
    for light in lights[:20]:
        np.testing.assert_allclose(np.linalg.norm(light.directions, axis=1), 1, atol=1e-6)
    level, contrast = [], []
    for light in lights:
        lamps = Lamps(
            *(torch.from_numpy(getattr(light, n))[None] for n in ("directions", "colours", "softness", "ambient"))
        )
        front = irradiance(NORMALS[..., :300], lamps, 1.0, 1.0)[0, :, 0].mean(0)
        level.append(float(front.max()))
        contrast.append(float(front.max() / front.min().clamp(min=0.02)))
    assert 0.4 < np.median(level) < 1.4
    assert np.percentile(contrast, 10) < 3.5 and np.percentile(contrast, 90) > 6, "flat ones and hard ones"


def test_the_true_light_is_the_best_explanation_in_a_photos_values():
    """A lamp-less surround is in the harmonics' span up to the gamma; fitted shading must come close to the shading."""
    light = draw_light(np.random.default_rng(3))
    lamps = Lamps(
        *(torch.from_numpy(getattr(light, n))[None] for n in ("directions", "colours", "softness", "ambient"))
    )
    gains = torch.tensor([[0.9, 0.8, 0.7]])
    fitted = sh_irradiance(NORMALS[..., :300], fitted_light(lamps, gains))[0, :, 0]
    shading = (irradiance(NORMALS[..., :300], lamps, 0.85, 1.0)[0, :, 0] * gains[0][:, None]) ** (1 / GAMMA)
    assert (fitted - shading).abs().mean() < 0.05 and (fitted - shading).abs().max() < 0.35


def cloud(batch=3):
    return torch.randn(batch, 68, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([0.05, 0.06, 0.03])


def test_a_far_lens_is_orthographic_and_a_near_one_enlarges_the_nose():
    points, cam = cloud(), torch.tensor([[8.0, 0.01, -0.02]] * 3)
    torch.testing.assert_close(
        perspective(points, cam, torch.full((3,), 1e5)), orthographic(points, cam), atol=1e-5, rtol=1e-5
    )
    near = perspective(
        torch.tensor([[[0.02, 0.0, 0.08], [0.02, 0.0, 0.0]]]), cam[:1] * torch.tensor([1.0, 0, 0]), torch.tensor([0.4])
    )
    assert near[0, 0, 0] / near[0, 1, 0] == pytest.approx(0.4 / 0.32, rel=1e-5)


def test_framing_gives_the_crop_that_was_asked_for():
    points, distance = cloud(), torch.tensor([0.4, 1.0, 3.0])
    crop = torch.tensor([[1.5, 0.03, -0.02], [1.6, 0.0, 0.0], [1.8, -0.05, 0.05]])
    seen = perspective(points, framing(points, distance, crop), distance)[..., :2]
    low, high = seen.amin(1), seen.amax(1)
    np.testing.assert_allclose(2.0 / (high - low).mean(1), crop[:, 0], rtol=2e-3)
    np.testing.assert_allclose(0.25 * (low + high), crop[:, 1:] * torch.tensor([1.0, -1.0]), atol=2e-3)


def test_distances_are_those_people_photograph_from():
    distances = np.array([draw_distance(np.random.default_rng(k)) for k in range(400)])
    assert distances.min() >= DISTANCES[0] and distances.max() <= DISTANCES[1]
    assert 0.8 < np.median(distances) < 1.6 and (distances < 0.6).mean() > 0.05


def test_furrows_are_darker_and_ridges_are_not():
    relief = torch.zeros(1, 1, 32, 32)
    relief[..., 10, :], relief[..., 20, :] = -FURROW, FURROW
    seen = open_sky(relief)[0, 0]
    assert seen[10, 16] == pytest.approx(1 / np.sqrt(1 + 0.8**2), abs=1e-5), "the mean of five rows lies a fifth lower"
    assert seen[20, 16] == 1.0 and seen[4, 16] == 1.0


@pytest.mark.parametrize(("ours", "theirs"), [(halved, (2,)), (lambda p: box_mean(p, 5), (5, 1, 2))])
def test_means_are_those_of_pooling(ours, theirs):
    pictures = torch.rand(2, 3, 12, 8)
    torch.testing.assert_close(ours(pictures), torch.nn.functional.avg_pool2d(pictures, *theirs))
