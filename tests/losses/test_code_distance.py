import pytest
import torch

from aucgan.losses import CodeDistanceLoss


def test_closed_form():
    truth = torch.zeros(2, 5)
    code = truth.clone()
    code[0, 0], code[1, 3] = 0.5, -1.0
    assert CodeDistanceLoss(scale=0.5)(code, truth).item() == pytest.approx((1 + 4) / 10)


def test_the_truth_gets_no_gradient():
    code, truth = (torch.rand(2, 4, requires_grad=True) for _ in range(2))
    CodeDistanceLoss()(code, truth).backward()
    assert truth.grad is None and code.grad.abs().sum() > 0


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="scale must be positive"):
        CodeDistanceLoss(scale=0.0)
    with pytest.raises(ValueError, match=r"code \(1, 4\), gt_code \(1, 5\)"):
        CodeDistanceLoss()(torch.zeros(1, 4), torch.zeros(1, 5))
