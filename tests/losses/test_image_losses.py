"""Photometric, shading, albedo and sharpness losses by hand."""

import pytest
import torch

from aucgan.losses import (
    AlbedoRingLoss,
    AlbedoSameLoss,
    AlbedoSymmetryLoss,
    GradientDifferenceLoss,
    LaplacianLoss,
    PhotometricLoss,
    ShadingSmoothnessLoss,
    ShadingWhiteLoss,
)
from aucgan.losses.appearance.albedo_constancy import albedo_constancy_loss
from aucgan.losses.appearance.shading_smoothness import shading_smoothness_loss
from aucgan.losses.image.photometric import photometric_loss


@pytest.fixture
def image():
    return torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def test_photometric_normalisations(image):
    mask = torch.zeros(2, 1, 8, 8)
    mask[:, :, :4] = 1
    pred = image + 0.2
    torch.testing.assert_close(PhotometricLoss()(pred, image, mask), torch.tensor(0.2))
    torch.testing.assert_close(PhotometricLoss("image")(pred, image, mask), torch.tensor(0.1))
    torch.testing.assert_close(PhotometricLoss()(pred, image), photometric_loss(pred, image))
    assert PhotometricLoss()(pred, image, mask * 0) == 0


def test_photometric_errors(image):
    with pytest.raises(ValueError, match="normalization must be one of mask, image"):
        PhotometricLoss("pixels")
    with pytest.raises(ValueError, match=r"mask must have the shape \(2, 1, 8, 8\), but got \(2, 3, 8, 8\)"):
        PhotometricLoss()(image, image, image)


def test_smoothness_of_a_ramp():
    ramp = torch.arange(8.0).expand(1, 1, 8, 8)
    assert ShadingSmoothnessLoss()(ramp) == 1
    assert ShadingSmoothnessLoss()(ramp.transpose(2, 3)) == 1


def test_smoothness_ignores_the_border_of_the_mask(image):
    step = torch.zeros(1, 1, 8, 8)
    step[..., 4:] = 1
    mask = torch.ones(1, 1, 8, 8)
    assert shading_smoothness_loss(step, mask) > 0
    mask[..., 4] = 0
    assert shading_smoothness_loss(step, mask) == 0
    torch.testing.assert_close(shading_smoothness_loss(image, torch.ones(2, 1, 8, 8)), shading_smoothness_loss(image))


def test_white_shading():
    assert ShadingWhiteLoss(1.0)(torch.ones(1, 3, 4, 4)) == 0
    torch.testing.assert_close(ShadingWhiteLoss(1.0)(torch.full((1, 3, 4, 4), 0.5)), torch.tensor(0.25))


def test_shadow_costs_more_than_an_edge_of_colour():
    shadow, colour = torch.full((2, 1, 3, 1, 2), 0.5)
    shadow[..., 1] = 0.25
    colour[0, 0, 0, 1] = 0.5 - 0.25 * 3**0.5
    unweighted = [albedo_constancy_loss(a.expand(1, 3, 2, 2), alpha=0.0) for a in (shadow, colour)]
    torch.testing.assert_close(*unweighted)
    assert albedo_constancy_loss(shadow.expand(1, 3, 2, 2)) > albedo_constancy_loss(colour.expand(1, 3, 2, 2))


def test_albedo_symmetry(image):
    symmetric = image + image.flip(-1)
    assert AlbedoSymmetryLoss()(symmetric) == 0
    spot = torch.zeros(1, 3, 4, 4)
    spot[..., 0, 0] = 1
    torch.testing.assert_close(AlbedoSymmetryLoss()(spot), torch.tensor(2 / 16))
    mask = torch.ones(1, 1, 4, 4)
    mask[..., 0, :] = 0
    assert AlbedoSymmetryLoss()(spot, mask) == 0


def test_rings_by_hand():
    same, other = torch.zeros(1, 2), torch.tensor([[0.3, 0.0]])
    torch.testing.assert_close(AlbedoRingLoss(margin=0.2)([same, same, other]), torch.tensor(0.2 - 0.09))
    assert AlbedoRingLoss(margin=0.05)([same, same, other]) == 0
    torch.testing.assert_close(AlbedoSameLoss()([same, other]), torch.tensor(0.045))
    with pytest.raises(ValueError, match="at least 2 streams of codes, but got 1"):
        AlbedoSameLoss()([same])


def test_sharpness_ignores_a_constant(image):
    assert GradientDifferenceLoss()(image + 0.3, image) < 1e-12
    ramp = torch.arange(8.0).expand(1, 1, 8, 8)
    assert GradientDifferenceLoss()(ramp, 0 * ramp) == 1
    spike = torch.zeros(1, 1, 5, 5)
    spike[..., 2, 2] = 1
    torch.testing.assert_close(LaplacianLoss()(spike, 0 * spike), torch.tensor((64 + 8) / 25))


def test_shading_white_by_channel():
    shading = torch.rand(2, 3, 4, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    means = [sum(shading[:, c].flatten().tolist()) / 40 for c in range(3)]
    for white, loss in ((0.99, ShadingWhiteLoss()), (0.4, ShadingWhiteLoss(0.4))):
        assert loss(shading).item() == pytest.approx(sum((m - white) ** 2 for m in means) / 3)


def test_rings_of_three_and_more():
    a, b, c, other = torch.randn(4, 2, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    hinges = [
        (0.2 + ((x - y) ** 2).sum(1) - ((x - other) ** 2).sum(1)).clamp_min(0)
        for x, y in ((x, y) for x in (a, b, c) for y in (a, b, c))
    ]
    torch.testing.assert_close(AlbedoRingLoss()([a, b, c, other]), torch.stack(hinges).mean())
    pairs = [((x - y) ** 2).mean() for x, y in ((a, b), (a, c), (b, c))]
    torch.testing.assert_close(AlbedoSameLoss()([a, b, c]), sum(pairs) / 2)
    with pytest.raises(ValueError, match=r"stream 0 \(2, 5\), stream 1 \(1, 5\)"):
        AlbedoRingLoss()([a, b[:1]])


def test_sharpness_pixel_by_pixel():
    a, b = torch.rand(2, 2, 3, 5, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    d = a - b
    dx = torch.stack([d[:, :, y, x + 1] - d[:, :, y, x] for y in range(1, 4) for x in range(5)])
    dy = torch.stack([d[:, :, y + 1, x] - d[:, :, y, x] for y in range(4) for x in range(1, 5)])
    torch.testing.assert_close(GradientDifferenceLoss()(a, b), (dx**2).mean() + (dy**2).mean())
    padded = torch.nn.functional.pad(d, (1, 1, 1, 1))
    laplacians = [
        padded[:, :, y : y + 3, x : x + 3].sum((2, 3)) - 9 * d[:, :, y, x] for y in range(5) for x in range(6)
    ]
    torch.testing.assert_close(LaplacianLoss()(a, b), (torch.stack(laplacians) ** 2).mean())
