import pytest
import torch

from aucgan.losses import LocalContrastLoss
from aucgan.losses.image.local_contrast import local_contrast, local_contrast_loss


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
