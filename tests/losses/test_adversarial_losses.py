import math

import pytest
import torch
import torch.nn.functional as F

from aucgan.losses import BCELoss, HingeLoss, NonSaturatingLoss, R1Penalty

LOSSES = [BCELoss(), HingeLoss(), NonSaturatingLoss()]


def logits(value, shape=(4, 1)):
    return torch.full(shape, float(value))


def test_bce_is_torch_bce_with_smoothed_labels():
    real, fake = torch.randn(4, 1), torch.randn(4, 1)
    loss = BCELoss(real_label=0.9, fake_label=0.1, generator_label=1.0)
    bce = F.binary_cross_entropy_with_logits
    expected = bce(real, torch.full_like(real, 0.9)) + bce(fake, torch.full_like(fake, 0.1))
    torch.testing.assert_close(loss.discriminator(real, fake), expected)
    torch.testing.assert_close(loss.generator(fake), bce(fake, torch.ones_like(fake)))


def test_bce_keeps_its_gradient_where_a_sigmoid_saturates():
    fake = logits(-100).requires_grad_(True)
    BCELoss().generator(fake).backward()
    torch.testing.assert_close(fake.grad, torch.full_like(fake, -0.25))


def test_known_values():
    zero = logits(0)
    assert HingeLoss()(zero, zero) == 2
    assert HingeLoss()(logits(1), logits(-1)) == 0
    assert HingeLoss().generator(logits(3)) == -3
    assert NonSaturatingLoss()(zero, zero).item() == pytest.approx(2 * math.log(2))
    assert NonSaturatingLoss().generator(zero).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
def test_the_players_pull_in_opposite_directions(loss):
    fake = logits(0.2, (2, 1, 3, 3)).requires_grad_(True)
    real = logits(0.1, (2, 1, 3, 3)).requires_grad_(True)
    loss(real, fake).backward()
    assert (fake.grad > 0).all() and (real.grad < 0).all()
    fake.grad = None
    loss.generator(fake).backward()
    assert (fake.grad < 0).all()


def test_labels_must_be_probabilities():
    with pytest.raises(ValueError, match=r"real_label must lie in \[0, 1\], but got 1.2"):
        BCELoss(real_label=1.2)


def test_r1_of_a_linear_discriminator():
    weight = torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1).requires_grad_(True)
    images = torch.randn(2, 3, 1, 1).requires_grad_(True)
    penalty = R1Penalty()((images * weight).sum((1, 2, 3))[:, None], images)
    assert penalty.item() == pytest.approx(0.5 * 14)
    penalty.backward()
    torch.testing.assert_close(weight.grad, weight.detach())


def test_r1_of_patches_is_that_of_their_mean():
    images = torch.randn(2, 3, 4, 4).requires_grad_(True)
    patches = images.mean(1, keepdim=True)
    assert R1Penalty()(patches, images).item() == pytest.approx(0.5 * 48 / 48**2)


def test_r1_of_maps_in_metres_is_that_of_millimetres():
    metres = torch.randn(2, 1, 3, 3, dtype=torch.double)
    millimetres = (1000 * metres).requires_grad_(True)
    wanted = R1Penalty()((millimetres**3).sum((1, 2, 3))[:, None], millimetres)
    metres.requires_grad_(True)
    found = R1Penalty(unit=1e-3)(((1000 * metres) ** 3).sum((1, 2, 3))[:, None], metres)
    torch.testing.assert_close(found, wanted)
    with pytest.raises(ValueError, match="unit must be positive, but got 0"):
        R1Penalty(unit=0.0)


def test_r1_needs_the_gradient_of_the_photos():
    with pytest.raises(ValueError, match="requires_grad_"):
        R1Penalty()(torch.zeros(1, 1), torch.zeros(1, 3, 2, 2))
