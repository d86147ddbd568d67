import math

import pytest
import torch

from aucgan.losses import LocalContrastLoss
from aucgan.losses.image.local_contrast import local_contrast, local_contrast_loss
from aucgan.losses.image.registration_trust import registration_trust


def picture(seed=0):
    return 0.2 + 0.6 * torch.rand(2, 3, 24, 24, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_equal_pictures_give_zero_and_the_module_is_the_function():
    a, b = picture(), picture(1)
    assert local_contrast_loss(a, a) == 0
    assert LocalContrastLoss(sigma=2.0)(a, b) == local_contrast_loss(a, b, sigma=2.0) > 0


def test_a_constant_factor_hardly_counts_and_a_line_does():
    a = torch.full((1, 3, 32, 32), 0.5)
    line = a.clone()
    line[..., 16, :] = 0.4
    assert local_contrast_loss(0.7 * line, line) < 0.15 * local_contrast_loss(a, line)


def test_a_slow_ramp_is_taken_out_of_the_middle():
    ramp = torch.exp(torch.linspace(-1, 0, 64)).expand(1, 1, 64, 64)
    assert local_contrast(ramp, torch.ones(1, 1, 64, 64), sigma=3.0)[..., 12:-12, 12:-12].abs().max() < 2e-3


def test_what_lies_outside_the_mask_has_no_influence():
    a, b = picture(), picture(1)
    mask = torch.zeros(2, 1, 24, 24, dtype=torch.float64)
    mask[..., 6:18, 6:18] = 1
    changed = torch.where(mask > 0, a, torch.rand_like(a))
    assert local_contrast_loss(changed, b, mask).item() == pytest.approx(local_contrast_loss(a, b, mask).item())
    assert local_contrast_loss(a, b, 0 * mask) == 0


def test_gradient():
    a = picture()[:1, :1, :8, :8].requires_grad_()
    assert torch.autograd.gradcheck(lambda x: local_contrast_loss(x, picture(1)[:1, :1, :8, :8], sigma=1.0), a)


def test_bad_arguments_are_explained():
    with pytest.raises(ValueError, match="sigma"):
        LocalContrastLoss(0)
    with pytest.raises(ValueError):
        local_contrast_loss(torch.rand(1, 3, 4, 4), torch.rand(1, 3, 4, 5))


def test_a_robust_difference_stays_below_its_bound():
    a, b = picture(), picture(1)
    plain, robust = local_contrast_loss(a, b), local_contrast_loss(a, b, robust=0.05)
    assert 0 < robust < 0.05 < plain
    assert local_contrast_loss(a, b, robust=1e6).item() == pytest.approx(plain.item(), rel=1e-5)


def test_edges_of_the_coarse_render_are_distrusted():
    skin = torch.full((1, 3, 40, 40), 0.6)
    brow = skin.clone()
    brow[..., 10:14, :] = 0.1
    photo = skin.clone()
    photo[..., 11:15, :] = 0.1  # the same brow, one pixel lower
    photo[..., 30, :] = 0.5  # and a wrinkle
    mask = torch.ones(1, 1, 40, 40)
    plain, careful = LocalContrastLoss(), LocalContrastLoss(reach=2, tolerance=0.1)
    wrinkled = brow.clone()
    wrinkled[..., 30, :] = 0.5
    gain = {loss: loss(brow, photo, mask, brow) - loss(wrinkled, photo, mask, brow) for loss in (plain, careful)}
    assert gain[plain] / plain(brow, photo, mask, brow) < 0.15
    assert gain[careful] / careful(brow, photo, mask, brow) > 0.7


def test_a_reach_without_the_coarse_render_is_an_error():
    with pytest.raises(ValueError, match="coarse"):
        LocalContrastLoss(reach=1)(picture(), picture())


def literal_blur(image, sigma, radius):
    """Sum over the window, pixel by pixel; the kernel's sum is that of the whole window, also at the border."""
    offsets = [(y, x) for y in range(-radius, radius + 1) for x in range(-radius, radius + 1)]
    weights = {(y, x): math.exp(-(y * y + x * x) / (2 * sigma**2)) for y, x in offsets}
    total, blurred = sum(weights.values()), torch.zeros_like(image)
    height, width = image.shape[-2:]
    for row in range(height):
        for column in range(width):
            for (y, x), weight in weights.items():
                if 0 <= row + y < height and 0 <= column + x < width:
                    blurred[..., row, column] += weight / total * image[..., row + y, column + x]
    return blurred


@pytest.mark.parametrize(("sigma", "radius"), [(0.2, 1), (1.0, 2), (1.3, 3)])
def test_contrast_is_the_logarithm_less_its_weighted_mean(sigma, radius):
    image = picture()[:1, :2, :9, :10] - 0.3  # some below 0
    weight = torch.rand(1, 1, 9, 10, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    weight[..., 5:] *= 0.001
    weight[..., 0, 0] = 0
    levels = torch.log(image.clamp(min=0) + 0.02)
    share = literal_blur(weight, sigma, radius).clamp(min=1e-3)
    expected = levels - literal_blur(levels * weight, sigma, radius) / share
    expected[..., 0, 0] = 0
    torch.testing.assert_close(local_contrast(image, weight, sigma), expected, rtol=1e-10, atol=1e-12)


def test_distrust_multiplies_the_mask():
    a, b, coarse = picture(), picture(1), 0.5 + 0.1 * picture(2)
    mask = torch.rand(2, 1, 24, 24, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    trust = registration_trust(coarse, 1, 0.3)
    loss = LocalContrastLoss(sigma=2.0, reach=1, tolerance=0.3)
    torch.testing.assert_close(loss(a, b, mask, coarse), local_contrast_loss(a, b, mask * trust, sigma=2.0))
    torch.testing.assert_close(loss(a, b, coarse=coarse), local_contrast_loss(a, b, trust, sigma=2.0))
    assert LocalContrastLoss(reach=1)(a, b, mask, coarse) == LocalContrastLoss(reach=1, tolerance=0.1)(
        a, b, mask, coarse
    )
    for tolerance in (0, -0.1):
        with pytest.raises(ValueError, match="tolerance must be positive"):
            LocalContrastLoss(reach=1, tolerance=tolerance)
    assert LocalContrastLoss(tolerance=0).reach == 0  # without a reach it is not used


def test_the_robust_difference_of_one_pixel():
    """A single dot, seen by a blur of its own size: d / (1 + d / d0) of every pixel."""
    a, b = picture()[:1, :1, :8, :8], picture(1)[:1, :1, :8, :8]
    ones = torch.ones(1, 1, 8, 8, dtype=torch.float64)
    d = (local_contrast(a, ones, 4.0) - local_contrast(b, ones, 4.0)).abs()
    torch.testing.assert_close(local_contrast_loss(a, b, robust=0.1), (d / (1 + d / 0.1)).mean())
    torch.testing.assert_close(LocalContrastLoss()(a, b), d.mean())
