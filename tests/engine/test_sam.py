import pytest
import torch
from torch import nn

from aucgan.engine.optim.sam import SAMOptimWrapper


def quadratic(weight, curvature):
    return 0.5 * (curvature * weight.square()).sum()


@pytest.mark.parametrize("adaptive", [False, True])
def test_one_step_on_a_quadratic(adaptive):
    curvature = torch.tensor([1.0, 10.0], dtype=torch.double)
    weight = nn.Parameter(torch.tensor([2.0, -1.0], dtype=torch.double))
    start = weight.detach().clone()
    wrapper = SAMOptimWrapper(optimizer=torch.optim.SGD([weight], lr=0.01), rho=0.5, adaptive=adaptive)
    wrapper.update_params(quadratic(weight, curvature), closure=lambda: quadratic(weight, curvature))
    gradient = curvature * start
    size = start.abs() if adaptive else torch.ones(2, dtype=torch.double)
    # The climb solves max <gradient, e> subject to |e / size| = rho.
    climb = 0.5 * size**2 * gradient / (size * gradient).norm()
    assert (climb / size).norm() == pytest.approx(0.5)
    torch.testing.assert_close(weight.detach(), start - 0.01 * curvature * (start + climb))
    assert weight.grad is None or not weight.grad.any()


def test_errors():
    weight = nn.Parameter(torch.ones(1))
    wrapper = SAMOptimWrapper(optimizer=torch.optim.SGD([weight], lr=0.1))
    with pytest.raises(ValueError, match="closure"):
        wrapper.update_params(weight.sum())
    with pytest.raises(ValueError, match="accumulative_counts"):
        SAMOptimWrapper(optimizer=torch.optim.SGD([weight], lr=0.1), accumulative_counts=2)
