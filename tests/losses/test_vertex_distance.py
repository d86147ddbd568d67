import pytest
import torch

from aucgan.losses import VertexDistanceLoss
from aucgan.losses.codes.vertex_distance import vertex_distance_loss


def test_closed_forms():
    truth = torch.zeros(2, 5, 3)
    verts = truth.clone()
    verts[0, 0] = torch.tensor([0.003, 0.0, -0.006])
    assert VertexDistanceLoss()(verts, truth).item() == pytest.approx(9 / 30)  # millimetres
    assert VertexDistanceLoss(norm="l2")(verts, truth).item() == pytest.approx(45 / 30)
    assert VertexDistanceLoss(unit=1.0)(verts, truth).item() == pytest.approx(0.009 / 30)


def test_gradient_goes_to_the_prediction_alone():
    verts = torch.rand(1, 4, 3, dtype=torch.float64, requires_grad=True)
    truth = torch.rand(1, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda v: vertex_distance_loss(v, truth.detach(), norm="l2"), verts)
    vertex_distance_loss(verts, truth).backward()
    assert truth.grad is None and verts.grad.abs().sum().item() == pytest.approx(1.0)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="norm must be one of l1, l2"):
        VertexDistanceLoss(norm="l3")
    with pytest.raises(ValueError, match="positive length"):
        VertexDistanceLoss(unit=0.0)
    with pytest.raises(ValueError, match=r"verts \(1, 4, 3\), gt_verts \(1, 5, 3\)"):
        vertex_distance_loss(torch.zeros(1, 4, 3), torch.zeros(1, 5, 3))
