import math

import pytest
import torch
from torch.autograd import gradcheck

from aucgan.losses.au.au_asymmetric_loss import WeightedAsymmetricLoss, rate_weights, weighted_asymmetric_loss


def test_by_hand():
    probabilities = torch.tensor([[0.5, 0.2, 0.9]])
    labels = torch.tensor([[1.0, 0.0, -1.0]])
    want = -(math.log(0.5) + 0.2 * math.log(0.8)) / 2
    assert weighted_asymmetric_loss(probabilities, labels).item() == pytest.approx(want, rel=1e-6)
    weights = torch.tensor([3.0, 0.5, 7.0])
    want = -(3 * math.log(0.5) + 0.5 * 0.2 * math.log(0.8)) / 2
    assert weighted_asymmetric_loss(probabilities, labels, weights).item() == pytest.approx(want, rel=1e-6)


def test_certain_and_unknown_labels():
    labels = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert weighted_asymmetric_loss(labels.clone(), labels) == 0
    assert weighted_asymmetric_loss(torch.rand(2, 2), -torch.ones(2, 2)) == 0
    assert torch.isfinite(weighted_asymmetric_loss(1 - labels, labels))


def test_gradient_with_the_factor_held_still():
    p = torch.tensor([[0.3, 0.6]], requires_grad=True)
    weighted_asymmetric_loss(p, torch.tensor([[1.0, 0.0]])).backward()
    torch.testing.assert_close(p.grad, torch.tensor([[-1 / 0.3 / 2, 0.6 / 0.4 / 2]]))
    p = torch.rand(3, 4, dtype=torch.double).mul_(0.8).add_(0.1).requires_grad_()
    assert gradcheck(lambda p: weighted_asymmetric_loss(p, torch.ones(3, 4, dtype=torch.double)), (p,))


def test_module_equals_function():
    rates = [0.5, 0.25, 0.25]
    weights = rate_weights(torch.tensor(rates))
    torch.testing.assert_close(weights, torch.tensor([0.6, 1.2, 1.2]))
    assert torch.isfinite(rate_weights(torch.tensor([0.0, 0.5]))).all()
    p, y = torch.rand(4, 3), (torch.rand(4, 3) > 0.5).float()
    torch.testing.assert_close(WeightedAsymmetricLoss(rates)(p, y), weighted_asymmetric_loss(p, y, weights))
    torch.testing.assert_close(WeightedAsymmetricLoss()(p, y), weighted_asymmetric_loss(p, y))
    with pytest.raises(ValueError, match=r"probabilities \(4, 3\), labels \(4, 2\)"):
        weighted_asymmetric_loss(p, y[:, :2])
