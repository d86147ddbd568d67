import math

import pytest
import torch

from aucgan.losses import (
    CodePriorLoss,
    DetailConsistencyLoss,
    DisplacementRegLoss,
    DisplacementSupervisionLoss,
    EulerJawLoss,
    KLLoss,
    LightPriorLoss,
    ShapeConsistencyLoss,
    SymmetryLoss,
)
from aucgan.losses.codes.detail_consistency import exchange_details
from aucgan.losses.displacement.symmetry import symmetry_loss


def test_code_prior_reductions():
    code = torch.tensor([[1.0, 2.0], [3.0, 0.0]])
    assert CodePriorLoss()(code) == 3.5
    assert CodePriorLoss("sum")(code) == 7
    with pytest.raises(ValueError, match="reduction must be one of mean, sum, but got 'none'"):
        CodePriorLoss("none")


def test_kl_of_known_gaussians():
    zero = torch.zeros(1, 1)
    assert KLLoss()(zero, zero) == 0
    assert KLLoss()(zero + 2, zero).item() == pytest.approx(2)
    assert KLLoss()(zero, zero + math.log(4)).item() == pytest.approx(0.5 * (3 - math.log(4)))


def test_white_light_costs_nothing():
    assert LightPriorLoss()(torch.randn(2, 9, 1).expand(2, 9, 3)) < 1e-12
    light = torch.zeros(1, 9, 3)
    light[0, 0] = torch.tensor([3.0, 0.0, 0.0])
    torch.testing.assert_close(LightPriorLoss()(light), torch.tensor(6 / 27))
    with pytest.raises(ValueError, match=r"light must have the shape \(\*, 9, 3\)"):
        LightPriorLoss()(torch.zeros(1, 27))


def test_a_jaw_only_opens():
    assert EulerJawLoss()(torch.tensor([[0.4, 0.0, 0.0]])) == 0
    torch.testing.assert_close(EulerJawLoss(10.0, 100.0)(torch.tensor([[-0.1, 0.0, 0.2]])), torch.tensor(4.1))


def test_consistency_within_a_person():
    code = torch.tensor([[0.0, 0.0], [9.0, 9.0], [2.0, 0.0], [5.0, 5.0]])
    for loss in (ShapeConsistencyLoss(), DetailConsistencyLoss()):
        assert loss(code, torch.tensor([7, 1, 7, 2])) == 2
        assert loss(code, torch.tensor([1, 2, 3, 4])) == 0
        with pytest.raises(ValueError, match="needs the data to give 'identity'"):
            loss(code, None)


def test_exchanged_details_stay_within_a_person():
    identity = torch.tensor([0, 1, 0, 2, 0])
    exchanged = exchange_details(torch.arange(5.0)[:, None], identity).squeeze(1).long()
    assert torch.equal(identity[exchanged], identity)
    assert sorted(exchanged.tolist()) == [0, 1, 2, 3, 4]
    assert all(exchanged[i] != i for i in (0, 2, 4)) and exchanged[1] == 1


def test_displacement_losses_in_metres():
    uv_z = torch.full((1, 1, 4, 4), 0.002)
    truth = torch.zeros(1, 1, 8, 8)
    torch.testing.assert_close(DisplacementRegLoss()(-uv_z), torch.tensor(0.002))
    torch.testing.assert_close(DisplacementSupervisionLoss()(uv_z, truth), torch.tensor(0.002))
    mask = torch.zeros(1, 1, 4, 4)
    mask[..., :2] = 1
    torch.testing.assert_close(DisplacementSupervisionLoss(unit=0.001)(uv_z, truth, mask), torch.tensor(2.0))
    with pytest.raises(ValueError, match="photos have none"):
        DisplacementSupervisionLoss()(uv_z, None)
    with pytest.raises(ValueError, match="unit must be a positive length"):
        DisplacementSupervisionLoss(unit=0.0)


def visible_left(size=8):
    visible = torch.zeros(1, 1, size, size)
    visible[..., : size // 2] = 1
    return visible


def test_symmetry_is_a_mean_and_does_not_grow():
    uv_z = torch.zeros(1, 1, 8, 8)
    uv_z[..., :4] = 0.003
    loss = SymmetryLoss(erosion=0)
    torch.testing.assert_close(loss(uv_z, visible_left()), torch.tensor(0.003))
    tiled = uv_z.repeat(3, 1, 2, 1)
    torch.testing.assert_close(loss(tiled, visible_left().repeat(3, 1, 2, 1)), torch.tensor(0.003))
    torch.testing.assert_close(
        SymmetryLoss(erosion=0, reduction="sum")(tiled, visible_left().repeat(3, 1, 2, 1)),
        torch.tensor(0.003 * 4 * 16 * 3),
    )


def test_the_hidden_half_follows_the_visible_one():
    uv_z = torch.zeros(1, 1, 8, 8)
    uv_z[..., :4] = 0.003
    uv_z.requires_grad_(True)
    symmetry_loss(uv_z, visible_left(), erosion=0).backward()
    assert (uv_z.grad[..., :4] == 0).all()
    torch.testing.assert_close(uv_z.grad[..., 4:], torch.full((1, 1, 8, 4), -1 / 32))


def test_symmetric_or_fully_seen_maps_cost_nothing():
    uv_z = torch.randn(2, 1, 8, 8)
    assert SymmetryLoss()(uv_z + uv_z.flip(-1), torch.zeros(2, 1, 8, 8)) == 0
    assert SymmetryLoss(erosion=0)(uv_z, torch.ones(2, 1, 8, 8)) == 0
