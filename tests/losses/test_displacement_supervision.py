import pytest
import torch

from aucgan.losses import DisplacementSupervisionLoss
from aucgan.losses.displacement.displacement_supervision import displacement_supervision_loss


def test_slopes_and_squares_have_their_closed_forms():
    truth = torch.zeros(1, 1, 4, 4)
    ramp = torch.arange(4.0).expand(1, 1, 4, 4) * 1e-3
    assert DisplacementSupervisionLoss(unit=1e-3, norm="l2")(ramp, truth).item() == pytest.approx(14 / 4)
    assert DisplacementSupervisionLoss(unit=1e-3, norm="l2", slope=2.0)(ramp, truth).item() == pytest.approx(14 / 4 + 2)
    assert DisplacementSupervisionLoss(unit=1e-3)(ramp, truth).item() == pytest.approx(1.5)


def test_a_constant_error_has_no_slope_error():
    truth = torch.rand(1, 1, 6, 6)
    loss = displacement_supervision_loss(truth + 0.5, truth, norm="l2", slope=100.0)
    assert loss.item() == pytest.approx(0.25, abs=1e-4)


def test_differences_across_the_border_of_the_mask_do_not_count():
    mask = torch.zeros(1, 1, 4, 4)
    mask[..., :2] = 1
    pred = torch.zeros(1, 1, 4, 4)
    pred[..., 2:] = 9
    assert displacement_supervision_loss(pred, torch.zeros_like(pred), mask, norm="l2", slope=1.0) == 0


def test_gradient():
    pred = torch.rand(1, 1, 4, 5, dtype=torch.float64, requires_grad=True)
    truth = torch.rand(1, 1, 4, 5, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda z: displacement_supervision_loss(z, truth, norm="l2", slope=1.0), pred)
    with pytest.raises(ValueError, match="norm"):
        DisplacementSupervisionLoss(norm="l3")
