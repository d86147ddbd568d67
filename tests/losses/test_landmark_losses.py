import pytest
import torch

from aucgan.losses import EyeClosureLoss, LandmarkLoss, LipDistanceLoss
from aucgan.losses.landmarks.landmark import landmark_loss, landmark_weights


@pytest.fixture
def target():
    return torch.zeros(1, 68, 2)


@pytest.mark.parametrize("loss", [LandmarkLoss(), EyeClosureLoss(), LipDistanceLoss()])
def test_equal_points_cost_nothing(loss, target):
    assert loss(target + 0.3, target + 0.3) == 0


def test_one_point_of_weight_three(target):
    pred = target.clone()
    pred[0, 30] = torch.tensor([0.1, -0.3])
    expected = 3 * 0.4 / (2 * landmark_weights().sum())
    torch.testing.assert_close(LandmarkLoss()(pred, target), expected)
    torch.testing.assert_close(LandmarkLoss(weighted=False)(pred, target), torch.tensor(0.4 / (2 * 68)))
    torch.testing.assert_close(LandmarkLoss()(pred, target), landmark_loss(pred, target, None, landmark_weights()))


def test_the_weights_add_up():
    # 68 ones; 4 points at 2; 6 nose points at 1.5 and 3 at 3; 18 mouth points at 1.5 and 2 at 3
    assert landmark_weights().sum() == 68 + 4 + 6 * 0.5 + 3 * 2 + 18 * 0.5 + 2 * 2


def test_hidden_points_do_not_count(target):
    pred = target.clone()
    pred[0, :17] = 5.0
    visibility = torch.ones(1, 68)
    visibility[0, :17] = 0
    assert LandmarkLoss()(pred, target, visibility) == 0
    assert LandmarkLoss()(pred, target, torch.zeros(1, 68)) == 0


@pytest.mark.parametrize(("loss", "point", "pairs"), [(EyeClosureLoss(), 37, 4), (LipDistanceLoss(), 61, 3)])
def test_one_pair_opens(loss, point, pairs, target):
    pred = target.clone()
    pred[0, point, 1] = 0.2
    torch.testing.assert_close(loss(pred, target), torch.tensor(0.2 / pairs))
    visibility = torch.ones(1, 68)
    visibility[0, point] = 0
    assert loss(pred, target, visibility) == 0


def test_openness_ignores_where_the_face_is(target):
    pred = torch.randn(1, 68, 2, generator=torch.Generator().manual_seed(0))
    assert EyeClosureLoss()(pred + 0.5, pred) < 1e-6


def test_coinciding_lids_have_a_finite_gradient(target):
    pred = target.clone().requires_grad_(True)
    EyeClosureLoss()(pred, target + torch.arange(68.0)[None, :, None]).backward()
    assert torch.isfinite(pred.grad).all()


def test_shapes_are_checked(target):
    with pytest.raises(ValueError, match=r"pred \(1, 67, 2\), target \(1, 68, 2\)"):
        LandmarkLoss()(target[:, 1:], target)
    with pytest.raises(ValueError, match=r"pred must have the shape \(\*, 68, 2\), but got \(1, 68, 3\)"):
        EyeClosureLoss()(torch.zeros(1, 68, 3), torch.zeros(1, 68, 3))
    with pytest.raises(ValueError, match=r"visibility must have the shape \(1, 68\)"):
        LandmarkLoss()(target, target, torch.ones(1, 17))


EYES = {37: 41, 38: 40, 43: 47, 44: 46}  # the six points of an eye run round it, from its left corner over the top
LIPS = {61: 67, 62: 66, 63: 65}  # and so do the eight of the inner lips


@pytest.mark.parametrize(("loss", "partners"), [(EyeClosureLoss(), EYES), (LipDistanceLoss(), LIPS)])
def test_every_upper_point_belongs_to_the_one_below_it(loss, partners):
    target = torch.randn(1, 68, 2, generator=torch.Generator().manual_seed(0))
    for upper, lower in partners.items():
        pred = target.clone()
        pred[0, [upper, lower]] += torch.tensor([3.0, -1.0])  # both move: the opening stays
        torch.testing.assert_close(loss(pred, target), torch.tensor(0.0), atol=1e-6, rtol=0)
        for point in (upper, lower):
            pred = target.clone()
            pred[0, point] += 10 * (target[0, point] - target[0, upper + lower - point])  # 11 times as far open
            opening = (target[0, upper] - target[0, lower]).norm()
            torch.testing.assert_close(loss(pred, target), 10 * opening / len(partners))
    others = [p for p in range(68) if p not in {*partners, *partners.values()}]
    pred = target.clone()
    pred[0, others] += 1.0
    assert loss(pred, target) == 0


def test_the_published_weights_point_by_point():
    expected = torch.tensor(17 * [1.0] + 10 * [1.0] + 9 * [1.5] + 12 * [1.0] + 20 * [1.5])
    expected[[5, 6, 10, 11]] = 2.0  # jaw
    expected[[30, 31, 35, 48, 54]] = 3.0  # tip and wings of the nose, corners of the mouth
    assert torch.equal(landmark_weights(), expected)
    assert LandmarkLoss(weighted=False).weights is None and torch.equal(LandmarkLoss().weights, expected)
