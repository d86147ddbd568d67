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
from aucgan.losses.codes.code_prior import code_prior_loss
from aucgan.losses.codes.detail_consistency import exchange_details
from aucgan.losses.codes.euler_jaw import euler_jaw_loss
from aucgan.losses.codes.kl import kl_loss
from aucgan.losses.displacement.erosion import erode
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


def test_closing_yaw_and_roll_cost_their_squares_alike():
    jaw = torch.tensor([[-0.1, 0.2, 0.3], [0.5, -0.4, 0.0]], dtype=torch.float64)
    closing, sideways = 0.01 / 2, (0.04 + 0.09 + 0.16) / 2
    for loss in (EulerJawLoss(), euler_jaw_loss):
        assert loss(jaw).item() == pytest.approx(closing + sideways)
    assert EulerJawLoss(closing_weight=3.0)(jaw).item() == pytest.approx(3 * closing + sideways)
    assert euler_jaw_loss(jaw, sideways_weight=0.5).item() == pytest.approx(closing + sideways / 2)


def test_pairs_are_counted_once_and_averaged():
    """Three photos of one person and two of another: 3 + 1 pairs."""
    code = torch.randn(6, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    identity = torch.tensor([4, 9, 4, 9, 4, 1])
    squares = [(code[a] - code[b]).square().mean() for a, b in ((0, 2), (0, 4), (2, 4), (1, 3))]
    for loss in (ShapeConsistencyLoss(), DetailConsistencyLoss()):
        torch.testing.assert_close(loss(code, identity), sum(squares) / 4)
        with pytest.raises(ValueError, match=r"identity must have the shape \(6\)"):
            loss(code, identity[:5])


def test_reductions_divide_by_the_batch_alone():
    mean, log_variance = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    total = sum(0.5 * (m**2 + v.exp() - 1 - v) for m, v in zip(mean.flatten(), log_variance.flatten(), strict=True))
    torch.testing.assert_close(KLLoss("sum")(mean, log_variance), total)
    torch.testing.assert_close(KLLoss()(mean, log_variance), total / 3)
    torch.testing.assert_close(kl_loss(mean, log_variance), total / 3)
    torch.testing.assert_close(code_prior_loss(mean), (mean**2).sum() / 6)


def test_the_default_erosion_hides_two_more_texels():
    uv_z = torch.zeros(1, 1, 16, 16)
    uv_z[..., :8] = 1.0
    visible = visible_left(16)
    hidden = torch.ones(16, 16)
    hidden[2:-2, 2:6] = 0  # visible: the left half, less two texels on every side
    for loss in (SymmetryLoss(), symmetry_loss):
        torch.testing.assert_close(loss(uv_z, visible), torch.tensor(1.0))
    torch.testing.assert_close(SymmetryLoss(reduction="sum")(uv_z, visible), hidden.sum())
    torch.testing.assert_close(1 - erode(visible, 2)[0, 0], hidden)
    assert torch.equal(erode(visible, 0), visible)


def test_what_the_data_gives_gets_no_gradient():
    uv_z, given = torch.rand(2, 2, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    for loss in (SymmetryLoss(erosion=1), SymmetryLoss(erosion=0), DisplacementSupervisionLoss(slope=1.0)):
        prediction, truth = uv_z.clone().requires_grad_(True), given.clone().requires_grad_(True)
        loss(prediction, truth).backward()
        assert prediction.grad.abs().sum() > 0 and truth.grad is None
