import pytest
import torch

from aucgan.losses.image.registration_trust import LOG_FLOOR, registration_trust


def test_a_flat_picture_is_trusted_everywhere():
    assert torch.equal(registration_trust(torch.full((2, 3, 9, 9), 0.4), 2, 0.1), torch.ones(2, 1, 9, 9))


def test_weight_at_an_edge_by_hand_and_its_reach():
    picture = torch.full((1, 1, 5, 12), 0.5, dtype=torch.float64)
    picture[..., 6:] = 0.25
    trust = registration_trust(picture, 2, 0.2)
    step = torch.log(torch.tensor((0.5 + LOG_FLOOR) / (0.25 + LOG_FLOOR), dtype=torch.float64))
    assert trust[0, 0, 2, 4:8].tolist() == pytest.approx([float(1 / (1 + (step / 0.2) ** 2))] * 4)
    assert trust[..., :4].eq(1).all() and trust[..., 8:].eq(1).all()


def test_half_a_weight_at_the_tolerance_and_no_gradient():
    picture = torch.tensor([[[[0.5, 0.5 * 0.9 - 0.1 * LOG_FLOOR]]]], requires_grad=True)
    trust = registration_trust(picture, 1, -float(torch.log(torch.tensor(0.9))))
    assert trust.flatten().tolist() == pytest.approx([0.5, 0.5], rel=1e-4)
    assert not trust.requires_grad


def test_half_precision_pictures_are_judged_in_full():
    picture = torch.rand(1, 3, 6, 6, generator=torch.Generator().manual_seed(0)).bfloat16()
    trust = registration_trust(picture, 1, 0.1)
    assert trust.dtype == torch.float32
    assert torch.equal(trust, registration_trust(picture.float(), 1, 0.1))
